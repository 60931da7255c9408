"""Which document says what since when: practices down, documents across."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.table import Table
from rich.text import Text

from tracker.model import Actor, DocumentKey, Kind, LedgerRow, State
from tracker.views.gaps import day
from tracker.views.terminal import drawn, safe

_STYLES = {
    State.DISCLOSES: "green",
    State.GENERIC: "yellow",
    State.DENIES: "red",
    State.ANNOUNCED: "cyan",
    State.SILENT: "dim",
    State.UNKNOWN: "dim",
}
_ACTORS = {Actor.SERVICE: "", Actor.AFFILIATE: " by affiliates", Actor.THIRD_PARTY: " by third parties"}
_LEGEND = """\
–: silent.  One day: since then.  Two days: from then to then, and no more.
unknown: what it says now could not be read; days beside it: as above.
"""
_FIRST = 22  # columns of the practices' names
_CELL = 12  # columns that a document needs at least: a date and the space beside it
_WIDEST = 24  # columns that a document can use


def matrix(rows: Sequence[LedgerRow], *, colour: bool = False, width: int = 100) -> str:
    """A matrix per service, parted where the documents do not fit beside each other; those that explain stand first.

    A cell says the state with the first day on which the text said it; of what a text says no more, both days.
    """
    if not rows:
        return "No practice was found in what is stored.\n"
    out = []
    for service in sorted({row.document.service for row in rows}):
        mine = [row for row in rows if row.document.service == service]
        out.append(f"{safe(service)}\n" + "\n".join(_parts(mine, colour=colour, width=width)))
    return "\n".join((*out, _LEGEND))


def _parts(rows: Sequence[LedgerRow], *, colour: bool, width: int) -> Iterator[str]:
    kinds = {row.document: row.kind for row in rows}
    speaking = {row.document for row in rows if row.first_seen or row.kind.binding or row.kind.informal}
    documents = sorted(speaking, key=lambda key: (not kinds[key].informal, not kinds[key].binding, key))
    cells = {(row.practice, row.actor, row.document): row for row in rows}
    at_once = max(1, (width - _FIRST) // _CELL)
    for start in range(0, len(documents), at_once):
        shown = documents[start : start + at_once]
        yield drawn(_table(shown, kinds, cells, width), colour=colour, width=width)


def _table(
    documents: Sequence[DocumentKey],
    kinds: dict[DocumentKey, Kind],
    cells: dict[tuple[str, Actor, DocumentKey], LedgerRow],
    width: int,
) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style="bold")
    table.add_column("practice", width=_FIRST - 1)
    each = min(_WIDEST, (width - _FIRST) // len(documents)) - 1
    for key in documents:
        table.add_column(Text(f"{safe(key.document)} ({kinds[key].value})"), width=each, overflow="fold")
    for practice, actor in sorted({(name, actor) for name, actor, _ in cells}):
        found = (cells.get((practice, actor, key)) for key in documents)
        table.add_row(Text(f"{practice}{_ACTORS[actor]}"), *(_cell(row) for row in found))
    return table


def _cell(row: LedgerRow | None) -> Text:
    if row is None or (row.first_seen is None and row.state is State.SILENT):
        return Text("–", "dim")
    if row.first_seen is None:
        return Text(row.state.value, _STYLES.get(row.state, ""))
    if row.denies_partly:
        return Text(f"denies in part {day(row.first_seen)}", _STYLES[State.DENIES])
    if row.state in (State.SILENT, State.UNKNOWN):
        state = "" if row.state is State.SILENT else f"{row.state.value}; "
        return Text(f"{state}{day(row.first_seen)} to {day(row.last_seen)}", "dim")
    return Text(f"{row.state.value} {day(row.first_seen)}", _STYLES.get(row.state, ""))
