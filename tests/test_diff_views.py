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
from tracker.model import Actor, Block, BlockKind, Claim, Diff, Polarity
from tracker.views import diffs, exports
from tracker.views.changes import Look, Turn, seen
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
    "html": lambda d: exports.html(d, "Policy"),
    "json": exports.json,
    "patch": exports.patch,
}


def test_terminal(change: Diff) -> None:
    assert (
        diffs.terminal(change, colour=False, width=200)
        == f"""\
17 words inserted, 7 deleted, 1 paragraph moved.
  … 2 paragraphs unchanged

  Policy › Data
~ We collect the data that you give us when you [-open-] {{+close+}} an account.
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


def test_colours_come_on_top_of_marks(change: Diff) -> None:
    coloured = diffs.terminal(change, colour=True, width=200)
    assert "\x1b[9;31m[-open-]\x1b[0m \x1b[4;32m{+close+}\x1b[0m an account" in coloured
    assert f"\x1b[2m(moved here from above) {THREE}" in coloured  # dimmed
    plain = [line.rstrip() for line in re.sub(r"\x1b\[[0-9;]*m", "", coloured).splitlines()]
    assert plain == diffs.terminal(change, colour=False, width=200).splitlines()


def test_unchanged_text_around_a_change(change: Diff) -> None:
    shown = diffs.terminal(change, Look(context=1), colour=False, width=200).splitlines()
    assert shown[1:8] == ["  … 1 paragraph unchanged", "", "  Policy", "  Data", shown[5], "  Kept as it is.", shown[7]]
    assert not any(
        "unchanged" in line for line in diffs.terminal(change, Look(9), colour=False, width=200).splitlines()
    )


def test_figures_by_section(change: Diff) -> None:
    shown = diffs.stat(change, colour=False, width=80).splitlines()
    assert [line.partition(" +")[0].rstrip() for line in shown[1:4]] == [
        "Policy › Data",
        "Policy › Sharing",
        "Policy › End",
    ]
    assert re.search(r"\+1 +-1 \+{1,4}-{1,4}$", shown[1])
    assert shown[0] == "17 words inserted, 7 deleted, 1 paragraph moved."


def claim(practice: str, polarity: Polarity = Polarity.ASSERTS, quote: str = "", start: int = 0) -> Claim:
    return Claim(practice, polarity, Actor.SERVICE, quote, start, start + len(quote), "")


def test_what_changes_do_to_practices() -> None:
    old = text(
        "# Policy", ONE, "We never sell your data to anybody else.", "We share it.", "# End", "We track you there."
    )
    new = text(
        "# Policy", ONE, "We sell your data to anybody else.", "We train models.", "# End", "We track you there now."
    )
    said = {old[2]: [claim("data-sale", Polarity.DENIES)], new[2]: [claim("data-sale")], old[3]: [claim("sharing")],
            new[3]: [claim("ai-training")], old[5]: [claim("tracking", quote=old[5].text)],
            new[5]: [claim("tracking", quote=new[5].text)]}  # fmt: skip
    touches = [str(touch) for entry in seen(diff(old, new), Look(claims=said)) for touch in entry.touches]
    assert touches == [
        "reversed: data-sale by service", "lost: sharing by service", "gained: ai-training by service",
        "reworded: tracking by service",
    ]  # fmt: skip
    only = diffs.terminal(diff(old, new), Look(only="ai-training", claims=said), colour=False, width=120)
    assert only.splitlines()[1:] == ["", "  Policy", "▸ gained: ai-training by service", "+ We train models."]
    assert "1 change of them about ai-training" in only
    told = json.loads(exports.json(diff(old, new), Look(only="ai-training", claims=said)))
    assert [each["turn"] for each in told["practices"]] == ["gained"]
    assert [each["new_text"] for each in told["changes"]] == [["We train models."]]


def test_a_claim_that_stays_word_for_word_in_a_paragraph_that_changes_is_not_touched() -> None:
    old, new = text(f"{ONE} We train models."), text(f"Hello. {ONE} We train models.")
    said = {old[0]: [claim("ai-training", quote="We train models.", start=63)],
            new[0]: [claim("ai-training", quote="We train models.", start=70)]}  # fmt: skip
    assert [entry.touches for entry in seen(diff(old, new), Look(claims=said))] == [()]


def test_what_goes_from_below_a_heading_with_a_new_name_stands_under_that() -> None:
    old = text("## Your rights", ONE, "do anything illegal;", THREE)
    new = text("## 6.1 Your rights", ONE, THREE)
    shown = diffs.terminal(diff(old, new), colour=False, width=100).splitlines()
    unchanged = "  … 1 paragraph unchanged"
    assert shown[1:] == ["~ {+6.1+} Your rights", unchanged, "- do anything illegal;", unchanged]


def test_a_paragraph_that_the_other_text_has_elsewhere_gains_nothing() -> None:
    old, new = text(ONE, TWO), text(ONE, TWO, "We train models, as we said.")
    said = {old[0]: [claim("ai-training")], new[2]: [claim("ai-training")]}
    [touch] = [touch for entry in seen(diff(old, new), Look(claims=said)) for touch in entry.touches]
    assert touch.turn is Turn.ELSEWHERE


def test_side_by_side(change: Diff) -> None:
    lines = diffs.side_by_side(change, colour=False, width=203).splitlines()
    rows = [(line[:100].strip(), line[103:].strip()) for line in lines[1:]]
    assert rows[0] == ("old", "new")
    assert (
        "We collect the data that you give us when you [-open-] an account.",
        "We collect the data that you give us when you {+close+} an account.",
    ) in rows
    assert ("", TWO) in rows
    assert ("No more than a few words.", "") in rows
    assert ("", f"(moved here from above) {THREE}") in rows


def test_a_page_of_html(change: Diff) -> None:
    page = BeautifulSoup(exports.html(change, "<Policy>", Look(), language="en"), "lxml")
    assert page.title is not None
    assert page.title.text == "<Policy>"
    assert [run.text for run in page.select("div.edited del, div.edited ins")] == ["open ", "close "]
    assert [run.text for run in page.select("div.inserted")] == ["Sharing", TWO]
    assert [head.text for head in page.select("h2")] == ["Policy › Data", "Policy › End"]
    assert page.select("main details summary")[0].text == "2 paragraphs unchanged"
    assert all(entry["dir"] == "auto" for entry in page.select("div.entry, details p"))
    assert not page.select("[src], script, link, img")
    anchors = {entry["id"] for entry in page.select("div.entry[id]")}
    links = {str(link["href"]) for link in page.select("a")}
    assert anchors == {f"c{n}" for n in range(1, 7)}
    assert links == {f"#{name}" for name in anchors}
    assert page.select_one("main[lang=en]")


def test_json_holds_all_that_changed(change: Diff) -> None:
    told = json.loads(exports.json(change))
    assert (told["inserted"], told["deleted"]) == (17, 7)
    assert [each["op"] for each in told["changes"]] == [each.op.value for each in change.changes]
    edit = told["changes"][1]
    assert edit["headings"] == ["Policy", "Data"]
    assert "".join(run["text"] for run in edit["words"] if run["op"] != "delete") == edit["new_text"][0]


def test_equal_texts_differ_in_nothing() -> None:
    same = diff(text(ONE, TWO), text(ONE, TWO))
    assert diffs.terminal(same, colour=False, width=80) == "No differences.\n  … 2 paragraphs unchanged\n"
    assert exports.patch(same) == ""


line = st.sampled_from(["# One", "## Two", ONE, TWO, THREE, "few words", "few other words", f"{ONE} {TWO}"])
lines = st.lists(line, max_size=25)


@given(lines, lines)
def test_a_patch_turns_the_old_text_into_the_new(old: list[str], new: list[str]) -> None:
    result = diff(text(*old), text(*new))
    before = old_text(result).splitlines()
    after: list[str] = []
    at = 0
    for row in exports.patch(result).splitlines()[2:]:
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


def test_a_patch_applies_where_only_quotation_marks_differ() -> None:
    old, new = [Block("one", "so-called 'data'")], [Block("one", "so-called ‘data’"), Block("two", TWO)]
    assert exports.patch(diff(old, new)).splitlines()[3:] == ["-so-called 'data'", "+so-called ‘data’", f"+{TWO}"]


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
