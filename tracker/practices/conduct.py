"""Gates of the practices other than training: whose doing a sentence speaks of."""

from __future__ import annotations

from tracker.practices.grammar import TRAINING, Frame
from tracker.practices.parties import Agent
from tracker.practices.passage import Passage

# Practices of which a statement names the service, the reader or their data.
_PERSONAL = frozenset({
    "affiliate-sharing", "biometric-data", "children-data", "contacts-upload", "cross-border-transfer",
    "cross-site-tracking", "data-sale", "government-disclosure", "precise-location",
    "profiling", "sensitive-data", "targeted-advertising", "third-party-sharing",
})  # fmt: skip
# Kinds of data that rules for posting speak of as well.
_ANYBODYS = frozenset({
    "activity", "ai-inputs", "code", "content", "documents", "feedback", "media", "non-public-content",
    "private-messages", "profile", "public-content",
})  # fmt: skip
_SPEAKING = ("we", "us", "our", "you", "your", "grant", "consent", "tracker", "legit")
_LEADING = (*_SPEAKING, "user", "data", "datum", "third", "vendor")
_FINITE = ("we", "may", "will", "must", "be")
_EMBEDS = ("that", "if", "how", "data", "datum", "your", "for")


def nobodys_doing(passage: Passage, frame: Frame, agent: Agent, start: int, verb: int, end: int) -> bool:
    """ "Threats to release a person's medical records": neither the service nor anybody's data are spoken of."""
    if frame.practice not in _PERSONAL or frame.polarity or agent.role == "service":
        return False
    if passage.has(*_SPEAKING) or not passage.grammar.tags("we", "us", "our", "your").isdisjoint(passage.said.around):
        return False
    if any(passage.tags[i].value not in _ANYBODYS for i in passage.places("data")):
        return False
    if passage.at(verb, "target") and " " in passage.tags[verb].word:
        return False  # "based on your interests"
    return not (passage.has("datum", start=passage.prefix, end=end) or _names_itself(passage, start, verb))


def _names_itself(passage: Passage, start: int, verb: int) -> bool:
    """ "Example may show …": a word that is nothing else, before an auxiliary or the verb."""
    return any(
        passage.at(i - 1, "w") and passage.at(i, "may", "will", "not", "adv", "must")
        for i in range(max(passage.prefix, start - 8), verb + 1)
    )


def not_led(passage: Passage, frame: Frame, agent: Agent, start: int, verb: int, end: int) -> bool:
    """A sentence below "Use of the services", or one that says something else of its own below "We collect"."""
    if not frame.lead or frame.practice == TRAINING:
        return False
    if not passage.has(*_LEADING, end=passage.prefix) and passage.grammar.tags(*_LEADING).isdisjoint(
        passage.said.around
    ):
        return True
    if frame.practice == "legitimate-interest":
        return any(passage.has("if", start=max(0, i - 8), end=i) for i in passage.places("legit", end=passage.prefix))
    return any(
        not any(passage.at(j, *_EMBEDS) for j in range(max(passage.prefix, i - 3), i))
        for i in passage.places(*_FINITE, start=passage.prefix)
    )


def others_task(passage: Passage, frame: Frame, agent: Agent, start: int, verb: int, end: int) -> bool:
    """ "When you target ads, you must …", "advertisers must …": a task of those who advertise or build."""
    if frame.practice not in _PERSONAL or frame.polarity or agent.role == "service":
        return False
    return any(
        passage.at(passage.next(i), "must") and not passage.at(i - 1, "if", "that")
        for i in passage.places("you", "third", "bound", start=passage.prefix)
    )


def comes_from(passage: Passage, frame: Frame, agent: Agent, start: int, verb: int, end: int) -> bool:
    """ "We share … received from partners": who is named gives, and is given nothing."""
    if frame.practice not in ("third-party-sharing", "affiliate-sharing") or passage.lexicon.verb_final:
        return False
    by = passage.places("on", "with", "to", "by", start=verb, end=end)
    return bool(by) and passage.tags[by[-1]].value == "from" and not passage.at(by[-1] + 1, "us")
