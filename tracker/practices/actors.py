"""Who the parties named in a passage are to the service: itself, its group, others."""

from __future__ import annotations

from tracker.model import Actor
from tracker.practices.passage import Passage

OTHERS = ("affiliate", "third", "third-ai", "vendor")


def joined(passage: Passage, place: int, verb: int) -> tuple[Actor, ...]:
    """ "we and our affiliates" are two."""
    actors = [Actor.SERVICE]
    i = place + 1
    while i < verb and passage.at(
        i, "and", "or", "our", ",", "adv", "of", "affiliate", "third", "third-ai", "their", "(", ")"
    ):
        if passage.at(i, "affiliate"):
            actors.append(Actor.AFFILIATE)
        elif passage.at(i, "third", "third-ai") and not passage.has("vendor", start=i, end=i + 4):  # … on our behalf
            actors.append(Actor.THIRD_PARTY)
        i += 1
    return tuple(dict.fromkeys(actors)) if i > place + 2 else (Actor.SERVICE,)


def by_agent(passage: Passage, verb: int, end: int) -> tuple[Actor, ...]:
    for i in passage.places("by", start=verb + 1, end=end + 5):
        named: list[Actor] = []
        for j in range(i + 1, min(i + 6, len(passage.chars))):
            if passage.at(j, "affiliate"):
                named.append(Actor.AFFILIATE)
            elif passage.at(j, "third", "third-ai", "vendor", "others") and not passage.at(j - 1, "our"):
                named.append(Actor.THIRD_PARTY)
            elif passage.at(j, "we", "us"):
                named.append(Actor.SERVICE)
            elif not passage.at(j, "our", "or", "and", "w", "of", ",", "their", "by"):
                break
            elif passage.at(j, "or", "and") and not named:
                named.append(Actor.SERVICE)
        if any(actor is not Actor.SERVICE for actor in named):
            return tuple(dict.fromkeys(named))
    return ()


def together(passage: Passage, place: int) -> tuple[Actor, ...]:
    """The parties joined with the one at a place: "we and our affiliates" are two."""
    actors = [actor_of(passage, place)]
    joined = False
    for i in range(place - 1, max(-1, place - 12), -1):
        if passage.at(i, "and", "or", "not") or passage.tags[i].word == "nor":
            joined = True
        elif passage.at(i, "we", "us"):
            joined = joined or (i == place - 1 and passage.at(i, "we"))  # where "and" is joined to its word
            actors.append(Actor.SERVICE)
            break
        elif passage.at(i, *OTHERS):
            actors.append(actor_of(passage, i))
        elif joined and passage.at(i, "w"):
            actors.append(Actor.SERVICE)  # "Example and its affiliates"
            break
        elif not passage.at(i, "our", "their", ",", "of", "adv", "w", "(", ")"):
            break
    if not joined:
        return tuple(actors[:1])
    return tuple(dict.fromkeys(reversed(actors)))


def actor_of(passage: Passage, place: int) -> Actor:
    """Who somebody named at a place is to the service."""
    if passage.at(place, "affiliate"):
        return Actor.AFFILIATE
    if passage.at(place, "third") and passage.tags[place].value in ("named", "supplier"):
        if _is_parent(passage, place):
            return Actor.AFFILIATE
        used = passage.tags[place].value == "supplier" and place > passage.prefix  # "When you chat, OpenAI may …"
        return Actor.THIRD_PARTY if used or speaks(passage) else Actor.SERVICE
    if passage.at(place, "vendor") and passage.tags[place].value == "contract" and not speaks(passage):
        return Actor.SERVICE  # a contract's own name for itself
    return Actor.THIRD_PARTY


def _is_parent(passage: Passage, place: int) -> bool:
    """ "our parent company, Microsoft": a company named is the group's where the block calls it so."""
    name = passage.tags[place].word
    for row in passage.draft.rows():
        for i, tag in enumerate(row):
            if tag.word == name and any(
                near.char in passage.grammar.classes["affiliate"] for near in row[max(0, i - 3) : i + 3]
            ):
                return True
    return False


def speaks(passage: Passage) -> bool:
    """Whether somebody says "we" or "our": then a company named is somebody else."""
    return not passage.grammar.tags("we", "us", "our").isdisjoint(passage.block)
