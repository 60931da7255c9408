"""When each document said something of each practice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from tracker.gaps.phases import Course, Topic, by_topic
from tracker.gaps.states import Practice, Sought, stance
from tracker.model import Claim, LedgerRow, Polarity, Reading, State

Spoken = Sequence[tuple[Reading, Mapping[Topic, tuple[Claim, ...]]]]
"""A document's readings, oldest first, each with all it says, in force or announced."""


def ledger(courses: Sequence[Course], wanted: Sequence[Sought], now: datetime) -> Iterator[LedgerRow]:
    """One row per document and practice, of documents that never speak of it too."""
    for course in courses:
        readings = {phase.reading.observed_at: phase.reading for phase in course.phases}.values()
        spoken = [(reading, by_topic((*reading.claims, *reading.announced))) for reading in readings]
        for each in wanted:
            yield _row(course, spoken, each, now)


def _row(course: Course, spoken: Spoken, wanted: Sought, now: datetime) -> LedgerRow:
    state = stance(course, now, wanted).state
    polarity = Polarity.DENIES if state is State.DENIES else Polarity.ASSERTS
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
    )


def _telling(spoken: Spoken, practice: Practice, polarity: Polarity) -> list[tuple[Reading, Claim]]:
    """The readings that speak of a practice, in force or announced, each with its first words."""
    found = []
    for reading, claims in spoken:
        own = claims.get((practice.name, practice.actor), ())
        told = next((claim for claim in own if claim.polarity is polarity), None)
        if told:
            found.append((reading, told))
    return found
