"""`tracker run`: the daemon."""

from __future__ import annotations

import argparse
import io
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tracker.cli.check import caught_up, deliver, learnt, sign_of_life
from tracker.cli.context import clock, count, database_path, watching
from tracker.cli.journal import Journal
from tracker.cli.systemd import notify
from tracker.config import Config, Document
from tracker.errors import StoreError, fault
from tracker.fetch import HttpFetcher
from tracker.model import DocumentKey
from tracker.pipeline.assessment import Assessor
from tracker.pipeline.rounds import Round
from tracker.schedule import Daemon, missed
from tracker.store import Store

PATIENCE = 8.0  # seconds that what is under way gets when the daemon is told to stop; all is done within 10
PING_SECONDS = 60.0  # at least between two signs of life
REPEAT_SECONDS = 3600.0  # between two reports of the same trouble with the database


def arguments(parser: argparse.ArgumentParser, _: str) -> None:
    parser.add_argument("--log", choices=["text", "json"], default="text", help="how to tell what happens")


class Jobs:
    """What the scheduler calls, from threads of its own: each job opens the database for itself.

    Trouble with the database, such as a full disk, and faults of ours are told, once an hour at most, and survived:
    nothing is fetched or sent that could not be recorded, and the next run tries again.
    """

    def __init__(self, config: Config, path: Path, stop: threading.Event, journal: Journal) -> None:
        self._config = config
        self._path = path
        self._stop = stop
        self._journal = journal
        self._documents = {document.key: document for service in config.services for document in service.documents}
        self._fetcher = HttpFetcher(config.fetch, clock, stop)
        self._executor = ThreadPoolExecutor(config.fetch.workers)
        self._pinged = float("-inf")
        self._told: dict[str, float] = {}

    @property
    def schedules(self) -> dict[DocumentKey, str]:
        return {key: document.schedule for key, document in self._documents.items()}

    def check(self, key: DocumentKey) -> None:
        self._with_store(lambda store: self._round(store, [self._documents[key]]))

    def begin(self) -> None:
        self.give_up_unknown()
        self.check_missed()

    def check_missed(self) -> None:
        """One round over what was due while nobody looked, and what never was looked at.

        No page is weighed before the others of its service were looked at once.
        """

        def work(store: Store) -> None:
            attempts = [(check.document, check.last_attempt) for check in store.checks()]
            last = {key: max(at for each, at in attempts if each == key) for key in {key for key, _ in attempts}}
            zone, now = self._config.timezone, clock()
            due = [d for key, d in self._documents.items() if missed(d.schedule, zone, key, last.get(key), now)]
            self._round(store, due)

        self._with_store(work)

    def deliver(self, channel: str) -> None:
        self._deliver(lambda store: [channel])

    def give_up_unknown(self) -> None:
        """What waits for channels that are no longer configured."""
        known = {channel.name for channel in self._config.channels}
        self._deliver(lambda store: set(store.channels_due()) - known)

    def _deliver(self, channels: Callable[[Store], Collection[str]]) -> None:
        def work(store: Store) -> None:
            stopped = self._stop.is_set
            deliver(self._config, store, self._journal, stopped, complete=False, only=channels(store))

        self._with_store(work)

    def close(self) -> None:
        self._executor.shutdown(cancel_futures=True)
        self._fetcher.close()

    def _round(self, store: Store, documents: list[Document]) -> None:
        assessor = Assessor(self._config, store)
        past = [*(caught_up(assessor, self._journal) or ())]  # an import may have gone on beside us
        fetch, stopped = self._fetcher.fetch, self._stop.is_set
        for outcome in Round(self._config, store, assessor, fetch, clock, stopped).check(documents, self._executor):
            self._journal.outcome(outcome)
            past += outcome.past
        learnt(past, self._journal)
        if stopped():
            return
        if time.monotonic() - self._pinged >= PING_SECONDS:
            self._pinged = time.monotonic()
            sign_of_life(self._config, self._journal)

    def _with_store(self, work: Callable[[Store], object]) -> None:
        try:
            with Store.open(self._path) as store:
                work(store)
        except StoreError as error:
            self._trouble(str(error))
        except Exception as error:  # a fault of ours ends this job, and the daemon goes on
            self._trouble(fault(error))

    def _trouble(self, text: str) -> None:
        now = time.monotonic()
        if now - self._told.get(text, float("-inf")) >= REPEAT_SECONDS:
            self._told[text] = now
            self._journal.error(text)
            notify(f"STATUS={text}")


def run(options: argparse.Namespace) -> int:
    config = watching(options)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(line_buffering=True)  # a journal or a pipe gets each line when it happens
    stop, path = threading.Event(), database_path(options, config)
    journal = Journal(config, as_json=options.log == "json")
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with Store.open(path):
        pass  # a database that cannot be used at all is told at once
    jobs = Jobs(config, path, stop, journal)
    journal.note(f"Watching {count(len(jobs.schedules), 'document')}; stop with Ctrl-C or SIGTERM.")
    daemon = Daemon(
        jobs.schedules,
        jobs.check,
        [channel.name for channel in config.channels],
        jobs.deliver,
        first=jobs.begin,
        stop=stop,
        timezone=config.timezone,
        workers=config.fetch.workers,
        beat=lambda: notify("WATCHDOG=1"),
    )
    notify("READY=1")
    threading.Thread(target=abandon, args=(stop, journal), daemon=True).start()
    daemon.run()
    jobs.close()
    journal.note("Stopped.")
    return 0


def abandon(stop: threading.Event, journal: Journal) -> None:
    """Ends the process some seconds after it was told to stop, whatever is under way.

    Nothing is lost by it: what was not committed is done anew once its lease has ended.
    """
    stop.wait()
    notify("STOPPING=1")
    time.sleep(PATIENCE)
    journal.error("stopped; what was under way is done anew at the next start")
    sys.stdout.flush()
    os._exit(0)
