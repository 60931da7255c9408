"""The commands against real servers on loopback: from a page that changes to the alert, and all that may go wrong."""

from __future__ import annotations

import base64
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from standardwebhooks import Webhook
from website import Page, Visit, Website

from tracker.cli.main import main
from tracker.demo.sinks import Mailbox
from tracker.model import Cause, DeliveryStatus, DocumentKey, EventKind, GapStatus, Standing
from tracker.store import Store

ROOT = Path(__file__).parents[1]
SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
POLICY, HELP = DocumentKey("Acme", "Privacy Policy"), DocumentKey("Acme", "Help")
TRAINS = "<p>We use your posts and comments to train our generative AI models.</p>"
DISCLOSES = "<p>We may use your personal data to train artificial intelligence models.</p>"


def policy(extra: str = "") -> str:
    return f"""<html lang="en"><title>Privacy Policy</title><body><main><h1>Privacy Policy</h1>
        <p>We collect your name and your e-mail address when you open an account with us.</p>
        <h2>Use</h2><p>We use what we hold about you to provide the service, and to keep it safe from abuse.</p>
        {extra}<h2>Contact</h2><p>Write to us if you have questions about this policy or about your data.</p></main>"""


def help_page(extra: str = "") -> str:
    return f"""<html lang="en"><title>Help</title><body><main><h1>Our assistant</h1>
        <p>Our assistant drafts posts and messages for you; you decide whether to share what it suggests.</p>
        <h2>How it works</h2><p>It reads what you have written so far and suggests how to go on from there.</p>
        {extra}<h2>More</h2><p>There are more questions and answers about the assistant on its own page.</p></main>"""


class Office(Mailbox):
    """A mailbox that refuses to take anything while ``refusal`` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.refusal = ""

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.refusal:
            return self.refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"


@dataclass
class Desk:
    """A user's desk: the sites, the channels, a configuration and a database."""

    home: Path
    site: Website
    hooks: Website
    mail: Office

    @property
    def config(self) -> Path:
        return self.home / "config.toml"

    @property
    def database(self) -> Path:
        return self.home / "t.db"

    def configure(self, *documents: tuple[str, str, str], confirm: int = 0, more: str = "") -> None:
        """Documents are (name, kind, addresses as TOML)."""
        entries = "".join(
            f'[[service.document]]\nname = "{name}"\nkind = "{kind}"\nurls = {urls}\n' for name, kind, urls in documents
        )
        self.config.write_text(
            f"""
[tracker]
database = "t.db"
[fetch]
delay_per_host = 0.0
retries = 0
confirm = {confirm}
allow_private = true
[[channel]]
name = "team"
type = "email"
to = ["team@example.org"]
sender = "tracker@example.org"
smtp = "{self.mail.address}"
[[channel]]
name = "cases"
type = "webhook"
url = "{self.hooks.url("/hook")}"
secret = "env:HOOK_SECRET"
allow_private = true
[[service]]
name = "Acme"
{entries}{more}"""
        )

    def usual(self, *, confirm: int = 0) -> None:
        """A policy and a help page, both without a word on training, looked at once."""
        self.site["/policy"], self.site["/help"] = policy(), help_page()
        self.configure(
            ("Privacy Policy", "privacy", f'["{self.site.url("/policy")}"]'),
            ("Help", "help", f'["{self.site.url("/help")}"]'),
            confirm=confirm,
        )

    def __call__(self, *words: str) -> int:
        """A command, in this process."""
        return main(["--config", str(self.config), *words])

    @contextmanager
    def process(self, *words: str) -> Iterator[subprocess.Popen[str]]:
        """A command in a process of its own, which does not outlive the block, nor a minute."""
        process = subprocess.Popen(
            [sys.executable, "-m", "tracker.cli", "--config", str(self.config), *words],
            env={**os.environ, "PYTHONPATH": str(ROOT), "HOOK_SECRET": SECRET},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        guard = threading.Timer(60, process.kill)
        guard.start()
        try:
            yield process
        finally:
            process.kill()
            process.communicate()
            guard.cancel()

    def store(self) -> Store:
        return Store.open(self.database, readonly=True)

    @property
    def posts(self) -> list[dict[str, Any]]:
        """The events that the webhooks brought so far, every signature verified."""
        return [opened(visit) for visit in self.hooks.visits]

    @property
    def subjects(self) -> list[str]:
        return [str(mail["Subject"]) for mail in self.mail.messages]


def opened(visit: Visit) -> dict[str, Any]:
    """The event that a webhook brought.  Its time may be one to which a test has moved the clock."""
    sent = datetime.fromtimestamp(int(visit.headers["webhook-timestamp"]), UTC)
    signed = Webhook(SECRET).sign(visit.headers["webhook-id"], sent, visit.body.decode())
    assert visit.headers["webhook-signature"] == signed
    event: dict[str, Any] = json.loads(visit.body)["data"]
    return event


@pytest.fixture
def desk(tmp_path: Path, site: Website, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setenv("HOOK_SECRET", SECRET)
    mail = Office()
    with Website() as hooks, mail:
        hooks["/hook"] = Page(status=204)
        yield Desk(tmp_path, site, hooks, mail)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Moves the clock of the commands ahead of the real one."""

    def move(by: timedelta) -> None:
        monkeypatch.setattr("tracker.cli.check.clock", lambda: datetime.now(UTC) + by)

    return move


Said = pytest.CaptureFixture[str]


def gap(desk: Desk, said: Said) -> dict[str, Any]:
    """The only gap, as the command gives it."""
    said.readouterr()
    assert desk("gaps", "--json") == 0
    [line] = said.readouterr().out.splitlines()
    found: dict[str, Any] = json.loads(line)
    return found


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
    assert desk("check") == 0
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


# ------------------------------------------------------------------------------------------------------ bad input


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


def test_a_service_that_is_unknown(desk: Desk, capsys: Said) -> None:
    desk.usual()
    assert desk("check", "Acmee") == 2
    assert capsys.readouterr().err == "tracker: 'Acmee' is not in the configuration: services are Acme\n"
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


# ------------------------------------------------------------------------------------------ several, and none left


@dataclass
class Blocker:
    """A route that answers only once it may; ``reached`` tells that somebody waits."""

    page: Page
    reached: threading.Event
    may_answer: threading.Event

    @classmethod
    def of(cls, page: Page) -> Blocker:
        return cls(page, threading.Event(), threading.Event())

    def __call__(self, visit: Visit) -> Page:
        self.reached.set()
        assert self.may_answer.wait(60)
        return self.page


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
