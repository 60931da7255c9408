"""How far a match reaches: polarity, conditions, exceptions, regions, audiences, data and ways out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tracker.model import OptOut, Polarity
from tracker.practices.negation import is_negated, only_who_objects, switched_off
from tracker.practices.parties import Agent
from tracker.practices.passage import Passage

_ASIDE = 16  # tags of a sentence that only leaves out
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
    conditional = turned = False
    if negated and exception is not None:
        rest = range(exception + 1, stop)
        if exception < verb:
            rest = range(exception + 1, max(exception + 1, agent.place if agent.place > exception else verb))
        if any(passage.at(i, "consent", "optout", "grant") for i in rest):
            conditional = True
            negated = passage.tags[exception].value != "only"  # "لا … إلا بموافقتك": only with your consent
        elif any(passage.at(i, "audience", "region") for i in rest) or (
            any(passage.at(i, "data") for i in rest if i <= exception + _REACH + 3) and passage.at(exception, "except")
        ):
            negated, turned = False, True
        else:
            conditional = True
    if passage.has("consent", "grant", end=stop) and _on_consent(passage, negated, stop):
        conditional = True
    if negated and not switched_off(passage, verb, end) and only_who_objects(passage, verb):
        negated = False
    regions = _places(passage, "region", begin, stop, negated)
    audiences = _places(passage, "audience", begin, stop, negated)
    if turned:  # "not … except on the free plan" is done there, and there only
        regions, audiences = ((only or out, ()) for only, out in (regions, audiences))
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
    for i in passage.places("but", ";", ",", "and", start=end):
        if passage.at(i, "but", ";"):
            return i
        if passage.at(i + 1, "and") and passage.at(i + 2, "not") and passage.at(i + 3, "data"):
            continue  # "… and not private messages"
        if (passage.we(i + 1) or passage.at(i + 1, "and")) and (
            passage.we(i + 2) or passage.at(i + 2, "may", "will", "not")
        ):
            return i
    return len(passage.chars)


def row_bound(first: Passage) -> tuple[str, ...]:
    """The regions to which the first cell of a table's row limits the others: "If you are in the UK | …"."""
    if not first.has("if", "for", "within", "you", "user"):
        return ()
    return _places(first, "region", 0, len(first.chars), negated=False)[0]


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
        owner = place - 1
        while passage.at(owner, "of"):
            owner -= 1
        if passage.at(owner, "data", "datum", "user", "that"):
            return "only"  # "the data of business customers"
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
    for i in passage.places("except", "include-not", ";", "but", "use", "data", "not", start=begin, end=stop):
        if passage.at(i, "except", "include-not"):
            out = True
        elif passage.at(i, "not"):
            out = out or (not negated and passage.at(i - 1, "and", ",") and passage.at(i + 1, "data"))
        elif passage.at(i, ";", "but", "use"):
            out = False
        else:
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
        if passage.has("default-on") or _stands_unless(passage):
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


def _stands_unless(passage: Passage) -> bool:
    """ "Unless you turn it off …", "by default the option … is activated": what holds for who does nothing."""
    if passage.has("by-default") and passage.has("switched-on"):
        return True
    for i in passage.places("optout"):
        if passage.has("unless", start=max(0, i - 5), end=i):
            return True
        conditions = passage.places("if", start=max(0, i - 7), end=i)
        if conditions and passage.has("not", start=conditions[-1], end=i + 2):
            return True
    return False


def _unique(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))


def regions_left_out(passages: Iterable[Passage]) -> tuple[str, ...]:
    """The regions that a sentence of its own leaves out: "Users in the EU are not included"."""
    found: list[str] = []
    for passage in passages:
        aside = len(passage.own) <= _ASIDE and passage.has("include-not") and not passage.has("train", "ai", "model")
        if aside and not passage.said.question:
            found += _places(passage, "region", 0, len(passage.chars), negated=False)[1]
    return _unique(found)
