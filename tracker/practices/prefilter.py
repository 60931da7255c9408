"""Which frames a text can match at all, in which languages: one pass of an Aho–Corasick automaton."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import ahocorasick_rs

from tracker.practices.folding import quick_fold
from tracker.practices.grammar import Frame, Grammar
from tracker.practices.lexicon import Lexicon

# Concepts whose words stand in every second sentence: as anchors they would only cost.
_COMMON = frozenset({"may", "will", "be", "by", "we", "us", "our", "user", "data", "datum", "on", "not", "no", "make"})
_APART = str.maketrans(dict.fromkeys("\n\t\r-_'\"`/()[]{}*|,:;.<>&+=#~!?", " "))
_ELSEWHERE = ("\u2019", "\u2018", "\u201c", "\u201d", "\u00a0", "\u2013", "\u2014", "\u2011", "\u2022", "«", "»")

Candidates = Mapping[str, frozenset[int]]


@dataclass(frozen=True, slots=True)
class _Need:
    """All of these bits must be set for these frames of a language."""

    bits: int
    language: str
    frames: frozenset[int]


class Prefilter:
    """Compiled once from all lexicons; what it answers depends on the text alone."""

    def __init__(self, grammar: Grammar, lexicons: Mapping[str, Lexicon]) -> None:
        masks: dict[str, int] = {}
        groups: dict[tuple[str, tuple[str, ...]], int] = {}
        needs: dict[tuple[str, int], set[int]] = {}
        for language, lexicon in lexicons.items():
            spelled = {concept: tuple(_anchors(lexicon, concept)) for concept in lexicon.phrases}
            for number, frame in enumerate(grammar.frames):
                if frame.verb_final and not lexicon.verb_final:
                    continue
                bits = 0
                for group in _telling(frame):
                    if (language, group) not in groups:
                        bit = groups[language, group] = 1 << len(groups)
                        for anchor in (one for concept in group for one in spelled.get(concept, ())):
                            masks[anchor] = masks.get(anchor, 0) | bit
                    bits |= groups[language, group]
                needs.setdefault((language, bits), set()).add(number)
        self._needs = tuple(_Need(bits, language, frozenset(numbers)) for (language, bits), numbers in needs.items())
        self._masks = list(masks.values())
        self._automaton = ahocorasick_rs.AhoCorasick(list(masks), matchkind=ahocorasick_rs.MatchKind.Standard)
        self.decide = lru_cache(maxsize=65536)(self._decide)
        self.mask_above = lru_cache(maxsize=16384)(self.mask)

    def mask(self, text: str) -> int:
        """The groups of words of which one occurs in a text, as bits."""
        return self._mask(_spread(quick_fold(text)))

    def mask_folded(self, text: str) -> int:
        """The same of text that is folded already."""
        return self._mask(text.translate(_APART))

    def _mask(self, spread: str) -> int:
        told = f" {' '.join(spread.split())} "
        found = self._automaton.find_matches_as_indexes(told, overlapping=True)
        mask = 0
        for index in {one[0] for one in found}:
            mask |= self._masks[index]
        return mask

    def _decide(self, mask: int) -> Candidates:
        """For each language the numbers of the frames whose words are all there."""
        found: dict[str, frozenset[int]] = {}
        for need in self._needs:
            if need.bits & mask == need.bits:
                found[need.language] = found.get(need.language, frozenset()) | need.frames
        return found


def _telling(frame: Frame) -> list[tuple[str, ...]]:
    """The groups that narrow the choice: those of common words only where there is no other."""
    rare = [group for group in frame.anchors if not _COMMON.intersection(group)]
    return rare or list(frame.anchors)


def _anchors(lexicon: Lexicon, concept: str) -> Iterable[str]:
    """Each phrase up to its first wildcard, from the beginning of a word (or its longest word after a wildcard)."""
    before, after = lexicon.tagger.open_ends
    start = "" if before else " "
    for phrase in lexicon.phrases[concept]:
        if "*" not in phrase:
            yield f"{start}{phrase}{'' if after else ' '}"
        elif phrase.startswith("*"):
            yield max((word.strip("*") for word in phrase.split(" ")), key=len)
        else:
            yield start + phrase.partition("*")[0].rstrip(" ")


def _spread(text: str) -> str:
    """Punctuation as spaces, so that a phrase is found however its words are joined."""
    if not text.isascii():
        for mark in _ELSEWHERE:
            if mark in text:
                text = text.replace(mark, " ")
    return text.translate(_APART)
