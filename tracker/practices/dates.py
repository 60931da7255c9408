"""Days as texts write them: where one stands, and which it is."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from functools import cache, lru_cache

from dateparser.data.languages_info import language_order
from dateparser.date import DateDataParser

from tracker.practices.folding import fold

_YEAR = r"(?:19|20|١٩|٢٠)\d\d"
_WORD = r"[^\W\d_]{2,12}"
_SEEN = re.compile(rf"(?<!\d){_YEAR}(?!\d)")
_BEFORE, _AFTER = 44, 6  # characters of a day on either side of its year
_RELATIVE = 6  # words
_DAY = re.compile(
    rf"""(?<![\w./-])(?:
        \d{{1,2}}(?:st|nd|rd|th|er|[oaºª]|\.)?[\s-]+(?:de\s|of\s|d')?{_WORD}\.?(?:/{_WORD})?(?:\s{_WORD})?,?[\s-]+
            (?:de\s|del\s|of\s)?{_YEAR}
      | {_WORD}\.?\s\d{{1,2}}(?:st|nd|rd|th)?,?\s{_YEAR}
      | \d{{1,2}}([./-])\d{{1,2}}\1{_YEAR}
      | {_YEAR}([./-])\d{{1,2}}\2\d{{1,2}}
      | (?:{_WORD}\.?,?\s)(?:de\s|of\s)?{_YEAR}
    )(?!\w|[/-]\d)""",
    re.VERBOSE | re.IGNORECASE,
)
_ENGLISH = re.compile(
    r"(?:(?P<day>\d{1,2})(?:st|nd|rd|th)?,? |)(?P<month>[a-z]{3,9})\.?(?(day)| (?P<after>\d{1,2})(?:st|nd|rd|th)?),? "
    r"(?P<year>(?:19|20)\d\d)",
    re.IGNORECASE,
)
_MONTHS = {name[:size].lower(): month for month, name in enumerate(calendar.month_name) for size in (3, 9) if name}
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th|er|[ºª°])(?!\w)")


def may_name_a_day(text: str) -> bool:
    """A cheap look: whether anything has the shape of a day."""
    hinted = "202" in text or "201" in text or "200" in text or "203" in text or "199" in text or "٢٠" in text
    return hinted and next(days(text), None) is not None


def days(text: str) -> Iterator[tuple[int, int]]:
    """Where something with the shape of a day, or of a month with its year, stands."""
    done = 0
    for year in _SEEN.finditer(text):
        start = max(done, year.start() - _BEFORE)
        for found in _DAY.finditer(text, start, year.end() + _AFTER):
            if found.end() > year.start():
                done = found.end()
                yield found.span()
                break


@lru_cache(maxsize=4096)
def read_day(text: str, language: str, day_first: bool, months: tuple[str, ...] = ()) -> tuple[bool, date | None]:
    """Whether the words name a day or a month of a year, and the day; None where they name only the month.

    ``day_first`` decides "11/04/2024"; ``months`` are names of the months that the parser does not know.
    """
    if language == "en" and (written := _english(text)):
        return True, written
    # Of a language the parser does not know, figures are read.
    parser, month_parser = _parsers(language if language in language_order else "en", day_first)
    for spelling in _spellings(text, months):
        found = parser.get_date_data(spelling).date_obj
        if found is not None:
            return True, found.date()
        if re.search(r"\d\D+\d", spelling) is None and month_parser.get_date_data(spelling).date_obj is not None:
            return True, None
    return False, None


def _english(text: str) -> date | None:
    """A day in the usual English writing, which needs no parser: that takes a quarter of a second to load."""
    found = _ENGLISH.fullmatch(text)
    month = _MONTHS.get(found["month"].lower()) if found else None
    if found is None or month is None:
        return None
    year, day = int(found["year"]), int(found["day"] or found["after"])
    return date(year, month, day) if 1 <= day <= calendar.monthrange(year, month)[1] else None


def read_relative(text: str, language: str, seen: date) -> date | None:
    """The day that words at the end of a text ("18 days ago") name on the day they were seen; None: they name none."""
    tail = _relative_words(text, language)
    found = _relative_parser(language, seen).get_date_data(tail).date_obj if tail else None
    return found.date() if found else None


@lru_cache(maxsize=4096)  # most labels name no day, whenever they are seen
def _relative_words(text: str, language: str) -> str | None:
    """The words at the end of a text that name a day by its distance."""
    if language not in language_order:
        return None
    parser, words = _relative_parser(language, date(2000, 1, 1)), text.split()
    tails = (" ".join(words[start:]) for start in range(max(0, len(words) - _RELATIVE), len(words)))
    return next((tail for tail in tails if parser.get_date_data(tail).date_obj), None)


def _relative_parser(language: str, seen: date) -> DateDataParser:
    base = datetime.combine(seen, time(12), UTC).replace(tzinfo=None)
    return DateDataParser(languages=[language], settings={"RELATIVE_BASE": base, "PARSERS": ["relative-time"]})


@cache
def _parsers(language: str, day_first: bool) -> tuple[DateDataParser, DateDataParser]:
    common = {
        "DATE_ORDER": "DMY" if day_first else "MDY",
        "PREFER_LOCALE_DATE_ORDER": False,
        "PARSERS": ["absolute-time"],
    }
    return (
        DateDataParser(languages=[language], settings={**common, "REQUIRE_PARTS": ["day", "month", "year"]}),
        DateDataParser(languages=[language], settings={**common, "REQUIRE_PARTS": ["month", "year"]}),
    )


def _spellings(text: str, months: tuple[str, ...]) -> Iterator[str]:
    """The words as they stand, and as the parser may know them: without ordinals, of two month names either."""
    plain = _ORDINAL.sub("", text)
    yield plain
    first, slash, second = plain.partition("/")
    if slash and re.search(r"[^\W\d_]$", first):
        day, _, year = first.split()[0], slash, second.split()[-1]
        yield f"{day} {second}"
        yield f"{first} {year}"
    known = fold(plain) if months else ""
    for number, name in enumerate(months, 1):
        if re.search(rf"(?<!\w){name}(?!\w)", known):
            yield re.sub(r"\s+", "", known.replace(name, f"/{number}/"))
