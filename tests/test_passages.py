"""A text at hand is cut into blocks whose characters can be found in it again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.extract.passages import passages
from tracker.model import BlockKind

PIECES = st.sampled_from(
    [
        *("We use", " your posts", "\n", "\n\n", "\r\n", "- ", "  ", "\t", "# ", "**", "](https://x.org/a_(b))", "["),
        *("?", ".", "\u00ad", "\u202e", "\ud800", "é", "e\u0301", "مرحبا", "=====", "1) ", "\\*", "\u2028", "\x1b"),
        *("|", ">", "\U0001f600", ":"),
    ]
)
TEXTS = st.one_of(st.text(), st.lists(PIECES, max_size=40).map("".join))


@given(TEXTS)
def test_every_character_is_found_where_it_stood(text: str) -> None:
    end = 0
    for passage in passages(text):
        shown = passage.block.text
        assert shown
        assert shown == shown.strip()
        for offset, char in enumerate(shown):
            at = passage.origin(offset)
            assert at >= end, "passages follow one another and so do their characters"
            end = at + 1
            assert text[at] == char or (char in " \n" and text[at].isspace()) or text[at] in "\u2028\x1c\x1d\x1e\x85"


@given(TEXTS)
def test_all_words_outside_of_markup_are_kept(text: str) -> None:
    text = "".join(char for char in text if char.isalnum() or char in " \n")
    assert sum(len(passage.block.text.split()) for passage in passages(text)) == len(text.split())


def blocks(text: str, *headings: str) -> list[tuple[str, str, tuple[str, ...], str]]:
    return [(b.kind.value, b.text, b.headings, b.lead) for b in (passage.block for passage in passages(text, headings))]


def test_a_line_wrapped_by_hand_goes_on() -> None:
    assert [text for _, text, _, _ in blocks("We use what you post to train\nour models of every kind.\n")] == [
        "We use what you post to train our models of every kind."
    ]


def test_a_line_end_that_was_meant_stays() -> None:
    assert [text for _, text, _, _ in blocks("Models\nWe use what you post to train our models.")] == [
        "Models\nWe use what you post to train our models."
    ]


def test_items_carry_what_introduces_them() -> None:
    found = blocks("We will not:\n\n- use your posts\n  to train models\n- sell them", "Privacy")
    assert found == [
        ("paragraph", "We will not:", ("Privacy",), ""),
        ("item", "use your posts to train models", ("Privacy",), "We will not:"),
        ("item", "sell them", ("Privacy",), "We will not:"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Do you train on my posts?\n\nNo.",
        "# Do you train on my posts?\nNo.",
        "Do you train on my posts?\n====\nNo.",
        "**Do you train on my posts**\n\nNo.",
    ],
)
def test_headings_and_questions_stand_above_what_follows(text: str) -> None:
    heading, answer = [passage.block for passage in passages(text, ["Help"])]
    assert heading.kind is BlockKind.HEADING
    assert answer.text == "No."
    assert answer.headings == ("Help", heading.text)


def test_a_question_alone_is_no_heading() -> None:
    assert [passage.block.kind for passage in passages("Do you train on my posts?")] == [BlockKind.PARAGRAPH]


def test_targets_of_links_are_not_read() -> None:
    [passage] = passages('We [train](https://example.org/a_(b)/train "models") **models**.')
    assert passage.block.text == "We [train] models."


@pytest.mark.parametrize("piece", ["](", "](x ", "- ", "> ", "a", "?\n", "= ", "**", "\\", "[x](", "#", " \n"])
def test_endless_marks_are_read(piece: str) -> None:
    text = piece * 20_000 + "\n\nWe use your posts."
    assert list(passages(text))[-1].block.text.endswith("We use your posts.")
