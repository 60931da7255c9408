"""Claims over time → Events."""

from tracker.gaps.editions import Edition, Face, edition_of, face_of, title_of
from tracker.gaps.extent import words_changed
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
    "Edition",
    "Face",
    "Known",
    "Place",
    "Placement",
    "Sighting",
    "Stand",
    "assess",
    "certain_until",
    "edition_of",
    "face_of",
    "place",
    "record",
    "settle",
    "stands",
    "title_of",
    "words_changed",
]
