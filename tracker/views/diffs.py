"""A diff on a terminal: one below the other, side by side, or in figures."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group
from rich.table import Table
from rich.text import Text

from tracker.model import Diff, Op, Words
from tracker.views.changes import ALL, Entry, Fate, Look, seen, under_headings
from tracker.views.terminal import drawn, safe, safe_lines

_BETWEEN = 3  # columns between the two sides
_BAR = 30  # columns of the longest bar
_SIGNS = {Fate.KEPT: " ", Fate.DELETED: "-", Fate.INSERTED: "+", Fate.EDITED: "~", Fate.ARRIVED: ">", Fate.LEFT: "<"}
_STYLES = {Op.EQUAL: "", Op.DELETE: "red strike", Op.INSERT: "green underline"}
_MARKS = {Op.EQUAL: ("", ""), Op.DELETE: ("[-", "-]"), Op.INSERT: ("{+", "+}")}  # those of wdiff
_QUIET = (Fate.KEPT, Fate.ARRIVED, Fate.LEFT)


def summary(diff: Diff) -> str:
    """In one line how much changed."""
    if all(change.op is Op.EQUAL for change in diff.changes):
        return "No differences."
    moved = sum(change.new[1] - change.new[0] for change in diff.changes if change.op is Op.MOVE)
    tail = f", {count(moved, 'paragraph')} moved." if moved else "."
    return f"{count(diff.inserted, 'word')} inserted, {diff.deleted} deleted{tail}"


def terminal(diff: Diff, look: Look = ALL, *, colour: bool, width: int, title: str = "") -> str:
    """The changes one below the other, under their headings; of what was kept, some around them, the rest counted.

    In edited paragraphs what was deleted stands between ``[-`` and ``-]``, what was inserted between ``{+`` and
    ``+}``, with colours too: so it survives copying.  ``width`` is in columns.
    """
    table = Table.grid(padding=(0, 1, 0, 0))
    table.add_column(width=1)
    table.add_column(overflow="fold")
    for entry, path in under_headings(diff, look):
        if entry.fate is Fate.FOLDED:
            table.add_row("", _kept(entry))
            continue
        if path:
            table.add_row("", _path(path))
        for touch in entry.touches:
            table.add_row("▸", Text(str(touch), style="bold magenta"))
        table.add_row(_SIGNS[entry.fate], _marked(entry, entry.words, marks=entry.fate not in _WHOLE))
    return drawn(Group(*_head(diff, look, title), table), colour=colour, width=width)


def side_by_side(diff: Diff, look: Look = ALL, *, colour: bool, width: int, title: str = "") -> str:
    """The old text on the left and the new one on the right; otherwise like :func:`terminal`."""
    table = Table(box=None, padding=(0, _BETWEEN, 0, 0), pad_edge=False)
    for name in ("old", "new"):
        table.add_column(name, width=max(1, (width - _BETWEEN) // 2), overflow="fold", header_style="bold")
    for entry, path in under_headings(diff, look):
        if entry.fate is Fate.FOLDED:
            table.add_row(_kept(entry), _kept(entry))
            continue
        if path:
            table.add_row(_path(path), "")
        for touch in entry.touches:
            table.add_row("", Text(f"▸ {touch}", style="bold magenta"))
        table.add_row(*_sides(entry))
    return drawn(Group(*_head(diff, look, title), table), colour=colour, width=width)


def stat(diff: Diff, look: Look = ALL, *, colour: bool, width: int, title: str = "") -> str:
    """How many words each section gained and lost, with a bar; what moved is not counted."""
    figures: dict[tuple[str, ...], list[int]] = {}
    for entry in seen(diff, look):
        if entry.fate in (Fate.KEPT, Fate.FOLDED):
            continue
        path = (*entry.path, (entry.new or entry.old)[0].text) if entry.title else entry.path
        row = figures.setdefault(path, [0, 0])
        if entry.fate is not Fate.LEFT:
            row[0] += sum(len(run.text.split()) for run in entry.words if run.op is Op.INSERT)
            row[1] += sum(len(run.text.split()) for run in entry.words if run.op is Op.DELETE)
    table = Table.grid(padding=(0, 1, 0, 0))
    table.add_column(overflow="fold", max_width=max(8, width - 20 - _BAR // 2))
    table.add_column(justify="right", no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    bar = max(0, min(_BAR, width - 40))
    most = max([sum(row) for row in figures.values()], default=0) or 1
    for path, (come, gone) in figures.items():
        plus, minus = ("+" * -(-come * bar // most), "-" * -(-gone * bar // most)) if bar else ("", "")
        section = " › ".join(safe(heading) for heading in path) or "(above the first heading)"
        table.add_row(section, f"+{come}", f"-{gone}", Text.assemble((plus, "green"), (minus, "red")))
    return drawn(Group(*_head(diff, look, title), table), colour=colour, width=width)


_WHOLE = (Fate.DELETED, Fate.INSERTED, Fate.KEPT, Fate.LEFT)


def _head(diff: Diff, look: Look, title: str) -> list[Text]:
    """Which texts these are, and how much changed."""
    told = summary(diff)
    if look.only is not None:
        told += f" {count(sum(1 for _ in seen(diff, look)), 'change')} of them about {look.only}."
    return [*([Text(safe(title), style="bold")] if title else []), Text(told)]


def count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _kept(entry: Entry) -> Text:
    return Text(f"… {count(len(entry.new), 'paragraph')} unchanged", style="dim")


def _path(path: Sequence[str]) -> Text:
    return Text("\n" + " › ".join(safe(heading) for heading in path), style="bold")


def _marked(entry: Entry, words: Sequence[Words], *, marks: bool) -> Text:
    """Runs of words in their colours, and between marks; the space after a run stands behind its mark."""
    text = Text(f"({entry.note}) " if entry.note else "", style="dim" if entry.fate in _QUIET else "")
    for run in words:
        shown = safe_lines(run.text)
        body = shown.rstrip() if marks and run.op is not Op.EQUAL else shown
        space = shown[len(body) :]
        if not body:
            body, space = shown.replace("\n", "¶\n") if marks else shown, ""
        before, behind = _MARKS[run.op] if marks else ("", "")
        text.append(before + body + behind, style=_STYLES[run.op])
        text.append(space)
    if entry.title:
        text.stylize("bold")
    return text


def _sides(entry: Entry) -> tuple[Text, Text]:
    """What stands on the left and on the right."""
    if entry.fate is Fate.KEPT:
        left, right = (Text(safe(side[0].text), style="dim") for side in (entry.old, entry.new))
        return left, right
    if entry.fate is Fate.ARRIVED:
        return Text(), _marked(entry, entry.words, marks=True)
    if entry.fate is not Fate.EDITED:
        shown = _marked(entry, entry.words, marks=False)
        return (Text(), shown) if entry.new else (shown, Text())
    sides = ([run for run in entry.words if run.op is not absent] for absent in (Op.INSERT, Op.DELETE))
    left, right = (_marked(entry, side, marks=True) for side in sides)
    return left, right
