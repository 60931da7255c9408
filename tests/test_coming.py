"""Current and coming text on one page: whose claims are in force."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tracker.model import Actor, Claim, Findings, Notice, NoticeKind, Polarity
from tracker.practices.coming import Parts, parts

DAY = date(2031, 5, 4)
BEFORE, AFTER = DAY - timedelta(days=1), DAY
CLAIM = Findings(claims=(Claim("ai-training", Polarity.ASSERTS, Actor.SERVICE, "x", 0, 1, "r"),))
EFFECTIVE = Findings(notices=(Notice(NoticeKind.EFFECTIVE, "x", 0, 1, DAY),))
UNTIL = Findings(notices=(Notice(NoticeKind.UNTIL, "x", 0, 1, DAY),))
COMING = Findings(notices=(Notice(NoticeKind.COMING, "x", 0, 1, DAY),))
FORMER = Findings(notices=(Notice(NoticeKind.EFFECTIVE, "x", 0, 1, date(2029, 1, 1)),))


def test_the_coming_text_may_stand_first() -> None:
    page = [EFFECTIVE, CLAIM, UNTIL, CLAIM, FORMER]
    assert parts(page, BEFORE) == Parts(coming=frozenset({0, 1}))
    assert parts(page, AFTER) == Parts(over=frozenset({2, 3, 4}))


def test_the_current_text_may_stand_first() -> None:
    page = [UNTIL, CLAIM, EFFECTIVE, CLAIM]
    assert parts(page, BEFORE) == Parts(coming=frozenset({2, 3}))
    assert parts(page, AFTER) == Parts(over=frozenset({0, 1}))


def test_a_text_that_ends_parts_the_page_where_the_other_names_no_day() -> None:
    assert parts([CLAIM, UNTIL, CLAIM], BEFORE) == Parts(coming=frozenset({0}))


def test_the_end_of_the_only_text_parts_nothing() -> None:
    assert parts([UNTIL, CLAIM, CLAIM], BEFORE) == Parts()
    assert parts([CLAIM, CLAIM, UNTIL], BEFORE) == Parts()


def test_a_banner_before_the_current_text_parts_nothing() -> None:
    assert parts([COMING, FORMER, CLAIM], BEFORE) == Parts()


def test_a_coming_text_shown_alone_has_no_parts() -> None:
    assert parts([EFFECTIVE, CLAIM], BEFORE) == Parts()


@given(st.lists(st.sampled_from([CLAIM, EFFECTIVE, UNTIL, COMING, FORMER]), max_size=12), st.integers(-3, 3))
def test_never_both_coming_and_over(page: list[Findings], days: int) -> None:
    found = parts(page, DAY + timedelta(days=days))
    assert not (found.coming and found.over)
    assert (found.coming | found.over) <= set(range(len(page)))
    assert not found.coming or days < 0
    assert not found.over or days >= 0
