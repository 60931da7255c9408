"""What a reader's word takes away: gaps that rested on what was rejected are withdrawn, not forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from tracker.gaps.identity import stable_id
from tracker.gaps.states import Practice
from tracker.gaps.telling import named
from tracker.model import Assessment, Event, EventKind, Gap, GapName, GapStatus, Rejection, Severity

BEGINS = (EventKind.GAP_OPENED, EventKind.GAP_FOUND)

WORD = "word-"
"""The ids of events that a reader's word brought about begin so."""


def heeded(
    found: Assessment, unheeded: Sequence[Gap], words: Sequence[Rejection], names: Sequence[GapName]
) -> Assessment:
    """What was found, with the gaps that would stand but for the rejections ``words`` as withdrawn by the last of them.

    ``unheeded`` are the gaps as they would be; only those that were known as gaps once (``names``) were ever told.
    """
    standing, known = {gap.id for gap in found.gaps}, {name.id for name in names}
    gone: list[tuple[Gap, Rejection]] = []
    for gap in unheeded:
        struck = [word for word in words if word.practice == gap.practice]
        if struck and gap.id in known - standing:
            gone.append((gap, struck[-1]))
    withdrawn = tuple(_withdrawn(gap, word) for gap, word in gone)
    events = tuple(_told(gap, word) for gap, word in gone if gap.status is not GapStatus.UNDECIDED)
    return replace(found, gaps=(*found.gaps, *withdrawn), events=(*found.events, *events))


def _withdrawn(gap: Gap, word: Rejection) -> Gap:
    return replace(
        gap,
        status=GapStatus.WITHDRAWN,
        withdrawn=word.at,
        severity=Severity.LOW,
        reason=f"what it rested on was rejected: {word.reason}",
    )


def _told(gap: Gap, word: Rejection) -> Event:
    page, practice = gap.informal.document, Practice(gap.practice, gap.actor)
    return Event(
        id=WORD + stable_id(EventKind.GAP_WITHDRAWN, gap.id, word.at),
        kind=EventKind.GAP_WITHDRAWN,
        service=gap.service,
        at=word.at,
        severity=Severity.LOW,
        summary=f"{gap.service}: {page.document} was misread, it does not say {named(practice)}: {word.reason}",
        document=page,
        practice=gap.practice,
        actor=gap.actor,
        before=gap.informal.quote,
        url=gap.informal.url,
        gap=gap.id,
    )


def revived(gap: Gap, at: datetime) -> Event:
    """A gap that stands again because a reader took back the rejection that had withdrawn it."""
    page, practice = gap.informal.document, Practice(gap.practice, gap.actor)
    return Event(
        id=WORD + stable_id(EventKind.GAP_FOUND, gap.id, at),
        kind=EventKind.GAP_FOUND,
        service=gap.service,
        at=at,
        severity=gap.severity,
        summary=f"{gap.service}: {named(practice)} is said in {page.document} after all ({gap.reason})",
        document=page,
        practice=gap.practice,
        actor=gap.actor,
        quote=gap.informal.quote,
        url=gap.informal.url,
        gap=gap.id,
    )
