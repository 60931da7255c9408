"""Block → the practices that it leaves to another page: "See our FAQ for how we use your data for AI"."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from ahocorasick_rs import AhoCorasick

from tracker.model import Notice, NoticeKind
from tracker.practices.folding import folded, quick_fold
from tracker.practices.phrases import Phrases

_SENTENCE = re.compile(r"(?<=[.!؟])\s+|\n+")
_SHORT = 300  # characters of a passage that as a whole speaks of one thing: question and pointer, say


class DeferralReader:
    """Reads what passages leave to informal pages; a pointer to another binding document is none."""

    def __init__(self, languages: Sequence[Phrases]) -> None:
        self._languages = tuple(languages)
        self._pointing = AhoCorasick(sorted({hint for each in languages for hint in each.pointing}))

    def read(self, text: str, claimed: Collection[str], prior: str | None = None) -> tuple[Notice, ...]:
        """One notice per practice left to another page, but for those that the passage itself claims."""
        if not self._pointing.find_matches_as_indexes(quick_fold(text)):
            return ()
        plain = folded(text)
        for phrases in sorted(self._languages, key=lambda each: each.language != (prior or "en").split("-")[0].lower()):
            found = dict[str, Notice]()
            for start, end in _pieces(plain.text):
                for practice in _left(plain.text[start:end], phrases):
                    if practice not in claimed and practice not in found:
                        first, last = plain.span(start, end)
                        found[practice] = Notice(
                            NoticeKind.DEFERS, text[first:last], first, last, practice=practice
                        )
            if found:
                return tuple(found.values())
        return ()


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """The whole of a short passage, each sentence of a longer one."""
    cuts = [] if len(text) <= _SHORT else [found.span() for found in _SENTENCE.finditer(text)]
    start = 0
    for stop, following in [*cuts, (len(text), len(text))]:
        if text[start:stop].strip():
            yield start, stop
        start = following


def _left(piece: str, phrases: Phrases) -> Iterator[str]:
    words = phrases.defers
    pointer, target = words.pointers.search(piece), words.targets.search(piece)
    if pointer and target:
        for practice, topic in words.topics.items():
            if topic.search(piece):
                yield practice
