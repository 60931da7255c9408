"""Words → tags: every word or phrase of a lexicon becomes one tag; frames are read over the tags.

A tag is one private-use character per concept, so that a sentence is a short string and a frame a regular
expression over it.  The longest phrase that begins at a word wins; the work is linear in the words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple, TypeVar

from tracker.practices.phrasebook import Forms, Meaning, Phrasebook

WORD = "w"  # a word of no concept
NUMBER = "n"
# Brackets are words of their own, except those in references to law such as "6(1)(f)".
_PLAIN_TOKEN = re.compile(
    r"[^\W\d_]+|\d+|[,;:—–،؛]"
    r"|\((?!\d\)|(?:(?<=[\d)]\()|(?<=[\d)]\s\())[a-f]\))"
    r"|(?<!\(\d)(?<![\d)]\([a-f])(?<![\d)]\s\([a-f])\)"
)
_ASCII_TOKEN = re.compile(r"[a-z]+|[0-9]+|[,;:]")  # the same where neither brackets nor other letters stand
_TOKEN = re.compile(rf"https?://\S+|www\.\S+|\S+@\S+\.\S+|{_PLAIN_TOKEN.pattern}")
_PUNCTUATION = {",": ",", "،": ",", "—": ",", "–": ",", ";": ";", "؛": ";", ":": ":", "(": "(", ")": ")"}
_FIRST_TAG = 0xE000  # the private use area
_PLAIN = re.compile(r"[^()|]+")
_APART = re.compile(r"[^\w()|*]|_|(?<=\d)(?=[^\W\d_])|(?<=[^\W\d_])(?=\d)")
_KEPT = 200_000  # words whose reading is remembered

T = TypeVar("T")


class Tag(NamedTuple):
    """A word or phrase: its concept's character, and the value it stands for ("" for none).

    ``further`` says that the words are those of the tag before: they mean both.
    """

    char: str
    value: str
    word: str
    further: bool = False


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


class _Known(dict[str, T]):
    """What is known of each word; filled as words are met."""

    def __init__(self, of: Callable[[str], T]) -> None:
        super().__init__()
        self._of = of

    def __missing__(self, token: str) -> T:
        known = self._of(token)
        if len(self) < _KEPT:
            self[token] = known
        return known


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
        pairs = (("we", "our"), ("you", "your"))
        self._turned = {chars[one]: chars[other] for one, other in pairs if one in chars and other in chars}
        self._phrases = Phrasebook()
        self._vocabulary: set[str] = set()
        self._wild: dict[str, int] = {}  # patterns, which stand in phrases as they are, in their order
        self._within: list[tuple[str, str]] = []  # those open at both ends, after their fixed part
        self._longest = 0
        self._known = _Known(self._forms_of)
        self._first = _Known(lambda token: self._phrases.start[self._known[token]])
        self._said: dict[str, tuple[Tag, ...]] = {}

    def add(self, phrase: str, meaning: Meaning) -> Meaning:
        """Enter one reading of a spread phrase.  Returns the meaning it already had, if another."""
        words = phrase.split(" ")
        self._vocabulary.update(words)
        if "*" in phrase:
            for word in words:
                if "*" in word and word not in self._wild:
                    self._enter(word)
        return self._phrases.add(phrase, meaning)

    def _enter(self, pattern: str) -> None:
        self._wild[pattern] = len(self._wild)
        self._longest = max(self._longest, len(pattern))
        if pattern[0] == pattern[-1]:
            self._within.append((pattern.strip("*"), pattern))

    def tags(self, text: str) -> list[Tag]:
        """The tags of a folded text, in order."""
        tokens = tokens_of(text)
        first, forms, known = self._first, self._known, self._said
        found: list[Tag] = []
        index, count = 0, len(tokens)
        while index < count:
            said = tokens[index]
            last = place = index
            state = first[said]
            meaning = () if state is None else state.meaning
            while state is not None and state.onward:
                place += 1
                if place == count:
                    break
                state = state[forms[tokens[place]]]
                if state is not None and state.meaning:
                    meaning, last = state.meaning, place
            if last > index:
                said = " ".join(tokens[index : last + 1])
            found += known[said] if said in known else self._mean(said, meaning)
            index = last + 1
        return self._owned(found) if self._follow else found

    def _mean(self, said: str, meaning: Meaning) -> tuple[Tag, ...]:
        """The tags of a word or phrase; every text that says it shares them."""
        tags = tuple(
            Tag(self._chars[concept], value, said, place > 0) for place, (concept, value) in enumerate(meaning)
        )
        tags = tags or (Tag(_plain(said), "", said),)
        if len(self._said) < _KEPT:
            self._said[said] = tags
        return tags

    def _owned(self, tags: list[Tag]) -> list[Tag]:
        """Where pronouns follow what they own, "we" and "you" after a noun are "our" and "your"."""
        nouns = {self._chars[name] for name in _OWNED if name in self._chars} | {WORD}
        turned = self._turned
        told = {self._chars[name] for name in _TOLD if name in self._chars}
        for index in range(1, len(tags)):
            if tags[index].char == self._chars["user"] and tags[index - 1].char in told:
                tags[index] = tags[index]._replace(char=self._chars["your"])
            if tags[index].char in turned and tags[index - 1].char in nouns:
                tags[index] = tags[index]._replace(char=turned[tags[index].char])
        return tags

    def _forms_of(self, token: str) -> Forms:
        """The forms under which the lexicon knows a word: itself, its wildcards, or its stem without clitics."""
        forms = self._forms(token)
        if not forms and (self._prefixes or self._suffixes) and token.isalpha():
            forms = self._stem(token)
        return forms

    def _stem(self, token: str) -> Forms:
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

    def _forms(self, token: str) -> Forms:
        exact = (token,) if token in self._vocabulary else ()
        if not self._wild:
            return exact
        beginnings = [token[:size] for size in range(1, min(len(token), self._longest) + 1)]
        endings = [token[-size:] for size in range(1, min(len(token) - 1, self._longest) + 1)]
        spelled = [*(f"{one}*" for one in beginnings), *(f"*{one}" for one in endings)]
        wild = [pattern for pattern in spelled if pattern in self._wild]
        wild += [pattern for fixed, pattern in self._within if fixed in token]
        return exact + tuple(sorted(wild, key=lambda pattern: (-len(pattern), self._wild[pattern])))


_TOLD = ("data", "private-messages", "contacts", "biometric", "ai-inputs", "feedback", "datum")
_OWNED = (
    "data", "private-messages", "contacts", "biometric", "ai-inputs", "datum", "ai", "model", "dataset",
    "service", "third", "third-ai", "affiliate", "vendor", "user", "audience", "minors", "staff", "reviewer",
    "ad", "targeted-ad", "terms", "setting", "purpose", "consent", "owner-consent", "research", "public-web",
    "right",
)  # fmt: skip


def tokens_of(text: str) -> list[str]:
    """The words, numbers, addresses and marks of a folded text."""
    # Where none of these stands, plain tokens are all there are.
    if "@" in text or "http" in text or "www." in text:
        return _TOKEN.findall(text)
    plain = text.isascii() and "(" not in text and ")" not in text
    return (_ASCII_TOKEN if plain else _PLAIN_TOKEN).findall(text)


def _plain(token: str) -> str:
    if token in _PUNCTUATION:
        return _PUNCTUATION[token]
    return NUMBER if token.isdigit() else WORD


def tag_chars(concepts: Iterable[str]) -> dict[str, str]:
    """One character for each concept."""
    return {concept: chr(_FIRST_TAG + index) for index, concept in enumerate(concepts)}
