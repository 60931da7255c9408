"""`tracker alerts`: what was sent, failed or waits; and what is held back for a while."""

from __future__ import annotations

import argparse
import uuid
from collections.abc import Callable
from datetime import datetime

from tracker.alerts.compose import compose, payload
from tracker.alerts.deliver import deliver
from tracker.cli.context import (
    clock,
    configuration,
    database_path,
    emit,
    json_option,
    moment,
    reading_store,
    reason,
    table_width,
    writing_store,
)
from tracker.config import Channel, Config
from tracker.diff.words import compare
from tracker.errors import DeliveryError, UsageError
from tracker.model import Delivery, DeliveryStatus, Dispatch, Event, EventKind, Grouping, Severity
from tracker.pipeline.deliveries import earlier
from tracker.practices.taxonomy import read_taxonomy
from tracker.views import records, tables
from tracker.views.terminal import safe


def arguments(parser: argparse.ArgumentParser, _: str) -> None:
    parser.add_argument(
        "action",
        nargs="?",
        choices=list(ACTIONS),
        help="test CHANNEL: send a trial; preview CHANNEL: show what it would be told; retry [CHANNEL]: make due again"
        " what was given up; silence: hold back a service or practice; silences; unsilence NUMBER",
    )
    parser.add_argument("subject", nargs="?", metavar="CHANNEL|NUMBER")
    parser.add_argument("--status", choices=[status.value for status in DeliveryStatus], help="only these")
    parser.add_argument("--format", choices=list(FORMATS), default="text", help="with preview (default: text)")
    parser.add_argument("--service", help="with silence: hold back what concerns it")
    parser.add_argument("--practice", help="with silence: hold back what concerns it")
    parser.add_argument("--until", metavar="DATE", help="with silence: until when; then it is told")
    parser.add_argument("--reason", type=reason, metavar="TEXT", help="with silence: why")
    json_option(parser)


def run(options: argparse.Namespace) -> int:
    return ACTIONS[options.action](options) if options.action else listing(options)


def listing(options: argparse.Namespace) -> int:
    with reading_store(options) as store:
        rows = store.deliveries(DeliveryStatus(options.status) if options.status else None)
    if options.json:
        emit([records.delivery(row) for row in rows])
    else:
        print(tables.deliveries(rows, table_width()), end="")
    return 0


def retry(options: argparse.Namespace) -> int:
    with writing_store(options, configuration(options, required=False)) as store:
        number = store.retry_dead(clock(), options.subject)
    what = "delivery is" if number == 1 else "deliveries are"
    print(f"{number:,} {what} due again: `tracker check` or `tracker run` sends what is due.")
    return 0


def trial(options: argparse.Namespace) -> int:
    """Sends one alert, marked as a trial, straight to a channel, and shows its answer.

    Raises DeliveryError if it is not taken.
    """
    config = configuration(options)
    channel, now = chosen(config, options.subject, "test"), clock()
    dispatch = dispatched(channel, [example(channel, now)], now)
    before: tuple[Delivery, ...] = ()
    if channel.type == "feed" and database_path(options, config).exists():
        with reading_store(options) as store:
            before = earlier(store, dispatch, channel)
    attempt = deliver(dispatch, channel, now, compare, before)
    if attempt.status is not DeliveryStatus.SENT:
        raise DeliveryError(f"channel {channel.name}: {attempt.error}", retryable=False)
    print(f"{channel.name}: the trial alert was taken.")
    print(f"  {safe(attempt.answer)}")
    if attempt.error:
        print(f"  {safe(attempt.error)}")
    return 0


def preview(options: argparse.Namespace) -> int:
    """Shows what waits for a channel, or an example where nothing does.  Nothing is sent."""
    channel, now = chosen(configuration(options, required=False), options.subject, "preview"), clock()
    with reading_store(options) as store:
        waiting = store.deliveries(DeliveryStatus.WAITING, channel.name) or (example(channel, now),)
    service = waiting[0].event.service
    groups = {
        Grouping.EVENT: waiting[:1],
        Grouping.SERVICE: tuple(each for each in waiting if each.event.service == service),
        Grouping.ALL: waiting,
    }
    print(FORMATS[options.format](dispatched(channel, groups[channel.group], now)), end="")
    return 0


FORMATS: dict[str, Callable[[Dispatch], str]] = {
    "text": lambda dispatch: "Subject: {0.subject}\n\n{0.text}".format(compose(dispatch, compare)),
    "html": lambda dispatch: compose(dispatch, compare).html,
    "json": lambda dispatch: payload(dispatch).body + "\n",
}


def chosen(config: Config, name: str | None, action: str) -> Channel:
    found = next((channel for channel in config.channels if channel.name == name), None)
    if name is None or found is None:
        known = ", ".join(sorted(channel.name for channel in config.channels)) or "none"
        missing = (
            f"`tracker alerts {action}` lacks the name of a channel" if name is None else f"{name!r} is no channel"
        )
        raise UsageError(f"{missing}: known are {known}")
    return found


def dispatched(channel: Channel, deliveries: list[Delivery] | tuple[Delivery, ...], now: datetime) -> Dispatch:
    return Dispatch(deliveries[0].id, channel.name, tuple(deliveries), attempts=1, since=now)


def example(channel: Channel, now: datetime) -> Delivery:
    identity = f"trial-{uuid.uuid4().hex}"
    event = Event(
        id=identity,
        kind=EventKind.GAP_OPENED,
        service="Example",
        at=now,
        severity=Severity.LOW,
        summary="Example: this is a trial alert; no gap was opened",
    )
    return Delivery(identity, event, channel.name, DeliveryStatus.WAITING, attempts=1, due=now)


def silence(options: argparse.Namespace) -> int:
    if not (options.service or options.practice) or not options.until or not options.reason:
        raise UsageError("write `tracker alerts silence --service NAME --until DATE --reason TEXT` (or --practice ID)")
    config, now, until = configuration(options, required=False), clock(), moment(options.until)
    if until <= now:
        raise UsageError(f"{options.until!r} is past: a silence ends in the future")
    names = {service.name.casefold(): service.name for service in config.services}
    if options.service and options.service.casefold() not in names:
        raise UsageError(f"{options.service!r} is not in the configuration: services are {', '.join(names.values())}")
    practices = read_taxonomy().practices
    if options.practice and options.practice not in practices:
        raise UsageError(f"{options.practice!r} is no practice: known are {', '.join(sorted(practices))}")
    service = names[options.service.casefold()] if options.service else None
    with writing_store(options, config) as store:
        number = store.silence(service, options.practice, until, options.reason, now)
    print(f"Silence {number}, until {until:%Y-%m-%d %H:%M} UTC; what happens is told afterwards.")
    return 0


def silences(options: argparse.Namespace) -> int:
    with reading_store(options) as store:
        rows = store.silences(clock())
    if options.json:
        emit([records.fields_of(row) for row in rows])
    else:
        print(tables.silences(rows, table_width()), end="")
    return 0


def unsilence(options: argparse.Namespace) -> int:
    if not options.subject:
        raise UsageError(
            "`tracker alerts unsilence` lacks the number of a silence: `tracker alerts silences` lists them"
        )
    with writing_store(options, configuration(options, required=False)) as store:
        if not options.subject.isdecimal() or not store.end_silence(int(options.subject), clock()):
            raise UsageError(f"{options.subject!r} is no silence: `tracker alerts silences` lists them")
    print(f"Silence {options.subject} has ended: what was held back is due.")
    return 0


ACTIONS: dict[str, Callable[[argparse.Namespace], int]] = {
    "test": trial,
    "preview": preview,
    "retry": retry,
    "silence": silence,
    "silences": silences,
    "unsilence": unsilence,
}
