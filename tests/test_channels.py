"""Feeds, commands, Apprise and the configuration of calm."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from importlib.util import find_spec
from pathlib import Path
from xml.etree import ElementTree

import pytest
from desk import DISCLOSES, TRAINS, Desk, Said, help_page, policy
from storing import event
from website import Page, Website

from tracker.alerts import command, feed
from tracker.alerts.apprise import harmless
from tracker.alerts.deliver import deliver
from tracker.alerts.routing import due, next_digest
from tracker.config import Channel, Digest, load
from tracker.diff.words import compare
from tracker.errors import ConfigError
from tracker.model import Attempt, Delivery, DeliveryStatus, Dispatch, Event

NOW = datetime(2024, 9, 19, 6, 20, tzinfo=UTC)
ATOM = "{http://www.w3.org/2005/Atom}"


def attempt(channel: Channel, *events: Event, earlier: tuple[Delivery, ...] = ()) -> Attempt:
    found = tuple(waiting(each) for each in events or (event("e1"),))
    return deliver(Dispatch("m1", channel.name, found, 1, NOW), channel, NOW, compare, earlier)


def waiting(told: Event) -> Delivery:
    return Delivery(f"dlv_{told.id}", told, "c", DeliveryStatus.WAITING, 1, NOW)


# --------------------------------------------------------------------------------------------------------- feeds


def entries(path: Path) -> list[str]:
    tree = ElementTree.parse(path)  # noqa: S314 - we wrote it
    assert tree.getroot().tag == f"{ATOM}feed"
    ids = [str(entry.findtext(f"{ATOM}id")) for entry in tree.iter(f"{ATOM}entry")]
    assert tree.findtext(f"{ATOM}id")
    assert tree.findtext(f"{ATOM}updated")
    return [identity.rpartition("_")[2] for identity in ids]


def test_a_feed_holds_the_last_events_the_newest_first(tmp_path: Path) -> None:
    channel = Channel("c", "feed", path=str(tmp_path / "feeds" / "alerts.xml"))
    after = attempt(channel)
    assert (after.status, after.error) == (
        DeliveryStatus.WAITING,
        f"{channel.path}: its folder does not exist: make it",
    )
    (tmp_path / "feeds").mkdir()
    hostile = replace(
        event("e2"), quote="<script>alert(1)</script>\x00\ufffe\u202e]]>", url="javascript:alert(1)", service="A&B"
    )
    assert attempt(channel, event("e1"), hostile).status is DeliveryStatus.SENT
    assert entries(Path(channel.path)) == ["e2", "e1"]
    assert "<script" not in Path(channel.path).read_text()
    assert "javascript:" in Path(channel.path).read_text(), "shown,"
    assert 'href="javascript:' not in Path(channel.path).read_text(), "and not to be followed"
    earlier = tuple(waiting(event(f"old{number}")) for number in range(feed.LENGTH + 5))
    attempt(channel, event("new"), earlier=earlier)
    found = entries(Path(channel.path))
    assert (found[0], len(found)) == ("new", feed.LENGTH)
    assert [each.name for each in Path(channel.path).parent.iterdir()] == ["alerts.xml"]


def test_a_feed_for_each_service_whatever_its_name(tmp_path: Path) -> None:
    channel = Channel("c", "feed", path=str(tmp_path / "{service}.xml"))
    names = ["LinkedIn", "..", "A B", "A-B", "Ünï"]
    attempt(channel, *(replace(event(str(number)), service=name) for number, name in enumerate(names)))
    assert len(list(tmp_path.iterdir())) == len(names)
    assert entries(tmp_path / "linkedin.xml") == ["0"]


def test_a_feed_that_cannot_be_written_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    after = attempt(Channel("c", "feed", path=str(tmp_path / "file" / "alerts.xml")))
    assert after.status is DeliveryStatus.WAITING
    assert "cannot be written: Not a directory" in after.error


# ------------------------------------------------------------------------------------------------------ commands


def program(*words: str) -> Channel:
    return Channel("c", "command", command=(sys.executable, "-c", *words))


def test_a_command_gets_the_event_on_its_standard_input_and_no_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOOK_SECRET", "whsec_x")
    out = tmp_path / "out.json"
    told = "[sys.argv[1:], json.load(sys.stdin), dict(os.environ)]"
    script = f"import json,os,sys; json.dump({told}, open({str(out)!r}, 'w'))"
    words = "$(touch x)", "; rm -rf", "{0}", "%s"
    sent = attempt(program(script, *words))
    assert (sent.status, sent.answer) == (DeliveryStatus.SENT, f"{sys.executable}: exit code 0")
    arguments, payload, environment = json.loads(out.read_text())
    assert tuple(arguments) == words, "no shell has seen them"
    assert (payload["type"], payload["data"]["id"]) == ("policy-tracker.gap-opened", "e1")
    assert environment["TRACKER_DELIVERY"] == "m1"
    assert "HOOK_SECRET" not in environment


def test_a_command_that_fails_says_why_and_is_tried_again() -> None:
    after = attempt(program("import sys; sys.exit('no \x1b[31mroom')"))
    assert after.status is DeliveryStatus.WAITING
    assert after.error == f"{sys.executable}: exit code 1 (“no [31mroom”)"
    gone = attempt(Channel("c", "command", command=("/nowhere/to/be/found",)))
    assert gone.error == "/nowhere/to/be/found: cannot be run: No such file or directory"


def test_a_command_that_hangs_is_killed_with_all_that_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "SECONDS", 0.3)
    fifo = tmp_path / "alive"
    os.mkfifo(fifo)
    script = f"import os,time; os.fork(); f = open({str(fifo)!r}, 'w'); time.sleep(600)"
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    after = attempt(program(script))
    assert "took over 0.3 seconds" in after.error
    os.set_blocking(reader, True)
    assert os.read(reader, 1) == b"", "nobody holds the other end any more"
    os.close(reader)


# ------------------------------------------------------------------------------------------------------- Apprise


def test_what_a_page_says_calls_nobody() -> None:
    said = harmless("@everyone, <!channel> and <@U123> at a@b.example; 1 < 2 @ noon")
    assert not any(call in said for call in ("@everyone", "<!", "<@"))
    assert "1 < 2 @ noon" in said


@pytest.mark.long
@pytest.mark.skipif(not find_spec("apprise"), reason="the extra apprise is not installed")
def test_apprise_takes_a_message_or_says_why_not(site: Website) -> None:
    site["/hook"] = Page(status=200)
    channel = Channel("c", "apprise", address=f"json://127.0.0.1:{site.port}/hook?+X-Token=t0ken")
    hostile = replace(event("e1"), summary="@everyone: look at this")
    assert attempt(channel, hostile).status is DeliveryStatus.SENT
    posted = json.loads(site.visits[0].body)
    assert "@everyone" not in posted["title"] + posted["message"]
    site["/hook"] = Page(status=500)
    after = attempt(channel)
    assert after.status is DeliveryStatus.WAITING
    assert after.error.startswith("Apprise: not taken")
    assert "t0ken" not in after.error
    unknown = attempt(replace(channel, address="nonsense"))
    assert (unknown.status, unknown.error) == (DeliveryStatus.DEAD, "no address that Apprise knows: check the url")


# ---------------------------------------------------------------------------------------------------------- calm


@pytest.mark.parametrize(
    ("digest", "now", "expected"),
    [
        (Digest(time(8), "UTC"), "2024-09-18T07:59+00:00", "2024-09-18T08:00+00:00"),
        (Digest(time(8), "UTC"), "2024-09-18T08:00+00:00", "2024-09-19T08:00+00:00"),
        (Digest(time(8), "Europe/Paris"), "2024-07-01T12:00+00:00", "2024-07-02T06:00+00:00"),
        (Digest(time(8), "Europe/Paris", 0), "2024-09-18T12:00+00:00", "2024-09-23T06:00+00:00"),
        (Digest(time(0, 30), "Pacific/Auckland"), "2024-09-18T12:29+00:00", "2024-09-18T12:30+00:00"),
        # the clocks skip 02:30 on 31 March and show it twice on 27 October
        (Digest(time(2, 30), "Europe/Paris"), "2024-03-30T12:00+00:00", "2024-03-31T01:30+00:00"),
        (Digest(time(2, 30), "Europe/Paris"), "2024-03-31T01:30+00:00", "2024-04-01T00:30+00:00"),
        (Digest(time(2, 30), "Europe/Paris"), "2024-10-26T12:00+00:00", "2024-10-27T00:30+00:00"),
        (Digest(time(2, 30), "Europe/Paris"), "2024-10-27T00:30+00:00", "2024-10-28T01:30+00:00"),
    ],
)
def test_a_digest_comes_once_a_day_or_week_whatever_the_clocks_do(digest: Digest, now: str, expected: str) -> None:
    assert next_digest(digest, datetime.fromisoformat(now)) == datetime.fromisoformat(expected)
    assert due(Channel("c", "email", digest=digest), datetime.fromisoformat(now)) == datetime.fromisoformat(expected)


def test_there_is_a_digest_on_every_day_of_a_year() -> None:
    digest, now = Digest(time(2, 30), "America/New_York"), datetime(2024, 1, 1, tzinfo=UTC)
    days: list[date] = []
    while len(days) < 366:
        now = next_digest(digest, now)
        days.append((now - timedelta(hours=5)).date())
    assert len(set(days)) == 366


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ('digest = "dayly 8"', 'must be such as "daily 08:00" or "monday 08:00", is "dayly 8"'),
        ('digest = "daily 08:00"\ngroup = "all"', "a digest tells everything at once: drop one of both"),
        ('digest = "daily 08:00"\ntimezone = "Europe/Atlantis"', 'unknown time zone "Europe/Atlantis"'),
        ('group_wait = "soon"', 'must be such as "5m", "2h" or "7d", is "soon"'),
        ('repeat = "1h"', 'must be between 1d and 366d, is "1h"'),
        ('give_up = 3', 'must be such as "5m", "2h" or "7d", is "3"'),
        ('to = ["a@example.org\\r\\nBcc: b@example.org"]', "must be one line of text"),
        ('sender = "a@example.org>\\n"', "must be one line of text"),
        ('type = "feed"\npath = "feeds/"', "must be a file such as"),
        ('type = "feed"\npath = "{0.__class__}.xml"', "must be a file such as"),
        ('type = "feed"\npath = "a.xml"\n[[channel]]\nname = "b"\ntype = "feed"\npath = "a.xml"', "another"),
        ('type = "command"\ncommand = "rm -rf /"', "must be a list such as"),
        ('type = "apprise"\nurl = "slack://token"', 'must be "env:NAME"'),
        ('type = "webhook"\ngroup = "all"', "unknown key"),
        ('[[channel]]\nname = "TEAM"\ntype = "feed"\npath = "a.xml"', 'another channel has the name "TEAM"'),
    ],
)  # fmt: skip
def test_a_channel_that_is_configured_wrongly(lines: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    usual = {"type": '"email"', "to": '["a@example.org"]', "smtp": '"smtp://mail.example.org"'}
    if 'type = "' in lines and not lines.startswith("[["):
        usual = {}
    given = {line.partition(" ")[0] for line in lines.splitlines()}
    body = "".join(f"{key} = {value}\n" for key, value in usual.items() if key not in given or lines.startswith("[["))
    path.write_text(f'[[channel]]\nname = "team"\n{body}{lines}\n')
    with pytest.raises(ConfigError) as caught:
        load(path, {})
    assert any(told in problem for problem in caught.value.problems), caught.value.problems


# -------------------------------------------------------------------------------------------- from check to letter


def test_a_service_and_round_are_one_letter_and_a_reminder_comes_while_it_is_open(
    desk: Desk, later: Callable[[timedelta], None], capsys: Said
) -> None:
    desk.usual()
    text = desk.config.read_text().replace('group = "event"', 'repeat = "7d"')
    desk.config.write_text(text)
    assert desk("check") == 0
    desk.site["/help"] = help_page(TRAINS + "<p>We sell your personal data to advertisers.</p>")
    assert desk("check") == 0
    assert len(desk.posts) == 2
    [subject] = desk.subjects
    assert subject == "[critical] Acme: Gap opened (2)"
    later(timedelta(days=6))
    desk("check")
    assert len(desk.subjects) == 1
    later(timedelta(days=8))
    desk("check")
    assert desk.subjects[1:] == ["[critical] Acme: Gap opened (2)"]
    assert "Still open: Acme" in str(desk.mail.messages[1].get_payload(0))
    later(timedelta(days=9))
    desk("check")
    assert (len(desk.subjects), len(desk.posts)) == (2, 2)


def test_nobody_is_reminded_of_a_gap_that_was_closed_meanwhile(desk: Desk, later: Callable[[timedelta], None]) -> None:
    desk.usual()
    desk.config.write_text(desk.config.read_text().replace('group = "event"', 'repeat = "7d"'))
    desk("check")
    desk.site["/help"] = help_page(TRAINS)
    desk("check")
    with desk.store() as store:
        [identity] = {event.gap for event in store.events() if event.gap}
    assert desk("gaps", "ack", str(identity), "--until", f"{datetime.now(UTC) + timedelta(days=20):%Y-%m-%d}") == 0
    later(timedelta(days=8))
    desk("check")
    desk.site["/policy"] = policy(DISCLOSES)
    later(timedelta(days=9))
    desk("check")
    later(timedelta(days=22))
    desk("check")
    assert len(desk.subjects) == 2
    assert "Gap closed" in desk.subjects[1]
    assert not any("Still open" in str(message.get_payload(0)) for message in desk.mail.messages)


def test_silenced_it_waits_and_preview_shows_it(desk: Desk, capsys: Said) -> None:
    desk.usual()
    desk("check")
    assert desk("alerts", "silence", "--service", "acme", "--until", "2099-01-01", "--reason", "moving") == 0
    desk.site["/help"] = help_page(TRAINS)
    assert desk("check") == 0
    assert (desk.posts, desk.subjects) == ([], [])
    capsys.readouterr()
    assert desk("alerts", "silences") == 0
    assert "moving" in capsys.readouterr().out
    assert desk("alerts", "preview", "team") == 0
    assert capsys.readouterr().out.startswith("Subject: [critical] Acme: ai-training")
    assert desk("alerts", "preview", "cases", "--format", "json") == 0
    assert json.loads(capsys.readouterr().out)["type"] == "policy-tracker.gap-opened"
    assert desk("alerts", "preview", "team", "--format", "html") == 0
    assert capsys.readouterr().out.startswith("<!doctype html>")
    words = ("alerts", "silence", "--until", "2099-01-01", "--reason", "moving", "--practice", "ai-trianing")
    assert desk(*words) == 2
    assert "ai-training" in capsys.readouterr().err, "those that there are"
    assert desk("alerts", "unsilence", "7") == 2
    assert desk("alerts", "unsilence", "1") == 0
    assert desk("check") == 0
    assert (len(desk.posts), len(desk.subjects)) == (1, 1)


def test_a_trial_shows_what_the_channel_answered(desk: Desk, capsys: Said) -> None:
    desk.usual()
    assert desk("alerts", "test", "cases") == 0
    assert f"127.0.0.1:{desk.hooks.port}: answered 204" in capsys.readouterr().out
    assert desk("alerts", "test", "team") == 0
    assert ": 250 OK" in capsys.readouterr().out
    desk.mail.refusal = "550 no such user"
    assert desk("alerts", "test", "team") == 1
    assert capsys.readouterr().err.count("channel team") == 1
