"""Block → what it says: prefilter, language, sentences, frames, gates, scope."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from tracker.model import Block, BlockKind, Claim, Findings
from tracker.practices.answers import answer, cells, heading_question
from tracker.practices.claims import Trace, read_passage, with_ways_out
from tracker.practices.composing import Composer
from tracker.practices.folding import folded
from tracker.practices.grammar import Grammar, read_grammar
from tracker.practices.language import recognise
from tracker.practices.lexicon import Lexicon, read_lexicon
from tracker.practices.prefilter import Prefilter
from tracker.practices.taxonomy import Taxonomy, read_source, read_taxonomy

_WORD = re.compile(r"[^\W\d_]+")
_RECOGNISED = 1500  # characters by which a block's language is recognised


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a block says what it says."""

    language: str | None
    traces: tuple[Trace, ...]
    findings: Findings


class Detector:
    """Reads practices out of blocks.  ``version`` changes whenever rules, words or code change what is found."""

    def __init__(self, taxonomy: Taxonomy, grammar: Grammar, lexicons: Sequence[Lexicon], version: str) -> None:
        self.taxonomy = taxonomy
        self.version = version
        self._grammar = grammar
        self._lexicons = {lexicon.language: lexicon for lexicon in lexicons}
        self._prefilter = Prefilter(grammar, self._lexicons)
        self._composers = {lexicon.language: Composer(grammar, lexicon) for lexicon in lexicons}
        self._function_words = {lexicon.language: lexicon.function_words for lexicon in lexicons}

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages (ISO 639-1) that have a lexicon."""
        return tuple(self._lexicons)

    def read(self, block: Block, language: str | None = None) -> Findings:
        """What the block says.  ``language`` is the document's: a prior, the block's own is recognised."""
        return self._read(block, language)[0]

    def read_all(self, blocks: Iterable[Block], language: str | None = None) -> list[Findings]:
        """What each block says."""
        return [self.read(block, language) for block in blocks]

    def explain(self, block: Block, language: str | None = None) -> Explanation:
        """The same, with every frame that matched and the gate that stopped it."""
        findings, traces = self._read(block, language)
        return Explanation(findings.language, tuple(traces), findings)

    def _read(self, block: Block, prior: str | None) -> tuple[Findings, list[Trace]]:
        if block.kind is BlockKind.HEADING:
            return Findings(), []
        candidates = self._prefilter.candidates(block.text, _above(block))
        if not candidates:
            return Findings(), []
        text = folded(block.text)
        language = self._recognise(text.text, block.text, prior)
        if language is None or language not in candidates:
            return Findings(language=language), []
        composer = self._composers[language]
        frames = [self._grammar.frames[number] for number in sorted(candidates[language])]
        passages = composer.passages(block, text)
        claims: list[Claim] = cells(block, composer, frames) if " | " in block.lead else []
        traces: list[Trace] = []
        question = heading_question(block, composer)
        for passage in passages:
            found, seen = read_passage(block.text, passage, frames)
            if question is not None and not passage.question:
                known = {claim.practice for claim in found}
                found += [one for one in answer(block.text, question, passage, frames) if one.practice not in known]
                question = None
            claims += found
            traces += seen
            if passage.question:
                question = passage
        return Findings(claims=with_ways_out(claims, passages), language=language), traces

    def _recognise(self, plain: str, text: str, prior: str | None) -> str | None:
        words = _WORD.findall(plain[:_RECOGNISED])
        prior = prior.split("-")[0].lower() if prior else None
        return recognise(words, text, self._function_words, prior)


def _above(block: Block) -> tuple[str, ...]:
    return (block.lead, *block.headings[-1:]) if block.lead else block.headings[-1:]


@cache
def detector() -> Detector:
    """The detector over the shipped data.  Raises LexiconError where they are malformed."""
    taxonomy = read_taxonomy()
    grammar = read_grammar(read_source("frames.toml"), taxonomy)
    names = sorted(entry.name for entry in files("tracker.practices").joinpath("lexicon").iterdir())
    lexicons = [
        read_lexicon(read_source(f"lexicon/{name}"), grammar, taxonomy) for name in names if name.endswith(".toml")
    ]
    return Detector(taxonomy, grammar, lexicons, _version())


def _version() -> str:
    """A digest of everything that decides what is found: the data files and the code beside them."""
    digest = hashlib.sha256()
    room = files("tracker.practices")
    for folder in (room, room.joinpath("lexicon")):
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
            if entry.name.endswith((".toml", ".py")):
                digest.update(entry.name.encode() + b"\0" + entry.read_bytes())
    return digest.hexdigest()[:16]
