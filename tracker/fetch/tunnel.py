"""A proxy on loopback that a browser must go through, so that each of its connections passes the gate."""

from __future__ import annotations

import select
import socket
import socketserver
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import requests

from tracker import gate
from tracker.errors import GateError

_CHUNK = 64 * 1024  # bytes
_PATIENCE = 20.0  # seconds for one connect or one read
_HOP_BY_HOP = ("connection", "keep-alive", "proxy-connection", "proxy-authorization", "transfer-encoding", "upgrade")
_UNREACHED = (OSError, UnicodeError, requests.RequestException)


class Tunnel:
    """A context manager; ``address`` is where the proxy listens.

    ``seconds_left`` and ``most`` (bytes that come in) hold for everything that goes through it; beyond them every
    connection is cut.  ``upstream`` is the proxy that the user configured, None for direct connections.
    """

    def __init__(
        self, allow_private: bool, seconds_left: Callable[[], float], most: int, upstream: str | None = None
    ) -> None:
        self.allow_private = allow_private
        self.seconds_left = seconds_left
        self.refused: set[str] = set()  # hosts that did not pass the gate
        self.session = gate.session(allow_private, 8, proxy=upstream)
        self.session.headers.clear()
        self._most = most
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"tunnel": self}))
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        self.session.close()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def allow(self, size: int) -> bool:
        """Whether so many further bytes may come in."""
        with self._lock:
            self._most -= size
            return self._most >= 0 and self.seconds_left() > 0


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser may go away at any time."""


class _Handler(BaseHTTPRequestHandler):
    tunnel: Tunnel
    timeout = _PATIENCE

    def do_CONNECT(self) -> None:
        """For TLS, which is between browser and site."""
        host, _, port = self.path.rpartition(":")
        try:
            gate.check_url(f"https://{self.path}/")
            far = _connect(gate.addresses(host, int(port), self.tunnel.allow_private), int(port))
        except (GateError, *_UNREACHED) as error:
            self._refuse(host, error)
            return
        with far:
            self.send_response_only(200)
            self.end_headers()
            self._relay(far)

    def _plain(self) -> None:
        """For http: the request is made anew."""
        headers = {name: value for name, value in self.headers.items() if name.lower() not in _HOP_BY_HOP}
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            with (
                gate.limit(self.tunnel.seconds_left),
                self.tunnel.session.request(
                    self.command, self.path, headers=headers, data=body, stream=True, allow_redirects=False,
                    timeout=_PATIENCE,
                ) as answer,
            ):  # fmt: skip
                self.send_response_only(answer.status_code)
                self._pass_on(answer.raw.headers.iteritems(), answer.raw.stream(_CHUNK, decode_content=False))
        except (GateError, *_UNREACHED) as error:
            self._refuse(urlsplit(self.path).hostname or "", error)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_OPTIONS = do_PATCH = _plain  # noqa: N815 - http.server's names

    def _pass_on(self, headers: Iterable[tuple[str, str]], chunks: Iterable[bytes]) -> None:
        for name, value in headers:
            if name.lower() not in _HOP_BY_HOP:
                self.send_header(name, value)
        self.send_header("Connection", "close")
        self.end_headers()
        for chunk in chunks:
            if not self.tunnel.allow(len(chunk)):
                return
            self.wfile.write(chunk)

    def _relay(self, far: socket.socket) -> None:
        near = self.connection
        while True:
            ready, _, _ = select.select([near, far], [], [], min(_PATIENCE, max(self.tunnel.seconds_left(), 0.01)))
            if not ready:
                return
            for end in ready:
                chunk = end.recv(_CHUNK)
                if not chunk or not self.tunnel.allow(len(chunk) if end is far else 0):
                    return
                (near if end is far else far).sendall(chunk)

    def _refuse(self, host: str, error: Exception) -> None:
        self.close_connection = True
        if isinstance(error, GateError):
            self.tunnel.refused.add(host)
        with suppress(OSError):
            self.send_error(403 if isinstance(error, GateError) else 502)

    def log_message(self, format: str, *args: object) -> None:
        """Silent: what matters is told by the page's own error."""


def _connect(addresses: Iterable[str], port: int) -> socket.socket:
    last = OSError("the name has no address")
    for address in addresses:
        try:
            return socket.create_connection((address, port), _PATIENCE)
        except OSError as error:
            last = error
    raise last
