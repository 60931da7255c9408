"""`tracker log`: the versions of a document."""

from __future__ import annotations

import argparse

from tracker.cli.context import document_key, emit, json_option, reading_store
from tracker.model import Standing
from tracker.views import records, tables

QUIET = (Standing.UNDONE, Standing.RETURNED, Standing.IMPLAUSIBLE)


def arguments(parser: argparse.ArgumentParser, _: str) -> None:
    parser.add_argument("document", metavar="SERVICE/DOCUMENT")
    parser.add_argument("--all", action="store_true", help="also what was undone, returned quietly or was implausible")
    json_option(parser)


def run(options: argparse.Namespace) -> int:
    with reading_store(options) as store:
        key = document_key(store, options.document)
        rows = [row for row in store.versions(key) if options.all or row.standing not in QUIET]
        versions = [store.with_blocks(row) for row in rows]
        found = store.findings({passage for row in rows for passage in row.passages})
        notices = {row.number: tuple(n for p in row.passages if p in found for n in found[p].notices) for row in rows}
    if options.json:
        emit([{**records.version(row), "notices": records.plain(notices[row.number])} for row in versions])
    else:
        print(tables.versions(versions, notices), end="")
    return 0
