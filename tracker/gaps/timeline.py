"""What a sighting of a text means for a document's versions: hold, flap, return (design, laws 4 and 5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from tracker.model import Cause, Standing

FLAP = timedelta(days=7)
"""A former text that comes back within this is quiet (law 5); so is a return until it has stood that long."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A text seen on a page.  ``fingerprint`` is equal for texts that say the same; ``reason`` tells why it is
    implausible ("" otherwise); ``cause`` is SOURCE, or TECHNICAL where only our reading of the page changed."""

    fingerprint: str
    at: datetime
    cause: Cause = Cause.SOURCE
    plausible: bool = True
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What is kept of a version to place the next sighting.  ``confirmations`` counts the further sightings that
    agreed while it was held.  Implausible texts are among them, with numbers of their own."""

    number: int
    fingerprint: str
    observed_at: datetime
    last_seen: datetime
    standing: Standing
    cause: Cause
    confirmations: int = 0
    equals: int | None = None
    reason: str = ""
    confirmed_at: datetime | None = None


class Place(StrEnum):
    """What to do with a sighting."""

    SAME = "same"  # of version ``number`` only ``last_seen`` (and ``confirmations``) move
    CONFIRMS = "confirms"  # as SAME, and version ``number`` is confirmed by it
    NEW = "new"  # record a version ``number``; its ``standing`` says whether it is held


@dataclass(frozen=True, slots=True)
class Placement:
    """A decision about one sighting.

    ``number`` is the version that the sighting belongs to, ``standing`` its standing afterwards, ``equals`` the
    latest earlier version with the same text.  ``undone`` are the versions to mark UNDONE, with ``because``.
    ``confirmed_at`` is when version ``number`` became confirmed; None while it is not.
    """

    place: Place
    number: int
    standing: Standing
    cause: Cause
    reason: str = ""
    equals: int | None = None
    confirmations: int = 0
    confirmed_at: datetime | None = None
    undone: tuple[int, ...] = ()
    because: str = ""


def place(known: Sequence[Known], sighting: Sighting, confirm: int) -> Placement:
    """Decide what a sighting is.  ``known`` are all versions of the document in the order of their numbers;
    ``confirm`` is how many further sightings must agree before a new text counts (0: none)."""
    if not sighting.plausible:
        return _implausible(known, sighting)
    base = base_of(known)
    if base is None:
        return _new(known, sighting, Standing.CONFIRMED, cause=Cause.FIRST)
    page = page_shown(known, base)
    if sighting.fingerprint == page.fingerprint:
        return _again(page, sighting, confirm)
    pending = tuple(
        each for each in (last_of(known, base, Standing.HELD), last_of(known, base, Standing.RETURNED)) if each
    )
    for former in (base, *(each for each in pending if each.standing is Standing.RETURNED)):
        if sighting.fingerprint == former.fingerprint:
            undone = tuple(each.number for each in pending if each.number > former.number)
            again = _again(former, sighting, confirm)
            return replace(again, undone=undone, because=f"version {former.number} came back")
    if sighting.cause is Cause.TECHNICAL:
        return _reread(known, sighting, page)
    return _other(known, sighting, base, page, confirm)


def record(known: Sequence[Known], sighting: Sighting, placement: Placement) -> tuple[Known, ...]:
    """The versions after a placement."""
    rest = tuple(
        replace(each, standing=Standing.UNDONE, reason=placement.because) if each.number in placement.undone else each
        for each in known
    )
    if placement.place is not Place.NEW:
        return tuple(
            replace(
                each,
                last_seen=max(each.last_seen, sighting.at),
                standing=placement.standing,
                confirmations=placement.confirmations,
                reason=placement.reason,
                confirmed_at=placement.confirmed_at,
            )
            if each.number == placement.number
            else each
            for each in rest
        )
    version = Known(
        number=placement.number,
        fingerprint=sighting.fingerprint,
        observed_at=sighting.at,
        last_seen=sighting.at,
        standing=placement.standing,
        cause=placement.cause,
        equals=placement.equals,
        reason=placement.reason,
        confirmed_at=placement.confirmed_at,
    )
    return (*rest, version)


def base_of(known: Sequence[Known]) -> Known | None:
    """The last confirmed version; None if there is none."""
    return next((each for each in reversed(known) if each.standing is Standing.CONFIRMED), None)


def last_of(known: Sequence[Known], base: Known, standing: Standing) -> Known | None:
    """The last version of a standing since the base; None if there is none."""
    later = (each for each in reversed(known) if each.number > base.number)
    return next((each for each in later if each.standing is standing), None)


def page_shown(known: Sequence[Known], base: Known) -> Known:
    """The version that the page showed at the last plausible sighting."""
    shown = (last_of(known, base, Standing.HELD), last_of(known, base, Standing.RETURNED), base)
    return max((each for each in shown if each), key=lambda each: (each.last_seen, each.number))


def _again(page: Known, sighting: Sighting, confirm: int) -> Placement:
    confirmations = page.confirmations + (page.standing is Standing.HELD)
    stood = {
        Standing.HELD: confirmations >= confirm,
        Standing.RETURNED: sighting.at - page.observed_at >= FLAP,
    }.get(page.standing, False)
    return Placement(
        Place.CONFIRMS if stood else Place.SAME,
        page.number,
        Standing.CONFIRMED if stood else page.standing,
        page.cause,
        reason="" if stood else page.reason,
        equals=page.equals,
        confirmations=confirmations,
        confirmed_at=sighting.at if stood else page.confirmed_at,
    )


def _new(
    known: Sequence[Known],
    sighting: Sighting,
    standing: Standing,
    *,
    cause: Cause | None = None,
    reason: str = "",
    equals: int | None = None,
    undone: tuple[int, ...] = (),
) -> Placement:
    return Placement(
        Place.NEW,
        1 + max((each.number for each in known), default=0),
        standing,
        cause or sighting.cause,
        reason=reason,
        equals=equals,
        confirmed_at=sighting.at if standing is Standing.CONFIRMED else None,
        undone=undone,
        because="another text came before it was confirmed",
    )


def _implausible(known: Sequence[Known], sighting: Sighting) -> Placement:
    last = max(known, key=lambda each: (each.last_seen, each.number), default=None)
    if last and last.standing is Standing.IMPLAUSIBLE and last.fingerprint == sighting.fingerprint:
        return Placement(Place.SAME, last.number, last.standing, last.cause, reason=last.reason, equals=last.equals)
    return _new(known, sighting, Standing.IMPLAUSIBLE, reason=sighting.reason)


def _reread(known: Sequence[Known], sighting: Sighting, page: Known) -> Placement:
    """The same page read otherwise: it takes the place of what it re-reads, which may itself still be in doubt."""
    if page.standing is Standing.CONFIRMED:
        return _new(known, sighting, Standing.CONFIRMED)
    return _new(
        known,
        sighting,
        page.standing,
        cause=page.cause,
        reason=page.reason,
        equals=page.equals,
        undone=(page.number,),
    )


def _other(known: Sequence[Known], sighting: Sighting, base: Known, page: Known, confirm: int) -> Placement:
    """A text other than the one shown: a former one within the flap window, or one to be held."""
    undone = (page.number,) if page.standing is Standing.HELD else ()
    equal = [each for each in known if each.fingerprint == sighting.fingerprint]
    former = next((each for each in reversed(equal) if each.standing is Standing.CONFIRMED), None)
    equals = former.number if former else equal[-1].number if equal else None
    if former and sighting.at - max(each.last_seen for each in equal) <= FLAP:
        reason = f"version {former.number} is back within {FLAP.days} days"
        return _new(known, sighting, Standing.RETURNED, reason=reason, equals=equals, undone=undone)
    if confirm == 0 or _restless(known, sighting, base):
        return _new(known, sighting, Standing.CONFIRMED, equals=equals, undone=undone)
    return _new(known, sighting, Standing.HELD, reason="waits for confirmation", equals=equals, undone=undone)


def _restless(known: Sequence[Known], sighting: Sighting, base: Known) -> bool:
    """Whether the last confirmed text has been gone for the flap window while no other was seen twice: a page that
    changes with every look would be held for ever."""
    tried = (Standing.HELD, Standing.UNDONE)
    since = [each.observed_at for each in known if each.standing in tried and each.observed_at > base.last_seen]
    return bool(since) and sighting.at - min(since) >= FLAP
