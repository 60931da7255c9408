"""All that one change of a binding document does to practices → the events that are worth telling of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from tracker.gaps.severity import Weights, weight
from tracker.model import Event, EventKind, Severity

TELLING = 6  # words: fewer are an entry of a list or a title
_RANK = (
    EventKind.PRACTICE_REVERSED,
    EventKind.PRACTICE_APPEARED,
    EventKind.PRACTICE_VANISHED,
    EventKind.SCOPE_WIDENED,
    EventKind.SCOPE_NARROWED,
)


def digest(
    practices: Iterable[Event], scope: Iterable[Event], weights: Weights, standing: frozenset[str]
) -> Iterator[Event]:
    """What is told of one change: a critical practice by itself, all others together in one event, led by the gravest.

    ``standing`` are quotations from paragraphs that did not change.  Practices of low weight are for the ledger; so is
    what became of others where it would be told alone: a shift of their scope, or that a single one of medium weight
    is named, or that some are no longer named; and what rests on a title or an entry of a list.
    """
    came = [event for event in practices if (event.quote or event.before) not in standing]
    shifts = [
        event for event in scope if event.quote != event.before and not {event.quote, event.before} <= {*standing, ""}
    ]
    named = {event.practice for event in came if event.kind is EventKind.PRACTICE_APPEARED}
    news = [event for event in came if not _lapsed(event, named)]
    rest = []
    for event in (*news, *shifts):
        base = weight(weights, event.practice or "")
        if base is Severity.CRITICAL:
            yield event
        elif base is not Severity.LOW and len((event.quote or event.before).split()) >= TELLING:
            rest.append(event)
    others = [event for event in rest if event in news]
    came_or_turned = [event for event in others if event.kind is not EventKind.PRACTICE_VANISHED]
    if came_or_turned and (len(others) > 1 or any(_grave(event, weights) for event in came_or_turned)):
        yield _joined(sorted(rest, key=lambda each: (-each.severity.rank, _RANK.index(each.kind), each.id)))


def _lapsed(event: Event, named: set[str | None]) -> bool:
    """Whether that something is no longer disclosed is no news: nobody misses an entry of a list, or what is now told
    of others who do it."""
    if event.kind is not EventKind.PRACTICE_VANISHED:
        return False
    return len(event.before.split()) < TELLING or event.practice in named


def _grave(event: Event, weights: Weights) -> bool:
    """Whether an event is worth telling if nothing else is."""
    return event.kind is EventKind.PRACTICE_REVERSED or weight(weights, event.practice or "") is Severity.HIGH


def _joined(events: list[Event]) -> Event:
    lead, others = events[0], events[1:]
    key = f"{lead.document}: "
    summary = "; ".join([lead.summary, *(each.summary.removeprefix(key) for each in others)])
    also = {each.practice for each in others if each.practice} - {lead.practice}
    return replace(lead, summary=summary, also=tuple(sorted(also)))
