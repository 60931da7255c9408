"""Another archive's history → versions with its dates.  Nothing of it is told to any channel."""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby, islice
from operator import attrgetter
from pathlib import Path

from tracker.config import Config, Document
from tracker.extract import markdown
from tracker.history.ota import Record, kind_of, read, state
from tracker.model import DocumentKey, Kind, Snapshot, Standing
from tracker.pipeline.archived import TECHNICAL, ArchivedDocument
from tracker.pipeline.assessment import Assessor
from tracker.pipeline.intake import Intake
from tracker.pipeline.readers import Readers
from tracker.store import Store

BATCH = 250  # records in one transaction: a killed import loses at most these, and goes on after the last
ORIGIN = "ota:"
SUBJECT = "subject"  # the header of an imported snapshot that keeps what its archive said of it


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import came to.  ``known`` records were there already; ``notes`` are lines for people."""

    documents: frozenset[DocumentKey] = frozenset()
    added: int = 0
    known: int = 0
    versions: int = 0
    notes: tuple[str, ...] = ()


class Import:
    """Reads archives into one store; ``kinds`` gives kinds of terms types that neither we nor the config know."""

    def __init__(self, config: Config, store: Store, assessor: Assessor, kinds: Mapping[str, Kind]) -> None:
        self._configured = {d.key: d for service in config.services for d in service.documents}
        self._store = store
        self._assessor = assessor
        self._kinds = kinds
        self._intake = Intake(store)
        self._origins: dict[DocumentKey, frozenset[str]] = {}
        self._archived: dict[DocumentKey, ArchivedDocument] = {}
        self._waiting: deque[tuple[str, int]] = deque()  # services taken in, each with its last passage

    def run(self, path: Path, services: Collection[str], now: datetime, progress: Callable[[int], None]) -> Imported:
        """Adds what is not there yet.  ``progress`` is told how many records are done.

        May be killed at any time and run again: it goes on where it was.  Raises HistoryError; what was read before
        it stays.
        """
        history = state(path)
        self._assessor.tell_what_waits(now)
        if (known := self._store.finished_archive(history, services)) is not None:
            self._give_kinds(now)
            self._assessor.catch_up(now)
            return Imported(known=known)
        total = Imported()
        with collected_by_counts_alone(), Readers(self._store) as readers:
            for service, records in groupby(read(path, services), attrgetter("service")):
                while batch := list(islice(records, BATCH)):
                    with self._store.transaction():
                        for record in batch:
                            total = self._add(record, total, now)
                        readers.collect()
                    readers.offer()
                    progress(total.added + total.known)
                    until = batch[-1].archive_until
                self._archive_ends(until)
                self._waiting.append((service, self._store.last_passage()))
                self._conclude(readers.read_to, now)
            readers.offer(least=1)
            while readers.go_on():
                self._conclude(readers.read_to, now)
        self._store.finish_archive(history, services, total.added + total.known, now)
        self._assessor.catch_up(now)
        return total

    def _add(self, record: Record, total: Imported, now: datetime) -> Imported:
        key = DocumentKey(record.service, record.terms_type)
        if key not in self._origins:
            total = self._register(key, total, now)
        origin = ORIGIN + record.commit
        if origin in self._origins[key] or record.body is None:
            return replace(total, known=total.known + 1)
        snapshot = snapshot_of(key, record, origin)
        self._store.add_snapshot(snapshot)
        self._store.unsettle(key.service)
        before = len(self._intake.known(key))
        self._archived[key].take(snapshot)
        notes = total.notes
        if record.clamped_from:
            notes += (f"{key}: {record.commit[:8]} is dated {record.clamped_from:%Y-%m-%d %H:%M}, before the one it "
                      f"follows: taken as {record.at:%Y-%m-%d %H:%M}",)  # fmt: skip
        return replace(
            total,
            documents=total.documents | {key},
            added=total.added + 1,
            versions=total.versions + len(self._intake.known(key)) - before,
            notes=notes,
        )

    def _register(self, key: DocumentKey, total: Imported, now: datetime) -> Imported:
        document = self._configured.get(key)
        if document is None:
            kind = kind_of(key.document) or self._kinds.get(key.document)
            if kind is None:
                note = f"{key}: unknown terms type, taken as {Kind.OTHER}: name its kind with --kind"
                total = replace(total, notes=(*total.notes, note))
            document = Document(key, kind or Kind.OTHER, urls=())
        self._store.register(document, now)
        self._origins[key] = self._store.origins(key)
        self._archived[key] = ArchivedDocument(key, self._store, self._intake)
        return total

    def _give_kinds(self, now: datetime) -> None:
        """What was read before takes the kinds that are named now."""
        with self._store.transaction():
            for record in self._store.documents():
                kind = self._kinds.get(record.key.document, record.kind)
                if kind is not record.kind and record.key not in self._configured and not kind_of(record.key.document):
                    self._store.register(
                        Document(record.key, kind, record.urls, language=record.language, region=record.region), now
                    )
                    self._store.unsettle(record.key.service)

    def _archive_ends(self, until: datetime) -> None:
        """The archive looked, and found the last text of each document of a service, until its last record of any.

        What was kept of the texts makes room for those of the next service.
        """
        with self._store.transaction():
            for key in sorted(self._archived):
                before = self._standings(key)
                self._archived[key].end(until)
                if self._standings(key) != before:
                    self._store.unsettle(key.service)
                self._store.set_archived_until(key, until)
        self._archived.clear()
        self._intake = Intake(self._store)
        markdown.forget()

    def _standings(self, key: DocumentKey) -> list[Standing]:
        return [each.standing for each in self._intake.known(key)]

    def _conclude(self, read_to: int, now: datetime) -> None:
        """Works out what follows for the services of which all is read, while the rest is still being read."""
        while self._waiting and self._waiting[0][1] <= read_to:
            service, _ = self._waiting.popleft()
            self._assessor.settle(service, now)


@contextmanager
def collected_by_counts_alone() -> Iterator[None]:
    """Without the search for cyclic garbage: an import makes none, and millions of objects that stay."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def snapshot_of(key: DocumentKey, record: Record, origin: str) -> Snapshot:
    """A record as evidence: the archive's Markdown, with what its commit said."""
    return Snapshot(
        document=key,
        url="",
        final_url="",
        fetched_at=record.at,
        status=200,
        headers=((SUBJECT, record.subject), (TECHNICAL, str(int(record.technical)))),
        media_type="text/markdown",
        body=record.body or b"",
        origin=origin,
    )
