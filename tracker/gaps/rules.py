"""A service's history → its ledger, its gaps and all events, as far as they are known at one time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from tracker.gaps.announcements import announcement_events
from tracker.gaps.changes import change_events
from tracker.gaps.episodes import life
from tracker.gaps.gap import gap
from tracker.gaps.gap_events import gap_events
from tracker.gaps.ledger import ledger
from tracker.gaps.phases import Course, course
from tracker.gaps.severity import weight
from tracker.gaps.states import Practice, Sought, asserts, sought
from tracker.model import Assessment, Claim, Event, ServiceHistory, Severity

NO_WEIGHTS: Mapping[str, Severity] = MappingProxyType({})


def assess(history: ServiceHistory, now: datetime, weights: Mapping[str, Severity] = NO_WEIGHTS) -> Assessment:
    """All that follows from a service's history at ``now``: a pure function of both.

    Readings observed after ``now`` do not count.  ``weights`` gives each practice its severity (MEDIUM where it is
    not listed).  Events are computed anew from the whole history each time and carry stable ids: with more readings
    or a later ``now`` the earlier ones stay and others are added.
    """
    courses = tuple(course(each, now) for each in sorted(history.documents, key=lambda each: each.key))
    moments = sorted({moment for each in courses for moment in each.moments()})
    asserted = sorted({Practice(claim.practice, claim.actor) for claim in _informal_claims(courses)})
    lives = [life(history.name, practice, courses, history.binding, moments) for practice in asserted]
    lives = [each for each in lives if each.episodes or each.conflicts]
    events: list[Event] = list(gap_events(history.name, lives, weights))
    for each in courses:
        events.extend(change_events(each, weights))
        events.extend(announcement_events(each, weights, now))
    return Assessment(
        ledger=tuple(ledger(courses, tuple(_wanted(courses, now)), now)),
        gaps=tuple(
            gap(history.name, episode, weight(weights, each.practice.name), courses, now)
            for each in lives
            for episode in each.episodes
        ),
        events=tuple(sorted(events, key=lambda event: (event.at, event.kind, str(event.document or ""), event.id))),
    )


def _informal_claims(courses: Sequence[Course]) -> Iterator[Claim]:
    for each in courses:
        if each.document.kind.informal:
            for phase in each.phases:
                yield from (claim for claim in phase.claims if asserts(claim, Practice(claim.practice, claim.actor)))


def _wanted(courses: Sequence[Course], now: datetime) -> Iterator[Sought]:
    """Every practice that any document ever spoke of, as the informal pages assert it now."""
    spoken = (claim for each in courses for phase in each.phases for claim in (*phase.claims, *phase.coming))
    current = [phase for each in courses if each.document.kind.informal and (phase := each.at(now))]
    claims = [claim for phase in current for claim in phase.claims]
    for practice in sorted({Practice(claim.practice, claim.actor) for claim in spoken}):
        yield sought(practice, claims)
