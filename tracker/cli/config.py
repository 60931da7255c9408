"""`tracker init` and `tracker config check`."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

from tracker.cli.context import DEFAULT_CONFIG, count, watching
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
    named = "" if target == DEFAULT_CONFIG else f"--config {shlex.quote(str(target))} "
    commands = f"`tracker {named}config check` and `tracker {named}check`"
    print(f"Wrote {target}: fill in what to track, then run {commands}.")
    return 0


def check(options: argparse.Namespace) -> int:
    config = watching(options)
    if missing := tuple(folders(config, options.config or DEFAULT_CONFIG)):
        raise ConfigError(missing)
    for document in (document for service in config.services for document in service.documents):
        if document.language and document.language.partition("-")[0].lower() not in detector().languages:
            warning = (
                f'{document.key}, key "language": {document.language!r} is not read: what it says stays unknown;'
                f" read are {', '.join(detector().languages)}"
            )
            print(f"tracker: {safe(warning)}", file=sys.stderr)
        if document.robots == "ignore":
            warning = f"{document.key}: robots.txt is left aside: keep that only with the site's permission"
            print(f"tracker: {safe(warning)}", file=sys.stderr)
    documents = sum(len(service.documents) for service in config.services)
    parts = ((len(config.services), "service"), (documents, "document"), (len(config.channels), "channel"))
    print(f"Fine: {', '.join(count(number, noun) for number, noun in parts)}.")
    return 0


def folders(config: Config, path: Path) -> Iterator[str]:
    """A problem for each feed whose folder does not exist.  Only asked for: no round is held up by it."""
    for channel in config.channels:
        folder = Path(channel.path).parent
        if channel.path and "{service}" not in str(folder) and not folder.is_dir():
            yield f'{path}: channel "{channel.name}", key "path": {folder}: no such folder: make it'
