"""`tracker practices`: which document discloses which practice since when."""

from __future__ import annotations

import argparse

from tracker.cli.assessed import assessments
from tracker.cli.context import colour, emit, json_option, width
from tracker.views import practices, records


def arguments(parser: argparse.ArgumentParser, _: str) -> None:
    parser.add_argument("service", nargs="?", metavar="SERVICE")
    parser.add_argument("--at", metavar="DATE", help="as it stood at this date or time")
    json_option(parser)


def run(options: argparse.Namespace) -> int:
    rows = [row for found in assessments(options) for row in found.ledger]
    if options.json:
        emit([records.ledger_row(row) for row in rows])
    else:
        print(practices.matrix(rows, colour=colour(), width=width()), end="")
    return 0
