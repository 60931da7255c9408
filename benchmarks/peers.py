"""Other trackers over the same pages and receiver, each in a virtual environment of its own below one folder.

for name in urlwatch webchanges changedetection.io; do
    python3 -m venv PEERS/$name && PEERS/$name/bin/pip install $name
done
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

from benchmarks.receivers import PAGES, Loopback


class Peer(Protocol):
    def round(self) -> None:
        """All pages once, and what is told of them."""

    def killed(self) -> None:
        """A round, killed once every page was stored."""


class Cron:
    """urlwatch and webchanges: a command that does one round."""

    def __init__(self, folder: Path, home: Path, loopback: Loopback) -> None:
        name = folder.name
        reporter, database = {"urlwatch": ("slack", "--cache"), "webchanges": ("webhook", "--database")}[name]
        jobs = (f"name: p{n}\nurl: {loopback.address}/page/{n:03}\n" for n in range(PAGES))
        urls = "--urls" if name == "urlwatch" else "--jobs"
        (home / "jobs.yaml").write_text("---\n".join(jobs))
        (home / "config.yaml").write_text(
            "display:\n  new: false\n  error: true\nreport:\n  text:\n    details: true\n    footer: true\n"
            f"    line_length: 75\n    minimal: false\n  {reporter}:\n    enabled: true\n"
            f"    webhook_url: {loopback.address}/hook\n"
        )
        files = (urls, "jobs.yaml"), ("--config", "config.yaml"), ("--hooks", "hooks.py"), (database, "pages.db")
        self._home = home
        self._command = [
            str(folder / "bin" / name),
            *(part for option, file in files for part in (option, home / file)),
        ]
        self._loopback = loopback

    def _start(self) -> subprocess.Popen[bytes]:
        environment = {"HOME": str(self._home), "PATH": os.environ["PATH"]}
        quiet = subprocess.DEVNULL
        return subprocess.Popen(self._command, env=environment, stdout=quiet, stderr=quiet, start_new_session=True)

    def round(self) -> None:
        self._start().wait()

    def killed(self) -> None:
        """Killed when it posts: by then it has stored what it found."""
        self._loopback.mode = "hang"
        process = self._start()
        self._loopback.posted.wait(120)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self._loopback.mode = "up"


class Server:
    """changedetection.io: a server with an interface to ask for a round."""

    def __init__(self, folder: Path, home: Path, loopback: Loopback) -> None:
        self._program, self._home, self._loopback = folder / "bin" / "changedetection.io", home, loopback
        hook = f"json://{loopback.address.removeprefix('http://')}/hook"
        options = {"notification_urls": [hook], "notification_title": "changed", "notification_body": "{{watch_url}}"}
        watches = [("-u", f"{loopback.address}/page/{n:03}", f"-u{n}", json.dumps(options)) for n in range(PAGES)]
        self._start([part for watch in watches for part in watch])

    def _start(self, watches: list[str]) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        command = [str(self._program), "-C", "-h", "127.0.0.1", "-p", str(self._port), "-d", str(self._home), *watches]
        environment = {**os.environ, "ALLOW_IANA_RESTRICTED_ADDRESSES": "true", "MINIMUM_SECONDS_RECHECK_TIME": "0"}
        quiet = subprocess.DEVNULL
        self._process = subprocess.Popen(command, env=environment, stdout=quiet, stderr=quiet, start_new_session=True)
        for _ in range(120):
            with suppress(OSError, StopIteration):
                self._ask("/watch")
                return
            time.sleep(1)

    def _ask(self, path: str) -> object:
        texts = (file.read_text() for file in self._home.rglob("*.json"))
        key = next(text.split('"api_access_token": "')[1][:32] for text in texts if '"api_access_token": "' in text)
        asked = urllib.request.Request(f"http://127.0.0.1:{self._port}/api/v1{path}", headers={"x-api-key": key})
        with urllib.request.urlopen(asked, timeout=60) as answer:  # noqa: S310 - http
            return json.loads(answer.read())

    def _watches(self) -> dict[str, dict[str, int]]:
        found = self._ask("/watch")
        assert isinstance(found, dict)
        return found

    def round(self) -> None:
        self._recheck()
        time.sleep(15)  # for its notifications, which another thread sends

    def _recheck(self) -> None:
        began = int(time.time())
        for _ in range(60):
            late = [uuid for uuid, watch in self._watches().items() if int(watch["last_checked"] or 0) < began]
            if not late:
                return
            for uuid in late:
                self._ask(f"/watch/{uuid}?recheck=1")
            time.sleep(2)

    def killed(self) -> None:
        self._loopback.mode = "hang"
        self._recheck()
        self.stop()
        self._loopback.mode = "up"
        self._start([])

    def stop(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


@contextmanager
def peer(folder: Path, home: Path, loopback: Loopback) -> Iterator[Peer]:
    if folder.name != "changedetection.io":
        yield Cron(folder, home, loopback)
        return
    server = Server(folder, home, loopback)
    try:
        yield server
    finally:
        server.stop()
