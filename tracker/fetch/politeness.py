"""One polite pace per host, whichever thread asks."""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar
from urllib.parse import urlsplit


class Addressed(Protocol):
    """Anything with the address it will be fetched from."""

    @property
    def url(self) -> str: ...


Page = TypeVar("Page", bound=Addressed)


def host_of(url: str) -> str:
    """The host a pace is kept for, without its port; "" where the address names none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def interleave(pages: Iterable[Page]) -> tuple[Page, ...]:
    """The same pages ordered so that hosts alternate, each host's own pages in their order.

    Threads that take pages in this order wait for one host together only when no other has any left.
    """
    queues: defaultdict[str, deque[Page]] = defaultdict(deque)
    for page in pages:
        queues[host_of(page.url)].append(page)
    ordered: list[Page] = []
    waiting = list(queues.values())
    while waiting:
        ordered += [queue.popleft() for queue in waiting]
        waiting = [queue for queue in waiting if queue]
    return tuple(ordered)


class Pace:
    """Keeps a delay between the starts of two requests to one host; safe to share between threads.

    ``stop`` ends every wait at once when it is set; ``monotonic`` gives seconds.
    """

    def __init__(self, stop: threading.Event, monotonic: Callable[[], float]) -> None:
        self._stop = stop
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._next: dict[str, float] = {}

    def wait(self, host: str, delay: float) -> bool:
        """Wait for this host's turn; the next may start ``delay`` seconds later.  False: stopped instead."""
        with self._lock:
            now = self._monotonic()
            turn = max(now, self._next.get(host, now))
            self._next[host] = turn + delay
        if turn > now:
            return not self._stop.wait(turn - now)
        return not self._stop.is_set()

    def hold(self, host: str, seconds: float) -> None:
        """Let nobody start a request to ``host`` for that long, as its server asked."""
        with self._lock:
            until = self._monotonic() + seconds
            self._next[host] = max(until, self._next.get(host, until))
