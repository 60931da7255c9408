"""A sentence with its tags, and what introduces it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from tracker.practices.grammar import Grammar
from tracker.practices.lexicon import Lexicon
from tracker.practices.tagging import Tag


class Surroundings(Protocol):
    """What stands around a sentence; worked out only where a frame asks for it."""

    @property
    def around(self) -> str:
        """The tags of the headings above the block."""

    def whole(self) -> str:
        """The tags of the whole block."""

    def rows(self) -> Iterable[Sequence[Tag]]:
        """The tags of each sentence of the block."""


@dataclass(frozen=True, slots=True)
class Passage:
    """``chars`` is the string of tags; the first ``prefix`` of them come from the lead-in.

    ``start`` and ``end`` are offsets of the sentence in the block's own text.  ``item`` says that it starts with a
    verb, ``listed`` that it is one of a list, ``closed`` that it ends like a sentence, ``row`` that it has cells.
    """

    tags: tuple[Tag, ...]
    chars: str
    prefix: int
    start: int
    end: int
    question: bool
    draft: Surroundings
    grammar: Grammar
    lexicon: Lexicon
    item: bool = False
    listed: bool = False
    closed: bool = False
    row: bool = False

    @property
    def around(self) -> str:
        """The tags of the headings above the block."""
        return self.draft.around

    @property
    def block(self) -> str:
        """The tags of the whole block."""
        return self.draft.whole()

    def has(self, *names: str, start: int = 0, end: int | None = None) -> bool:
        """Whether a tag of these concepts or classes stands between two places."""
        wanted = self.grammar.tags(*names)
        return any(char in wanted for char in self.chars[start:end])

    def places(self, *names: str, start: int = 0, end: int | None = None) -> list[int]:
        """The places of these concepts."""
        wanted = self.grammar.tags(*names)
        stop = len(self.chars) if end is None else min(end, len(self.chars))
        return [i for i in range(max(0, start), stop) if self.chars[i] in wanted]

    def at(self, index: int, *names: str) -> bool:
        """Whether the tag at a place (which may lie outside) is of these concepts."""
        return 0 <= index < len(self.chars) and self.chars[index] in self.grammar.tags(*names)

    def we(self, index: int) -> bool:
        """Whether the service acts here: "we", or a verb that carries it (value "we")."""
        return self.at(index, "we") or (0 <= index < len(self.tags) and self.tags[index].value == "we")

    def next(self, index: int) -> int:
        """The first place after ``index`` that is no adverb or comma."""
        index += 1
        while self.at(index, "adv", ","):
            index += 1
        return index
