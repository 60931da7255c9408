"""Webhooks: what a real receiver on loopback gets, and what becomes of its answers."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import trustme
from standardwebhooks import Webhook
from telling import EVENT, KEY, NOW, deliver, delivery, payload, portless

from tracker.alerts import webhook
from tracker.alerts.deliver import LONGEST_ASKED, pause
from tracker.config import Channel
from tracker.model import DeliveryStatus


class Receiver:
    """An HTTP server on loopback that records what is posted and answers ``status``."""

    def __init__(self) -> None:
        self.status = 204
        self.headers: dict[str, str] = {}
        self.body, self.repeat = b"", 0
        self.hangs_up = False
        self.clients: set[tuple[str, int]] = set()
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        self.may_answer = threading.Event()
        self.may_answer.set()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            disable_nagle_algorithm = True

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.clients.add(self.client_address)
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
    assert Webhook(KEY).verify(body, headers) == payload(EVENT)


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


def test_a_connection_serves_one_delivery_after_the_other_but_not_for_ever(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "_KEPT", 1e12)
    receiver.server.RequestHandlerClass.protocol_version = "HTTP/1.1"  # type: ignore[attr-defined]  # of our handler
    receiver.status, receiver.headers, receiver.body, receiver.repeat = 200, {"Content-Length": "2"}, b"ok", 1
    assert {deliver(delivery(), receiver.channel, NOW).status for _ in range(3)} == {DeliveryStatus.SENT}
    assert (len(receiver.requests), len(receiver.clients)) == (3, 1)
    monkeypatch.setattr(webhook, "_KEPT", 1e-9)
    assert {deliver(delivery(), receiver.channel, NOW).status for _ in range(3)} == {DeliveryStatus.SENT}
    assert len(receiver.clients) == 4


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


def test_a_later_success_clears_the_error(receiver: Receiver) -> None:
    receiver.status = 503
    waiting = deliver(delivery(), receiver.channel, NOW)
    receiver.status = 204
    sent = deliver(replace(waiting.dispatch, attempts=2), receiver.channel, NOW + timedelta(seconds=5))
    assert (sent.status, sent.error, sent.due) == (DeliveryStatus.SENT, "", None)
    assert {headers["webhook-id"] for _, headers, _ in receiver.requests} == {"e-1:team"}
