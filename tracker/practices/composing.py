"""Block → passages: its sentences, tagged, each with what introduces it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from tracker.model import Block, BlockKind
from tracker.practices.folding import fold_said
from tracker.practices.grammar import Grammar
from tracker.practices.lexicon import Lexicon
from tracker.practices.passage import Passage, Said, Surroundings
from tracker.practices.sentences import Sentence, sentences
from tracker.practices.tagging import Tag

_SENTENCE = 700  # tags of a sentence that are read: no frame reaches farther
_REMEMBERED = 4096  # sentences: a block's, its lead-ins and headings
_HEADINGS = 4096
_LEAD = 60  # tags of a lead-in, its last ones
_LEADING = 600  # characters of a lead-in or heading that are read
_BULLETS = ("* ", "- ", "| ", "• ")


class Row(NamedTuple):
    """A sentence's tags, and the string of their characters."""

    tags: tuple[Tag, ...]
    chars: str


class Composer:
    """Tags text in one language; what many blocks share, once."""

    def __init__(self, grammar: Grammar, lexicon: Lexicon) -> None:
        self.grammar = grammar
        self.lexicon = lexicon
        self.sentence = lru_cache(maxsize=_REMEMBERED)(self._sentence)
        self.around = lru_cache(maxsize=_HEADINGS)(self._around)
        self._verbs = grammar.tags("train", "improve", "develop", "teach", "create", "make", "to", "act")

    def passages(self, block: Block) -> list[Passage]:
        """All sentences of a block."""
        draft = Draft(self, block, sentences(block.text))
        return [draft.passage(index) for index in range(len(draft.cut))]

    def passage(self, said: Said, draft: Surroundings) -> Passage:
        """One sentence after what introduces it: a lead-in's tags come before its own."""
        row = self.sentence(said.folded)
        lead = self.sentence(said.lead)
        return Passage(
            said=said,
            tags=(*lead.tags[-_LEAD:], *row.tags),
            chars=lead.chars[-_LEAD:] + row.chars,
            prefix=min(_LEAD, len(lead.chars)),
            draft=draft,
            grammar=self.grammar,
            lexicon=self.lexicon,
            item=self._starts_with_verb(row.tags),
            closed=said.text[-1] in ".!。",
        )

    def _sentence(self, folded: str) -> Row:
        """The tags of a folded sentence."""
        tags = self.lexicon.tagger.tags(folded)[:_SENTENCE]
        return Row(tuple(tags), "".join([char for char, _, _, _ in tags]))

    def _around(self, headings: tuple[str, ...]) -> frozenset[str]:
        """The tags of headings."""
        return frozenset("".join(self.sentence(fold_said(heading[:_LEADING])).chars for heading in headings))

    def _starts_with_verb(self, row: Sequence[Tag]) -> bool:
        """A fragment such as "(e) Training the model": its subject stands above."""
        for tag in row[:4]:
            if tag.char in self._verbs:
                return True
            if tag.char not in "()n" and len(tag.word) > 1:
                return False
        return False


class Draft:
    """A block being read: its sentences, tagged one by one as they are needed."""

    def __init__(self, composer: Composer, block: Block, cut: Sequence[Sentence]) -> None:
        self.composer = composer
        self.cut = cut
        self._block = block
        self._whole: frozenset[str] | None = None

    def __iter__(self) -> Iterator[Passage]:
        return (self.passage(index) for index in range(len(self.cut)))

    def whole(self) -> frozenset[str]:
        """The tags of the whole block."""
        if self._whole is None:
            self._whole = frozenset("".join([self.composer.sentence(one.folded).chars for one in self.cut]))
        return self._whole

    def rows(self) -> Iterator[Sequence[Tag]]:
        """The tags of each sentence of the block."""
        return (self.composer.sentence(one.folded).tags for one in self.cut)

    def passage(self, index: int) -> Passage:
        """One sentence with what introduces it."""
        return self.composer.passage(self.said(index), self)

    def said(self, index: int) -> Said:
        """One sentence as it is to be read."""
        block, one = self._block, self.cut[index]
        lead = ""
        if one.lead is not None:
            lead = self.cut[one.lead].folded
        elif index == 0 and block.lead:
            lead = fold_said(block.lead[-_LEADING:])
        return Said(
            text=block.text[one.start : one.end],
            folded=one.folded,
            lead=lead,
            around=self.composer.around(block.headings[-3:]),
            question=one.question,
            listed=block.text[max(0, one.start - 2) : one.start] in _BULLETS
            or block.kind in (BlockKind.ITEM, BlockKind.ROW),
            row=block.kind is BlockKind.ROW or " | " in block.text,
        )
