"""What is fetched and what a reader sees of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
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
