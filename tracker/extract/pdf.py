"""PDF → blocks.  A PDF knows lines at best: headings are told by their size, paragraphs by where lines end."""

from __future__ import annotations

import io
import logging
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pypdf import PageObject, PdfReader

from tracker.errors import ExtractError
from tracker.extract import outline
from tracker.extract import text as plain
from tracker.extract.normalise import clean, says_something
from tracker.model import Block, Extract

# What pypdf warns of is either read all the same or told as an error.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)

_SENTENCE_END = re.compile(r".*[.!?:;。！？؟][\"”’)\]]*")
_HYPHENATED = re.compile(r"([^\W\d_]+)[\u00ad\u2010-]$")
_FIRST_WORD = re.compile(r"[^\W\d_]+")
_COMPOUND = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)+")
_SHORT = 0.8  # of the longest line: a line that ends a sentence before there ends its paragraph
_LARGER = 1.12  # times the size of most of the text: a heading
_RUNNING = 3  # pages on which a first or last line must stand to be one that runs through them all


@dataclass(frozen=True, slots=True)
class _Line:
    """``size`` is that of its largest letters in points; 0 where it is not known."""

    text: str
    size: float
    bold: bool = False


def read(body: bytes) -> Extract:
    """The text of all pages, with the title and language the file names.

    :raises ExtractError: it is no PDF, is damaged, or needs a password.
    """
    try:
        reader = PdfReader(io.BytesIO(body))
        if reader.is_encrypted and not reader.decrypt(""):
            raise ExtractError("the PDF needs a password")
        lines = _without_running([_lines(page) for page in reader.pages])
        title = clean(str((reader.metadata and reader.metadata.title) or "")) or None
        language = clean(str(_root(reader).get("/Lang", ""))) or None
    except ExtractError:
        raise
    except Exception as error:  # a damaged file makes pypdf fail in many ways beside its own errors
        raise ExtractError(f"the PDF cannot be read ({clean(str(error))[:200] or type(error).__name__})") from error
    return Extract(tuple(_blocks(lines)), title, language)


def _root(reader: PdfReader) -> Any:
    return reader.trailer["/Root"]


def _lines(page: PageObject) -> list[_Line]:
    """The lines of a page, each with the size of the letters that it was set in."""
    sizes: dict[str, tuple[float, bool]] = {}

    def note(text: str, matrix: list[float], own: list[float], font: dict[str, Any] | None, size: float) -> None:
        height = abs(size * (own[3] or own[1] or 1) * (matrix[3] or matrix[1] or 1))
        bold = "bold" in str((font or {}).get("/BaseFont", "")).lower()
        for line in text.splitlines():
            if line.strip():
                sizes[line.strip()] = (round(height, 1), bold)

    lines = page.extract_text(visitor_text=note).splitlines()
    return [_Line(line, *sizes.get(line.strip(), (0.0, False))) for line in lines]


def _without_running(pages: Sequence[list[_Line]]) -> list[_Line]:
    """All lines but page numbers, and what stands at the head or foot of most pages."""
    edges = Counter(edge for number, page in enumerate(pages, 1) for edge in {_edge(e, number) for e in _ends(page)})
    running = {edge for edge, count in edges.items() if count >= max(_RUNNING, len(pages) / 2)}
    found: list[_Line] = []
    for number, page in enumerate(pages, 1):
        kept = list(page)
        for end in (-1, 0):
            while kept and (kept[end].text.strip() in ("", str(number)) or _edge(kept[end], number) in running):
                kept.pop(end)
        found += kept
    return found


def _ends(page: list[_Line]) -> list[_Line]:
    told = [line for line in page if line.text.strip()]
    return told[:2] + told[-2:]


def _edge(line: _Line, number: int) -> str:
    """A first or last line, the same on each page: the number of its own stands for all."""
    return re.sub(rf"\b{number}\b", "#", line.text.strip(), count=1)


def _blocks(lines: list[_Line]) -> Iterator[Block]:
    """Headings by their size, and between them paragraphs as of plain text."""
    letters = Counter[float]()
    for line in lines:
        letters[line.size] += len(line.text)
    usual = letters.most_common(1)[0][0] if letters else 0.0
    larger = sorted({line.size for line in lines if line.size > _LARGER * usual}, reverse=True)
    words = frozenset(word.lower() for line in lines for word in _COMPOUND.findall(line.text))
    reader, between = plain.Reader(), list[str]()
    for number, line in enumerate(lines):
        rank = _rank(line, usual, larger)
        if rank is None:
            between.append(line.text)
            continue
        reader.read("\n".join(_paragraphs(between, words)))
        between = []
        text = clean(line.text)
        if number and reader.found and _rank(lines[number - 1], usual, larger) == rank:
            text = f"{reader.found.pop().text} {text}"  # a heading of two lines
        block, reader.place = outline.heading(reader.place, text, rank)
        reader.found.append(block)
    reader.read("\n".join(_paragraphs(between, words)))
    yield from reader.found


def _rank(line: _Line, usual: float, larger: list[float]) -> int | None:
    """1 to 6 for a heading; None for any other line."""
    text = line.text.strip()
    if not says_something(text) or not outline.looks_like_heading(text) or not usual:
        return None
    if line.size in larger:
        return min(larger.index(line.size) + 1, 6)
    return min(len(larger) + 1, 6) if line.bold and line.size >= usual else None


def _paragraphs(lines: Iterable[str], compounds: frozenset[str]) -> Iterator[str]:
    """The lines, each paragraph joined to one, with blank lines between them.

    A word that a line end parted is joined without its hyphen, unless it is one of the text's ``compounds``.
    """
    lines = list(map(str.strip, lines))
    widest = max(map(len, lines), default=0)
    paragraph = ""
    for line in lines:
        hyphen, following = _HYPHENATED.search(paragraph), _FIRST_WORD.match(line)
        if hyphen and following and line[:1].islower():
            kept = f"{hyphen[1]}-{following[0]}".lower() in compounds
            paragraph = paragraph[: hyphen.end(1)] + ("-" if kept else "") + line
        else:
            paragraph = f"{paragraph} {line}".strip()
        if not line or (len(line) < _SHORT * widest and (_SENTENCE_END.fullmatch(line) or len(line) < widest / 2)):
            yield from (paragraph, "")
            paragraph = ""
    yield paragraph
