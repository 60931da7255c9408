"""Gates of the practices other than training: words that stand together without stating one."""

from __future__ import annotations

from tracker.practices.grammar import TRAINING, Frame
from tracker.practices.parties import Agent
from tracker.practices.passage import Passage

_OTHERS_GET = ("government-disclosure", "cross-border-transfer")
_SHOWN = ("content", "public-content", "media")
_CONTENT = ("content", "public-content", "non-public-content", "user-content", "media", "documents", "code")


def right(passage: Passage, frame: Frame, agent: Agent, start: int, verb: int, end: int) -> bool:
    """A right of the reader names a practice without stating it."""
    if frame.practice == TRAINING or agent.role == "service":
        return False
    if any(passage.at(i + 1, "to") and passage.at(i + 2, "optout") for i in passage.places("right", end=verb)):
        return True  # "the right to say no to …"
    return passage.has("data-right", start=passage.prefix, end=verb) or (
        passage.has("right", "data-right", end=passage.prefix)
        and not passage.has("you", start=passage.prefix)
        and not passage.has("we", "us", "our", end=passage.prefix)
    )


def own_group(passage: Passage, frame: Frame, agent: Agent, start: int, verb: int, end: int) -> bool:
    """A company named alone is as likely the service itself or its parent as somebody else."""
    if frame.practice != "third-party-sharing":
        return False
    named = [
        passage.tags[i].value in ("named", "supplier")
        for i in passage.places("third", "third-ai", start=start, end=end)
    ]
    return bool(named) and all(named)


def goods(passage: Passage, frame: Frame, agent: Agent, start: int, verb: int, end: int) -> bool:
    """ "Content that attempts to sell …", "content that harms children": what is spoken of are no people's data."""
    if frame.practice in ("indefinite-retention", "cross-site-tracking") and passage.tags[verb].value == "access":
        return True  # the reader's access
    if frame.practice == "indefinite-retention" and verb < passage.prefix:
        return True  # "Help us keep the community strong:"
    if frame.practice == "data-sale":
        spoken = passage.places("data", "datum", start=start, end=end)
    elif (frame.practice == "children-data" and not passage.has("your")) or (
        frame.practice == "sensitive-data" and not passage.has("your", "we", "us", "our")
    ):
        spoken = passage.places("data", "datum", start=passage.prefix)
    elif frame.practice in _OTHERS_GET and agent.role == "" and not passage.has("your", "our", "us"):
        spoken = passage.places("data", "datum", start=passage.prefix)
        return bool(spoken) and all(passage.tags[i].value in _SHOWN for i in spoken)
    else:
        return False
    return bool(spoken) and all(passage.tags[i].value in _CONTENT for i in spoken)


def processors(passage: Passage, frame: Frame, agent: Agent, start: int, verb: int, end: int) -> bool:
    """ "… to third parties who send e-mails on our behalf"."""
    if frame.practice != "third-party-sharing":
        return False
    column = passage.said.row and agent.role == "" and verb > passage.prefix + 2
    if column and not passage.at(verb - 1, "be", "to", "adv", "may", "not", "will"):
        return True  # a column of data: "content you share, people you interact with …"
    return any(passage.tags[i].value == "behalf" for i in passage.places("vendor", start=end))
