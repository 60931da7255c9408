"""Words → tags: every word or phrase of a lexicon becomes one tag; frames are read over the tags.

A tag is one private-use character per concept, so that a sentence is a short string and a frame a regular
expression over it.  The longest phrase that begins at a word wins; the work is linear in the words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

WORD = "w"  # a word of no concept
NUMBER = "n"
_TOKEN = re.compile(r"https?://\S+|www\.\S+|\S+@\S+\.\S+|[^\W\d_]+|\d+|[,;:—–،؛]|\((?!\w\))|(?<!\(\w)\)")
_PUNCTUATION = {",": ",", "،": ",", "—": ",", "–": ",", ";": ";", "؛": ";", ":": ":", "(": "(", ")": ")"}
_FIRST_TAG = 0xE000  # the private use area
_PLAIN = re.compile(r"[^()|]+")
_APART = re.compile(r"[^\w()|*]|_|(?<=\d)(?=[^\W\d_])|(?<=[^\W\d_])(?=\d)")
_KEPT = 200_000  # words whose reading is remembered

# Concepts with their values, in the order in which frames are to read them: one word can hold several ("we use").
Meaning = tuple[tuple[str, str], ...]


class Tag(NamedTuple):
    """A word or phrase: its concept's character, the value it stands for ("" for none) and its place."""

    char: str
    value: str
    start: int
    end: int
    word: str


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


def spread(phrase: str) -> str:
    """A folded phrase with its words parted as a text's are: hyphens and apostrophes part words."""
    return _APART.sub(" ", phrase)


class Tagger:
    """The phrases of one language."""

    def __init__(
        self,
        chars: dict[str, str],
        prefixes: Iterable[str] = (),
        suffixes: Iterable[str] = (),
        possessives_follow: bool = False,
    ) -> None:
        self._chars = chars
        self._prefixes = tuple(sorted(prefixes, key=len, reverse=True))
        self._suffixes = tuple(sorted(suffixes, key=len, reverse=True))
        self._follow = possessives_follow
        self._phrases: dict[str, Meaning] = {}
        self._begun: set[str] = set()  # what longer phrases begin with
        self._vocabulary: set[str] = set()
        self._wild: list[tuple[str, str]] = []  # fixed part, pattern; patterns stand in phrases as they are
        self._known: dict[str, tuple[str, ...]] = {}

    @property
    def open_ends(self) -> tuple[bool, bool]:
        """Whether the language joins little words to the beginning, and to the end, of others."""
        return bool(self._prefixes), bool(self._suffixes)

    def add(self, phrase: str, meaning: Meaning) -> Meaning:
        """Enter one reading of a spread phrase.  Returns the meaning it already had, if another."""
        known = self._phrases.setdefault(phrase, meaning)
        if known != meaning:
            return known
        words = phrase.split(" ")
        said = ""
        for word in words[:-1]:
            said = f"{said} {word}" if said else word
            self._begun.add(said)
        for word in words:
            if word not in self._vocabulary:
                self._vocabulary.add(word)
                if "*" in word:
                    self._wild.append((word.strip("*"), word))
        return ()

    def tags(self, text: str, start: int, end: int) -> list[Tag]:
        """The tags of a stretch of folded text, in order."""
        tokens = [(found[0], found.start(), found.end()) for found in _TOKEN.finditer(text, start, end)]
        known, lookup = self._known, self._lookup
        words = [known[token] if token in known else lookup(token) for token, _, _ in tokens]
        found: list[Tag] = []
        index, count = 0, len(tokens)
        while index < count:
            token, a, b = tokens[index]
            if words[index]:
                meaning, last = self._longest(words, index)
                if meaning:
                    b = tokens[last][2]
                    word = text[a:b]
                    found += [Tag(self._chars[concept], value, a, b, word) for concept, value in meaning]
                    index = last + 1
                    continue
            found.append(Tag(_plain(token), "", a, b, token))
            index += 1
        return self._owned(found) if self._follow else found

    def _longest(self, words: list[tuple[str, ...]], index: int) -> tuple[Meaning, int]:
        """The longest phrase from a word on, and the place of its last word."""
        phrases, begun = self._phrases, self._begun
        meaning: Meaning = ()
        last = index
        branches: Sequence[str] = words[index]
        place = index
        while branches:
            # Every word has its exact form first: an exact phrase wins over a wildcard's of the same length.
            for said in branches:
                if said in phrases:
                    meaning, last = phrases[said], place
                    break
            place += 1
            if place == len(words) or not words[place]:
                break
            branches = [f"{said} {word}" for said in branches if said in begun for word in words[place]]
            branches = [said for said in branches if said in phrases or said in begun]
        return meaning, last

    def _owned(self, tags: list[Tag]) -> list[Tag]:
        """Where pronouns follow what they own, "we" and "you" after a noun are "our" and "your"."""
        nouns = {self._chars[name] for name in _OWNED if name in self._chars} | {WORD}
        turned = {self._chars["we"]: self._chars["our"], self._chars["you"]: self._chars["your"]}
        for index in range(1, len(tags)):
            if tags[index].char in turned and tags[index - 1].char in nouns:
                tags[index] = tags[index]._replace(char=turned[tags[index].char])
        return tags

    def _lookup(self, token: str) -> tuple[str, ...]:
        """The forms under which the lexicon knows a word: itself, its wildcards, or its stem without clitics."""
        forms = self._forms(token)
        if not forms and any(self.open_ends) and token.isalpha():
            forms = self._stem(token)
        if len(self._known) < _KEPT:
            self._known[token] = forms
        return forms

    def _stem(self, token: str) -> tuple[str, ...]:
        for prefix in (*self._prefixes, ""):
            if prefix and not (token.startswith(prefix) and len(token) - len(prefix) >= 3):
                continue
            stem = token[len(prefix) :]
            for suffix in ("", *self._suffixes):
                if suffix and not (stem.endswith(suffix) and len(stem) - len(suffix) >= 3):
                    continue
                bare = stem[: len(stem) - len(suffix)]
                if bare != token and (forms := self._forms(bare)):
                    return forms
        return ()

    def _forms(self, token: str) -> tuple[str, ...]:
        exact = (token,) if token in self._vocabulary else ()
        wild = [pattern for fixed, pattern in self._wild if fixed in token and _fits(pattern, fixed, token)]
        return exact + tuple(sorted(wild, key=len, reverse=True))


_OWNED = (
    "data", "private-messages", "contacts", "biometric", "ai-inputs", "datum", "ai", "model", "dataset",
    "service", "third", "third-ai", "affiliate", "vendor", "user", "audience", "minors", "staff", "reviewer",
    "ad", "targeted-ad", "terms", "setting", "purpose", "consent", "owner-consent", "research", "public-web",
    "right",
)  # fmt: skip


def _fits(pattern: str, fixed: str, token: str) -> bool:
    if pattern[0] == "*":
        return pattern[-1] == "*" or (token.endswith(fixed) and token != fixed)
    return token.startswith(fixed)


def _plain(token: str) -> str:
    if token in _PUNCTUATION:
        return _PUNCTUATION[token]
    return NUMBER if token.isdigit() else WORD


def tag_chars(concepts: Iterable[str]) -> dict[str, str]:
    """One character for each concept."""
    return {concept: chr(_FIRST_TAG + index) for index, concept in enumerate(concepts)}
