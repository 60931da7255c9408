"""Lists as a person reads them: versions, practices, events, deliveries, documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tracker.model import (
    ChannelStatus,
    Delivery,
    DocumentStatus,
    Event,
    LedgerRow,
    Notice,
    NoticeKind,
    Silence,
    Version,
)
from tracker.views.gaps import columns, day, quoted
from tracker.views.terminal import safe


def minute(moment: object) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else "–"


SAYS = {
    NoticeKind.EFFECTIVE: "effective {day}",
    NoticeKind.COMING: "announces a new text for {day}",
    NoticeKind.UNTIL: "applies until {day}",
    NoticeKind.UPDATED: "last updated {day}",
}


def versions(rows: Sequence[Version], notices: Mapping[int, Sequence[Notice]]) -> str:
    """The versions of one document, oldest first; ``notices`` gives what each says of its own dates."""
    head = ("no.", "observed", "last seen", "cause", "standing", "blocks", "edition", "what it says of itself")
    body = []
    for row in rows:
        says = [SAYS[n.kind].format(day=n.day or "a day not named") for n in notices[row.number] if n.kind in SAYS]
        if row.reason:
            says.insert(0, safe(row.reason))
        cells = (str(row.number), minute(row.observed_at), minute(row.last_seen), row.cause.value, row.standing.value)
        body.append((*cells, str(len(row.blocks)), str(row.edition), "; ".join(dict.fromkeys(says)) or "–"))
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


def events(rows: Sequence[Event], nothing: str = "Nothing happened.") -> str:
    """Events as they came; ``nothing`` is said where there are none."""
    if not rows:
        return f"{nothing}\n"
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


def silences(rows: Sequence[Silence]) -> str:
    if not rows:
        return "Nothing is silenced.\n"
    head = ("no.", "service", "practice", "until", "reason")
    body = [
        (str(r.id), safe(r.service or "any"), safe(r.practice or "any"), minute(r.until), safe(r.reason)) for r in rows
    ]
    return columns([head, *body])


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


def status(rows: Sequence[DocumentStatus]) -> str:
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
    return columns([head, *body])


def channels(rows: Sequence[ChannelStatus]) -> str:
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
    return columns([head, *body])
