"""Block → what it says: prefilter, language, sentences, frames, gates, scope."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from importlib.resources import files

from tracker.model import Block, BlockKind, Claim, Findings
from tracker.practices.answers import answer, cells, heading_question
from tracker.practices.claims import Trace, read_passage, with_ways_out
from tracker.practices.composing import Composer, Draft
from tracker.practices.deferrals import DeferralReader
from tracker.practices.folding import Folded, fold, folded
from tracker.practices.grammar import read_grammar
from tracker.practices.language import recognise
from tracker.practices.lexicon import function_words, read_lexicon
from tracker.practices.notices import NoticeReader
from tracker.practices.onset import OnsetReader
from tracker.practices.phrases import shipped
from tracker.practices.prefilter import Prefilter
from tracker.practices.sentences import Sentence, sentences
from tracker.practices.taxonomy import SourceFile, Taxonomy, read_source, read_taxonomy

_WORD = re.compile(r"[^\W\d_]+")
# How likely a gate stops something that was meant (by hand, from errors seen): weak gates first in the queue.
_LIKELY = {"no-data": 0.9, "no-context": 0.8, "no-lead": 0.6, "title": 0.6, "pointer": 0.5, "other-subject": 0.5,
           "user-duty": 0.4, "question": 0.2, "definition": 0.2}  # fmt: skip
_SHORT = 60  # characters
_RECOGNISED = 500  # characters by which a block's language is recognised
_LINE = 200  # characters of a block's first line
_SURE, _SURER = 2, 4  # function words that settle it, with and without the document's language
_FIRST_GUESS = "en"


@dataclass(frozen=True, slots=True)
class Near:
    """A possible miss.  ``score`` orders the queue; ``gate`` stopped a frame, None: no frame matched."""

    practice: str
    sentence: str
    score: float
    gate: str | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a block says what it says."""

    language: str | None
    traces: tuple[Trace, ...]
    findings: Findings


class Detector:
    """Reads practices out of blocks.  ``version`` changes whenever rules, words or code change what is found."""

    def __init__(
        self, taxonomy: Taxonomy, grammar: SourceFile, lexicons: Mapping[str, SourceFile], version: str
    ) -> None:
        self.taxonomy = taxonomy
        self.version = version
        self._sources = (grammar, lexicons)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages (ISO 639-1) that have a lexicon."""
        return tuple(self._sources[1])

    @cached_property
    def _engine(self) -> _Engine:
        """Compiled when the first block is read: commands that read none need not wait for it."""
        grammar, lexicons = self._sources
        return _Engine(self.taxonomy, grammar, lexicons)

    def read(self, block: Block, language: str | None = None) -> Findings:
        """What the block says.  ``language`` is the document's: a prior, the block's own is recognised."""
        return self._engine.read(block, language)[0]

    def read_all(self, blocks: Iterable[Block], language: str | None = None) -> list[Findings]:
        """What each block says."""
        return [self.read(block, language) for block in blocks]

    def explain(self, block: Block, language: str | None = None) -> Explanation:
        """The same, with every frame that matched and the gate that stopped it."""
        findings, traces = self._engine.read(block, language)
        return Explanation(findings.language, tuple(traces), findings)

    def near(self, blocks: Iterable[Block], language: str | None = None) -> list[Near]:
        """Sentences that name what a practice is about and became no claim of it, the likeliest misses first.

        A frame that matched and was stopped comes before words that stand together without a frame.
        """
        found: dict[tuple[str, str], Near] = {}
        for block in blocks:
            findings, traces = self._engine.read(block, language)
            claimed = {(claim.practice, claim.start) for claim in findings.claims}
            for trace in traces:
                if trace.gate and (trace.practice, trace.start) not in claimed:
                    one = Near(trace.practice, trace.sentence, _LIKELY.get(trace.gate, 0.5), trace.gate)
                    found.setdefault((one.practice, one.sentence), one)
            for practice, sentence in self._engine.unmatched(block, findings, {trace.start for trace in traces}):
                found.setdefault((practice, sentence), Near(practice, sentence, 0.3, None))
        return sorted(found.values(), key=lambda one: (-one.score, one.practice, one.sentence))


@dataclass(frozen=True, slots=True)
class _Tongue:
    """One language, compiled."""

    prefilter: Prefilter
    composer: Composer
    onset: OnsetReader


class _Engine:
    """The compiled rules and words."""

    def __init__(self, taxonomy: Taxonomy, grammar: SourceFile, sources: Mapping[str, SourceFile]) -> None:
        self._taxonomy = taxonomy
        self._grammar = read_grammar(grammar, taxonomy)
        self._sources = sources
        self._function_words = {name: function_words(source) for name, source in sources.items()}
        self._tongues: dict[str, _Tongue] = {}
        self._notices = NoticeReader(shipped(taxonomy))
        self._deferrals = DeferralReader(shipped(taxonomy))

    def tongue(self, language: str) -> _Tongue:
        """A language's rules and words, compiled when its first block is read."""
        if language not in self._tongues:
            lexicon = read_lexicon(self._sources[language], self._grammar, self._taxonomy)
            self._tongues[language] = _Tongue(
                prefilter=Prefilter(self._grammar, {language: lexicon}),
                composer=Composer(self._grammar, lexicon),
                onset=OnsetReader(language, lexicon.dates.since, lexicon.day_first),
            )
        return self._tongues[language]

    def unmatched(self, block: Block, findings: Findings, seen: set[int]) -> Iterable[tuple[str, str]]:
        """Sentences that hold a word of each of a frame's groups, without an order any frame knows."""
        if findings.language is None:
            return
        for passage in self.tongue(findings.language).composer.passages(block):
            own = set(passage.chars[passage.prefix :])
            if passage.start in seen or passage.question:
                continue
            for frame in self._grammar.frames:
                if all(self._grammar.tags(*group) & own for group in frame.anchors) and len(frame.anchors) > 1:
                    yield frame.practice, block.text[passage.start : passage.end]

    def read(self, block: Block, prior: str | None) -> tuple[Findings, list[Trace]]:
        """What the block claims, what it says of its own text, and what it leaves to other pages."""
        findings, traces = self._read(block, prior)
        language = findings.language or prior
        notices = self._notices.read(block.text, language)
        if block.kind is not BlockKind.HEADING:
            notices += self._deferrals.read(block.text, {claim.practice for claim in findings.claims}, language)
        return (replace(findings, notices=notices) if notices else findings), traces

    def _read(self, block: Block, prior: str | None) -> tuple[Findings, list[Trace]]:
        language = None if block.kind is BlockKind.HEADING else self._language(block, prior)
        if language is None:
            return Findings(), []
        tongue = self.tongue(language)
        above = 0
        for piece in _above(block):
            above |= tongue.prefilter.mask_above(piece)
        candidates = tongue.prefilter.decide(tongue.prefilter.mask(block.text) | above).get(language)
        if not candidates:
            return Findings(language=language), []
        text = folded(block.text)
        cut = sentences(block.text)
        shares = self._shares(text, cut, tongue.prefilter, language, above)
        if not any(shares):
            return Findings(language=language), []
        draft = tongue.composer.draft(block, text, cut)
        claims, traces = self._claims(block, draft, shares, candidates)
        claims = [_dated(claim, text, tongue.onset) for claim in with_ways_out(claims, draft)]
        return Findings(claims=tuple(claims), language=language), traces

    def _shares(
        self, text: Folded, cut: Sequence[Sentence], prefilter: Prefilter, language: str, above: int
    ) -> list[frozenset[int]]:
        """The frames each sentence can match, by its own words and those of what introduces it."""
        masks = [
            prefilter.mask_folded(text.text[text.at_or_after(one.start) : text.at_or_after(one.end)]) for one in cut
        ]
        found = []
        for index, one in enumerate(cut):
            introduced = above | (masks[one.lead] if one.lead is not None else 0)
            if index and cut[index - 1].question:
                introduced |= masks[index - 1]
            found.append(prefilter.decide(masks[index] | introduced).get(language, frozenset()))
        return found

    def _claims(
        self, block: Block, draft: Draft, shares: Sequence[frozenset[int]], candidates: frozenset[int]
    ) -> tuple[list[Claim], list[Trace]]:
        composer = draft.composer
        every = [self._grammar.frames[number] for number in sorted(candidates)]
        claims: list[Claim] = cells(block, composer, every) if " | " in block.lead else []
        traces: list[Trace] = []
        question = heading_question(block, composer)
        for index, numbers in enumerate(shares):
            if numbers:
                passage = draft.passage(index)
                frames = [self._grammar.frames[number] for number in sorted(numbers)]
                found, seen = read_passage(block.text, passage, frames)
                if question is not None and not passage.question:
                    known = {claim.practice for claim in found}
                    found += [one for one in answer(block.text, question, passage, frames) if one.practice not in known]
                claims += found
                traces += seen
            question = draft.passage(index) if draft.cut[index].question else None
        return claims, traces

    def _language(self, block: Block, prior: str | None) -> str | None:
        """The language of a block.  Function words of the document's language in its first line settle it."""
        home = prior.split("-")[0].lower() if prior else _FIRST_GUESS
        known = self._function_words.get(home)
        if known and len(known.intersection(block.text[:_LINE].lower().split())) >= (_SURE if prior else _SURER):
            return home
        said = block.text if len(block.text) >= _SHORT else " ".join((block.text, *_above(block)))
        words = _WORD.findall(fold(said[:_RECOGNISED]))
        return recognise(words, said, self._function_words, home if prior else None)


def _dated(claim: Claim, text: Folded, onset: OnsetReader) -> Claim:
    """The claim with the day from which its sentence says it holds."""
    said = text.text[text.at_or_after(claim.start) : text.at_or_after(claim.end)]
    return replace(claim, from_date=onset.read(said))


def _above(block: Block) -> tuple[str, ...]:
    return (block.lead, *block.headings[-1:]) if block.lead else block.headings[-1:]


@cache
def detector() -> Detector:
    """The detector over the shipped data.  Raises LexiconError where they are malformed."""
    room = files("tracker.practices").joinpath("lexicon")
    names = sorted(entry.name for entry in room.iterdir() if entry.name.endswith(".toml"))
    lexicons = {name.removesuffix(".toml"): read_source(f"lexicon/{name}") for name in names}
    return Detector(read_taxonomy(), read_source("frames.toml"), lexicons, _version())


def _version() -> str:
    """A digest of everything that decides what is found: the data files and the code beside them."""
    digest = hashlib.sha256()
    room = files("tracker.practices")
    for folder in (room, room.joinpath("lexicon"), room.joinpath("phrases")):
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
            if entry.name.endswith((".toml", ".py")):
                digest.update(entry.name.encode() + b"\0" + entry.read_bytes())
    return digest.hexdigest()[:16]
