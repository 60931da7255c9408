"""How far a match reaches: polarity, conditions, exceptions, regions, audiences, data and ways out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tracker.model import OptOut, Polarity
from tracker.practices.parties import Agent
from tracker.practices.passage import Passage

_VERBS = ("use", "train", "improve", "develop", "share", "collect", "sell", "create", "keep", "teach", "allow", "make",
          "license", "act", "not", "be")  # fmt: skip
_CLAUSE = 25  # tags to a clause's end
_HALVES = 10  # tags between the halves of a negation
_REACH = 4  # tags between an exception or preposition and the region, audience or data it governs


@dataclass(frozen=True, slots=True)
class Scope:
    polarity: Polarity
    conditional: bool = False
    data: tuple[str, ...] = ()
    except_data: tuple[str, ...] = ()
    only_regions: tuple[str, ...] = ()
    except_regions: tuple[str, ...] = ()
    only_audiences: tuple[str, ...] = ()
    except_audiences: tuple[str, ...] = ()
    opt_out: OptOut | None = None


def read_scope(passage: Passage, agent: Agent, start: int, verb: int, end: int) -> Scope:
    """The scope of the match ``start:end`` whose verb is at ``verb``."""
    begin = min(agent.scope, start)
    negated = is_negated(passage, begin, verb, end)
    stop = _statement_end(passage, end)
    exception = next(iter(passage.places("unless", "except", start=begin, end=stop)), None)
    conditional = False
    if negated and exception is not None:
        rest = range(exception + 1, stop)
        if exception < verb:
            rest = range(exception + 1, max(exception + 1, agent.place if agent.place > exception else verb))
        if any(passage.at(i, "consent", "optout", "grant") for i in rest):
            conditional = True
        elif any(passage.at(i, "audience", "region") for i in rest) or (
            any(passage.at(i, "data") for i in rest) and passage.at(exception, "except")
        ):
            negated = False
        else:
            conditional = True
    if passage.has("consent", "grant", end=stop) and _on_consent(passage, negated, stop):
        conditional = True
    if negated and not _switched_off(passage, verb, end) and _only_who_objects(passage, verb):
        negated = False
    regions = _places(passage, "region", begin, stop, negated)
    audiences = _places(passage, "audience", begin, stop, negated)
    included, excluded = _data(passage, begin, stop, negated)
    return Scope(
        polarity=Polarity.DENIES if negated else Polarity.ASSERTS,
        conditional=conditional,
        data=included,
        except_data=excluded,
        only_regions=regions[0],
        except_regions=regions[1],
        only_audiences=audiences[0],
        except_audiences=audiences[1],
    )


def _only_who_objects(passage: Passage, verb: int) -> bool:
    """ "If you opt out, we will not …": it is done with the data of everybody else."""
    for i in passage.places("optout"):
        if passage.has("not", start=max(0, i - 4), end=i) or passage.at(i - 1, "to"):
            continue
        if passage.has("even", start=max(0, i - 6), end=i):
            continue
        if i < verb and passage.has(";", ":", "but", "even", start=i, end=verb):
            continue
        if passage.has("if", "that", start=max(0, i - 6), end=i) or (
            i < verb and passage.has("that", start=i, end=verb)
        ):
            return True
    return False


def is_negated(passage: Passage, begin: int, verb: int, end: int) -> bool:
    """Whether a negation between the clause's beginning and the end of the match governs the verb.

    Where the verb comes last, its negation may stand anywhere up to the clause's end.
    """
    if _switched_off(passage, verb, end) or _answered_after_colon(passage, end):
        return True
    reach = _clause_end(passage, end) if passage.lexicon.verb_final else max(verb, end)
    return any(
        _governs(passage, i, begin, verb) and not _undone(passage, i) and _whole(passage, i)
        for i in passage.places("not", "deny", "stop", "no", "without", "include-not", "duty", start=begin, end=reach)
    )


def _switched_off(passage: Passage, verb: int, end: int) -> bool:
    """ "Training on your chats is disabled", "we have opted out of …"."""
    near = range(end, min(end + 5, len(passage.chars)))
    if any(passage.at(i, "stop") and passage.tags[i].value == "after" for i in near):
        return True
    if any(passage.at(i, "default-off") for i in near):
        return True
    return any(
        any(passage.at(j, "we") for j in range(max(0, i - 3), i)) and not passage.has("not", start=max(0, i - 3), end=i)
        for i in passage.places("optout", end=verb)
    )


def _answered_after_colon(passage: Passage, end: int) -> bool:
    """ "AI training: we do not use your photos for this"."""
    if not passage.at(end, ":") or passage.prefix > end:
        return False
    return any(passage.at(i + 1, "use") for i in passage.places("not", start=end, end=end + 5))


def _clause_end(passage: Passage, end: int) -> int:
    """Where the clause ends that a match ends in."""
    for i in range(end, min(len(passage.chars), end + _CLAUSE)):
        if passage.at(i, ";", "but", "if", "unless", "except", "to"):
            return i
        if passage.at(i, ",") and not passage.at(i + 1, "and", "or"):
            return i
    return min(len(passage.chars), end + _CLAUSE)


def _whole(passage: Passage, place: int) -> bool:
    """A negation of two halves ("ne … pas") needs both: "ne … que" and a lone "ne" deny nothing."""
    if passage.tags[place].value != "half":
        return True
    near = passage.tags[max(0, place - _HALVES) : place + _HALVES]
    return any(tag.value == "negates" for tag in near)


def _undone(passage: Passage, place: int) -> bool:
    """ "have not stopped", "never excluded": two negations."""
    return passage.at(place, "stop", "deny") and passage.has("not", start=max(0, place - 2), end=place)


def _governs(passage: Passage, place: int, begin: int, verb: int) -> bool:
    if passage.at(place, "no") and passage.has("optout", start=place, end=place + 5):
        return False
    if passage.at(place, "no"):
        return (
            passage.at(
                place + 1,
                "data",
                "datum",
                "your",
                "user",
                "w",
                "of",
                "train",
                "audience",
                "will",
                "third",
                "right",
                "license",
            )
            and place < verb
        )
    if passage.at(place, "duty"):
        return passage.tags[place].value == "bar" and place < verb
    if passage.at(place, "include-not"):
        near = passage.at(place + 1, "on", "use") or passage.has(
            "train", "dataset", "model", "ai", "right", start=place, end=place + 4
        )
        return place < verb and near
    if passage.at(place, "without"):
        return passage.at(passage.next(place), "use", "train", "improve", "share", "collect") and place < verb
    if passage.has("but", ";", start=place, end=verb) and not passage.has(":", start=begin, end=place + 3):
        return False
    if passage.has("unwilling", "except", "unless", start=begin, end=place):
        return False
    if _stands_apart(passage, place, verb):
        return False
    if place > verb and not passage.lexicon.verb_final and passage.at(place, "not", "stop"):
        return _late(passage, place, verb)
    relative = passage.has("that", "if", "even", start=max(begin, place - 4), end=place)
    if relative and passage.has("may", "will", "be", "we", start=place + 2, end=verb):
        return False
    if passage.at(place, "not") and (
        passage.at(place + 1, "only", "stop", "deny") or passage.at(place + 2, "stop", "deny")
    ):
        return False
    if passage.at(place, "not", "deny") and passage.has("optout", start=place, end=min(place + 4, verb)):
        return False
    if passage.at(place, "deny") and passage.tags[place].value == "from":
        return passage.at(place - 1, "be") or any(
            passage.tags[i].value == "from" for i in passage.places("on", start=place, end=min(place + 7, verb))
        )
    return not (passage.at(place, "deny") and passage.at(place - 1, "to") and place > verb)


def _stands_apart(passage: Passage, place: int, verb: int) -> bool:
    """A negation before the verb that belongs to something else."""
    following = passage.next(place)
    negated_noun = not passage.at(place - 1, "be", "will", "may", "must", "we", "adv", "and", "or")
    if passage.at(place, "not") and negated_noun and passage.at(following, "data", "datum", "your") and place > 0:
        return passage.has(",", "(", ")", "and", start=following, end=verb)  # "posts, not messages, are used"
    if passage.at(place - 1, "be") and passage.at(following, "w") and passage.at(following + 1, "by"):
        return True  # "where they are not outweighed by …"
    if place < passage.prefix and not passage.at(following, *_VERBS, ":"):
        return True  # a lead-in speaks of its list only with its own verb
    reader = next((i for i in (place - 1, place - 2) if passage.at(i, "you", "user")), -1)
    if reader >= 0 and not passage.at(reader - 1, "of", "on", "with", "to", "for"):
        return passage.has("may", "will", "be", start=place + 2, end=verb)  # "data you have not deleted may …"
    if passage.at(place, "stop", "deny") and passage.at(place - 1, "to") and not passage.has("we", end=place):
        return True  # "to stop your data from being used"
    if passage.at(place - 1, "be") and passage.has(":", start=place, end=verb):
        return True  # "they are not exempt: their posts are used"
    if any(passage.at(i + 1, "may", "will") for i in passage.places("and", start=place + 2, end=verb)):
        return True  # "do not own your content and may use it"
    excepted = passage.places("except", start=place, end=verb)
    return (
        bool(excepted)
        and passage.at(excepted[0] + 1, "to", "for")
        and not passage.has("consent", start=place, end=verb)
    )


def _late(passage: Passage, place: int, verb: int) -> bool:
    """A negation inside the match, after its verb: "AI … is not trained" has none; "training … is not" has."""
    if passage.at(verb, "may", "will", "be", "must", "grant"):
        return True
    return passage.at(place - 1, "be", "will", "may") and passage.has("use", "train", start=place)


def _on_consent(passage: Passage, negated: bool, stop: int) -> bool:
    if any(passage.has("if", "only", "unless", start=max(0, i - 3), end=i) for i in passage.places("grant", end=stop)):
        return True
    for i in passage.places("consent", end=stop):
        if not negated and passage.has("without", start=max(0, i - 3), end=i):
            continue
        if any(passage.at(j, "unless", "except", "without", "if", "only", "on", "of", "not", "by", "to", "and", "or")
               for j in range(max(0, i - 4), i)):  # fmt: skip
            return True
    return False


def _statement_end(passage: Passage, end: int) -> int:
    """Where the next statement begins."""
    for i in range(end, len(passage.chars)):
        if passage.at(i, "but", ";"):
            return i
        if (
            passage.at(i, ",", "and")
            and (passage.we(i + 1) or passage.at(i + 1, "and"))
            and (passage.we(i + 2) or passage.at(i + 2, "may", "will", "not"))
        ):
            return i
    return len(passage.chars)


def _places(
    passage: Passage, concept: str, begin: int, stop: int, negated: bool
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The values a statement is limited to, and those it leaves out."""
    only: list[str] = []
    left_out: list[str] = []
    previous: tuple[int, str] | None = None
    for i in passage.places(concept, end=stop):
        if previous is not None and all(
            passage.at(j, ",", "or", "and", "of", "on", "(", ")", concept, "will") for j in range(previous[0] + 1, i)
        ):
            how = previous[1]
        else:
            how = _introduction(passage, i, concept, negated)
        previous = (i, how)
        if how == "out":
            left_out.append(passage.tags[i].value)
        elif how == "only":
            only.append(passage.tags[i].value)
    if negated and left_out and not only:
        return _unique(left_out), ()
    return _unique(only), _unique(left_out)


def _introduction(passage: Passage, place: int, concept: str, negated: bool) -> str:
    before = range(max(0, place - _REACH - 2), place)
    if any(passage.at(i, "outside", "except", "include-not", "unless") for i in before):
        return "out"
    if concept == "audience":
        if passage.at(place + 1, "may", "will", "be", "include-not") and passage.has(
            "include-not", "not", start=place, end=place + 4
        ):
            return "out"
        return "only" if any(passage.at(i, "only", "for", "on", "if", "of", "not", "no", "you") for i in before) else ""
    if any(passage.at(i, "not") for i in range(max(0, place - 3), place)) and not negated:
        return "out"
    if passage.has("include-not", start=place, end=place + 4):
        return "out"
    near = any(
        passage.at(i, "within", "of", "on", "if", "for", "only", "you", "user", "your")
        for i in range(max(0, place - 4), place)
    )
    return (
        "only"
        if near and not any(passage.at(i, "to", "share", "collect") for i in range(max(0, place - 3), place))
        else ""
    )


def _data(passage: Passage, begin: int, stop: int, negated: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    included: list[str] = []
    excluded: list[str] = []
    out = False
    for i in range(min(begin, stop), stop):
        if passage.at(i, "except", "include-not"):
            out = True
        elif passage.at(i, ";", "but", "use"):
            out = False
        elif passage.at(i, "data"):
            (excluded if out else included).append(passage.tags[i].value)
    return _unique(included), _unique(excluded)


def ways_out(passages: Iterable[Passage]) -> OptOut | None:
    """What a block says of opting out.  None where it says nothing."""
    offered: bool | None = None
    default: str | None = None
    retroactive: bool | None = None
    for passage in passages:
        for i in passage.places("optout"):
            refused = passage.has("not", start=max(0, i - 4), end=i) and not passage.has(
                "if", "unless", start=max(0, i - 7), end=i
            )
            refused = refused and not passage.has("even", "your", start=max(0, i - 5), end=i)
            offered = offered or not refused
        if passage.has("unwilling") and passage.has("setting"):
            offered = True
        if passage.has("default-on"):
            default = "on"
        elif passage.has("default-off"):
            default = "off"
        if passage.has("not-undone") and passage.has("train", "optout"):
            retroactive = False
        elif passage.has("undone") and passage.has("optout"):
            retroactive = True
    if offered is None and default is None:
        return None
    return OptOut(bool(offered), default, retroactive if offered else None)


def _unique(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))
