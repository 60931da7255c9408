"""Changes that a document announces: told, reminded of, and whether they came."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tracker.gaps.notice import ahead_of, day_start, effective_day, notice_days
from tracker.gaps.phases import Course, Phase
from tracker.gaps.severity import Weights, gravest, shifted, weight
from tracker.gaps.states import Practice, asserts
from tracker.gaps.telling import document_event, named
from tracker.model import Claim, Event, EventKind, NoticeKind, Polarity, Severity

REMINDERS = (30, 7)
"""Days before the effect on which an announced change is recalled."""

_LATE = timedelta(days=7)
"""A text that still stands so long after the day on which it was to go is told as overdue."""

_FRESH = timedelta(days=3)
"""So soon after its announcement nobody needs to be reminded of a change."""

_STILL_IT = timedelta(days=60)
"""A text that comes later than this after the announced day is not the announced one."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """A run of phases that announce a change: the first of them, and the day last named (None: no day was).

    Who names another day announces anew: nobody could prepare for that day before.
    """

    first: Phase
    day: date | None


@dataclass(frozen=True, slots=True)
class Effect:
    """When a phase's text takes effect as it says itself, and how many days before it was seen (None: not said)."""

    day: date | None
    notice: int | None


def announcement(phase: Phase) -> Announcement | None:
    """What a phase was announced by; None if nothing did."""
    last = phase.former
    if last is None:
        return None
    if phase.arrived is None and last.arrived and phase.start <= day_start(last.arrived) + _STILL_IT and last.former:
        last = last.former  # its day came, then the page changed
    if not last.pending:
        return None
    return Announcement(_first(last), last.day)


def _first(phase: Phase) -> Phase:
    """The first of the run of phases that announce what this one does."""
    while phase.former and phase.former.pending and phase.former.day in (None, phase.day):
        phase = phase.former
    return phase


def effect(phase: Phase) -> Effect:
    """The day of effect and the notice that was given: counted from when the change, or its announcement, was seen."""
    announced = announcement(phase)
    former = phase.former.reading if phase.former else None
    stated = None if phase.arrived else effective_day(phase.reading, former)
    day = phase.arrived or stated or (announced.day if announced else None)
    if day is None:
        return Effect(None, None)
    if announced:
        return Effect(day, max(0, (day - announced.first.reading.observed_at.date()).days))
    return Effect(day, notice_days(day, phase.reading.observed_at, former.last_seen if former else None))


def announcement_events(course: Course, weights: Weights, now: datetime) -> Iterator[Event]:
    """Announcements, reminders and arrivals of one document, of those that bind or explain."""
    if not (course.document.kind.binding or course.document.kind.informal):
        return
    for phase in course.phases:
        if phase.pending and phase.news and not phase.arrived and _new(course, phase):
            yield _announced(course, phase, weights)
        yield from _reminders(course, phase, weights, now)
        if phase.news and not phase.pending and _arrives(phase):
            yield _arrived(course, phase, weights)


def _new(course: Course, phase: Phase) -> bool:
    """Whether a phase announces what none before it did; a banner that comes and goes announces once."""
    if phase.day is None:
        return not (phase.former and phase.former.pending)
    return not any(each.day == phase.day for each in course.phases if each.start < phase.start)


def _announced(course: Course, phase: Phase, weights: Weights) -> Event:
    practice, claim = _gravest(phase, weights)
    days = (phase.day - phase.start.date()).days if phase.day else None
    when = f"from {phase.day}, {days} days ahead" if phase.day else "without naming a day"
    put_off = phase.former.day if phase.former and phase.former.pending else None
    when += f", no longer from {put_off}" if put_off else ""
    about = f", with {named(practice)}" if practice else ""
    return document_event(
        EventKind.CHANGE_ANNOUNCED,
        course,
        phase,
        _severity(phase, weights),
        f"announces a new text {when}{about}",
        practice=practice,
        effective=phase.day,
        notice_days=days,
        quote=claim.quote if claim else _own_words(phase, phase.day),
    )


def _reminders(course: Course, phase: Phase, weights: Weights, now: datetime) -> Iterator[Event]:
    """What falls into this phase of the reminders of the day it announces, and of its passing by."""
    if phase.day is None:
        return
    known_since = _first(phase).start
    practice, claim = _gravest(phase, weights)
    for days in REMINDERS:
        at = day_start(phase.day - timedelta(days=days))
        if (
            known_since + _FRESH <= at
            and phase.start <= at <= min(now, phase.known_to)
            and (not phase.end or at < phase.end)
        ):
            summary = f"the announced text is to apply in {days} days, from {phase.day}"
            yield document_event(
                EventKind.CHANGE_REMINDER,
                course,
                phase,
                _severity(phase, weights),
                summary,
                at=at,
                practice=practice,
                effective=phase.day,
                quote=_own_words(phase, phase.day) or (claim.quote if claim else ""),
            )
    late = day_start(phase.day) + _LATE
    day_came = phase.end == day_start(phase.day)
    if day_came and not phase.coming and not ahead_of(phase.reading) and late <= min(now, phase.known_to):
        summary = f"the text announced for {phase.day} has not come {_LATE.days} days later"
        yield document_event(
            EventKind.CHANGE_REMINDER, course, phase, Severity.LOW, summary, at=late, effective=phase.day
        )


def _arrives(phase: Phase) -> bool:
    """Whether the phase is the announced text's coming: its day, where the page showed the text beforehand, or else
    the page's change."""
    announced = announcement(phase)
    if announced is None or phase.former is None:
        return False
    if phase.arrived:
        return _shown_before(phase)
    if phase.former.arrived and _shown_before(phase.former):
        return False
    return announced.day is None or phase.start >= day_start(announced.day) - timedelta(days=1)


def _shown_before(phase: Phase) -> bool:
    return bool(phase.former and phase.former.coming) or ahead_of(phase.reading) == phase.arrived


def _arrived(course: Course, phase: Phase, weights: Weights) -> Event:
    known = effect(phase)
    return document_event(
        EventKind.CHANGE_ARRIVED,
        course,
        phase,
        Severity.LOW,
        f"the announced text applies{f' since {known.day}' if known.day else ''}",
        effective=known.day,
        notice_days=known.notice,
        quote=_own_words(phase, known.day),
    )


def _new_practices(phase: Phase) -> dict[Practice, Claim]:
    """The practices that the coming text discloses and the one in force does not."""
    coming = [claim for claim in phase.coming if claim.polarity is Polarity.ASSERTS]
    found = {Practice(claim.practice, claim.actor): claim for claim in reversed(coming)}
    return {each: claim for each, claim in found.items() if not any(asserts(other, each) for other in phase.claims)}


def _gravest(phase: Phase, weights: Weights) -> tuple[Practice | None, Claim | None]:
    found = _new_practices(phase)
    first = min(found, key=lambda each: (-weight(weights, each.name).rank, each), default=None)
    return first, found.get(first) if first else None


def _severity(phase: Phase, weights: Weights) -> Severity:
    return shifted(gravest(weight(weights, each.name) for each in _new_practices(phase)), -1)


def _own_words(phase: Phase, day: date | None) -> str:
    """How the text names a day; the words of an announcement that names none."""
    named = (each for each in phase.reading.notices if each.day == day)
    return next((each.quote for each in named if day or each.kind is NoticeKind.COMING), "")
