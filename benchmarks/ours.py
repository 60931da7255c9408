"""The tracker over the same pages and receiver as its peers."""

from __future__ import annotations

import base64
import os
import signal
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

from benchmarks.receivers import PAGES, Loopback
from tracker.alerts import webhook
from tracker.cli import check
from tracker.cli.main import main as tracker

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()


class Ours:
    """`tracker check`, in this process; each round an hour after the last, by its clock."""

    def __init__(self, home: Path, loopback: Loopback, schedule: str = "every 6h", pages: int = PAGES) -> None:
        self.home, self._loopback, self._hours = home, loopback, 0
        services = (
            f'[[service]]\nname = "S{n}"\n[[service.document]]\nname = "Privacy Policy"\nkind = "privacy"\n'
            f'url = "{loopback.address}/page/{n:03}"\nlanguage = "en"\n'
            for n in range(pages)
        )
        self.config = home / "config.toml"
        self.config.write_text(
            f'[tracker]\ndatabase = "t.db"\nschedule = "{schedule}"\n'
            "[fetch]\ndelay_per_host = 0\nconfirm = 0\nallow_private = true\nretries = 0\n"
            f'[[channel]]\nname = "hook"\ntype = "webhook"\nurl = "{loopback.address}/hook"\n'
            f'secret = "env:SECRET"\nallow_private = true\n{"".join(services)}'
        )
        os.environ["SECRET"] = SECRET

    def round(self) -> None:
        self._hours += 1
        ahead = timedelta(hours=self._hours)
        check.clock = lambda: datetime.now(UTC) + ahead
        with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
            tracker(["--config", str(self.config), "check"])

    def killed(self) -> None:
        self._loopback.mode = "hang"
        child = self.start()
        self._loopback.posted.wait(60)
        self.kill(child)
        self._loopback.mode = "up"

    def start(self, prepare: Callable[[], object] = lambda: None) -> int:
        """A round in a process of its own, which need not load anything any more; ``prepare`` is done there first."""
        child = os.fork()
        if child == 0:
            webhook._sessions.cache_clear()  # a connection is not to be shared with the process that it came from
            prepare()
            self.round()
            os._exit(0)
        self._hours += 1
        return child

    @staticmethod
    def kill(child: int) -> None:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
