"""The founding case as a web site on loopback: each page as it read on the day that the clock shows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from threading import Thread
from types import TracebackType
from typing import Self

PAGES = files("tracker.demo") / "pages"


def days() -> tuple[date, ...]:
    """The days on which some page changed."""
    return tuple(sorted(date.fromisoformat(entry.name) for entry in PAGES.iterdir()))


def page(name: str, today: date) -> bytes | None:
    """The newest text of a page that had been put up by ``today``; None where there was none yet."""
    for day in reversed([day for day in days() if day <= today]):
        text = PAGES / day.isoformat() / f"{name}.html"
        if text.is_file():
            return text.read_bytes()
    return None


class LoopbackServer:
    """An HTTP server on 127.0.0.1 for the time of a ``with`` block; ``address`` is its base URL."""

    def __init__(self, handler: type[BaseHTTPRequestHandler]) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def site(clock: Callable[[], datetime]) -> LoopbackServer:
    """Serves ``/<page>`` as of the clock's day."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = page(self.path.strip("/"), clock().date())
            self.send_response(HTTPStatus.OK if body else HTTPStatus.NOT_FOUND)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_: object) -> None:
            """Nothing: the demonstration prints what matters itself."""

    return LoopbackServer(Handler)
