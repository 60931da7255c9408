"""Block → passages: its sentences, tagged, each with what introduces it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from tracker.model import Block, BlockKind
from tracker.practices.folding import Folded, fold, folded
from tracker.practices.grammar import Grammar
from tracker.practices.lexicon import Lexicon
from tracker.practices.passage import Passage
from tracker.practices.sentences import Sentence, sentences
from tracker.practices.tagging import Tag

_SENTENCE = 700  # tags of a sentence that are read: no frame reaches farther
_REMEMBERED = 8192  # sentences
_LEAD = 60  # tags of a lead-in, its last ones
_LEADING = 600  # characters of a lead-in or heading that are read
_BULLETS = ("* ", "- ", "| ", "• ")


class Composer:
    """Tags text in one language; leads and headings, which many blocks share, once."""

    def __init__(self, grammar: Grammar, lexicon: Lexicon) -> None:
        self.grammar = grammar
        self.lexicon = lexicon
        self._sentences = lru_cache(maxsize=_REMEMBERED)(self._tag_sentence)
        self._tagged = lru_cache(maxsize=4096)(self._tag)
        self._verbs = grammar.tags("train", "improve", "develop", "teach", "create", "make", "to", "act")

    def passages(self, block: Block) -> list[Passage]:
        """All sentences of a block."""
        draft = self.draft(block, folded(block.text), sentences(block.text))
        return [draft.passage(index) for index in range(len(draft.cut))]

    def sentence(self, folded: str) -> Sequence[Tag]:
        """The tags of a folded sentence, its places counted from its beginning.  Versions repeat each other's."""
        return self._sentences(folded)

    def draft(self, block: Block, text: Folded, cut: Sequence[Sentence]) -> Draft:
        """A block whose sentences are tagged when they are asked for."""
        return Draft(self, block, text, tuple(cut))

    def tagged(self, text: str) -> tuple[Tag, ...]:
        """The tags of a lead-in or heading; many blocks share one."""
        return self._tagged(text[:_LEADING])

    def starts_with_verb(self, row: Sequence[Tag]) -> bool:
        """A fragment such as "(e) Training the model": its subject stands above."""
        for tag in row[:4]:
            if tag.char in self._verbs:
                return True
            if tag.char not in "()n" and tag.end - tag.start > 1:
                return False
        return False

    def _tag_sentence(self, folded: str) -> tuple[Tag, ...]:
        return tuple(self.lexicon.tagger.tags(folded, 0, len(folded))[:_SENTENCE])

    def _tag(self, text: str) -> tuple[Tag, ...]:
        plain = fold(text)
        return tuple(self.lexicon.tagger.tags(plain, 0, len(plain)))


class Draft:
    """A block being read: its sentences, tagged one by one as they are needed."""

    def __init__(self, composer: Composer, block: Block, text: Folded, cut: tuple[Sentence, ...]) -> None:
        self.composer = composer
        self.cut = cut
        self._block = block
        self._text = text
        self._rows: dict[int, Sequence[Tag]] = {}
        self._around: str | None = None

    def __iter__(self) -> Iterator[Passage]:
        return (self.passage(index) for index in range(len(self.cut)))

    @property
    def around(self) -> str:
        """The tags of the headings above the block."""
        if self._around is None:
            headings = self._block.headings[-3:]
            self._around = "".join(tag.char for heading in headings for tag in self.composer.tagged(heading))
        return self._around

    def whole(self) -> str:
        """The tags of the whole block."""
        return "".join(tag.char for index in range(len(self.cut)) for tag in self.row(index))

    def rows(self) -> Iterator[Sequence[Tag]]:
        """The tags of each sentence of the block."""
        return (self.row(index) for index in range(len(self.cut)))

    def row(self, index: int) -> Sequence[Tag]:
        """The tags of one sentence alone."""
        if index not in self._rows:
            one = self.cut[index]
            start, end = self._text.at_or_after(one.start), self._text.at_or_after(one.end)
            self._rows[index] = self.composer.sentence(self._text.text[start:end])
        return self._rows[index]

    def passage(self, index: int) -> Passage:
        """One sentence with what introduces it: a lead-in's tags come before its own."""
        block, one, row = self._block, self.cut[index], self.row(index)
        lead: Sequence[Tag] = ()
        if one.lead is not None:
            lead = self.row(one.lead)[-_LEAD:]
        elif index == 0 and block.lead:
            lead = self.composer.tagged(block.lead[-_LEADING:])[-_LEAD:]
        tags = (*lead, *row)
        return Passage(
            tags=tags,
            chars="".join(tag.char for tag in tags),
            prefix=len(lead),
            start=one.start,
            end=one.end,
            question=one.question,
            draft=self,
            grammar=self.composer.grammar,
            lexicon=self.composer.lexicon,
            item=self.composer.starts_with_verb(row),
            listed=block.text[max(0, one.start - 2) : one.start] in _BULLETS
            or block.kind in (BlockKind.ITEM, BlockKind.ROW),
            closed=block.text[one.end - 1] in ".!。",
            row=block.kind is BlockKind.ROW or " | " in block.text,
        )
