"""The day from which a sentence says that something is done."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from tracker.practices.dates import days, may_name_a_day, read_day

_BEFORE = 25  # characters before a day in which "from" or "starting" stands


class OnsetReader:
    """Reads "from 3 November 2025" in one language; ``since`` are its folded words for "from"."""

    def __init__(self, language: str, since: Sequence[str], day_first: bool) -> None:
        spelled = "|".join(sorted((re.escape(one) for one in since), key=len, reverse=True))
        self._since = re.compile(rf"\b(?:{spelled})\b" if spelled else r"(?!)")
        self._language = language
        self._day_first = day_first

    def read(self, said: str) -> date | None:
        """The day in a folded sentence, None where it names none."""
        if not may_name_a_day(said):
            return None
        for start, end in days(said):
            if self._since.search(said[max(0, start - _BEFORE) : start]):
                return read_day(said[start:end], self._language, self._day_first)[1]
        return None
