"""Gaps as a person reads them: both quotations side by side, the dates, and what is still open."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from tracker.model import Actor, BindingState, Gap, GapStatus, Severity, State
from tracker.views.terminal import drawn, safe

ACTORS = {
    Actor.SERVICE: "by the service itself",
    Actor.AFFILIATE: "by its affiliates",
    Actor.THIRD_PARTY: "by third parties",
}
WAYS_OUT = {"opt-out": "an opt-out is offered", "off-by-default": "it is off by default"}
"""Scope terms that are no exemption of somebody or something, in words."""

STYLES = {Severity.LOW: "dim", Severity.MEDIUM: "yellow", Severity.HIGH: "red", Severity.CRITICAL: "bold red"}
_STATES = {State.DISCLOSES: "green", State.GENERIC: "yellow", State.DENIES: "bold red", State.ANNOUNCED: "cyan"}
_BETWEEN = 3  # columns between the two sides
_LONGEST = 400  # characters of a quotation: the rest is one `tracker show` away
WIDTH = 100


def day(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%d") if moment else "unknown"


def days(number: int) -> str:
    return f"{number} day" if number in (1, -1) else f"{number} days"


def words(text: str, limit: int = _LONGEST) -> str:
    """A quotation from a page in its marks, made harmless, in one line, cut at ``limit`` characters (it is shown)."""
    shown = safe(" ".join(text.split()))
    return f"“{shown}”" if len(shown) <= limit else f"“{shown[: limit - 2].rstrip()} …”"


def quoted(text: str, indent: str, limit: int = _LONGEST, width: int = WIDTH) -> str:
    """A quotation from a page, wrapped and indented."""
    return textwrap.fill(words(text, limit), width, initial_indent=indent, subsequent_indent=indent + " ")


def gap(datum: Gap) -> str:
    """One gap without colours; ends without a newline."""
    return drawn(_shown(datum, None, WIDTH), colour=False, width=WIDTH).rstrip("\n")


def listing(
    gaps: Sequence[Gap],
    now: datetime | None = None,
    aside: Mapping[str, datetime] = MappingProxyType({}),
    *,
    colour: bool = False,
    width: int = WIDTH,
) -> str:
    """All gaps, the gravest of the open ones first.  ``now`` tells how long these have been open (None: not said).

    ``aside``: until when somebody has acknowledged a gap, by its id.
    """
    if not gaps:
        return "No gap is known: no help page that was read by then asserts what the binding documents leave out.\n"
    order = list(GapStatus)
    ranked = sorted(gaps, key=lambda item: (order.index(item.status), -item.severity.rank, item.found, item.id))
    return "\n".join(drawn(_shown(item, now, width, aside.get(item.id)), colour=colour, width=width) for item in ranked)


def _shown(datum: Gap, now: datetime | None, width: int, aside: datetime | None = None) -> Group:
    named = f"{safe(datum.service)}: {datum.practice} {ACTORS[datum.actor]} · "
    style = STYLES[datum.severity]
    head = Text.assemble((named, "bold"), (datum.status.value.upper(), style), (f"   [{datum.severity.value}]", style))
    below = [" · ".join(_course(datum, now)), *([safe(datum.reason)] if datum.reason else [])]
    after = [
        *_left_out(datum.exempt),
        f"id {datum.id}{f' · acknowledged until {aside:%Y-%m-%d %H:%M} UTC' if aside else ''}",
    ]
    parts: list[Text | Table] = [
        *(Text(line) for line in below),
        _sides(datum, width - 2),
        *(Text(line, "dim") for line in after),
    ]
    return Group(head, *(Padding(part, (0, 0, 0, 2)) for part in parts))


def _course(datum: Gap, now: datetime | None) -> Iterator[str]:
    """When a gap began and ended, with lag and notice."""
    yield f"opened {day(datum.opened)}" if datum.opened else f"found {day(datum.found)}, since when is unknown"
    if datum.withdrawn:
        yield f"withdrawn {day(datum.withdrawn)}"
    elif datum.closed:
        yield f"closed {day(datum.closed)} by {safe(datum.closed_by.document) if datum.closed_by else '?'}"
    elif now and datum.status in (GapStatus.OPEN, GapStatus.PARTIAL):
        yield f"open for {days((now - datum.found).days)}"
    if datum.lag_days is not None:
        yield f"{days(datum.lag_days)} late"
    if datum.notice_days is not None:
        back = f"dated back by {days(-datum.notice_days)}" if datum.notice_days < 0 else "without notice"
        yield f"{days(datum.notice_days)} of notice" if datum.notice_days > 0 else back


def _left_out(terms: Sequence[str]) -> Iterator[str]:
    """What the informal pages exempt, and the ways out that they offer."""
    told = [f"left out: {', '.join(term for term in terms if term not in WAYS_OUT)}"] * bool(set(terms) - set(WAYS_OUT))
    told += [WAYS_OUT[term] for term in terms if term in WAYS_OUT]
    if told:
        yield " · ".join(told)


def _sides(datum: Gap, width: int) -> Table:
    """On the left what is said informally, on the right what binds says to that."""
    table = Table(box=None, padding=(0, _BETWEEN, 0, 0), pad_edge=False, show_header=False)
    for _ in range(2):
        table.add_column(width=max(1, (width - _BETWEEN) // 2), overflow="fold")
    said = datum.informal
    left = Text.assemble((safe(said.document.document), "bold"), f" says since {day(said.first_seen)}\n")
    left.append(words(said.quote))
    left.append(f"\n{safe(said.url)}" if said.url else "", "dim")
    table.add_row(
        left, Text("\n").join(_binding(datum.binding)) if datum.binding else Text("nothing binding is tracked")
    )
    return table


def _binding(states: Sequence[BindingState]) -> Iterator[Text]:
    """Each document with its words, those that have some first."""
    for state in sorted(states, key=lambda each: not each.quote):
        line = Text.assemble((safe(state.document.document), "bold"), " ")
        line.append(state.state.value, _STATES.get(state.state, ""))
        line.append(f" since {day(state.since)}" if state.since else "")
        if state.pending:
            line.append(
                f"; a new text is announced{f' for {state.pending.effective}' if state.pending.effective else ''}"
            )
        if state.quote and state.state is not State.SILENT:
            line.append(f"\n{words(state.quote)}")
        yield line


def table(
    gaps: Sequence[Gap],
    aside: Mapping[str, datetime] = MappingProxyType({}),
    *,
    colour: bool = False,
    width: int = WIDTH,
) -> str:
    """A row per gap: service, practice and actor, status, dates, lag, notice and what is silent.

    ``aside``: the gaps, by id, that somebody has acknowledged until then.
    """
    shown = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style="bold")
    longest = max((len(item.practice) for item in gaps), default=0)
    least = {"service": 8, "practice": longest, "closed": len("2024-09-18"), "lag": 5, "notice": 6, "silent": 8}
    for head in ("service", "practice", "status", "opened", "closed", "lag", "notice", "silent"):
        shown.add_column(head, no_wrap=head in ("status", "opened"), overflow="fold", min_width=least.get(head))
    for item in sorted(gaps, key=lambda one: (one.found, one.id)):
        silent = [state.document.document for state in item.binding if state.state is State.SILENT]
        by = f" by {safe(item.closed_by.document)}" if item.closed_by else ""
        shown.add_row(
            safe(item.service),
            f"{item.practice} {ACTORS[item.actor]}",
            Text(f"{item.status.value}{', aside' if item.id in aside else ''}", STYLES[item.severity]),
            day(item.opened),
            f"{day(item.closed)}{by}" if item.closed else "–",
            "–" if item.lag_days is None else days(item.lag_days),
            "–" if item.notice_days is None else days(item.notice_days),
            safe(", ".join(silent)) or "–",
        )
    return drawn(shown, colour=colour, width=width)
