"""When each document said something of each practice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from tracker.gaps.phases import Course, Phase, Topic, by_topic
from tracker.gaps.states import Practice, Sought, stance
from tracker.model import Claim, LedgerRow, Polarity, Reading, State

Spoken = Sequence[tuple[Reading, Mapping[Topic, tuple[Claim, ...]]]]
"""A document's readings, oldest first, each with all it says, in force or announced."""


def ledger(courses: Sequence[Course], wanted: Sequence[Sought], now: datetime) -> Iterator[LedgerRow]:
    """One row per document and practice, of documents that never speak of it too.

    An announced text that was put off before its day came does not count: what is on the page since then does.
    """
    for course in courses:
        spoken = [
            (phase.reading, by_topic(phase.claims if put_off else (*phase.claims, *phase.coming)))
            for phase, put_off in zip(course.phases, _put_off(course.phases), strict=True)
        ]
        for each in wanted:
            yield _row(course, spoken, each, now)


def _put_off(phases: Sequence[Phase]) -> Iterator[bool]:
    """Of each phase whether the next one names another day for the text that it announces."""
    for index, phase in enumerate(phases):
        following = phases[index + 1] if index + 1 < len(phases) else None
        yield bool(following and following.former is phase and phase.day and following.day not in (None, phase.day))


def _row(course: Course, spoken: Spoken, wanted: Sought, now: datetime) -> LedgerRow:
    state = stance(course, now, wanted).state
    partly = state is State.SILENT and _denies_something(course.at(now), wanted.practice)
    polarity = Polarity.DENIES if partly or state is State.DENIES else Polarity.ASSERTS
    told = _telling(spoken, wanted.practice, polarity) or _telling(spoken, wanted.practice, Polarity.DENIES)
    first, last = (told[0][0], told[-1]) if told else (None, None)
    return LedgerRow(
        document=course.document.key,
        kind=course.document.kind,
        practice=wanted.practice.name,
        actor=wanted.practice.actor,
        state=state,
        first_seen=first.observed_at if first else None,
        last_seen=min(max(last[0].last_seen, last[0].observed_at), now) if last else None,
        version=last[0].number if last else None,
        quote=last[1].quote if last else "",
        denies_partly=partly,
    )


def _denies_something(phase: Phase | None, practice: Practice) -> bool:
    """Whether a text denies the practice, if only for some people, data or cases."""
    said = phase.said.get((practice.name, practice.actor), ()) if phase else ()
    return any(claim.polarity is Polarity.DENIES for claim in said)


def _telling(spoken: Spoken, practice: Practice, polarity: Polarity) -> list[tuple[Reading, Claim]]:
    """The readings that speak of a practice, in force or announced, each with its first words."""
    found = []
    for reading, claims in spoken:
        own = claims.get((practice.name, practice.actor), ())
        told = next((claim for claim in own if claim.polarity is polarity), None)
        if told:
            found.append((reading, told))
    return found
