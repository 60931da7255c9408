"""What is disclosed where, since when; and where it is not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from tracker.model.claims import Actor, Claim, Notice
from tracker.model.documents import DocumentKey, Kind
from tracker.model.versions import Cause


class Severity(StrEnum):
    """How much an event matters; ordered by :attr:`rank`."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True)
class Reading:
    """A version as the gap rules see it: what it says, from when to when it stood.

    ``until`` is None while it stands.  ``announced`` are the claims of a coming text shown on the same page.
    ``changed`` is by how many words of its sentences the text differs from the one before (None: not known); ``kept``
    are the quotations of this text or that one whose whole paragraphs stand in both.
    ``url`` and ``digest`` say where it can be verified.  ``document`` is the one that the version belongs to where
    that is stored under a former name of the service, else None.  ``unread`` is the language (ISO 639-1) the text is in
    if it is none that we read: then it says nothing, and its silence is none; "" if it is read.
    """

    number: int
    observed_at: datetime
    last_seen: datetime
    until: datetime | None
    cause: Cause
    edition: int
    claims: tuple[Claim, ...]
    url: str
    digest: str
    announced: tuple[Claim, ...] = ()
    notices: tuple[Notice, ...] = ()
    title: str | None = None
    reverted: bool = False  # the text is one that stood before and came back to stay
    document: DocumentKey | None = None
    changed: int | None = None
    kept: frozenset[str] = frozenset()
    unread: str = ""


@dataclass(frozen=True, slots=True)
class DocumentHistory:
    """All readings of one document, oldest first; ``region`` limits a regional notice to where it applies.

    ``fresh_until`` is when the last reading gets stale (None: never), ``doubted_from`` from when on it is not certain
    which text stands (None: it is certain); ``dropped`` is whether the document is not tracked any more.
    """

    key: DocumentKey
    kind: Kind
    readings: tuple[Reading, ...]
    region: str | None = None
    fresh_until: datetime | None = None
    doubted_from: datetime | None = None
    dropped: bool = False


@dataclass(frozen=True, slots=True)
class ServiceHistory:
    """What the gap rules need of a service.  ``binding`` lists kinds that must all disclose; () means any one."""

    name: str
    documents: tuple[DocumentHistory, ...]
    binding: tuple[Kind, ...] = ()


class State(StrEnum):
    """What a binding document says about a practice at one time (design, section 7)."""

    DISCLOSES = "discloses"
    GENERIC = "generic"
    DENIES = "denies"
    DEFERRED = "deferred"
    ANNOUNCED = "announced"
    SILENT = "silent"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """When a document said something of a practice.  ``first_seen`` is None if it never did.

    ``denies_partly`` is whether a text that counts as silent denies the practice for some people, data or cases only.
    """

    document: DocumentKey
    kind: Kind
    practice: str
    actor: Actor
    state: State
    first_seen: datetime | None
    last_seen: datetime | None
    version: int | None
    quote: str = ""
    denies_partly: bool = False


@dataclass(frozen=True, slots=True)
class Pending:
    """A coming text that a document announces.  ``effective`` is None where no day is named."""

    effective: date | None
    url: str


@dataclass(frozen=True, slots=True)
class BindingState:
    document: DocumentKey
    state: State
    since: datetime | None
    quote: str = ""
    pending: Pending | None = None


@dataclass(frozen=True, slots=True)
class InformalSide:
    """The page that asserts the practice."""

    document: DocumentKey
    url: str
    first_seen: datetime
    quote: str


class GapStatus(StrEnum):
    OPEN = "open"
    PARTIAL = "partial"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Gap:
    """A practice asserted informally that no binding document in force disclosed.

    ``found`` is when we first knew; ``opened`` is None if it already stood at the first look (no lag then).
    ``exempt`` is what the informal pages leave out of it now: regions, audiences, kinds of data, ways out.
    ``lag_days`` counts from ``opened`` to ``closed``; ``notice_days`` from the closing text's observation to its
    effect (0 or less: without notice); None where a side is unknown.  ``withdrawn`` is when the page that asserted it
    dropped it, or a reader rejected what it rested on; None if neither happened.
    """

    id: str
    service: str
    practice: str
    actor: Actor
    informal: InformalSide
    binding: tuple[BindingState, ...]
    status: GapStatus
    reason: str
    found: datetime
    opened: datetime | None
    severity: Severity
    closed: datetime | None = None
    closed_by: DocumentKey | None = None
    lag_days: int | None = None
    notice_days: int | None = None
    exempt: tuple[str, ...] = ()
    withdrawn: datetime | None = None


@dataclass(frozen=True, slots=True)
class GapName:
    """The id that a gap was once given, with what it is recognised by: its practice, and from when to when it was one
    (``ended`` None: it still is).  An id is kept when we learn to read better and the gap turns out to be older."""

    id: str
    practice: str
    actor: Actor
    found: datetime
    ended: datetime | None
