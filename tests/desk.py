"""A user's desk for end-to-end tests: web sites, channels, a configuration, a database, and the commands."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from standardwebhooks import Webhook
from website import Page, Visit, Website

from tracker.cli.main import main
from tracker.demo.sinks import Mailbox
from tracker.model import DocumentKey
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
group = "event"
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

    def posts_to(self, path: str) -> list[dict[str, Any]]:
        """Those that came to one address."""
        return [opened(visit) for visit in self.hooks.visits if visit.path == path]

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


Said = pytest.CaptureFixture[str]


def gap(desk: Desk, said: Said) -> dict[str, Any]:
    """The only gap, as the command gives it."""
    said.readouterr()
    assert desk("gaps", "--json") == 0
    [line] = said.readouterr().out.splitlines()
    found: dict[str, Any] = json.loads(line)
    return found
