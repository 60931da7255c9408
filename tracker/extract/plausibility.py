"""Whether a page can be the document at all, or is a login wall, a challenge, an error page, an empty shell.

Decided by structure, never by words.  The thresholds are read off two Open Terms Archive histories (pga-versions
2022–2026, dating-versions 2020–2026): of their 9,651 texts of source pages 103, in 24 documents, are implausible by
them.  Read one by one, in 17 of these documents they are error pages, empty shells and half-loaded pages; in 7 the text
was really cut down or moved away, which is why what has stood for a month is believed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from operator import attrgetter

from tracker.model import Block, BlockKind

_LEAST = 20  # characters: "Loading …" and "Access denied" are less; a help page may be one sentence
_SHELL = 150  # characters; the error pages of the two histories have 4 to 150, their shortest document 600
_FIRST_LOOK = 250  # characters that a binding document has at least: challenges and "not found" have 60 to 200 of them
_SHORT = 0.30  # of the former length; collapses lie below, the first replacement by a shorter text at 0.34
_KEPT = 0.30  # share of the former text, by characters, that stands unchanged
_SHORTER = 0.6  # with nothing kept and the headings gone: a login wall is not always short beside a help page
_NOTHING_KEPT = 0.05
_HEADINGS = 3  # from so many on, losing three in four tells something
_WALL = 1000  # characters that a wall may have; only where something else hints at one
_MONTH = timedelta(days=30)

_text = attrgetter("text")  # with map: this is asked of every block of every version


@dataclass(frozen=True, slots=True)
class Verdict:
    """``reason`` says in a few words why a text is not plausible; "" where it is."""

    plausible: bool
    reason: str = ""


def judge(
    blocks: Sequence[Block],
    former: Sequence[Block] | None,
    *,
    stood: timedelta = timedelta(),
    language: str | None = None,
    expected: str | None = None,
    hint: str = "",
    binding: bool = False,
) -> Verdict:
    """Judges one source page.

    ``former`` is the last plausible text of the same page, None at the first look.  ``stood`` is how long every
    fetch has found this text.  ``language`` is the one it was recognised in, ``expected`` the document's own
    (BCP 47; None: not known, or it does not matter).  ``hint`` is what makes the page suspect (extract.suspicion), ""
    where nothing does: then less is taken for the text.  ``binding`` is whether a binding
    document is looked for, which never has a few words only: at the first look a wall is known by nothing else.
    Another text of similar length is plausible: editions and rewrites are for others to tell.
    """
    length, before = _length(blocks), _length(former or ())
    if length < _LEAST or (former and length < _SHELL and before >= 2 * _SHELL and stood < _MONTH):
        return Verdict(False, f"{length} characters of text" if length else "no text")
    share = length / max(1, before)
    elsewhere = language and expected and _primary(language) != _primary(expected)
    if former and share >= _SHORTER and not elsewhere and not hint:  # nothing below could doubt it
        return Verdict(True)
    kept = _kept(blocks, former, before) if former else 0.0
    if elsewhere and kept < _NOTHING_KEPT:
        return Verdict(False, f"in another language ({language}, not {expected})")
    if stood >= _MONTH:
        return Verdict(True)
    if hint and (kept < _KEPT if former else length < _WALL):
        return Verdict(False, f"{hint}, {kept:.0%} of the former text kept" if former else f"{hint} and little text")
    if not former:
        few = binding and length < _FIRST_LOOK
        return Verdict(not few, f"{length} characters are too few for such a document" if few else "")
    if share < _SHORT and kept < _KEPT:
        return Verdict(False, f"{share:.0%} of the former length, {kept:.0%} of its text kept")
    had, now = _headings(former), _headings(blocks)
    if share < _SHORTER and kept < _NOTHING_KEPT and had >= _HEADINGS and now <= had / 4:
        return Verdict(False, f"{share:.0%} of the former length, {now} of {had} headings, nothing kept")
    return Verdict(True)


def _length(blocks: Sequence[Block]) -> int:
    return sum(map(len, map(_text, blocks)))


def _kept(blocks: Sequence[Block], former: Sequence[Block], length: int) -> float:
    """How much of the former text, of this ``length``, is left."""
    present = {block.id for block in blocks}
    return sum([len(block.text) for block in former if block.id in present]) / max(1, length)


def _headings(blocks: Sequence[Block]) -> int:
    return sum(block.kind is BlockKind.HEADING for block in blocks)


def _primary(language: str) -> str:
    return language.replace("_", "-").partition("-")[0].lower()
