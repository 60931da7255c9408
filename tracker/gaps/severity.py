"""How much a thing matters, from what it is about and how it is bounded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from tracker.model import Claim, Severity

Weights = Mapping[str, Severity]
"""The weight of each practice (taxonomy); one that is not listed weighs MEDIUM."""

_AGED = timedelta(days=365)
"""A gap that has been open for longer weighs one step more."""


def weight(weights: Weights, practice: str) -> Severity:
    return weights.get(practice, Severity.MEDIUM)


def shifted(severity: Severity, steps: int) -> Severity:
    """A severity some steps up or (negative) down, never beyond the ends of the scale."""
    scale = list(Severity)
    return scale[min(max(severity.rank + steps, 0), len(scale) - 1)]


def gravest(severities: Iterable[Severity]) -> Severity:
    """The gravest of some severities; LOW if there is none."""
    return max(severities, key=lambda each: each.rank, default=Severity.LOW)


def gap_severity(base: Severity, claims: Iterable[Claim], *, partial: bool = False, denied: bool = False) -> Severity:
    """How much a gap matters: its practice's weight; critical if a binding document denies it.

    One step less each if it happens only to who opted in or if opting out undoes it, if every claim bounds it to some
    regions or audiences, and if a part of the binding documents discloses it.
    """
    if denied:
        return Severity.CRITICAL
    asserted = tuple(claims)
    offers = [claim.opt_out for claim in asserted if claim.opt_out and claim.opt_out.offered]
    mild = any(offer.default == "off" or offer.retroactive for offer in offers)
    bounded = bool(asserted) and all(claim.only_regions or claim.only_audiences for claim in asserted)
    return shifted(base, -(mild + bounded + partial))


def aged(severity: Severity, opened: datetime | None, now: datetime) -> Severity:
    """One step more for a gap that has been open for over a year."""
    return shifted(severity, 1) if opened and now - opened > _AGED else severity
