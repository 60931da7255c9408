"""`tracker backup`: the whole database as one consistent file."""

from __future__ import annotations

import argparse
from pathlib import Path

from tracker.cli.context import reading_store


def arguments(parser: argparse.ArgumentParser, _: str) -> None:
    parser.add_argument("target", type=Path, metavar="FILE", help="must not exist yet")


def run(options: argparse.Namespace) -> int:
    with reading_store(options) as store:
        store.backup(options.target)
    print(f"{options.target}: {options.target.stat().st_size:,} bytes")
    return 0
