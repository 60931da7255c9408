"""Gaps as a person reads them: both quotations, the dates, and what is still open."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from datetime import datetime

from tracker.model import Actor, BindingState, Gap, GapStatus, State
from tracker.views.terminal import safe

ACTORS = {
    Actor.SERVICE: "by the service itself",
    Actor.AFFILIATE: "by its affiliates",
    Actor.THIRD_PARTY: "by third parties",
}
WIDTH = 100


def day(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%d") if moment else "unknown"


def days(number: int) -> str:
    return f"{number} day" if number in (1, -1) else f"{number} days"


def quoted(text: str, indent: str, limit: int = 400) -> str:
    """A quotation from a page, made harmless, wrapped and cut at ``limit`` characters (the cut is shown)."""
    shown = safe(" ".join(text.split()))
    if len(shown) > limit:
        shown = shown[: limit - 2].rstrip() + " …"
    return textwrap.fill(f"“{shown}”", WIDTH, initial_indent=indent, subsequent_indent=indent + " ")


def headline(gap: Gap) -> str:
    parts = [f"{safe(gap.service)}: {gap.practice} {ACTORS[gap.actor]}", gap.status.value.upper()]
    if gap.status is GapStatus.CLOSED and gap.lag_days is not None:
        parts.append(f"{days(gap.lag_days)} after the help page said it")
    if gap.notice_days is not None:
        parts.append(f"notice {days(gap.notice_days)}")
    return " · ".join(parts)


def binding_line(state: BindingState) -> str:
    text = f"    {state.state.value:<10} {safe(state.document.document)}"
    if state.since:
        text += f", since {day(state.since)}"
    if state.pending:
        text += f" (a new text is announced{f' for {state.pending.effective}' if state.pending.effective else ''})"
    if state.quote and state.state is not State.SILENT:
        text += "\n" + quoted(state.quote, " " * 15)
    return text


def gap(datum: Gap) -> str:
    """One gap as a paragraph; ends without a newline."""
    opened = f"since {day(datum.opened)}" if datum.opened else f"found {day(datum.found)}, beginning unknown"
    out = [
        f"{headline(datum)}   [{datum.severity.value}]",
        f"  {datum.reason}" if datum.reason else "",
        f"  asserted by {safe(datum.informal.document.document)}, {opened}: {safe(datum.informal.url)}",
        quoted(datum.informal.quote, " " * 15),
        f"  leaves out {', '.join(datum.exempt)}" if datum.exempt else "",
        "  what binds says:",
        *(binding_line(state) for state in datum.binding),
        f"  id {datum.id}",
    ]
    return "\n".join(row for row in out if row)


def listing(gaps: Sequence[Gap]) -> str:
    """All gaps, the gravest and the open ones first."""
    if not gaps:
        return "No gap is known: no help page that was read by then asserts what the binding documents leave out.\n"
    order = list(GapStatus)
    ranked = sorted(gaps, key=lambda item: (order.index(item.status), -item.severity.rank, item.found, item.id))
    return "\n\n".join(gap(item) for item in ranked) + "\n"


def table(gaps: Sequence[Gap]) -> str:
    """One line per gap: practice, actor, status, dates, lag, notice and what is silent."""
    rows = [("practice", "actor", "status", "opened", "closed", "lag", "notice", "closed by", "silent")]
    for item in sorted(gaps, key=lambda one: (one.found, one.id)):
        silent = ", ".join(state.document.document for state in item.binding if state.state is State.SILENT)
        rows.append(
            (
                item.practice,
                item.actor.value,
                item.status.value,
                day(item.opened),
                day(item.closed) if item.closed else "–",
                "–" if item.lag_days is None else days(item.lag_days),
                "–" if item.notice_days is None else days(item.notice_days),
                safe(item.closed_by.document) if item.closed_by else "–",
                safe(silent) or "–",
            )
        )
    return columns(rows)


def columns(rows: Sequence[Sequence[str]]) -> str:
    """Left-aligned columns under their heads, two spaces apart."""
    widths = [max(len(row[index]) for row in rows) for index in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    lines.insert(1, "  ".join("─" * width for width in widths))
    return "\n".join(lines) + "\n"
