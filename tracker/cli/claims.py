"""`tracker claims reject`: the user has the last word on what a text says."""

from __future__ import annotations

import argparse

from tracker.cli.context import clock, configuration, writing_store
from tracker.errors import UsageError


def arguments(parser: argparse.ArgumentParser, _: str) -> None:
    parser.add_argument("action", choices=["reject"])
    parser.add_argument("claim", metavar="ID", help="BLOCK:PRACTICE, as `tracker show --json` gives it")
    parser.add_argument("--reason", required=True, metavar="TEXT")


def run(options: argparse.Namespace) -> int:
    block, colon, practice = options.claim.partition(":")
    with writing_store(options, configuration(options, required=False)) as store:
        if not colon or not store.claimed(block, practice):
            raise UsageError(
                f"{options.claim!r} is no stored claim: `tracker show SERVICE/DOCUMENT --json` gives their ids"
            )
        with store.transaction():
            store.reject(block, practice, options.reason, clock())
    print(f"{options.claim}: rejected.  What rested on it is withdrawn; `tracker gaps` shows what remains.")
    return 0
