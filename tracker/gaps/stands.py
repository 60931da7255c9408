"""The versions that count, and from when on that is in doubt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tracker.gaps.timeline import FLAP, Known, base_of, last_of
from tracker.model import Cause, Standing


@dataclass(frozen=True, slots=True)
class Stand:
    """A version that counts: from when it was first seen until the next one was (None: it stands).  ``reverted`` is
    whether its text had stood before."""

    number: int
    observed_at: datetime
    last_seen: datetime
    until: datetime | None
    cause: Cause
    reverted: bool


def stands(known: Sequence[Known]) -> tuple[Stand, ...]:
    """The versions that claims are taken from, oldest first: the confirmed ones, and the former text that the page
    shows again by now, if it does (what it tells is in doubt, see :func:`doubted_from`)."""
    chain = [each for each in known if each.standing is Standing.CONFIRMED]
    base = base_of(known)
    returned = last_of(known, base, Standing.RETURNED) if base else None
    chain += [returned] if returned else []
    ends = [*(each.observed_at for each in chain[1:]), *([None] if chain else [])]
    numbers = {each.number for each in chain}
    return tuple(
        Stand(each.number, each.observed_at, each.last_seen, end, each.cause, each.equals in numbers)
        for each, end in zip(chain, ends, strict=True)
    )


def doubted_from(known: Sequence[Known], now: datetime) -> datetime | None:
    """From when on it is not certain which text stands: one is held, or a former one is back and may go again.

    A text counts from when it was first seen: what follows from that time on has to wait, or living through a change
    would tell things that importing it does not.  A text that no check has found for FLAP (the page is gone, or
    walled off) keeps nobody waiting any more.  None: nothing is in doubt.
    """
    base = base_of(known)
    pending = (last_of(known, base, each) for each in (Standing.HELD, Standing.RETURNED)) if base else ()
    return min((each.observed_at for each in pending if each and now - each.last_seen <= FLAP), default=None)
