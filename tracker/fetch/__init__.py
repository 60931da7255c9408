"""Address → Snapshot: politely, within a deadline, through the gate."""

from tracker.fetch.http import HttpFetcher, PageRequest
from tracker.fetch.politeness import interleave

__all__ = ["HttpFetcher", "PageRequest", "interleave"]
