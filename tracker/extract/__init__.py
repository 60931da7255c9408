"""Snapshot → Blocks: what a reader sees of a page, and whether it can be the document at all."""

from tracker.extract.normalise import block_id, clean, fingerprint
from tracker.extract.page import extract, extract_text
from tracker.extract.plausibility import Verdict, judge

__all__ = ["Verdict", "block_id", "clean", "extract", "extract_text", "fingerprint", "judge"]
