"""Ids that the same evidence gives however often it is looked at."""

from __future__ import annotations

import hashlib
from datetime import date, datetime


def stable_id(*parts: object) -> str:
    """16 hexadecimal digits that depend on the parts alone; times and days enter as ISO 8601, None as nothing."""
    text = "\x1f".join("" if part is None else _text(part) for part in parts)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _text(part: object) -> str:
    return part.isoformat() if isinstance(part, date | datetime) else str(part)
