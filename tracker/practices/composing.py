"""Block → passages: its sentences, tagged, each with what introduces it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from tracker.model import Block, BlockKind
from tracker.practices.folding import Folded, fold, folded
from tracker.practices.grammar import Grammar
from tracker.practices.lexicon import Lexicon
from tracker.practices.passage import Passage
from tracker.practices.sentences import Sentence, sentences
from tracker.practices.tagging import Tag

_SENTENCE = 700  # tags of a sentence that are read: no frame reaches farther
_LEAD = 60  # tags of a lead-in, its last ones
_LEADING = 600  # characters of a lead-in or heading that are read
_BULLETS = ("* ", "- ", "| ", "• ")


class Composer:
    """Tags text in one language; leads and headings, which many blocks share, once."""

    def __init__(self, grammar: Grammar, lexicon: Lexicon) -> None:
        self.grammar = grammar
        self.lexicon = lexicon
        self._tagged = lru_cache(maxsize=4096)(self._tag)
        self._verbs = grammar.tags("train", "improve", "develop", "teach", "create", "make", "to", "act")

    def passages(self, block: Block, text: Folded | None = None) -> list[Passage]:
        """The block's sentences; a lead-in's tags come before those of what it leads in."""
        text = text or folded(block.text)
        cut = sentences(block.text)
        rows = [self.lexicon.tagger.tags(text.text, *_places(text, one))[:_SENTENCE] for one in cut]
        whole = "".join(tag.char for row in rows for tag in row)
        above = "".join(tag.char for heading in block.headings[-3:] for tag in self._tagged(heading[:_LEADING]))
        return [
            self._passage(block, one, row, self._lead(block, cut, rows, index), above, whole)
            for index, (one, row) in enumerate(zip(cut, rows, strict=True))
        ]

    def _lead(
        self, block: Block, cut: Sequence[Sentence], rows: Sequence[Sequence[Tag]], index: int
    ) -> tuple[Tag, ...]:
        leading = cut[index].lead
        if leading is not None:
            return tuple(rows[leading])[-_LEAD:]
        return self._tagged(block.lead[-_LEADING:])[-_LEAD:] if index == 0 and block.lead else ()

    def _passage(
        self, block: Block, one: Sentence, row: Sequence[Tag], lead: tuple[Tag, ...], above: str, whole: str
    ) -> Passage:
        tags = (*lead, *row)
        bullet = block.text[max(0, one.start - 2) : one.start] in _BULLETS
        return Passage(
            tags=tags,
            chars="".join(tag.char for tag in tags),
            prefix=len(lead),
            start=one.start,
            end=one.end,
            question=one.question,
            around=above,
            block=whole,
            grammar=self.grammar,
            lexicon=self.lexicon,
            item=self._starts_with_verb(row),
            listed=bullet or block.kind in (BlockKind.ITEM, BlockKind.ROW),
            closed=block.text[one.end - 1] in ".!。",
            row=block.kind is BlockKind.ROW or " | " in block.text,
        )

    def _starts_with_verb(self, row: Sequence[Tag]) -> bool:
        """A fragment such as "(e) Training the model": its subject stands above."""
        for tag in row[:4]:
            if tag.char in self._verbs:
                return True
            if tag.char not in "()n" and tag.end - tag.start > 1:
                return False
        return False

    def _tag(self, text: str) -> tuple[Tag, ...]:
        plain = fold(text)
        return tuple(self.lexicon.tagger.tags(plain, 0, len(plain)))


def _places(text: Folded, sentence: Sentence) -> tuple[int, int]:
    return text.at_or_after(sentence.start), text.at_or_after(sentence.end)
