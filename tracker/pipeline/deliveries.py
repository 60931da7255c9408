"""The outbox → the channels: at least once each, each channel in its own order and at its own speed."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from queue import Empty, SimpleQueue

from tracker.alerts import feed
from tracker.alerts.deliver import deliver, undeliverable
from tracker.config import Channel, Config
from tracker.diff.words import compare
from tracker.errors import StoreError
from tracker.model import Attempt, Delivery, DeliveryStatus, Dispatch, Grouping
from tracker.store import Store

LEASE = timedelta(minutes=2)  # who is killed has what he had in hand tried again after it; while sending, it is renewed
RENEWAL = LEASE.total_seconds() / 4
FAILURES = 3  # passing ones in a row end a channel's turn: a server that is down is not asked a thousand times

Clock = Callable[[], datetime]


def deliver_due(
    store: Store,
    config: Config,
    clock: Clock,
    stopped: Callable[[], bool] = lambda: False,
    *,
    complete: bool = False,
    only: Collection[str] | None = None,
) -> Iterator[Attempt]:
    """Sends what is due, every channel in a thread of its own, and yields what came of each attempt.

    Each attempt is committed before the next of its channel begins, so that a crash repeats at most the one in flight
    of each channel.  ``complete``: no more is to come, so that no group waits for it; ``only`` these channels (None:
    all).  Raises StoreError once all threads have ended.
    """
    waiting = [name for name in store.channels_due() if only is None or name in only]
    if not waiting:
        return
    taker, results, abandoned = uuid.uuid4().hex, SimpleQueue[Attempt | Exception | None](), threading.Event()

    def halted() -> bool:
        return abandoned.is_set() or stopped()

    def turn(name: str, channel: Channel | None) -> None:
        try:
            with Store.open(store.path) as own:
                for attempt in _turn(own, name, channel, taker, clock, halted, complete=complete):
                    results.put(attempt)
        except Exception as error:  # raised again by whoever waits for the results
            results.put(error)
        finally:
            results.put(None)

    channels = {channel.name: channel for channel in config.channels}
    with ThreadPoolExecutor(len(waiting), thread_name_prefix="channel") as pool:
        for name in waiting:
            pool.submit(turn, name, channels.get(name))
        try:
            yield from _results(results, len(waiting), lambda: store.prolong(taker, clock() + LEASE))
        finally:
            abandoned.set()


def _results(
    results: SimpleQueue[Attempt | Exception | None], running: int, renew: Callable[[], None]
) -> Iterator[Attempt]:
    """What the threads bring until all have ended; meanwhile what they have in hand is kept from others."""
    error: Exception | None = None
    renewed = time.monotonic()
    while running:
        if time.monotonic() - renewed >= RENEWAL:
            with suppress(StoreError):  # the next time; the worst is that something is sent twice
                renew()
            renewed = time.monotonic()
        try:
            result = results.get(timeout=RENEWAL)
        except Empty:
            continue
        if isinstance(result, Attempt):
            yield result
        elif result is None:
            running -= 1
        else:
            error = result
    if error:
        raise error


def _turn(
    store: Store,
    name: str,
    channel: Channel | None,
    taker: str,
    clock: Clock,
    stopped: Callable[[], bool],
    *,
    complete: bool,
) -> Iterator[Attempt]:
    """Everything that is due to one channel, or until it fails too often in a row.

    What came of one attempt and the taking of the next are one transaction: one sync of the disk each.
    """
    together = channel.group if channel else Grouping.ALL
    ahead = channel.group_wait if channel and complete else timedelta()
    attempt: Attempt | None = None
    failures = 0
    while True:
        now = clock()
        with store.transaction():
            if attempt:
                store.record(attempt, taker)
            more = failures < FAILURES and not stopped()
            taken = store.take(name, together, now, taker=taker, until=now + LEASE, ahead=ahead) if more else None
        if attempt:
            yield attempt
        if taken is None:
            return
        attempt = _attempt(store, taken, channel, clock())
        failures = failures + 1 if attempt.status is DeliveryStatus.WAITING else 0


def _attempt(store: Store, taken: Dispatch, channel: Channel | None, now: datetime) -> Attempt:
    """One attempt; what goes to a channel that is no longer configured is given up."""
    if channel is None:
        return undeliverable(taken, "the channel is not configured any more", now)
    return deliver(taken, channel, now, compare, earlier(store, taken, channel))


def earlier(store: Store, taken: Dispatch, channel: Channel) -> tuple[Delivery, ...]:
    """What a feed that is written anew was told before, as far as it may hold it; () for other channels.

    Where each service has a feed of its own, that of each service that is told of.
    """
    if channel.type != "feed":
        return ()
    services = {each.event.service for each in taken.deliveries} if "{service}" in channel.path else {None}
    found = (store.deliveries(DeliveryStatus.SENT, channel.name, service, last=feed.LENGTH) for service in services)
    return tuple(each for deliveries in found for each in deliveries)
