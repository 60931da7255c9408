"""The commands against real servers on loopback: from a page that changes to the alert, once and only once."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from desk import DISCLOSES, HELP, POLICY, SECRET, TRAINS, Blocker, Desk, Said, gap, help_page, policy
from standardwebhooks import Webhook
from website import Page

from tracker.cli.context import clock
from tracker.config import load
from tracker.fetch.http import HttpFetcher, PageRequest
from tracker.model import Cause, EventKind, GapStatus, NotModified, Snapshot, Standing
from tracker.pipeline.assessment import Assessor
from tracker.pipeline.outcomes import Change
from tracker.pipeline.rounds import LEASE, Round
from tracker.store import Store

# ------------------------------------------------------------------------------------- from the page to the alert


def test_a_changed_help_page_becomes_a_gap_an_event_an_email_and_a_signed_webhook(desk: Desk, capsys: Said) -> None:
    desk.usual()
    assert desk("check") == 0
    assert desk.posts == [], "the first look is no news"
    desk.site["/help"] = help_page(TRAINS)
    assert desk("check") == 0
    found = gap(desk, capsys)
    assert (found["status"], found["practice"], found["actor"]) == ("open", "ai-training", "service")
    assert found["informal"]["quote"] == "We use your posts and comments to train our generative AI models."
    assert found["opened"] is not None
    with desk.store() as store:
        [event] = store.events()
    assert (event.kind, event.gap) == (EventKind.GAP_OPENED, found["id"])
    [post] = desk.posts
    assert (post["id"], post["kind"], post["url"]) == (event.id, "gap-opened", desk.site.url("/help"))
    [visit] = desk.hooks.visits
    Webhook(SECRET).verify(visit.body, dict(visit.headers))  # as a receiver does it, the time included
    [mail] = desk.mail.messages
    assert mail["To"] == "team@example.org"
    assert str(mail["Subject"]).startswith("[critical] Acme: ai-training by the service itself is said in Help")
    assert desk("check") == 0
    assert desk("check") == 0
    assert (len(desk.posts), len(desk.subjects)) == (1, 1), "nothing changed, nothing is sent"
    desk.site["/policy"] = policy(DISCLOSES)
    assert desk("check") == 0
    assert gap(desk, capsys)["status"] == "closed"
    kinds = [event["kind"] for event in desk.posts]
    assert kinds[:2] == ["gap-opened", "gap-closed"]
    assert len(desk.subjects) == len(kinds) == len({event["id"] for event in desk.posts})


def test_a_change_is_held_until_a_further_check_finds_it_again(desk: Desk, capsys: Said) -> None:
    desk.usual(confirm=1)
    desk("check")
    desk.site["/help"] = help_page(TRAINS)
    capsys.readouterr()
    assert desk("check") == 0
    assert "Acme/Help: changed: waits for confirmation" in capsys.readouterr().out
    assert desk.posts == []
    assert desk("check") == 0
    [post] = desk.posts
    assert post["kind"] == "gap-opened"
    assert len(desk.subjects) == 1
    with desk.store() as store:
        version = store.versions(HELP)[-1]
    assert version.standing is Standing.CONFIRMED
    assert post["at"] == f"{version.observed_at:%Y-%m-%dT%H:%M:%SZ}", "dated from when it was first seen"


def test_a_held_change_that_goes_back_is_undone_and_never_told(desk: Desk) -> None:
    desk.usual(confirm=1)
    for page in (help_page(), help_page(TRAINS), help_page(), help_page()):
        desk.site["/help"] = page
        assert desk("check") == 0
    assert (desk.posts, desk.subjects) == ([], [])
    with desk.store() as store:
        assert [row.standing for row in store.versions(HELP)] == [Standing.CONFIRMED, Standing.UNDONE]
        assert store.events() == ()


def test_a_document_of_two_pages_of_which_one_fails_is_no_version(desk: Desk, capsys: Said) -> None:
    desk.site["/one"], desk.site["/two"] = policy(), help_page()
    desk.configure(("Privacy Policy", "privacy", f'["{desk.site.url("/one")}", "{desk.site.url("/two")}"]'))
    desk("check")
    desk.site["/one"], desk.site["/two"] = policy(DISCLOSES), Page("<p>oops", status=500)
    assert desk("check") == 1
    with desk.store() as store:
        assert len(store.versions(POLICY)) == 1, "half a document is none"
    assert desk.posts == []
    desk.site["/two"] = help_page()
    capsys.readouterr()
    assert desk("check") == 0
    assert "Acme/Privacy Policy: changed" in capsys.readouterr().out
    with desk.store() as store:
        rows = store.versions(POLICY)
        assert len(rows) == 2
        text = " ".join(block.text for block in store.with_blocks(rows[-1]).blocks)
    assert "train artificial intelligence" in text
    assert "Our assistant drafts posts" in text


def test_a_login_wall_takes_no_documents_place_and_its_end_is_no_news(desk: Desk, capsys: Said) -> None:
    desk.usual()
    desk("check")
    desk.site["/help"] = help_page(TRAINS)
    desk("check")
    told = len(desk.posts)
    wall = "<title>Sign in</title><body><main><h1>Sign in</h1><p>Please sign in to go on.</p></main>"
    desk.site["/help"] = desk.site["/policy"] = wall
    capsys.readouterr()
    assert desk("check") == 1
    assert "Acme/Help: is not the document" in capsys.readouterr().out
    assert gap(desk, capsys)["status"] == GapStatus.OPEN
    desk.site["/help"], desk.site["/policy"] = help_page(TRAINS), policy()
    assert desk("check") == 0
    assert len(desk.posts) == told
    assert gap(desk, capsys)["status"] == GapStatus.OPEN
    with desk.store() as store:
        standings = [row.standing for row in store.versions(POLICY)]
    assert standings == [Standing.CONFIRMED, Standing.IMPLAUSIBLE]


def test_a_new_selection_is_not_news_and_loses_no_claim(desk: Desk, capsys: Said) -> None:
    section = f'<div class="tip"><h2>A tip of today</h2></div>{TRAINS}'
    desk.usual()
    desk.site["/help"] = help_page(section)
    desk("check")
    told = len(desk.posts)
    desk.config.write_text(desk.config.read_text() + 'remove = [".tip"]\n')
    desk.site["/help"] = help_page(section.replace("today", "tomorrow"))
    assert desk("check") == 0
    with desk.store() as store:
        assert [row.cause for row in store.versions(HELP)] == [Cause.FIRST, Cause.TECHNICAL]
    assert len(desk.posts) == told
    assert gap(desk, capsys)["status"] == "open", "what was read before is read in its new place, too"


def test_the_first_check_after_an_import_tells_nothing_of_the_switch(desk: Desk, tmp_path: Path, capsys: Said) -> None:
    archive = tmp_path / "archive"
    markdown = (
        "# Privacy Policy\n\nWe collect your name when you open an account with us, and little else beside it.\n\n"
        "Write to us if you have questions about this policy, about your data, or about what we do with them.\n"
    )
    commit(archive, "Acme/Privacy Policy.md", markdown)
    desk.usual()
    assert desk("import", "ota", str(archive)) == 0
    assert desk("check") == 0
    with desk.store() as store:
        assert [row.cause for row in store.versions(POLICY)] == [Cause.FIRST, Cause.TECHNICAL]
        assert store.events() == ()
    assert desk.posts == []
    desk.site["/policy"] = policy(DISCLOSES)
    assert desk("check") == 0
    with desk.store() as store:
        assert store.versions(POLICY)[-1].cause is Cause.SOURCE
    assert "practice-appeared" in [post["kind"] for post in desk.posts], "what changes afterwards is news"


def commit(archive: Path, name: str, text: str) -> None:
    """A versions repository with one record."""
    file = archive / name
    file.parent.mkdir(parents=True)
    file.write_text(text)
    person = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    for words in (
        ["init", "--quiet"],
        ["add", "--all"],
        [*person, "commit", "--quiet", "-m", f"First record of {name}"],
    ):
        subprocess.run(["git", "-C", str(archive), *words], check=True, capture_output=True)


def test_a_new_address_is_not_news_and_loses_no_version(desk: Desk) -> None:
    desk.usual()
    desk("check")
    desk.site["/moved"] = policy("<p>We say a little more at this address than we did at the other.</p>")
    desk.config.write_text(desk.config.read_text().replace(desk.site.url("/policy"), desk.site.url("/moved")))
    assert desk("check") == 0
    assert desk("rebuild") == 0
    with desk.store() as store:
        assert [row.cause for row in store.versions(POLICY)] == [Cause.FIRST, Cause.TECHNICAL]
    assert desk.posts == []
    desk.site["/moved"] = policy(DISCLOSES)
    assert desk("check") == 0
    assert "practice-appeared" in [post["kind"] for post in desk.posts], "what changes afterwards is news"


def test_a_summary_counts_what_was_found(desk: Desk, capsys: Said) -> None:
    desk.usual()
    desk("check")
    assert "2 documents checked: 2 for the first time, 0 changed, 0 failed." in capsys.readouterr().out
    desk.site["/help"], desk.site["/policy"] = help_page(TRAINS), Page(status=500)
    desk("check")
    assert "2 documents checked: 1 changed, 1 failed." in capsys.readouterr().out
    desk("check", "Acme/Help")
    assert "1 document checked: 0 changed, 0 failed." in capsys.readouterr().out


# -------------------------------------------------------------------------------------------------- what goes wrong


def test_a_damaged_page_fails_its_document_and_no_other(desk: Desk, capsys: Said) -> None:
    desk.usual()
    desk("check")
    desk.config.write_text(desk.config.read_text() + 'remove = [".tip"]\n')  # the help page that stood is read anew
    with closing(sqlite3.connect(desk.database)) as connection, connection:
        connection.execute("UPDATE snapshots SET body = x'00' WHERE url LIKE '%/help'")
    desk.site["/policy"] = policy(DISCLOSES)
    capsys.readouterr()
    assert desk("check") == 1
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("tracker: Acme/Help: ")
    assert line.endswith("is damaged: restore a backup")
    assert [post["kind"] for post in desk.posts] == ["practice-appeared"]
    with desk.store() as store:
        assert [check.failures for check in store.checks(HELP)] == [1]


def test_what_waits_is_delivered_although_the_round_ends_early(
    desk: Desk, later: Callable[[timedelta], None], capsys: Said
) -> None:
    desk.usual()
    desk("check")
    desk.hooks["/hook"], desk.site["/help"] = Page(status=503), help_page(TRAINS)
    assert desk("check") == 1
    told = len(desk.posts)
    with closing(sqlite3.connect(desk.database)) as connection, connection:
        connection.execute("CREATE TRIGGER no BEFORE INSERT ON versions BEGIN SELECT RAISE(ABORT, 'no more'); END")
    desk.hooks["/hook"], desk.site["/policy"] = Page(status=204), policy(DISCLOSES)
    later(timedelta(minutes=10))
    assert desk("check") == 1
    assert "cannot be used: no more" in capsys.readouterr().err
    assert [post["kind"] for post in desk.posts[told:]] == ["gap-opened"]


def test_what_a_stop_cuts_off_is_no_failure(desk: Desk) -> None:
    desk.usual()
    stop = threading.Event()
    config = load(desk.config, {"HOOK_SECRET": SECRET})
    with Store.open(desk.database) as store, HttpFetcher(config.fetch, clock, stop) as fetcher:

        def fetch(request: PageRequest) -> Snapshot | NotModified:
            stop.set()
            return fetcher.fetch(request)

        checks = Round(config, store, Assessor(config, store), fetch, clock, stop.is_set)
        with ThreadPoolExecutor(1) as executor:
            assert list(checks.check(config.services[0].documents, executor)) == []
        assert store.checks() == ()
        assert all(store.lease(key, "another", clock(), clock()) for key in (POLICY, HELP))


def test_only_who_begins_with_a_document_holds_it(desk: Desk) -> None:
    desk.usual()
    config = load(desk.config, {"HOOK_SECRET": SECRET})
    config = replace(config, fetch=replace(config.fetch, workers=1))
    taken: list[bool] = []
    with Store.open(desk.database) as store, HttpFetcher(config.fetch, clock) as fetcher:

        def fetch(request: PageRequest) -> Snapshot | NotModified:
            with Store.open(desk.database) as other:
                asked = [other.lease(key, "another", clock(), clock() + LEASE) for key in (POLICY, HELP)]
            taken.extend(asked)
            return fetcher.fetch(request)

        checks = Round(config, store, Assessor(config, store), fetch, clock)
        with ThreadPoolExecutor(1) as executor:
            found = {each.document: each.change for each in checks.check(config.services[0].documents, executor)}
    assert sorted(taken) == [False, True], "the one that waits for its turn is anybody's"
    assert sorted(found.values()) == [Change.FIRST, Change.LEFT]


# ------------------------------------------------------------------------------------------ several, and none left


def test_two_checks_at_once_share_the_work_and_alert_once(desk: Desk, capsys: Said) -> None:
    desk.usual()
    desk("check")
    blocker = Blocker.of(Page(help_page(TRAINS)))
    desk.site["/help"], desk.site["/policy"] = blocker, policy("<p>We say a little more than we did before.</p>")
    codes: list[int] = []
    other = threading.Thread(target=lambda: codes.append(desk("check", "Acme/Help")), daemon=True)
    other.start()
    assert blocker.reached.wait(60)
    capsys.readouterr()
    codes.append(desk("check"))
    out = capsys.readouterr().out
    assert "Acme/Help: left alone: another process is checking it" in out
    assert "Acme/Privacy Policy: changed" in out, "the other document goes on"
    blocker.may_answer.set()
    other.join()
    assert codes == [0, 0]
    assert [post["kind"] for post in desk.posts].count("gap-opened") == 1
    assert len(desk.subjects) == len(desk.posts)


def test_killed_between_commit_and_delivery_it_delivers_at_the_next_check(
    desk: Desk, later: Callable[[timedelta], None], capsys: Said
) -> None:
    desk.usual()
    desk("check")
    blocker = Blocker.of(Page(status=204))
    desk.mail.refusal = "451 try again later"
    desk.hooks["/hook"], desk.site["/help"] = blocker, help_page(TRAINS)
    with desk.process("check") as process:
        assert blocker.reached.wait(60)
        process.kill()
    assert process.returncode == -signal.SIGKILL
    blocker.may_answer.set()
    desk.mail.refusal, desk.hooks["/hook"] = "", Page(status=204)
    assert gap(desk, capsys)["status"] == "open", "what was found is stored"
    assert desk.subjects == []
    assert desk("check") == 0, "what was in flight is left to its taker for a while"
    later(timedelta(minutes=10))
    assert desk("check") == 0
    assert [post["kind"] for post in desk.posts] == ["gap-opened"] * 2, "the one in flight is repeated,"
    assert len({visit.headers["webhook-id"] for visit in desk.hooks.visits}) == 1, "recognisably,"
    assert len(desk.subjects) == 1, "and no other"
    desk("check")
    assert (len(desk.posts), len(desk.subjects)) == (2, 1)


def test_the_daemon_checks_at_once_and_stops_cleanly(desk: Desk, capsys: Said) -> None:
    desk.usual()
    with desk.process("run") as process:
        assert process.stdout is not None
        lines: list[str] = []
        while sum("first look" in line for line in lines) < 2:
            lines.append(process.stdout.readline())
            assert lines[-1], lines
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate()
    assert lines[0] == "Watching 2 documents; stop with Ctrl-C or SIGTERM.\n"
    assert (process.returncode, err) == (0, "")
    assert out.endswith("Stopped.\n")
    with desk.store() as store:
        assert all(len(store.versions(key)) == 1 for key in (POLICY, HELP))
    assert desk("check") == 0
    assert "left alone" not in capsys.readouterr().out
