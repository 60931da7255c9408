"""A diff on a terminal: one below the other, side by side, or in figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from rich.table import Table
from rich.text import Text

from tracker.model import Diff, Op, Words
from tracker.views.changes import ALL, Entry, Fate, Look, seen, under_headings
from tracker.views.terminal import drawn, safe, safe_lines
from tracker.views.wrapping import Run, columns, shown, wrapped

_BETWEEN = 3  # columns between the two sides
_BAR = 30  # columns of the longest bar
_SIGNS = {Fate.KEPT: " ", Fate.DELETED: "-", Fate.INSERTED: "+", Fate.EDITED: "~", Fate.ARRIVED: ">", Fate.LEFT: "<"}
_STYLES = {Op.EQUAL: "", Op.DELETE: "9;31", Op.INSERT: "4;32"}  # SGR: red and struck out, green and underlined
_BOLD, _DIM, _TOUCH = "1", "2", "1;35"
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
    lines = _head(diff, look, title, colour=colour, width=width)
    for sign, runs in _rows(diff, look):
        for line in wrapped(runs, max(1, width - len("~ "))):
            lines.append(shown([(f"{sign} ", ""), *line], colour=colour))
            sign = " "
    return "".join([f"{line}\n" for line in lines])


def side_by_side(diff: Diff, look: Look = ALL, *, colour: bool, width: int, title: str = "") -> str:
    """The old text on the left and the new one on the right; otherwise like :func:`terminal`."""
    half = max(1, (width - _BETWEEN) // 2)
    lines = _head(diff, look, title, colour=colour, width=width)
    for left, right in _pairs(diff, look):
        nothing: list[Run] = []
        for old, new in zip_longest(wrapped(left, half), wrapped(right, half), fillvalue=nothing):
            filled = " " * (half + _BETWEEN - sum([columns(text) for text, _ in old]))
            lines.append(shown([*old, (filled, ""), *new], colour=colour))
    return "".join([f"{line}\n" for line in lines])


def _rows(diff: Diff, look: Look) -> Iterator[tuple[str, list[Run]]]:
    """Each with its sign."""
    for entry, path in under_headings(diff, look):
        if entry.fate is Fate.FOLDED:
            yield " ", _kept(entry)
            continue
        if path:
            yield from ((" ", []), (" ", _path(path)))
        yield from (("▸", [(str(touch), _TOUCH)]) for touch in entry.touches)
        yield _SIGNS[entry.fate], _marked(entry, entry.words, marks=entry.fate not in _WHOLE)


def _pairs(diff: Diff, look: Look) -> Iterator[tuple[list[Run], list[Run]]]:
    """What stands on the left and on the right."""
    yield [("old", _BOLD)], [("new", _BOLD)]
    for entry, path in under_headings(diff, look):
        if entry.fate is Fate.FOLDED:
            yield _kept(entry), _kept(entry)
            continue
        if path:
            yield from (([], []), (_path(path), []))
        yield from (([], [(f"▸ {touch}", _TOUCH)]) for touch in entry.touches)
        yield _sides(entry)


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
    head = _head(diff, look, title, colour=colour, width=width)
    return "".join([f"{line}\n" for line in head]) + drawn(table, colour=colour, width=width)


_WHOLE = (Fate.DELETED, Fate.INSERTED, Fate.KEPT, Fate.LEFT)


def _head(diff: Diff, look: Look, title: str, *, colour: bool, width: int) -> list[str]:
    """Which texts these are, and how much changed."""
    told = summary(diff)
    if look.only is not None:
        told += f" {count(sum(1 for _ in seen(diff, look)), 'change')} of them about {look.only}."
    runs = [*([[(safe(title), _BOLD)]] if title else []), [(told, "")]]
    return [shown(line, colour=colour) for run in runs for line in wrapped(run, max(1, width))]


def count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _kept(entry: Entry) -> list[Run]:
    return [(f"… {count(len(entry.new), 'paragraph')} unchanged", _DIM)]


def _path(path: Sequence[str]) -> list[Run]:
    return [(" › ".join(safe(heading) for heading in path), _BOLD)]


def _marked(entry: Entry, words: Sequence[Words], *, marks: bool) -> list[Run]:
    """Runs of words in their colours, and between marks; the space after a run stands behind its mark."""
    whole = [style for style, on in ((_DIM, entry.fate in _QUIET), (_BOLD, entry.title)) if on]
    runs = [(f"({entry.note}) ", ";".join(whole))] if entry.note else []
    for run in words:
        text = safe_lines(run.text)
        body = text.rstrip() if marks and run.op is not Op.EQUAL else text
        space = text[len(body) :]
        if not body:
            body, space = text.replace("\n", "¶\n") if marks else text, ""
        before, behind = _MARKS[run.op] if marks else ("", "")
        style = ";".join([*whole, *([_STYLES[run.op]] if _STYLES[run.op] else [])])
        runs += [(before + body + behind, style), (space, "")]
    return runs


def _sides(entry: Entry) -> tuple[list[Run], list[Run]]:
    """What stands on the left and on the right."""
    if entry.fate is Fate.KEPT:
        return [(safe(entry.old[0].text), _DIM)], [(safe(entry.new[0].text), _DIM)]
    if entry.fate is Fate.ARRIVED:
        return [], _marked(entry, entry.words, marks=True)
    if entry.fate is not Fate.EDITED:
        runs = _marked(entry, entry.words, marks=False)
        return ([], runs) if entry.new else (runs, [])
    sides = ([run for run in entry.words if run.op is not absent] for absent in (Op.INSERT, Op.DELETE))
    left, right = (_marked(entry, side, marks=True) for side in sides)
    return left, right
