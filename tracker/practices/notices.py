"""What a text says about itself: from when it applies, when it was changed, that another is coming, where it defers."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tracker.model import Block, Notice, NoticeKind
from tracker.practices.claims import Trace
from tracker.practices.dates import Day, DayFinder
from tracker.practices.folding import Folded
from tracker.practices.lexicon import Lexicon
from tracker.practices.sentences import sentences

_BEFORE = 90  # characters before a day in which the words that introduce it stand
_AFTER = 60
_LONGEST = 600  # a sentence longer than this is no notice


class NoticeReader:
    """Reads the notices of one language."""

    def __init__(self, lexicon: Lexicon) -> None:
        dates = lexicon.dates
        self._days = DayFinder(lexicon.language, dates.months, lexicon.day_first)
        self._kinds = tuple(
            (kind, _alternatives(phrases))
            for kind, phrases in (
                (NoticeKind.UNTIL, dates.until),
                (NoticeKind.COMING, dates.coming),
                (NoticeKind.UPDATED, dates.updated),
                (NoticeKind.EFFECTIVE, dates.effective),
            )
        )
        self._since = _alternatives(dates.since)

    def read(self, block: Block, text: Folded) -> list[Notice]:
        """The dated statements of a block about the text it stands in."""
        if not self._days.find(text.text):
            return []
        found: list[Notice] = []
        for one in sentences(block.text):
            if one.end - one.start > _LONGEST:
                continue
            start, end = text.at_or_after(one.start), text.at_or_after(one.end)
            said = text.text[start:end]
            for day in self._days.find(said):
                kind = self._kind(said, day)
                if kind is not None:
                    found.append(Notice(kind, block.text[one.start : one.end], one.start, one.end, day.day))
                    break
        return found

    def beginning(self, said: str) -> Day | None:
        """The day from which a folded sentence's statement holds; None where it names none."""
        for day in self._days.find(said):
            if self._since.search(said[max(0, day.start - 25) : day.start]):
                return day
        return None

    def _kind(self, said: str, day: Day) -> NoticeKind | None:
        before = said[max(0, day.start - _BEFORE) : day.start]
        after = said[day.end : day.end + _AFTER]
        until, *others = self._kinds
        if until[1].search(before[-40:]):
            return NoticeKind.UNTIL
        best: tuple[int, NoticeKind] | None = None
        for kind, words in others:
            near = max((one.end() for one in words.finditer(before)), default=-1)
            if near < 0 and (later := words.search(after)) is not None:
                near = len(before) - _BEFORE - later.start()
                near = max(near, -_BEFORE) + _BEFORE if kind is NoticeKind.COMING else 0
            if near >= 0 and kind is NoticeKind.COMING:
                return kind
            if near >= 0 and (best is None or near > best[0]):
                best = near, kind
        return best[1] if best else None


def deferrals(traces: Sequence[Trace], claimed: frozenset[str]) -> list[Notice]:
    """Pointers elsewhere ("see our FAQ for how we use data for AI") of practices the block itself does not claim."""
    found: dict[str, Notice] = {}
    for trace in traces:
        if trace.gate == "pointer" and trace.practice not in claimed:
            notice = Notice(NoticeKind.DEFERS, trace.sentence, trace.start, trace.end, None, trace.practice)
            found.setdefault(trace.practice, notice)
    return list(found.values())


def _alternatives(phrases: Sequence[str]) -> re.Pattern[str]:
    spelled = "|".join(sorted((re.escape(one).replace(r"\ ", r"[\s:]+") for one in phrases), key=len, reverse=True))
    return re.compile(rf"\b(?:{spelled})\b" if spelled else r"(?!)")
