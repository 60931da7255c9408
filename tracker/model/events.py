"""What is worth telling, and the way it takes to people."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from tracker.model.claims import Actor
from tracker.model.documents import DocumentKey
from tracker.model.ledger import Gap, LedgerRow, Severity


class EventKind(StrEnum):
    GAP_OPENED = "gap-opened"
    GAP_FOUND = "gap-found"
    GAP_NARROWED = "gap-narrowed"
    GAP_CLOSED = "gap-closed"
    GAP_WITHDRAWN = "gap-withdrawn"
    CONTRADICTION = "contradiction"
    PRACTICE_APPEARED = "practice-appeared"
    PRACTICE_VANISHED = "practice-vanished"
    PRACTICE_REVERSED = "practice-reversed"
    SCOPE_WIDENED = "scope-widened"
    SCOPE_NARROWED = "scope-narrowed"
    CHANGED_WITHOUT_NOTICE = "changed-without-notice"
    CHANGE_ANNOUNCED = "change-announced"
    CHANGE_REMINDER = "change-reminder"
    CHANGE_ARRIVED = "change-arrived"
    TEXT_CHANGED_UNDER_DATE = "text-changed-under-unchanged-date"
    REVERTED = "reverted"
    DOCUMENT_REPLACED = "document-replaced"
    DOCUMENT_UNREACHABLE = "document-unreachable"
    DOCUMENT_BACK = "document-back"


@dataclass(frozen=True, slots=True)
class Event:
    """Anything worth telling.  ``id`` is stable: the same evidence gives the same id on every computation.

    ``at`` is when it was observed, ``effective`` the day the text names.  ``added`` and ``removed`` are scope
    terms (regions, audiences, data) for scope events; ``also`` are further practices that the same change touches.
    ``before`` is the quotation that stood until then.
    """

    id: str
    kind: EventKind
    service: str
    at: datetime
    severity: Severity
    summary: str
    document: DocumentKey | None = None
    version: int | None = None
    practice: str | None = None
    actor: Actor | None = None
    effective: date | None = None
    quote: str = ""
    before: str = ""
    url: str = ""
    digest: str = ""
    gap: str | None = None
    lag_days: int | None = None
    notice_days: int | None = None
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Assessment:
    """All that follows from a service's history at one time."""

    ledger: tuple[LedgerRow, ...] = ()
    gaps: tuple[Gap, ...] = ()
    events: tuple[Event, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Message:
    """What people are told.

    ``id`` is that of the dispatch.  ``threads`` are the ids of the gaps that it is about, by which a mail program keeps
    together what belongs together.
    """

    id: str
    subject: str
    text: str
    html: str
    threads: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Payload:
    """What a program is told of one event.  ``id`` is that of the dispatch, ``body`` is JSON."""

    id: str
    body: str


class DeliveryStatus(StrEnum):
    WAITING = "waiting"
    SENT = "sent"
    DEAD = "dead"


class Grouping(StrEnum):
    """What goes to a channel as one message."""

    EVENT = "event"  # each event by itself
    SERVICE = "service"  # what is due of one service; what stood at the first look is one message for all services
    ALL = "all"  # everything that is due


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event on its way to one channel.

    ``due`` is when the next attempt may start; None once it is over.  ``answer`` is what the channel said when it
    took it.  ``message`` is the id of the message that it became part of; None before its first attempt.
    ``repetition`` counts the reminders of a gap that stays open; 0: the first word of it.
    """

    id: str
    event: Event
    channel: str
    status: DeliveryStatus
    attempts: int
    due: datetime | None
    error: str = ""
    sent_at: datetime | None = None
    answer: str = ""
    message: str | None = None
    repetition: int = 0


@dataclass(frozen=True, slots=True)
class Dispatch:
    """Deliveries that go to a channel as one message, in the order of recording; every attempt bears the same ``id``.

    ``attempts`` counts the one that it was taken for, ``since`` is when the first one began.
    """

    id: str
    channel: str
    deliveries: tuple[Delivery, ...]
    attempts: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of one attempt.

    ``due`` is when the next one may start, None if there will be none.  ``answer`` is what the channel said to what it
    took, ``error`` why it did not, or to which recipients it did not; neither shows a secret.
    """

    dispatch: Dispatch
    status: DeliveryStatus
    at: datetime
    due: datetime | None = None
    answer: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Silence:
    """What somebody wants to hear nothing of until then; it is told afterwards.  None: of any."""

    id: int
    until: datetime
    reason: str
    at: datetime
    service: str | None = None
    practice: str | None = None
