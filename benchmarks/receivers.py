"""A web site whose pages change, and a webhook receiver that fails as it is told; both on loopback."""

from __future__ import annotations

import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

PAGES = 20
_FILLING = "We keep your account open for as long as you like, and close it when you ask us to. "
_TRAINS = "We use your posts and your messages to train our generative AI models. "


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256  # a page that is not reached, for so many ask at once, is found changed a round later


class Loopback:
    """``/page/N`` says something new since ``changed``; ``/hook`` notes which pages each post names.

    ``mode`` is how posts are answered: ``up``, ``down`` (the connection is closed), ``500``, ``429``,
    ``slow`` or ``hang``; ``posted`` is set by the first.
    """

    def __init__(self) -> None:
        self.changed = False
        self.mode = "up"
        self.posted = threading.Event()
        self.told: Counter[int] = Counter()
        self.ids: Counter[str] = Counter()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                number = self.path.rpartition("/")[2]
                known = number.isdigit()
                self._answer(200 if known else 404, outer.page(int(number)) if known else b"")

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                outer.posted.set()
                if outer.mode == "hang":
                    time.sleep(600)
                if outer.mode == "down":
                    self.close_connection = True
                    return
                if outer.mode in ("500", "429"):
                    self._answer(int(outer.mode), b"no", {"Retry-After": "10"} if outer.mode == "429" else {})
                    return
                if outer.mode == "slow":
                    time.sleep(1)
                outer.told.update(number for number in range(PAGES) if f"/page/{number:03}" in body)
                outer.ids[self.headers.get("webhook-id", "")] += 1
                self._answer(200, b"ok")

            def _answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
                self.send_response(status)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                for name, value in (headers or {}).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Nothing."""

        self._server = _Server(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    def page(self, number: int) -> bytes:
        told = _TRAINS if self.changed else ""
        title = f"Privacy Policy {number}"
        text = f"<h1>{title}</h1><p>{_FILLING * 5}</p><p>{told}{_FILLING}</p>"
        text = (
            f'<!doctype html><html lang="en"><head><title>{title}</title></head><body><main>{text}</main></body></html>'
        )
        return text.encode()

    def clear(self) -> None:
        self.changed, self.mode = False, "up"
        self.posted.clear()
        self.told.clear()
        self.ids.clear()

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
