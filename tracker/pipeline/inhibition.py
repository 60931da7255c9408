"""What is not told because something else says it: when a host is down, one message does for all of its pages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from tracker.model import CheckRecord, Event, EventKind
from tracker.model.records import FAILURES


@dataclass(frozen=True, slots=True)
class HostOutage:
    """A lost page of a host that is down: ``event`` tells of them all, ``since`` is when the last of them was reached
    (None: none ever was)."""

    event: Event
    since: datetime | None

    def told_by(self, summary: str) -> bool:
        """Whether an event of this summary has told of the host."""
        return summary.startswith(_beginning(self.event.url))


def host_outage(event: Event, checks: Iterable[CheckRecord]) -> HostOutage | None:
    """The outage of the host that a lost page is on; None: that page alone is lost, or the event tells of something
    else.

    A host is down when no tracked page of it answers, each for nearly as often as makes a page unreachable: the first
    that is tells of the host.  ``checks`` are those of all documents.
    """
    if event.kind is not EventKind.DOCUMENT_UNREACHABLE:
        return None
    host = urlsplit(event.url).hostname
    pages = [check for check in checks if urlsplit(check.url).hostname == host]
    documents = {check.document for check in pages}
    if len(documents) < 2 or any(check.failures < FAILURES - 1 for check in pages):
        return None
    services = sorted({key.service for key in documents})
    summary = f"{_beginning(event.url)}{len(documents)} documents of {', '.join(services)} cannot be read"
    answered = (check.last_success for check in pages if check.last_success)
    return HostOutage(replace(event, summary=summary), max(answered, default=None))


def _beginning(url: str) -> str:
    return f"{urlsplit(url).hostname} does not answer: "
