"""Passages read on other cores while the archive they come from is still being taken in (law 9)."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from types import TracebackType
from typing import Self

from tracker.model import Block, Findings
from tracker.practices.detector import detector
from tracker.store import Store

BACKLOG = 5000  # passages that are worth the start of a process, which takes as long as reading them
CHUNK = 1000  # passages in one task: a second's work or less, so that no core waits long at the end


def read_passages(blocks: Sequence[Block]) -> list[Findings]:
    """What the passages say.  Runs in a process of its own, with that process's own detector."""
    return detector().read_all(blocks)


class Readers:
    """Takes what is new in the store after each :meth:`offer`; :meth:`collect` saves what has been read.

    On a machine of one core nothing is taken: who comes after reads it all.  A killed import loses nothing, as what
    is unread is found by that.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._version = detector().version
        self._last = store.last_passage()
        self._begun = False
        self._pending: dict[Future[list[Findings]], tuple[int, ...]] = {}
        cores = os.cpu_count() or 1
        # "spawn": a forked process would share the database connection, which SQLite forbids
        context = multiprocessing.get_context("spawn")
        self._pool = ProcessPoolExecutor(cores - 1, mp_context=context) if cores > 1 else None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._pool:
            self._pool.shutdown(cancel_futures=True)

    def offer(self) -> None:
        """Has the passages read that were added since the last call.

        The first process is started for a backlog; what is less than a chunk in the end is left to who comes after.
        """
        newest = self._store.last_passage()
        if not self._begun and newest - self._last < BACKLOG:
            return
        self._begun = True
        while self._pool and newest - self._last >= CHUNK:
            unread = self._store.unread(range(self._last + 1, self._last + CHUNK + 1), self._version)
            self._last += CHUNK
            if unread:
                self._pending[self._pool.submit(read_passages, list(unread.values()))] = tuple(unread)

    def collect(self, *, all_of_them: bool = False) -> None:
        """Saves what has been read by now, or waits for all of it.  Belongs into a transaction."""
        while self._pending:
            done, _ = wait(self._pending, None if all_of_them else 0, FIRST_COMPLETED)
            for future in done:
                found = dict(zip(self._pending.pop(future), future.result(), strict=True))
                self._store.save_findings(found, self._version)
            if not all_of_them:
                return
