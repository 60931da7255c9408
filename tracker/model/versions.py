"""A document's text over time, and how one text became another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tracker.model.documents import Block, DocumentKey


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
