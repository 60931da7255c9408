"""What most commands need: the configuration, the database, names and dates as people type them."""

from __future__ import annotations

import argparse
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from tracker.config import Config, load
from tracker.errors import ConfigError, UsageError
from tracker.model import DocumentKey, Standing, VersionRecord
from tracker.practices.taxonomy import read_taxonomy
from tracker.store import Store
from tracker.views.records import line

DEFAULT_CONFIG = Path("config.toml")
_SPAN = re.compile(r"(\d{1,5})([hdwmy])")
_HOURS = {"h": 1, "d": 24, "w": 24 * 7, "m": 24 * 30, "y": 24 * 365}


def clock() -> datetime:
    """The one place below which time is an argument."""
    return datetime.now(UTC)


def configuration(arguments: argparse.Namespace, *, required: bool = True) -> Config:
    """The configuration named on the command line, else ``config.toml`` here.

    Commands that neither fetch nor deliver pass ``required=False``: they get the defaults where there is no file,
    and need no secret of any channel.
    """
    path: Path | None = arguments.config
    if path is None and not DEFAULT_CONFIG.exists():
        if not required:
            return Config()
        raise ConfigError((f"{DEFAULT_CONFIG}: no such file: write one with `tracker init`, or name it with --config",))
    return load(path or DEFAULT_CONFIG, os.environ if required else None, read_taxonomy().practices)


def watching(arguments: argparse.Namespace) -> Config:
    """The configuration, for a command that looks at documents.  Raises ConfigError where it names none.

    A file that was cut off is no reason to look at nothing and call it fine.
    """
    config = configuration(arguments)
    if not any(service.documents for service in config.services):
        path = arguments.config or DEFAULT_CONFIG
        raise ConfigError((f"{path}: tracks nothing: add a [[service]] with its [[service.document]]",))
    return config


def database_path(arguments: argparse.Namespace, config: Config) -> Path:
    """--db, else the configuration's; a relative path is relative to where the configuration lies."""
    if arguments.db is not None:
        return Path(arguments.db)
    home = arguments.config.parent if arguments.config is not None else Path()
    return home / config.database


def reading_store(arguments: argparse.Namespace) -> Store:
    """The database, for a command that only looks.  Raises UsageError if there is none."""
    path = database_path(arguments, configuration(arguments, required=False))
    if not path.exists():
        raise UsageError(f"{path}: does not exist: run a check or an import first, or name another with --db")
    return Store.open(path, readonly=True)


def writing_store(arguments: argparse.Namespace, config: Config) -> Store:
    """The database, made if need be."""
    return Store.open(database_path(arguments, config))


@contextmanager
def progress(what: str) -> Iterator[Callable[[int], None]]:
    """Shows a growing number on standard error while it is a terminal; silent otherwise."""
    shown = sys.stderr.isatty()

    def tell(number: int) -> None:
        if shown:
            print(f"\r{number:,} {what}", end="", file=sys.stderr, flush=True)

    yield tell
    if shown:
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)  # ECMA-48: erase the line


def service_name(store: Store, text: str) -> str:
    """A service's name as typed, matched without regard to case against what is stored."""
    names = {record.key.service for record in store.documents()}
    found = next((name for name in names if name.casefold() == text.casefold()), None)
    if found is None:
        known = f"known are {', '.join(sorted(names))}" if names else "nothing is stored yet"
        raise UsageError(f"{text!r} is no service in the database: {known}")
    return found


def document_key(store: Store, text: str) -> DocumentKey:
    """``SERVICE/DOCUMENT`` as typed, matched without regard to case against what is stored."""
    service, slash, document = text.partition("/")
    if not slash:
        raise UsageError(f"{text!r} names no document: write SERVICE/DOCUMENT, such as 'LinkedIn/Privacy Policy'")
    known = {str(record.key).casefold(): record.key for record in store.documents()}
    found = known.get(f"{service}/{document}".casefold())
    if found is None:
        same = sorted(str(key) for key in known.values() if key.service.casefold() == service.casefold())
        hint = f"known are {', '.join(same)}" if same else "`tracker status` lists what is stored"
        raise UsageError(f"{text!r} is not in the database: {hint}")
    return found


def moment(text: str) -> datetime:
    """A date or time as typed.  A bare date means the end of that UTC day; no zone means UTC."""
    try:
        with suppress(ValueError):
            return datetime.combine(date.fromisoformat(text), time.max, UTC)
        value = datetime.fromisoformat(text)
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise UsageError(f"{text!r} is no date: write 2024-09-18 or 2024-09-18T12:00:00Z") from error


def beginning(text: str) -> datetime:
    """What ``--since`` names: the beginning of a UTC day, a time, or so long ago (12h, 30d, 8w, 6m, 1y)."""
    found = _beginning(text)
    if found > clock():
        raise UsageError(f"--since {text}: that is still to come: name a day that was")
    return found


def _beginning(text: str) -> datetime:
    try:
        if span := _SPAN.fullmatch(text):
            return clock() - timedelta(hours=int(span[1]) * _HOURS[span[2]])
        with suppress(ValueError):
            return datetime.combine(date.fromisoformat(text), time.min, UTC)
        return moment(text)
    except OverflowError as error:
        raise UsageError(f"{text!r} reaches back beyond all dates") from error
    except UsageError as error:
        raise UsageError(f"--since {text!r} is neither a date such as 2024-09-18 nor a span such as 30d") from error


def count(number: int, noun: str) -> str:
    """A number with its noun: "1 document", "1,875 documents"."""
    return f"{number:,} {noun if number == 1 else noun + 's'}"


def emit(records: list[dict[str, object]]) -> None:
    """JSON Lines on standard output."""
    for record in records:
        print(line(record))


def colour() -> bool:
    """Whether standard output is a terminal that wants colours (https://no-color.org)."""
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ


def width() -> int:
    """The columns of the terminal; 100 where the output goes elsewhere."""
    return shutil.get_terminal_size((100, 40)).columns if sys.stdout.isatty() else 100


def table_width() -> int | None:
    """The columns of the terminal; None where the output goes elsewhere: there a row is a line."""
    return width() if sys.stdout.isatty() else None


def reason(text: str) -> str:
    """What ``--reason`` is given: who reads it later must find something there."""
    if not text.strip():
        raise argparse.ArgumentTypeError("is empty: say why in a few words")
    return text


def json_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="JSON Lines with stable keys")


STOOD = (Standing.CONFIRMED, Standing.RETURNED, Standing.HELD)
"""What became of the versions that a date can mean."""


def version_at(store: Store, key: DocumentKey, text: str | None) -> VersionRecord:
    """The version that a number names, or that stood at a date or time; None: the last that stands."""
    rows = store.versions(key)
    if text is not None and text.isdigit() and len(text) <= 6:
        found = next((row for row in rows if row.number == int(text)), None)
        if found is None:
            raise UsageError(f"{key} has no version {text}: see `tracker log '{key}'`")
        return found
    until = moment(text) if text else None
    standing = [row for row in rows if row.standing in STOOD]
    before = [row for row in standing if until is None or row.observed_at <= until]
    if not before:
        first = f"the first is of {standing[0].observed_at:%Y-%m-%d}" if standing else "it was never read"
        raise UsageError(f"{key} has no version{f' at {text}' if text else ''}: {first}")
    return before[-1]
