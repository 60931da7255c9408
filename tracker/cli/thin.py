"""`tracker thin`: drops old raw pages that prove nothing which others do not."""

from __future__ import annotations

import argparse

from tracker.cli.context import clock, configuration, count, moment, writing_store
from tracker.errors import UsageError


def arguments(parser: argparse.ArgumentParser, _: str) -> None:
    parser.add_argument("--before", required=True, metavar="DATE", help="only pages fetched before the end of that day")


def run(options: argparse.Namespace) -> int:
    """A document at a time, so that a check goes on beside it."""
    before = moment(options.before)
    if before > clock():
        raise UsageError(f"{options.before!r} is not past: what is new is kept")
    with writing_store(options, configuration(options, required=False)) as store:
        dropped = 0
        for record in store.documents():
            with store.transaction():
                dropped += store.thin(record.key, before)
    print(f"{count(dropped, 'page')} dropped; their room is used again.  Every version and all evidence are kept.")
    return 0
