"""The steps of a gap's life → the events that tell of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tracker.gaps.announcements import effect
from tracker.gaps.episodes import Conflict, Episode, Life, Step, Trigger
from tracker.gaps.gap import closing, severity_of
from tracker.gaps.identity import stable_id
from tracker.gaps.phases import Course, Phase
from tracker.gaps.severity import Weights, shifted, weight
from tracker.gaps.telling import ACTORS, named
from tracker.model import Event, EventKind, Severity, State


def gap_events(service: str, lives: Sequence[Life], weights: Weights) -> Iterator[Event]:
    """All that happened between informal and binding documents; what only our reading changed is not told."""
    for life in lives:
        for episode in life.episodes:
            for step in episode.steps:
                if step.trigger is not Trigger.TECHNICAL:
                    yield _told(service, episode, step, lives, weight(weights, life.practice.name))
        for conflict in life.conflicts:
            if conflict.trigger is not Trigger.TECHNICAL:
                yield _contradiction(service, life, conflict)


def _told(service: str, episode: Episode, step: Step, lives: Sequence[Life], base: Severity) -> Event:
    severity = severity_of(step.status, step.assertion, step.verdict, episode.wanted, base)
    begins = step.kind in (EventKind.GAP_OPENED, EventKind.GAP_FOUND)
    closed = closing(episode) if step.kind is EventKind.GAP_CLOSED else None
    course, phase = step.course or step.assertion.course, step.phase or step.assertion.phase
    closer = next((each for each in step.verdict.closers if each.course is course), None)
    claimed = step.assertion.claim.quote
    return Event(
        id=stable_id(step.kind, episode.id, step.at),
        kind=step.kind,
        service=service,
        at=step.at,
        severity=severity if begins else shifted(severity, -1),
        summary=f"{service}: {_words(episode, step, course, lives)}",
        document=phase.reading.document or course.document.key,
        version=phase.reading.number,
        practice=episode.practice.name,
        actor=episode.practice.actor,
        effective=effect(phase).day if closed and phase.start == step.at else None,
        quote=claimed if begins else closer.stance.quote if closer else "",
        before="" if begins else claimed,
        url=phase.reading.url,
        digest=phase.reading.digest,
        gap=episode.id,
        lag_days=closed.lag if closed else None,
        notice_days=closed.notice if closed else None,
    )


def _words(episode: Episode, step: Step, course: Course, lives: Sequence[Life]) -> str:
    subject, page = named(episode.practice), step.assertion.course.document.key.document
    if step.kind is EventKind.GAP_OPENED:
        return f"{subject} is said in {page} and in no binding document ({step.verdict.reason})"
    if step.kind is EventKind.GAP_FOUND:
        return f"{subject} is said in {page} and in no binding document ({step.verdict.reason}); since when is unknown"
    if step.kind is EventKind.GAP_WITHDRAWN:
        return f"{page} no longer says {subject}; no binding document ever disclosed it"
    if step.kind is EventKind.GAP_NARROWED:
        return f"{subject}: {step.verdict.reason}"
    closed = closing(episode)
    parts = [f"{subject} is now disclosed by {course.document.key.document}"]
    if step.verdict.closers and all(each.stance.state is State.GENERIC for each in step.verdict.closers):
        parts.append("in wider words only")
    if closed and closed.lag is not None:
        parts.append(f"{closed.lag} days after {page} said it")
    if closed and closed.notice is not None:
        parts.append(f"with {max(0, closed.notice)} days' notice")
    remaining = _still_open(episode, step, lives)
    return ", ".join(parts) + (f"; still open for {' and '.join(remaining)}" if remaining else "")


def _still_open(episode: Episode, step: Step, lives: Sequence[Life]) -> list[str]:
    """The other actors for whom the same practice stays undisclosed at that time."""
    open_for = []
    for life in lives:
        if life.practice.name != episode.practice.name or life.practice == episode.practice:
            continue
        for other in life.episodes:
            ended = [each.at for each in other.steps if each.kind in (EventKind.GAP_CLOSED, EventKind.GAP_WITHDRAWN)]
            if other.steps and other.found <= step.at and not any(at <= step.at for at in ended):
                open_for.append(ACTORS[life.practice.actor])
    return open_for


def _contradiction(service: str, life: Life, conflict: Conflict) -> Event:
    page, document = conflict.assertion.course.document.key, conflict.witness.course.document.key
    phase: Phase = conflict.witness.course.at(conflict.at) or conflict.assertion.phase
    return Event(
        id=stable_id(
            EventKind.CONTRADICTION, service, life.practice.name, life.practice.actor, document, page, conflict.at
        ),
        kind=EventKind.CONTRADICTION,
        service=service,
        at=conflict.at,
        severity=Severity.CRITICAL,
        summary=f"{service}: {document.document} denies {named(life.practice)}, {page.document} says it happens",
        document=phase.reading.document or document,
        version=phase.reading.number,
        practice=life.practice.name,
        actor=life.practice.actor,
        quote=conflict.witness.stance.quote,
        before=conflict.assertion.claim.quote,
        url=phase.reading.url,
        digest=phase.reading.digest,
    )
