"""The times between which what a document says in force does not change."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tracker.gaps.notice import ahead_of, announces, coming_day, day_start, due, starts_later
from tracker.model import Actor, Cause, Claim, DocumentHistory, Reading

ROUND = timedelta(minutes=15)
"""Looks at several documents of a service that are no further apart are one: a round takes its time."""

Topic = tuple[str, Actor]
"""A practice and who does it."""


def by_topic(claims: Iterable[Claim]) -> Mapping[Topic, tuple[Claim, ...]]:
    found: dict[Topic, list[Claim]] = {}
    for claim in claims:
        found.setdefault((claim.practice, claim.actor), []).append(claim)
    return {topic: tuple(told) for topic, told in found.items()}


@dataclass(frozen=True, slots=True, eq=False)  # phases are chained: comparing their contents would walk the chain
class Phase:
    """What a document said from ``start`` until ``end`` (None: it still does).

    ``claims`` are in force, ``said`` the same by topic, ``coming`` announced; ``pending`` says that some new text is
    announced, whatever it holds, and ``day`` from when (None: not named).  ``arrived`` is the day whose coming made
    this phase, None if a new reading did.  ``former`` is the phase before it of the same edition, ``before`` that of
    any; None if there is none.  ``known_to`` is up to when the text is known to have stood.
    """

    start: datetime
    end: datetime | None
    known_to: datetime
    reading: Reading
    claims: tuple[Claim, ...]
    said: Mapping[Topic, tuple[Claim, ...]]
    coming: tuple[Claim, ...]
    pending: bool
    day: date | None
    arrived: date | None
    former: Phase | None
    before: Phase | None

    @property
    def technical(self) -> bool:
        """Whether only our reading of the page made it: it tells nothing new."""
        return self.reading.cause is Cause.TECHNICAL and self.arrived is None

    @property
    def replaced(self) -> bool:
        """Whether the text took the place of one of another edition."""
        return self.before is not None and self.before.reading.edition != self.reading.edition

    @property
    def news(self) -> bool:
        """Whether a change of the page, or a day it named, made it: neither a first look nor our extraction."""
        return self.former is not None and not self.technical


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """A document with its phases, oldest first.  ``stale_from`` is when its last reading became too old, if it did."""

    document: DocumentHistory
    phases: tuple[Phase, ...]
    starts: tuple[datetime, ...]
    stale_from: datetime | None

    def at(self, moment: datetime) -> Phase | None:
        """The phase at a time; None before the first reading, after the last one ended and while it is stale."""
        index = bisect_right(self.starts, moment) - 1
        if index < 0 or (self.stale_from is not None and moment >= self.stale_from):
            return None
        phase = self.phases[index]
        return None if phase.end is not None and moment >= phase.end else phase

    def found(self, moment: datetime) -> Phase | None:
        """The phase at a time, or rather the one that the page showed when it was looked at in the same round.

        Documents are not looked at in one instant: a text that was not seen again at that time, and was another one
        when it was looked at soon after, had changed before or then.
        """
        phase = self.at(moment)
        following = next((each for each in self.phases if each.start > moment), None)
        if phase is None or following is None or phase.reading.last_seen >= moment:
            return phase
        return following if following.start - moment <= ROUND else phase

    def looked(self, moment: datetime) -> bool:
        """Whether the page was looked at in the round of a time or since, or cannot be."""
        phase = self.at(moment)
        return phase is None or phase.reading.last_seen >= moment - ROUND or self.starts[-1] > moment

    def moments(self) -> set[datetime]:
        """The times at which anything about the document changes."""
        ends = {phase.end for phase in self.phases if phase.end is not None}
        return {*self.starts, *ends, *({self.stale_from} if self.stale_from else ())}


def course(document: DocumentHistory, now: datetime) -> Course:
    """Part a document's readings into phases, as far as they are known at ``now``."""
    readings = [reading for reading in document.readings if reading.observed_at <= now]
    phases: list[Phase] = []
    for index, reading in enumerate(readings):
        following = readings[index + 1].observed_at if index + 1 < len(readings) else None
        stop = following or (reading.until if reading.until and reading.until <= now else None)
        phases.extend(_parted(document, reading, stop, now, phases))
    fresh = document.fresh_until
    return Course(
        document, tuple(phases), tuple(phase.start for phase in phases), fresh if fresh and fresh < now else None
    )


def _parted(
    document: DocumentHistory, reading: Reading, stop: datetime | None, now: datetime, earlier: list[Phase]
) -> Iterable[Phase]:
    """The phases of one reading: from when it was seen, and from each day it names until the next reading."""
    before = earlier[-1] if earlier else None
    former = next((each for each in reversed(earlier) if each.reading.edition == reading.edition), None)
    whole = None if document.kind.informal else ahead_of(reading)
    dated: list[tuple[date | None, Claim]]
    if whole:
        claims, dated = (former.claims if former else ()), [(whole, claim) for claim in reading.claims]
    else:
        later = starts_later(reading.claims, reading.observed_at.date())
        claims = tuple(claim for claim in reading.claims if claim not in later)
        dated = [(due(claim, reading, coming_day(reading)), claim) for claim in (*later, *reading.announced)]
    known_to = stop - timedelta(microseconds=1) if stop else min(max(reading.last_seen, reading.observed_at), now)
    text_day = whole or coming_day(reading)
    days = sorted({day for day, _ in dated if day} | ({text_day} if text_day else set()))
    arrivals = [day for day in days if reading.observed_at < day_start(day) <= known_to]
    begins = [reading.observed_at, *(day_start(day) for day in arrivals)]
    for index, day in enumerate([None, *arrivals]):
        passed = begins[index].date()
        arrived = tuple(claim for due_day, claim in dated if due_day and due_day <= passed)
        in_force = arrived if whole and whole <= passed else _union(claims, arrived)
        awaited = text_day if text_day and text_day > passed else None
        phase = Phase(
            start=begins[index],
            end=begins[index + 1] if index + 1 < len(begins) else stop,
            known_to=known_to,
            reading=reading,
            claims=in_force,
            said=by_topic(in_force),
            coming=tuple(claim for due_day, claim in dated if due_day is None or due_day > passed),
            pending=awaited is not None or (text_day is None and announces(reading)),
            day=awaited,
            arrived=day,
            former=former,
            before=before,
        )
        yield phase
        former = before = phase


def _union(first: tuple[Claim, ...], second: tuple[Claim, ...]) -> tuple[Claim, ...]:
    return (*first, *(claim for claim in second if claim not in first))
