"""A diff as a person or a program wants it."""

from __future__ import annotations

import json as codec
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise

from jinja2 import Environment, PackageLoader, StrictUndefined
from rich.console import Group
from rich.table import Table
from rich.text import Text

from tracker.model import Change, Diff, Op, Words
from tracker.views.changes import Entry, Fate, entries, under_headings
from tracker.views.terminal import drawn, safe, safe_lines

_CONTEXT = 3  # lines around a change in a patch, as diff -u has
_BETWEEN = 3  # columns between the two sides
_SIGNS = {Fate.DELETED: "-", Fate.INSERTED: "+", Fate.EDITED: "~", Fate.ARRIVED: ">", Fate.LEFT: "<"}
_STYLES = {Op.EQUAL: "", Op.DELETE: "red strike", Op.INSERT: "green underline"}
_MARKS = {Op.EQUAL: ("", ""), Op.DELETE: ("[-", "-]"), Op.INSERT: ("{+", "+}")}  # those of wdiff
_TEMPLATES = Environment(
    loader=PackageLoader("tracker.views", "."), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)


def summary(diff: Diff) -> str:
    """In one line how much changed."""
    if all(change.op is Op.EQUAL for change in diff.changes):
        return "No differences."
    moved = sum(change.new[1] - change.new[0] for change in diff.changes if change.op is Op.MOVE)
    tail = f", {_count(moved, 'paragraph')} moved." if moved else "."
    return f"{_count(diff.inserted, 'word')} inserted, {diff.deleted} deleted{tail}"


def terminal(diff: Diff, *, colour: bool, width: int) -> str:
    """The changes one below the other, under their headings; what was kept is only counted.

    Without colours, edited paragraphs have what was deleted between ``[-`` and ``-]``, what was inserted between
    ``{+`` and ``+}``.  ``width`` is in columns.
    """
    table = Table.grid(padding=(0, 1, 0, 0))
    table.add_column(width=1)
    table.add_column(overflow="fold")
    for entry, path in under_headings(diff):
        if entry.fate is Fate.KEPT:
            table.add_row("", _kept(entry))
            continue
        if path:
            table.add_row("", _path(path))
        whole = entry.fate in (Fate.DELETED, Fate.INSERTED)
        table.add_row(_SIGNS[entry.fate], _marked(entry, entry.words, marks=not (colour or whole)))
    return drawn(Group(Text(summary(diff)), table), colour=colour, width=width)


def side_by_side(diff: Diff, *, colour: bool, width: int) -> str:
    """The old text on the left and the new one on the right; otherwise like :func:`terminal`."""
    table = Table(box=None, padding=(0, _BETWEEN, 0, 0), pad_edge=False)
    for name in ("old", "new"):
        table.add_column(name, width=max(1, (width - _BETWEEN) // 2), overflow="fold", header_style="bold")
    for entry, path in under_headings(diff):
        if entry.fate is Fate.KEPT:
            table.add_row(_kept(entry), _kept(entry))
            continue
        if path:
            table.add_row(_path(path), "")
        table.add_row(*_sides(entry, marks=not colour))
    return drawn(Group(Text(summary(diff)), table), colour=colour, width=width)


def html(diff: Diff, title: str = "What changed") -> str:
    """A page that stands alone: no script, nothing from elsewhere; what was kept can be folded out."""
    return _TEMPLATES.get_template("diff.html").render(
        title=safe(title), summary=summary(diff), entries=under_headings(diff), count=_count, plain=safe_lines
    )


def json(diff: Diff) -> str:
    """One JSON object.  ``old`` and ``new`` of a change are ranges of blocks; ``words`` is [] unless it was edited.

    Texts are given to the letter, all but ASCII escaped, and only of changes ([] where nothing did); ``headings`` are
    those of the first block, outermost first.
    """
    changes = [_plain(diff, change) for change in diff.changes]
    whole = {"inserted": diff.inserted, "deleted": diff.deleted, "changes": changes}
    return codec.dumps(whole) + "\n"


def _plain(diff: Diff, change: Change) -> dict[str, object]:
    old, new = diff.old[slice(*change.old)], diff.new[slice(*change.new)]
    plain: dict[str, object] = {"op": change.op, "old": change.old, "new": change.new}
    plain["headings"] = (new or old)[0].headings
    shown = change.op is not Op.EQUAL
    plain["old_text"] = [block.text for block in old if shown]
    plain["new_text"] = [block.text for block in new if shown]
    plain["words"] = [{"op": run.op, "text": run.text} for run in change.words if shown]
    return plain


def patch(diff: Diff) -> str:
    """What ``diff -u`` says of the two texts with a block per line; moved blocks are deleted and inserted.

    It fits texts that hold no control characters: these are shown, not kept (see :func:`safe`).
    """
    lines = [line for entry in entries(diff) for line in _lines(entry)]
    changed = [n for n, (sign, _) in enumerate(lines) if sign != " "]
    if not changed:
        return ""
    out = ["--- old", "+++ new"]
    olds = list(accumulate((sign != "+" for sign, _ in lines), initial=0))
    news = list(accumulate((sign != "-" for sign, _ in lines), initial=0))
    first = changed[0]
    for at, following in pairwise([*changed, len(lines) + 3 * _CONTEXT]):
        if following - at > 2 * _CONTEXT + 1:
            start, end = max(0, first - _CONTEXT), min(len(lines), at + 1 + _CONTEXT)
            out.append(_head((olds[start], news[start]), (olds[end], news[end])))
            out += (sign + text for sign, text in lines[start:end])
            first = following
    return "".join(f"{line}\n" for line in out)


def _lines(entry: Entry) -> Iterator[tuple[str, str]]:
    if entry.fate is Fate.KEPT:
        return ((" ", safe(block.text)) for block in entry.new)
    return ((sign, safe(block.text)) for sign, side in (("-", entry.old), ("+", entry.new)) for block in side)


def _head(start: tuple[int, int], end: tuple[int, int]) -> str:
    """Where a hunk begins and how many lines it has, on either side (POSIX, diff -u)."""
    counts = [stop - begin for begin, stop in zip(start, end, strict=True)]
    old, new = (f"{begin + (count > 0)},{count}" for begin, count in zip(start, counts, strict=True))
    return f"@@ -{old} +{new} @@"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _kept(entry: Entry) -> Text:
    return Text(f"… {_count(len(entry.new), 'paragraph')} unchanged", style="dim")


def _path(path: Sequence[str]) -> Text:
    return Text("\n" + " › ".join(safe(heading) for heading in path), style="bold")


def _marked(entry: Entry, words: Sequence[Words], *, marks: bool) -> Text:
    """Runs of words in their colours, or between marks where there are none."""
    text = Text(f"({entry.note}) " if entry.note else "")
    for run in words:
        before, after = _MARKS[run.op] if marks else ("", "")
        text.append(before + safe_lines(run.text) + after, style=_STYLES[run.op])
    if entry.title:
        text.stylize("bold")
    return text


def _sides(entry: Entry, *, marks: bool) -> tuple[Text, Text]:
    """What stands on the left and on the right."""
    if entry.fate is Fate.ARRIVED:
        return Text(), _marked(entry, entry.words, marks=marks)
    if entry.fate is not Fate.EDITED:
        shown = _marked(entry, entry.words, marks=False)
        return (Text(), shown) if entry.new else (shown, Text())
    left, right = ([run for run in entry.words if run.op is not absent] for absent in (Op.INSERT, Op.DELETE))
    return _marked(entry, left, marks=marks), _marked(entry, right, marks=marks)
