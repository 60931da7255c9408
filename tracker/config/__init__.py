"""config.toml → Config: what to track, how politely, and whom to tell."""

from tracker.config.parse import load, starter
from tracker.config.settings import Channel, Config, Digest, Document, FetchSettings, Range, Selection, Service
from tracker.config.triggers import trigger

__all__ = [
    "Channel",
    "Config",
    "Digest",
    "Document",
    "FetchSettings",
    "Range",
    "Selection",
    "Service",
    "load",
    "starter",
    "trigger",
]
