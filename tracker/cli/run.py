"""`tracker run`: the daemon."""

from __future__ import annotations

import argparse
import io
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tracker.cli.check import deliver, show
from tracker.cli.context import clock, configuration, database_path
from tracker.config import Config
from tracker.errors import StoreError, TrackerError
from tracker.fetch import HttpFetcher
from tracker.model import DocumentKey
from tracker.pipeline import Assessor, Round
from tracker.schedule import Daemon
from tracker.store import Store


def arguments(parser: argparse.ArgumentParser, _: str) -> None:
    del parser  # it has no arguments of its own


class Jobs:
    """What the scheduler calls, from threads of its own: each job opens the database for itself.

    A database that cannot be used ends the daemon, with ``error``; everything else is recorded where it happens.
    """

    def __init__(self, config: Config, path: Path, stop: threading.Event) -> None:
        self.error: TrackerError | None = None
        self._config = config
        self._path = path
        self._stop = stop
        self._documents = {document.key: document for service in config.services for document in service.documents}
        self._fetcher = HttpFetcher(config.fetch, clock, stop)
        self._executor = ThreadPoolExecutor(config.fetch.workers)

    @property
    def schedules(self) -> dict[DocumentKey, str]:
        return {key: document.schedule for key, document in self._documents.items()}

    def check(self, key: DocumentKey) -> None:
        def work(store: Store) -> None:
            round_ = Round(self._config, store, Assessor(self._config, store), self._fetcher.fetch, clock)
            for outcome in round_.check([self._documents[key]], self._executor):
                show(outcome)

        self._with_store(work)

    def deliver(self) -> None:
        self._with_store(lambda store: deliver(self._config, store, self._stop.is_set))

    def catch_up(self) -> None:
        self._with_store(lambda store: Assessor(self._config, store).catch_up(clock()))

    def close(self) -> None:
        self._executor.shutdown(cancel_futures=True)
        self._fetcher.close()

    def _with_store(self, work: Callable[[Store], object]) -> None:
        try:
            with Store.open(self._path) as store:
                work(store)
        except StoreError as error:
            self.error = error
            self._stop.set()


def run(options: argparse.Namespace) -> int:
    config = configuration(options)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(line_buffering=True)  # a journal or a pipe gets each line when it happens
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    jobs = Jobs(config, database_path(options, config), stop)
    jobs.catch_up()
    if jobs.error is None:
        daemon = Daemon(
            jobs.schedules, jobs.check, jobs.deliver, stop=stop, timezone=config.timezone, workers=config.fetch.workers
        )
        print(f"Watching {len(jobs.schedules)} documents; stop with Ctrl-C or SIGTERM.")
        daemon.run(clock())
    jobs.close()
    if jobs.error:
        raise jobs.error
    print("Stopped.")
    return 0
