"""Snapshot → Blocks: what a reader sees of a page, and whether it can be the document at all."""

from tracker.extract.normalise import block_id, clean, fingerprint
from tracker.extract.page import decode, extract, extract_text
from tracker.extract.passages import Passage, passages
from tracker.extract.plausibility import Verdict, judge

__all__ = [
    "Passage",
    "Verdict",
    "block_id",
    "clean",
    "decode",
    "extract",
    "extract_text",
    "fingerprint",
    "judge",
    "passages",
]
