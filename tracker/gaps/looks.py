"""The looks of an archive that recorded only changes, put back in between its records."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from tracker.gaps.timeline import FLAP, Known, Placement, Sighting, base_of, page_shown, place, record
from tracker.model import Standing


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


def _looks(known: Sequence[Known], end: datetime, confirm: int, interval: timedelta) -> tuple[Sighting, ...]:
    """The checks before ``end`` that found what the page showed last, as far as they decide anything."""
    base = base_of(known)
    last = max(known, key=lambda each: (each.last_seen, each.number), default=None)
    if base is None or last is None or last.standing is Standing.IMPLAUSIBLE:
        return ()
    page = page_shown(known, base)
    count = (end - interval / 2 - page.last_seen) // interval
    if count < 1:
        return ()
    wanted = {count}
    if page.standing is Standing.HELD:
        wanted.update(range(1, min(count, confirm - page.confirmations) + 1))
    if page.standing is Standing.RETURNED:
        wanted.add(min(count, max(1, -((page.last_seen - page.observed_at - FLAP) // interval))))
    return tuple(Sighting(page.fingerprint, page.last_seen + step * interval, page.cause) for step in sorted(wanted))
