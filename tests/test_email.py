"""E-mail: what arrives at real SMTP servers on loopback, and what becomes of their answers."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from telling import EVENT, HOSTILE, MAIL, NOW, RIGHT, compose, deliver, delivery, portless

from tracker.alerts import email
from tracker.alerts.deliver import pause
from tracker.alerts.email import letter
from tracker.model import DeliveryStatus


class Mailbox:
    """Takes mail, or answers as it is told to: ``answers`` by recipient, ``data`` for the message itself."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.encrypted: list[bool] = []
        self.logins: list[tuple[str, str]] = []
        self.answers: dict[str, str] = {}
        self.data = "250 OK"
        self.drops_at_the_end = False
        self.breaks = False
        self.stalls: asyncio.Event | None = None

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address not in self.answers:
            envelope.rcpt_tos.append(address)
        return self.answers.get(address, "250 OK")

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.stalls:
            await self.stalls.wait()
        if self.breaks and server.transport is not None:
            server.transport.abort()
        elif self.data.startswith("250"):
            message = message_from_bytes(envelope.original_content or b"", policy=policy.default)
            assert isinstance(message, EmailMessage)
            self.messages.append(message)
            self.encrypted.append(session.ssl is not None)
        return self.data

    async def handle_QUIT(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.drops_at_the_end and server.transport is not None:
            server.transport.close()
        return "221 Bye"

    def login(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: LoginPassword
    ) -> AuthResult:
        name, password = data.login.decode(), data.password.decode()
        self.logins.append((name, password))
        if password == RIGHT.password:
            return AuthResult(success=True)
        return AuthResult(success=False, handled=False, message=f"535 not {password}")


class Server(Controller):
    """A controller that takes any free port."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]  # aiosmtpd has no types


Start = Callable[..., str]


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def start(mailbox: Mailbox) -> Iterator[Start]:
    """Starts SMTP servers with aiosmtpd's options, and gives their addresses as host:port."""
    running: list[Server] = []

    def run(**options: Any) -> str:
        server = Server(mailbox, hostname="127.0.0.1", port=0, **options)
        server.start()
        running.append(server)
        return f"127.0.0.1:{server.port}"

    yield run
    for server in running:
        server.stop()


def test_an_email_says_what_it_is_in_text_and_html(mailbox: Mailbox, start: Start) -> None:
    sent = deliver(delivery(), replace(MAIL, smtp=f"smtp://{start()}"), NOW)
    assert (sent.dispatch, sent.status, sent.at, sent.due) == (delivery(), DeliveryStatus.SENT, NOW, None)
    assert re.fullmatch(r"127\.0\.0\.1:\d+: 250 OK", sent.answer)
    [mail] = mailbox.messages
    assert mail["From"] == "tracker@example.org"
    assert mail["To"] == "a@example.org, b@example.org"
    assert mail["Subject"] == compose(EVENT).subject
    assert mail["Date"].datetime == NOW
    assert mail["Message-ID"] == "<e-1%3Ateam@example.org>"
    assert mail["Auto-Submitted"] == "auto-generated"
    text, html = mail.iter_parts()
    assert isinstance(text, EmailMessage)
    assert isinstance(html, EmailMessage)
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert text.get_content().replace("\r\n", "\n") == compose(EVENT).text
    assert "<blockquote" in html.get_content()


@pytest.mark.parametrize("summary", ["politique de confidentialité " * 9, "プライバシー" * 30, "سياسة الخصوصية " * 9])
def test_a_subject_in_any_script_arrives_as_it_was_written(summary: str) -> None:
    message = compose(replace(EVENT, summary=summary))
    raw = letter(MAIL, message, NOW).as_bytes()
    assert message_from_bytes(raw, policy=policy.default)["Subject"] == message.subject
    assert all(len(line) <= 78 and line.isascii() for line in raw.split(b"\r\n"))  # RFC 2047, section 2


def test_a_subject_that_looks_encoded_stays_as_it_looks() -> None:
    message = compose(replace(EVENT, summary="=?utf-8?q?a=0D=0ABcc:_everyone@example.org?="))
    read = message_from_bytes(letter(MAIL, message, NOW).as_bytes(), policy=policy.default)
    assert read["Subject"] == "[high] LinkedIn: = ?utf-8?q?a=0D=0ABcc:_everyone@example.org?="
    assert read["Bcc"] is None


def test_what_concerns_a_gap_is_one_thread_and_a_list_of_its_own(mailbox: Mailbox, start: Start) -> None:
    channel = replace(MAIL, name="Équipe  privacy!", smtp=f"smtp://{start()}")
    other = replace(EVENT, id="e-9", gap="g 2>")
    for dispatch in (delivery(), delivery(EVENT, other), delivery(replace(EVENT, gap=None))):
        assert deliver(dispatch, channel, NOW).status is DeliveryStatus.SENT
    references = [mail["References"] for mail in mailbox.messages]
    assert references == ["<gap.g-1@example.org>", "<gap.g-1@example.org> <gap.g%202%3E@example.org>", None]
    assert {mail["List-Id"] for mail in mailbox.messages} == {"<quipe-privacy.policy-tracker.example.org>"}


def test_a_server_that_breaks_off_within_the_message_gets_it_again(mailbox: Mailbox, start: Start) -> None:
    mailbox.breaks = True
    after = deliver(delivery(), replace(MAIL, smtp=f"smtp://{start()}"), NOW)
    assert (after.status, mailbox.messages) == (DeliveryStatus.WAITING, [])
    assert "no connection" in after.error


def test_a_server_that_takes_for_ever_is_left(mailbox: Mailbox, start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(email, "DEADLINE", 0.2)
    mailbox.stalls = asyncio.Event()
    after = deliver(delivery(), replace(MAIL, smtp=f"smtp://{start()}"), NOW)
    assert after.status is DeliveryStatus.WAITING


def test_a_repetition_has_the_same_message_id(mailbox: Mailbox, start: Start) -> None:
    channel = replace(MAIL, smtp=f"smtp://{start()}")
    deliver(delivery(), channel, NOW)
    deliver(delivery(), channel, NOW + timedelta(hours=1))
    first, second = mailbox.messages
    assert first["Message-ID"] == second["Message-ID"]


def test_a_hostile_event_smuggles_nothing_into_the_headers(mailbox: Mailbox, start: Start) -> None:
    assert deliver(delivery(HOSTILE), replace(MAIL, smtp=f"smtp://{start()}"), NOW).status is DeliveryStatus.SENT
    [mail] = mailbox.messages
    assert mail["Bcc"] is None
    assert mail.get_all("Subject") == [compose(HOSTILE).subject]


@pytest.mark.usefixtures("trusted")
def test_starttls_comes_before_the_password(mailbox: Mailbox, start: Start, tls: ssl.SSLContext) -> None:
    address = start(tls_context=tls, authenticator=mailbox.login, auth_required=True)
    sent = deliver(delivery(), replace(RIGHT, smtp=f"smtp://me%40home@{address}"), NOW)
    assert (sent.status, sent.error) == (DeliveryStatus.SENT, "")
    assert mailbox.logins == [("me@home", "right")]
    assert mailbox.encrypted == [True]


@pytest.mark.usefixtures("trusted")
def test_tls_from_the_start(mailbox: Mailbox, start: Start, tls: ssl.SSLContext) -> None:
    address = start(ssl_context=tls, authenticator=mailbox.login, auth_require_tls=False)
    sent = deliver(delivery(), replace(RIGHT, smtp=f"smtps://me@{address}"), NOW)
    assert (sent.status, sent.error) == (DeliveryStatus.SENT, "")
    assert mailbox.logins == [("me", "right")]


def test_a_password_is_never_sent_in_the_clear(mailbox: Mailbox, start: Start) -> None:
    address = start(authenticator=mailbox.login, auth_require_tls=False)
    waiting = deliver(delivery(), replace(RIGHT, smtp=f"smtp://me@{address}", allow_private=True), NOW)
    assert waiting.status is DeliveryStatus.WAITING
    assert "offers no encryption (STARTTLS)" in waiting.error
    assert mailbox.logins == []
    assert mailbox.messages == []


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_a_password_is_never_sent_to_an_untrusted_server(
    mailbox: Mailbox, start: Start, tls: ssl.SSLContext, scheme: str
) -> None:
    side = {"tls_context": tls} if scheme == "smtp" else {"ssl_context": tls}
    address = start(**side, authenticator=mailbox.login, auth_require_tls=False)
    waiting = deliver(delivery(), replace(RIGHT, smtp=f"{scheme}://me@{address}"), NOW)
    assert waiting.status is DeliveryStatus.WAITING
    assert "check its certificate" in waiting.error
    assert mailbox.logins == []
    assert mailbox.messages == []


def test_a_server_on_this_machine_is_spoken_to_as_privately_as_it_can(
    mailbox: Mailbox, start: Start, tls: ssl.SSLContext
) -> None:
    sent = deliver(delivery(), replace(MAIL, smtp=f"smtp://{start(tls_context=tls)}"), NOW)
    assert sent.status is DeliveryStatus.SENT
    assert mailbox.encrypted == [True]


@pytest.mark.usefixtures("trusted")
def test_a_wrong_password_is_told_without_it(mailbox: Mailbox, start: Start, tls: ssl.SSLContext) -> None:
    address = start(tls_context=tls, authenticator=mailbox.login, auth_required=True)
    dead = deliver(delivery(), replace(RIGHT, password="hunter2", smtp=f"smtp://me@{address}"), NOW)  # noqa: S106
    assert (dead.status, dead.due) == (DeliveryStatus.DEAD, None)
    assert portless(dead.error) == "127.0.0.1:PORT: refused user name and password (535): check them"


@pytest.mark.usefixtures("trusted")
def test_what_smtp_cannot_spell_ends_it(mailbox: Mailbox, start: Start, tls: ssl.SSLContext) -> None:
    address = start(tls_context=tls, authenticator=mailbox.login, auth_required=True)
    for smtp in (f"smtp://me@{address}", "smtp://me@mail..example.org"):
        dead = deliver(delivery(), replace(RIGHT, password="pässword", smtp=smtp), NOW)  # noqa: S106
        assert dead.status is DeliveryStatus.DEAD
        assert "must be ASCII" in dead.error
        assert "ä" not in dead.error


@pytest.mark.parametrize(
    ("answers", "status", "taken", "error"),
    [
        ({"a": "550 no"}, DeliveryStatus.SENT, 1, "refused a@example.org (550 no)"),
        ({"a": "451 later"}, DeliveryStatus.WAITING, 1, "127.0.0.1:PORT: refused for now a@example.org (451 later)"),
        ({"a": "550 no", "b": "451 later"}, DeliveryStatus.WAITING, 0, "a@example.org (550 no), b@example.org (451"),
        ({"a": "550 no", "b": "550 no"}, DeliveryStatus.DEAD, 0, "127.0.0.1:PORT: refused a@example.org (550 no), b@"),
    ],
)
def test_refused_recipients(
    mailbox: Mailbox, start: Start, answers: dict[str, str], status: DeliveryStatus, taken: int, error: str
) -> None:
    mailbox.answers = {f"{name}@example.org": answer for name, answer in answers.items()}
    after = deliver(delivery(), replace(MAIL, smtp=f"smtp://{start()}"), NOW)
    assert (after.status, len(mailbox.messages)) == (status, taken)
    assert error in portless(after.error)


@pytest.mark.parametrize(
    ("answer", "status"), [("451 busy", DeliveryStatus.WAITING), ("554 \x1b[31mspam\u202e", DeliveryStatus.DEAD)]
)
def test_a_refused_message(mailbox: Mailbox, start: Start, answer: str, status: DeliveryStatus) -> None:
    mailbox.data = answer
    after = deliver(delivery(), replace(MAIL, smtp=f"smtp://{start()}"), NOW)
    assert after.status is status
    assert f"refused the message: {answer[:3]}" in after.error
    assert after.error.isprintable(), "a server's words are hostile too"


def test_a_server_that_breaks_off_after_it_took_the_message_does_not_get_it_again(
    mailbox: Mailbox, start: Start
) -> None:
    mailbox.drops_at_the_end = True
    assert deliver(delivery(), replace(MAIL, smtp=f"smtp://{start()}"), NOW).status is DeliveryStatus.SENT
    assert len(mailbox.messages) == 1


def test_a_server_that_is_not_there(start: Start) -> None:
    after = deliver(delivery(), replace(MAIL, smtp="smtp://127.0.0.1:1"), NOW)
    assert (after.status, after.due) == (DeliveryStatus.WAITING, NOW + pause(delivery()))
    assert after.error == "127.0.0.1:1: no connection: Connection refused"
