"""`tracker backup`: the whole database as one consistent file."""

from __future__ import annotations

import argparse
from pathlib import Path

from tracker.cli.context import reading_store
from tracker.errors import UsageError


def arguments(parser: argparse.ArgumentParser, _: str) -> None:
    parser.add_argument("target", type=Path, metavar="FILE", help="must not exist yet")


def run(options: argparse.Namespace) -> int:
    if options.target.exists():
        raise UsageError(f"{options.target} exists already: name another file")
    if not options.target.parent.is_dir():
        raise UsageError(f"{options.target.parent} is no folder: make it, or name another")
    with reading_store(options) as store:
        store.backup(options.target)
    print(f"{options.target}: {options.target.stat().st_size:,} bytes")
    return 0
