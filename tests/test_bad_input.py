"""What may go wrong in a round: one clear line each, the rest goes on, nothing stored is lost."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from desk import DISCLOSES, HELP, ROOT, SECRET, TRAINS, Desk, Said, gap, help_page, policy
from website import Page

from tracker.model import DeliveryStatus, DocumentKey


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "no such file"),
        ("[tracker\n", "config.toml"),
        ('[tracker]\nshedule = "every 6h"\n', "shedule"),
        ('[[service]]\nname = "A"\n[[service.document]]\nname = "P"\nkind = "wrong"\nurl = "https://a.org"\n', "wrong"),
    ],
)  # fmt: skip
def test_a_configuration_that_is_missing_or_broken(desk: Desk, capsys: Said, text: str | None, said: str) -> None:
    if text is not None:
        desk.config.write_text(text)
    assert desk("check") == 2
    told = capsys.readouterr()
    assert told.out == ""
    [line] = told.err.splitlines()
    assert line.startswith("tracker: ")
    assert said in line
    assert not desk.database.exists()


@pytest.mark.parametrize("command", [("check",), ("config", "check"), ("alerts", "test", "team")])
def test_a_channel_for_a_practice_that_there_is_not(desk: Desk, capsys: Said, command: tuple[str, ...]) -> None:
    """It would let nothing pass, and nobody would ever hear why."""
    channel = '[[channel]]\nname = "team"\ntype = "command"\ncommand = ["true"]\n'
    page = '[[service.document]]\nname = "P"\nkind = "wrong"\nurl = "https://a.org"\n'
    text = f'[[service]]\nname = "A/B"\n{page}{channel}practices = ["ai-traning"]\nservices = ["A"]\n'
    desk.config.write_text(text)
    assert desk(*command) == 2
    told = [line.partition(":")[2] for line in capsys.readouterr().err.splitlines()]
    lines = [line.rpartition("config.toml:")[2] for line in told]
    assert [line.partition(":")[0] for line in lines] == ["2", "5", "11", "12"]
    assert lines[2].endswith('channel "team", key "practices": unknown word "ai-traning": did you mean "ai-training"?')
    assert lines[3].endswith('unknown word "A": known are none')


def test_a_service_that_is_unknown(desk: Desk, capsys: Said) -> None:
    desk.usual()
    assert desk("check", "Acmee") == 2
    assert capsys.readouterr().err == "tracker: 'Acmee' is not in the configuration: services are Acme\n"
    assert desk("check", "acme/Terms") == 2
    told = "tracker: 'acme/Terms' is not in the configuration: its documents are Privacy Policy, Help\n"
    assert capsys.readouterr().err == told
    assert desk.site.visits == []


BAD_PAGES = {
    "gone": (Page("<p>nothing here", status=404), "404"),
    "broken": (Page("<p>oops", status=500), "500"),
    "picture": (Page(b"\x89PNG\r\n\x1a\n", media_type="image/png"), "image/png"),
    "empty": (Page(b""), "empty"),
    "hollow": (Page("<html><body><script>x()</script></body></html>"), ""),
}


def test_each_bad_page_gets_one_line_and_the_rest_of_the_round_goes_on(desk: Desk, capsys: Said) -> None:
    desk.usual()
    for name, (page, _) in BAD_PAGES.items():
        desk.site[f"/{name}"] = page
    desk.site["/bytes"] = Page(policy(DISCLOSES).encode() + b"<p>caf\xe9 \xff\xfe\x80</p>")
    kinds = [(name, "other", f'["{desk.site.url(f"/{name}")}"]') for name in (*BAD_PAGES, "bytes")]
    more = "".join(f'[[service.document]]\nname = "{n}"\nkind = "{k}"\nurls = {u}\n' for n, k, u in kinds)
    more += '[[service.document]]\nname = "nowhere"\nkind = "other"\nurl = "http://127.0.0.1:1/"\n'
    desk.config.write_text(desk.config.read_text() + more)
    assert desk("check") == 1
    told = capsys.readouterr()
    lines = told.err.splitlines()
    assert len(lines) == len(set(lines)), told.err
    for name, (_, why) in {**BAD_PAGES, "nowhere": (None, "connect")}.items():
        if name == "hollow":  # a page of nothing but scripts was fetched well: it is just not the document
            assert "Acme/hollow" in told.out + told.err
            continue
        [line] = [line for line in lines if line.startswith(f"tracker: Acme/{name}: ")]
        assert why in line
    assert not any(word in told.err for word in ("Traceback", "Errno", "object at", "urllib3"))
    with desk.store() as store:
        stored = {key: store.versions(DocumentKey("Acme", key)) for key in ("Privacy Policy", "Help", "bytes")}
        assert all(len(rows) == 1 for rows in stored.values())
    assert desk("status") == 0
    assert "404" in capsys.readouterr().out


def test_a_page_that_fails_keeps_what_is_stored(desk: Desk, capsys: Said) -> None:
    desk.usual()
    desk("check")
    desk.site["/help"] = help_page(TRAINS)
    desk("check")
    desk.site["/help"] = desk.site["/policy"] = Page("<p>oops", status=503)
    assert desk("check") == 1
    assert gap(desk, capsys)["status"] == "open"
    desk.site["/help"], desk.site["/policy"] = help_page(TRAINS), policy()
    assert desk("check") == 0
    assert len(desk.posts) == 1


def test_a_failure_behind_a_redirect_counts_for_the_address_that_was_asked(desk: Desk) -> None:
    desk.usual()
    desk("check")
    desk.site["/help"] = [Page.redirect(f"/login?turn={turn}") for turn in range(4)]
    for turn in range(3):
        desk.site[f"/login?turn={turn}"] = Page("<p>no", status=403)
        assert desk("check") == 1
    with desk.store() as store:
        [check] = store.checks(HELP)
    assert (check.url, check.failures) == (desk.site.url("/help"), 3)
    assert [post["kind"] for post in desk.posts] == ["document-unreachable"]


def test_a_long_pause_makes_no_page_unreachable_but_silence_does(
    desk: Desk, later: Callable[[timedelta], None], capsys: Said
) -> None:
    desk.usual()
    desk("check")
    later(timedelta(days=40))
    desk.site["/help"], desk.site["/policy"] = (make("<p>A few more words.</p>") for make in (help_page, policy))
    assert desk("check") == 0
    assert "document-unreachable" not in [post["kind"] for post in desk.posts]
    told = len(desk.posts)
    desk.site["/help"] = Page("<p>gone", status=404)
    for days in (41, 50, 60):
        later(timedelta(days=days))
        assert desk("check") == 1
    assert {(post["kind"], post["document"]) for post in desk.posts[told:]} == {("document-unreachable", "Acme/Help")}


def test_a_database_of_a_newer_schema_is_left_as_it_is(desk: Desk, capsys: Said) -> None:
    desk.usual()
    desk("check")
    with sqlite3.connect(desk.database) as connection:
        connection.execute("PRAGMA user_version = 999")
    connection.close()
    visits = len(desk.site.visits)
    capsys.readouterr()
    assert desk("check") == 1
    told = capsys.readouterr()
    assert told.err == f"tracker: {desk.database}: was written by a newer version of tracker: upgrade tracker\n"
    assert len(desk.site.visits) == visits


def test_channels_that_refuse_lose_nothing(desk: Desk, later: Callable[[timedelta], None], capsys: Said) -> None:
    desk.usual()
    desk("check")
    desk.mail.refusal = "550 no such user here"
    desk.hooks["/hook"] = Page("no", status=500)
    desk.site["/help"] = help_page(TRAINS)
    capsys.readouterr()
    assert desk("check") == 1
    told = capsys.readouterr()
    mail, hook = sorted(told.err.splitlines(), key=lambda line: "cases" in line)
    assert mail.startswith("tracker: channel team: ")
    assert "550" in mail
    assert mail.endswith(": given up")
    assert hook.startswith("tracker: channel cases: ")
    assert "500" in hook
    assert hook.endswith(": will be tried again")
    assert gap(desk, capsys)["status"] == "open"
    desk.mail.refusal = ""
    desk.hooks["/hook"] = Page(status=204)
    later(timedelta(hours=1))
    assert desk("check") == 0
    assert len({post["id"] for post in desk.posts}) == 1
    assert desk.subjects == [], "what was given up waits for the user"
    assert desk("alerts", "retry") == 0
    assert desk("check") == 0
    assert len(desk.subjects) == 1
    with desk.store() as store:
        assert {delivery.status for delivery in store.deliveries()} == {DeliveryStatus.SENT}


@pytest.mark.parametrize("also", [False, True], ids=["output", "output and errors"])
def test_a_log_that_cannot_be_written_keeps_no_alert_back(desk: Desk, *, also: bool) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no device that is always full")
    desk.usual()
    ping = f'[tracker]\nping = "{desk.hooks.url("/ping")}"\n'
    desk.config.write_text(desk.config.read_text().replace("[tracker]\n", ping))
    desk.hooks["/ping"] = Page(status=204)
    desk("check")
    desk.site["/help"] = help_page(TRAINS)
    before = len(desk.hooks.visits)
    with full.open("wb") as stream:
        done = subprocess.run(
            [sys.executable, "-m", "tracker.cli", "--config", str(desk.config), "check"],
            env={**os.environ, "PYTHONPATH": str(ROOT), "HOOK_SECRET": SECRET},
            stdout=stream,
            stderr=stream if also else subprocess.PIPE,
        )
    told = b"" if also else b"tracker: the output cannot be written: No space left on device: make room on its disk\n"
    assert (done.returncode, done.stderr or b"") == (1, told)
    assert [visit.path for visit in desk.hooks.visits[before:]] == ["/hook", "/ping"]
    assert len(desk.subjects) == 1


def test_what_is_over_cannot_be_put_aside(desk: Desk, capsys: Said) -> None:
    desk.usual()
    desk("check")
    desk.site["/help"] = help_page(TRAINS)
    desk("check")
    identity = gap(desk, capsys)["id"]
    assert desk("gaps", "ack", identity, "--until", "2020-01-01") == 2
    assert capsys.readouterr().err == "tracker: --until 2020-01-01: that is over: name a day to come\n"
    desk("check")  # looks again: what closes with the look that opened it is no gap
    desk.site["/policy"] = policy(DISCLOSES)
    desk("check")
    capsys.readouterr()
    assert desk("gaps", "ack", identity, "--until", "9999-01-01") == 2
    assert capsys.readouterr().err == f"tracker: {identity} is closed: there is nothing left to put aside\n"


def test_a_host_that_is_down_is_one_message_and_its_return_another(desk: Desk) -> None:
    desk.usual()
    desk("check")
    desk.site["/help"] = desk.site["/policy"] = Page("<p>oops", status=503)
    for _ in range(5):
        assert desk("check") == 1
    [post] = desk.posts
    assert post["summary"] == "127.0.0.1 does not answer: 2 documents of Acme cannot be read"
    with desk.store() as store:
        assert len(store.events()) == 2, "each page's loss is recorded"
    desk.site[post["url"].removeprefix(desk.site.url(""))] = policy() if "policy" in post["url"] else help_page()
    assert desk("check") == 1
    assert [each["kind"] for each in desk.posts[1:]].count("document-back") == 1
    desk("check")
    assert "document-unreachable" in [each["kind"] for each in desk.posts[1:]], "the other is lost by itself"
    desk.site["/help"], desk.site["/policy"] = help_page(), policy()
    assert desk("check") == 0
    assert [each["kind"] for each in desk.posts].count("document-back") == 2


def test_a_page_that_is_gone_hides_no_other_that_is_lost_later(desk: Desk) -> None:
    desk.usual()
    desk("check")
    desk.site["/help"] = Page("<p>gone", status=404)
    for _ in range(4):
        desk("check")
    desk.site["/policy"] = Page("<p>oops", status=503)
    for _ in range(4):
        desk("check")
    lost = [post["url"] for post in desk.posts if post["kind"] == "document-unreachable"]
    assert lost == [desk.site.url("/help"), desk.site.url("/policy")]


def test_a_page_that_is_lost_twice_in_a_day_is_told_twice(desk: Desk) -> None:
    desk.usual()
    desk("check")
    for _ in range(2):
        desk.site["/policy"] = Page("<p>oops", status=503)
        for _ in range(4):
            desk("check")
        desk.site["/policy"] = policy()
        desk("check")
    assert [post["kind"] for post in desk.posts] == ["document-unreachable", "document-back"] * 2
