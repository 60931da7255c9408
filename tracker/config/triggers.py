"""A schedule's text → the trigger that keeps it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

_INTERVAL = re.compile(r"every\s+(\d{1,6})\s*([mhd])")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
_LONGEST = timedelta(days=366)
_WEEKDAYS = re.compile(r"(\*|[0-7])(?:-([0-7]))?(?:/([1-7]))?")
_SOME_DAY = datetime(2024, 1, 1, tzinfo=UTC)  # any will do: a cron line repeats at least every 28 years


def trigger(schedule: str, timezone: str) -> CronTrigger | IntervalTrigger:
    """Keeps ``every 30m``, ``every 6h``, ``every 1d`` or a five-field cron line read in ``timezone`` (IANA name).

    Days of the week are numbered as crontab(5) does, 0 and 7 being Sunday; APScheduler starts with Monday.
    Raises ValueError saying what would be right.
    """
    if schedule.startswith("every"):
        return IntervalTrigger(seconds=int(_interval(schedule).total_seconds()), timezone=ZoneInfo(timezone))
    fields = schedule.split()
    if len(fields) != 5:
        raise ValueError('must be "every 6h", "every 30m", "every 1d" or five cron fields such as "17 */6 * * *"')
    if fields[2] != "*" and fields[4] != "*":
        # crontab(5) would take either day, APScheduler only days that are both
        raise ValueError("names a day of the month and a day of the week: keep one of them")
    fields[4] = ",".join(_weekdays(item) for item in fields[4].split(","))
    try:
        kept = CronTrigger.from_crontab(" ".join(fields), timezone=ZoneInfo(timezone))
    except (ValueError, IndexError) as error:
        raise ValueError(f"is no cron line: {error}") from error
    if kept.get_next_fire_time(None, _SOME_DAY) is None:
        raise ValueError("is a cron line that no day ever meets")
    return kept


def _interval(schedule: str) -> timedelta:
    found = _INTERVAL.fullmatch(schedule)
    if not found:
        raise ValueError('must be "every" with a number and m, h or d, such as "every 6h"')
    length = int(found[1]) * _UNITS[found[2]]
    if not timedelta(minutes=1) <= length <= _LONGEST:
        raise ValueError("must be between every 1m and every 366d")
    return length


def _weekdays(item: str) -> str:
    """One item of a day-of-week field with its crontab numbers turned into APScheduler's; names stay."""
    found = _WEEKDAYS.fullmatch(item)
    if not found or item == "*":
        return item
    first = 0 if found[1] == "*" else int(found[1])
    last = int(found[2]) if found[2] else (6 if found[1] == "*" or found[3] else first)
    return ",".join(str((day - 1) % 7) for day in range(first, last + 1, int(found[3] or 1))) or item
