"""A page over HTTP → Snapshot."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from types import TracebackType
from typing import Self

from tracker.config import FetchSettings
from tracker.errors import FetchError
from tracker.fetch.browser import render
from tracker.fetch.robots import Robots
from tracker.fetch.transport import Answer, Query, Transport
from tracker.model import DocumentKey, NotModified, Snapshot

_PDF = "application/pdf"
_TEXTS = ("text/html", "text/plain", "text/markdown", "text/x-markdown", "text/xml", "application/xml", _PDF)
_PAGE_ANSWERS = (200, 203)  # 203: the page as a proxy changed it (RFC 9110, section 15.3.4)


@dataclass(frozen=True, slots=True)
class PageRequest:
    """One page to fetch.

    ``etag`` and ``last_modified`` are those of the last snapshot, so that an unchanged page is not sent again;
    None: not known.  ``allow_private`` lets this page come from a private network, besides what the settings
    allow.  ``robots`` false leaves robots.txt unread.  ``language`` (BCP 47) is asked for; None: the site's choice.
    ``browser`` has it drawn by one, whatever the validators say.
    """

    document: DocumentKey
    url: str
    etag: str | None = None
    last_modified: str | None = None
    allow_private: bool = False
    robots: bool = True
    language: str | None = None
    browser: bool = False

    @property
    def conditional(self) -> bool:
        return bool(self.etag or self.last_modified)


def full_jitter(most: float) -> float:
    """A pause of any length up to ``most``, so that clients who failed together do not come back together."""
    return random.uniform(0.0, most)  # noqa: S311 - no secret


class HttpFetcher:
    """Fetches pages, politely and through the gate; a context manager, safe to call from many threads.

    ``clock`` gives the time of a snapshot.  Setting ``stop`` ends every wait, and every fetch at its next read
    from the network, with a FetchError.  ``monotonic`` gives seconds and measures deadlines and paces; ``jitter`` takes
    the longest pause before a further attempt and gives the one to make.
    """

    def __init__(
        self,
        settings: FetchSettings,
        clock: Callable[[], datetime],
        stop: threading.Event | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        jitter: Callable[[float], float] = full_jitter,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._transport = Transport(settings, stop or threading.Event(), monotonic, jitter)
        self._robots = {
            private: Robots(settings.user_agent, partial(self._read_robots, private), monotonic)
            for private in (False, True)
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections that are kept open."""
        self._transport.close()

    def fetch(self, page: PageRequest) -> Snapshot | NotModified:
        """The page as it is now, or that it did not change since the snapshot with the given validators.

        Raises FetchError, with document and address, where there is no page: no connection, a status of 400
        or above, an address or a type that is not allowed, an empty body, the deadline or the size exceeded.
        """
        private = page.allow_private or self._settings.allow_private
        permit = self._robots[private].permit if page.robots else _freely
        query = Query(page.url, _headers(page), private, permit)
        try:
            answer = self._drawn(page, query) if page.browser else self._transport.get(query)
            return judge(page, answer, self._clock())
        except FetchError as error:
            error.document, error.url = str(page.document), error.url or page.url
            raise

    def _drawn(self, page: PageRequest, query: Query) -> Answer:
        budget = self._transport.turn(query)
        return render(page.url, page.language, query.allow_private, self._settings, budget.left)

    def _read_robots(self, allow_private: bool, url: str) -> tuple[int, bytes]:
        answer = self._transport.get(Query(url, (), allow_private, _freely))
        return answer.status, answer.body


def _freely(_url: str) -> float:
    return 0.0


def judge(page: PageRequest, answer: Answer, now: datetime) -> Snapshot | NotModified:
    """What an answer says of a page.  Raises FetchError where it is not the page."""
    if answer.status == 304 and page.conditional:
        return NotModified(page.document, page.url, now)

    def refusal(text: str, retryable: bool = False) -> FetchError:
        return FetchError(text, document=page.document, url=answer.url, retryable=retryable)

    if answer.status not in _PAGE_ANSWERS:
        raise refusal(f"answered {answer.phrase}: {_advice(answer)}", answer.retryable)
    if not answer.body:
        raise refusal("the page is empty: look at it in a browser", retryable=True)
    media_type = _media_type(answer)
    if not (media_type in _TEXTS or (media_type.startswith("application/") and media_type.endswith("+xml"))):
        raise refusal(f"the page is of type {ascii(media_type)[:60]}, neither text nor PDF: check the address")
    return Snapshot(
        document=page.document,
        url=page.url,
        final_url=answer.url,
        fetched_at=now,
        status=answer.status,
        headers=answer.headers,
        media_type=media_type,
        body=answer.body,
    )


def _advice(answer: Answer) -> str:
    if answer.retry_after:
        return f"the site asks to wait {answer.retry_after:.0f} seconds"
    if answer.retryable:
        return "try again later"
    return "check the address" if answer.status in (404, 410) else "look at the page in a browser"


def _media_type(answer: Answer) -> str:
    """The type by its header, without parameters; by the first bytes where there is no header."""
    stated = next((value for name, value in answer.headers if name.lower() == "content-type"), "")
    return stated.partition(";")[0].partition(",")[0].strip().lower() or _sniffed(answer.body)


def _sniffed(body: bytes) -> str:
    """A small part of the WHATWG's MIME sniffing: PDF, binary, mark-up or plain text."""
    start = body[:512].removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"%PDF-"):
        return _PDF
    if b"\0" in start and not start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "application/octet-stream"
    return "text/html" if start.startswith(b"<") else "text/plain"


def _headers(page: PageRequest) -> tuple[tuple[str, str], ...]:
    wanted = (
        ("If-None-Match", page.etag),  # RFC 9110, section 13.1.2
        ("If-Modified-Since", page.last_modified),  # RFC 9110, section 13.1.3
        ("Accept-Language", page.language),
    )
    # Validators are the server's own words of last time: nothing but plain text goes back into a header.
    return tuple((name, value) for name, value in wanted if value and value.isascii() and value.isprintable())
