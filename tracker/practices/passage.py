"""A sentence with its tags, and what introduces it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from tracker.practices.grammar import Grammar
from tracker.practices.lexicon import Lexicon
from tracker.practices.tagging import Tag


class Said(NamedTuple):
    """A sentence as it stands in ``text``, with what decides how it is read but for the rest of its block.

    ``lead`` introduces it; both it and ``folded`` are folded.  ``around`` holds the tags of the headings above the
    block.  ``listed`` says that it is one of a list, ``row`` that it has cells.
    """

    text: str
    folded: str
    lead: str
    around: frozenset[str]
    question: bool
    listed: bool
    row: bool


class Surroundings(Protocol):
    """The block a sentence stands in; looked at only where a frame asks for it."""

    def whole(self) -> frozenset[str]:
        """The tags of the whole block."""

    def rows(self) -> Iterable[Sequence[Tag]]:
        """The tags of each sentence of the block."""


@dataclass(frozen=True, slots=True)
class Passage:
    """``chars`` is the string of tags; the first ``prefix`` of them come from the lead-in.

    ``item`` says that it starts with a verb, ``closed`` that it ends like a sentence.
    """

    said: Said
    tags: tuple[Tag, ...]
    chars: str
    prefix: int
    draft: Surroundings
    grammar: Grammar
    lexicon: Lexicon
    item: bool
    closed: bool

    @property
    def own(self) -> str:
        """The tags of the sentence alone."""
        return self.chars[self.prefix :]

    @property
    def block(self) -> frozenset[str]:
        """The tags of the whole block."""
        return self.draft.whole()

    def has(self, *names: str, start: int = 0, end: int | None = None) -> bool:
        """Whether a tag of these concepts or classes stands between two places."""
        return not self.grammar.unions[names].isdisjoint(self.chars[start:end])

    def places(self, *names: str, start: int = 0, end: int | None = None) -> list[int]:
        """The places of these concepts."""
        wanted = self.grammar.unions[names]
        start = max(0, start)
        return [i for i, char in enumerate(self.chars[start:end], start) if char in wanted]

    def at(self, index: int, *names: str) -> bool:
        """Whether the tag at a place (which may lie outside) is of these concepts."""
        return 0 <= index < len(self.chars) and self.chars[index] in self.grammar.unions[names]

    def we(self, index: int) -> bool:
        """Whether the service acts here: "we", or a verb that carries it (value "we")."""
        return self.at(index, "we") or (0 <= index < len(self.tags) and self.tags[index].value == "we")

    def next(self, index: int) -> int:
        """The first place after ``index`` that is no adverb or comma."""
        index += 1
        while self.at(index, "adv", ","):
            index += 1
        return index
