"""Where sentences, list lines and table cells begin and end.  Linear in the text's length."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from tracker.practices.folding import fold_said
from tracker.practices.memory import remembered

WINDOW = 3000  # characters; a sentence longer than this is cut, so that no rule ever sees more at once
_MARKS = "•●▪◦·"  # one of these, a bar or a tag stands wherever a line is cut
_HARD = re.compile(r"<br\s*/?>|(?<=\s)\|(?=\s)|\s[•●▪◦·](?:\s|$)", re.IGNORECASE)
_STOP = re.compile(
    r"""(?:[.!?؟。！？…][.!?؟…]*)["'”’»)\]*_]*(?:\[\d+\])?(?=\s|$|[A-ZÀ-Ý؀-ۿ"“«(])""",
)
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|inc|ltd|co|corp|llc|mr|mrs|ms|dr|st|u\.s|u\.k|u\.s\.a|e\.u|cf|p\.ex|"
    r"a\.i|z\.b|d\.h|u\.a|usw|bzw|ggf|ca|incl|inkl|evtl|sog|vgl|p\.\s?ej|ej|sr|sra|ud|uds|dll|dsb|dst|mis|"
    r"approx|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|n\.v|s\.a|b\.v|fig|par|para|reg|et al)|(?:^|[\s(])[a-zA-Z]|"
    r"(?:^|\s)\(?\d{1,2}|\.[a-zA-Z])\.$",
    re.IGNORECASE,
)
_LONG = 7  # letters: no abbreviation has as many
_ASKING = frozenset("?؟？")
_NUMBERED = re.compile(r"\b(?:nos?|nr|art|abs|sec|para?|núm|pasal|section)$", re.IGNORECASE)


class Sentence(NamedTuple):
    """``start`` and ``end`` are offsets in the text it was cut from, ``folded`` is what stands there.

    ``lead`` is the index of the sentence that introduces the list this one stands in; None where there is none.
    ``question`` says whether it asks.
    """

    start: int
    end: int
    folded: str
    question: bool
    lead: int | None


# A line or cell: its sentences (where they start and end, folded, whether they ask), and whether it introduces what
# follows.  Plain tuples of plain things, so that the collector need not visit what is remembered.
_Piece = tuple[tuple[tuple[int, int, str, bool], ...], bool]


def sentences(text: str) -> list[Sentence]:
    """Cut a text.  Abbreviations and ordinals do not end a sentence; lines, cells and bullets do."""
    found: list[Sentence] = []
    lead: int | None = None
    place = 0
    pieces = _pieces if "\n" in text else _cut
    for number, line in enumerate(text.split("\n")):
        whole = f"\n{line}" if number else line
        for said, introduces in pieces(whole):
            for start, end, folded, question in said:
                found.append(Sentence(place + start, place + end, folded, question, lead))
            if introduces:
                lead = len(found) - 1
            elif len(said) > 1:
                lead = None
        place += len(whole)
    return found


def _cut(line: str) -> tuple[_Piece, ...]:
    """One line, which begins with its newline if it has one."""
    found: list[_Piece] = []
    for start, end in _parts(line):
        said = []
        for first, last in _stops(line, start, end):
            a, b = _trim(line, first, last)
            if a < b:
                said.append((a, b, fold_said(line[a:b]), _asks(line, a, b)))
        if said:
            found.append((tuple(said), line.endswith((":", ":*", "*:"), 0, b)))
    return tuple(found)


_pieces = remembered(_cut)


def _parts(line: str) -> Iterator[tuple[int, int]]:
    start = int(line.startswith("\n"))
    marked = "|" in line or "<" in line or (not line.isascii() and any(mark in line for mark in _MARKS))
    for cut in _HARD.finditer(line) if marked else ():
        if cut.start() > start:
            yield start, cut.start()
        start = cut.end()
    if start < len(line):
        yield start, len(line)


def _stops(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for stop in _STOP.finditer(text, start, end):
        place = stop.start()
        mark = text[place]
        if mark == "." and _abbreviated(text, start, place):
            continue
        if mark in ".…" and _continues(text, place, stop.end(), end):
            continue
        yield from _windows(text, start, stop.end())
        start = stop.end()
    if start < end:
        yield from _windows(text, start, end)


def _abbreviated(text: str, start: int, stop: int) -> bool:
    if stop - start > _LONG and text[stop - _LONG : stop].isalpha():
        return False
    return _ABBREVIATION.search(text, max(start, stop - 8), stop + 1) is not None


def _continues(text: str, stop: int, place: int, end: int) -> bool:
    """Whether a small letter follows, or a number after "No." or "Art.": then the stop was an abbreviation's."""
    following = text[place : min(end, place + 3)].lstrip()[:1]
    return following.islower() or (following.isdigit() and bool(_NUMBERED.search(text, max(0, stop - 8), stop)))


def _windows(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while end - start > WINDOW:
        cut = text.rfind(" ", start + WINDOW // 2, start + WINDOW)
        cut = start + WINDOW if cut < 0 else cut
        yield start, cut
        start = cut
    yield start, end


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and (text[start].isspace() or text[start] in "-*•|#>–—"):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] == "|"):
        end -= 1
    return start, end


def _asks(text: str, start: int, end: int) -> bool:
    return not _ASKING.isdisjoint(text[max(start, end - 4) : end])
