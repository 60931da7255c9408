"""What the database keeps about the work itself, and its data without their texts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tracker.model.documents import DocumentKey, Kind
from tracker.model.versions import Cause, Standing


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """A document as the database knows it, still tracked or not.  ``added`` is when it was first registered.

    ``archived_until`` is up to when an imported archive went on to find its last text; None: nothing is imported.
    """

    key: DocumentKey
    kind: Kind
    urls: tuple[str, ...]
    added: datetime
    language: str | None = None
    region: str | None = None
    archived_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class VersionRecord:
    """A version without its blocks.

    ``passages`` are the database's ids of its blocks in their context, in order; ``fingerprint`` says whether two
    texts are the same in substance.  The rest is as in :class:`~tracker.model.versions.Version`.
    """

    document: DocumentKey
    number: int
    observed_at: datetime
    last_seen: datetime
    cause: Cause
    standing: Standing
    fingerprint: str
    passages: tuple[int, ...]
    snapshots: tuple[str, ...]
    title: str | None = None
    language: str | None = None
    edition: int = 1
    reason: str = ""
    equals: int | None = None
    confirmed_at: datetime | None = None
    confirmations: int = 0


@dataclass(frozen=True, slots=True)
class CheckRecord:
    """How the checks of one address go.  ``last_success`` is None if none ever succeeded.

    ``failures`` counts those since the last success, ``error`` is the last one's ("" after a success).
    ``browser_since``: from when on only a browser got text out of it, None if plain HTTP does.  ``doubts`` counts the
    checks in a row that found something else in the page's place, from ``doubted_since`` on (None: it is itself).
    """

    document: DocumentKey
    url: str
    last_attempt: datetime
    last_success: datetime | None
    failures: int
    error: str
    etag: str | None = None
    last_modified: str | None = None
    browser_since: datetime | None = None
    doubts: int = 0
    doubted_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Rejection:
    """A reader's word that a block does not say what we read in it.  ``block`` is the id of a Block."""

    block: str
    practice: str
    reason: str
    at: datetime


FAILURES = 3  # in a row: with checks every six hours, most of a day


@dataclass(frozen=True, slots=True)
class DocumentStatus:
    """How one document stands.  ``next_run`` is None if it is not in the configuration (any more); ``held`` is the
    number of a version that waits for confirmation, None if there is none.

    ``replaced_since``: from when on a page of it shows something else, None while all are themselves.
    ``browser_since``: from when on it takes a browser to read it, None where plain HTTP does."""

    document: DocumentKey
    kind: Kind
    last_success: datetime | None
    last_change: datetime | None
    next_run: datetime | None
    failures: int
    error: str
    held: int | None
    replaced_since: datetime | None = None
    browser_since: datetime | None = None

    @property
    def needs_attention(self) -> bool:
        """It failed for most of a day, or shows something else: the address or the selection may have to be changed."""
        return self.failures >= FAILURES or self.replaced_since is not None


@dataclass(frozen=True, slots=True)
class ChannelStatus:
    """How the deliveries to one channel stand.  ``error`` is the last one's of those that wait or were given up.

    ``configured``: whether the channel is in the configuration (any more).
    """

    channel: str
    configured: bool
    waiting: int
    dead: int
    last_sent: datetime | None
    error: str

    @property
    def needs_attention(self) -> bool:
        """What was given up waits for a person."""
        return self.dead > 0
