"""What a sighting of a text means for a document's versions: hold, flap, return (design, laws 4 and 5)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
    base = _base(known)
    if base is None:
        return _new(known, sighting, Standing.CONFIRMED, cause=Cause.FIRST)
    page = _page(known, base)
    if sighting.fingerprint == page.fingerprint:
        return _again(page, sighting, confirm)
    pending = tuple(each for each in (_last(known, base, Standing.HELD), _last(known, base, Standing.RETURNED)) if each)
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


def settle(
    known: Sequence[Known], sightings: Iterable[Sighting], confirm: int, interval: timedelta, until: datetime | None
) -> tuple[tuple[Sighting, Placement], ...]:
    """Place the sightings of an archive that recorded only changes, as if its checks had been lived through.

    Between two recorded texts the archive looked every ``interval`` and found the former one: those looks are put
    back in (only the ones that decide anything), so that ``place`` alone decides, live as in history.  A look that
    falls within half an interval of the next record is not counted: checks do not tick exactly.  ``until`` is the
    archive's end, to which its last text stood; None leaves it as last recorded.
    """
    placed: list[tuple[Sighting, Placement]] = []
    state = tuple(known)

    def take(sighting: Sighting) -> None:
        nonlocal state
        decision = place(state, sighting, confirm)
        state = record(state, sighting, decision)
        placed.append((sighting, decision))

    for sighting in sightings:
        for look in _looks(state, sighting.at, confirm, interval):
            take(look)
        take(sighting)
    if until is not None:
        for look in _looks(state, until, confirm, interval):
            take(look)
    return tuple(placed)


@dataclass(frozen=True, slots=True)
class Stand:
    """A version that counts: confirmed, from when it was first seen until the next one was (None: it stands).
    ``reverted`` is whether its text had stood before."""

    number: int
    observed_at: datetime
    last_seen: datetime
    until: datetime | None
    cause: Cause
    reverted: bool


def stands(known: Sequence[Known]) -> tuple[Stand, ...]:
    """The confirmed versions, oldest first: the only ones that claims are taken from."""
    chain = [each for each in known if each.standing is Standing.CONFIRMED]
    ends = [*(each.observed_at for each in chain[1:]), *([None] if chain else [])]
    numbers = {each.number for each in chain}
    return tuple(
        Stand(each.number, each.observed_at, each.last_seen, end, each.cause, each.equals in numbers)
        for each, end in zip(chain, ends, strict=True)
    )


def certain_until(documents: Iterable[Sequence[Known]], now: datetime) -> datetime:
    """The time up to which nothing that is still held can change the past of these documents.

    A held text counts from when it was first seen; what follows from the other documents after that time must wait
    for it, or living through a change would tell things that importing it does not.  A held text that no check has
    found for FLAP (the page is gone, or walled off) keeps nobody waiting any more.
    """
    held = (
        each.observed_at
        for known in documents
        for each in known
        if each.standing is Standing.HELD and now - each.last_seen <= FLAP
    )
    return min((at - timedelta(microseconds=1) for at in held), default=now)


def _base(known: Sequence[Known]) -> Known | None:
    return next((each for each in reversed(known) if each.standing is Standing.CONFIRMED), None)


def _last(known: Sequence[Known], base: Known, standing: Standing) -> Known | None:
    later = (each for each in reversed(known) if each.number > base.number)
    return next((each for each in later if each.standing is standing), None)


def _page(known: Sequence[Known], base: Known) -> Known:
    """The version that the page showed at the last plausible sighting."""
    shown = (_last(known, base, Standing.HELD), _last(known, base, Standing.RETURNED), base)
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


def _looks(known: Sequence[Known], end: datetime, confirm: int, interval: timedelta) -> tuple[Sighting, ...]:
    """The checks before ``end`` that found what the page showed last, as far as they decide anything."""
    base = _base(known)
    last = max(known, key=lambda each: (each.last_seen, each.number), default=None)
    if base is None or last is None or last.standing is Standing.IMPLAUSIBLE:
        return ()
    page = _page(known, base)
    count = (end - interval / 2 - page.last_seen) // interval
    if count < 1:
        return ()
    wanted = {count}
    if page.standing is Standing.HELD:
        wanted.update(range(1, min(count, confirm - page.confirmations) + 1))
    if page.standing is Standing.RETURNED:
        wanted.add(min(count, max(1, -((page.last_seen - page.observed_at - FLAP) // interval))))
    return tuple(Sighting(page.fingerprint, page.last_seen + step * interval, page.cause) for step in sorted(wanted))
