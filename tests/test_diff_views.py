"""What a diff looks like: complete, in reading order, and harmless whatever the text holds."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tracker.diff import diff, new_text, old_text
from tracker.model import Block, BlockKind, Diff
from tracker.views import diffs
from tracker.views.terminal import safe

ONE = "We collect the data that you give us when you open an account."
TWO = "We share data with partners who help us to run and to measure the service."
THREE = "You can ask us at any time for a copy of all that we hold about you."
HOSTILE = "a\x1b[2Jb\x9b31mc\rd\x07e\u202ef\u2066g\x00h\x7fi\ud800j<script>alert(1)</script>[red]k[/red]&amp;l"


def text(*lines: str) -> list[Block]:
    """Blocks; a line that begins with # is a heading, and stands above what follows."""
    found: list[Block] = []
    headings: tuple[str, ...] = ()
    for line in lines:
        marks, _, title = line.partition(" ") if line.startswith("#") else ("", "", "")
        headings = headings[: len(marks) - 1] if marks else headings
        kind = BlockKind.HEADING if marks else BlockKind.PARAGRAPH
        digest = hashlib.sha256(line.encode("utf-8", "surrogatepass")).hexdigest()
        found.append(Block(digest, title or line, kind, headings, level=len(marks)))
        headings = (*headings, title) if marks else headings
    return found


@pytest.fixture
def change() -> Diff:
    """An edit, an insertion with its heading, a deletion and a move, with unchanged text between them."""
    old = text("# Policy", "## Data", ONE, "Kept as it is.", THREE, "## End", "No more than a few words.", "Bye.")
    new = text(
        "# Policy",
        "## Data",
        ONE.replace("open", "close"),
        "Kept as it is.",
        "## Sharing",
        TWO,
        "## End",
        "Bye.",
        THREE,
    )
    return diff(old, new)


RENDERERS = {
    "terminal": lambda d: diffs.terminal(d, colour=False, width=80),
    "colour": lambda d: diffs.terminal(d, colour=True, width=80),
    "side by side": lambda d: diffs.side_by_side(d, colour=False, width=80),
    "side by side in colour": lambda d: diffs.side_by_side(d, colour=True, width=80),
    "html": lambda d: diffs.html(d, "Policy"),
    "json": diffs.json,
    "patch": diffs.patch,
}


def test_terminal(change: Diff) -> None:
    assert (
        diffs.terminal(change, colour=False, width=200)
        == f"""\
17 words inserted, 7 deleted, 1 paragraph moved.
  … 2 paragraphs unchanged

  Policy › Data
~ We collect the data that you give us when you [-open -]{{+close +}}an account.
  … 1 paragraph unchanged
< (moved down from here) {THREE[:60]}…
+ Sharing
+ {TWO}
  … 1 paragraph unchanged

  Policy › End
- No more than a few words.
  … 1 paragraph unchanged
> (moved here from above) {THREE}
"""
    )


def test_colours_take_the_place_of_marks(change: Diff) -> None:
    coloured = diffs.terminal(change, colour=True, width=200)
    assert "\x1b[9;31mopen \x1b[0m\x1b[4;32mclose \x1b[0m" in coloured
    assert "[-" not in coloured
    plain = [line.rstrip() for line in re.sub(r"\x1b\[[0-9;]*m", "", coloured).splitlines()]
    marked = re.sub(r"\[-|-\]|\{\+|\+\}", "", diffs.terminal(change, colour=False, width=200))
    assert plain == marked.splitlines()


def test_side_by_side(change: Diff) -> None:
    lines = diffs.side_by_side(change, colour=False, width=203).splitlines()
    rows = [(line[:100].strip(), line[103:].strip()) for line in lines[1:]]
    assert rows[0] == ("old", "new")
    assert (
        "We collect the data that you give us when you [-open -]an account.",
        "We collect the data that you give us when you {+close +}an account.",
    ) in rows
    assert ("", TWO) in rows
    assert ("No more than a few words.", "") in rows
    assert ("", f"(moved here from above) {THREE}") in rows


def test_a_page_of_html(change: Diff) -> None:
    page = BeautifulSoup(diffs.html(change, "<Policy>"), "lxml")
    assert page.title is not None
    assert page.title.text == "<Policy>"
    assert [run.text for run in page.select("div.edited del, div.edited ins")] == ["open ", "close "]
    assert [run.text for run in page.select("div.inserted")] == ["Sharing", TWO]
    assert [head.text for head in page.select("h2")] == ["Policy › Data", "Policy › End"]
    assert page.select("details summary")[0].text == "2 paragraphs unchanged"
    assert all(entry["dir"] == "auto" for entry in page.select("div.entry, details p"))
    assert not page.select("[src], [href], script, link, img")


def test_json_holds_all_that_changed(change: Diff) -> None:
    told = json.loads(diffs.json(change))
    assert (told["inserted"], told["deleted"]) == (17, 7)
    assert [each["op"] for each in told["changes"]] == [each.op.value for each in change.changes]
    edit = told["changes"][1]
    assert edit["headings"] == ["Policy", "Data"]
    assert "".join(run["text"] for run in edit["words"] if run["op"] != "delete") == edit["new_text"][0]


def test_equal_texts_differ_in_nothing() -> None:
    same = diff(text(ONE, TWO), text(ONE, TWO))
    assert diffs.terminal(same, colour=False, width=80) == "No differences.\n  … 2 paragraphs unchanged\n"
    assert diffs.patch(same) == ""


line = st.sampled_from(["# One", "## Two", ONE, TWO, THREE, "few words", "few other words", f"{ONE} {TWO}"])
lines = st.lists(line, max_size=25)


@given(lines, lines)
def test_a_patch_turns_the_old_text_into_the_new(old: list[str], new: list[str]) -> None:
    result = diff(text(*old), text(*new))
    before = old_text(result).splitlines()
    after: list[str] = []
    at = 0
    for row in diffs.patch(result).splitlines()[2:]:
        if head := re.fullmatch(r"@@ -(\d+),(\d+) \+(\d+),(\d+) @@", row):
            start = int(head[1]) - (head[2] != "0")
            after += before[at:start]
            assert len(after) == int(head[3]) - (head[4] != "0")
            at = start
            continue
        sign, content = row[0], row[1:]
        if sign != "+":
            assert before[at] == content
            at += 1
        if sign != "-":
            after.append(content)
    assert after + before[at:] == new_text(result).splitlines()


@given(lines, lines, st.integers(20, 60))
def test_no_line_is_wider_than_the_terminal(old: list[str], new: list[str], width: int) -> None:
    result = diff(text(*old), text("数据" * 40, *new))
    for shown in (diffs.terminal, diffs.side_by_side):
        assert all(cell_len(row) <= width for row in shown(result, colour=False, width=width).splitlines())


@pytest.mark.parametrize("name", RENDERERS)
def test_hostile_text_is_harmless(name: str) -> None:
    """In an edit, an insertion, a heading and a move: no control, no turn of direction, no markup gets through."""
    old = text("# Policy " + HOSTILE, "old " + HOSTILE, ONE, TWO, f"{THREE} {HOSTILE}")
    new = text(
        "# Policy " + HOSTILE, f"{THREE} {HOSTILE}", "new " + HOSTILE, ONE, TWO, "quite another thing " + HOSTILE
    )
    shown = re.sub(r"\x1b\[[0-9;]*m", "", RENDERERS[name](diff(old, new)))
    assert not [char for char in shown if unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") and char != "\n"]
    assert not set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069") & set(shown)
    assert "alert(1)" in shown
    if name == "html":
        assert not BeautifulSoup(shown, "lxml").select("script")
    else:
        assert "[red]k[/red]" in shown.replace("\n", "")


@given(st.text(alphabet=st.characters()))
def test_safe_text_stays_one_line_of_as_many_characters(hostile: str) -> None:
    shown = safe(hostile)
    assert len(shown) == len(hostile)
    assert not [char for char in shown if unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp")]
    assert len(shown.splitlines()) <= 1


@pytest.mark.parametrize(
    "fine", ["naïve “text” – 16 €", "لا نستخدم\u200f بياناتك", "我们不会", "เราไม่ขาย", "👩\u200d💻"]
)
def test_safe_leaves_every_script_alone(fine: str) -> None:
    assert safe(fine) == fine
