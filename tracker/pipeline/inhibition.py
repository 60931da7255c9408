"""What is not told because something else says it: when a host is down, one message does for all of its pages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import urlsplit

from tracker.model import CheckRecord, Event, EventKind
from tracker.model.records import FAILURES


def inhibited(event: Event, checks: Iterable[CheckRecord]) -> Event | None:
    """The event as it is to be told, None if another page of its host has told it.

    A host is down when no tracked page of it answers, each for nearly as often as makes a page unreachable; the first
    that is tells of the host, and those that fail as often as it does are told by that.  A page that was gone long
    before told of itself alone.  ``checks`` are those of all documents.  Other events are told as they are.
    """
    if event.kind is not EventKind.DOCUMENT_UNREACHABLE:
        return event
    host = urlsplit(event.url).hostname
    pages = [check for check in checks if urlsplit(check.url).hostname == host]
    documents = {check.document for check in pages}
    if len(documents) < 2 or any(check.failures < FAILURES - 1 for check in pages):
        return event
    failures = next(check.failures for check in pages if (check.document, check.url) == (event.document, event.url))
    if any(FAILURES <= check.failures <= failures + 1 and check.url != event.url for check in pages):
        return None
    services = sorted({key.service for key in documents})
    summary = f"{host} does not answer: {len(documents)} documents of {', '.join(services)} cannot be read"
    return replace(event, summary=summary)
