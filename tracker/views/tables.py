"""Lists as a person reads them: versions, events, deliveries, documents.

``width`` is in columns; None: as wide as the list is, a line per row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from tracker.model import ChannelStatus, Delivery, DocumentStatus, Event, Notice, NoticeKind, Silence, Version
from tracker.views.gaps import STYLES, WIDTH, words
from tracker.views.terminal import drawn, safe
from tracker.views.wrapping import table

_SEVERITY = max(len(each) for each in STYLES)
_INDENT = 4


def minute(moment: object) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else "–"


SAYS = {
    NoticeKind.EFFECTIVE: "effective {day}",
    NoticeKind.COMING: "announces a new text for {day}",
    NoticeKind.UNTIL: "applies until {day}",
    NoticeKind.UPDATED: "last updated {day}",
}


@dataclass(frozen=True, slots=True)
class Step:
    """A version beside the one before it: words and, as ``practice by actor``, practices that came and went.

    ``inserted`` and ``deleted`` are None for a document's first version.
    """

    version: Version
    notices: tuple[Notice, ...] = ()
    inserted: int | None = None
    deleted: int | None = None
    gained: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()


def versions(steps: Sequence[Step], width: int | None = None) -> str:
    """The versions of one document, oldest first."""
    head = ("no.", "observed", "last seen", "cause", "standing", "words", "practices", "what it says of itself")
    body = []
    for step in steps:
        row = step.version
        says = [SAYS[n.kind].format(day=n.day or "a day not named") for n in step.notices if n.kind in SAYS]
        if row.reason:
            says.insert(0, safe(row.reason))
        words = "first" if step.inserted is None else f"+{step.inserted} -{step.deleted}"
        turns = [f"+{name}" for name in step.gained] + [f"-{name}" for name in step.lost]
        cells = (str(row.number), minute(row.observed_at), minute(row.last_seen), row.cause.value, row.standing.value)
        body.append((*cells, words, ", ".join(turns) or "–", "; ".join(dict.fromkeys(says)) or "–"))
    return table([head, *body], width)


def events(
    rows: Sequence[Event], nothing: str = "Nothing happened.", *, colour: bool = False, width: int = WIDTH
) -> str:
    """Events as they came, with their words; ``nothing`` is said where there are none."""
    if not rows:
        return f"{nothing}\n"
    return drawn(Group(*(part for row in rows for part in _event(row))), colour=colour, width=width)


def _event(row: Event) -> Iterator[RenderableType]:
    """The time and how grave it is, what happened, and below the words that show it."""
    head = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, show_header=False)
    head.add_column(no_wrap=True)
    head.add_column(width=_SEVERITY, no_wrap=True)
    head.add_column(overflow="fold")
    head.add_row(minute(row.at), Text(row.severity.value, STYLES[row.severity]), Text(safe(row.summary)))
    yield head
    sides = (
        (("before: ", row.before), ("now: ", row.quote))
        if row.before and row.quote
        else (("", row.before or row.quote),)
    )
    for label, quote in sides:
        if quote:
            yield Padding(Text(f"{label}{words(quote)}"), (0, 0, 0, _INDENT))
    if row.url:
        yield Padding(Text(safe(row.url), "dim"), (0, 0, 0, _INDENT))


def deliveries(rows: Sequence[Delivery], width: int | None = None) -> str:
    if not rows:
        return "No alert was due.\n"
    head = ("channel", "status", "attempts", "sent or due", "event", "error")
    body = [
        (
            safe(row.channel),
            row.status.value,
            str(row.attempts),
            minute(row.sent_at or row.due),
            safe(row.event.summary),
            safe(row.error) or "–",
        )
        for row in rows
    ]
    return table([head, *body], width)


def silences(rows: Sequence[Silence], width: int | None = None) -> str:
    if not rows:
        return "Nothing is silenced.\n"
    head = ("no.", "service", "practice", "until", "reason")
    body = [
        (str(r.id), safe(r.service or "any"), safe(r.practice or "any"), minute(r.until), safe(r.reason)) for r in rows
    ]
    return table([head, *body], width)


def remark(row: DocumentStatus) -> str:
    """What is to be said of a document besides its times: what stands in its place, what failed, how it is read."""
    parts = []
    if row.replaced_since:
        parts.append(f"replaced by something else since {row.replaced_since:%Y-%m-%d}: {row.error}")
    elif row.error:
        parts.append(row.error)
    if row.browser_since:
        parts.append(f"read in a browser since {row.browser_since:%Y-%m-%d}")
    return "; ".join(parts)


def status(rows: Sequence[DocumentStatus], width: int | None = None) -> str:
    if not rows:
        return "No document was ever checked.\n"
    head = ("", "document", "kind", "last success", "last change", "next run", "failures", "held", "remark")
    body = [
        (
            "!" if row.needs_attention else "",
            safe(str(row.document)),
            row.kind.value,
            minute(row.last_success),
            minute(row.last_change),
            minute(row.next_run),
            str(row.failures),
            "–" if row.held is None else f"version {row.held}",
            safe(remark(row)) or "–",
        )
        for row in rows
    ]
    return table([head, *body], width)


def channels(rows: Sequence[ChannelStatus], width: int | None = None) -> str:
    if not rows:
        return "No channel is configured: nobody is told.\n"
    head = ("", "channel", "waiting", "given up", "last sent", "remark")
    body = [
        (
            "!" if row.needs_attention else "",
            safe(row.channel),
            str(row.waiting),
            str(row.dead),
            minute(row.last_sent),
            safe(row.error) or ("–" if row.configured else "not configured any more"),
        )
        for row in rows
    ]
    return table([head, *body], width)
