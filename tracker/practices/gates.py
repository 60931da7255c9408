"""What stops a frame that matched: the words stand there, but nothing is claimed."""

from __future__ import annotations

from tracker.model import Actor
from tracker.practices.conduct import CONDUCT
from tracker.practices.grammar import TRAINING, Frame
from tracker.practices.negation import barred_after
from tracker.practices.parties import Agent
from tracker.practices.passage import Passage
from tracker.practices.restraints import goods, own_group, processors, right

_TITLE = 8  # tags
_LINE = 32  # characters of such a name
_NAME = 4  # tags of a name with a full stop or colon: "Arbitration."
_HEADLINE = 12  # tags of a line that is no sentence
_DONE_TO = ("targeted-advertising", "automated-decisions", "profiling")  # what readers meet and never do


def gate(passage: Passage, frame: Frame, agent: Agent, start: int, verb: int, end: int) -> str | None:
    """The name of the gate that blocks a match; None where it stands.  The order is that of certainty."""
    for name, blocks in _GATES:
        if blocks(passage, frame, agent, start, verb, end):
            return name
    return None


def _user_duty(passage: Passage, frame: Frame, agent: Agent, start: int, verb: int, end: int) -> bool:
    if _rule_list(passage):
        return True
    if frame.any_agent:
        return passage.has("duty", "agree-not", end=passage.prefix)
    if agent.role == "duty":
        return True
    if agent.role == "user":
        if passage.at(verb, "make"):
            return False  # "you help our AI get better"
        if frame.practice in _DONE_TO and passage.at(agent.place + 1, "will"):
            return False  # "you will see adverts chosen by …"
        return not _about_own_data(passage, agent, verb)
    if agent.role == "service":
        return False
    if agent.place < 0 and (_headed_duty(passage) or _ruled_after(passage, end)):
        return True
    first = passage.prefix
    if (
        passage.at(first, "not")
        and passage.tags[first].value == "imperative"
        and passage.prefix == 0
        and agent.place < 0
    ):
        return True
    return passage.has("owner-consent") and agent.role != "other"


def _about_own_data(passage: Passage, agent: Agent, verb: int) -> bool:
    return passage.has("grant", start=agent.place, end=verb)


def _rule_list(passage: Passage) -> bool:
    """ "Content that:" introduces what readers may not post."""
    last = passage.prefix - 1
    if not passage.at(last, ":") or not passage.at(last - 1, "that"):
        return False
    return passage.tags[last - 2].value == "content"


def _headed_duty(passage: Passage) -> bool:
    return not passage.grammar.tags("duty", "agree-not").isdisjoint(passage.said.around)


def _ruled_after(passage: Passage, end: int) -> bool:
    """ "Die Nutzung … zum Training … ist untersagt": a rule that comes after what it forbids."""
    return passage.has("duty", start=end, end=end + 5) and not passage.has("your", "user")


def _forbidden_use(passage: Passage, frame: Frame, agent: Agent, start: int, verb: int, end: int) -> bool:
    """ "The content may not be used to train …": a rule for readers, unless the data are theirs."""
    if frame.practice != TRAINING:
        return agent.role == "" and not passage.has("your", "we", "our") and barred_after(passage, end)
    if agent.place >= 0 or passage.has("your", "user", "data"):
        return False
    if any(passage.has("may", "must", start=i, end=i + 7) for i in passage.places("no", start=agent.scope, end=verb)):
        return True
    if barred_after(passage, end):
        return True
    places = passage.places("not", start=agent.scope, end=verb)
    return any(passage.at(i - 1, "may", "must") or passage.at(i + 1, "must") for i in places)


def _compete(passage: Passage, frame: Frame, agent: Agent, start: int, verb: int, end: int) -> bool:
    return frame.practice == TRAINING and agent.role in ("", "user") and passage.has("compete")


def _own_model(passage: Passage, frame: Frame, agent: Agent, start: int, verb: int, end: int) -> bool:
    """The reader's own model."""
    if frame.practice != TRAINING:
        return False
    if any(passage.tags[i].value == "custom" for i in passage.places("model")) and not passage.at(start + 1, "our"):
        return True
    if passage.at(verb, "dataset") and passage.at(verb + 1, "your"):
        return True  # "the training data you upload"
    if agent.role != "service" and any(passage.tags[i].value == "own" for i in passage.places("your", start=verb)):
        return True
    foreign = agent.role == "other" and Actor.SERVICE not in agent.actors
    if foreign and any(passage.at(i + 1, "data", "datum") for i in passage.places("their")):
        return True
    subject = start - 3 if passage.at(start - 1, "be") else start
    for i in passage.places("ai", "model", start=subject, end=end):
        for j in range(i - 1, max(-1, i - 4), -1):
            if passage.at(j, "your"):
                return not passage.at(i + 1, "data", "datum")
            if not passage.at(j, "w", "adv", "ai", "model", "use", "develop", "train"):
                break
    return False


def _staff(passage: Passage, frame: Frame, agent: Agent, start: int, verb: int, end: int) -> bool:
    """ "Our employees are trained on AI"; a product that learns from a customer's staff, where nobody speaks."""
    if frame.practice == TRAINING and passage.has("staff", start=end, end=end + 3):
        if passage.has("for", start=end, end=end + 3):
            return True  # "AI training for employees"
        told = passage.has("we", "us", "our", "your", "you", start=max(0, start - 6), end=end + 4)
        return passage.has("on", start=end, end=end + 3) and not told
    place = next(iter(passage.places("staff", start=max(0, verb - 6), end=verb)[-1:]), -1)
    if place < 0 or passage.has("ai", "model", start=place, end=verb):
        return False
    return passage.at(verb - 1, "be", "adv") or (
        frame.practice == TRAINING
        and agent.role == ""
        and not passage.has("your", "data", "user", "we", "our")
        and not passage.has("datum", end=verb)
    )


def _counterparty(passage: Passage, frame: Frame, agent: Agent, start: int, verb: int, end: int) -> bool:
    """ "The Customer ensures that the model it trains …", "Advertisers must tell people when they train …"."""
    if frame.practice != TRAINING or passage.has("your", "grant"):
        return False
    for i in passage.places("user", "bound", "third", "vendor", start=passage.prefix, end=passage.prefix + 3):
        following = passage.next(i)
        if passage.at(i - 1, "our") or following >= verb:
            continue
        if passage.at(following, "must") or (passage.at(following, "w") and passage.at(following + 1, "that")):
            return True
    if passage.at(passage.prefix, "bound") and passage.at(passage.prefix + 1, "that"):
        return not passage.has("our", "we", "us")  # "Bots that collect data for training … will be blocked"
    if agent.role == "" and passage.at(passage.prefix, "third", "bound", "vendor") and passage.has("must", end=verb):
        return not passage.has("we", "us", "our")  # "Providers of AI systems must document the data used to …"
    given = passage.has("data", "user", "license", "share")
    return agent.role == "other" and passage.at(agent.place, "bound") and not given


def _defined(passage: Passage, frame: Frame, agent: Agent, start: int, verb: int, end: int) -> bool:
    """ "X means …"; "A model is a program that …"."""
    if agent.role == "service" or passage.has("your", "our", "we"):
        return agent.role != "service" and passage.has("define")
    first = passage.prefix
    while passage.at(first, "ai", "model"):
        first += 1
    if first > passage.prefix and passage.at(first, "be", "learn", "may") and not passage.has("data", "user", "us"):
        return True  # "Language models are trained on text and …": how such things work
    return passage.has("define") or any(
        passage.at(i + 1, "be") and passage.at(i + 2, "of") and passage.at(i + 3, "w", "service", "use", "that")
        for i in passage.places("ai", "model", start=passage.prefix, end=passage.prefix + 3)
    )


def _pointed_to(passage: Passage, frame: Frame, agent: Agent, start: int, verb: int, end: int) -> bool:
    """ "Learn more about how we train …", "this page explains whether …"."""
    for i in passage.places("how", "meta", "news", end=verb):
        if passage.at(i, "how") and passage.has("setting", "optout", end=i):
            continue
        if agent.place < i:
            embedded = not passage.has(",", start=i + 2, end=verb) and not _resumes(passage, i + 2, verb)
        else:
            embedded = agent.place - i <= 3 and not passage.has(",", start=i, end=agent.place)
        if i < passage.prefix:
            continue
        if embedded and not passage.has(";", "but", ":", start=i, end=start):
            return not (passage.at(i, "meta") and passage.has(",", start=i, end=start) and agent.place > i)
    return False


def _resumes(passage: Passage, start: int, end: int) -> bool:
    """ "… how people use it, and to train …": the purpose belongs to the main clause again."""
    return any(passage.at(i + 1, "to", "by") for i in passage.places("and", start=start, end=end))


def _supposed(passage: Passage, frame: Frame, agent: Agent, start: int, verb: int, end: int) -> bool:
    """ "If we train on your data, we will tell you"."""
    for i in passage.places("if", end=verb):
        if passage.tags[i].value != "doubt" or passage.has("unwilling", start=i, end=verb):
            continue
        infinitive = passage.lexicon.verb_final and passage.at(verb - 1, "inf")  # "sollten wir beschließen, … zu …"
        if len(passage.places(",", start=i, end=verb)) > infinitive:
            continue
        if (
            agent.role == "service"
            and agent.place > i
            and not passage.has("may", "optout", "consent", start=i, end=verb)
        ):
            return True
    return False


def _untitled(passage: Passage, frame: Frame, agent: Agent, start: int, verb: int, end: int) -> bool:
    """A bare name of the practice, with neither verb nor place in a list."""
    own = len(passage.chars) - passage.prefix
    listed = passage.said.listed or passage.said.row or passage.at(passage.prefix - 1, ":")
    if frame.practice != TRAINING and own <= _NAME and len(passage.said.text) <= _LINE and not listed:
        return not passage.has("we", "us", "our", "your", "you", "may", "will", "be", "not", "no", start=passage.prefix)
    if passage.prefix or passage.said.listed or passage.closed or passage.said.row:
        return False
    if frame.practice != TRAINING and len(passage.chars) <= _HEADLINE:
        return not passage.has("we", "us", "our", "your", "you", "may", "will", "be", "not", "no", "must", ":")
    if passage.item and len(passage.chars) <= _TITLE and not passage.has("data", "datum", "your", "use"):
        return True
    if passage.item:
        return False
    return not passage.has(
        "we", "us", "may", "will", "must", "be", "use", "to", "not", "for", "grant", "optout", "you", "collect",
        "share", "improve", "deny", "stop", "inf", "license", "sell", "on", "by", "no", "teach", "learn", "make",
    )  # fmt: skip


def _prohibited(passage: Passage, frame: Frame, agent: Agent, start: int, verb: int, end: int) -> bool:
    """ "We prohibit any use of our content to train …": a rule for others."""
    if agent.role == "other" or passage.has("your"):
        return False
    denied = [i for i in passage.places("deny", start=agent.scope, end=verb) if passage.tags[i].value == ""]
    if any(passage.at(i + 1, "user", "bound", "you") for i in denied):
        return True  # "it is forbidden to users to …"
    return bool(denied) and (agent.role == "service" or not passage.has("data", "user"))


def _disputed(passage: Passage, frame: Frame, agent: Agent, start: int, verb: int, end: int) -> bool:
    """Clauses about claims and liability mention practices without stating them."""
    return (
        frame.practice == TRAINING
        and passage.has("dispute")
        and not (agent.role == "service" and passage.has("may", start=agent.place, end=verb))
    )


def _algorithms(passage: Passage, frame: Frame, agent: Agent, start: int, verb: int, end: int) -> bool:
    """ "… to improve our algorithms": nothing says that they learn."""
    if frame.practice != TRAINING or not passage.at(verb, "improve", "develop"):
        return False
    return all(passage.tags[i].value == "plain" for i in passage.places("ai", "model", "train", start=passage.prefix))


def _nobodys(passage: Passage, frame: Frame, agent: Agent, start: int, verb: int, end: int) -> bool:
    """ "We train on synthetic data", "a vendor's AI that was trained on public data"."""
    if frame.practice != TRAINING:
        return False
    if passage.has("offline") and not passage.has("your", "data", "user"):
        return True
    if passage.has("your", "user", "share", "license", "us", "our", start=start):
        return False
    return any(
        passage.at(i - 1, "vendor") or (passage.at(i - 1, "w") and passage.at(i - 2, "vendor"))
        for i in passage.places("ai", "model", start=start - 2, end=end)
    )


_GATES = (
    ("user-duty", _user_duty),
    ("forbidden-use", _forbidden_use),
    ("competing-use", _compete),
    ("staff", _staff),
    ("counterparty", _counterparty),
    ("own-model", _own_model),
    ("definition", _defined),
    ("pointer", _pointed_to),
    ("prohibition", _prohibited),
    ("dispute", _disputed),
    ("right", right),
    ("own-group", own_group),
    ("supposition", _supposed),
    ("title", _untitled),
    ("nobodys-data", _nobodys),
    ("algorithms-alone", _algorithms),
    ("no-personal-data", goods),
    ("processors", processors),
    *CONDUCT,
)
