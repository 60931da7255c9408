"""`tracker show`: the text of a version, with its claims."""

from __future__ import annotations

import argparse

from tracker.cli.context import colour, document_key, emit, json_option, reading_store, version_at, width
from tracker.cli.paging import show
from tracker.views import documents, exports, records


def arguments(parser: argparse.ArgumentParser, _: str) -> None:
    parser.add_argument("document", metavar="SERVICE/DOCUMENT")
    parser.add_argument("at", nargs="?", metavar="AT", help="a version's number, a date or a time (default: the last)")
    parser.add_argument(
        "--text", action="store_true", help="a paragraph per line and nothing else: what patches apply to"
    )
    json_option(parser)


def run(options: argparse.Namespace) -> int:
    with reading_store(options) as store:
        record = version_at(store, document_key(store, options.document), options.at)
        version = store.with_blocks(record)
        found = store.findings(record.passages)
        claims = [found[passage].claims if passage in found else () for passage in record.passages]
        rejected = {(each.block, each.practice) for each in store.rejections()}
    if options.text:
        print(exports.lines(version.blocks), end="")
    elif options.json:
        emit([records.passage(block, said, rejected) for block, said in zip(version.blocks, claims, strict=True)])
    else:
        wide = min(width(), documents.WIDTH)
        show(documents.text(version, claims, rejected, colour=colour(), width=wide))
    return 0
