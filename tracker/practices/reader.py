"""Block → claims, in one language: its sentences, the frames each can match, and what they find."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache, reduce
from operator import or_
from typing import NoReturn

from tracker.model import Block, Claim
from tracker.practices.answers import answer, asks, cells, heading_question
from tracker.practices.claims import NOTHING, Reading, Trace, read_passage, with_ways_out
from tracker.practices.composing import Composer, Draft
from tracker.practices.folding import fold_said
from tracker.practices.grammar import Frame, Grammar
from tracker.practices.lexicon import Lexicon
from tracker.practices.memory import remembered
from tracker.practices.onset import OnsetReader
from tracker.practices.passage import Said
from tracker.practices.prefilter import Prefilter
from tracker.practices.scope import row_bound
from tracker.practices.sentences import Sentence, sentences

_REMEMBERED = 16_384  # sentences
_QUOTES = 8192


class _Unseen(Exception):  # noqa: N818 - caught here, never told
    """More of the block was asked for than is known of it."""


class _Apart:
    """A sentence apart from its block, of which at most the tags are known."""

    def __init__(self, whole: frozenset[str] | None) -> None:
        self._whole = whole

    def whole(self) -> frozenset[str]:
        if self._whole is None:
            raise _Unseen
        return self._whole

    def rows(self) -> NoReturn:
        raise _Unseen


class Reader:
    """Reads blocks in one language; a sentence that many versions repeat is read once."""

    def __init__(self, grammar: Grammar, lexicon: Lexicon) -> None:
        self.composer = Composer(grammar, lexicon)
        self._prefilter = Prefilter(grammar, lexicon.verb_final)
        self._cut = remembered(self._cut_of)
        self._mask = lru_cache(_REMEMBERED)(self._mask_of)
        self._onset = OnsetReader(lexicon.language, lexicon.dates.since, lexicon.day_first)
        self._apart = lru_cache(_REMEMBERED)(self._read_apart)
        self._since = lru_cache(_QUOTES)(lambda quote: self._onset.read(fold_said(quote)))
        self._above = lru_cache(_QUOTES)(lambda text: self._mask_of(fold_said(text)))

    def read(self, block: Block) -> Reading:
        """What the block claims, and every match of a frame.  The claims' offsets are those of its text."""
        cut, masks = self._cut(block.text)
        stands_above = 0
        for piece in above(block):
            stands_above |= self._above(piece)
        draft = Draft(self.composer, block, cut)
        claims: list[Claim] = []
        traces: list[Trace] = []
        if " | " in block.lead:
            near = reduce(or_, masks, stands_above)
            claims += map(self._dated, cells(block, self.composer, self._prefilter.frames(near, near)))
        asked = self._above(block.headings[-1]) if asks(block) else 0
        for index, one in enumerate(cut):
            said = masks[index]
            if one.lead is not None:
                said |= masks[one.lead]
            elif not index and block.lead:
                said |= self._above(block.lead)
            near = said | asked | stands_above
            found = self._sentence(draft, index, self._prefilter.frames(said, near))
            here = list(found.claims)
            if asked and not one.question and (frames := self._prefilter.frames(asked, near)):
                question = draft.passage(index - 1) if index else heading_question(block, self.composer)
                known = {claim.practice for claim in here}
                answered = answer(question, draft.passage(index), frames)
                here += [claim for claim in answered if claim.practice not in known]
            claims += [self._dated(claim, one.start) for claim in here]
            traces += found.traces
            asked = said if one.question else 0
        if claims and len(cut) > 1 and " | " in block.text[: cut[1].start]:
            claims = _bounded(claims, cut[1].start, row_bound(draft.passage(0)))
        return Reading(with_ways_out(claims, draft), tuple(traces)) if claims or traces else NOTHING

    def _cut_of(self, text: str) -> tuple[list[Sentence], list[int]]:
        """The sentences of a text, and the groups of tags in each."""
        cut = sentences(text)
        return cut, [self._mask(one.folded) for one in cut]

    def _mask_of(self, folded: str) -> int:
        """The groups of tags in a text."""
        return self._prefilter.mask(self.composer.sentence(folded).chars)

    def _sentence(self, draft: Draft, index: int, frames: tuple[Frame, ...]) -> Reading:
        """What one sentence claims."""
        if not frames:
            return NOTHING
        said = draft.said(index)
        found = self._apart(said, frames, None) or self._apart(said, frames, draft.whole())
        return found or read_passage(self.composer.passage(said, draft), frames)

    def _read_apart(self, said: Said, frames: tuple[Frame, ...], whole: frozenset[str] | None) -> Reading | None:
        """The same in any block, or any with these tags; None where it depends on more of it."""
        try:
            return read_passage(self.composer.passage(said, _Apart(whole)), frames)
        except _Unseen:
            return None

    def _dated(self, claim: Claim, at: int = 0) -> Claim:
        """The claim where it stands, with the day from which its sentence says it holds."""
        return replace(claim, start=claim.start + at, end=claim.end + at, from_date=self._since(claim.quote))


def _bounded(claims: list[Claim], start: int, regions: tuple[str, ...]) -> list[Claim]:
    """The claims of a table's row, those behind its first cell limited to the regions that it names."""
    if not regions:
        return claims
    return [
        claim
        if claim.start < start or claim.only_regions or claim.except_regions
        else replace(claim, only_regions=regions)
        for claim in claims
    ]


def above(block: Block) -> tuple[str, ...]:
    """What stands above a block's text: its lead-in and the nearest heading."""
    return (block.lead, *block.headings[-1:]) if block.lead else block.headings[-1:]
