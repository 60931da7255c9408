"""taxonomy.toml → the practices and the vocabularies of what a claim carries."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from tracker.errors import LexiconError
from tracker.model import Severity


@dataclass(frozen=True, slots=True)
class Practice:
    """One practice: ``dpv`` are terms of the Data Privacy Vocabulary, ``weight`` is how much it matters."""

    id: str
    title: str
    definition: str
    dpv: tuple[str, ...]
    weight: Severity


@dataclass(frozen=True, slots=True, eq=False)
class Taxonomy:
    """``regions``, ``audiences`` and ``data`` map each id to its name in English."""

    practices: Mapping[str, Practice]
    regions: Mapping[str, str]
    audiences: Mapping[str, str]
    data: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A TOML file as read, able to say on which line something stands."""

    name: str
    text: str
    tables: Mapping[str, Any]

    def error(self, key: str, problem: str, word: str = "") -> LexiconError:
        """An error that names the file, the line (of ``word``, else of the key's last part) and the key."""
        return LexiconError(f"{self.name}:{self._line(key, word)}: {key}: {problem}")

    def _line(self, key: str, word: str) -> int:
        last = key.rsplit(".", 1)[-1].split("[")[0]
        lines = self.text.splitlines()
        needles = [f'"{word}"'] if word else []
        needles += [f'id = "{last}"', f'"{last}" =', f"{last} =", f".{last}]", f"[{last}]", last]
        for needle in needles:
            for number, line in enumerate(lines, 1):
                if needle in line:
                    return number
        return 1


def read_source(name: str, text: str | None = None) -> SourceFile:
    """Read a shipped data file (or the given text under that name).

    Raises LexiconError, naming the line, where it is no TOML.
    """
    if text is None:
        text = files("tracker.practices").joinpath(name).read_text("utf-8")
    try:
        return SourceFile(name, text, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise LexiconError(f"{name}: {error}") from error


def read_taxonomy(source: SourceFile | None = None) -> Taxonomy:
    """The shipped taxonomy, or another.  Raises LexiconError."""
    source = source or read_source("taxonomy.toml")
    for table in ("practices", "regions", "audiences", "data"):
        if not isinstance(source.tables.get(table), dict):
            raise source.error(table, "this table is missing")
    practices = {key: _practice(source, key, row) for key, row in source.tables["practices"].items()}
    names = {table: _names(source, table) for table in ("regions", "audiences", "data")}
    return Taxonomy(practices, names["regions"], names["audiences"], names["data"])


def _practice(source: SourceFile, key: str, row: object) -> Practice:
    place = f"practices.{key}"
    if not isinstance(row, dict) or set(row) != {"title", "definition", "dpv", "weight"}:
        raise source.error(place, "needs exactly title, definition, dpv and weight")
    if row["weight"] not in list(Severity):
        raise source.error(place, f"weight must be one of {', '.join(Severity)}")
    return Practice(key, str(row["title"]), str(row["definition"]), tuple(row["dpv"]), Severity(row["weight"]))


def _names(source: SourceFile, table: str) -> dict[str, str]:
    for key, name in source.tables[table].items():
        if not isinstance(name, str):
            raise source.error(f"{table}.{key}", "must be a name in quotes")
    return dict(source.tables[table])
