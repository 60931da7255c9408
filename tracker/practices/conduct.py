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
    "private-messages", "public-content",
})  # fmt: skip
# Practices whose statements may call the data just that.
_HANDED_ON = frozenset({
    "affiliate-sharing", "children-data", "cross-border-transfer", "cross-site-tracking", "data-sale",
    "government-disclosure", "indefinite-retention", "targeted-advertising", "third-party-sharing",
})  # fmt: skip
_SPEAKING = ("we", "us", "our", "you", "your", "grant", "consent", "tracker", "legit")
_LEADING = (*_SPEAKING, "user", "data", "datum", "third", "vendor")
_FINITE = ("we", "may", "will", "must", "be")
_EMBEDS = ("that", "if", "how", "data", "datum", "your", "for")


def nobodys_doing(passage: Passage, frame: Frame, agent: Agent, start: int, verb: int, end: int) -> bool:
    """ "Threats to release a person's medical records": neither the service nor anybody's data are spoken of."""
    if frame.practice not in _PERSONAL or frame.polarity or agent.role == "service":
        return False
    if passage.has(*_SPEAKING) or not passage.grammar.tags("we", "us", "our").isdisjoint(passage.said.around):
        return False
    if _bare_order(passage) or (passage.at(passage.prefix - 1, ":") and passage.at(passage.prefix - 2, "if")):
        return True  # "Account compromise may occur when:"
    if any(passage.tags[i].value not in _ANYBODYS for i in passage.places("data")):
        return False
    if frame.lead and frame.practice == "targeted-advertising":
        return False  # "show you more relevant ads", listed
    if frame.practice == "targeted-advertising":
        aims = [passage.tags[i].value for i in passage.places("target", "targeted-ad", start=start, end=end)]
        if aims and "bare" not in aims:
            return False  # "based on your interests", "ads suited to …"
    if passage.at(verb, "sale-like"):
        return False
    if frame.practice == "government-disclosure" and passage.has("user", start=passage.prefix, end=end):
        return False
    plain = passage.has("datum", start=start, end=end) and frame.practice == "third-party-sharing"
    data = plain or any(passage.tags[i].value != "content" for i in passage.places("datum", end=end))
    named = frame.practice in _HANDED_ON and data
    return not (named or _names_itself(passage, start, verb))


def _bare_order(passage: Passage) -> bool:
    """ "xi. collect data about anyone under 18": one of a list of things that are not to be done."""
    first = passage.prefix
    return not first and any(
        passage.at(i, "collect", "use", "share", "sell")
        and passage.tags[i].word in ("collect", "use", "share", "sell")
        and all(passage.at(j, "w", "n") for j in range(first, i))
        for i in range(first, first + 2)
    )


def _names_itself(passage: Passage, start: int, verb: int) -> bool:
    """ "Example may show …": a word that is nothing else, before an auxiliary or the verb."""
    return any(
        passage.at(i - 1, "w")
        and passage.at(i, "may", "will", "not", "adv", "must")
        and (i - 1 == passage.prefix or passage.at(i - 2, ",", ";", ":", "and", "or", "but", "that", "if"))
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
    """ "We share … received from partners", "shared by partners": who is named gives, and is given nothing."""
    if frame.practice not in ("third-party-sharing", "affiliate-sharing") or passage.lexicon.verb_final:
        return False
    by = passage.places("on", "with", "to", "by", start=verb, end=end)
    if not by or any(passage.at(i + 1, "and", "or") and passage.at(i + 2, "collect") for i in by):
        return False
    if passage.at(by[-1], "by"):
        return passage.at(verb, "share", "move") and not passage.at(by[-1] + 1, "us", "our")
    return passage.tags[by[-1]].value == "from" and not passage.at(by[-1] + 1, "us")


def own_premises(passage: Passage, frame: Frame, agent: Agent, start: int, verb: int, end: int) -> bool:
    """ "Partners collect your information when you visit their site": on their own account."""
    if frame.practice != "third-party-sharing" or agent.role == "service" or not passage.at(verb, "collect"):
        return False
    places = passage.places("their", "other-sites", start=verb, end=verb + 10)
    return any(
        (passage.at(i, "other-sites") or passage.at(i + 1, "service")) and passage.has("if", start=verb, end=i)
        for i in places
    )


def told_not_to(passage: Passage, frame: Frame, agent: Agent, start: int, verb: int, end: int) -> bool:
    """ "Don't give us data on health": what the reader is asked not to do."""
    first = passage.prefix
    return (
        frame.practice in _PERSONAL
        and passage.at(first, "not")
        and passage.tags[first].value == "imperative"
        and not passage.has("we", start=first)
    ) or (
        frame.practice in _PERSONAL
        and agent.role == ""
        and passage.has("consent", "grant", end=first)
        and passage.has("not", end=first)
        and not passage.has("we", "us", "our", end=first)
    )  # "Customer agrees that it will not:"


def nothing_changed(passage: Passage, frame: Frame, agent: Agent, start: int, verb: int, end: int) -> bool:
    """ "We may change features without notice", "By using the service you agree": no terms are changed."""
    if frame.practice != "unilateral-change":
        return False
    if passage.has("continued-use", start=start, end=end):
        plain = all(passage.tags[i].value == "plain" for i in passage.places("continued-use", start=start, end=end))
        return plain and not passage.has("change", start=passage.prefix)
    looks = any(passage.tags[i].value == "look" for i in passage.places("no-notice"))
    first = passage.prefix + passage.at(passage.prefix, "of")
    return not (looks or passage.has("terms") or passage.at(first, "change"))  # "All changes are effective when posted"


def reader_abroad(passage: Passage, frame: Frame, agent: Agent, start: int, verb: int, end: int) -> bool:
    """ "Share your photos with friends around the globe": not the service's transfer."""
    return frame.practice == "cross-border-transfer" and agent.role in ("user", "duty") and not passage.has("region")


def handed_to_sites(passage: Passage, frame: Frame, agent: Agent, start: int, verb: int, end: int) -> bool:
    """ "Share content with other sites": nobody is followed there."""
    if frame.practice != "cross-site-tracking" or not passage.at(verb, "share", "give"):
        return False
    return passage.at(end - 1, "other-sites") and any(
        passage.tags[i].word in ("with", "to") for i in range(max(verb, end - 3), end - 1)
    )


def named_terms(passage: Passage, frame: Frame, agent: Agent, start: int, verb: int, end: int) -> bool:
    """ "The Custom Audiences Terms": the name of a document or product."""
    return frame.practice == "targeted-advertising" and any(
        passage.at(i + 1, "terms") for i in passage.places("targeted-ad", start=start, end=end)
    )


def measured(passage: Passage, frame: Frame, agent: Agent, start: int, verb: int, end: int) -> bool:
    """ "We use cookies to measure our advertisements": nothing chooses who sees them."""
    if frame.practice != "targeted-advertising" or passage.has("target", "show-ads", "targeted-ad"):
        return False
    return any(passage.tags[i].value == "measure" for i in passage.places("act", start=start, end=end))


def heading_before(passage: Passage, frame: Frame, agent: Agent, start: int, verb: int, end: int) -> bool:
    """A match that begins in a line above which introduces no list: two things that have nothing to do with another."""
    if passage.said.row or start >= passage.prefix or not passage.prefix:
        return False
    if frame.practice == "ai-human-review":
        return verb < passage.prefix < end and passage.has("to", start=verb, end=passage.prefix)
    led = passage.at(passage.prefix - 1, ":", ",", "and", "or", "to", "by")
    return frame.practice in _PERSONAL and verb >= passage.prefix and not led


def removed_posts(passage: Passage, frame: Frame, agent: Agent, start: int, verb: int, end: int) -> bool:
    """ "We remove: | posts that share …": what is spoken of are rules."""
    last = passage.prefix - 1
    if frame.practice not in _PERSONAL or not passage.at(last, ":") or passage.has("your", "our", "us"):
        return False
    return passage.at(last - 1, "erase") and passage.at(last - 2, "we")


# Each with the name that a trace shows.
CONDUCT = (
    ("nobodys-doing", nobodys_doing),
    ("no-lead", not_led),
    ("others-task", others_task),
    ("source", comes_from),
    ("own-premises", own_premises),
    ("told-not-to", told_not_to),
    ("reader-abroad", reader_abroad),
    ("handed-to-sites", handed_to_sites),
    ("named-terms", named_terms),
    ("measured", measured),
    ("heading-before", heading_before),
    ("removed-posts", removed_posts),
    ("nothing-changed", nothing_changed),
)
