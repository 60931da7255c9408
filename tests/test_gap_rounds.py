"""Documents are looked at one after the other, texts come and go: what several of them make together is told once."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from desk import DISCLOSES, HELP, TRAINS, Desk, Said, gap, help_page, policy
from gap_histories import SAYS, SILENT_POLICY, WEIGHTS, claim, day, document, helps, only, service
from sqlite_utils import Database

from tracker.gaps import assess
from tracker.model import DocumentHistory, Event, EventKind, GapName, GapStatus, Kind, ServiceHistory, State
from tracker.store import Store
from tracker.store.schema import MIGRATIONS

NOW = day("2024-12-01")
SOON = timedelta(seconds=20)


def kinds(*documents: DocumentHistory) -> list[EventKind]:
    events = assess(service(*documents), NOW, WEIGHTS).events
    return [event.kind for event in events if event.kind.value.startswith(("gap", "contradiction"))]


def page(name: str, kind: Kind, *said: tuple[str, tuple[object, ...]]) -> DocumentHistory:
    return document(name, kind, *said)  # type: ignore[arg-type]  # claims


def test_a_help_page_and_its_policy_that_changed_together_open_nothing() -> None:
    policy_ = page("Policy", Kind.PRIVACY, ("2024-01-01", ()), ("2024-03-01T06:00:20", SAYS))
    assert kinds(helps(), policy_) == []
    assert assess(service(helps(), policy_), NOW, WEIGHTS).gaps == ()
    a_day_later = page("Policy", Kind.PRIVACY, ("2024-01-01", ()), ("2024-03-02", SAYS))
    assert kinds(helps(), a_day_later) == [EventKind.GAP_OPENED, EventKind.GAP_CLOSED]


def test_what_is_disclosed_as_the_help_page_drops_it_is_closed_not_withdrawn() -> None:
    dropped = helps(("2024-01-02", ()), ("2024-03-01", SAYS), ("2024-05-01", ()))
    for moment in ("2024-04-30T23:59:50", "2024-05-01", "2024-05-01T06:00:20"):
        policy_ = page("Policy", Kind.PRIVACY, ("2024-01-01", ()), (moment, SAYS))
        assert kinds(dropped, policy_) == [EventKind.GAP_OPENED, EventKind.GAP_CLOSED], moment


def test_what_both_drop_together_opens_nothing() -> None:
    dropped = helps(("2024-01-02", SAYS), ("2024-05-01T06:00:20", ()))
    assert kinds(dropped, page("Policy", Kind.PRIVACY, ("2024-01-01", SAYS), ("2024-05-01", ()))) == []


def test_a_denial_that_goes_in_the_same_round_contradicts_nothing() -> None:
    denial = (claim("we never do", denies=True),)
    policy_ = page("Policy", Kind.PRIVACY, ("2024-01-01", denial), ("2024-03-01T06:00:20", ()))
    assert kinds(helps(), policy_) == [EventKind.GAP_OPENED]


def test_nothing_is_told_before_the_other_page_was_looked_at_or_its_turn_is_over() -> None:
    before = document("Policy", Kind.PRIVACY, ("2024-01-01", ()), seen="2024-02-29")
    at = day("2024-03-01")
    looked = document("Policy", Kind.PRIVACY, ("2024-01-01", ()), seen="2024-03-02")
    assert assess(service(helps(), before), at + SOON).events == ()
    assert [gap.status for gap in assess(service(helps(), before), at + SOON).gaps] == [GapStatus.OPEN], "it is shown"
    assert len(assess(service(helps(), before), at + timedelta(hours=1)).events) == 1
    assert len(assess(service(helps(), looked), at + SOON).events) == 1


def test_what_one_document_leaves_in_doubt_keeps_only_what_rests_on_it_waiting() -> None:
    doubtful = replace(SILENT_POLICY, doubted_from=day("2024-02-15"))
    terms = document("Terms", Kind.TERMS, ("2024-01-01", ()), ("2024-04-01", (claim(practice="profiling"), *SAYS)))
    events = assess(service(helps(), doubtful, terms), NOW, WEIGHTS).events
    assert [event.kind for event in events] == [EventKind.PRACTICE_APPEARED]
    settled = assess(service(helps(), SILENT_POLICY, terms), NOW, WEIGHTS).events
    assert [event.kind for event in settled] == [
        EventKind.GAP_OPENED,
        EventKind.GAP_CLOSED,
        EventKind.PRACTICE_APPEARED,
    ]


# --- ids --------------------------------------------------------------------------------------------------------


def names(history: ServiceHistory) -> tuple[GapName, ...]:
    gaps = assess(history, NOW).gaps
    return tuple(
        GapName(each.id, each.practice, each.actor, each.found, each.withdrawn or each.closed) for each in gaps
    )


def test_a_gap_keeps_its_id_when_it_turns_out_to_be_older() -> None:
    known = names(service(helps(), SILENT_POLICY))
    older = service(helps(("2024-01-02", ()), ("2024-02-01", SAYS), ("2024-03-01", SAYS)), SILENT_POLICY)
    gap_ = only(assess(older, NOW, WEIGHTS, known))
    assert (gap_.id, gap_.opened) == (known[0].id, day("2024-02-01"))
    assert only(assess(older, NOW, WEIGHTS)).id != known[0].id


def test_the_id_of_a_gap_does_not_depend_on_those_before_it() -> None:
    twice = helps(("2024-01-02", ()), ("2024-03-01", SAYS), ("2024-04-01", ()), ("2024-05-01", SAYS))
    first, second = names(service(twice, SILENT_POLICY))
    once = service(helps(("2024-01-02", ()), ("2024-05-01", SAYS)), SILENT_POLICY)
    assert only(assess(once, NOW)).id == second.id != first.id
    assert only(assess(once, NOW, WEIGHTS, (first, second))).id == second.id


def test_gaps_told_before_there_was_a_list_of_them_keep_their_ids(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    Store.open(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TABLE gaps")
        connection.execute("DELETE FROM _sqlite_migrations WHERE name = 'm011_gaps'")
        before = [name.name for name in MIGRATIONS.applied(Database(connection))]
        connection.execute(f"PRAGMA user_version = {len(before)}")
        for kind, at in (("gap-opened", "2024-03-01T06:00:00.000000Z"), ("gap-closed", "2024-04-01T06:00:00.000000Z")):
            connection.execute(
                "INSERT INTO events (id, kind, service, at, severity, summary, quote, before, url, digest, gap, added,"
                " removed, practice, actor) VALUES (?, ?, 'LinkedIn', ?, 'low', '', '', '', '', '', 'old-id', '[]',"
                " '[]', 'ai-training', 'service')",
                (kind, kind, at),
            )
    connection.close()
    with Store.open(path) as store:
        (name,) = store.gap_names(["LinkedIn"])
    assert (name.id, name.found, name.ended) == ("old-id", day("2024-03-01"), day("2024-04-01"))


# --- lived through ----------------------------------------------------------------------------------------------


def told(desk: Desk) -> list[str]:
    return [post["kind"] for post in desk.posts]


@pytest.mark.parametrize("confirm", [0, 1])
def test_one_round_gives_one_verdict(desk: Desk, confirm: int) -> None:
    desk.usual(confirm=confirm)
    desk("check")
    desk.site["/help"], desk.site["/policy"] = help_page(TRAINS), policy(DISCLOSES)
    for _ in range(confirm + 1):
        desk("check")
    assert told(desk) == ["practice-appeared"]


def test_a_former_text_that_is_back_is_believed_until_it_goes(
    desk: Desk, later: Callable[[timedelta], None], capsys: Said
) -> None:
    desk.usual()
    desk.site["/policy"] = policy(DISCLOSES)
    desk("check")
    for number, text in enumerate((policy(), policy(DISCLOSES)), 1):
        later(timedelta(days=number))
        desk.site["/policy"] = text
        desk("check")
    later(timedelta(days=3))
    desk.site["/help"] = help_page(TRAINS)
    desk("check")
    assert told(desk) == ["practice-vanished"]
    capsys.readouterr()
    desk("gaps", "--json")
    assert capsys.readouterr().out == "", "the policy discloses it"
    later(timedelta(days=10))
    desk("check")
    assert not [kind for kind in told(desk) if kind.startswith("gap")]


def claim_id(desk: Desk, said: Said) -> str:
    said.readouterr()
    desk("show", str(HELP), "--json")
    (found,) = [each["id"] for line in said.readouterr().out.splitlines() for each in json.loads(line)["claims"]]
    return str(found)


def test_who_rejects_a_claim_is_told_what_ends_by_it_and_what_comes_later_is_another_gap(
    desk: Desk, capsys: Said
) -> None:
    desk.usual()
    desk("check")
    desk.site["/help"] = help_page(TRAINS)
    desk("check")
    first = gap(desk, capsys)
    assert desk("claims", "reject", claim_id(desk, capsys), "--reason", "it speaks of our staff") == 0
    assert "Help was misread" in capsys.readouterr().out
    desk("check")
    assert told(desk) == ["gap-opened", "gap-withdrawn"]
    assert gap(desk, capsys)["status"] == "withdrawn"
    desk.site["/help"] = help_page("<p>We use your messages and photos to train our generative AI models.</p>")
    desk("check")
    assert told(desk) == ["gap-opened", "gap-withdrawn", "gap-opened"]
    capsys.readouterr()
    desk("gaps", "--json")
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {row["status"]: row["id"] == first["id"] for row in rows} == {"withdrawn": True, "open": False}


def test_who_takes_a_rejection_back_is_told_once_of_the_gap_that_stands_again(desk: Desk, capsys: Said) -> None:
    desk.usual()
    desk("check")
    desk.site["/help"] = help_page(TRAINS)
    desk("check")
    claimed, first = claim_id(desk, capsys), gap(desk, capsys)
    for _ in range(2):
        assert desk("claims", "reject", claimed, "--reason", "it speaks of our staff") == 0
        capsys.readouterr()
        assert desk("claims", "restore", claimed) == 0
        assert "is said in Help after all" in capsys.readouterr().out
    desk("check")
    assert told(desk) == ["gap-opened", *["gap-withdrawn", "gap-found"] * 2]
    assert gap(desk, capsys) == first


def test_who_rejects_a_false_disclosure_is_told_of_the_gap_that_it_hid(desk: Desk, capsys: Said) -> None:
    desk.usual()
    desk.site["/policy"] = policy(DISCLOSES)
    desk("check")
    desk.site["/help"] = help_page(TRAINS)
    desk("check")
    assert told(desk) == []
    capsys.readouterr()
    desk("show", "Acme/Privacy Policy", "--json")
    shown = capsys.readouterr().out.splitlines()
    (wrong,) = [each["id"] for line in shown for each in json.loads(line)["claims"]]
    assert desk("claims", "reject", wrong, "--reason", "that is said of others") == 0
    desk("check")
    assert told(desk) == ["gap-opened"]
    assert gap(desk, capsys)["status"] == "open"


def test_a_help_page_that_is_not_tracked_any_more_asserts_nothing_for_sure(desk: Desk, capsys: Said) -> None:
    desk.usual()
    desk.site["/help"] = help_page(TRAINS)
    desk("check")
    config = desk.config.read_text()
    desk.config.write_text(config[: config.index('[[service.document]]\nname = "Help"')])
    desk("check")
    found = gap(desk, capsys)
    assert (found["status"], found["reason"]) == ("undecided", "Help is not tracked any more")


def test_what_is_over_weighs_little() -> None:
    closing = page("Policy", Kind.PRIVACY, ("2024-01-01", ()), ("2024-04-01", SAYS))
    over = only(assess(service(helps(), closing), NOW, WEIGHTS))
    assert (over.status, over.severity.value) == (GapStatus.CLOSED, "low")
    assert over.binding[0].state is State.DISCLOSES


def test_every_event_of_a_round_names_its_evidence() -> None:
    policy_ = page("Policy", Kind.PRIVACY, ("2024-01-01", ()), ("2024-03-01T06:00:20", SAYS), ("2024-06-01", ()))
    events: tuple[Event, ...] = assess(service(helps(), policy_), NOW, WEIGHTS).events
    assert [(event.kind, event.at) for event in events if event.gap] == [(EventKind.GAP_OPENED, day("2024-06-01"))]
