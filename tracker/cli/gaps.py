"""`tracker gaps`: practices that help pages assert and the binding documents leave out."""

from __future__ import annotations

import argparse

from tracker.cli.assessed import assessments
from tracker.cli.context import clock, configuration, emit, json_option, moment, writing_store
from tracker.errors import UsageError
from tracker.views import gaps, records


def arguments(parser: argparse.ArgumentParser, _: str) -> None:
    parser.add_argument("service", nargs="?", metavar="SERVICE", help='or "ack" to silence a gap for a while')
    parser.add_argument("gap", nargs="?", metavar="ID", help="with ack: the gap")
    parser.add_argument("--at", metavar="DATE", help="as it stood at this date or time")
    parser.add_argument("--until", metavar="DATE", help="with ack: until when")
    parser.add_argument("--reason", default="", metavar="TEXT", help="with ack: why")
    parser.add_argument("--table", action="store_true", help="one line per gap")
    json_option(parser)


def run(options: argparse.Namespace) -> int:
    if options.service == "ack":
        return acknowledge(options)
    rows = [row for found in assessments(options) for row in found.gaps]
    if options.json:
        emit([records.gap(row) for row in rows])
    elif options.table and rows:
        print(gaps.table(rows), end="")
    else:
        print(gaps.listing(rows), end="")
    return 0


def acknowledge(options: argparse.Namespace) -> int:
    if not options.gap or not options.until:
        raise UsageError("write `tracker gaps ack ID --until DATE`")
    known = {
        row.id for found in assessments(argparse.Namespace(**{**vars(options), "service": None})) for row in found.gaps
    }
    if options.gap not in known:
        raise UsageError(f"{options.gap!r} is no gap's id: `tracker gaps --json` shows them")
    until = moment(options.until)
    with writing_store(options, configuration(options, required=False)) as store:
        store.acknowledge(options.gap, until, clock(), options.reason)
    print(f"{options.gap}: acknowledged until {until:%Y-%m-%d %H:%M} UTC")
    return 0
