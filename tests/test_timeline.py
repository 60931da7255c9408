"""What a sighting of a text means: hold, flap, return; lived through and imported alike."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tracker.gaps import Known, Place, Sighting, doubted_from, place, record, settle, stands
from tracker.gaps.timeline import FLAP
from tracker.model import Cause, Standing

START = datetime(2023, 8, 1, tzinfo=UTC)
STEP = timedelta(hours=12)


def live(looks: str, confirm: int = 1, step: timedelta = STEP) -> tuple[Known, ...]:
    """The versions after a look at each step: a letter is a text, ``!`` a login wall, ``.`` no look."""
    known: tuple[Known, ...] = ()
    for index, letter in enumerate(looks):
        if letter == ".":
            continue
        sighting = Sighting(
            letter, START + index * step, plausible=letter != "!", reason="login" if letter == "!" else ""
        )
        known = record(known, sighting, place(known, sighting, confirm))
    return known


def imported(looks: str, confirm: int = 1) -> tuple[Known, ...]:
    """The same looks as an archive has them: only what differs from the text before."""
    known: tuple[Known, ...] = ()
    for sighting in changes(looks):
        for look, decision in settle(known, [sighting], confirm, STEP, None):
            known = record(known, look, decision)
    for look, decision in settle(known, [], confirm, STEP, START + (len(looks) - 0.5) * STEP):
        known = record(known, look, decision)
    return known


def changes(looks: str) -> list[Sighting]:
    return [
        Sighting(letter, START + index * STEP, plausible=letter != "!", reason="login" if letter == "!" else "")
        for index, letter in enumerate(looks)
        if index == 0 or looks[index - 1] != letter
    ]


def told(known: tuple[Known, ...]) -> list[tuple[str, str]]:
    return [(each.fingerprint, each.standing.value) for each in known]


def test_the_first_text_counts_at_once() -> None:
    (first,) = live("A")
    assert (first.number, first.standing, first.cause) == (1, Standing.CONFIRMED, Cause.FIRST)


def test_a_change_is_held_until_a_further_look_agrees() -> None:
    assert told(live("AB")) == [("A", "confirmed"), ("B", "held")]
    _, second = live("ABB")
    assert (second.standing, second.observed_at, second.confirmed_at) == (
        Standing.CONFIRMED,
        START + STEP,
        START + 2 * STEP,
    )


def test_without_confirmation_a_change_counts_at_once() -> None:
    assert told(live("AB", confirm=0)) == [("A", "confirmed"), ("B", "confirmed")]


def test_more_confirmations_take_more_looks() -> None:
    assert told(live("ABBB", confirm=3))[1] == ("B", "held")
    assert told(live("ABBBB", confirm=3))[1] == ("B", "confirmed")


def test_what_is_undone_within_the_hold_is_quiet() -> None:
    known = live("ABAA")
    assert told(known) == [("A", "confirmed"), ("B", "undone")]
    assert known[1].reason == "version 1 came back"
    assert known[0].last_seen == START + 3 * STEP


def test_a_return_within_a_week_is_quiet_until_it_has_stood_for_one() -> None:
    known = live("ABBA")
    assert told(known) == [("A", "confirmed"), ("B", "confirmed"), ("A", "returned")]
    stood = live("ABBA" + 14 * "A")
    assert [(each.number, each.reverted, each.observed_at) for each in stands(stood)][-1] == (3, True, START + 3 * STEP)


def test_a_return_after_more_than_a_week_reverts_once_confirmed() -> None:
    known = live("A" + 16 * "B" + "AA")
    assert [(each.number, each.reverted) for each in stands(known)] == [(1, False), (2, False), (3, True)]


def test_a_pledge_that_flickers_for_a_day_and_then_stands_counts_from_its_first_day() -> None:
    """X's privacy policy: the pledge on 23 August 2023, gone on the 24th, back in slightly other words on the 30th."""
    known = live("A" + 3 * "B" + 13 * "A" + 3 * "C")
    assert told(known) == [("A", "confirmed"), ("B", "confirmed"), ("A", "returned"), ("C", "confirmed")]
    assert [each.number for each in stands(known)] == [1, 2, 4]


def test_a_page_that_alternates_for_ever_stays_quiet() -> None:
    assert [each.number for each in stands(live("A" + 20 * "BA"))] == [1]
    assert [each.number for each in stands(live("AABB" + 20 * "AABB"))] == [1, 2]


def test_a_page_that_never_shows_the_same_text_twice_is_not_held_for_ever() -> None:
    assert len(stands(live("ABCDEFGHIJKLMNOPQRSTUVW"))) == 2


def test_an_implausible_text_neither_confirms_nor_undoes() -> None:
    known = live("AB!B")
    assert told(known) == [("A", "confirmed"), ("B", "confirmed"), ("!", "implausible")]
    assert known[2].reason == "login"
    assert told(live("A!!!A")) == [("A", "confirmed"), ("!", "implausible")]


def test_a_technical_change_is_a_version_at_once_and_keeps_what_is_in_doubt() -> None:
    known = live("A")
    seen = Sighting("a", START + STEP, Cause.TECHNICAL)
    decision = place(known, seen, 1)
    assert (decision.place, decision.standing, decision.cause) == (Place.NEW, Standing.CONFIRMED, Cause.TECHNICAL)
    held = live("AB")
    seen = Sighting("b", START + 2 * STEP, Cause.TECHNICAL)
    decision = place(held, seen, 1)
    assert (decision.standing, decision.cause, decision.undone) == (Standing.HELD, Cause.SOURCE, (2,))


def test_nothing_is_certain_beyond_what_is_still_held() -> None:
    now = START + 9 * STEP
    assert (doubted_from(live("AA"), now), doubted_from(live("ABB"), now)) == (None, None)
    assert doubted_from(live("AB"), now) == START + STEP
    assert doubted_from(live("AB"), START + STEP + 2 * FLAP) is None, "nobody waits for a page that is gone"


def test_what_a_page_shows_again_counts_but_is_in_doubt_until_it_has_stood() -> None:
    back = live("ABBA")
    assert [(each.number, each.reverted) for each in stands(back)] == [(1, False), (2, False), (3, True)]
    assert doubted_from(back, START + 4 * STEP) == START + 3 * STEP
    stood = live("ABBA" + 14 * "A")
    assert doubted_from(stood, START + 18 * STEP) is None


def test_an_archive_confirms_a_change_by_its_standing_for_one_interval() -> None:
    assert told(imported("AABA")) == [("A", "confirmed"), ("B", "undone")]
    assert told(imported("AABBA")) == [("A", "confirmed"), ("B", "confirmed"), ("A", "returned")]


LOOKS = st.text("AAABBC!", min_size=1, max_size=60).filter(lambda looks: looks[0] != "!")


def summary(known: tuple[Known, ...]) -> list[tuple[object, ...]]:
    return [
        (each.number, each.fingerprint, each.observed_at, each.standing, each.cause, each.equals, each.confirmed_at)
        for each in known
    ]


@given(LOOKS, st.integers(1, 3))
def test_importing_a_history_and_living_through_it_give_the_same_versions(looks: str, confirm: int) -> None:
    assert summary(imported(looks, confirm)) == summary(live(looks, confirm))


@given(LOOKS, st.integers(0, 59))
def test_importing_in_two_halves_gives_what_importing_at_once_does(looks: str, cut: int) -> None:
    sightings = changes(looks)
    known: tuple[Known, ...] = ()
    middle = START + cut % len(looks) * STEP
    for part, end in (
        ([each for each in sightings if each.at <= middle], middle),
        ([each for each in sightings if each.at > middle], START + (len(looks) - 0.5) * STEP),
    ):
        for look, decision in settle(known, part, 1, STEP, end if part or known else None):
            known = record(known, look, decision)
    assert summary(known) == summary(imported(looks))


@given(LOOKS)
def test_seeing_the_same_text_again_adds_no_version(looks: str) -> None:
    known = live(looks, confirm=0)
    again = Sighting(looks[-1], START + len(looks) * STEP, plausible=looks[-1] != "!")
    assert len(record(known, again, place(known, again, 0))) == len(known)


@given(LOOKS, st.integers(0, 2))
def test_numbers_ascend_and_at_most_one_text_is_held(looks: str, confirm: int) -> None:
    known = live(looks, confirm)
    assert [each.number for each in known] == list(range(1, len(known) + 1))
    assert sum(each.standing is Standing.HELD for each in known) <= 1
    assert all(each.confirmed_at is not None for each in known if each.standing is Standing.CONFIRMED)
