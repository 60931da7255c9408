"""One polite pace per host, whichever thread asks."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable
from typing import Generic, Protocol, TypeVar
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


class Lanes(Generic[Page]):
    """Which pages may be begun: at most ``most`` of one host at once, hosts in turn, each host's own in their order.

    So a host that is slow, or many of whose pages wait for their turn, holds few workers and delays no other host.
    """

    def __init__(self, pages: Iterable[Page], most: int) -> None:
        self._waiting: defaultdict[str, deque[Page]] = defaultdict(deque)
        self._under_way: Counter[str] = Counter()
        self._most = most
        for page in pages:
            self._waiting[host_of(page.url)].append(page)

    def ready(self) -> tuple[Page, ...]:
        """Those that may be begun now; they count as under way."""
        found: list[Page] = []
        for _ in range(self._most):
            for host, queue in self._waiting.items():
                if queue and self._under_way[host] < self._most:
                    self._under_way[host] += 1
                    found.append(queue.popleft())
        return tuple(found)

    def done(self, page: Page) -> None:
        """A page that was begun has ended."""
        self._under_way[host_of(page.url)] -= 1


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
