"""frames.toml → the concepts, and the frames as regular expressions over their tags."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tracker.practices.tagging import tag_chars
from tracker.practices.taxonomy import SourceFile, Taxonomy

TRAINING = "ai-training"
_NAME = re.compile(r"<([a-z-]+)>")
_KEYS = {
    "id",
    "practice",
    "anchors",
    "match",
    "evidence",
    "context",
    "never",
    "actor",
    "polarity",
    "confidence",
    "lead",
    "needs",
    "agent",
    "order",
    "heading",
}


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One way to say a practice; the sets hold tag characters (frames.toml explains the fields)."""

    id: str
    practice: str
    pattern: re.Pattern[str]
    anchors: tuple[tuple[str, ...], ...]  # concept names
    evidence: frozenset[str]
    context: frozenset[str]
    never: frozenset[str]
    lead: frozenset[str]
    needs: frozenset[str]
    heading: tuple[frozenset[str], ...]  # each must have a tag in a heading above
    any_agent: bool
    verb_final: bool  # only in languages whose verb may come last
    actor: str | None
    polarity: str | None
    confidence: float


class Unions(dict[tuple[str, ...], frozenset[str]]):
    """The tags of several concepts and classes together; filled as they are asked for."""

    def __init__(self, classes: Mapping[str, frozenset[str]]) -> None:
        super().__init__()
        self._classes = classes

    def __missing__(self, names: tuple[str, ...]) -> frozenset[str]:
        union = self[names] = frozenset().union(*(self._classes[name] for name in names))
        return union


@dataclass(frozen=True, slots=True)
class Grammar:
    """``chars`` maps a concept to its tag; ``classes`` a class to the tags in it, ``unions`` several."""

    chars: Mapping[str, str]
    classes: Mapping[str, frozenset[str]]
    frames: tuple[Frame, ...]
    unions: Unions

    def tags(self, *names: str) -> frozenset[str]:
        """The tag characters of concepts and classes."""
        return self.unions[names]


def read_grammar(source: SourceFile, taxonomy: Taxonomy) -> Grammar:
    """Compile the frames.  Raises LexiconError naming the file, line and frame."""
    concepts = source.tables.get("concepts")
    if not isinstance(concepts, dict):
        raise source.error("concepts", "this table is missing")
    chars = tag_chars(concepts)
    universe = frozenset(chars.values()) | frozenset("wn,;:()")
    classes: dict[str, frozenset[str]] = {name: frozenset(char) for name, char in chars.items()}
    classes |= {mark: frozenset(mark) for mark in "wn,;:()"}
    for name, members in source.tables.get("classes", {}).items():
        classes[name] = _class(source, name, members, classes, universe)
    rows = source.tables.get("frame", [])
    frames = tuple(_frame(source, row, classes, taxonomy) for row in rows)
    if len({frame.id for frame in frames}) < len(frames):
        raise source.error("frame", "two frames have the same id")
    return Grammar(chars, classes, frames, Unions(classes))


def _class(
    source: SourceFile, name: str, members: Any, classes: Mapping[str, frozenset[str]], universe: frozenset[str]
) -> frozenset[str]:
    if isinstance(members, dict) and set(members) == {"except"}:
        return universe - _union(source, f"classes.{name}", members["except"], classes)
    return _union(source, f"classes.{name}", members, classes)


def _union(source: SourceFile, key: str, names: Any, classes: Mapping[str, frozenset[str]]) -> frozenset[str]:
    if not isinstance(names, list):
        raise source.error(key, "must be a list of concepts")
    for name in names:
        if name not in classes:
            raise source.error(key, f"there is no concept {name!r}")
    return frozenset().union(*(classes[name] for name in names))


def _frame(source: SourceFile, row: Any, classes: Mapping[str, frozenset[str]], taxonomy: Taxonomy) -> Frame:
    key = f"frame.{row.get('id', '?')}"
    if unknown := set(row) - _KEYS:
        raise source.error(key, f"unknown key {', '.join(sorted(unknown))}")
    if missing := {"id", "practice", "anchors", "match"} - set(row):
        raise source.error(key, f"{', '.join(sorted(missing))} is missing")
    if row["practice"] not in taxonomy.practices:
        raise source.error(key, f"there is no practice {row['practice']!r}")
    for group in row["anchors"]:
        _union(source, key, group, classes)

    def members(name: str) -> frozenset[str]:
        return _union(source, key, row.get(name, []), classes)

    return Frame(
        id=row["id"],
        practice=row["practice"],
        pattern=compile_match(source, key, row["match"], classes),
        anchors=tuple(tuple(group) for group in row["anchors"]),
        evidence=members("evidence"),
        context=members("context"),
        never=members("never"),
        lead=members("lead"),
        needs=members("needs"),
        heading=tuple(_union(source, key, group, classes) for group in row.get("heading", [])),
        any_agent=row.get("agent") == "any",
        verb_final=row.get("order") == "verb-final",
        actor=row.get("actor"),
        polarity=row.get("polarity"),
        confidence=float(row.get("confidence", 0.9)),
    )


def compile_match(source: SourceFile, key: str, match: str, classes: Mapping[str, frozenset[str]]) -> re.Pattern[str]:
    """A match written with <concepts> as a regular expression over tags."""

    def spell(found: re.Match[str]) -> str:
        if found[1] not in classes:
            raise source.error(key, f"there is no concept {found[1]!r}")
        members = "".join(sorted(classes[found[1]]))
        return re.escape(members) if len(members) == 1 else f"[{re.escape(members)}]"

    group = match.replace("(?P<v>", "(?P\0")
    spelled = _NAME.sub(spell, group).replace("(?P\0", "(?P<v>").replace(" ", "")
    try:
        return re.compile(spelled)
    except re.error as error:
        raise source.error(key, f"match: {error}") from error
