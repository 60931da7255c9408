"""Address → Snapshot: politely, within a deadline, through the gate."""

from tracker.fetch.browser import RENDERED_BY
from tracker.fetch.http import HttpFetcher, PageRequest
from tracker.fetch.politeness import Lanes

__all__ = ["RENDERED_BY", "HttpFetcher", "Lanes", "PageRequest"]
