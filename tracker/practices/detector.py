"""Block → what it says: prefilter, language, sentences, frames, gates, scope."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from tracker.model import Actor, Block, BlockKind, Claim, Findings, Models, Polarity, Source
from tracker.practices.folding import Folded, fold, folded
from tracker.practices.gates import gate
from tracker.practices.grammar import Frame, Grammar, read_grammar
from tracker.practices.language import recognise
from tracker.practices.lexicon import Lexicon, read_lexicon
from tracker.practices.parties import find_agent
from tracker.practices.passage import TAGS, Passage
from tracker.practices.prefilter import Prefilter
from tracker.practices.scope import Scope, read_scope, ways_out
from tracker.practices.sentences import Sentence, sentences
from tracker.practices.taxonomy import Taxonomy, read_source, read_taxonomy

_WORD = re.compile(r"[^\W\d_]+")
_SHORT_ANSWER = 7  # tags of an answer such as "We do not."
_LEADING = 600  # characters of a lead-in or heading that are read


@dataclass(frozen=True, slots=True)
class Trace:
    """One match of a frame: the words it matched, and the gate that stopped it (None: it became a claim)."""

    rule: str
    practice: str
    words: str
    sentence: str
    start: int
    end: int
    gate: str | None


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
        self._around = cache(self._tags_of)

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
        above = _above(block)
        candidates = self._prefilter.candidates(block.text, above)
        if not candidates:
            return Findings(), []
        text = folded(block.text)
        language = self._recognise(text.text, block.text, prior)
        if language is None or language not in candidates:
            return Findings(language=language), []
        passages = self._passages(block, text, self._lexicons[language])
        frames = [self._grammar.frames[number] for number in sorted(candidates[language])]
        claims: list[Claim] = []
        traces: list[Trace] = []
        question = self._question(block, language)
        for passage in passages:
            found, seen = self._sentence(block, passage, frames)
            if question is not None and not passage.question:
                known = {claim.practice for claim in found}
                found += [c for c in self._answer(block, question, passage, frames) if c.practice not in known]
                question = None
            claims.extend(found)
            traces.extend(seen)
            if passage.question:
                question = passage
        return Findings(claims=_with_ways_out(claims, passages), language=language), traces

    def _question(self, block: Block, language: str) -> Passage | None:
        """The question that heads a block."""
        if not block.headings or not block.headings[-1].rstrip(" *_").endswith(("?", "؟")):
            return None
        asked = Block(id="", text=block.headings[-1])
        return self._passages(asked, folded(asked.text), self._lexicons[language])[-1]

    def _answer(self, block: Block, question: Passage, passage: Passage, frames: Iterable[Frame]) -> list[Claim]:
        """ "Do you train on my data? – No." claims what was asked."""
        polarity = _answers(passage)
        if polarity is None:
            return []
        claims: dict[tuple[str, Actor], Claim] = {}
        for frame in frames:
            for match in frame.pattern.finditer(question.chars):
                verb = match.start("v") if "v" in frame.pattern.groupindex else match.start()
                if _evidence(frame, question) or any(
                    question.tags[i].value == "asker" for i in question.places("you", end=verb)
                ):
                    continue
                agent = find_agent(question, verb, match.end())
                scope = read_scope(question, agent, match.start(), verb, match.end())
                scope = replace(scope, polarity=polarity)
                for actor in _actors(frame, question, agent.actors or (Actor.SERVICE,), match.start(), match.end()):
                    claim = _claim(block, question, frame, scope, actor, match.start(), match.end())
                    claim = replace(
                        claim, start=passage.start, end=passage.end, quote=block.text[passage.start : passage.end]
                    )
                    claims.setdefault((claim.practice, actor), claim)
        return list(claims.values())

    def _recognise(self, plain: str, text: str, prior: str | None) -> str | None:
        words = _WORD.findall(plain[:2000])
        candidates = {name: lexicon.function_words for name, lexicon in self._lexicons.items()}
        prior = prior.split("-")[0].lower() if prior else None
        return recognise(words, text, candidates, prior)

    def _passages(self, block: Block, text: Folded, lexicon: Lexicon) -> list[Passage]:
        """The block's sentences with their tags; a lead-in's tags come before those of what it leads in."""
        cut = sentences(block.text)
        tags = [lexicon.tagger.tags(text.text, *_places(text, sentence))[:TAGS] for sentence in cut]
        whole = "".join(tag.char for row in tags for tag in row)
        above = "".join(self._around(heading, lexicon.language)[1] for heading in block.headings[-3:])
        leading = self._around(block.lead, lexicon.language)[0] if block.lead else ()
        found = []
        for sentence, row in zip(cut, tags, strict=True):
            lead = tuple(tags[sentence.lead])[-60:] if sentence.lead is not None else ()
            if not lead and sentence.line == 0 and sentence is cut[0]:
                lead = leading
            joined = (*lead, *row)
            found.append(
                Passage(
                    tags=joined,
                    chars="".join(tag.char for tag in joined),
                    prefix=len(lead),
                    start=sentence.start,
                    end=sentence.end,
                    question=sentence.question,
                    around=above,
                    block=whole,
                    grammar=self._grammar,
                    lexicon=lexicon,
                    item=block.kind in (BlockKind.ITEM, BlockKind.ROW) or block.text[sentence.start - 2 : sentence.start] in ("* ", "- ", "| "),
                )
            )
        return found

    def _tags_of(self, text: str, language: str) -> tuple[tuple[object, ...], str]:
        tags = tuple(self._lexicons[language].tagger.tags(fold(text[-_LEADING:]), 0, _LEADING * 2))[-60:]
        return tags, "".join(tag.char for tag in tags)

    def _sentence(self, block: Block, passage: Passage, frames: Iterable[Frame]) -> tuple[list[Claim], list[Trace]]:
        claims: dict[tuple[str, Polarity, Actor], Claim] = {}
        traces: list[Trace] = []
        for frame in frames:
            for match in frame.pattern.finditer(passage.chars):
                if match.end() <= passage.prefix:
                    continue
                verb = match.start("v") if "v" in frame.pattern.groupindex else match.start()
                stopped = _evidence(frame, passage)
                agent = find_agent(passage, verb, match.end())
                stopped = stopped or gate(passage, frame, agent, match.start(), verb, match.end())
                traces.append(_trace(block, passage, frame, match.start(), match.end(), stopped))
                if stopped:
                    continue
                scope = read_scope(passage, agent, match.start(), verb, match.end())
                for actor in _actors(frame, passage, agent.actors, match.start(), match.end()):
                    claim = _claim(block, passage, frame, scope, actor, match.start(), match.end())
                    key = (claim.practice, claim.polarity, claim.actor)
                    if key not in claims or claims[key].confidence < claim.confidence:
                        claims[key] = claim
        return list(claims.values()), traces


def _answers(passage: Passage) -> Polarity | None:
    """Whether a sentence that follows a question says yes or no."""
    if passage.at(passage.prefix, "yes"):
        return Polarity.ASSERTS
    if passage.at(passage.prefix, "no"):
        return Polarity.DENIES
    own = passage.chars[passage.prefix :]
    short = len(own) <= _SHORT_ANSWER and not passage.has("data", "datum", "optout", "only", start=passage.prefix)
    return Polarity.DENIES if short and passage.has("not", start=passage.prefix) else None


def _above(block: Block) -> tuple[str, ...]:
    return (block.lead[-_LEADING:], *block.headings[-1:]) if block.lead else block.headings[-1:]


def _places(text: Folded, sentence: Sentence) -> tuple[int, int]:
    if text.origin is None:
        return sentence.start, sentence.end
    return text.at_or_after(sentence.start), text.at_or_after(sentence.end)


def _evidence(frame: Frame, passage: Passage) -> str | None:
    chars = set(passage.chars)
    if frame.never & chars:
        return "other-subject"
    if frame.evidence and not frame.evidence & chars and not passage.item:
        return "no-data"
    if frame.context and not frame.context & (chars | set(passage.around) | set(passage.block)):
        return "no-context"
    return None


def _actors(frame: Frame, passage: Passage, actors: tuple[Actor, ...], start: int, end: int) -> tuple[Actor, ...]:
    if frame.actor:
        return (Actor(frame.actor),)
    if frame.practice != "ai-training":
        return (Actor.SERVICE,)
    owner = None
    for i in passage.places("our", "their", start=start, end=end):
        owner = passage.chars[i]
    if actors == (Actor.THIRD_PARTY,) and owner is not None and owner in passage.grammar.tags("our"):
        return (Actor.SERVICE,)
    return actors


def _claim(
    block: Block, passage: Passage, frame: Frame, scope: Scope, actor: Actor, start: int, end: int
) -> Claim:
    training = frame.practice == "ai-training"
    return Claim(
        practice=frame.practice,
        polarity=Polarity(frame.polarity) if frame.polarity else scope.polarity,
        actor=actor,
        quote=block.text[passage.start : passage.end],
        start=passage.start,
        end=passage.end,
        rule=f"{passage.lexicon.language}.{frame.id}",
        confidence=frame.confidence,
        models=_models(passage, start, end) if training else None,
        source=_source(passage) if training else None,
        conditional=scope.conditional,
        data=scope.data,
        except_data=scope.except_data,
        only_regions=scope.only_regions,
        except_regions=scope.except_regions,
        only_audiences=scope.only_audiences,
        except_audiences=scope.except_audiences,
    )


def _models(passage: Passage, start: int, end: int) -> Models:
    values = {passage.tags[i].value for i in passage.places("ai", start=start, end=end + 6)}
    if "generative" in values:
        return Models.GENERATIVE
    if passage.has("otherwise", start=start, end=end + 6):
        return Models.OTHER
    return Models.UNSPECIFIED


def _source(passage: Passage) -> Source | None:
    public = passage.has("public-web")
    members = passage.has("your", "data", "user", "datum")
    if public:
        return Source.BOTH if passage.has("your", "data", "user") else Source.PUBLIC_WEB
    return Source.MEMBERS if members else None


def _with_ways_out(claims: list[Claim], passages: Sequence[Passage]) -> tuple[Claim, ...]:
    if not claims:
        return ()
    whole = ways_out(passages)
    return tuple(replace(claim, opt_out=whole) if claim.practice == "ai-training" else claim for claim in claims)


def _trace(block: Block, passage: Passage, frame: Frame, start: int, end: int, stopped: str | None) -> Trace:
    words = [tag for tag in passage.tags[max(start, passage.prefix) : end]]
    del words
    return Trace(
        rule=f"{passage.lexicon.language}.{frame.id}",
        practice=frame.practice,
        words=passage.chars[start:end],
        sentence=block.text[passage.start : passage.end],
        start=passage.start,
        end=passage.end,
        gate=stopped,
    )


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
