"""`tracker events`: what happened."""

from __future__ import annotations

import argparse

from tracker.cli.context import beginning, colour, emit, json_option, reading_store, service_name, width
from tracker.model import Severity
from tracker.views import records, tables


def arguments(parser: argparse.ArgumentParser, _: str) -> None:
    parser.add_argument("service", nargs="?", metavar="SERVICE")
    parser.add_argument(
        "--since", metavar="DATE", help="not those before this day or time, or longer ago than 12h, 30d, 8w, 6m, 1y"
    )
    parser.add_argument("--severity", choices=[level.value for level in Severity], default="low", help="least severity")
    json_option(parser)


def run(options: argparse.Namespace) -> int:
    with reading_store(options) as store:
        service = service_name(store, options.service) if options.service else None
        found = store.events(service, beginning(options.since) if options.since else None)
    rows = [event for event in found if event.severity.rank >= Severity(options.severity).rank]
    if options.json:
        emit([records.fields_of(row) for row in rows])
    else:
        print(tables.events(rows, colour=colour(), width=width()), end="")
    return 0
