"""Time spans and times of day as a configuration writes them.  Each reader raises ValueError saying what is right."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, time, timedelta

from tracker.config.table import printable

_DURATION = re.compile(r"(\d{1,4})\s*([smhd])")
_UNITS = {"s": timedelta(seconds=1), "m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def duration(least: timedelta, most: timedelta) -> Callable[[object], timedelta]:
    """A time span such as ``90s``, ``5m``, ``2h`` or ``7d`` between two, both included."""

    def read(value: object) -> timedelta:
        found = _DURATION.fullmatch(value) if isinstance(value, str) else None
        if not found:
            raise ValueError(f'must be such as "5m", "2h" or "7d", is "{printable(str(value))}"')
        length = int(found[1]) * _UNITS[found[2]]
        if not least <= length <= most:
            raise ValueError(f'must be between {_span(least)} and {_span(most)}, is "{printable(str(value))}"')
        return length

    return read


def _span(length: timedelta) -> str:
    unit = next(unit for unit in "dhms" if not length % _UNITS[unit] or unit == "s")
    return f"{length // _UNITS[unit]}{unit}"


def digest(value: object) -> tuple[int | None, time]:
    """``daily 08:00`` or ``monday 08:00``: the weekday (None: every day) and the time."""
    day, _, clock = value.partition(" ") if isinstance(value, str) else ("", "", "")
    try:
        at = datetime.strptime(clock.strip(), "%H:%M").time()  # noqa: DTZ007 - a time of day has no zone
        return None if day == "daily" else _WEEKDAYS.index(day), at
    except ValueError as error:
        raise ValueError(f'must be such as "daily 08:00" or "monday 08:00", is "{printable(str(value))}"') from error
