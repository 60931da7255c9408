"""The demonstration: what is told of the founding case, when and in which order, and what is left behind."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import storing
from standardwebhooks import Webhook

from tracker.alerts.compose import compose
from tracker.cli.demo import headline
from tracker.cli.main import main
from tracker.config import Config
from tracker.demo.play import AGREEMENT, FAQ, HELP, POLICY, Day, calendar, play, signing_secret
from tracker.diff.words import compare
from tracker.model import Actor, Delivery, DeliveryStatus, Dispatch, Event, Gap, GapStatus, State
from tracker.pipeline.assessment import Assessor
from tracker.store import Store

SECRET = signing_secret()
OPENED, DISCLOSED, NARROWED, AGREED, WIDENED = (
    date(2024, 9, 11), date(2024, 9, 18), date(2024, 9, 20), date(2024, 11, 20), date(2025, 11, 3),
)  # fmt: skip
EVERYWHERE = {"EU", "EEA", "CH", "GB", "CA", "HK"}


@dataclass(frozen=True)
class Played:
    days: tuple[Day, ...]
    path: Path

    @property
    def told(self) -> list[dict[str, Any]]:
        """The events that the webhooks brought, in the order of their arrival."""
        return [json.loads(post.body)["data"] for day in self.days for post in day.posts]

    def of(self, day: date, kind: str) -> list[dict[str, Any]]:
        return [event for event in self.told if event["kind"] == kind and event["at"][:10] == day.isoformat()]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    path = tmp_path_factory.mktemp("demo") / "snapshots" / "demo.db"
    return Played(tuple(play(path, SECRET)), path)


@pytest.fixture
def left(played: Played) -> Iterator[Store]:
    with Store.open(played.path, readonly=True) as store:
        yield store


@pytest.fixture
def gaps(left: Store) -> dict[Actor, Gap]:
    found = Assessor(Config(), left).assessment("LinkedIn", datetime(2026, 6, 1, tzinfo=UTC)).gaps
    return {gap.actor: gap for gap in found if gap.practice == "ai-training"}


def test_the_help_page_opens_the_gap_for_the_service_and_for_its_affiliates(played: Played) -> None:
    opened = played.of(OPENED, "gap-opened")
    assert {event["actor"] for event in opened if event["practice"] == "ai-training"} == {"service", "affiliate"}
    for event in opened:
        assert event["document"] == str(HELP)
        assert "to train generative AI models" in event["quote"]


def test_the_policy_closes_the_gap_for_the_service_late_and_without_notice(played: Played) -> None:
    [closed] = [event for event in played.told if event["kind"] == "gap-closed"]
    assert (closed["document"], closed["practice"], closed["actor"]) == (str(POLICY), "ai-training", "service")
    assert (closed["at"], closed["effective"]) == ("2024-09-18T06:00:00Z", "2024-09-18")
    assert (closed["lag_days"], closed["notice_days"]) == (7, 0)
    assert "train artificial intelligence (AI) models" in closed["quote"]
    assert "affiliates" in closed["before"]
    assert "still open for affiliates" in closed["summary"]


def test_the_agreement_announces_reminds_changes_and_stays_silent(played: Played, gaps: dict[Actor, Gap]) -> None:
    mine = [event for event in played.told if event["document"] == str(AGREEMENT)]
    assert [(event["at"][:10], event["kind"]) for event in mine] == [
        ("2024-09-18", "change-announced"),
        ("2024-10-21", "change-reminder"),
        ("2024-11-13", "change-reminder"),
        ("2024-11-20", "change-arrived"),
    ]
    assert {event["effective"] for event in mine} == {AGREED.isoformat()}
    assert mine[0]["notice_days"] == 63
    assert "November 20, 2024" in mine[0]["quote"]
    for gap in gaps.values():
        [state] = [each for each in gap.binding if each.document == AGREEMENT]
        assert (state.state, state.pending) == (State.SILENT, None)


def test_regions_are_left_out_and_come_in_again(played: Played) -> None:
    [narrowed] = played.of(NARROWED, "scope-narrowed")
    assert (narrowed["document"], narrowed["practice"], narrowed["added"]) == (str(FAQ), "ai-training", ["GB"])
    assert "United Kingdom" in narrowed["quote"]
    assert "Switzerland" in narrowed["before"]
    [further] = played.of(date(2025, 3, 3), "scope-narrowed")
    assert further["added"] == ["CA", "HK"]
    [widened] = played.of(WIDENED, "scope-widened")
    assert (widened["document"], set(widened["removed"])) == (str(FAQ), EVERYWHERE)
    assert "Hong Kong" in widened["before"]
    [kept_out] = played.of(WIDENED, "scope-narrowed")
    assert set(kept_out["added"]) == {"private-messages", "salary", "minors"}


def test_nothing_else_is_told_of_the_case(played: Played) -> None:
    """Each of these once, day by day; other practices of the same pages may be told beside it."""
    mine = [event for event in played.told if event["practice"] in ("ai-training", None)]
    told = [(event["at"][:10], event["kind"], event["document"].split("/")[1]) for event in mine]
    assert [day for day, *_ in told] == sorted(day for day, *_ in told)
    assert sorted(told) == [
        ("2024-09-11", "gap-opened", "AI help"),
        ("2024-09-11", "gap-opened", "AI help"),
        ("2024-09-18", "change-announced", "User Agreement"),
        ("2024-09-18", "changed-without-notice", "Privacy Policy"),
        ("2024-09-18", "gap-closed", "Privacy Policy"),
        ("2024-09-18", "practice-appeared", "Privacy Policy"),
        ("2024-09-20", "scope-narrowed", "AI FAQ"),
        ("2024-10-21", "change-reminder", "User Agreement"),
        ("2024-11-13", "change-reminder", "User Agreement"),
        ("2024-11-20", "change-arrived", "User Agreement"),
        ("2025-03-03", "scope-narrowed", "AI FAQ"),
        ("2025-11-03", "scope-narrowed", "AI FAQ"),
        ("2025-11-03", "scope-widened", "AI FAQ"),
    ]


def test_the_gaps_as_they_are_left(gaps: dict[Actor, Gap]) -> None:
    assert set(gaps) == {Actor.SERVICE, Actor.AFFILIATE}
    closed, still_open = gaps[Actor.SERVICE], gaps[Actor.AFFILIATE]
    assert (closed.status, closed.closed_by, closed.lag_days, closed.notice_days) == (GapStatus.CLOSED, POLICY, 7, 0)
    assert (still_open.status, still_open.closed) == (GapStatus.OPEN, None)
    assert {each.state for each in still_open.binding} == {State.SILENT}
    for gap in (closed, still_open):
        assert gap.informal.document == HELP
        assert gap.opened is not None
        assert gap.opened.date() == OPENED


def test_every_event_came_by_mail_and_by_webhook_once_and_in_order(played: Played, left: Store) -> None:
    told = [event["id"] for event in played.told]
    assert len(set(told)) == len(told)
    assert sorted(told) == sorted(event.id for event in left.events())
    assert [event["at"] for event in played.told] == sorted(event["at"] for event in played.told)
    summaries = {event.id: event for event in left.events()}
    for day in played.days:
        assert {event.at.date() for event in map(summaries.get, ids(day)) if event} <= {day.at.date()}
        assert [mail["Subject"] for mail in day.mails] == [subject(summaries[each]) for each in ids(day)]
        assert [headline(mail) for mail in day.mails] == [summaries[each].summary for each in ids(day)]
    assert {delivery.status for delivery in left.deliveries()} == {DeliveryStatus.SENT}
    assert len(left.deliveries()) == 2 * len(told)


def subject(event: Event) -> str:
    delivery = Delivery(event.id, event, "privacy-team", DeliveryStatus.WAITING, 1, event.at)
    return compose(Dispatch(event.id, delivery.channel, (delivery,), 1, event.at), compare).subject


def ids(day: Day) -> list[str]:
    return [json.loads(post.body)["data"]["id"] for post in day.posts]


def test_every_webhook_is_signed(played: Played) -> None:
    for day in played.days:
        for post in day.posts:
            sent = datetime.fromtimestamp(int(post.headers["webhook-timestamp"]), UTC)
            assert sent == day.at
            signed = Webhook(SECRET).sign(post.headers["webhook-id"], sent, post.body.decode())
            assert post.headers["webhook-signature"] == signed


def test_every_event_can_be_verified_from_what_is_stored(played: Played, left: Store) -> None:
    for event in played.told:
        page = left.snapshot(event["digest"])
        assert page is not None
        assert str(page.document) == event["document"]
        assert event["url"] == page.url
        assert page.url.startswith("https://linkedin.example/"), "the real service's address is left alone"


def test_it_plays_on_the_days_that_matter() -> None:
    assert {OPENED, DISCLOSED, NARROWED, AGREED, WIDENED, date(2024, 10, 21), date(2024, 11, 13)} <= {*calendar()}


def test_the_command_tells_the_story_and_twice_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["demo"]) == 0
    first = capsys.readouterr()
    assert main(["demo"]) == 0
    assert capsys.readouterr() == first
    assert first.err == ""
    assert (tmp_path / "snapshots" / "demo.db").exists()
    for words in (
        "18 September 2024",
        "Gap opened [critical]",
        "service  practice                  status opened     closed                     lag    notice silent",
        "LinkedIn ai-training by the        closed 2024-09-11 2024-09-18 by Privacy      7 days 0 days User Agreement",
        "LinkedIn ai-training by its        open   2024-09-11 –                          –      –      Privacy",
        "tracker --db snapshots/demo.db gaps",
    ):
        assert words in first.out
    assert re.search(r"\{\+[^}]*to\s+develop\s+and\s+train\s+artificial\s+intelligence", first.out), (
        "the change, by words"
    )
    assert "127.0.0.1" not in first.out
    assert "\x1b" not in first.out
    assert all(len(line) <= 120 for line in first.out.splitlines())


def test_the_commands_that_it_names_work_on_what_it_leaves(
    played: Played, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for words, said in [
        (["gaps"], "by its affiliates · OPEN"),
        (["practices"], "ai-training"),
        (["events"], "Privacy Policy"),
        (["log", "LinkedIn/User Agreement"], "2024-11-20"),
        (["show", "LinkedIn/AI FAQ"], "Hong Kong"),
        (["diff", "LinkedIn/AI FAQ", "2024-09-19", "2024-09-20"], "United Kingdom"),
    ]:
        assert main(["--db", str(played.path), *words]) == 0
        assert said in capsys.readouterr().out


def test_a_database_that_is_not_the_demonstrations_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "mine.db"
    with Store.open(path) as store:
        store.register(storing.ENTRY, storing.NOW)
    before = path.read_bytes()
    assert main(["--db", str(path), "demo"]) == 2
    assert capsys.readouterr().err == f"tracker: {path}: holds more than a demonstration: name another file with --db\n"
    assert path.read_bytes() == before
    text = tmp_path / "notes.txt"
    text.write_text("not a database at all, and somebody's work\n" * 50)
    assert main(["--db", str(text), "demo"]) == 1
    assert "is not a database" in capsys.readouterr().err
    assert "somebody's work" in text.read_text()
