"""Passage → claims: every frame that matches, the gates it passes, and what the claim carries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from tracker.model import Actor, Claim, Models, OptOut, Polarity, Source
from tracker.practices.actors import actor_of
from tracker.practices.gates import gate
from tracker.practices.grammar import TRAINING, Frame
from tracker.practices.parties import Agent, find_agent
from tracker.practices.passage import Passage
from tracker.practices.scope import Scope, read_scope, regions_left_out, ways_out

_PURPOSE = 12  # tags of a purpose that stands as a sentence: "To train our models."
_MATCHES = 8  # matches of one frame in one sentence: more say nothing new


@dataclass(frozen=True, slots=True)
class Trace:
    """One match of a frame: its words, and the gate that stopped it (None: it became a claim)."""

    rule: str
    practice: str
    words: str
    sentence: str
    gate: str | None


class Reading(NamedTuple):
    """What a sentence says, and why.  The claims' offsets are counted from its beginning."""

    claims: tuple[Claim, ...] = ()
    traces: tuple[Trace, ...] = ()


NOTHING = Reading()


@dataclass(frozen=True, slots=True)
class Match:
    """Where a frame matched a passage; ``verb`` is the tag that decides actor and polarity."""

    frame: Frame
    start: int
    verb: int
    end: int
    agent: Agent


def matches(passage: Passage, frames: Iterable[Frame]) -> Iterator[tuple[Frame, int, int, int]]:
    """Frame, start, verb and end of all matches that reach into the passage's own words."""
    for frame in frames:
        place = 0
        for _ in range(_MATCHES):
            found = frame.pattern.search(passage.chars, place)
            if found is None:
                break
            place = max(found.start() + 1, found.end())
            if found.end() > passage.prefix:
                verb = found.start("v") if "v" in frame.pattern.groupindex else found.start()
                yield frame, found.start(), verb if verb >= 0 else found.start(), found.end()
            else:
                place = found.start() + 1


def read_passage(passage: Passage, frames: Iterable[Frame]) -> Reading:
    """What one sentence claims, each practice, polarity and actor once."""
    read: list[tuple[Match, list[Claim]]] = []
    traces: list[Trace] = []
    for frame, start, verb, end in matches(passage, frames):
        stopped = "question" if passage.said.question else lacking(frame, passage)
        if stopped is None:
            match = Match(frame, start, verb, end, find_agent(passage, verb, end))
            stopped = gate(passage, frame, match.agent, start, verb, end)
            if stopped is None:
                scope = read_scope(passage, match.agent, start, verb, end)
                found = [*make_claims(passage, match, scope), *_contrasts(passage, match, scope)]
                read.append((match, found))
        traces.append(_trace(passage, frame, start, end, stopped))
    claims: dict[tuple[str, Polarity, Actor], Claim] = {}
    for match, found in read:
        if _outdone(match, found, read):
            continue
        for claim in found:
            key = (claim.practice, claim.polarity, claim.actor)
            if key not in claims or claims[key].confidence < claim.confidence:
                claims[key] = claim
    return Reading(tuple(claims.values()), tuple(traces))


def _outdone(match: Match, found: Sequence[Claim], read: Sequence[tuple[Match, list[Claim]]]) -> bool:
    """Whether another match of the same words names somebody else as who acts: the service is who is left over."""
    if match.frame.practice != TRAINING or {claim.actor for claim in found} != {Actor.SERVICE}:
        return False
    return any(
        other.frame.practice == TRAINING
        and other.start < match.end
        and match.start < other.end
        and claims
        and all(claim.actor is not Actor.SERVICE for claim in claims)
        and {claim.polarity for claim in claims} == {claim.polarity for claim in found}
        for other, claims in read
    )


def lacking(frame: Frame, passage: Passage) -> str | None:
    """What a frame needs around it and does not find; None where nothing is missing."""
    chars = set(passage.chars)
    around = passage.said.around
    if not frame.never.isdisjoint(passage.own):
        return "other-subject"
    row = passage.block if passage.said.row or passage.has("purpose") else chars
    if frame.evidence and not frame.evidence & row and not _bare(passage):
        return "no-data"
    if frame.needs and not frame.needs & chars:
        return "no-word-needed"
    if frame.lead and not frame.lead & (around | set(passage.chars[: passage.prefix])):
        return "no-lead"
    if any(not group & around for group in frame.heading):
        return "no-heading"
    if frame.context and not frame.context & (chars | around) and not frame.context & passage.block:
        return "no-context"
    return None


def _bare(passage: Passage) -> bool:
    """Whether a sentence needs no object of its own: one of a list, or a purpose alone."""
    if passage.said.listed or (passage.item and passage.prefix):
        return True
    return passage.item and (not passage.closed or len(passage.chars) <= _PURPOSE)


def make_claims(passage: Passage, match: Match, scope: Scope) -> list[Claim]:
    """One claim for each actor."""
    training = match.frame.practice == TRAINING
    return [
        Claim(
            practice=match.frame.practice,
            polarity=Polarity(match.frame.polarity) if match.frame.polarity else scope.polarity,
            actor=actor,
            quote=passage.said.text,
            start=0,
            end=len(passage.said.text),
            rule=f"{passage.lexicon.language}.{match.frame.id}",
            confidence=match.frame.confidence,
            models=_models(passage, match.start, match.end) if training else None,
            source=_source(passage) if training else None,
            conditional=scope.conditional,
            data=scope.data,
            except_data=scope.except_data,
            only_regions=scope.only_regions,
            except_regions=scope.except_regions,
            only_audiences=scope.only_audiences,
            except_audiences=scope.except_audiences,
        )
        for actor in _actors(passage, match)
    ]


def with_ways_out(claims: Sequence[Claim], passages: Iterable[Passage]) -> tuple[Claim, ...]:
    """The claims of a block with the opt-out that the block tells of."""
    if not any(claim.practice == TRAINING for claim in claims):
        return tuple(claims)
    passages = list(passages)
    offered, left_out = ways_out(passages), regions_left_out(passages)
    return tuple(_limited(claim, offered, left_out) if claim.practice == TRAINING else claim for claim in claims)


def _limited(claim: Claim, offered: OptOut | None, left_out: tuple[str, ...]) -> Claim:
    """A claim with what other sentences of its block say of it."""
    bounded = claim.only_regions or claim.except_regions or claim.polarity is Polarity.DENIES
    return replace(claim, opt_out=offered, except_regions=claim.except_regions if bounded else left_out)


def _contrasts(passage: Passage, match: Match, scope: Scope) -> list[Claim]:
    """ "We do not use messages to train AI, but we do use posts": the second half says the opposite."""
    if match.frame.practice != TRAINING:
        return []
    denied = scope.polarity is Polarity.DENIES
    for i in passage.places("but", start=match.end, end=match.end + 8):
        rest = range(i + 1, min(i + 9, len(passage.chars)))
        negated = any(passage.at(j, "not") for j in rest)
        used = any(passage.at(j, "use") for j in rest) and any(passage.at(j, "data", "your", "datum") for j in rest)
        if denied and not negated and used and not any(passage.at(j, "act", "improve", "train") for j in rest):
            return make_claims(passage, match, replace(scope, polarity=Polarity.ASSERTS, data=()))
        if (
            not denied
            and negated
            and any(passage.at(j, "ai") for j in rest)
            and not any(passage.at(j, "use") for j in rest)
        ):
            return make_claims(passage, match, replace(scope, polarity=Polarity.DENIES))
    return []


def _actors(passage: Passage, match: Match) -> tuple[Actor, ...]:
    if match.frame.actor:
        return (Actor(match.frame.actor),)
    if match.frame.practice != TRAINING:
        return (Actor.SERVICE,)
    actors = match.agent.actors or (Actor.SERVICE,)
    owners = passage.places("our", "their", start=max(match.start, match.agent.place + 1), end=match.end)
    if actors == (Actor.THIRD_PARTY,) and owners and passage.at(owners[-1], "our"):
        return (Actor.SERVICE,)
    if actors == (Actor.SERVICE,) and not (owners and passage.at(owners[-1], "our")):
        return _owner_of_models(passage, match) or _recipients(passage, match) or actors
    return actors


def _owner_of_models(passage: Passage, match: Match) -> tuple[Actor, ...]:
    """ "… to train their models": whoever was named last, other than the service; "… third-party models"."""
    trained = match.verb + 1
    while passage.at(trained, "of"):
        trained += 1
    if passage.at(trained, "vendor") and passage.at(match.verb, "train"):
        return (Actor.THIRD_PARTY,)
    for i in passage.places("ai", "model", start=match.start, end=match.end):
        owner = next((j for j in range(i - 1, max(-1, i - 4), -1) if not passage.at(j, "w", "ai", "model")), -1)
        if owner > match.start and passage.at(owner, "third", "third-ai") and not passage.at(owner + 1, "and", "or"):
            also = passage.at(owner - 1, "and", "or") and passage.at(owner - 2, "our", "w")
            return (Actor.SERVICE, actor_of(passage, owner)) if also else (actor_of(passage, owner),)
        if not passage.at(owner, "their"):
            continue
        others = passage.places("affiliate", "third", "third-ai", "vendor", end=owner)
        if others and not passage.has("we", "us", start=others[-1], end=owner):
            return (actor_of(passage, others[-1]),)
    return ()


def _recipients(passage: Passage, match: Match) -> tuple[Actor, ...]:
    """ "We license content to third parties for AI training": who is given it trains."""
    for i in passage.places("share", "license", "sell", start=max(0, match.agent.place), end=match.end):
        for j in passage.places("third", "third-ai", "affiliate", start=i + 1, end=match.end):
            if passage.has("use", ";", start=i + 1, end=match.end):
                break
            if passage.has("with", "on", "to", start=i + 1, end=j):
                return (Actor.AFFILIATE if passage.at(j, "affiliate") else Actor.THIRD_PARTY,)
    return ()


def _models(passage: Passage, start: int, end: int) -> Models:
    if any(passage.tags[i].value == "generative" for i in passage.places("ai", start=start, end=end + 6)):
        return Models.GENERATIVE
    if passage.has("otherwise", start=start, end=end + 6):
        return Models.OTHER
    if any(passage.tags[i].value == "other" for i in passage.places("model", "ai", start=start, end=end + 1)):
        return Models.OTHER
    return Models.UNSPECIFIED


def _source(passage: Passage) -> Source | None:
    own = passage.has("your", "data", "user")
    if passage.has("public-web"):
        return Source.BOTH if own else Source.PUBLIC_WEB
    return Source.MEMBERS if own or passage.has("datum") else None


def _trace(passage: Passage, frame: Frame, start: int, end: int, stopped: str | None) -> Trace:
    own = passage.tags[max(start, passage.prefix) : end]
    return Trace(
        rule=f"{passage.lexicon.language}.{frame.id}",
        practice=frame.practice,
        words=" ".join(tag.word for tag in own if not tag.further),
        sentence=passage.said.text,
        gate=stopped,
    )
