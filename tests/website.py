"""A programmable web site on loopback, for tests and benchmarks."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

import trustme


@dataclass(frozen=True, slots=True)
class Page:
    """One answer.

    A ``body`` that is neither text nor bytes is sent piece by piece until it ends or the client goes away.
    With an ETag or Last-Modified among ``headers``, a request that names it is answered by 304.
    ``media_type`` None sends no Content-Type.
    """

    body: str | bytes | Iterable[bytes] = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str | None = "text/html; charset=utf-8"

    @classmethod
    def redirect(cls, location: str, status: int = 302) -> Self:
        return cls(status=status, headers={"Location": location})


@dataclass(frozen=True, slots=True)
class Visit:
    """One request as it came.  Header names are in lower case; ``path`` includes the query."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


Route = str | bytes | Page | Callable[[Visit], Page] | list[Page]


class Website:
    """A context manager; ``site["/path"] = …`` sets what is answered there, at any time.

    A text or bytes is a page of HTML; a callable makes the answer from the visit; a list is answered one by
    one, its last page for good.  Other paths are 404.  ``visits`` records every request in order.
    ``closing`` is set when the site goes down, so that a callable or a body may block on it.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.routes: dict[str, Route] = {}
        self.visits: list[Visit] = []
        self.closing = threading.Event()
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"site": self}))
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self._scheme = "https" if tls else "http"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.005}, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __setitem__(self, path: str, route: Route) -> None:
        self.routes[path] = route

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def paths(self) -> list[str]:
        """The paths asked for so far, in order."""
        return [visit.path for visit in self.visits]

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"{self._scheme}://{host}:{self.port}{path}"

    def answer(self, visit: Visit) -> Page:
        """What is answered to a visit, which is recorded."""
        with self._lock:
            self.visits.append(visit)
            route = self.routes.get(visit.path, Page("<p>not found", status=404))
            if isinstance(route, list):
                route = route.pop(0) if len(route) > 1 else route[0]
        if callable(route):
            route = route(visit)
        return route if isinstance(route, Page) else Page(route)


def secure(authority: trustme.CA, *names: str) -> Website:
    """A site with a certificate for these names."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(tls)
    return Website(tls)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that go away are part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # one write per answer
    site: Website

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        page = self.site.answer(Visit(self.command, self.path, headers, self.rfile.read(length)))
        if _unchanged(page, headers):
            page = Page(status=304, headers=page.headers, media_type=None)
        body = page.body.encode() if isinstance(page.body, str) else page.body
        names = {name.lower() for name in page.headers}
        self.send_response(page.status)
        for name, value in page.headers.items():
            self.send_header(name, value)
        if page.media_type is not None and "content-type" not in names:
            self.send_header("Content-Type", page.media_type)
        if not isinstance(body, bytes):
            self.send_header("Connection", "close")
        elif "content-length" not in names:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        for piece in [body] if isinstance(body, bytes) else body:
            self.wfile.write(piece)
            self.wfile.flush()

    do_POST = do_GET  # noqa: N815  # the name that http.server looks for

    def log_message(self, format: str, *args: object) -> None:
        """Silent: the visits are recorded."""


def _unchanged(page: Page, asked: Mapping[str, str]) -> bool:
    headers = {name.lower(): value for name, value in page.headers.items()}
    if page.status != 200:
        return False
    if "if-none-match" in asked:
        return asked["if-none-match"] == headers.get("etag")
    return "if-modified-since" in asked and asked["if-modified-since"] == headers.get("last-modified")
