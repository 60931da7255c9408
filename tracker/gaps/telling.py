"""An observation → the event that tells of it, with its evidence and its stable id."""

from __future__ import annotations

from datetime import date, datetime
from typing import TypedDict, Unpack

from tracker.gaps.identity import stable_id
from tracker.gaps.phases import Course, Phase
from tracker.gaps.states import Practice
from tracker.model import Actor, Event, EventKind, Severity

ACTORS = {Actor.SERVICE: "the service itself", Actor.AFFILIATE: "affiliates", Actor.THIRD_PARTY: "third parties"}


def named(practice: Practice) -> str:
    """A practice as a sentence's subject: ``ai-training by affiliates``."""
    return f"{practice.name} by {ACTORS[practice.actor]}"


class Details(TypedDict, total=False):
    """What more there is to tell of some events, as in :class:`~tracker.model.events.Event`."""

    effective: date | None
    notice_days: int | None
    quote: str
    before: str
    added: tuple[str, ...]
    removed: tuple[str, ...]


def document_event(
    kind: EventKind,
    course: Course,
    phase: Phase,
    severity: Severity,
    summary: str,
    *,
    at: datetime | None = None,
    about: tuple[object, ...] = (),
    practice: Practice | None = None,
    **details: Unpack[Details],
) -> Event:
    """An event of one document, told at the beginning of a phase unless ``at`` says when.

    Its id depends on the kind, the document, that time, the practice and what else it is ``about``: not on the
    service that is looked at, so that a document that binds two services tells its change once.
    """
    reading, moment = phase.reading, at or phase.start
    key = reading.document or course.document.key
    name, actor = (practice.name, practice.actor) if practice else (None, None)
    return Event(
        id=stable_id(kind, key, moment, name, actor, *about),
        kind=kind,
        service=course.document.key.service,
        at=moment,
        severity=severity,
        summary=f"{key}: {summary}",
        document=key,
        version=reading.number,
        practice=name,
        actor=actor,
        url=reading.url,
        digest=reading.digest,
        **details,
    )
