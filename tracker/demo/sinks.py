"""Where the demonstration's alerts go: a real SMTP server and a real webhook receiver, both on loopback."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tracker.demo.site import LoopbackServer


@dataclass(frozen=True, slots=True)
class Post:
    """A webhook as it came in; the names of its headers are in lower case."""

    headers: Mapping[str, str]
    body: bytes


class Mailbox:
    """Takes every message that an SMTP client hands over, for the time of a ``with`` block."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self._server = _Server(self, hostname="127.0.0.1", port=0)

    @property
    def address(self) -> str:
        """The server as a channel names it.  Known once it runs."""
        return f"smtp://127.0.0.1:{self._server.port}"

    def __enter__(self) -> Mailbox:
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        message = message_from_bytes(envelope.original_content or b"", policy=policy.default)
        assert isinstance(message, EmailMessage)  # noqa: S101 - what policy.default makes
        self.messages.append(message)
        return "250 OK"


class _Server(Controller):
    """A controller that takes any free port; aiosmtpd's own looks for itself at the port it was told, 0."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)  # noqa: S101 - it is called once the server is there
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]  # aiosmtpd has no types here


def receiver(received: list[Post]) -> LoopbackServer:
    """A webhook receiver that appends what it is sent to ``received``."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            received.append(Post({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(HTTPStatus.NO_CONTENT)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing: the demonstration prints what matters itself."""

    return LoopbackServer(Handler)
