"""Markdown → blocks; fast for histories, whose versions repeat nearly all of their text.

Written for what Open Terms Archive writes (Turndown: setext and ATX headings, nested lists by indentation, pipe
tables with ``<br>`` in their cells, backslash escapes) and enough of CommonMark for pages served as text/markdown.
A text is read as the chunks between its blank lines.  What a chunk gives depends only on the chunk and on the place
it stands in, so it is remembered: an unchanged chunk costs one look-up, and its blocks are the same objects.
"""

from __future__ import annotations

import html
import re
from enum import Enum, auto
from functools import lru_cache
from itertools import zip_longest
from operator import itemgetter
from typing import NamedTuple

from tracker.extract import outline
from tracker.extract.normalise import clean, says_something
from tracker.extract.outline import Item, Place
from tracker.model import Block

_REMEMBERED = 1 << 16  # chunks; all current texts of pga-versions (133 documents) have 24,000

_QUOTE = re.compile(r"(?:>\s?)+")
_HEADING = re.compile(r"(#{1,6})(?:\s+|$)")
_UNDERLINE = re.compile(r"=+|--+")
_RULE = re.compile(r"(?:\*\s*){3,}|(?:-\s*){3,}|(?:_\s*){3,}")
_MARKER = re.compile(r"(?:[*+-]|\d{1,9}[.)])(?:\s+|$)")
_SPECIAL = frozenset("#*+-_0123456789`~")
_DELIMITER = re.compile(r"\|?(?:\s*:?-+:?\s*\|)+(?:\s*:?-+:?)?\s*")
_CELL = re.compile(r"(?<!\\)\|")
_BOLD = re.compile(r"[_*]*(?:\*\*|__)(?=\S)(?:(?!\*\*|__).)+(?<=\S)(?:\*\*|__)[_*]*", re.DOTALL)

_TARGET = r"\(\s*+(?:<[^<>\n]*+>|[^\s()]*+(?:\([^\s()]*+\)[^\s()]*+)*+)(?:\s++(?:\"[^\"]*+\"|'[^']*+'))?\s*+\)"
_IMAGE = re.compile(rf"!\[[^\[\]]*+\](?:{_TARGET}|\(data:[^()]*+\))")
_LINK = re.compile(rf"\[([^\[\]]*+)\]{_TARGET}")
_LINK_END = re.compile(rf"\]{_TARGET}")  # of a link around several paragraphs, whose start stands in another chunk
_LABEL = itemgetter(1)  # of a match: a template would be filled in by Python code
_MARKUP = re.compile(r"[]\\[<#*`~_&]")  # without any of these a text is shown as it is written
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_BREAK = re.compile(r"<br\s*/?>(?:\s*[*+•-]\s+)?", re.IGNORECASE)
_TAG = re.compile(
    r"<!--(?:(?!<!--).)*?-->|</?(?:a|abbr|b|big|blockquote|button|center|code|dd|del|details|div|dl|dt|em|figure|font|h[1-6]|hr|i"
    r"|iframe|img|ins|li|mark|ol|p|picture|pre|q|s|section|small|span|strike|strong|sub|summary|sup|table|tbody|td"
    r"|th|thead|tr|tt|u|ul|video)(?:\s[^<>]*)?/?>",
    re.IGNORECASE | re.DOTALL,
)
_AUTOLINK = re.compile(r"<((?:https?|mailto):[^<>\s]*)>")
_STRONG = re.compile(r"\*\*+|~~+|`+|(?<!\s)\*|\*(?!\s)")
_UNDERSCORE = re.compile(r"(?<!\w)_+|_+(?!\w)")

# An escaped character must look like no markup until the end: it waits among the surrogates, which no decoded text has.
_AWAY = 0xDC00
_HIDDEN = re.compile("[\udc21-\udc7e]")


def blocks(body: bytes) -> tuple[Block, ...]:
    """The blocks of a Markdown text in UTF-8; invalid bytes become U+FFFD."""
    if b"\r" in body:
        body = body.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    place = _START
    found: list[Block] = []
    for chunk in body.removeprefix(b"\xef\xbb\xbf").split(b"\n\n"):
        new, place = _placed(place, chunk)
        found += new
    return tuple(found)


def forget() -> None:
    """Lets go of the chunks that are remembered: some hundred megabytes after a whole archive."""
    for remembered in (_placed, _pieces, _same):
        remembered.cache_clear()


class _What(Enum):
    HEADING = auto()
    BOLD = auto()  # a bold line
    TEXT = auto()
    ITEM = auto()
    ROW = auto()
    RULE = auto()


class _Piece(NamedTuple):
    """What one chunk holds, wherever it stands.  ``number`` is a heading's rank, else the indent in columns."""

    what: _What
    text: str = ""
    number: int = 0
    header: str = ""


@lru_cache(maxsize=_REMEMBERED)
def _placed(place: Place, chunk: bytes) -> tuple[tuple[Block, ...], Place]:
    found: list[Block] = []
    for what, text, number, header in _pieces(chunk):
        inside = bool(place.items) and number > place.items[-1].indent
        if what is _What.RULE:
            place = outline.closed(place)
            continue
        if what is _What.ROW:
            place = outline.closed(place)
            block = outline.row(place, text, header)
        elif what is _What.HEADING:
            block, place = outline.heading(place, text, number)
        elif what is _What.ITEM:
            block, place = outline.item(place, text, number)
        elif inside:
            block, place = outline.more_of_item(place, text)
        elif what is _What.BOLD:
            block, place = outline.heading(place, text, None)
        else:
            block, place = outline.paragraph(place, text)
        found.append(block)
    return tuple(found), _same(place.headings, place.ranks, place.lead, place.items)


@lru_cache(maxsize=_REMEMBERED)
def _same(headings: tuple[str, ...], ranks: tuple[int, ...], lead: str, items: tuple[Item, ...]) -> Place:
    """One object for equal places, however they were come to."""
    return Place(headings, ranks, lead, items)


_START = _same((), (), "", ())


@lru_cache(maxsize=_REMEMBERED)
def _pieces(chunk: bytes) -> tuple[_Piece, ...]:
    text = chunk.decode("utf-8", "replace")
    if "\t" in text:
        text = text.expandtabs(4)
    return _Reader().read(text.split("\n"))


class _Reader:
    """Reads the lines of one chunk."""

    def __init__(self) -> None:
        self.found: list[_Piece] = []
        self.lines: list[str] = []  # of the paragraph, item or heading being read
        self.indent = 0  # of what is being read
        self.marked = False  # whether a list marker opened it
        self.rows: list[str] = []

    def read(self, lines: list[str]) -> tuple[_Piece, ...]:
        for line in lines:
            self._line(line)
        self._end_text(alone=len(lines) == 1)
        self._end_table()
        return tuple(self.found)

    def _line(self, line: str) -> None:
        stripped = line.strip()
        if stripped[:1] == ">" and (quote := _QUOTE.match(stripped)):
            stripped = stripped[quote.end() :]
        if self.rows and not self._table_goes_on(stripped):
            self._end_table()
        if not stripped:
            self._end_text()
        elif self.rows or stripped[0] == "|":
            self._row(stripped)
        elif self.lines and stripped[0] in "=-" and _UNDERLINE.fullmatch(stripped):
            self._heading(1 if stripped[0] == "=" else 2)
        elif "|" in stripped and len(self.lines) == 1 and "|" in self.lines[0] and _DELIMITER.fullmatch(stripped):
            self.rows, self.lines = [self.lines[0], stripped], []
        elif stripped[0] not in _SPECIAL or not self._special(stripped, len(line) - len(line.lstrip())):
            if not self.lines and not self.marked:
                self.indent = len(line) - len(line.lstrip())
            self.lines.append(stripped)

    def _special(self, stripped: str, indent: int) -> bool:
        """Handles a line that its first characters make something else than text; False if they do not."""
        if stripped[0] in "*-_" and _RULE.fullmatch(stripped):
            self._end_text()
            self.found.append(_Piece(_What.RULE))
        elif stripped[0] == "#" and (heading := _HEADING.match(stripped)):
            self._end_text()
            self.lines = [stripped[heading.end() :]]
            self._heading(len(heading[1]))
        elif marker := _MARKER.match(stripped):
            self._end_text()
            self.marked, self.indent = True, indent
            if rest := stripped[marker.end() :]:
                self._line(" " * (indent + marker.end()) + rest)
        elif stripped.startswith(("```", "~~~")):
            self._end_text()
        else:
            return False
        return True

    def _end_text(self, alone: bool = False) -> None:
        """``alone``: it is all that the chunk holds, so that a list item in bold may be a numbered heading."""
        if not self.lines:
            return
        raw = self.lines[0] if len(self.lines) == 1 else "\n".join(self.lines)
        self.lines = []
        marked, self.marked = self.marked, False
        text = inline(raw)
        if not says_something(text):
            return
        if (alone or not marked) and _is_bold(raw) and outline.looks_like_heading(text):
            self.found.append(_Piece(_What.BOLD, text, self.indent))
        else:
            self.found.append(_Piece(_What.ITEM if marked else _What.TEXT, text, self.indent))

    def _heading(self, rank: int) -> None:
        raw = "\n".join(self.lines)
        bare = raw.rstrip("#")  # "## Title ##"
        text = inline(raw if bare[-1:].strip() else bare)
        self.lines, self.marked = [], False
        if says_something(text):
            self.found.append(_Piece(_What.HEADING, text, rank))

    def _table_goes_on(self, stripped: str) -> bool:
        """With a further row, or with the rest of a cell that was broken over lines."""
        return stripped.startswith("|") or ("|" in stripped and self.rows[0][0] != "|")

    def _row(self, stripped: str) -> None:
        if not self.rows:
            self._end_text()
        self.rows.append(stripped)

    def _end_table(self) -> None:
        rows, self.rows = self.rows, []
        header = ""
        for line, following in zip_longest(rows, rows[1:], fillvalue=""):
            if _DELIMITER.fullmatch(line):
                continue
            cells = [cell for cell in map(str.strip, _CELL.split(line.strip("|"))) if cell]
            text = " | ".join([cell for cell in map(inline, cells) if cell])
            if not says_something(text):
                continue
            self.found.append(_Piece(_What.ROW, text, header=header))
            if _DELIMITER.fullmatch(following) or all(_is_bold(cell) or cell.startswith("#") for cell in cells):
                header = text


def inline(raw: str) -> str:
    """What a reader sees of a run of Markdown: no marks, no link targets, no images."""
    if not _MARKUP.search(raw):
        return clean(raw)
    text = raw
    if "\\" in text:
        text = _ESCAPE.sub(lambda match: chr(_AWAY + ord(match[1])), text)
    if "](" in text:
        text = _IMAGE.sub("", text)
        text = _LINK.sub(_LABEL, text)
        if "](" in text:  # a link around an image or a footnote
            text = _LINK_END.sub("", _LINK.sub(_LABEL, text))
    if text.endswith("[") or (text.startswith("[") and "]" not in text):
        text = text.strip("[")
    if "<" in text:
        text = _AUTOLINK.sub(r"\1", _TAG.sub("", _BREAK.sub(" ", text)))
    if text.startswith("#"):  # a heading in a table cell
        text = text.lstrip("#")
    if "*" in text or "`" in text or "~~" in text:
        text = _STRONG.sub("", text)
    if "_" in text:
        text = _UNDERSCORE.sub("", text)
    if "&" in text:
        text = html.unescape(text)
    if "\\" in raw:
        text = _HIDDEN.sub(lambda match: chr(ord(match[0]) - _AWAY), text)
    return clean(text)


def _is_bold(raw: str) -> bool:
    return ("**" in raw or "__" in raw) and _BOLD.fullmatch(raw) is not None
