"""What is told of a document that does not answer, or answers with something that is not it."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from tracker.config import Document
from tracker.model import CheckRecord, Event, EventKind, Severity, VersionRecord

FAILURES = 3  # in a row: with checks every six hours, most of a day
PATIENCE = timedelta(days=1)  # a page that is not the document for this long is not a passing login wall


def unreachable(document: Document, check: CheckRecord) -> tuple[Event, ...]:
    """An event once the address has failed often enough in a row; the same one for the same outage."""
    if check.failures < FAILURES:
        return ()
    since = f"{check.last_success:%Y-%m-%d}" if check.last_success else "never"
    summary = f"{document.key}: not reached {check.failures} times in a row (last answer: {since}): {check.error}"
    return (_event(document, check.url, check.last_attempt, since, summary),)


def not_the_document(document: Document, shown: VersionRecord) -> tuple[Event, ...]:
    """An event once what the address shows has not been the document for long enough."""
    if shown.last_seen - shown.observed_at < PATIENCE:
        return ()
    summary = f"{document.key}: since {shown.observed_at:%Y-%m-%d} the page is not the document: {shown.reason}"
    return (_event(document, document.urls[0], shown.last_seen, str(shown.number), summary),)


def _event(document: Document, url: str, at: datetime, outage: str, summary: str) -> Event:
    kind = EventKind.DOCUMENT_UNREACHABLE
    parts = (kind, str(document.key), url, outage)
    return Event(
        id=hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16],
        kind=kind,
        service=document.key.service,
        at=at,
        severity=Severity.LOW,
        summary=summary,
        document=document.key,
        url=url,
    )
