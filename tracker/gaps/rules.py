"""A service's history → its ledger, its gaps and all events, as far as they are known at one time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType

from tracker.gaps.announcements import announcement_events
from tracker.gaps.changes import change_events
from tracker.gaps.episodes import Life, life
from tracker.gaps.gap import gap
from tracker.gaps.gap_events import gap_events
from tracker.gaps.ledger import ledger
from tracker.gaps.naming import named_lives
from tracker.gaps.phases import ROUND, Course, course
from tracker.gaps.severity import weight
from tracker.gaps.states import Practice, Sought, asserts, sought
from tracker.model import (
    Actor,
    Assessment,
    Claim,
    DocumentHistory,
    DocumentKey,
    Event,
    GapName,
    ServiceHistory,
    Severity,
)

NO_WEIGHTS: Mapping[str, Severity] = MappingProxyType({})
_ACTORS = tuple(Actor)


def assess(
    history: ServiceHistory,
    now: datetime,
    weights: Mapping[str, Severity] = NO_WEIGHTS,
    names: Sequence[GapName] = (),
) -> Assessment:
    """All that follows from a service's history at ``now``: a pure function of its arguments.

    Readings observed after ``now`` do not count.  ``weights`` gives each practice its severity (MEDIUM where it is
    not listed).  ``names`` are the ids that gaps of the service were given before.  Events are computed anew from the
    whole history each time and carry stable ids: with more readings or a later ``now`` the earlier ones stay and
    others are added.  So they reach only as far as is certain by ``now``; ledger and gaps are as the pages show it.
    """
    courses = _courses(history, dict.fromkeys((each.key for each in history.documents), now))
    moments = sorted({moment for each in courses for moment in each.moments()})
    lives = named_lives(_lives(history, courses, moments), names)
    return Assessment(
        ledger=tuple(ledger(courses, tuple(_wanted(courses, now)), now)),
        gaps=tuple(
            gap(history.name, episode, weight(weights, each.practice.name), courses, now)
            for each in lives
            for episode in each.episodes
        ),
        events=_events(history, now, weights, names),
    )


def _events(
    history: ServiceHistory, now: datetime, weights: Mapping[str, Severity], names: Sequence[GapName]
) -> tuple[Event, ...]:
    """What each document tells by itself, up to where its own text is certain; and what follows from several of them
    together, up to where those of all are."""
    certain = {each.key: _certain(each, now) for each in history.documents}
    told: list[Event] = []
    for each in _courses(history, certain):
        told.extend(change_events(each, weights))
        told.extend(announcement_events(each, weights, certain[each.document.key]))
    joint = min((certain[each.key] for each in history.documents if _weighed(each)), default=now)
    courses = _courses(history, dict.fromkeys(certain, joint))
    moments = sorted({moment for each in courses for moment in each.moments()})
    settled = [each for each in moments if each <= joint and _looked_at(courses, each, joint)]
    told.extend(gap_events(history.name, named_lives(_lives(history, courses, settled), names), weights))
    return tuple(sorted(told, key=_order))


def _order(event: Event) -> tuple[object, ...]:
    """By time; of one moment, what a service does itself before what others do."""
    actor = _ACTORS.index(event.actor) if event.actor else -1
    return event.at, event.kind, str(event.document or ""), event.practice or "", actor, event.id


def _courses(history: ServiceHistory, until: Mapping[DocumentKey, datetime]) -> tuple[Course, ...]:
    """The documents as they were known at a time each, in the order of their names."""
    return tuple(course(each, until[each.key]) for each in sorted(history.documents, key=lambda each: each.key))


def _lives(history: ServiceHistory, courses: Sequence[Course], moments: Sequence[datetime]) -> list[Life]:
    asserted = sorted({Practice(claim.practice, claim.actor) for claim in _informal_claims(courses)})
    lives = (life(history.name, practice, courses, history.binding, moments) for practice in asserted)
    return [each for each in lives if each.episodes or each.conflicts]


def _weighed(document: DocumentHistory) -> bool:
    return document.kind.binding or document.kind.informal


def _certain(document: DocumentHistory, now: datetime) -> datetime:
    """Up to when it is certain which text of a document stood."""
    doubt = document.doubted_from
    return min(now, doubt - timedelta(microseconds=1)) if doubt else now


def _looked_at(courses: Sequence[Course], moment: datetime, now: datetime) -> bool:
    """Whether every page was looked at in the round of a time or since; none is waited for longer than a round."""
    return now - moment > ROUND or all(each.looked(moment) for each in courses if _weighed(each.document))


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
