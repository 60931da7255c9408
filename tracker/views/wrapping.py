"""Text in several styles, and tables, in lines that fit a terminal.

rich does this too, but takes seconds for what a long diff holds: it looks at every style for every line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, zip_longest
from operator import itemgetter

from rich.cells import cell_len, get_character_cell_size

Run = tuple[str, str]  # a text, and how it is shown: parameters of SGR (ECMA-48), such as "1;31", "" for plainly

# Characters of one column each, of the scripts where most lines hold no others: their columns need not be counted.
_NARROW = re.compile("[ -~\u00a1-\u00ac\u00ae-\u02ff\u0370-\u0482\u2010-\u2027\u2030-\u205e\u20a0-\u20bf]*")

_APART = "  "  # between the columns of a table
_LEAST = 8  # columns that a cell must have for a table to be read


def columns(text: str) -> int:
    """How many columns a line takes."""
    return len(text) if _NARROW.fullmatch(text) else cell_len(text)


def wrapped(runs: Iterable[Run], width: int) -> Iterator[list[Run]]:
    """The lines, broken between words where that is possible; the space at a break is left out.

    Line feeds end lines.  A character that is wider than ``width`` has a line of its own.
    """
    runs = list(runs)
    text = "".join([run for run, _ in runs])
    at, number = 0, 0  # where the run of that number begins
    for start, end in _lines(text, width):
        line: list[Run] = []
        while start < end:
            run, style = runs[number]
            if at + len(run) <= start:
                at, number = at + len(run), number + 1
                continue
            part = run[start - at : end - at]
            line.append((part, style))
            start += len(part)
        yield line


def shown(line: Iterable[Run], *, colour: bool) -> str:
    """A line as it goes to the terminal: with escape sequences (ECMA-48) if ``colour``, without any if not."""
    if not colour:
        return "".join([text for text, _ in line]).rstrip()
    parts = (("".join([text for text, _ in run]), style) for style, run in groupby(line, itemgetter(1)))
    return "".join([f"\x1b[{style}m{text}\x1b[0m" if style and text else text for text, style in parts]).rstrip()


def table(rows: Sequence[Sequence[str]], width: int | None) -> str:
    """Columns under their heads, the first of the rows; cells are broken where the table is wider than ``width``.

    None: as wide as it is, a line per row.  Where the columns would be too narrow to read, each row is a list of its
    own, with the head before each cell.
    """
    widths = [max(map(columns, cells)) for cells in zip(*rows, strict=True)]
    if width is not None:
        room = width - len(_APART) * (len(widths) - 1)
        while sum(widths) > room and max(widths) > _LEAST:
            widths[widths.index(max(widths))] -= 1
        if sum(widths) > room:
            return _listed(rows, width)
    lines = [line for row in rows for line in _across(row, widths)]
    heads = len(list(_across(rows[0], widths)))
    lines.insert(heads, _APART.join("─" * width for width in widths))
    return "".join([f"{line}\n" for line in lines])


def _across(row: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    """The lines of a row."""
    cells = [[cell[start:end] for start, end in _lines(cell, wide)] for cell, wide in zip(row, widths, strict=True)]
    for parts in zip_longest(*cells, fillvalue=""):
        filled = (part + " " * (wide - columns(part)) for part, wide in zip(parts, widths, strict=True))
        yield _APART.join(filled).rstrip()


def _listed(rows: Sequence[Sequence[str]], width: int) -> str:
    head, *body = rows
    told = [
        "\n".join([f"{name}: {cell}" if name else cell for name, cell in zip(head, row, strict=True) if cell])
        for row in body
    ]
    text = "\n\n".join(told)
    return "".join([f"{text[start:end]}\n" for start, end in _lines(text, max(1, width))])


def _lines(text: str, width: int) -> Iterator[tuple[int, int]]:
    """Where the lines begin and end."""
    at = 0
    for paragraph in text.split("\n"):
        stop = at + len(paragraph)
        narrow = _NARROW.fullmatch(paragraph) is not None
        while True:
            end = min(at + width, stop) if narrow else _filled(text, at, stop, width)
            if end == stop:
                yield at, stop
                break
            space = text.rfind(" ", at, end + 1)
            if space > at:
                yield at, space
                at = space + 1
            else:
                yield at, end
                at = end
        at = stop + 1


def _filled(text: str, start: int, stop: int, width: int) -> int:
    """Up to where a line reaches that is as full as can be."""
    taken = 0
    for k in range(start, stop):
        taken += get_character_cell_size(text[k])
        if taken > width:
            return max(k, start + 1)
    return stop
