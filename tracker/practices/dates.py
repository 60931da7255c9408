"""Days named in a text.  A quick pattern finds candidates, ``dateparser`` reads them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache

from dateparser.date import DateDataParser

_YEAR = re.compile(r"(?:19|20)\d\d|[٠-٩۰-۹]{4}|\bago\b|\bhace\b|\bil y a\b|\bvor \d|\blalu\b|منذ")
_NUMERIC = r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d\d|\d{4}[./]\d{1,2}[./]\d{1,2}"
_RELATIVE = re.compile(
    r"\b\d{1,3} (?:days?|weeks?|months?|years?|hours?) ago\b|\bil y a \d{1,3} (?:jours?|semaines?|mois|ans?|heures?)\b|"
    r"\bhace \d{1,3} (?:dias?|semanas?|meses|mes|anos?|horas?)\b|\bvor \d{1,3} (?:tag(?:en)?|wochen?|monat(?:en)?|jahr(?:en)?|stunden?)\b|"
    r"\b\d{1,3} (?:hari|minggu|bulan|tahun|jam) (?:yang )?lalu\b|منذ \d{1,3} (?:يوما?|ايام|اسابيع|اسبوعا?|شهرا?|اشهر|ساعات?|ساعه)"
)
_FIRST, _LAST = date(1990, 1, 1), date(2100, 1, 1)


@dataclass(frozen=True, slots=True)
class Day:
    """A day named at ``start:end`` of the text that was searched."""

    day: date
    start: int
    end: int


class DayFinder:
    """Finds the days in folded text of one language; ``months`` are its folded month names."""

    def __init__(self, language: str, months: Sequence[str], day_first: bool) -> None:
        self._language = language
        self._months = {name: number for number, names in enumerate(months, 1) for name in names.split()}
        named = "|".join(sorted(map(re.escape, self._months), key=len, reverse=True)) or "(?!)"
        gap = r"[\s.,]{1,2}(?:de |del |of )?"
        self._candidates = re.compile(
            rf"\b(?:{named})\.?\s\d{{1,2}}(?:st|nd|rd|th)?,?\s(?:19|20)\d\d\b|"
            rf"\b\d{{1,2}}(?:st|nd|rd|th|er|º)?{gap}(?:{named})\.?,?\s?(?:de |del )?(?:19|20)\d\d\b|"
            rf"\b(?:{_NUMERIC})\b"
        )
        self._day_first = day_first
        self._parse = lru_cache(maxsize=4096)(self._read)

    def find(self, text: str, today: date | None = None) -> list[Day]:
        """The days named, in order.  Relative forms ("18 days ago") count only against a given ``today``."""
        if not _YEAR.search(text):
            return []
        found = [(one, self._parse(one[0])) for one in self._candidates.finditer(text)]
        if today is not None:
            found += [(one, self._read(one[0], today)) for one in _RELATIVE.finditer(text)]
        days = [Day(day, one.start(), one.end()) for one, day in found if day is not None and _FIRST < day < _LAST]
        return sorted(days, key=lambda one: one.start)

    def _read(self, words: str, today: date | None = None) -> date | None:
        named = next((number for word in re.findall(r"[^\W\d_]+", words) if (number := self._months.get(word))), None)
        numbers = [int(number) for number in re.findall(r"\d+", words)]
        if named and len(numbers) == 2:  # our own month names: the library lacks some languages' variants
            return _day(max(numbers), named, min(numbers))
        parser = DateDataParser(
            languages=[self._language],
            settings={
                "DATE_ORDER": "DMY" if self._day_first else "MDY",
                "RELATIVE_BASE": datetime.combine(today or _FIRST, time(12)),
                "PARSERS": ["relative-time", "absolute-time"] if today else ["absolute-time"],
                "REQUIRE_PARTS": [] if today else ["day", "month", "year"],
            },
        )
        read = parser.get_date_data(words).date_obj
        return None if read is None else read.date()


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
