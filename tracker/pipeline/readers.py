"""Passages read on other cores while the archive they come from is still being taken in (law 9)."""

from __future__ import annotations

import gc
import multiprocessing
import os
import threading
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from operator import attrgetter
from types import TracebackType
from typing import Any, Self

from tracker.model import Block, Findings
from tracker.practices.detector import detector
from tracker.store import Store

CHUNK = 500  # passages in one task: a fraction of a second's work, so that no core waits long at the end
MOST = 3  # reading processes, of some 300 MB each: that many keep up with the one that takes the archive in
WORTH_HELP = 16  # chunks still waiting that are worth it that this process, too, learns to read: 8,000 passages

_fields = attrgetter("id", "text", "kind", "headings", "lead", "level")  # tuples cross over many times faster


@dataclass(frozen=True, slots=True)
class Said:
    """What some passages say, by their places among them.

    ``languages`` are those of all of them; ``findings`` holds only the few of which anything is claimed or noted.
    """

    languages: tuple[str | None, ...]
    findings: Mapping[int, Findings]

    def everything(self) -> list[Findings]:
        return [self.findings.get(place) or Findings(language=own) for place, own in enumerate(self.languages)]


def start() -> None:
    """What a reading process does first.  It leaves no cycles behind: to look for them is a fifth of its time."""
    gc.disable()
    threading.Thread(target=end_with_parent, daemon=True).start()
    detector()


def end_with_parent() -> None:
    """Nobody tells a process that waits for work when the one that would give it was killed: it would wait for ever."""
    if parent := multiprocessing.parent_process():
        parent.join()
        os._exit(1)


def read_passages(rows: Sequence[tuple[Any, ...]]) -> Said:
    """What the passages say.  Runs in a process of its own, with that process's own detector."""
    found = detector().read_all(Block(*row) for row in rows)
    said = {place: each for place, each in enumerate(found) if each.claims or each.notices}
    return Said(tuple([each.language for each in found]), said)


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
        self._pending: dict[Future[Said], dict[int, Block]] = {}
        others = min((os.cpu_count() or 1) - 1, MOST)
        # "spawn": a forked process would share the database connection, which SQLite forbids
        context = multiprocessing.get_context("spawn")
        self._pool = ProcessPoolExecutor(others, context, start) if others else None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._pool:
            self._pool.shutdown(wait=False, cancel_futures=True)  # to end takes it a second

    def offer(self, least: int = CHUNK) -> None:
        """Has the passages read that were added since the last call, but for a rest of fewer than ``least``.

        The first whole chunk starts the processes; what never makes one is left to who comes after.
        """
        newest = self._store.last_passage()
        self._begun |= newest - self._last >= CHUNK
        while self._pool and self._begun and newest - self._last >= least:
            until = min(newest, self._last + CHUNK)
            unread = self._store.unread(range(self._last + 1, until + 1), self._version)
            self._last = until
            try:
                if unread:
                    rows = [_fields(each) for each in unread.values()]
                    self._pending[self._pool.submit(read_passages, rows)] = unread
            except BrokenProcessPool:
                self._go_on_alone()

    def collect(self) -> None:
        """Saves what has been read by now.  Belongs into a transaction."""
        try:
            for future in wait(self._pending, 0).done:
                self._save(self._pending.pop(future), future.result().everything())
        except BrokenProcessPool:
            self._go_on_alone()

    def _go_on_alone(self) -> None:
        """A reading process was killed, most likely for want of memory: what is unread is left to who comes after."""
        self._pool = None
        self._pending.clear()

    @property
    def read_to(self) -> int:
        """The passage up to which all that were added are read and saved."""
        first = next(iter(self._pending.values()), None)
        return min(first) - 1 if first else self._last

    def go_on(self) -> bool:
        """Reads a part of what was offered, or waits for one that is being read, and saves it; False if all is."""
        last = next(reversed(self._pending), None)
        if last and len(self._pending) > WORTH_HELP and last.cancel():  # nobody has begun with it
            unread = self._pending.pop(last)
            found = detector().read_all(unread.values())
            with self._store.transaction():
                self._save(unread, found)
                self.collect()
        elif last:
            wait(self._pending, return_when=FIRST_COMPLETED)
            with self._store.transaction():
                self.collect()
        return last is not None

    def _save(self, passages: Iterable[int], found: Iterable[Findings]) -> None:
        self._store.save_findings(dict(zip(passages, found, strict=True)), self._version)
