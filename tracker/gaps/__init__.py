"""Claims over time → Events."""

from tracker.gaps.rules import assess
from tracker.gaps.timeline import (
    Known,
    Place,
    Placement,
    Sighting,
    Stand,
    certain_until,
    place,
    record,
    settle,
    stands,
)

__all__ = [
    "Known",
    "Place",
    "Placement",
    "Sighting",
    "Stand",
    "assess",
    "certain_until",
    "place",
    "record",
    "settle",
    "stands",
]
