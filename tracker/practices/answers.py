"""Claims made by an answer: yes or no under a question, or in a cell under a column's head."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from tracker.model import Block, Claim, Polarity
from tracker.practices.claims import Match, lacking, make_claims, matches
from tracker.practices.composing import Composer
from tracker.practices.grammar import Frame
from tracker.practices.parties import find_agent
from tracker.practices.passage import Passage
from tracker.practices.scope import read_scope

_SHORT = 7  # tags of an answer such as "We do not."


def asks(block: Block) -> bool:
    """Whether the heading of a block asks something."""
    return bool(block.headings) and block.headings[-1].rstrip(" *_").endswith(("?", "؟"))


def heading_question(block: Block, composer: Composer) -> Passage:
    """The question that heads a block."""
    return composer.passages(Block(id="", text=block.headings[-1]))[-1]


def answer(question: Passage, passage: Passage, frames: Sequence[Frame]) -> list[Claim]:
    """ "Do you train on my data? – No." claims what was asked."""
    polarity = _polarity(passage)
    if polarity is None:
        return []
    said = passage.said.text
    return [replace(claim, polarity=polarity, start=0, end=len(said), quote=said) for claim in _asked(question, frames)]


def cells(block: Block, composer: Composer, frames: Sequence[Frame]) -> list[Claim]:
    """A table's row under its header: "Direct messages | Yes | No" under "Data | Stored | Used for AI training"."""
    heads, own = block.lead.split(" | "), block.text.split(" | ")
    if len(heads) < 2 or len(heads) != len(own) or not frames:
        return []
    found: list[Claim] = []
    first = composer.passages(Block(id="", text=own[0]))
    data = tuple(tag.value for one in first for tag in one.tags if tag.char in composer.grammar.tags("data"))
    for head, cell in zip(heads, own, strict=True):
        said = composer.passages(Block(id="", text=cell))
        polarity = _polarity(said[0]) if said else None
        if polarity is not None:
            for passage in composer.passages(Block(id="", text=head)):
                claims = _asked(passage, frames)
                found += [
                    replace(claim, polarity=polarity, data=data, start=0, end=len(block.text), quote=block.text)
                    for claim in claims
                ]
    return found


def _asked(question: Passage, frames: Sequence[Frame]) -> Iterator[Claim]:
    """The practices a question or a column's head names, each once."""
    known = set()
    for frame, start, verb, end in matches(question, frames):
        asker = any(question.tags[i].value == "asker" for i in question.places("you", end=verb))
        if asker or lacking(frame, question) not in (None, "no-data"):
            continue
        match = Match(frame, start, verb, end, find_agent(question, verb, end))
        scope = read_scope(question, match.agent, match.start, match.verb, match.end)
        for claim in make_claims(question, match, scope):
            if (claim.practice, claim.actor) not in known:
                known.add((claim.practice, claim.actor))
                yield claim


def _polarity(passage: Passage) -> Polarity | None:
    """Whether a sentence that follows a question says yes or no."""
    if passage.at(passage.prefix, "yes"):
        return Polarity.ASSERTS
    if passage.at(passage.prefix, "if") and (len(passage.own) == 1 or passage.at(passage.prefix + 1, ",", "unless")):
        return Polarity.ASSERTS  # "Sí, …": without its accent it reads like "si"
    if passage.at(passage.prefix, "no"):
        return Polarity.DENIES
    short = len(passage.own) <= _SHORT and not passage.has("data", "datum", "optout", "only", start=passage.prefix)
    return Polarity.DENIES if short and passage.has("not", start=passage.prefix) else None
