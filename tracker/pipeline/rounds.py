"""One round: every due document fetched on an executor, each committed by the one writer as it comes in."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from tracker.config import Config, Document
from tracker.errors import ExtractError, FetchError
from tracker.fetch import PageRequest, interleave
from tracker.gaps import Place, Placement
from tracker.model import Cause, DocumentKey, Event, Extract, NotModified, Snapshot, Standing, VersionRecord
from tracker.pipeline.archived import BELIEVED
from tracker.pipeline.assessment import Assessor
from tracker.pipeline.intake import Intake
from tracker.pipeline.outage import not_the_document, unreachable
from tracker.pipeline.text import Text
from tracker.pipeline.work import Answer, Task, gather, read, read_before, recipe
from tracker.store import Store

LEASE = timedelta(minutes=15)  # from when a document is queued; who is killed blocks it that long at most
Fetch = Callable[[PageRequest], Snapshot | NotModified]


class Change(StrEnum):
    """What a check found, in a word or two."""

    FIRST = "first look"
    NONE = "unchanged"
    HELD = "changed: waits for confirmation"
    CONFIRMED = "changed"
    RETURNED = "a former text is back"
    IMPLAUSIBLE = "is not the document"
    FAILED = "failed"
    LEFT = "left alone: another process is checking it"


SILENT = (Change.NONE, Change.FAILED)  # what follows from these is only what follows from the time


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a check of one document came to; ``errors`` are lines for people."""

    document: DocumentKey
    change: Change
    events: tuple[Event, ...] = ()
    errors: tuple[str, ...] = ()


class Round:
    """Checks documents with one store, of the thread that runs it."""

    def __init__(
        self, config: Config, store: Store, assessor: Assessor, fetch: Fetch, clock: Callable[[], datetime]
    ) -> None:
        self._confirm = config.fetch.confirm
        self._store = store
        self._assessor = assessor
        self._fetch = fetch
        self._clock = clock
        self._intake = Intake(store)
        self._owner = uuid.uuid4().hex

    def check(self, documents: Sequence[Document], executor: Executor) -> Iterator[Outcome]:
        """Checks the documents, yielding each as it is committed, in the order in which their pages arrive.

        One that somebody else is checking just now is left to them.  Raises StoreError, which ends the round; all
        that was committed stays.
        """
        pending: dict[Future[tuple[Answer, ...]], Document] = {}
        try:
            for task in interleave([self._task(document) for document in documents]):
                now = self._clock()
                if self._store.lease(task.document.key, self._owner, now, now + LEASE):
                    pending[executor.submit(gather, task, self._fetch)] = task.document
                else:
                    yield Outcome(task.document.key, Change.LEFT)
            while pending:
                done, _ = wait(pending, return_when=FIRST_COMPLETED)
                for future in [each for each in pending if each in done]:  # in the order in which they were asked for
                    service = pending[future].key.service
                    last = sum(each.key.service == service for each in pending.values()) == 1
                    outcome = self._commit(pending[future], future.result(), last=last)
                    self._store.release(pending.pop(future).key, self._owner)
                    yield outcome
        finally:
            for document in pending.values():
                self._store.release(document.key, self._owner)

    def _task(self, document: Document) -> Task:
        self._store.register(document, self._clock())
        requests = []
        for url in document.urls:
            etag, last_modified = self._store.latest_validators(document.key, url)
            requests.append(
                PageRequest(
                    document.key,
                    url,
                    etag,
                    last_modified,
                    document.allow_private,
                    document.robots == "obey",
                    document.language,
                )
            )
        return Task(document, tuple(requests))

    def _commit(self, document: Document, answers: tuple[Answer, ...], *, last: bool) -> Outcome:
        """Everything that one check brought, in one transaction; with the ``last`` document of a service what follows.

        What follows is a function of all that is stored: who is killed before the last one tells it the next time.
        It waits for the last, so that no page is weighed against one that was not yet looked at.
        """
        key, now = document.key, self._clock()
        at = max((answer.fetched_at for answer in answers if not isinstance(answer, FetchError)), default=now)
        with self._store.transaction():
            outages, errors = self._keep(document, answers, now)
            change = Change.FAILED
            if not errors:
                try:
                    change = self._place(document, at)
                    self._answered(answers)
                except ExtractError as error:
                    outages = self._failed(document, document.urls[0], at, error.message)
                    errors = (str(error),)
            if change is Change.IMPLAUSIBLE:
                shown = self._store.versions(key)[-1]
                outages, errors = not_the_document(document, shown), (f"{key}: is not the document: {shown.reason}",)
            self._assessor.changed(key)
            events = self._assessor.tell(outages, now)
            if change not in SILENT:
                self._assessor.read_new(self._store.versions(key)[-2:], document.language)
            if last:
                events += self._assessor.conclude_all({key.service}, now, tell=True)
        return Outcome(key, change, events, errors)

    def _keep(
        self, document: Document, answers: tuple[Answer, ...], now: datetime
    ) -> tuple[tuple[Event, ...], tuple[str, ...]]:
        """Keeps the answers; returns what there is to tell of the failures among them, and a line for each."""
        outages: tuple[Event, ...] = ()
        errors: tuple[str, ...] = ()
        for url, answer in zip(document.urls, answers, strict=True):
            if isinstance(answer, FetchError):
                outages += self._failed(document, url, now, answer.message)
                errors += (str(answer),)
                continue
            if isinstance(answer, Snapshot):
                self._store.add_snapshot(answer)
            else:
                self._store.sight(answer)
        if errors:
            self._answered(answers)  # those that did; else the text that is taken from them decides
        return outages, errors

    def _answered(self, answers: tuple[Answer, ...]) -> None:
        for answer in answers:
            if not isinstance(answer, FetchError):
                self._store.record_success(answer)

    def _failed(self, document: Document, url: str, at: datetime, message: str) -> tuple[Event, ...]:
        self._store.record_failure(document.key, url, at, message)
        found = next(check for check in self._store.checks(document.key) if check.url == url)
        return unreachable(document, found)

    def _place(self, document: Document, at: datetime) -> Change:
        """Places what the document's pages show now, all of them just kept."""
        key = document.key
        latest = self._store.latest_digests(key)
        digests = tuple(latest[url] for url in document.urls)
        versions = self._store.versions(key)
        shown = max(versions, key=lambda each: (each.last_seen, each.number), default=None)
        stood = next((each for each in reversed(versions) if each.standing is not Standing.IMPLAUSIBLE), None)
        since = at - shown.observed_at if shown and shown.snapshots == digests else None
        unchanged = shown and since is not None and not (shown.standing is Standing.IMPLAUSIBLE and since >= BELIEVED)
        former = self._store.recipe(key)
        if unchanged and former == recipe(document):
            return change_of(self._intake.see_again(key, at, self._confirm))
        before = self._before(document, stood, former)
        if stood and former and former != recipe(document):
            self._read_otherwise(document, stood, before, at)
        self._store.set_recipe(key, recipe(document))
        if unchanged:
            return change_of(self._intake.see_again(key, at, self._confirm))
        text = read(document, self._pages(key, digests), before, since or timedelta())
        # An archive reads pages in its own way: what differs from its last text may be only that.
        cause = Cause.TECHNICAL if stood and former is None else Cause.SOURCE
        return change_of(self._intake.see(key, text, at, cause, digests, self._confirm))

    def _before(self, document: Document, stood: VersionRecord | None, former: str | None) -> dict[str, Extract]:
        """What each address showed when the last text that stood was read; its pages are not read again needlessly."""
        if stood is None:
            return {}
        if former == recipe(document) and len(document.urls) == 1:
            return {document.urls[0]: Extract(self._store.blocks(stood.passages))}
        return read_before(document, self._pages(document.key, stood.snapshots))

    def _read_otherwise(
        self, document: Document, stood: VersionRecord, before: Mapping[str, Extract], at: datetime
    ) -> None:
        """The selection, or our extraction, is not what it was: the page that stood is put in its place as read now."""
        if set(before) == set(document.urls):
            text = Text.of([before[url] for url in document.urls])
            if text.fingerprint != stood.fingerprint:
                before_it = at - timedelta(microseconds=1)  # the new text, seen at the same time, is news
                self._intake.see(document.key, text, before_it, Cause.TECHNICAL, stood.snapshots, self._confirm)
                self._assessor.read_new(self._store.versions(document.key)[-1:], document.language)

    def _pages(self, key: DocumentKey, digests: Sequence[str]) -> tuple[Snapshot, ...]:
        return tuple(page for digest in digests if (page := self._store.snapshot(digest, key)))


def change_of(placement: Placement | None) -> Change:
    """A placement in the words of an outcome; None: the document was never seen."""
    if placement is None or placement.standing is Standing.IMPLAUSIBLE:
        return Change.IMPLAUSIBLE
    if placement.place is Place.SAME:
        return Change.NONE
    if placement.cause is Cause.FIRST:
        return Change.FIRST
    if placement.standing is Standing.RETURNED:
        return Change.RETURNED
    return Change.HELD if placement.standing is Standing.HELD else Change.CONFIRMED
