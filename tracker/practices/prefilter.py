"""Which practices a block can speak of at all, in which languages: one pass of an Aho–Corasick automaton."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import ahocorasick_rs

from tracker.practices.folding import quick_fold
from tracker.practices.grammar import Grammar
from tracker.practices.lexicon import Lexicon
from tracker.practices.tagging import words_of

_SHORT = 3  # words up to this length are sought only at a word's beginning
_STARTS = " \n\t(-\"'\u201c\u2018\u2019/[*_>|:"


@dataclass(frozen=True, slots=True)
class _Need:
    """All of these bits must be set for a language's frames."""

    bits: int
    language: str
    frames: tuple[int, ...]


class Prefilter:
    """Compiled once from all lexicons; :meth:`candidates` is a pure function of the text."""

    def __init__(self, grammar: Grammar, lexicons: Mapping[str, Lexicon]) -> None:
        masks: dict[str, int] = {}
        groups: dict[tuple[str, tuple[str, ...]], int] = {}
        needs: dict[tuple[str, int], list[int]] = {}
        for language, lexicon in lexicons.items():
            for number, frame in enumerate(grammar.frames):
                bits = 0
                for group in frame.anchors:
                    bit = groups.setdefault((language, group), 1 << len(groups))
                    bits |= bit
                    for word in _anchor_words(lexicon, group):
                        masks[word] = masks.get(word, 0) | bit
                needs.setdefault((language, bits), []).append(number)
        self._needs = tuple(_Need(bits, language, tuple(frames)) for (language, bits), frames in needs.items())
        patterns: list[str] = []
        self._masks: list[int] = []
        for word, mask in masks.items():
            for spelled in _spellings(word):
                patterns.append(spelled)
                self._masks.append(mask)
        self._automaton = ahocorasick_rs.AhoCorasick(patterns, matchkind=ahocorasick_rs.MatchKind.Standard)
        self._decide = lru_cache(maxsize=65536)(self._decide_mask)
        self._mask_of_context = lru_cache(maxsize=8192)(self._mask)

    def candidates(self, text: str, context: Iterable[str] = ()) -> Mapping[str, frozenset[int]]:
        """For each language the numbers of the frames whose words all occur in the text or what stands above it.

        At least one word must occur in the text itself.
        """
        own = self._mask(text)
        above = 0
        for piece in context:
            above |= self._mask_of_context(piece)
        if not own and not above:
            return {}
        return self._decide(own | above)

    def _mask(self, text: str) -> int:
        masks = self._masks
        mask = 0
        for index in {found[0] for found in self._automaton.find_matches_as_indexes(" " + quick_fold(text), overlapping=True)}:
            mask |= masks[index]
        return mask

    def _decide_mask(self, mask: int) -> Mapping[str, frozenset[int]]:
        found: dict[str, set[int]] = {}
        for need in self._needs:
            if need.bits & mask == need.bits:
                found.setdefault(need.language, set()).update(need.frames)
        return {language: frozenset(frames) for language, frames in found.items()}


def _anchor_words(lexicon: Lexicon, group: tuple[str, ...]) -> Iterable[str]:
    """The longest word of each phrase: wherever the phrase stands, it stands."""
    for concept in group:
        for phrase in lexicon.phrases.get(concept, ()):
            yield max((word.strip("*") for word in words_of(phrase)), key=len)


def _spellings(word: str) -> Iterable[str]:
    if len(word) > _SHORT:
        return (word,)
    return (start + word for start in _STARTS)
