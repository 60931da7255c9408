"""Which frames a sentence can match at all: those of which every tag that they cannot match without is there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache, reduce
from operator import itemgetter, or_
from typing import NamedTuple

from tracker.practices.grammar import Frame, Grammar
from tracker.practices.requirements import Required, required

# Concepts whose words stand in every second sentence: as anchors they tell nothing.
_COMMON = frozenset({"may", "will", "be", "by", "we", "us", "our", "user", "data", "datum", "on", "not", "no", "make"})
_REMEMBERED = 32_768  # sets of tags

Groups = dict[frozenset[str], int]  # sets of tags, each with its bit


class _Need(NamedTuple):
    """What a frame needs, as bits: in the words it is read over, and in those or what stands near them."""

    said: int
    near: int
    number: int
    frame: Frame


class Prefilter:
    """The frames of one language, with the groups of tags they need as bits."""

    def __init__(self, grammar: Grammar, verb_final: bool) -> None:
        groups: Groups = {}
        self._needs: dict[int, list[_Need]] = {}  # by the bit of a group that few sentences hold
        for number, frame in enumerate(grammar.frames):
            if verb_final or not frame.verb_final:
                said = required(frame.pattern.pattern)
                need = _Need(_bits(said, groups), _bits(_telling(frame, grammar), groups), number, frame)
                self._needs.setdefault(_bits(_rarest(said, grammar), groups), []).append(need)
        self._keys = reduce(or_, self._needs)
        self._bits: dict[str, int] = {}
        for group, bit in groups.items():
            for char in group:
                self._bits[char] = self._bits.get(char, 0) | bit
        self.frames = lru_cache(_REMEMBERED)(self._frames)

    def mask(self, chars: Iterable[str]) -> int:
        """The groups of which a tag is there."""
        bits = self._bits
        mask = 0
        for char in set(chars):
            if char in bits:
                mask |= bits[char]
        return mask

    def _frames(self, said: int, near: int) -> tuple[Frame, ...]:
        """The frames that can match where these groups are said, and those near; in the order of the grammar."""
        unsaid, far = ~said, ~near
        found = [
            (number, frame)
            for bit in _ones(said & self._keys)
            for words, around, number, frame in self._needs[bit]
            if not (words & unsaid or around & far)
        ]
        if len(found) > 1:
            found.sort(key=itemgetter(0))
        return tuple([frame for _, frame in found])


def _ones(mask: int) -> Iterator[int]:
    """The bits that are set."""
    while mask:
        yield mask & -mask
        mask &= mask - 1


def _rarest(said: Required, grammar: Grammar) -> Required:
    """The one of these groups that few sentences hold a tag of; none of none."""
    common = grammar.tags(*_COMMON)
    return sorted(said, key=lambda group: (len(group & common), len(group)))[:1]


def _bits(wanted: Iterable[frozenset[str]], groups: Groups) -> int:
    mask = 0
    for group in wanted:
        mask |= groups.setdefault(group, 1 << len(groups))
    return mask


def _telling(frame: Frame, grammar: Grammar) -> list[frozenset[str]]:
    """The anchors that narrow the choice: those of common words only where there is no other."""
    rare = [group for group in frame.anchors if not _COMMON.intersection(group)]
    return [grammar.tags(*group) for group in rare or frame.anchors]
