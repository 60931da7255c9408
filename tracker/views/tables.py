"""Lists as a person reads them: versions, practices, events, deliveries, documents."""

from __future__ import annotations

from collections.abc import Sequence

from tracker.model import Delivery, Event, LedgerRow, Version
from tracker.views.gaps import columns, day, quoted
from tracker.views.terminal import safe


def minute(moment: object) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else "–"


def versions(rows: Sequence[Version]) -> str:
    """The versions of one document, oldest first."""
    head = ("no.", "observed", "until seen", "cause", "standing", "blocks", "edition", "note")
    body = [
        (
            str(row.number),
            minute(row.observed_at),
            minute(row.last_seen),
            row.cause.value,
            row.standing.value,
            str(len(row.blocks)),
            str(row.edition),
            safe(row.reason) or "–",
        )
        for row in rows
    ]
    return columns([head, *body])


def practices(rows: Sequence[LedgerRow]) -> str:
    """A matrix per service: practice and actor down, documents across, the first day in each cell."""
    if not rows:
        return "No practice was found in what is stored.\n"
    out = []
    for service in sorted({row.document.service for row in rows}):
        mine = [row for row in rows if row.document.service == service]
        documents = sorted({row.document.document for row in mine})
        cells = {(row.practice, row.actor, row.document.document): row for row in mine}
        table = [("practice", "actor", *(safe(name) for name in documents))]
        for practice, actor in sorted({(row.practice, row.actor) for row in mine}):
            found = [cells.get((practice, actor, name)) for name in documents]
            table.append((practice, actor.value, *(cell(row) for row in found)))
        out.append(f"{safe(service)}\n{columns(table)}")
    return "\n".join(out)


def cell(row: LedgerRow | None) -> str:
    if row is None or row.first_seen is None:
        return "–" if row is None else row.state.value
    return f"{row.state.value} {day(row.first_seen)}"


def events(rows: Sequence[Event]) -> str:
    if not rows:
        return "Nothing happened.\n"
    out = []
    for row in rows:
        text = f"{minute(row.at)}  [{row.severity.value}] {safe(row.summary)}"
        if row.before:
            text += "\n    before:\n" + quoted(row.before, " " * 8)
        if row.quote:
            text += ("\n    now:" if row.before else "") + "\n" + quoted(row.quote, " " * 8)
        if row.url:
            text += f"\n        {safe(row.url)}"
        out.append(text)
    return "\n".join(out) + "\n"


def deliveries(rows: Sequence[Delivery]) -> str:
    if not rows:
        return "No alert was due.\n"
    head = ("channel", "status", "attempts", "sent or due", "event", "error")
    body = [
        (
            safe(row.channel),
            row.status.value,
            str(row.attempts),
            minute(row.sent_at or row.due),
            safe(row.event.summary)[:70],
            safe(row.error) or "–",
        )
        for row in rows
    ]
    return columns([head, *body])
