"""A real file system that is full, or read-only: told in one line, survived, and nothing is lost."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from desk import ROOT, SECRET, TRAINS, Desk, help_page
from website import Page

pytestmark = [pytest.mark.long, pytest.mark.skipif(not shutil.which("unshare"), reason="util-linux is not installed")]

DAEMON = """
import sys, threading
from pathlib import Path
from tracker.cli.journal import Journal
from tracker.cli.run import Jobs
from tracker.config import load
from tracker.model import DocumentKey

path, database = Path(sys.argv[1]), Path(sys.argv[2])
config = load(path, {"HOOK_SECRET": sys.argv[3]})
jobs = Jobs(config, database, threading.Event(), Journal(config))
for turn in range(3):
    jobs.check(DocumentKey("Acme", "Help"))
    jobs.deliver("cases")
jobs.close()
"""


LEASES_END = """
import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as connection:
    connection.execute("UPDATE leases SET until = '2000-01-01T00:00:00.000000Z'")
"""


class Disk:
    """A shell that sees a file system of its own, of a few megabytes, in ``home/disk``."""

    def __init__(self, home: Path) -> None:
        self.path = home / "disk"
        self.path.mkdir()
        self._shell = subprocess.Popen(
            ["unshare", "--user", "--map-root-user", "--mount", "sh"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT), "HOOK_SECRET": SECRET},
        )

    def __call__(self, *words: object) -> tuple[int, str]:
        """A command's exit code and output."""
        assert self._shell.stdin
        assert self._shell.stdout
        with suppress(BrokenPipeError):  # where namespaces are not allowed, it has ended
            self._shell.stdin.write(f"{shlex.join(map(str, words))} 2>&1; code=$?; echo; echo END $code\n")
            self._shell.stdin.flush()
        said: list[str] = []
        for line in self._shell.stdout:
            if line.startswith("END "):
                return int(line[4:]), "".join(said).removesuffix("\n")
            said.append(line)
        return 127, "".join(said)

    def close(self) -> None:
        with suppress(BrokenPipeError):
            self._shell.communicate()


@pytest.fixture
def disk(desk: Desk) -> Iterator[Disk]:
    made = Disk(desk.home)
    try:
        code, said = made("mount", "-t", "tmpfs", "-o", "size=3m", "none", made.path)
        if code:
            pytest.skip(f"no file system can be mounted here: {said.strip()}")
        yield made
    finally:
        made.close()


@pytest.fixture
def tracker(desk: Desk, disk: Disk) -> list[object]:
    """The command, with its database on the disk, after a first look."""
    desk.usual()
    command = [sys.executable, "-m", "tracker.cli", "--config", desk.config, "--db", disk.path / "t.db"]
    assert disk(*command, "check")[0] == 0
    return command


def fill(disk: Disk) -> None:
    assert disk("dd", "if=/dev/zero", f"of={disk.path}/filler", "bs=4096", "status=none")[0] == 1


def test_a_full_disk(desk: Desk, disk: Disk, tracker: list[object]) -> None:
    fill(disk)
    desk.site["/help"] = help_page(TRAINS)
    line = f"tracker: {disk.path}/t.db: cannot be read or written: check the disk, and that there is room on it\n"
    code, said = disk(*tracker, "check")
    assert (code, said) == (1, line)
    code, said = disk(sys.executable, "-c", DAEMON, desk.config, disk.path / "t.db", SECRET)
    assert (code, said) == (0, line), "told once"
    disk("truncate", "--size=-49152", disk.path / "filler")  # enough to begin, not to go through with it
    code, said = disk(*tracker, "check")
    assert (code, said) == (1, f"tracker: {disk.path}/t.db: cannot grow: make room on the disk\n")
    assert desk.posts == []
    disk("rm", disk.path / "filler")
    disk(sys.executable, "-c", LEASES_END, disk.path / "t.db")  # those that could not be given back
    assert disk(*tracker, "check")[0] == 0
    assert [post["kind"] for post in desk.posts] == ["gap-opened"]


def test_a_disk_that_fills_while_deliveries_wait(desk: Desk, disk: Disk, tracker: list[object]) -> None:
    """What cannot be recorded is not sent: else it would be sent again and again."""
    desk.site["/help"], desk.hooks["/hook"] = help_page(TRAINS), Page(status=400)
    assert disk(*tracker, "check")[0] == 1
    assert disk(*tracker, "alerts", "retry")[0] == 0
    fill(disk)
    desk.hooks["/hook"] = Page(status=204)
    asked = len(desk.hooks.visits)
    assert disk(*tracker, "check")[0] == 1
    assert len(desk.hooks.visits) == asked
    disk("rm", disk.path / "filler")
    assert disk(*tracker, "check")[0] == 0
    assert len(desk.hooks.visits) == asked + 1


def test_a_read_only_file_system(desk: Desk, disk: Disk, tracker: list[object]) -> None:
    disk("mount", "-o", "remount,ro", disk.path)
    desk.site["/help"] = help_page(TRAINS)
    for command in ("check", "run"):
        code, said = disk(*tracker, command)
        assert (code, said.count("\n")) == (1, 1), said
        assert "cannot be opened: check that it is a file, and that its folder may be written" in said
    assert disk(*tracker, "gaps")[0] == 0, "it can still be read"
    disk("mount", "-o", "remount,rw", disk.path)
    assert disk(*tracker, "check")[0] == 0
    assert [post["kind"] for post in desk.posts] == ["gap-opened"]
