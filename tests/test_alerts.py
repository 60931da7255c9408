"""What an alert says, and that it arrives: real SMTP servers and a real webhook receiver, on loopback."""

from __future__ import annotations

import asyncio
import base64
import json
import re
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from tracker.alerts import email, webhook
from tracker.alerts.compose import compose as compose_dispatch
from tracker.alerts.compose import cut
from tracker.alerts.deliver import LONGEST_ASKED, LONGEST_PAUSE, failed, pause
from tracker.alerts.deliver import deliver as deliver_dispatch
from tracker.alerts.email import letter
from tracker.alerts.routing import wants
from tracker.config import Channel
from tracker.diff.words import compare
from tracker.errors import DeliveryError
from tracker.model import (
    Actor,
    Attempt,
    Delivery,
    DeliveryStatus,
    Dispatch,
    DocumentKey,
    Event,
    EventKind,
    Message,
    Severity,
)

if TYPE_CHECKING:
    from playwright.sync_api import Page as Tab

NOW = datetime(2024, 9, 19, 6, 20, tzinfo=UTC)
KEY = "whsec_" + base64.b64encode(bytes(range(32))).decode()
EVENT = Event(
    id="e-1",
    kind=EventKind.GAP_CLOSED,
    service="LinkedIn",
    at=datetime(2024, 9, 19, 6, 17, tzinfo=UTC),
    severity=Severity.HIGH,
    summary="the Privacy Policy now discloses training of AI models",
    document=DocumentKey("LinkedIn", "Privacy Policy"),
    version=12,
    practice="ai-training",
    actor=Actor.SERVICE,
    effective=date(2024, 9, 18),
    quote="We may use your personal data to develop and train artificial intelligence (AI) models.",
    before="We use data to improve our Services.",
    url="https://www.linkedin.com/legal/privacy-policy",
    digest="ab" * 32,
    gap="g-1",
    lag_days=8,
    notice_days=0,
    added=("GB",),
)
HOSTILE = replace(
    EVENT,
    service="Link\r\nBcc: everyone@example.org\r\n",
    summary="a\nSubject: b\u2028\x1b[31mred\u202egnp.exe <b>bold</b>",
    quote='</blockquote><script>alert(1)</script>\n\n\u202eright\u2066 to "left" \ud800 & on',
    url='javascript:alert("x")',
)


def delivery(*events: Event, identity: str = "e-1:team", repetition: int = 0) -> Dispatch:
    """What goes to the channel: one event, or several together."""
    deliveries = tuple(
        Delivery(identity, event, "team", DeliveryStatus.WAITING, 1, NOW, repetition=repetition)
        for event in events or (EVENT,)
    )
    return Dispatch(identity, "team", deliveries, attempts=1, since=NOW)


def compose(*events: Event) -> Message:
    return compose_dispatch(delivery(*events), compare)


def deliver(dispatch: Dispatch, channel: Channel, now: datetime) -> Attempt:
    return deliver_dispatch(dispatch, channel, now, compare)


# ------------------------------------------------------------------------------------------------ what is said


def test_a_message_holds_all_that_a_reader_needs_to_verify_it() -> None:
    message = compose(EVENT)
    assert message.subject == "[high] LinkedIn: the Privacy Policy now discloses training of AI models"
    for text in (message.text, message.html):
        for part in (
            "LinkedIn/Privacy Policy, version 12",
            "https://www.linkedin.com/legal/privacy-policy",
            "ai-training, by the service",
            "2024-09-19 06:17 UTC",
            "2024-09-18",
            "8 days",
            "0 days",
            "GB",
            "ab" * 32,
            "g-1",
        ):
            assert part in text
        assert "develop and train artificial intelligence (AI) models." in " ".join(text.replace("\n> ", " ").split())
        assert "We use data to improve our Services." in text
    assert '<a href="https://www.linkedin.com/legal/privacy-policy">' in message.html
    assert compose(EVENT) == message


def test_what_is_not_known_is_left_out_of_the_text_and_null_in_the_payload() -> None:
    bare = Event("e-2", EventKind.DOCUMENT_UNREACHABLE, "X", EVENT.at, Severity.LOW, "X cannot be read")
    message = compose(bare)
    assert message.subject == "[low] X cannot be read"
    assert not any(word in message.text for word in ("None", "Practice", "Effective", "Notice", "What it says"))
    data = json.loads(message.payload)["data"]
    assert data["document"] is None
    assert data["effective"] is None


def test_the_payload_has_the_shape_of_standard_webhooks_with_the_events_own_keys() -> None:
    payload = json.loads(compose(EVENT).payload)
    assert list(payload) == ["type", "timestamp", "data"]
    assert payload["type"] == "policy-tracker.gap-closed"
    assert payload["timestamp"] == payload["data"]["at"] == "2024-09-19T06:17:00Z"
    assert list(payload["data"]) == [field.name for field in fields(Event)]
    assert payload["data"]["document"] == "LinkedIn/Privacy Policy"
    assert payload["data"]["effective"] == "2024-09-18"
    assert payload["data"]["added"] == ["GB"]
    assert (payload["data"]["severity"], payload["data"]["actor"]) == ("high", "service")


def test_every_kind_of_event_can_be_told() -> None:
    subjects = {compose(replace(EVENT, kind=kind)).text.partition("Severity")[0] for kind in EventKind}
    assert len(subjects) == len(EventKind)


def test_a_hostile_quotation_stays_a_quotation() -> None:
    message = compose(HOSTILE)
    assert message.subject == "[high] Link Bcc: everyone@example.org : a Subject: b [31mredgnp.exe <b>bold</b>"
    assert "\n> </blockquote><script>alert(1)</script> right to" in message.text
    for text in (message.subject, message.text, message.html):
        assert not set(text) & set("\x1b\r\u202e\u2066\u2028\ud800")
    assert "<script" not in message.html
    assert "<b>" not in message.html
    assert "<a " not in message.html, "only web addresses become links"
    assert json.loads(message.payload)["data"]["quote"] == HOSTILE.quote, "kept to the letter, escaped"
    assert message.payload.isascii()


@given(st.text(), st.text(), st.text())
def test_no_text_breaks_out_of_a_header_or_of_the_page(service: str, summary: str, quote: str) -> None:
    message = compose(replace(EVENT, service=service, summary=summary, quote=quote, before=summary, url=quote))
    mail = letter(MAIL, message, NOW)
    read = message_from_bytes(mail.as_bytes(), policy=policy.default)
    assert read.keys() == mail.keys()
    assert read["Subject"] == message.subject.replace("=?", "= ?")
    assert len(list(read.walk())) == 3
    assert message.html.count("<script") == 0
    assert all(ord(c) >= 32 or c == "\n" for c in message.text)


def test_no_letter_loses_its_accent_where_a_text_is_cut() -> None:
    assert cut("xxe\u0301yy", 4) == "xx…"
    assert cut("プライバシー" * 3, 10) == "プライバシープライ…"


def test_a_long_summary_is_cut_in_the_subject_and_whole_in_the_text() -> None:
    message = compose(replace(EVENT, summary="word " * 100 + "end"))
    assert len(message.subject) == 147
    assert message.subject.endswith(" word…"), "no word is cut in two"
    assert "word end" in " ".join(message.text.split())


# ------------------------------------------------------------------------------------------------ who is told


@pytest.mark.parametrize(
    ("channel", "wanted"),
    [
        (Channel("c", "email"), True),
        (Channel("c", "email", severity=Severity.HIGH), True),
        (Channel("c", "email", severity=Severity.CRITICAL), False),
        (Channel("c", "email", services=("X", "LinkedIn")), True),
        (Channel("c", "email", services=("X",)), False),
        (Channel("c", "email", practices=("ai-training",)), True),
        (Channel("c", "email", practices=("data-sale",)), False),
        (Channel("c", "email", events=("gap-closed",)), True),
        (Channel("c", "email", events=("gap-opened",)), False),
        (Channel("c", "email", services=("LinkedIn",), events=("gap-opened",)), False),
    ],
)
def test_filters(channel: Channel, wanted: bool) -> None:
    assert wants(channel, EVENT) is wanted


def test_an_event_without_a_practice_does_not_pass_a_list_of_practices() -> None:
    assert not wants(Channel("c", "email", practices=("ai-training",)), replace(EVENT, practice=None))


# --------------------------------------------------------------------------------------------------- e-mail


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


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def tls(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test's own authority is trusted, as a user does it for theirs."""
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))


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


MAIL = Channel("team", "email", to=("a@example.org", "b@example.org"), sender="tracker@example.org")
RIGHT = replace(MAIL, password="right")  # noqa: S106 - the test's own


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


def test_several_events_are_one_message_the_gravest_first() -> None:
    grave = replace(EVENT, kind=EventKind.GAP_OPENED, severity=Severity.CRITICAL, summary="LinkedIn: a gap", gap="g-2")
    message = compose(EVENT, replace(EVENT, id="e-3"), grave)
    assert message.subject == "[critical] LinkedIn: Gap opened, Gap closed (2)"
    assert message.text.startswith("LinkedIn: Gap opened, Gap closed (2)\n\n1. LinkedIn: a gap\n")
    assert message.html.index("LinkedIn: a gap") < message.html.index("now discloses training")
    assert (message.threads, message.payload) == (("g-2", "g-1"), "")
    many = compose(*(replace(EVENT, id=str(n), service=f"S{n % 7}") for n in range(600)))
    assert many.subject == "[high] 7 services: Gap closed (600)"
    assert many.text.count("What it says") + many.text.count("What the document says") == 20
    assert "and 80 more: `tracker events` lists them all" in many.text
    assert len(many.html) < 150_000, "some mail programs cut what is longer"


def test_two_quotations_of_one_text_are_shown_with_what_changed_between_them() -> None:
    before = "We may use your data to improve our Services and to keep them safe for <all>."
    now = "We may use your data to improve our AI models and to keep them safe for <all>."
    message = compose(replace(EVENT, kind=EventKind.PRACTICE_REVERSED, before=before, quote=now))
    assert "our [-Services-] {+AI models+} and" in " ".join(message.text.replace("\n> ", " ").split())
    assert ">Services </del><ins" in message.html
    assert "&lt;all&gt;" in message.html
    unlike = compose(replace(EVENT, kind=EventKind.PRACTICE_REVERSED, before=before, quote="Nothing of it."))
    assert "word by word" not in unlike.text + unlike.html
    assert "word by word" not in compose(EVENT).text, "they are of two documents"


@pytest.mark.long
@pytest.mark.parametrize(("width", "columns"), [(320, 1), (800, 2)])
def test_a_letter_fits_any_window_and_shows_quotations_side_by_side_where_there_is_room(
    tab: Tab, width: int, columns: int
) -> None:
    tab.set_viewport_size({"width": width, "height": 600})
    tab.set_content(compose(EVENT, replace(HOSTILE, url="https://example.org/" + "x" * 300)).html)
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    boxes = [quote.bounding_box() for quote in tab.locator("blockquote").all()[:2]]
    assert len({round(box["y"]) for box in boxes if box}) == 3 - columns


def test_a_reminder_says_so() -> None:
    message = compose_dispatch(delivery(repetition=2), compare)
    assert message.subject.startswith("[high] Still open: LinkedIn: the Privacy")
    assert json.loads(message.payload)["type"] == "policy-tracker.gap-closed.reminder"


def test_a_quotation_of_a_megabyte_is_cut() -> None:
    message = compose(
        replace(EVENT, kind=EventKind.PRACTICE_REVERSED, quote="{0} %s @everyone " * 60_000, before="x " * 500_000)
    )
    assert len(message.html) < 20_000
    assert "{0} %s @everyone" in message.text


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


# ------------------------------------------------------------------------------------------------- webhooks


class Receiver:
    """An HTTP server on loopback that records what is posted and answers ``status``."""

    def __init__(self) -> None:
        self.status = 204
        self.headers: dict[str, str] = {}
        self.body, self.repeat = b"", 0
        self.hangs_up = False
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        self.may_answer = threading.Event()
        self.may_answer.set()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.requests.append((self.path, dict(self.headers), body))
                outer.may_answer.wait()
                if outer.hangs_up:
                    return
                self.send_response(outer.status)
                self.send_header("Location", "/elsewhere")
                for name, value in outer.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                with suppress(OSError):
                    for _ in range(outer.repeat):
                        self.wfile.write(outer.body)

            def log_message(self, *_: object) -> None:
                """Nothing: the requests are recorded."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})

    @property
    def channel(self) -> Channel:
        url = f"http://127.0.0.1:{self.server.server_port}/hooks/t0ken"
        return Channel("team", "webhook", url=url, secret=KEY, allow_private=True)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    found = Receiver()
    found.thread.start()
    yield found
    found.may_answer.set()
    found.server.shutdown()
    found.thread.join()
    found.server.server_close()


def test_a_webhook_is_signed_as_standard_webhooks_says(receiver: Receiver) -> None:
    now = datetime.now(UTC)  # the reference library compares with the clock
    sent = deliver(delivery(), receiver.channel, now)
    assert (sent.status, portless(sent.answer)) == (DeliveryStatus.SENT, "127.0.0.1:PORT: answered 204")
    [(path, headers, body)] = receiver.requests
    assert path == "/hooks/t0ken"
    assert headers["Content-Type"] == "application/json"
    assert headers["webhook-id"] == "e-1:team"
    assert headers["webhook-timestamp"] == str(int(now.timestamp()))
    assert Webhook(KEY).verify(body, headers) == json.loads(compose(EVENT).payload)


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_any_answer_of_the_2xx_class_means_taken(receiver: Receiver, status: int) -> None:
    receiver.status = status
    assert deliver(delivery(), receiver.channel, NOW).status is DeliveryStatus.SENT


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 599])
def test_answers_that_ask_to_try_again(receiver: Receiver, status: int) -> None:
    receiver.status = status
    after = deliver(delivery(), receiver.channel, NOW)
    assert (after.status, after.due) == (DeliveryStatus.WAITING, NOW + pause(delivery()))
    assert portless(after.error) == f"127.0.0.1:PORT: answered {status}"


@pytest.mark.parametrize("status", [301, 302, 304, 307, 308, 400, 401, 403, 404, 410, 413])
def test_answers_that_end_it(receiver: Receiver, status: int) -> None:
    receiver.status = status
    after = deliver(delivery(), receiver.channel, NOW)
    assert (after.status, after.due) == (DeliveryStatus.DEAD, None)
    assert f"answered {status}" in after.error
    assert len(receiver.requests) == 1, "redirects are not followed"


def test_a_receiver_that_does_not_answer(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    receiver.may_answer.clear()
    monkeypatch.setattr(webhook, "SECONDS", 0.1)
    after = deliver(delivery(), receiver.channel, NOW)
    assert after.status is DeliveryStatus.WAITING
    assert portless(after.error) == "127.0.0.1:PORT: no answer within 0.1 seconds"


def test_a_refusal_is_quoted_however_long_it_is_and_an_endless_success_is_one(receiver: Receiver) -> None:
    receiver.status, receiver.body, receiver.repeat = 400, b"bad \x1b[31mevent ".ljust(2**16), 2**14  # 1 GB
    after = deliver(delivery(), receiver.channel, NOW)
    assert portless(after.error) == "127.0.0.1:PORT: answered 400 (“bad [31mevent”): check the url and the secret"
    receiver.status = 200
    assert deliver(delivery(), receiver.channel, NOW).status is DeliveryStatus.SENT


def test_a_receiver_that_hangs_up_without_an_answer(receiver: Receiver) -> None:
    receiver.hangs_up = True
    after = deliver(delivery(), receiver.channel, NOW)
    assert (after.status, len(receiver.requests)) == (DeliveryStatus.WAITING, 1)
    assert "no connection" in after.error


def test_a_webhook_over_tls_with_an_authority_of_ones_own(
    receiver: Receiver, tls: ssl.SSLContext, authority: trustme.CA, tmp_path: Path
) -> None:
    receiver.server.socket = tls.wrap_socket(receiver.server.socket, server_side=True)
    authority.cert_pem.write_to_path(str(tmp_path / "own.pem"))
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "other.pem"))
    channel = replace(receiver.channel, url=receiver.channel.url.replace("http:", "https:"))
    own = deliver(delivery(), replace(channel, ca_file=str(tmp_path / "own.pem")), NOW)
    assert (own.status, portless(own.answer)) == (DeliveryStatus.SENT, "127.0.0.1:PORT: answered 204")
    other = deliver(delivery(), replace(channel, ca_file=str(tmp_path / "other.pem")), NOW)
    assert "no trusted TLS connection" in other.error
    assert len(receiver.requests) == 1


@pytest.mark.usefixtures("trusted")
def test_a_private_authority_is_no_excuse_for_webhooks(receiver: Receiver, tls: ssl.SSLContext) -> None:
    receiver.server.socket = tls.wrap_socket(receiver.server.socket, server_side=True)
    channel = replace(receiver.channel, url=receiver.channel.url.replace("http:", "https:"))
    after = deliver(delivery(), channel, NOW)
    assert "no trusted TLS connection" in after.error
    assert receiver.requests == []


def test_the_payload_is_what_the_schema_says() -> None:
    schema = json.loads(files("tracker.alerts").joinpath("event.schema.json").read_text())
    validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    bare = Event("e-2", EventKind.DOCUMENT_UNREACHABLE, "X", EVENT.at, Severity.LOW, "X cannot be read")
    for event in (
        EVENT,
        HOSTILE,
        bare,
        *(replace(EVENT, kind=kind, severity=s) for kind in EventKind for s in Severity),
    ):
        validator.validate(json.loads(compose(event).payload))
    validator.validate(json.loads(compose_dispatch(delivery(repetition=1), compare).payload))
    for field in fields(Event):
        payload = json.loads(compose(EVENT).payload)
        payload["data"][field.name] = 4.5
        assert not validator.is_valid(payload), field.name


def test_nothing_goes_out_unsigned(receiver: Receiver) -> None:
    assert deliver(delivery(), replace(receiver.channel, secret=None), NOW).status is DeliveryStatus.DEAD
    assert receiver.requests == []


def test_a_private_address_needs_leave(receiver: Receiver) -> None:
    after = deliver(delivery(), replace(receiver.channel, allow_private=False), NOW)
    assert after.status is DeliveryStatus.DEAD
    assert "set allow_private = true" in after.error
    assert receiver.requests == []


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/hooks/t0ken", "https://127.0.0.1:1/hooks/t0ken"])
def test_no_error_shows_the_secret_parts_of_an_address(receiver: Receiver, url: str) -> None:
    after = deliver(delivery(), replace(receiver.channel, url=url), NOW)
    assert after.status is DeliveryStatus.WAITING
    assert after.error == "127.0.0.1:1: no connection: check the host, or wait"


def test_a_server_without_tls_is_told_as_such(receiver: Receiver) -> None:
    after = deliver(delivery(), replace(receiver.channel, url=receiver.channel.url.replace("http:", "https:")), NOW)
    assert after.status is DeliveryStatus.WAITING
    assert "no trusted TLS connection" in after.error


# -------------------------------------------------------------------------------------------- trying again


def test_the_pauses_grow_until_it_is_given_up() -> None:
    error, channel, now, tried = DeliveryError("no", retryable=True), Channel("team", "webhook"), NOW, delivery()
    pauses: list[timedelta] = []
    while (after := failed(tried, channel, error, now)).due:
        pauses.append(after.due - now)
        tried, now = replace(tried, attempts=tried.attempts + 1), after.due
    assert (after.status, after.error) == (DeliveryStatus.DEAD, "no")
    assert channel.give_up <= now - NOW <= channel.give_up + LONGEST_PAUSE * 1.25
    assert pauses[0] < timedelta(seconds=20)
    assert sorted(pauses[:7]) == pauses[:7]
    assert 12 <= len(pauses) <= 24
    impatient = replace(channel, give_up=timedelta(minutes=1))
    assert failed(replace(delivery(), attempts=3), impatient, error, NOW + timedelta(minutes=1)).due is None


def test_no_two_messages_come_back_at_the_same_moment_and_the_same_one_always_does() -> None:
    pauses = [pause(delivery(identity=f"d{number}")) for number in range(50)]
    assert len(set(pauses)) > 25
    assert pauses == [pause(delivery(identity=f"d{number}")) for number in range(50)]


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ("120", 120),
        ("Thu, 19 Sep 2024 06:25:00 GMT", 300),
        ("Thu, 19 Sep 2024 06:00:00 GMT", 0),
        ("999999999999", LONGEST_ASKED.total_seconds()),
        ("soon", 0),
        ("-5", 0),
        ("", 0),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_a_receiver_says_when_to_come_back(receiver: Receiver, asked: str, seconds: float, status: int) -> None:
    receiver.status, receiver.headers = status, {"Retry-After": asked}
    after = deliver(delivery(), receiver.channel, NOW)
    assert after.due == NOW + max(timedelta(seconds=seconds), pause(delivery()))


def test_what_cannot_be_composed_or_sent_for_a_fault_of_ours_is_tried_again_and_told() -> None:
    broken = replace(EVENT, effective="no date")  # type: ignore[arg-type]  # as a fault of ours would make it
    after = deliver(delivery(broken), Channel("team", "webhook"), NOW)
    assert after.status is DeliveryStatus.WAITING
    assert after.error.startswith("internal error: ")


def test_what_cannot_help_is_not_tried_again() -> None:
    assert (
        failed(delivery(), Channel("c", "email"), DeliveryError("no", retryable=False), NOW).status
        is DeliveryStatus.DEAD
    )


def test_a_later_success_clears_the_error(receiver: Receiver) -> None:
    receiver.status = 503
    waiting = deliver(delivery(), receiver.channel, NOW)
    receiver.status = 204
    sent = deliver(replace(waiting.dispatch, attempts=2), receiver.channel, NOW + timedelta(seconds=5))
    assert (sent.status, sent.error, sent.due) == (DeliveryStatus.SENT, "", None)
    assert {headers["webhook-id"] for _, headers, _ in receiver.requests} == {"e-1:team"}


def portless(text: str) -> str:
    return re.sub(r"(?<=127\.0\.0\.1:)\d+", "PORT", text)
