"""What is told of a document that does not answer, or answers with something that is not it, and of its return."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from tracker.config import Document
from tracker.model import CheckRecord, Event, EventKind, Severity
from tracker.model.records import FAILURES


def unreachable(document: Document, check: CheckRecord) -> tuple[Event, ...]:
    """An event once the address has failed often enough in a row; the same one for the same outage."""
    if check.failures < FAILURES:
        return ()
    since = f"{check.last_success:%Y-%m-%d}" if check.last_success else "never"
    outage = check.last_success.isoformat() if check.last_success else since
    summary = f"{document.key}: not reached {check.failures} times in a row (last answer: {since}): {check.error}"
    return (_event(EventKind.DOCUMENT_UNREACHABLE, document, check, check.last_attempt, outage, summary),)


def not_the_document(document: Document, check: CheckRecord) -> tuple[Event, ...]:
    """An event once the address has shown something else often enough in a row; the same one for the same wall."""
    if check.doubts < FAILURES or check.doubted_since is None:
        return ()
    since = f"{check.doubted_since:%Y-%m-%d}"
    summary = f"{document.key}: replaced by something else since {since}: {check.error}"
    outage = check.doubted_since.isoformat()
    return (_event(EventKind.DOCUMENT_UNREACHABLE, document, check, check.last_attempt, outage, summary),)


def back(document: Document, before: Sequence[CheckRecord], at: datetime) -> tuple[Event, ...]:
    """An event where what was told as lost is itself again; ``before`` is how its addresses stood until now."""
    lost = [check for check in before if max(check.failures, check.doubts) >= FAILURES]
    if not lost:
        return ()
    since = min(check.doubted_since or check.last_success or check.last_attempt for check in lost)
    summary = f"{document.key}: the page is back, unseen since {since:%Y-%m-%d}"
    return (_event(EventKind.DOCUMENT_BACK, document, lost[0], at, since.isoformat(), summary),)


def _event(kind: EventKind, document: Document, check: CheckRecord, at: datetime, outage: str, summary: str) -> Event:
    parts = (kind, str(document.key), check.url, outage)
    return Event(
        id=hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16],
        kind=kind,
        service=document.key.service,
        at=at,
        severity=Severity.LOW,
        summary=summary,
        document=document.key,
        url=check.url,
    )
