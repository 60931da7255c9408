"""A text at hand → passages: blocks that know where each of their characters stood in it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tracker.extract import outline
from tracker.extract.normalise import UNSEEN, clean, says_something
from tracker.extract.outline import Place
from tracker.model import Block

_WRAPPED = 160  # characters; a line longer than this was not wrapped by hand
_BULLET = re.compile(r"(?:>\s?)*(?:[-*+•●○▪■◦‣·–—]|\(?(?:\d{1,3}(?:\.\d{1,3})*|[a-zA-Z]|[ivxIVX]{2,4})[.)])\s+")
_TITLE = re.compile(r"(#{1,6})\s+")
_BOLD = re.compile(r"(\*\*|__)(?!\s)[^*_]+\1[:*_]*")
_RULE = re.compile(r"([=\-_*~])(?:\s*\1){2,}")
_ASKS = re.compile(r"[?？؟][\"'”’*_]*$")
# Where what is shown is not what is written: runs of white space; and what a reader of the rendered text does not
# see: targets of Markdown links, emphasis, backslash escapes, and the characters that `clean` leaves out as well.
_GAP = re.compile(
    r"\s\s+|[^\S ]|"
    r"(?<=\])\((?:<[^<>\n]*>|[^\s()]*+(?:\([^\s()]*+\)[^\s()]*+)*+)(?:\s+\"[^\"\n]*\")?\s*\)|\*\*+|\\(?=[!-/:-@\[-`{-~])"
    "|" + UNSEEN.pattern
)
_SPACES = (" ", "\n")
_MARKED = re.compile(r"\s\s|[^\S ]|\]\(|\*\*|\\")


Runs = tuple[tuple[int, int], ...]  # (offset in what is shown, offset in the text) where each run that stayed begins


@dataclass(frozen=True, slots=True)
class Passage:
    """A block of a text, and where its characters stood there."""

    block: Block
    runs: Runs = ((0, 0),)

    def origin(self, offset: int) -> int:
        """The code-point offset in the text of ``block.text[offset]``."""
        shown, source = self.runs[bisect_right(self.runs, offset, key=lambda run: run[0]) - 1]
        return source + offset - shown

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where ``block.text[start:end]`` (not empty) stood, from its first character to behind its last."""
        return self.origin(start), self.origin(end - 1) + 1


@dataclass(slots=True)
class _Paragraph:
    """``lines`` are the places of its lines without the space around them; ``indent`` that of its first line."""

    indent: int
    lines: list[tuple[int, int]]
    underlined: bool = False  # by a line of = or -, as headings are


def passages(text: str, headings: Sequence[str] = ()) -> Iterator[Passage]:
    """The passages of plain text or simple Markdown that stands under ``headings``, outermost first.

    A paragraph ends at an empty line, a bullet, a number or a heading.  Within it, a line that was wrapped by hand
    goes on in the next; a line end that was meant stays as a line feed.  A question on a line of its own heads what
    follows.  Linear in the length of the text.
    """
    above = tuple(clean(heading) for heading in headings)
    place = Place(above, (0,) * len(above))  # rank 0: no heading of the text itself ends them
    found = _paragraphs(text)
    width = max((end - start for paragraph in found for start, end in paragraph.lines), default=0)
    for number, paragraph in enumerate(found, 1):
        block, runs, place = _block(text, paragraph, place, min(width, _WRAPPED), last=number == len(found))
        if block:
            yield Passage(block, runs)


def _block(
    text: str, paragraph: _Paragraph, place: Place, width: int, *, last: bool
) -> tuple[Block | None, Runs, Place]:
    start, end = paragraph.lines[0]
    bullet = _BULLET.match(text, start, end)
    title = _TITLE.match(text, start, end)
    mark = title or bullet
    first = mark.end() if mark else start
    shown, runs = _seen(text, [(first, end), *paragraph.lines[1:]], width)
    if not says_something(shown):
        return None, (), place
    if title:
        block, place = outline.heading(place, shown, len(title[1]))
    elif bullet:
        block, place = outline.item(place, shown, paragraph.indent)
    elif place.items and paragraph.indent > place.items[-1].indent:
        block, place = outline.more_of_item(place, shown)
    elif paragraph.underlined or (not last and len(paragraph.lines) == 1 and _heads(text[start:end], shown)):
        block, place = outline.heading(place, shown, None)
    else:
        block, place = outline.paragraph(place, shown)
    return block, runs, place


def _heads(line: str, shown: str) -> bool:
    asks = len(shown) <= _WRAPPED and _ASKS.search(shown) is not None
    return asks or (_BOLD.fullmatch(line) is not None and outline.looks_like_heading(shown))


def _paragraphs(text: str) -> list[_Paragraph]:
    found: list[_Paragraph] = []
    open_ = False
    at = 0
    for line in text.splitlines(keepends=True):
        stripped = line.strip()
        start = at + len(line) - len(line.lstrip())
        at += len(line)
        if not stripped:
            open_ = False
        elif _RULE.fullmatch(stripped):
            if open_ and len(found[-1].lines) == 1 and stripped[0] in "=-":
                found[-1].underlined = True
            open_ = False
        elif not open_ or _BULLET.match(stripped) or _TITLE.match(stripped) or _TITLE.match(text, *found[-1].lines[0]):
            found.append(_Paragraph(start - (at - len(line)), [(start, start + len(stripped))]))
            open_ = True
        else:
            found[-1].lines.append((start, start + len(stripped)))
    return found


def _seen(text: str, lines: Sequence[tuple[int, int]], width: int) -> tuple[str, Runs]:
    """What is seen of these lines as one text, and where each of its characters stood."""
    start, end = lines[0]
    whole = text[start:end]
    if len(lines) == 1 and whole.isprintable() and not _MARKED.search(whole):
        return whole, ((0, start),)
    shown: list[str] = []
    runs: list[tuple[int, int]] = []
    length = 0

    def add(piece: str, at: int) -> None:
        nonlocal length
        if piece[:1] in _SPACES and (not shown or shown[-1][-1] in _SPACES):
            piece, at = piece[1:], at + 1
        if piece:
            shown.append(piece)
            runs.append((length, at))
            length += len(piece)

    for number, (start, end) in enumerate(lines):
        if shown:
            add(" " if _wrapped(text, lines[number - 1], (start, end), width) else "\n", lines[number - 1][1])
        for gap in _GAP.finditer(text, start, end):
            add(text[start : gap.start()], start)
            if text[gap.start()].isspace():
                add(" ", gap.start())
            start = gap.end()
        add(text[start:end], start)
    return "".join(shown).rstrip(), tuple(runs)


def _wrapped(text: str, line: tuple[int, int], following: tuple[int, int], width: int) -> bool:
    """Whether a line ended only because the next word had no room in the text's width, or its sentence goes on."""
    word = text[following[0] : following[1]].split(maxsplit=1)[0]
    full = line[1] - line[0] + 1 + len(word) > width
    return word[0].islower() or text[line[1] - 1] in ",;" or (full and following[1] - following[0] <= _WRAPPED)
