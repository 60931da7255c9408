"""phrases/<language>.toml → what texts of one language say of themselves, compiled to patterns over folded text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from importlib.resources import files
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

from tracker.practices.folding import fold
from tracker.practices.memory import remembered
from tracker.practices.tagging import expand
from tracker.practices.taxonomy import SourceFile, Taxonomy, read_source

_GAP = r"(?:[^\w.!?;؟]+\w+){0,8}?[^\w.!?;؟]+"  # within a sentence
_BETWEEN = r"[\s'\-\u2013]+"
_PIECES = re.compile(r"\s*\.\.\.\s*|\s+|[(|)]|#|[^\s(|)#.]+")
_SHORTENED = re.compile(r" (?:re|ve|ll) |-")
_NEVER = re.compile(r"(?!)")


@dataclass(frozen=True, slots=True)
class DateWords:
    """How a language speaks of a text's days; phrases/en.toml shows each.

    ``texts`` and ``changes`` are what is spoken of, ``pronouns`` stand for it; ``joints`` link a label to its day.
    ``effective``, ``updated`` and ``until`` are labels; ``effect`` are verbs of a text that begins to apply;
    ``updating`` says that it is being changed, ``will_update`` likewise where a day is named, ``done`` that it was.
    ``here`` and ``new`` tell whether the text with that day is this one or another, ``current_below`` that the
    present one follows.  ``conditions`` undo an announcement without a day.
    """

    texts: re.Pattern[str]
    changes: re.Pattern[str]
    pronouns: re.Pattern[str]
    joints: re.Pattern[str]
    effective: re.Pattern[str]
    updated: re.Pattern[str]
    until: re.Pattern[str]
    effect: re.Pattern[str]
    updating: re.Pattern[str]
    will_update: re.Pattern[str]
    done: re.Pattern[str]
    here: re.Pattern[str]
    current_below: re.Pattern[str]
    new: re.Pattern[str]
    conditions: re.Pattern[str]
    outside: re.Pattern[str]
    relative: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class DeferWords:
    """Words that point elsewhere, the pages pointed to, and each practice's subject."""

    pointers: re.Pattern[str]
    targets: re.Pattern[str]
    topics: Mapping[str, re.Pattern[str]]


class Phrases:
    """One language's words; its patterns are compiled when first used.

    ``day_first`` orders "11/04/2024"; ``months`` are names the date parser lacks.  Of ``announcing``, ``relative``
    and ``pointing`` one literal occurs wherever an undated announcement, a relative day or a pointer does.
    """

    def __init__(self, source: SourceFile, taxonomy: Taxonomy) -> None:
        self._source = source
        dates, defers = _checked(source, taxonomy)
        self._dates, self._defers = dates, defers
        self.language = str(source.tables["language"])
        self.day_first = bool(source.tables["day-first"])
        self.months = _phrases(source, "dates.months", dates.get("months", []))
        self.announcing = frozenset(_literals(_phrases(source, "dates.updating", dates["updating"])))
        self.relative = frozenset(_literals(_phrases(source, "dates.relative", dates["relative"])))
        self.pointing = frozenset(_literals(_phrases(source, "defers.targets", defers["targets"])))

    @cached_property
    def dates(self) -> DateWords:
        keys = [field.name for field in fields(DateWords)]
        names = [key.replace("_", "-") for key in keys]
        found = [_pattern(self._source, f"dates.{name}", self._dates[name]) for name in names]
        return DateWords(**dict(zip(keys, found, strict=True)))

    @cached_property
    def defers(self) -> DeferWords:
        topics = _table(self._source, "defers", "topics")
        return DeferWords(
            _pattern(self._source, "defers.pointers", self._defers["pointers"]),
            _pattern(self._source, "defers.targets", self._defers["targets"]),
            {key: _pattern(self._source, f"defers.topics.{key}", listed) for key, listed in topics.items()},
        )


class Hinted(NamedTuple):
    """The languages in which a text may announce a change, name a relative day, or point to another page."""

    announcing: frozenset[Phrases] = frozenset()
    relative: frozenset[Phrases] = frozenset()
    pointing: frozenset[Phrases] = frozenset()


_NOT_HINTED = Hinted()


class Hints:
    """The literals of all languages, looked for in one go."""

    def __init__(self, languages: Sequence[Phrases]) -> None:
        meant: dict[str, list[tuple[int, Phrases]]] = {}
        for phrases in languages:
            for kind, literals in enumerate((phrases.announcing, phrases.relative, phrases.pointing)):
                for literal in literals:
                    meant.setdefault(literal, []).append((kind, phrases))
        self._meant = list(meant.values())
        self._automaton = AhoCorasick(list(meant), store_patterns=False)
        self._hinted = remembered(self._of_line)

    def of(self, text: str) -> Hinted:
        """What is hinted at in any line of a text."""
        if "\n" not in text:
            return self._hinted(text)
        lines = [hinted for hinted in map(self._hinted, text.split("\n")) if hinted is not _NOT_HINTED]
        return Hinted(*(frozenset().union(*kind) for kind in zip(*lines, strict=True))) if lines else _NOT_HINTED

    def _of_line(self, line: str) -> Hinted:
        found = self._automaton.find_matches_as_indexes(fold(line), overlapping=True)
        if not found:
            return _NOT_HINTED
        meant = {each for match in found for each in self._meant[match[0]]}
        return Hinted(*(frozenset(phrases for each, phrases in meant if each == kind) for kind in range(3)))


def shipped(taxonomy: Taxonomy) -> tuple[Phrases, ...]:
    """All languages' phrases.  Raises LexiconError where a file is malformed."""
    names = sorted(entry.name for entry in files("tracker.practices").joinpath("phrases").iterdir())
    return tuple(Phrases(read_source(f"phrases/{name}"), taxonomy) for name in names if name.endswith(".toml"))


def _checked(source: SourceFile, taxonomy: Taxonomy) -> tuple[Mapping[str, object], Mapping[str, object]]:
    """The tables dates and defers, with exactly the keys they need."""
    tables = source.tables
    if not isinstance(tables.get("language"), str) or not isinstance(tables.get("day-first"), bool):
        raise source.error("language", "language (in quotes) and day-first (true or false) must be given")
    if unknown := set(tables) - {"language", "day-first", "dates", "defers"}:
        raise source.error(sorted(unknown)[0], "unknown; there are dates and defers")
    dates, defers = _table(source, "dates"), _table(source, "defers")
    if unknown := set(_table(source, "defers", "topics")) - set(taxonomy.practices):
        raise source.error(f"defers.topics.{sorted(unknown)[0]}", "taxonomy.toml has no such practice")
    keys = {field.name.replace("_", "-") for field in fields(DateWords)}
    if wrong := keys ^ (set(dates) - {"months"}):
        raise source.error(f"dates.{sorted(wrong)[0]}", f"give exactly {', '.join(sorted(keys))}; months may be added")
    if wrong := {"pointers", "targets", "topics"} ^ set(defers):
        raise source.error(f"defers.{sorted(wrong)[0]}", "give exactly pointers, targets and topics")
    return dates, defers


def _table(source: SourceFile, *path: str) -> Mapping[str, object]:
    table: object = source.tables
    for name in path:
        table = table.get(name, {}) if isinstance(table, dict) else None
    if not isinstance(table, dict):
        raise source.error(".".join(path), "must be a table")
    return table


def _phrases(source: SourceFile, key: str, listed: object) -> tuple[str, ...]:
    if not isinstance(listed, list) or not all(isinstance(each, str) and each.strip() for each in listed):
        raise source.error(key, "must be a list of phrases in quotes")
    for each in listed:
        if each.count("(") != each.count(")"):
            raise source.error(key, f"{each!r}: a choice is written (one|other)", each)
    return tuple(fold(each) for each in listed)


def _pattern(source: SourceFile, key: str, listed: object) -> re.Pattern[str]:
    phrases = _phrases(source, key, listed)
    if not phrases:
        return _NEVER
    # Longer ones first: "effective date" before "effective".
    each = "|".join(_regex(phrase) for phrase in sorted(phrases, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{each})(?!\w)")


def _regex(phrase: str) -> str:
    parts: list[str] = []
    for piece in _PIECES.findall(phrase):
        if "..." in piece:
            parts.append(_GAP)
        elif piece.isspace():
            # After a choice that may be nothing, "(last|) updated", there need be no space.
            parts.append(_BETWEEN[:-1] + "*" if parts[-2:] == ["|", ")"] else _BETWEEN)
        elif piece == "(":
            parts.append("(?:")
        elif piece in "|)":
            parts.append(piece)
        else:
            parts.append(r"\d+" if piece == "#" else re.escape(piece))
    return "".join(parts)


def _literals(phrases: tuple[str, ...]) -> Iterator[str]:
    """The longest fixed run of words of each reading, as lower-case text holds it."""
    for phrase in phrases:
        for reading in expand(phrase):
            run = max((piece.strip() for piece in re.split(r"\.\.\.|#", reading)), key=len)
            # "we re" stands for "we're" and "we’re": its other words must do.
            yield max(run.split(), key=len) if _SHORTENED.search(run) else run
