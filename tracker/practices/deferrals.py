"""Block → the practices that it leaves to another page: "See our FAQ for how we use your data for AI"."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from tracker.model import Notice, NoticeKind
from tracker.practices.folding import folded
from tracker.practices.phrases import DeferWords, Hinted

_SENTENCE = re.compile(r"(?<=[.!؟])\s+|\n+")
_SENTENCE_LENGTH = 600  # characters looked through for a sentence's ends
_SHORT = 300  # characters of a passage that as a whole speaks of one thing: question and pointer, say


def read_deferrals(text: str, hinted: Hinted, claimed: Collection[str], prior: str | None = None) -> tuple[Notice, ...]:
    """What a passage leaves to informal pages; a pointer to another binding document is none.

    One notice per practice, but for those that the passage itself claims.
    """
    if not hinted.pointing:
        return ()
    plain = folded(text)
    first = (prior or "en").split("-")[0].lower()
    for phrases in sorted(hinted.pointing, key=lambda each: (each.language != first, each.language)):
        found: dict[str, Notice] = {}
        for start, end, practice in _left(plain.text, phrases.defers):
            if practice not in claimed and practice not in found:
                begin, stop = plain.span(start, end)
                found[practice] = Notice(NoticeKind.DEFERS, text[begin:stop], begin, stop, practice=practice)
        if found:
            return tuple(found.values())
    return ()


def _left(text: str, words: DeferWords) -> Iterator[tuple[int, int, str]]:
    """From where to where which practice is left to another page."""
    done = 0
    for target in words.targets.finditer(text):
        if target.start() < done:
            continue
        start, done = _piece(text, target.start())
        piece = text[start:done]
        if words.pointers.search(piece):
            yield from ((start, done, practice) for practice, topic in words.topics.items() if topic.search(piece))


def _piece(text: str, place: int) -> tuple[int, int]:
    """The sentence that a place stands in; a short passage whole."""
    if len(text) <= _SHORT:
        return 0, len(text)
    begin = max(0, place - _SENTENCE_LENGTH)
    before = [found.end() for found in _SENTENCE.finditer(text, begin, place)]
    after = _SENTENCE.search(text, place, place + _SENTENCE_LENGTH)
    return (before[-1] if before else begin), (after.start() if after else min(len(text), place + _SENTENCE_LENGTH))
