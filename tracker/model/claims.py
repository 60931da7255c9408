"""What a text says about practices, and about itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


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
