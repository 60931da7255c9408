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

from tracker.cli.check import deliver, learnt, show
from tracker.cli.context import clock, configuration, count, database_path
from tracker.config import Config, Document
from tracker.errors import StoreError, TrackerError
from tracker.fetch import HttpFetcher
from tracker.model import DocumentKey
from tracker.pipeline.assessment import Assessor
from tracker.pipeline.rounds import Round
from tracker.schedule import Daemon
from tracker.store import Store
from tracker.views.terminal import safe


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
        self._with_store(lambda store: self._round(store, [self._documents[key]]))

    def check_all(self) -> None:
        """One round over everything: no page is weighed before the others of its service were looked at once."""
        self._with_store(lambda store: self._round(store, list(self._documents.values())))

    def _round(self, store: Store, documents: list[Document]) -> None:
        assessor = Assessor(self._config, store)
        learnt(assessor.catch_up(clock()))  # an import may have gone on beside us
        fetch, stopped = self._fetcher.fetch, self._stop.is_set
        for outcome in Round(self._config, store, assessor, fetch, clock, stopped).check(documents, self._executor):
            show(outcome)

    def deliver(self) -> None:
        self._with_store(lambda store: deliver(self._config, store, self._stop.is_set))

    def close(self) -> None:
        self._executor.shutdown(cancel_futures=True)
        self._fetcher.close()

    def _with_store(self, work: Callable[[Store], object]) -> None:
        try:
            with Store.open(self._path) as store:
                work(store)
        except StoreError as error:
            if error.retryable:
                print(f"tracker: {safe(str(error))}", file=sys.stderr)  # left to the next run
                return
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
    print(f"Watching {count(len(jobs.schedules), 'document')}; stop with Ctrl-C or SIGTERM.")
    jobs.check_all()
    jobs.deliver()
    if jobs.error is None:
        daemon = Daemon(
            jobs.schedules, jobs.check, jobs.deliver, stop=stop, timezone=config.timezone, workers=config.fetch.workers
        )
        daemon.run()
    jobs.close()
    if jobs.error:
        raise jobs.error
    print("Stopped.")
    return 0
