"""All that one change of a binding document does to practices → the events that are worth telling of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from tracker.gaps.severity import Weights, weight
from tracker.model import Event, EventKind, Severity

_SCOPE = (EventKind.SCOPE_NARROWED, EventKind.SCOPE_WIDENED)
_TELLING = 4  # words: of fewer, an entry of a list or a title, nobody misses anything
_RANK = (
    EventKind.PRACTICE_REVERSED,
    EventKind.PRACTICE_APPEARED,
    EventKind.PRACTICE_VANISHED,
    EventKind.SCOPE_WIDENED,
    EventKind.SCOPE_NARROWED,
)


def digest(events: Iterable[Event], weights: Weights) -> Iterator[Event]:
    """What is told of one change: a critical practice by itself, all others together in one event, led by the gravest.

    Practices of low weight are for the ledger; so is what became of others where it would be told alone: a shift of
    their scope, or that a single one of medium weight is named or no longer named.
    """
    rest = []
    for event in events:
        base = weight(weights, event.practice or "")
        if event.kind in _SCOPE and event.quote == event.before and base is not Severity.LOW:
            continue  # the very words are the same on both sides: only what stands around them changed
        if event.kind is EventKind.PRACTICE_VANISHED and len(event.before.split()) < _TELLING:
            continue
        if base is Severity.CRITICAL:
            yield event
        elif base is not Severity.LOW:
            rest.append(event)
    practices = [event for event in rest if event.kind not in _SCOPE]
    if len(practices) > 1 or any(_grave(event, weights) for event in practices):
        yield _joined(sorted(rest, key=lambda each: (-each.severity.rank, _RANK.index(each.kind), each.id)))


def _grave(event: Event, weights: Weights) -> bool:
    """Whether an event is worth telling if nothing else is."""
    return event.kind is EventKind.PRACTICE_REVERSED or weight(weights, event.practice or "") is Severity.HIGH


def _joined(events: list[Event]) -> Event:
    lead, others = events[0], events[1:]
    key = f"{lead.document}: "
    summary = "; ".join([lead.summary, *(each.summary.removeprefix(key) for each in others)])
    also = {each.practice for each in others if each.practice} - {lead.practice}
    return replace(lead, summary=summary, also=tuple(sorted(also)))
