"""`tracker init` and `tracker config check`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tracker.cli.context import DEFAULT_CONFIG, configuration, count
from tracker.config import Config, starter
from tracker.errors import ConfigError, UsageError
from tracker.practices.detector import detector
from tracker.views.terminal import safe


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
    unknown = unknown_practices(config)
    if unknown:
        raise ConfigError(unknown)
    for document in (document for service in config.services for document in service.documents):
        if document.robots == "ignore":
            warning = f"{document.key}: robots.txt is left aside: keep that only with the site's permission"
            print(f"tracker: {safe(warning)}", file=sys.stderr)
    documents = sum(len(service.documents) for service in config.services)
    parts = ((len(config.services), "service"), (documents, "document"), (len(config.channels), "channel"))
    print(f"Fine: {', '.join(count(number, noun) for number, noun in parts)}.")
    return 0


def unknown_practices(config: Config) -> tuple[str, ...]:
    """A line for each filter of a channel that names no practice: it would let nothing pass."""
    known = detector().taxonomy.practices
    return tuple(
        f'channel "{channel.name}", key "practices": unknown practice {name!r}: there are {", ".join(sorted(known))}'
        for channel in config.channels
        for name in channel.practices
        if name not in known
    )
