"""Every datum that travels between stages.  All are frozen; a stage takes data and returns new data.

Times are aware datetimes in UTC.  Collections are tuples, so that equal data compare and hash equal.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class Kind(StrEnum):
    """What a document is to its readers (design, "Words")."""

    TERMS = "terms"
    PRIVACY = "privacy"
    COOKIES = "cookies"
    REGIONAL_NOTICE = "regional-notice"
    DPA = "dpa"
    HELP = "help"
    FAQ = "faq"
    BLOG = "blog"
    SETTINGS = "settings"
    AI_NOTICE = "ai-notice"
    SUPPLEMENT = "supplement"
    OTHER = "other"

    @property
    def binding(self) -> bool:
        """Whether a disclosure here binds the service towards its users (a gap can be closed by it)."""
        return self in (Kind.TERMS, Kind.PRIVACY, Kind.COOKIES, Kind.REGIONAL_NOTICE, Kind.DPA)

    @property
    def informal(self) -> bool:
        """Whether the document only explains: a practice found here first opens a gap."""
        return self in (Kind.HELP, Kind.FAQ, Kind.BLOG, Kind.SETTINGS, Kind.AI_NOTICE)


class Severity(StrEnum):
    """How much an event matters; ordered by :attr:`rank`."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True, order=True)
class DocumentKey:
    """Names one document: ``LinkedIn/Privacy Policy``, or with its variant ``LinkedIn/Privacy Policy@EU``."""

    service: str
    document: str

    def __str__(self) -> str:
        return f"{self.service}/{self.document}"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The bytes of one fetch with their headers: the evidence, never changed.

    ``url`` is the configured address, ``final_url`` the one that answered after redirects.
    ``origin`` is None for a page fetched by us, else where an imported one comes from (``ota:<commit>``).
    """

    document: DocumentKey
    url: str
    final_url: str
    fetched_at: datetime
    status: int
    headers: tuple[tuple[str, str], ...]
    media_type: str
    body: bytes
    origin: str | None = None

    @property
    def digest(self) -> str:
        """SHA-256 of the body, in hexadecimal."""
        return hashlib.sha256(self.body).hexdigest()

    def header(self, name: str) -> str | None:
        """The last value of a header, by its case-insensitive name (RFC 9110, section 5.1)."""
        wanted = name.lower()
        return next((value for key, value in reversed(self.headers) if key.lower() == wanted), None)


@dataclass(frozen=True, slots=True)
class NotModified:
    """The server said that nothing changed since the former snapshot (RFC 9110, section 15.4.5)."""

    document: DocumentKey
    url: str
    fetched_at: datetime


class BlockKind(StrEnum):
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    ROW = "row"


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, list item, table row or heading of a page's text.

    ``id`` is the hash of the normalised text: two blocks of equal id say the same.
    ``headings`` are the headings above it, outermost first; ``lead`` is the sentence that introduces the list
    it stands in, or the header row of its table ("" where there is none).  ``level`` is a heading's rank
    (1 to 6) or an item's depth (from 1); 0 otherwise.
    """

    id: str
    text: str
    kind: BlockKind = BlockKind.PARAGRAPH
    headings: tuple[str, ...] = ()
    lead: str = ""
    level: int = 0


@dataclass(frozen=True, slots=True)
class Extract:
    """What a reader sees of one page.  ``title`` and ``language`` (BCP 47) are None where the page has none."""

    blocks: tuple[Block, ...]
    title: str | None = None
    language: str | None = None


class Polarity(StrEnum):
    ASSERTS = "asserts"
    DENIES = "denies"


class Actor(StrEnum):
    SERVICE = "service"
    AFFILIATE = "affiliate"
    THIRD_PARTY = "third-party"


class Models(StrEnum):
    GENERATIVE = "generative"
    OTHER = "other"
    UNSPECIFIED = "unspecified"


class Source(StrEnum):
    MEMBERS = "members"
    PUBLIC_WEB = "public-web"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class OptOut:
    """A way out that the text offers.  None where the text does not say."""

    offered: bool
    default: str | None = None  # "on" | "off": the state of the practice for who does nothing
    retroactive: bool | None = None  # whether opting out undoes what was done before


@dataclass(frozen=True, slots=True)
class Claim:
    """What one block says about one practice.

    ``start`` and ``end`` are code-point offsets of ``quote`` in the block's text.  ``models`` and ``source`` are
    None for practices other than ``ai-training``.  ``from_date`` is None unless the text names a day.
    ``confidence`` is between 0 and 1; ``rule`` names the frame that matched.
    """

    practice: str
    polarity: Polarity
    actor: Actor
    quote: str
    start: int
    end: int
    rule: str
    confidence: float = 1.0
    models: Models | None = None
    source: Source | None = None
    conditional: bool = False
    data: tuple[str, ...] = ()
    except_data: tuple[str, ...] = ()
    only_regions: tuple[str, ...] = ()
    except_regions: tuple[str, ...] = ()
    only_audiences: tuple[str, ...] = ()
    except_audiences: tuple[str, ...] = ()
    opt_out: OptOut | None = None
    from_date: date | None = None


class NoticeKind(StrEnum):
    """What a text says about itself."""

    EFFECTIVE = "effective"  # "Effective September 18, 2024": this text applies from then on
    UPDATED = "updated"  # "Last updated …"
    COMING = "coming"  # "On November 20, 2024, we are updating …": another text will apply
    UNTIL = "until"  # "Effective until November 15, 2024": this text ends then
    DEFERS = "defers"  # "See our FAQ for how we use data for AI": names no practice itself


@dataclass(frozen=True, slots=True)
class Notice:
    """A statement of a text about itself.  ``day`` is None where none is named; ``practice`` only for DEFERS."""

    kind: NoticeKind
    quote: str
    start: int
    end: int
    day: date | None = None
    practice: str | None = None


@dataclass(frozen=True, slots=True)
class Findings:
    """All that was read out of one block.  ``language`` is the one it was read in; None: not recognised."""

    claims: tuple[Claim, ...] = ()
    notices: tuple[Notice, ...] = ()
    language: str | None = None


class Cause(StrEnum):
    """Why a version is there."""

    FIRST = "first"
    SOURCE = "source"  # the page changed
    TECHNICAL = "technical"  # only our extraction changed: never alerts


class Standing(StrEnum):
    """What became of a text that was seen (design, laws 4 and 5)."""

    HELD = "held"  # seen, waiting for confirmation
    CONFIRMED = "confirmed"  # it stood
    UNDONE = "undone"  # a former text came back before it was confirmed
    RETURNED = "returned"  # it is a former text that came back within the flap window: quiet
    IMPLAUSIBLE = "implausible"  # not the document: a login wall, an empty page; never a version


@dataclass(frozen=True, slots=True)
class Version:
    """The ordered blocks of a document from ``observed_at`` on, until the next version.

    ``number`` counts from 1 within the document.  ``last_seen`` is the latest fetch that found it.
    ``reason`` says in a few words why it is held, undone or implausible ("" otherwise).
    ``equals`` is the number of an earlier version with the same text, None if there is none.
    ``snapshots`` are the digests of the pages it was read from.
    """

    document: DocumentKey
    number: int
    observed_at: datetime
    last_seen: datetime
    cause: Cause
    standing: Standing
    blocks: tuple[Block, ...]
    snapshots: tuple[str, ...]
    title: str | None = None
    language: str | None = None
    edition: int = 1
    reason: str = ""
    equals: int | None = None
    confirmed_at: datetime | None = None


class Op(StrEnum):
    EQUAL = "equal"
    INSERT = "insert"
    DELETE = "delete"
    EDIT = "edit"
    MOVE = "move"


@dataclass(frozen=True, slots=True)
class Words:
    """A run of words with the same fate: ``op`` is EQUAL, INSERT or DELETE."""

    op: Op
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """A run of blocks with the same fate.  ``old`` and ``new`` are index ranges into the two versions.

    ``words`` is filled for EDIT (and a MOVE that was edited): its old side concatenates to the old blocks' texts
    joined by newlines, its new side likewise.
    """

    op: Op
    old: tuple[int, int]
    new: tuple[int, int]
    words: tuple[Words, ...] = ()


@dataclass(frozen=True, slots=True)
class Diff:
    """How one text became another.  Word counts are of whitespace-separated words; moved text is not counted."""

    old: tuple[Block, ...]
    new: tuple[Block, ...]
    changes: tuple[Change, ...]
    inserted: int = 0
    deleted: int = 0


@dataclass(frozen=True, slots=True)
class Reading:
    """A version as the gap rules see it: what it says, from when to when it stood.

    ``until`` is None while it stands.  ``announced`` are the claims of a coming text shown on the same page.
    ``url`` and ``digest`` say where it can be verified.
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


@dataclass(frozen=True, slots=True)
class DocumentHistory:
    """All readings of one document, oldest first; ``region`` limits a regional notice to where it applies."""

    key: DocumentKey
    kind: Kind
    readings: tuple[Reading, ...]
    region: str | None = None
    fresh_until: datetime | None = None  # after it the last reading is stale; None: never


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
    """When a document said something of a practice.  ``first_seen`` is None if it never did."""

    document: DocumentKey
    kind: Kind
    practice: str
    actor: Actor
    state: State
    first_seen: datetime | None
    last_seen: datetime | None
    version: int | None
    quote: str = ""


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
    ``lag_days`` counts from ``opened`` to ``closed``; ``notice_days`` from the closing text's observation to its
    effect (0 or less: without notice); None where a side is unknown.
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


@dataclass(frozen=True, slots=True)
class Event:
    """Anything worth telling.  ``id`` is stable: the same evidence gives the same id on every computation.

    ``at`` is when it was observed, ``effective`` the day the text names.  ``added`` and ``removed`` are scope
    terms (regions, audiences, data) for scope events.  ``before`` is the quotation that stood until then.
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


@dataclass(frozen=True, slots=True)
class Assessment:
    """All that follows from a service's history at one time."""

    ledger: tuple[LedgerRow, ...] = ()
    gaps: tuple[Gap, ...] = ()
    events: tuple[Event, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Message:
    """An event made ready for people and machines.  ``payload`` is the JSON body of a webhook."""

    id: str
    subject: str
    text: str
    html: str
    payload: str


class DeliveryStatus(StrEnum):
    WAITING = "waiting"
    SENT = "sent"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event on its way to one channel.  ``due`` is when the next attempt may start; None once it is over."""

    id: str
    event: Event
    channel: str
    status: DeliveryStatus
    attempts: int
    due: datetime | None
    error: str = ""
    sent_at: datetime | None = None
