"""The outbox → the channels: at least once each, in the order of recording."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from tracker.alerts.deliver import deliver
from tracker.config import Channel, Config
from tracker.model import Delivery, DeliveryStatus
from tracker.store import Store

LEASE = timedelta(minutes=5)  # longer than an attempt takes, slow mail to many aside; who is killed has it tried again


def deliver_due(
    store: Store, config: Config, clock: Callable[[], datetime], stopped: Callable[[], bool] = lambda: False
) -> Iterator[Delivery]:
    """Sends what is due, one delivery after the other, and yields each as it stands afterwards.

    Each attempt is committed before the next begins, so that a crash repeats at most the one in flight.
    """
    channels = {channel.name: channel for channel in config.channels}
    while not stopped():
        taken = store.take_delivery(clock(), LEASE)
        if taken is None:
            return
        after = attempt(taken, channels.get(taken.channel), clock())
        keep(store, after)
        yield after


def attempt(taken: Delivery, channel: Channel | None, now: datetime) -> Delivery:
    """One attempt; a delivery to a channel that is no longer configured is given up."""
    if channel is None:
        return replace(taken, status=DeliveryStatus.DEAD, due=None, error="the channel is not configured any more")
    return deliver(taken, channel, now)


def keep(store: Store, after: Delivery) -> None:
    if after.status is DeliveryStatus.SENT and after.sent_at:
        store.mark_sent(after.id, after.sent_at)
    elif after.due:
        store.mark_failed(after.id, after.error, after.due)
    else:
        store.mark_dead(after.id, after.error)
