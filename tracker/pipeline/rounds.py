"""One round: every due document fetched on an executor, each committed by the one writer as it comes in."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from tracker.config import Config, Document
from tracker.errors import ExtractError, FetchError
from tracker.fetch import RENDERED_BY, Lanes, PageRequest
from tracker.gaps import Place, Placement
from tracker.model import (
    Cause,
    CheckRecord,
    DocumentKey,
    Event,
    Extract,
    NotModified,
    Snapshot,
    Standing,
    VersionRecord,
)
from tracker.pipeline.archived import BELIEVED
from tracker.pipeline.assessment import Assessor
from tracker.pipeline.intake import Intake
from tracker.pipeline.outage import back, not_the_document, unreachable
from tracker.pipeline.text import Text
from tracker.pipeline.work import Answers, Task, gather, read, read_before, recipe
from tracker.store import Store

HOST_SHARE = 8  # one host holds at most one in so many workers
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
        self._workers = config.fetch.workers
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
        lanes = Lanes([self._task(document) for document in documents], max(1, self._workers // HOST_SHARE))
        pending: dict[Future[Answers], Task] = {}
        left: Counter[str] = Counter()
        leased: set[DocumentKey] = set()
        try:
            for document in documents:
                now = self._clock()
                if self._store.lease(document.key, self._owner, now, now + LEASE):
                    leased.add(document.key)
                    left[document.key.service] += 1
                else:
                    yield Outcome(document.key, Change.LEFT)
            self._begin(lanes, leased, pending, executor)
            while pending:
                done, _ = wait(pending, return_when=FIRST_COMPLETED)
                for future in [each for each in pending if each in done]:  # in the order in which they were asked for
                    task = pending.pop(future)
                    lanes.done(task)
                    self._begin(lanes, leased, pending, executor)
                    left[task.document.key.service] -= 1
                    outcome = self._commit(task.document, future.result(), last=not left[task.document.key.service])
                    self._store.release(task.document.key, self._owner)
                    leased.discard(task.document.key)
                    yield outcome
        finally:
            for key in leased:
                self._store.release(key, self._owner)

    def _begin(
        self, lanes: Lanes[Task], leased: Set[DocumentKey], pending: dict[Future[Answers], Task], executor: Executor
    ) -> None:
        """Hands over what may be fetched now; what is somebody else's just ends."""
        while tasks := lanes.ready():
            for task in tasks:
                if task.document.key in leased:
                    pending[executor.submit(gather, task, self._fetch)] = task
                else:
                    lanes.done(task)

    def _task(self, document: Document) -> Task:
        self._store.register(document, self._clock())
        checks = {check.url: check for check in self._store.checks(document.key)}
        requests = tuple(self._request(document, url, checks.get(url)) for url in document.urls)
        if not document.links:
            return Task(document, requests)
        index = replace(requests[0], etag=None, last_modified=None)  # its links are wanted each time
        return Task(document, (index,), tuple(self._request(document, url, checks[url]) for url in checks))

    def _request(self, document: Document, url: str, check: CheckRecord | None) -> PageRequest:
        return PageRequest(
            document.key,
            url,
            check.etag if check else None,
            check.last_modified if check else None,
            document.allow_private,
            document.robots == "obey",
            document.language,
            document.fetcher == "browser" or bool(document.fetcher == "auto" and check and check.browser_since),
        )

    def _commit(self, document: Document, answers: Answers, *, last: bool) -> Outcome:
        """Everything that one check brought, in one transaction; with the ``last`` document of a service what follows.

        What follows is a function of all that is stored: who is killed before the last one tells it the next time.
        It waits for the last, so that no page is weighed against one that was not yet looked at.
        """
        key, now = document.key, self._clock()
        at = max((answer.fetched_at for _, answer in answers if not isinstance(answer, FetchError)), default=now)
        with self._store.transaction():
            before = self._store.checks(key)
            outages, errors = self._keep(document, answers, now)
            change = Change.FAILED
            if not errors:
                urls = tuple(url for url, _ in answers)
                try:
                    change = self._place(document, urls[1:] if document.links else urls, at)
                    self._answered(document, answers)
                    self._store.forget_checks(key, urls)
                except ExtractError as error:
                    outages = self._failed(document, document.urls[0], at, error.message)
                    errors = (str(error),)
            if change is Change.IMPLAUSIBLE:
                outages, errors = self._doubted(document, at)
            elif change is not Change.FAILED:
                outages = back(document, before, at)
                self._store.clear_doubts(key)
            self._assessor.changed(key)
            events = self._assessor.tell(outages, now)
            if change not in SILENT:
                self._assessor.read_new(self._store.versions(key)[-2:], document.language)
            if last:
                events += self._assessor.conclude_all({key.service}, now, tell=True)
        return Outcome(key, change, events, errors)

    def _keep(self, document: Document, answers: Answers, now: datetime) -> tuple[tuple[Event, ...], tuple[str, ...]]:
        """Keeps the answers; returns what there is to tell of the failures among them, and a line for each."""
        outages: tuple[Event, ...] = ()
        errors: tuple[str, ...] = ()
        for url, answer in answers:
            if isinstance(answer, FetchError):
                outages += self._failed(document, url, now, answer.message)
                errors += (str(answer),)
            elif isinstance(answer, Snapshot):
                self._store.add_snapshot(answer)
            else:
                self._store.sight(answer)
        if errors:
            self._answered(document, answers)  # those that did; else the text that is taken from them decides
        return outages, errors

    def _answered(self, document: Document, answers: Answers) -> None:
        for url, answer in answers:
            if isinstance(answer, FetchError):
                continue
            self._store.record_success(answer)
            if document.fetcher == "auto" and isinstance(answer, Snapshot) and answer.header(RENDERED_BY):
                self._store.record_browser(document.key, url, answer.fetched_at)

    def _failed(self, document: Document, url: str, at: datetime, message: str) -> tuple[Event, ...]:
        self._store.record_failure(document.key, url, at, message)
        found = next(check for check in self._store.checks(document.key) if check.url == url)
        return unreachable(document, found)

    def _doubted(self, document: Document, at: datetime) -> tuple[tuple[Event, ...], tuple[str, ...]]:
        """What the addresses show is not the document: kept as evidence, told once it lasts."""
        shown = max(self._store.versions(document.key), key=lambda each: (each.last_seen, each.number))
        self._store.record_doubt(document.key, document.urls[0], at, shown.reason)
        check = next(check for check in self._store.checks(document.key) if check.url == document.urls[0])
        return not_the_document(document, check), (f"{document.key}: is not the document: {shown.reason}",)

    def _place(self, document: Document, urls: Sequence[str], at: datetime) -> Change:
        """Places what the document's pages, at these addresses, show now, all of them just kept."""
        key = document.key
        latest = self._store.latest_digests(key)
        digests = tuple(latest[url] for url in urls)
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
        if former == recipe(document) and len(document.urls) == 1 and not document.links:
            return {document.urls[0]: Extract(self._store.blocks(stood.passages), language=stood.language)}
        return read_before(document, self._pages(document.key, stood.snapshots))

    def _read_otherwise(
        self, document: Document, stood: VersionRecord, before: Mapping[str, Extract], at: datetime
    ) -> None:
        """The selection, or our extraction, is not what it was: the page that stood is put in its place as read now."""
        if before and len(before) == len(stood.snapshots):
            text = Text.of(list(before.values()))
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
