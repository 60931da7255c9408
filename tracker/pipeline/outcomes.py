"""What a check of one document came to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tracker.gaps import Place, Placement
from tracker.model import Cause, DocumentKey, Event, Standing


class Change(StrEnum):
    """What a check found, in a word or two."""

    FIRST = "first look"
    NONE = "unchanged"
    HELD = "changed: waits for confirmation"
    CONFIRMED = "changed"
    RETURNED = "a former text is back"
    IMPLAUSIBLE = "is not the document"
    FAILED = "failed"
    LEFT = "left alone: another process is checking it"


SILENT = (Change.NONE, Change.FAILED)  # what follows from these is only what follows from the time


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a check of one document came to; ``errors`` are lines for people, and so are
    ``notes``, of what is no failure.

    ``events`` are told; those of the ``past`` are recorded and no news, for other rules or another configuration kept
    silent of them.
    """

    document: DocumentKey
    change: Change
    events: tuple[Event, ...] = ()
    errors: tuple[str, ...] = ()
    past: tuple[Event, ...] = ()
    notes: tuple[str, ...] = ()


def change_of(placement: Placement | None) -> Change:
    """A placement in the words of an outcome; None: the document was never seen."""
    if placement is None or placement.standing is Standing.IMPLAUSIBLE:
        return Change.IMPLAUSIBLE
    if placement.place is Place.SAME:
        return Change.NONE
    if placement.cause is Cause.FIRST:
        return Change.FIRST
    if placement.standing is Standing.RETURNED:
        return Change.RETURNED
    return Change.HELD if placement.standing is Standing.HELD else Change.CONFIRMED
