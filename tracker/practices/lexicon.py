"""lexicon/<language>.toml → the words of one language, compiled to a tagger."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tracker.practices.folding import fold
from tracker.practices.grammar import Grammar
from tracker.practices.phrasebook import Meaning
from tracker.practices.tagging import Tagger, expand, readings, spread
from tracker.practices.taxonomy import SourceFile, Taxonomy

_TABLES = {"language", "name", "grammar", "words", "data", "regions", "audiences", "dates"}
_GRAMMAR = {"function-words", "prefixes", "suffixes", "verb-final", "verb-first", "day-first", "possessives-follow"}
_MOST = 2000  # readings of one phrase
_PHRASE = re.compile(r"[^\W_*(]|[*(]")


@dataclass(frozen=True, slots=True)
class Dates:
    """How a language introduces and writes days.  Each is a list of phrases (folded)."""

    effective: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    coming: tuple[str, ...] = ()
    until: tuple[str, ...] = ()
    since: tuple[str, ...] = ()
    months: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The words of one language.

    ``function_words`` tell the language cheaply; ``verb_final`` says that verb and negation may follow their object,
    ``verb_first`` that a subject may follow its verb.
    """

    language: str
    name: str
    tagger: Tagger
    function_words: frozenset[str]
    verb_final: bool
    verb_first: bool
    day_first: bool
    dates: Dates


def function_words(source: SourceFile) -> frozenset[str]:
    """The little words that tell a language, without compiling it."""
    listed = _table(source, "grammar").get("function-words", [])
    return frozenset(fold(word) for word in listed)


def read_lexicon(source: SourceFile, grammar: Grammar, taxonomy: Taxonomy) -> Lexicon:
    """Compile a lexicon.  Raises LexiconError naming file, line and key of the first mistake.

    A plain phrase may stand only once; one reading among a phrase's choices gives way to what stands above it.
    """
    tables = source.tables
    if unknown := set(tables) - _TABLES:
        raise source.error(sorted(unknown)[0], f"unknown; there are {', '.join(sorted(_TABLES))}")
    for key in ("language", "name"):
        if not isinstance(tables.get(key), str):
            raise source.error(key, "must be given, in quotes")
    rules = _table(source, "grammar")
    if unknown := set(rules) - _GRAMMAR:
        raise source.error(f"grammar.{sorted(unknown)[0]}", f"unknown; there are {', '.join(sorted(_GRAMMAR))}")
    tagger = Tagger(
        dict(grammar.chars),
        [fold(affix) for affix in rules.get("prefixes", [])],
        [fold(affix) for affix in rules.get("suffixes", [])],
        bool(rules.get("possessives-follow", False)),
    )
    for key, meaning, phrase in _entries(source, grammar, taxonomy):
        if readings(phrase) > _MOST:
            raise source.error(key, f"has over {_MOST} readings: write it as several phrases", phrase)
        said = expand(spread(fold(phrase)))
        for reading in said:
            if not reading:
                raise source.error(key, f"{phrase!r} can be read as no word at all", phrase)
            if (other := tagger.add(reading, meaning)) and len(said) == 1:
                stands = "+".join(":".join(filter(None, part)) for part in other)
                raise source.error(key, f"{reading!r} already stands under {stands}", phrase)
    return Lexicon(
        language=tables["language"],
        name=tables["name"],
        tagger=tagger,
        function_words=function_words(source),
        verb_final=bool(rules.get("verb-final", False)),
        verb_first=bool(rules.get("verb-first", False)),
        day_first=bool(rules.get("day-first", True)),
        dates=_dates(source),
    )


def _entries(source: SourceFile, grammar: Grammar, taxonomy: Taxonomy) -> Iterator[tuple[str, Meaning, str]]:
    """Key path, meaning and phrase of every entry; "we+use" is a word that holds a subject and its verb."""
    for name, listed in _table(source, "words").items():
        meaning = tuple((part.partition(":")[0], part.partition(":")[2]) for part in name.split("+"))
        for concept, _ in meaning:
            if concept not in grammar.chars:
                raise source.error(f"words.{name}", f"there is no concept {concept!r}; frames.toml lists them")
        for phrase in _phrases(source, f"words.{name}", listed):
            yield f"words.{name}", meaning, phrase
    vocabularies = (("data", "data", taxonomy.data), ("regions", "region", taxonomy.regions),
                    ("audiences", "audience", taxonomy.audiences))  # fmt: skip
    for table, concept, known in vocabularies:
        for value, listed in _table(source, table).items():
            if value not in known:
                raise source.error(f"{table}.{value}", f"taxonomy.toml has no such id among its {table}")
            # An id that is a concept of its own (frames.toml) keeps its value under that concept.
            meaning = ((value if value in grammar.chars else concept, value),)
            for phrase in _phrases(source, f"{table}.{value}", listed):
                yield f"{table}.{value}", meaning, phrase


def _table(source: SourceFile, name: str) -> Mapping[str, Any]:
    table = source.tables.get(name, {})
    if not isinstance(table, dict):
        raise source.error(name, "must be a table")
    return table


def _phrases(source: SourceFile, key: str, listed: Any) -> list[str]:
    if not isinstance(listed, list):
        raise source.error(key, "must be a list of phrases")
    for phrase in listed:
        if not isinstance(phrase, str) or not _PHRASE.search(phrase):
            raise source.error(key, f"{phrase!r} is no phrase; write words in quotes")
        if phrase.count("(") != phrase.count(")"):
            raise source.error(key, f"{phrase!r}: a choice is written (one|other)", phrase)
    return listed


def _dates(source: SourceFile) -> Dates:
    table = _table(source, "dates")
    known = set(Dates.__slots__)
    if unknown := set(table) - known:
        raise source.error(f"dates.{sorted(unknown)[0]}", f"unknown; there are {', '.join(sorted(known))}")
    read = {
        key: tuple(dict.fromkeys(reading for phrase in _phrases(source, f"dates.{key}", listed)
                                 for reading in expand(fold(phrase))))
        for key, listed in table.items()
    }  # fmt: skip
    return Dates(**read)
