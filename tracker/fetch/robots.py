"""What a site's robots.txt asks of us (RFC 9309)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from protego import Protego

from tracker.errors import FetchError

_KEPT = 24 * 3600.0  # seconds; RFC 9309, section 2.4
_FAILURE_KEPT = 300.0  # seconds an unreadable robots.txt is remembered: about one round, not a day
_READ = 500 * 1024  # bytes that a crawler must parse at least (RFC 9309, section 2.5)
_COSTLIEST = 1_000_000  # user agents × lines; protego takes minutes for a file made to exceed it
_LONGEST_DELAY = 30.0  # seconds; a longer Crawl-delay is cut, so that one file cannot stall a round
_WAY_OUT = 'set robots = "ignore" for the document if you have the site\'s permission'


@dataclass(slots=True)
class _Origin:
    lock: threading.Lock = field(default_factory=threading.Lock)
    until: float = float("-inf")
    file: Protego | FetchError = field(default_factory=Protego)


class Robots:
    """The robots.txt of every origin met, each read once in 24 hours; safe to share between threads.

    ``read`` takes the address of a robots.txt and gives its status and body, or raises FetchError.  A 4xx
    answer means that everything is allowed (RFC 9309, section 2.3.1.3).  A 5xx answer, or none, means that
    nothing is (section 2.3.1.4): its pages are then left for a later round, and the file is asked for again
    after five minutes.  A user who has the site's permission switches all this off for a document with
    ``robots = "ignore"``.
    """

    def __init__(
        self, user_agent: str, read: Callable[[str], tuple[int, bytes]], monotonic: Callable[[], float]
    ) -> None:
        self._token = (user_agent.split("/")[0].split() or ["*"])[0]  # RFC 9309, section 2.2.1
        self._read = read
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._origins: dict[str, _Origin] = {}

    def permit(self, url: str) -> float:
        """The Crawl-delay in seconds, 0.0 where none is asked; robots.txt is read first where it is not known.

        Raises FetchError if ``url`` is not allowed, or if that cannot be known.
        """
        parts = urlsplit(url)
        address = f"{parts.scheme}://{parts.netloc}/robots.txt".lower()
        with self._lock:
            origin = self._origins.setdefault(address, _Origin())
        with origin.lock:  # others who want the same file wait for it here
            if self._monotonic() >= origin.until:
                origin.file = self._load(address)
                kept = _FAILURE_KEPT if isinstance(origin.file, FetchError) else _KEPT
                origin.until = self._monotonic() + kept
            file = origin.file
            if isinstance(file, FetchError):
                raise FetchError(file.message, url=url, retryable=file.retryable) from file
            if not file.can_fetch(url, self._token):  # it fills caches of its own, hence under the lock
                raise FetchError(f"robots.txt does not allow it to be fetched: {_WAY_OUT}", url=url)
            return min(file.crawl_delay(self._token) or 0.0, _LONGEST_DELAY)

    def _load(self, address: str) -> Protego | FetchError:
        try:
            status, body = self._read(address)
        except FetchError as error:
            return error
        if status >= 500:
            text = f"robots.txt answered {status}, and while it cannot be read nothing is allowed: {_WAY_OUT}"
            return FetchError(text, url=address, retryable=True)
        text = body[:_READ].decode("utf-8-sig", "replace") if status < 400 else ""
        if text.lower().count("agent") * len(text.splitlines()) > _COSTLIEST:
            return FetchError(f"robots.txt is too large to be read: {_WAY_OUT}", url=address)
        return Protego.parse(text)
