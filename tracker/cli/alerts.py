"""`tracker alerts`: what was sent, failed or waits."""

from __future__ import annotations

import argparse
import uuid

from tracker.alerts.deliver import deliver
from tracker.cli.context import clock, configuration, emit, json_option, reading_store, writing_store
from tracker.errors import DeliveryError, UsageError
from tracker.model import Delivery, DeliveryStatus, Event, EventKind, Severity
from tracker.views import records, tables


def arguments(parser: argparse.ArgumentParser, _: str) -> None:
    parser.add_argument(
        "action", nargs="?", choices=["test", "retry"], help="send a trial alert; make dead deliveries due again"
    )
    parser.add_argument("channel", nargs="?", metavar="CHANNEL", help="with test: the channel to try")
    parser.add_argument("--status", choices=[status.value for status in DeliveryStatus], help="only these")
    json_option(parser)


def run(options: argparse.Namespace) -> int:
    if options.action == "test":
        return trial(options)
    if options.action == "retry":
        with writing_store(options, configuration(options, required=False)) as store:
            print(f"{store.retry_dead(clock())} deliveries are due again: `tracker check` or `tracker run` sends them.")
        return 0
    with reading_store(options) as store:
        rows = store.deliveries(DeliveryStatus(options.status) if options.status else None)
    if options.json:
        emit([records.delivery(row) for row in rows])
    else:
        print(tables.deliveries(rows), end="")
    return 0


def trial(options: argparse.Namespace) -> int:
    """Sends one alert, marked as a trial, straight to a channel.  Raises DeliveryError if it is not taken."""
    channels = {channel.name: channel for channel in configuration(options).channels}
    if options.channel not in channels:
        named = repr(options.channel) if options.channel else "nothing named"
        raise UsageError(f"{named} is no channel: known are {', '.join(sorted(channels)) or 'none'}")
    now = clock()
    event = Event(
        id=f"trial-{uuid.uuid4().hex}",
        kind=EventKind.GAP_OPENED,
        service="Example",
        at=now,
        severity=Severity.LOW,
        summary="Example: this is a trial alert; nothing happened",
    )
    waiting = Delivery(event.id, event, options.channel, DeliveryStatus.WAITING, attempts=1, due=now)
    after = deliver(waiting, channels[options.channel], now)
    if after.status is not DeliveryStatus.SENT:
        raise DeliveryError(f"channel {options.channel}: {after.error}")
    print(f"{options.channel}: the trial alert was taken.")
    return 0
