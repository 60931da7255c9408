"""Words → tags: every word or phrase of a lexicon becomes one tag; frames are read over the tags.

A tag is one private-use character per concept, so that a sentence is a short string and a frame a regular
expression over it.  Phrases are found in a trie of words, the longest first; the work is linear in the words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

WORD = "w"  # a word of no concept
NUMBER = "n"
COMMA, SEMICOLON, COLON, OPEN, CLOSE = ",", ";", ":", "(", ")"
_TOKEN = re.compile(r"https?://\S+|www\.\S+|\S+@\S+\.\S+|[^\W\d_]+|\d+|[,;:()—–،؛]")
_PHRASE_WORD = re.compile(r"\*?[^\W\d_]+\*?|\d+|\*")
_PUNCTUATION = {",": ",", "،": ",", "—": ",", "–": ",", ";": ";", "؛": ";", ":": ":", "(": "(", ")": ")"}
_FIRST_TAG = 0xE000  # the private use area
_PLAIN = re.compile(r"[^()|]+")


class Tag(NamedTuple):
    """A word or phrase: its concept's character, the value it stands for ("" for none) and its place."""

    char: str
    value: str
    start: int
    end: int
    word: str


@dataclass(slots=True)
class _Node:
    following: dict[int, _Node] = field(default_factory=dict)
    concept: str = ""
    value: str = ""


def expand(phrase: str) -> list[str]:
    """ "(our|its) model(s|)" → its four readings.  Choices may be nested; brackets must balance."""
    found, _ = _alternatives(phrase, 0)
    return [" ".join(reading.split()) for reading in dict.fromkeys(found)]


def readings(phrase: str) -> int:
    """How many readings a phrase has."""
    return _count(phrase, 0)[0]


def _count(phrase: str, place: int) -> tuple[int, int]:
    total, branch = 0, 1
    while place < len(phrase) and phrase[place] != ")":
        if phrase[place] == "(":
            inner, place = _count(phrase, place + 1)
            branch *= inner
        elif phrase[place] == "|":
            total, branch = total + branch, 1
        place += 1
    return total + branch, place


def _alternatives(phrase: str, place: int) -> tuple[list[str], int]:
    """The readings up to the bracket that closes, and its place."""
    found: list[str] = []
    branch = [""]
    while place < len(phrase) and phrase[place] != ")":
        if phrase[place] == "(":
            inner, place = _alternatives(phrase, place + 1)
            branch = [before + after for before in branch for after in inner]
        elif phrase[place] == "|":
            found += branch
            branch = [""]
        else:
            text = _PLAIN.findall(phrase, place)[0]
            branch = [before + text for before in branch]
            place += len(text) - 1
        place += 1
    return found + branch, place


def words_of(phrase: str) -> list[str]:
    """The words of a folded phrase, with their wildcards; hyphens and apostrophes part words."""
    return _PHRASE_WORD.findall(phrase)


class Tagger:
    """The compiled phrases of one language."""

    def __init__(self, chars: dict[str, str], prefixes: Iterable[str] = (), suffixes: Iterable[str] = ()) -> None:
        self._chars = chars
        self._prefixes = tuple(sorted(prefixes, key=len, reverse=True))
        self._suffixes = tuple(sorted(suffixes, key=len, reverse=True))
        self._root = _Node()
        self._ids: dict[str, int] = {}
        self._wild: list[tuple[str, int]] = []
        self._known: dict[str, tuple[int, ...]] = {}

    @property
    def joins(self) -> bool:
        """Whether the language joins little words to others, so that a word's beginning is not a token's."""
        return bool(self._prefixes or self._suffixes)

    def add(self, phrase: str, concept: str, value: str) -> tuple[str, str] | None:
        """Enter one expanded, folded phrase.  Returns the concept and value it already had, if another."""
        node = self._root
        for word in words_of(phrase):
            node = node.following.setdefault(self._identify(word), _Node())
        if node.concept and (node.concept, node.value) != (concept, value):
            return node.concept, node.value
        node.concept, node.value = concept, value
        return None

    def _identify(self, word: str) -> int:
        if word not in self._ids:
            self._ids[word] = len(self._ids) + 1
            if "*" in word:
                self._wild.append((word, self._ids[word]))
        return self._ids[word]

    def tags(self, text: str, start: int, end: int) -> list[Tag]:
        """The tags of a stretch of folded text, in order."""
        tokens = [(found[0], found.start(), found.end()) for found in _TOKEN.finditer(text, start, end)]
        known, lookup = self._known, self._lookup
        ids = [known[token] if token in known else lookup(token) for token, _, _ in tokens]
        found: list[Tag] = []
        index = 0
        count = len(tokens)
        while index < count:
            token, a, b = tokens[index]
            if ids[index]:
                node, last = self._longest(ids, index)
                if node is not None:
                    b = tokens[last][2]
                    found.append(Tag(self._chars[node.concept], node.value, a, b, text[a:b]))
                    index = last + 1
                    continue
            found.append(Tag(_plain(token), "", a, b, token))
            index += 1
        return found

    def _longest(self, ids: list[tuple[int, ...]], index: int) -> tuple[_Node | None, int]:
        best: tuple[_Node | None, int] = (None, index)
        paths = [self._root]
        place = index
        while place < len(ids):
            # An exact word comes first among a token's ids, so its phrases win over a wildcard's of the same length.
            paths = [node.following[i] for node in paths for i in ids[place] if i in node.following]
            if not paths:
                break
            for node in paths:
                if node.concept:
                    best = (node, place)
                    break
            place += 1
        return best

    def _lookup(self, token: str) -> tuple[int, ...]:
        known = self._known.get(token)
        if known is None:
            known = self._resolve(token)
            if len(self._known) < 200_000:
                self._known[token] = known
        return known

    def _resolve(self, token: str) -> tuple[int, ...]:
        direct = self._direct(token)
        if direct or not (self._prefixes or self._suffixes) or not token.isalpha():
            return direct
        for prefix in (*self._prefixes, ""):
            if prefix and not (token.startswith(prefix) and len(token) - len(prefix) >= 3):
                continue
            stem = token[len(prefix) :]
            for suffix in ("", *self._suffixes):
                if suffix and not (stem.endswith(suffix) and len(stem) - len(suffix) >= 3):
                    continue
                bare = stem[: len(stem) - len(suffix)]
                if bare != token and (direct := self._direct(bare)):
                    return direct
        return ()

    def _direct(self, token: str) -> tuple[int, ...]:
        exact = self._ids.get(token)
        wild = [
            (len(pattern), i)
            for pattern, i in self._wild
            if len(pattern) > 1 and _fits(pattern, token)
        ]
        found = ([exact] if exact else []) + [i for _, i in sorted(wild, reverse=True)]
        return tuple(found)


def _fits(pattern: str, token: str) -> bool:
    stem = pattern.strip("*")
    if pattern[0] == "*":
        return stem in token if pattern[-1] == "*" else token.endswith(stem) and token != stem
    return token.startswith(stem)


def _plain(token: str) -> str:
    if token in _PUNCTUATION:
        return _PUNCTUATION[token]
    return NUMBER if token.isdigit() else WORD


def tag_chars(concepts: Iterable[str]) -> dict[str, str]:
    """One character for each concept."""
    return {concept: chr(_FIRST_TAG + index) for index, concept in enumerate(concepts)}
