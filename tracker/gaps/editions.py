"""Whether a new text is still a text of the same thing, or of another that took its place (design, "Words")."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter

from tracker.gaps.regions import names_region, regions_named
from tracker.model import Block, BlockKind

# Calibrated on the histories of Open Terms Archive's collections "pga" and "dating": real rewrites keep at least 0.07
# of their runs of words, mostly 0.2 to 0.9; where another text took the place it was 0.00 to 0.05.
_ALIEN = 0.06
"""At most so much of either text is found in the other if they are different things."""

_FOREIGN = 0.6
"""A text that keeps more of the former is the same thing whatever its title and language are said to be."""

_FAMILIAR = 0.8
"""A text shares so much, both ways, with a former edition that it is that again."""

_CUT, _REST = 0.72, 0.82
"""A part written for a region has gone if at most so much of the former text is left (Facebook's without its European
part: 0.58 to 0.68), while so much of the new one was there before (0.84 to 1.00) …"""

_FEWER = 0.75
"""… and if at most so many of the blocks that name a region are left, or …"""

_UNTOUCHED = 0.99
"""… if so much of the new text was there before: who revises a policy touches its date at least."""

_GROWN = 0.8
"""So little of a text was there before, at most, if a whole part came back."""

_REGAINED = 0.75
"""A part that comes back is that of a former edition if so much of what was added stood there (measured: 0.79 up)."""

_RUN = 4  # words: long enough to be rare, short enough to survive an edited sentence
_WORD = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]|\w+")  # scripts without spaces: each character
_STOP = frozenset(
    ("a", "an", "and", "by", "de", "der", "des", "die", "du", "et", "for", "für", "la", "le", "of", "the", "und")
)

_text, _level = attrgetter("text"), attrgetter("level")


@dataclass(frozen=True, slots=True)
class Face:
    """What an edition is recognised by: its latest text.  ``title`` and ``language`` are None if unknown."""

    title: str | None
    language: str | None
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Edition:
    """``number`` is an earlier edition's or the next free one; ``reason`` says why it changed, "" if it did not."""

    number: int
    reason: str = ""


def title_of(title: str | None, blocks: Sequence[Block]) -> str | None:
    """A text's title: the page's own, else its first heading of the highest rank; None if it has neither."""
    headings = (block for block in blocks if block.kind is BlockKind.HEADING)
    first = None if title else min(headings, key=_level, default=None)
    return title or (first.text if first else None)


def face_of(title: str | None, language: str | None, blocks: Sequence[Block]) -> Face:
    return Face(title_of(title, blocks), language, tuple(map(_text, blocks)))


def edition_of(known: Mapping[int, Face], current: int, new: Face) -> Edition:
    """The edition that a new text belongs to.

    ``known`` holds the latest text of each edition the document had, ``current`` is the one that stood last.
    A genuine rewrite, however thorough, stays in its edition: its title and its region stay, or some of its words do.
    """
    former = known[current]
    if _mostly_kept(former.texts, new.texts) and _regions(former) == _regions(new):
        return Edition(current)
    kept, same = _shares(former.texts, new.texts)
    others = {number: face for number, face in known.items() if number != current and _regions(face) == _regions(new)}
    for number, face in others.items():
        if kept >= _REST and same <= _GROWN and _regained(former.texts, new.texts, face.texts) >= _REGAINED:
            return Edition(number, f"the part that edition {number} had is back")
    reason = _departed(former, new, kept, same)
    if not reason:
        return Edition(current)
    for number, face in others.items():
        if min(_shares(face.texts, new.texts)) >= _FAMILIAR:
            return Edition(number, f"the text of edition {number} is back")
    return Edition(max(known) + 1, reason)


def _departed(former: Face, new: Face, kept: float, same: float) -> str:
    """Why a text is not of the former's edition; "" if it is.  ``kept`` is the share of the former text that is left,
    ``same`` the share of the new one that was there before."""
    most = max(kept, same)
    if most < _FOREIGN and _regions(former) != _regions(new):
        return "its title names another region"
    if most <= _ALIEN and None is not _language(former) != _language(new) is not None:
        return "it is in another language"
    if most <= _ALIEN and not alike_in_title(former.title, new.title):
        return "its title and its text are others"
    if kept <= _CUT and same >= _UNTOUCHED:
        return "a large part is gone, nothing else changed"
    if kept <= _CUT and same >= _REST and (regional := _regional(former)) > 0 and _regional(new) <= regional * _FEWER:
        return "the part written for a region is gone"
    return ""


def _mostly_kept(former: Sequence[str], new: Sequence[str]) -> bool:
    """Whether the blocks alone show that most of either text is in the other, as after most changes."""
    both = set(former) & set(new)
    return min(_length(filter(both.__contains__, each)) / max(1, _length(each)) for each in (former, new)) > _GROWN


def _length(texts: Iterable[str]) -> int:
    return sum(map(len, texts))


@lru_cache(maxsize=8)  # the former text was often the new one before, and that of other editions stays
def _runs(texts: tuple[str, ...]) -> frozenset[int]:
    return frozenset().union(*map(_runs_of_block, texts))


@lru_cache(maxsize=1 << 13)  # most blocks of a text are those of the one before
def _runs_of_block(text: str) -> frozenset[int]:
    """The hashes of the runs of words in a block, of all its words where it is shorter than one."""
    words = _WORD.findall(text.lower())
    return frozenset(map(hash, zip(*(words[start:] for start in range(_RUN)), strict=False))) or frozenset(
        [hash(tuple(words))]
    )


def _shares(former: tuple[str, ...], new: tuple[str, ...]) -> tuple[float, float]:
    """How much of the former text is left, and how much of the new one was there before."""
    before, now = _runs(former), _runs(new)
    return _part(before, now), _part(now, before)


def _regained(former: tuple[str, ...], new: tuple[str, ...], other: tuple[str, ...]) -> float:
    """How much of what a text has added stood in another edition."""
    return _part(_runs(new) - _runs(former), _runs(other))


def _part(of: frozenset[int], found: frozenset[int]) -> float:
    """How much of one text's runs are found in another's."""
    return len(of & found) / max(1, len(of))


def _regions(face: Face) -> tuple[str, ...]:
    return regions_named(face.title)


def _language(face: Face) -> str | None:
    return face.language.partition("-")[0].lower() if face.language else None


def alike_in_title(former: str | None, new: str | None) -> bool:
    """Whether two titles have a word in common; so they may, if one is unknown."""
    return not former or not new or bool(_title_words(former) & _title_words(new))


def _title_words(title: str) -> set[str]:
    return set(_WORD.findall(title.lower())) - _STOP


def _regional(face: Face) -> int:
    """How many blocks name a region."""
    return sum(names_region(text) for text in face.texts)
