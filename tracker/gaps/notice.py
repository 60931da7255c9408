"""What a text says about its own dates, beside the dates on which it was seen."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from tracker.model import Claim, NoticeKind, Reading

FAR = timedelta(days=730)
"""A day named as coming that lies further ahead is a slip of the pen or of our reading."""

_DATED = (NoticeKind.EFFECTIVE, NoticeKind.UPDATED)


def day_start(day: date) -> datetime:
    """The beginning of a day in UTC: texts name no time zone."""
    return datetime.combine(day, time.min, UTC)


def own_days(reading: Reading) -> frozenset[date]:
    """The days that the text gives as its own ("Effective …", "Last updated …")."""
    return frozenset(each.day for each in reading.notices if each.kind in _DATED and each.day)


def own_words(reading: Reading) -> frozenset[str]:
    """How the text states those days: "updated 3 days ago", and 4 a day later, are other words for the same day."""
    return frozenset(each.quote for each in reading.notices if each.kind in _DATED and each.day)


def coming_day(reading: Reading) -> date | None:
    """The day on which another text is announced to apply, seen from when this one was first seen."""
    seen = reading.observed_at.date()
    kinds = [NoticeKind.COMING, NoticeKind.UNTIL]
    if reading.announced or any(each.kind is NoticeKind.UNTIL for each in reading.notices):
        kinds.append(NoticeKind.EFFECTIVE)  # both texts stand side by side: the later day is the coming one's
    days = [each.day for each in reading.notices if each.kind in kinds and each.day]
    return min((day for day in days if seen < day <= seen + FAR), default=None)


def announces(reading: Reading) -> bool:
    """Whether the text announces another one, with its day or without."""
    undated = any(each.kind is NoticeKind.COMING and each.day is None for each in reading.notices)
    return bool(reading.announced) or undated or coming_day(reading) is not None


def ahead_of(reading: Reading) -> date | None:
    """The day from which the whole text applies, if that is still to come when it is first seen.

    A page that shows its successor in its place ("Effective September 16", seen in August) is not in force yet.
    None where the text is in force, and where it stands beside the current one or announces yet another.
    """
    seen = reading.observed_at.date()
    days = _effective(reading)
    if reading.announced or not days or not seen < days[0] <= seen + FAR:
        return None
    another = any(
        each.kind is NoticeKind.UNTIL or (each.kind is NoticeKind.COMING and each.day not in (None, days[0]))
        for each in reading.notices
    )
    return None if another else days[0]


def due(claim: Claim, reading: Reading, day: date | None) -> date | None:
    """When an announced claim comes into force: its own day, or else that of the coming text."""
    own = claim.from_date
    return own if own and reading.observed_at.date() < own <= reading.observed_at.date() + FAR else day


def starts_later(claims: Iterable[Claim], seen: date) -> tuple[Claim, ...]:
    """The claims that the text itself dates after the day on which it was seen."""
    return tuple(claim for claim in claims if claim.from_date and seen < claim.from_date <= seen + FAR)


def effective_day(reading: Reading, former: Reading | None) -> date | None:
    """The day of effect that a text states and the former one did not; the first stated of several.

    A text dated no later than the one before it did not begin to apply then: an older one came back.
    """
    known = own_days(former) if former else frozenset()
    days = _effective(reading)
    latest = max(_effective(former), default=date.min) if former else date.min
    return next((day for day in days if day not in known and day > latest), None)


def _effective(reading: Reading) -> list[date]:
    return [each.day for each in reading.notices if each.kind is NoticeKind.EFFECTIVE and each.day]


def notice_days(effective: date, observed: datetime, unchanged: datetime | None) -> int:
    """How many days before its effect a change was seen; negative if it is dated back.

    ``unchanged`` is when the former text was last seen.  A change that took effect since then, or within a day of
    being seen (days begin elsewhere on the globe), came without notice: 0.
    """
    days = (effective - observed.date()).days
    if days >= 0:
        return days
    seen_after = unchanged is None or effective >= unchanged.date()
    return 0 if seen_after or days >= -1 else days
