"""`tracker gaps`: practices that help pages assert and the binding documents leave out."""

from __future__ import annotations

import argparse

from tracker.cli.assessed import assessments
from tracker.cli.context import (
    clock,
    colour,
    configuration,
    emit,
    json_option,
    moment,
    reading_store,
    reason,
    width,
    writing_store,
)
from tracker.errors import UsageError
from tracker.model import GapStatus
from tracker.views import gaps, records

OVER = (GapStatus.CLOSED, GapStatus.WITHDRAWN)


def arguments(parser: argparse.ArgumentParser, _: str) -> None:
    parser.add_argument(
        "service", nargs="?", metavar="SERVICE", help='or "ack" to put a gap aside for a while, or "unack"'
    )
    parser.add_argument("gap", nargs="?", metavar="ID", help="with ack and unack: the gap")
    parser.add_argument("--at", metavar="DATE", help="as it stood at this date or time")
    parser.add_argument("--until", metavar="DATE", help="with ack: until when")
    parser.add_argument("--reason", type=reason, metavar="TEXT", help="with ack: why")
    parser.add_argument("--table", action="store_true", help="one line per gap")
    json_option(parser)


def run(options: argparse.Namespace) -> int:
    if options.service == "ack":
        return acknowledge(options)
    if options.service == "unack":
        return hear_again(options)
    if options.gap or options.until or options.reason:
        extra = repr(options.gap) if options.gap else "--until" if options.until else "--reason"
        raise UsageError(f"{extra} goes only with `tracker gaps ack ID --until DATE`")
    if options.at and moment(options.at).date() > clock().date():
        raise UsageError(f"--at {options.at}: that is still to come: name a day that was")
    rows = [row for found in assessments(options) for row in found.gaps]
    with reading_store(options) as store:
        aside = store.acknowledged(clock())
    if options.json:
        emit([{**records.gap(row), "acknowledged_until": records.plain(aside.get(row.id))} for row in rows])
    elif options.table and rows:
        print(gaps.table(rows, aside, colour=colour(), width=width()), end="")
    else:
        now = moment(options.at) if options.at else clock()
        print(gaps.listing(rows, now, aside, colour=colour(), width=width()), end="")
    return 0


def acknowledge(options: argparse.Namespace) -> int:
    if not options.gap or not options.until:
        raise UsageError("write `tracker gaps ack ID --until DATE`")
    until, now = moment(options.until), clock()
    if until <= now:
        raise UsageError(f"--until {options.until}: that is over: name a day to come")
    found = assessments(argparse.Namespace(**{**vars(options), "service": None}))
    gap = next((row for each in found for row in each.gaps if row.id == options.gap), None)
    if gap is None:
        raise UsageError(f"{options.gap!r} is no gap's id: `tracker gaps --json` shows them")
    if gap.status in OVER:
        raise UsageError(f"{options.gap} is {gap.status}: there is nothing left to put aside")
    with writing_store(options, configuration(options, required=False)) as store:
        store.acknowledge(options.gap, until, now, options.reason or "")
    print(f"{options.gap}: acknowledged until {until:%Y-%m-%d %H:%M} UTC")
    return 0


def hear_again(options: argparse.Namespace) -> int:
    if not options.gap or options.until or options.reason:
        raise UsageError("write `tracker gaps unack ID`")
    with writing_store(options, configuration(options, required=False)) as store:
        if not store.end_acknowledgement(options.gap, clock()):
            raise UsageError(f"{options.gap!r} is no gap that was put aside: `tracker gaps` shows until when one is")
    print(f"{options.gap}: no more put aside: what was held back is due")
    return 0
