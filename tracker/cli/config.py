"""`tracker init` and `tracker config check`."""

from __future__ import annotations

import argparse
from pathlib import Path

from tracker.cli.context import DEFAULT_CONFIG, configuration
from tracker.config import starter
from tracker.errors import UsageError


def arguments(parser: argparse.ArgumentParser, command: str) -> None:
    if command == "init":
        parser.add_argument("target", nargs="?", type=Path, default=DEFAULT_CONFIG, metavar="FILE")
        parser.set_defaults(run=init)
    else:
        parser.add_argument("action", choices=["check"])
        parser.set_defaults(run=check)


def run(options: argparse.Namespace) -> int:
    code: int = options.run(options)
    return code


def init(options: argparse.Namespace) -> int:
    target: Path = options.target
    try:
        with target.open("x", encoding="utf-8") as file:
            file.write(starter())
    except FileExistsError as error:
        raise UsageError(f"{target} exists already: name another file") from error
    except OSError as error:
        raise UsageError(f"{target} cannot be written: {error.strerror}") from error
    print(f"Wrote {target}: fill in what to track, then run `tracker config check` and `tracker check`.")
    return 0


def check(options: argparse.Namespace) -> int:
    config = configuration(options)
    documents = sum(len(service.documents) for service in config.services)
    print(f"Fine: {len(config.services)} services, {documents} documents, {len(config.channels)} channels.")
    return 0
