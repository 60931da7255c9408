"""Block → what it says: prefilter, language, sentences, frames, gates, scope."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib.resources import files

from tracker.model import Block, BlockKind, Findings
from tracker.practices.claims import NOTHING, Trace
from tracker.practices.deferrals import read_deferrals
from tracker.practices.grammar import read_grammar
from tracker.practices.language import RECOGNISED, recognise, unread
from tracker.practices.lexicon import function_words, read_lexicon
from tracker.practices.notices import NoticeReader
from tracker.practices.phrases import Hints, shipped
from tracker.practices.reader import Reader, above
from tracker.practices.taxonomy import SourceFile, Taxonomy, read_source, read_taxonomy

# How likely a gate stops something that was meant (by hand, from errors seen): weak gates first in the queue.
_LIKELY = {"no-data": 0.9, "no-context": 0.8, "no-lead": 0.6, "title": 0.6, "pointer": 0.5, "other-subject": 0.5,
           "user-duty": 0.4, "question": 0.2, "definition": 0.2}  # fmt: skip
_SHORT = 60  # characters
_REMEMBERED = 16_384  # beginnings of texts whose language is remembered
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

    def unread(self, blocks: Iterable[Block]) -> str | None:
        """The language (ISO 639-1) that a text is mostly in, if it has no lexicon; None where it is read."""
        return unread((block.text for block in blocks if block.kind is not BlockKind.HEADING), self.languages)

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
            claimed = {(claim.practice, claim.quote) for claim in findings.claims}
            for trace in traces:
                if trace.gate and (trace.practice, trace.sentence) not in claimed:
                    one = Near(trace.practice, trace.sentence, _LIKELY.get(trace.gate, 0.5), trace.gate)
                    found.setdefault((one.practice, one.sentence), one)
            for practice, sentence in self._engine.unmatched(block, findings, {trace.sentence for trace in traces}):
                found.setdefault((practice, sentence), Near(practice, sentence, 0.3, None))
        return sorted(found.values(), key=lambda one: (-one.score, one.practice, one.sentence))


class _Engine:
    """The compiled grammar, and each language's words from the time they are first needed."""

    def __init__(self, taxonomy: Taxonomy, grammar: SourceFile, sources: Mapping[str, SourceFile]) -> None:
        self._taxonomy = taxonomy
        self._grammar = read_grammar(grammar, taxonomy)
        self._sources = sources
        self._function_words = {name: function_words(source) for name, source in sources.items()}
        self._recognised = lru_cache(_REMEMBERED)(self._recognise)
        self._readers: dict[str, Reader] = {}
        self._silent = {name: Findings(language=name) for name in (None, *sources)}
        spoken = shipped(taxonomy)
        self._hints = Hints(spoken)
        self._notices = NoticeReader(spoken)

    def reader(self, language: str) -> Reader:
        """A language's rules and words, compiled when its first block is read."""
        if language not in self._readers:
            lexicon = read_lexicon(self._sources[language], self._grammar, self._taxonomy)
            self._readers[language] = Reader(self._grammar, lexicon)
        return self._readers[language]

    def unmatched(self, block: Block, findings: Findings, seen: set[str]) -> Iterable[tuple[str, str]]:
        """Sentences that hold a word of each of a frame's groups, without an order any frame knows."""
        if findings.language is None:
            return
        for passage in self.reader(findings.language).composer.passages(block):
            if passage.said.text in seen or passage.said.question:
                continue
            for frame in self._grammar.frames:
                groups = [self._grammar.tags(*group) for group in frame.anchors]
                if len(groups) > 1 and not any(group.isdisjoint(passage.own) for group in groups):
                    yield frame.practice, passage.said.text

    def read(self, block: Block, prior: str | None) -> tuple[Findings, Sequence[Trace]]:
        """What the block claims, what it says of its own text, and what it leaves to other pages."""
        language = None if block.kind is BlockKind.HEADING else self._language(block, prior)
        claims, traces = self.reader(language).read(block) if language else NOTHING
        told = language or prior
        hinted = self._hints.of(block.text)
        notices = self._notices.read(block.text, hinted, told)
        if block.kind is not BlockKind.HEADING and hinted.pointing:
            notices += read_deferrals(block.text, hinted, {claim.practice for claim in claims}, told)
        if claims or notices:
            return Findings(claims=claims, language=language, notices=notices), traces
        return self._silent[language], traces

    def _language(self, block: Block, prior: str | None) -> str | None:
        """The language of a block.  Function words of the document's language in its first line settle it."""
        home = prior.split("-")[0].lower() if prior else _FIRST_GUESS
        known = self._function_words.get(home)
        if known and len(known.intersection(block.text[:_LINE].lower().split())) >= (_SURE if prior else _SURER):
            return home
        said = block.text if len(block.text) >= _SHORT else " ".join((block.text, *above(block)))
        return self._recognised(said[:RECOGNISED], home if prior else None)

    def _recognise(self, said: str, home: str | None) -> str | None:
        return recognise(said, self._function_words, home)


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
