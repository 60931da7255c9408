"""Claims over time → Events."""

from tracker.gaps.editions import Edition, Face, edition_of, face_of, title_of
from tracker.gaps.extent import words_changed
from tracker.gaps.looks import settle
from tracker.gaps.rules import assess
from tracker.gaps.stands import Stand, doubted_from, stands
from tracker.gaps.timeline import FLAP, Known, Place, Placement, Sighting, place, record
from tracker.gaps.words import BEGINS, WORD, heeded, revived

__all__ = [
    "BEGINS",
    "FLAP",
    "WORD",
    "Edition",
    "Face",
    "Known",
    "Place",
    "Placement",
    "Sighting",
    "Stand",
    "assess",
    "doubted_from",
    "edition_of",
    "face_of",
    "heeded",
    "place",
    "record",
    "revived",
    "settle",
    "stands",
    "title_of",
    "words_changed",
]
