"""`tracker show`: the text of a version, with its claims."""

from __future__ import annotations

import argparse

from tracker.cli.context import colour, document_key, emit, json_option, reading_store, version_at
from tracker.views import documents, records


def arguments(parser: argparse.ArgumentParser, _: str) -> None:
    parser.add_argument("document", metavar="SERVICE/DOCUMENT")
    parser.add_argument("at", nargs="?", metavar="AT", help="a version's number, a date or a time (default: the last)")
    json_option(parser)


def run(options: argparse.Namespace) -> int:
    with reading_store(options) as store:
        record = version_at(store, document_key(store, options.document), options.at)
        version = store.with_blocks(record)
        found = store.findings(record.passages)
        claims = [found[passage].claims if passage in found else () for passage in record.passages]
        rejected = {(each.block, each.practice) for each in store.rejections()}
    if options.json:
        emit([records.passage(block, said, rejected) for block, said in zip(version.blocks, claims, strict=True)])
    else:
        print(documents.text(version, claims, rejected, colour=colour()), end="")
    return 0
