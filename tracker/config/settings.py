"""The shape of a configuration: what to track, how politely, and whom to tell."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import time, timedelta

from tracker.model import DocumentKey, Grouping, Kind, Severity


@dataclass(frozen=True, slots=True)
class Range:
    """A part of a page from the first element that ``start`` finds to the first one after it that ``end`` finds.

    ``with_start`` and ``with_end`` say whether these two belong to it.
    """

    start: str
    end: str
    with_start: bool = True
    with_end: bool = False


@dataclass(frozen=True, slots=True)
class Selection:
    """Which part of a page is its text: CSS selectors and ranges to keep (none: the whole page) and to drop."""

    select: tuple[str | Range, ...] = ()
    remove: tuple[str | Range, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """One tracked document.

    ``language`` (BCP 47) and ``region`` (ISO 3166, EU, …) are None if not given.  Where ``links``, a CSS selector, is
    given, the one address is an index page and the document's pages are the first ``limit`` that it links to.
    ``pages`` are those addresses with a selection of their own.
    """

    key: DocumentKey
    kind: Kind
    urls: tuple[str, ...]
    selection: Selection = Selection()
    language: str | None = None
    region: str | None = None
    schedule: str = "every 6h"
    fetcher: str = "http"  # "http" | "browser" | "auto"
    robots: str = "obey"  # or "ignore"
    allow_private: bool = False
    links: str | None = None
    limit: int = 50
    pages: tuple[tuple[str, Selection], ...] = ()

    def selection_of(self, url: str) -> Selection:
        """What is taken of the page at one of its addresses."""
        return dict(self.pages).get(url, self.selection)


@dataclass(frozen=True, slots=True)
class Service:
    """``binding`` lists the kinds that must all disclose a practice; () means that any one suffices.

    ``uses`` names documents of other services that bind this one too, ``formerly`` its former names.
    """

    name: str
    documents: tuple[Document, ...]
    homepage: str | None = None
    binding: tuple[Kind, ...] = ()
    uses: tuple[DocumentKey, ...] = ()
    formerly: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FetchSettings:
    """``delay_per_host``, ``timeout`` (one connect or read) and ``deadline`` (a whole fetch) are in seconds,
    ``max_bytes`` is of a body, as it comes and decoded; ``confirm`` is how many further fetches must agree.  ``proxy``
    is the address of an HTTP proxy (None: none), ``ca_file`` holds the certificates to trust (None: the usual ones)."""

    user_agent: str = "policy-tracker (+https://example.org/contact)"
    workers: int = 16
    delay_per_host: float = 2.0
    confirm: int = 1
    allow_private: bool = False
    timeout: float = 20.0
    deadline: float = 60.0
    retries: int = 3
    max_bytes: int = 20_000_000
    proxy: str | None = field(default=None, repr=False)  # it may hold a password
    ca_file: str | None = None


@dataclass(frozen=True, slots=True)
class Digest:
    """When everything is told at once: at a local time of every day, or of one ``weekday`` (0 is Monday)."""

    at: time
    timezone: str  # IANA name
    weekday: int | None = None


@dataclass(frozen=True, slots=True)
class Channel:
    """Where alerts go.  Empty filters (``services``, ``practices``, ``events``) let everything pass.

    ``password``, ``secret`` and ``address`` are already resolved from the environment; they never appear in a repr.
    ``group_wait`` is how long a message waits for more of its group, ``repeat`` after how long a gap that is still
    open is told again (None: never), ``give_up`` how long after the first attempt a delivery is tried.
    """

    name: str
    type: str  # "email" | "webhook" | "feed" | "apprise" | "command"
    to: tuple[str, ...] = ()
    sender: str = "policy-tracker@localhost"
    smtp: str = ""
    password: str | None = field(default=None, repr=False)
    url: str = ""
    secret: str | None = field(default=None, repr=False)
    ca_file: str | None = None  # a file of authorities; None: the usual ones
    address: str | None = field(default=None, repr=False)  # Apprise's, which holds its secrets
    path: str = ""  # of a feed; "{service}" in it stands for each service
    command: tuple[str, ...] = ()
    allow_private: bool = False
    severity: Severity = Severity.LOW
    services: tuple[str, ...] = ()
    practices: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    group: Grouping = Grouping.EVENT
    group_wait: timedelta = timedelta()
    digest: Digest | None = None
    repeat: timedelta | None = None
    give_up: timedelta = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Config:
    """``ping`` is an address that is fetched after every round, so that somebody notices when none comes."""

    database: str = "snapshots/tracker.db"
    schedule: str = "every 6h"
    timezone: str = "UTC"
    ping: str | None = field(default=None, repr=False)
    fetch: FetchSettings = FetchSettings()
    services: tuple[Service, ...] = ()
    channels: tuple[Channel, ...] = ()
