"""Lines that fit, whatever stands in them: nothing is lost but the space at a break."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tracker.views.wrapping import columns, shown, table, wrapped

text = st.text(alphabet="ab -,\n’é数据ไั👩\u0301", max_size=30)
runs = st.lists(st.tuples(text, st.sampled_from(["", "1", "9;31"])), max_size=8)


@given(runs, st.integers(2, 12))
def test_nothing_is_lost_and_no_line_is_too_wide(runs: list[tuple[str, str]], width: int) -> None:
    lines = list(wrapped(runs, width))
    assert all(columns("".join(part for part, _ in line)) <= width for line in lines)
    kept = [(char, style) for line in lines for part, style in line for char in part if char != " "]
    assert kept == [(char, style) for part, style in runs for char in part if char not in " \n"]


@given(text)
def test_columns_are_those_of_the_terminal(text: str) -> None:
    line = text.replace("\n", " ")
    assert columns(line) == cell_len(line)


@pytest.mark.parametrize(
    ("before", "width", "lines"),
    [
        ("we sell it", 7, ["we sell", "it"]),
        ("unbreakable", 4, ["unbr", "eaka", "ble"]),
        ("a\n\nb", 4, ["a", "", "b"]),
        ("数据据", 5, ["数据", "据"]),
        ("数据", 1, ["数", "据"]),
        ("", 5, [""]),
    ],
)
def test_lines_break_between_words(before: str, width: int, lines: list[str]) -> None:
    assert ["".join(part for part, _ in line) for line in wrapped([(before, "")], width)] == lines


def test_a_style_goes_on_in_the_next_line() -> None:
    lines = [shown(line, colour=True) for line in wrapped([("we ", ""), ("never sell", "31"), (" it", "31")], 9)]
    assert lines == ["we \x1b[31mnever\x1b[0m", "\x1b[31msell it\x1b[0m"]


ROWS = [("no.", "observed", "says"), ("1", "2024-09-18 06:00", "a text of 数据 that goes on"), ("12", "–", "nothing")]


def test_a_table_is_as_wide_as_it_is_or_as_the_terminal() -> None:
    assert table(ROWS, None).splitlines()[2] == "1    2024-09-18 06:00  a text of 数据 that goes on"
    assert table(ROWS, 40).splitlines() == [
        "no.  observed          says",
        "───  ────────────────  ─────────────────",
        "1    2024-09-18 06:00  a text of 数据",
        "                       that goes on",
        "12   –                 nothing",
    ]


def test_where_columns_would_be_too_narrow_each_row_is_a_list() -> None:
    assert table(ROWS, 20).splitlines()[:3] == ["no.: 1", "observed: 2024-09-18", "06:00"]


@given(st.integers(3, 90))
def test_a_table_fits_every_terminal(width: int) -> None:
    assert all(columns(line) <= width for line in table(ROWS, width).splitlines())
