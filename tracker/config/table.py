"""TOML tables that know where they stand in the file, so that every problem can be told with its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TypeVar

T = TypeVar("T")
Path = tuple[str | int, ...]

_HEADER = re.compile(r"^\s*\[(?P<array>\[?)\s*(?P<name>[^\[\]]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"""^\s*(?P<key>"[^"]*"|'[^']*'|[A-Za-z0-9_-]+)\s*=""")


def printable(text: str, limit: int = 80) -> str:
    """Text of the file made safe for one line on a terminal: shortened, what cannot be printed is escaped."""
    short = text if len(text) <= limit else text[: limit - 1] + "…"
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in short)


def nearest(word: str, known: list[str]) -> str:
    """``: did you mean "…"?`` where a known word is near, else the list of them all."""
    close = get_close_matches(word, known, n=1, cutoff=0.6)
    return f': did you mean "{close[0]}"?' if close else f": known are {', '.join(sorted(known)) or 'none'}"


def key_lines(text: str) -> dict[Path, int]:
    """The line, from 1, of each table header and key.  A path names tables of an array by their number from 0.

    tomllib gives no positions.  This reads one header or key a line, which is how such files are written; a key
    set in another way (inline tables) is missing here, and a problem with it is told without its own line.
    """
    lines: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    here: Path = ()
    for number, line in enumerate(text.split("\n"), 1):
        if header := _HEADER.match(line.rstrip("\r")):
            here = ()
            for part in header["name"].split("."):
                if here in counts:
                    here += (counts[here] - 1,)
                here += (part.strip().strip("\"'"),)
            if header["array"]:
                lines.setdefault(here, number)
                counts[here] = counts.get(here, 0) + 1
                here += (counts[here] - 1,)
            lines.setdefault(here, number)
        elif key := _KEY.match(line):
            lines.setdefault((*here, key["key"].strip("\"'")), number)
    return lines


@dataclass(slots=True)
class Source:
    """The file being read, with the problems found so far as (line, text); line 0 where none is known."""

    name: str
    lines: Mapping[Path, int]
    problems: list[tuple[int, str]] = field(default_factory=list)

    def problem(self, path: Path, place: str, message: str) -> None:
        known = next((path[:end] for end in range(len(path), 0, -1) if path[:end] in self.lines), ())
        line = self.lines.get(known, 0)
        where = f"{self.name}:{line}" if line else self.name
        self.problems.append((line, f"{where}: {place}: {message}" if place else f"{where}: {message}"))


class Table:
    """One table of the file.  A key that was never asked for is unknown: :meth:`finish` says so.

    A wrong value is noted and replaced by its default, so that one reading finds all problems.
    """

    def __init__(self, values: Mapping[str, object], source: Source, place: str = "", path: Path = ()) -> None:
        self._values = values
        self._source = source
        self._place = place
        self._path = path
        self._known: list[str] = []

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def get(self, key: str, read: Callable[[object], T], default: T) -> T:
        """The value as ``read`` makes it (it raises ValueError saying what would be right); the default if unset."""
        self._known.append(key)
        if key not in self._values:
            return default
        try:
            return read(self._values[key])
        except ValueError as error:
            self.problem(key, str(error))
            return default

    def require(self, key: str, read: Callable[[object], T], default: T, example: str) -> T:
        """As :meth:`get`, but it is a problem if the key is not set; ``example`` shows what to write."""
        if key not in self._values:
            self.problem(None, f'key "{key}" is missing: add {example}')
        return self.get(key, read, default)

    def table(self, key: str) -> Table:
        """A table within; an empty one if unset."""
        self._known.append(key)
        values = self._values.get(key, {})
        if not isinstance(values, dict):
            self.problem(key, f"must be a table: [{key}]")
            values = {}
        return Table(values, self._source, f"[{key}]", (*self._path, key))

    def tables(self, key: str, header: str) -> list[Table]:
        """The tables of an array, each placed by its name or, having none, by its number from 1."""
        self._known.append(key)
        array = self._values.get(key, [])
        if not isinstance(array, list) or not all(isinstance(item, dict) for item in array):
            self.problem(key, f"must be written with two pairs of brackets: [[{header}]]")
            return []
        found = []
        for index, item in enumerate(array):
            name = item.get("name")
            label = f'{key} "{printable(name)}"' if isinstance(name, str) and name else f"{key} {index + 1}"
            place = f"{self._place}, {label}" if self._place else label
            found.append(Table(item, self._source, place, (*self._path, key, index)))
        return found

    def problem(self, key: str | None, message: str) -> None:
        """Notes a problem with a key of this table, or with the table itself (None)."""
        if key is None:
            self._source.problem(self._path, self._place, message)
            return
        place = f'{self._place}, key "{printable(key)}"' if self._place else f'key "{printable(key)}"'
        self._source.problem((*self._path, key), place, message)

    def finish(self) -> None:
        """Notes every key that nobody asked for."""
        for key in self._values:
            if key not in self._known:
                self.problem(key, f"unknown key{nearest(key, self._known)}")
