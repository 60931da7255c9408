"""`tracker diff`: what changed between two versions."""

from __future__ import annotations

import argparse
import shutil

from tracker.cli.context import colour, document_key, reading_store, version_at
from tracker.diff import diff
from tracker.errors import UsageError
from tracker.model import Version
from tracker.store import Store
from tracker.views import diffs

FORMATS = ("terminal", "side-by-side", "html", "json", "patch")


def arguments(parser: argparse.ArgumentParser, _: str) -> None:
    parser.add_argument("document", metavar="SERVICE/DOCUMENT")
    parser.add_argument("old", nargs="?", metavar="FROM", help="a number, date or time (default: the one before TO)")
    parser.add_argument("new", nargs="?", metavar="TO", help="likewise (default: the last); a date means its end")
    parser.add_argument("--format", choices=FORMATS, default="terminal")
    parser.add_argument("--json", action="store_const", dest="format", const="json", help="the same as --format json")


def run(options: argparse.Namespace) -> int:
    with reading_store(options) as store:
        old, new = sides(store, options)
    changes = diff(old.blocks, new.blocks)
    width = shutil.get_terminal_size((100, 40)).columns
    if options.format == "terminal":
        print(diffs.terminal(changes, colour=colour(), width=width), end="")
    elif options.format == "side-by-side":
        print(diffs.side_by_side(changes, colour=colour(), width=width), end="")
    elif options.format == "patch":
        print(diffs.patch(changes), end="")
    elif options.format == "html":
        print(diffs.html(changes, f"{new.document}: version {old.number} → {new.number}"), end="")
    else:
        print(diffs.json(changes), end="")
    return 0


def sides(store: Store, options: argparse.Namespace) -> tuple[Version, Version]:
    key = document_key(store, options.document)
    new = version_at(store, key, options.new)
    if options.old is None:
        if new.number == 1:
            raise UsageError(f"{key} has one version only: there is nothing to compare")
        old = version_at(store, key, str(new.number - 1))
    else:
        old = version_at(store, key, options.old)
    return store.with_blocks(old), store.with_blocks(new)
