"""`tracker check`, killed at random moments of a round in which every page changed, and before and after each of its
commits; an hour later there is one more round, and it is counted what was told, and how often."""

from __future__ import annotations

import itertools
import os
import random
import shutil
import signal
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.ours import Ours
from benchmarks.receivers import PAGES, Loopback
from tracker.store.file import DatabaseFile

_WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")


def die_at(point: int, *, after: bool) -> None:
    """From now on this process kills itself before, or after, the ``point``-th commit of any of its threads.

    A commit is the end of a transaction, or a statement that writes outside of one.
    """
    count, lock, run = itertools.count(1), threading.Lock(), DatabaseFile.run

    def watched(file: DatabaseFile, sql: str, parameters: Sequence[object] = ()) -> sqlite3.Cursor:
        alone = not file._connection.in_transaction and sql.lstrip().upper().startswith(_WRITES)
        commits = alone or sql == "COMMIT"
        with lock:
            now = commits and next(count) == point
        if now and not after:
            os.kill(os.getpid(), signal.SIGKILL)
        found = run(file, sql, parameters)
        if now:
            os.kill(os.getpid(), signal.SIGKILL)
        return found

    DatabaseFile.run = watched  # type: ignore[method-assign]  # in a process that is about to die


@dataclass
class Tally:
    """What was counted over many kills; ``repeated`` is the most of one kill."""

    kills: int = 0
    lost: int = 0
    repeated: int = 0
    torn: int = 0

    def table(self, title: str) -> None:
        print(f"\n| {title} | {self.kills} |\n| --- | ---: |")
        print(f"| changes lost, of {PAGES * self.kills:,} | {self.lost} |")
        print(f"| deliveries repeated after one kill, at most, under the same id | {self.repeated} |")
        print(f"| damaged databases, or events without a delivery | {self.torn} |", flush=True)


class Trial:
    """One round over changed pages, as often as is asked for, each time from the same database."""

    def __init__(self, folder: Path, loopback: Loopback) -> None:
        self.ours, self._loopback, self._copy = Ours(folder, loopback), loopback, folder / "before"
        self.ours.round()
        self.ours.round()
        shutil.copy(self.ours.home / "t.db", self._copy)
        loopback.changed = True

    def begin(self, prepare: Callable[[], object] = lambda: None) -> int:
        for suffix in ("", "-wal", "-shm"):
            (self.ours.home / f"t.db{suffix}").unlink(missing_ok=True)
        shutil.copy(self._copy, self.ours.home / "t.db")
        self._loopback.told.clear()
        self._loopback.ids.clear()
        return self.ours.start(prepare)

    def end(self, tally: Tally) -> None:
        """The round that comes after the kill."""
        tally.torn += cut(self.ours.home)
        self.ours.round()
        tally.kills += 1
        tally.lost += PAGES - len(self._loopback.told)
        tally.repeated = max(tally.repeated, sum(self._loopback.ids.values()) - len(self._loopback.ids))


def everywhere(number: int) -> None:
    with tempfile.TemporaryDirectory() as folder, Loopback() as loopback:
        trial = Trial(Path(folder), loopback)
        began = time.monotonic()
        os.waitpid(trial.begin(), 0)
        span = time.monotonic() - began
        at_random(trial, number, span).table("`kill -9` at random moments of a round")
        for after in (False, True):
            at_commits(trial, after=after).table(f"`kill -9` {'after' if after else 'before'} each commit of a round")


def at_random(trial: Trial, number: int, span: float) -> Tally:
    tally, chance = Tally(), random.Random(7)
    for _ in range(number):
        child = trial.begin()
        time.sleep(chance.uniform(0, span))
        tally.torn += cut(trial.ours.home)  # as a cut of the power would leave the files
        trial.ours.kill(child)
        trial.end(tally)
    return tally


def at_commits(trial: Trial, *, after: bool) -> Tally:
    tally = Tally()
    for point in itertools.count(1):
        child = trial.begin(partial(die_at, point, after=after))
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            return tally  # it has no such commit: it went through
        trial.end(tally)
    raise AssertionError


def cut(home: Path) -> int:
    """1 if the files as they are just now would not open as a sound database with a delivery for every event."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("t.db", "t.db-wal"):  # the log last: it may only hold more than the file knows of
            if (home / name).exists():
                shutil.copy(home / name, folder)
        with sqlite3.connect(Path(folder) / "t.db") as connection:
            sound = connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            bare = "SELECT count(*) FROM events WHERE id NOT IN (SELECT event FROM deliveries)"
            return int(not sound or connection.execute(bare).fetchone()[0] > 0)
