"""Every diff is exact, small, and reads the way a person would have marked the change."""

from __future__ import annotations

import hashlib
import itertools
import subprocess
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.diff import diff, new_text, old_text
from tracker.diff.matching import common
from tracker.diff.words import compare, tokens
from tracker.extract.page import extract_text
from tracker.model import Block, BlockKind, Diff, Op

BUNDLE = Path(__file__).parents[2] / "shared" / "data" / "ota" / "pga-versions.bundle"


def blocks(*texts: str) -> list[Block]:
    """A line that begins with # is a heading."""
    kinds = [(text.lstrip("# "), BlockKind.HEADING if text.startswith("#") else BlockKind.PARAGRAPH) for text in texts]
    return [Block(hashlib.sha256(text.encode()).hexdigest(), text, kind) for text, kind in kinds]


def ops(result: Diff) -> list[tuple[Op, tuple[int, int], tuple[int, int]]]:
    return [(change.op, change.old, change.new) for change in result.changes]


def marked(old: str, new: str) -> str:
    signs = {Op.EQUAL: "{}", Op.DELETE: "[-{}]", Op.INSERT: "[+{}]"}
    return "".join(signs[run.op].format(run.text) for run in compare(old, new))


ONE = "We collect the data that you give us when you open an account."
TWO = "We share data with partners who help us to run and to measure the service."
THREE = "You can ask us at any time for a copy of all that we hold about you."

# Few words and few blocks, so that they meet again, are moved, split, doubled and nearly the same.
word = st.sampled_from(
    ["we", "you", "data", "share", "never", "train", "models.", "partners,", "16", "中文", "ไทย", "\u202e"]
)
paragraph = st.lists(word, min_size=1, max_size=24).map(" ".join)
pool = st.lists(paragraph, min_size=1, max_size=8)
texts = pool.flatmap(
    lambda known: st.lists(st.one_of(st.sampled_from(known), paragraph), max_size=14).map(lambda found: blocks(*found))
)
raw = st.text(alphabet=" \t\n\u00a0ab.,中文ไั🙂\u200f", max_size=40)


@given(texts, texts)
def test_both_sides_can_be_put_together_from_the_changes(old: list[Block], new: list[Block]) -> None:
    result = diff(old, new)
    assert old_text(result) == "\n".join(block.text for block in old)
    assert new_text(result) == "\n".join(block.text for block in new)
    for change in result.changes:
        same = [block.id for block in old[slice(*change.old)]] == [block.id for block in new[slice(*change.new)]]
        assert same == (change.op is Op.EQUAL or (change.op is Op.MOVE and not change.words))


@given(texts, texts)
def test_the_ranges_tile_both_sides(old: list[Block], new: list[Block]) -> None:
    result = diff(old, new)
    for side, spans in ((old, [c.old for c in result.changes]), (new, [c.new for c in result.changes])):
        assert [k for span in sorted(spans) for k in range(*span)] == list(range(len(side)))
    assert [c.new for c in result.changes] == sorted(c.new for c in result.changes)
    standing = [c.old for c in result.changes if c.op is not Op.MOVE]
    assert standing == sorted(standing)


@given(texts, texts)
def test_the_counts_are_those_of_the_runs(old: list[Block], new: list[Block]) -> None:
    result = diff(old, new)
    inserted, deleted = [], []
    for change in result.changes:
        inserted += [block.text for block in new[slice(*change.new)]] if change.op is Op.INSERT else []
        deleted += [block.text for block in old[slice(*change.old)]] if change.op is Op.DELETE else []
        inserted += [run.text for run in change.words if run.op is Op.INSERT]
        deleted += [run.text for run in change.words if run.op is Op.DELETE]
    assert (result.inserted, result.deleted) == tuple(sum(len(t.split()) for t in side) for side in (inserted, deleted))


@given(texts)
def test_equal_texts_have_nothing_to_tell(text: list[Block]) -> None:
    result = diff(text, text)
    assert ops(result) == ([(Op.EQUAL, (0, len(text)), (0, len(text)))] if text else [])
    assert (result.inserted, result.deleted) == (0, 0)


@settings(deadline=None)
@given(raw, raw)
def test_runs_of_words_are_exact_and_alternate(old: str, new: str) -> None:
    runs = compare(old, new)
    assert "".join(run.text for run in runs if run.op is not Op.INSERT) == old
    assert "".join(run.text for run in runs if run.op is not Op.DELETE) == new
    assert all(run.text for run in runs)
    assert all(first.op is not second.op for first, second in itertools.pairwise(runs))


@given(st.lists(st.integers(0, 5), max_size=12), st.lists(st.integers(0, 5), max_size=12))
def test_as_much_as_can_be_is_kept(old: list[int], new: list[int]) -> None:
    lengths = [[0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i, left in enumerate(old):
        for j, right in enumerate(new):
            best = max(lengths[i][j + 1], lengths[i + 1][j])
            lengths[i + 1][j + 1] = lengths[i][j] + 1 if left == right else best
    assert sum(run.size for run in common(old, new)) == lengths[-1][-1]


@given(st.text())
def test_tokens_lose_nothing(text: str) -> None:
    assert "".join(tokens(text)) == text


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("You must be 16 or older.", "You must be 18 or older.", "You must be [-16 ][+18 ]or older."),
        ("We use data.", "We use data. We train models.", "We use data.[+ We train models.]"),
        ("It was a dog", "It was a cat. It was a dog", "[+It was a cat. ]It was a dog"),
        ("A cat. It was a dog", "A cat. It was a cat. It was a dog", "A cat. [+It was a cat. ]It was a dog"),
        ("One two. Three four.", "One two.\nThree four.", "One two.[- ][+\n]Three four."),
        ("我们不会出售您的数据", "我们会出售您的数据", "我们[-不]会出售您的数据"),
        ("เราไม่ขาย", "เราขาย", "เรา[-ไม่]ขาย"),
        ("we sell all the old data we hold", "they rent any of the new facts they saw",
         "[-we sell all the old data we hold][+they rent any of the new facts they saw]"),
    ],
)  # fmt: skip
def test_words_read_as_a_person_would_mark_them(old: str, new: str, expected: str) -> None:
    assert marked(old, new) == expected


def test_a_moved_paragraph_is_moved_and_not_counted() -> None:
    result = diff(blocks(ONE, TWO, THREE), blocks(TWO, THREE, ONE))
    assert ops(result) == [(Op.EQUAL, (1, 3), (0, 2)), (Op.MOVE, (0, 1), (2, 3))]
    assert (result.inserted, result.deleted) == (0, 0)


def test_a_few_words_that_stand_elsewhere_are_not_a_move() -> None:
    result = diff(blocks("Learn more", ONE, TWO), blocks(ONE, TWO, "Learn more"))
    assert [change.op for change in result.changes] == [Op.DELETE, Op.EQUAL, Op.INSERT]


def test_a_paragraph_can_be_moved_and_edited() -> None:
    result = diff(blocks(ONE, TWO, THREE), blocks(TWO, THREE, ONE.replace("open", "close")))
    move = result.changes[-1]
    assert (move.op, move.old, move.new) == (Op.MOVE, (0, 1), (2, 3))
    assert [run.text for run in move.words if run.op is not Op.EQUAL] == ["open ", "close "]
    assert (result.inserted, result.deleted) == (1, 1)


def test_a_split_paragraph_is_one_run() -> None:
    result = diff(blocks("# Data", f"{ONE} {TWO} {THREE}"), blocks("# Data", ONE, TWO, THREE))
    assert ops(result) == [(Op.EQUAL, (0, 1), (0, 1)), (Op.EDIT, (1, 2), (1, 4))]
    assert (result.inserted, result.deleted) == (0, 0)


def test_merged_paragraphs_are_one_run() -> None:
    result = diff(blocks(ONE, TWO, "# End"), blocks(f"{ONE} Moreover: {TWO}", "# End"))
    assert ops(result)[0] == (Op.EDIT, (0, 2), (0, 1))
    assert (result.inserted, result.deleted) == (1, 0)


def test_another_paragraph_in_the_same_place_is_no_edit() -> None:
    result = diff(blocks("# Data", ONE), blocks("# Data", "Cookies expire after thirteen months unless renewed."))
    assert [change.op for change in result.changes] == [Op.EQUAL, Op.DELETE, Op.INSERT]


def test_a_new_section_begins_with_its_heading() -> None:
    old = blocks("# First", ONE, "# Contact", "Write to us.")
    new = blocks("# First", ONE, "# Contact", "Write to us.", "# Second", TWO, "# Contact", "Write to us.")
    assert ops(diff(old, new)) == [(Op.EQUAL, (0, 4), (0, 4)), (Op.INSERT, (4, 4), (4, 8))]


def test_a_coming_text_put_before_the_current_one_is_one_insertion() -> None:
    current = ["# Privacy Policy", ONE, TWO, THREE]
    result = diff(
        blocks("X", "Effective 2023", *current), blocks("X", "Coming soon", *current, "Effective 2023", *current)
    )
    assert [change.op for change in result.changes] == [Op.EQUAL, Op.INSERT, Op.EQUAL]
    assert result.deleted == 0


LONG = [str(k) for k in Random(7).choices(range(2_000), k=60_000)]
HOSTILE = {
    "equal blocks": (["the very same words in every block"] * 10_000, ["the very same words in every block"] * 9_000),
    "different blocks": ([f"old {k}" for k in range(5_000)], [f"new {k}" for k in range(5_000)]),
    "long beside short": (["a b " * 150_000], ["b a a b c " * 60]),
    "nearly equal blocks": ([f"same but for {k}" for k in range(2_000)], [f"same but for {k} x" for k in range(2_000)]),
    "a long paragraph": ([" ".join(LONG)], [" ".join(word for k, word in enumerate(LONG) if k % 97)]),
    "a long paragraph of a few words": ([" ".join(str(k * k % 2_003) for k in range(40_000))],
                                        [" ".join(str(k * k % 2_003) for k in range(40_000) if k % 97)]),
    "a megabyte of one word": (["a " * 500_000], ["a " * 500_000 + "b"]),
    "a long paragraph split up": ([" ".join(map(str, range(30_000)))],
                                  [" ".join(map(str, range(n, n + 30))) for n in range(0, 30_000, 30)]),
    "no spaces": (["中文字" * 20_000], ["中字" * 30_000]),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_are_compared_exactly(name: str) -> None:
    """Without bounds on the work each of these takes minutes or gigabytes."""
    before, after = HOSTILE[name]
    result = diff(blocks(*before), blocks(*after))
    assert old_text(result) == "\n".join(before)
    assert new_text(result) == "\n".join(after)


def test_a_very_long_paragraph_keeps_what_it_keeps() -> None:
    before, after = HOSTILE["a long paragraph"]
    result = diff(blocks(*before), blocks(*after))
    removed = len(before[0].split()) - len(after[0].split())
    assert removed <= result.deleted < 1.1 * removed
    assert result.deleted - result.inserted == removed


def test_a_very_long_paragraph_with_a_third_of_its_words_changed_does_not_collapse() -> None:
    chance = Random(9)
    before = chance.choices(range(2_000), k=30_000)
    after = [word if chance.random() > 0.3 else -chance.randrange(2_000) - 1 for word in before]
    result = diff(blocks(" ".join(map(str, before))), blocks(" ".join(map(str, after))))
    assert len(result.changes) == 1
    assert result.deleted < 0.75 * len(before)
    assert new_text(result) == " ".join(map(str, after))


def test_a_moved_paragraph_is_moved_in_a_script_without_spaces() -> None:
    moved = "我们使用您的数据来训练人工智能模型。"
    result = diff(blocks(moved, ONE, TWO), blocks(ONE, TWO, moved))
    assert [change.op for change in result.changes] == [Op.EQUAL, Op.MOVE]


@pytest.fixture(scope="module")
def histories(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not BUNDLE.exists():
        pytest.skip(f"needs {BUNDLE.name} beside the project")
    clone = tmp_path_factory.mktemp("histories")
    git("clone", "--quiet", "--bare", BUNDLE, clone)
    return clone


def git(*arguments: str | Path) -> str:
    command = ["git", *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout  # ours


def real(histories: Path, commit: str, path: str) -> Diff:
    """What a commit changed in a document."""
    sides = [git("-C", histories, "show", f"{place}:{path}") for place in (f"{commit}~1", commit)]
    old, new = (extract_text(side, "text/markdown").blocks for side in sides)
    result = diff(old, new)
    assert old_text(result) == "\n".join(block.text for block in old)
    assert new_text(result) == "\n".join(block.text for block in new)
    return result


def inserted_runs(result: Diff) -> list[str]:
    return [run.text for change in result.changes for run in change.words if run.op is Op.INSERT]


def test_linkedin_discloses_training_in_one_run_of_words(histories: Path) -> None:
    """The Privacy Policy of 1 August 2024 and that of 19 September 2024."""
    result = real(histories, "0bb97299", "LinkedIn/Privacy Policy.md")
    assert result.inserted < 900
    assert result.deleted < 450
    assert any("develop and train artificial intelligence (AI) models" in run for run in inserted_runs(result))


def test_reddit_licenses_content_for_training_in_one_run_of_words(histories: Path) -> None:
    result = real(histories, "a74d8983", "Reddit/Terms of Service.md")
    training = [run for run in inserted_runs(result) if "to train AI and machine learning models" in run]
    assert len(training) == 2  # the terms stand twice on the page: for the world, and for Europe
    assert all(run.startswith("For example, this license") and run.endswith("Policy. ") for run in training)
    assert result.deleted < 40


def test_x_puts_the_coming_policy_before_the_current_one(histories: Path) -> None:
    result = real(histories, "32b88003", "X/Privacy Policy.md")
    assert result.deleted < 10  # the current one still stands below
    assert max(change.old[1] - change.old[0] for change in result.changes if change.op is Op.EQUAL) > 150
    assert len(result.changes) < 8
