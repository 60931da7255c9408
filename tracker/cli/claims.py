"""`tracker claims`: the user has the last word on what a text says."""

from __future__ import annotations

import argparse

from tracker.cli.context import (
    clock,
    colour,
    configuration,
    emit,
    json_option,
    reading_store,
    reason,
    width,
    writing_store,
)
from tracker.errors import UsageError
from tracker.pipeline.assessment import Assessor
from tracker.views import claims, tables


def arguments(parser: argparse.ArgumentParser, _: str) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    place = "BLOCK:PRACTICE, as `tracker show` gives it"
    reject = actions.add_parser("reject", help="a text does not say what was read in it")
    reject.add_argument("claim", metavar="ID", help=place)
    reject.add_argument("--reason", type=reason, required=True, metavar="TEXT", help="for who reads it later")
    restore = actions.add_parser("restore", help="take a rejection back")
    restore.add_argument("claim", metavar="ID", help=place)
    json_option(actions.add_parser("list", help="what was rejected, and why"))


def run(options: argparse.Namespace) -> int:
    if options.action == "list":
        return listed(options)
    config = configuration(options, required=False)
    block, _, practice = options.claim.partition(":")
    with writing_store(options, config) as store, store.transaction():
        if options.action == "reject":
            if not store.claimed(block, practice):
                raise UsageError(
                    f"{options.claim!r} is no stored claim: `tracker show SERVICE/DOCUMENT` gives their ids"
                )
            store.reject(block, practice, options.reason, clock())
        elif not store.restore(block, practice):
            raise UsageError(f"{options.claim!r} is not rejected: `tracker claims list` shows what is")
        fresh = Assessor(config, store).heed(block, clock())
    print(f"{options.claim}: {'rejected' if options.action == 'reject' else 'counts again'}.")
    print(tables.events(fresh, "No gap begins or ends by it.", colour=colour(), width=width()), end="")
    return 0


def listed(options: argparse.Namespace) -> int:
    with reading_store(options) as store:
        rows = [(each, store.block(each.block)) for each in store.rejections()]
    if options.json:
        emit([claims.rejection(each, text) for each, text in rows])
    else:
        print(claims.rejections(rows), end="")
    return 0
