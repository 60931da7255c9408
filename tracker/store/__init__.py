"""Rows and blobs: one SQLite file."""

from tracker.store.database import Store

__all__ = ["Store"]
