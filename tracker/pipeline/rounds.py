"""One round: every due document fetched on an executor, each committed by the one writer as it comes in."""

from __future__ import annotations

import uuid
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import replace
from datetime import datetime, timedelta

from tracker.config import Config, Document
from tracker.errors import DamageError, ExtractError, FetchError, StoreError, fault
from tracker.fetch import RENDERED_BY, Lanes, PageRequest
from tracker.model import CheckRecord, Event, NotModified, Snapshot
from tracker.pipeline.assessment import Assessor, Concluded
from tracker.pipeline.intake import Intake
from tracker.pipeline.outage import back, not_the_document, unreachable
from tracker.pipeline.outcomes import SILENT, Change, Outcome
from tracker.pipeline.sightings import Seen, Sightings
from tracker.pipeline.work import Answers, Task, gather
from tracker.store import Store

HOST_SHARE = 8  # one host holds at most one in so many workers
LEASE = timedelta(minutes=15)  # from when a check begins; who is killed blocks its document that long at most
Fetch = Callable[[PageRequest], Snapshot | NotModified]


class Round:
    """Checks documents with one store, of the thread that runs it."""

    def __init__(
        self,
        config: Config,
        store: Store,
        assessor: Assessor,
        fetch: Fetch,
        clock: Callable[[], datetime],
        stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        self._stopped = stopped
        self._workers = config.fetch.workers
        self._store = store
        self._assessor = assessor
        self._fetch = fetch
        self._clock = clock
        self._intake = Intake(store)
        self._sightings = Sightings(store, self._intake, assessor, config.fetch.confirm)
        self._owner = uuid.uuid4().hex

    def check(self, documents: Sequence[Document], executor: Executor) -> Iterator[Outcome]:
        """Checks the documents, yielding each as it is committed, in the order in which their pages arrive.

        One that somebody else is checking just now is left to them.  Once ``stopped`` says so no further one is
        begun, and a fetch that failed since is no failure of its page: the next round fetches it.  Raises StoreError,
        which ends the round; all that was committed stays.
        """
        tasks = [self._task(document) for document in documents]
        ahead = Counter(document.key.service for document in documents)
        lanes = Lanes(tasks, max(1, self._workers // HOST_SHARE))
        ready: deque[Task] = deque()
        pending: dict[Future[Answers], Task] = {}
        try:
            while True:
                yield from self._begin(lanes, ready, ahead, pending, executor)
                if not pending:
                    return
                done, _ = wait(pending, return_when=FIRST_COMPLETED)
                future = next(each for each in pending if each in done)  # in the order in which they were asked for
                document, answers = pending[future].document, future.result()
                lanes.done(pending[future])
                ahead[document.key.service] -= 1
                outcome = None
                if not (self._stopped() and any(isinstance(answer, FetchError) for _, answer in answers)):
                    outcome = self._commit(document, answers, last=not ahead[document.key.service])
                self._store.release(pending.pop(future).document.key, self._owner)
                if outcome:
                    yield outcome
        finally:
            for task in pending.values():
                self._store.release(task.document.key, self._owner)

    def _begin(
        self,
        lanes: Lanes[Task],
        ready: deque[Task],
        ahead: Counter[str],
        pending: dict[Future[Answers], Task],
        executor: Executor,
    ) -> Iterator[Outcome]:
        """Begins as many checks as there are workers; yields what is left to somebody else.

        Who leaves the last document of a service works out what follows from the others.
        """
        ready += lanes.ready()
        while ready and len(pending) < self._workers and not self._stopped():
            task = ready.popleft()
            key, now = task.document.key, self._clock()
            if self._store.lease(key, self._owner, now, now + LEASE):
                pending[executor.submit(gather, task, self._fetch)] = task
                continue
            lanes.done(task)
            ready += lanes.ready()
            ahead[key.service] -= 1
            yield self._concluded(Outcome(key, Change.LEFT), now, last=not ahead[key.service])

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
        now = self._clock()
        try:
            with self._store.transaction():
                return self._brought(document, answers, now, last=last)
        except StoreError as error:
            if not isinstance(error, DamageError):
                raise
            reason = str(error)
        except Exception as error:  # a fault of ours ends no round
            reason = fault(error)
        if last:  # what it brought is kept even if what follows cannot be worked out
            return self._concluded(self._commit(document, answers, last=False), now, last=True)
        return self._set_aside(document, reason, now)

    def _brought(self, document: Document, answers: Answers, now: datetime, *, last: bool) -> Outcome:
        key = document.key
        seen, events, errors = Seen(Change.LEFT), tuple[Event, ...](), tuple[str, ...]()
        if self._store.holds(key, self._owner):  # else it took so long that somebody else has begun, or been, there
            seen, outages, errors = self._look(document, answers, now)
            self._assessor.changed(key)
            self._intake.forget(key)
            events = self._assessor.tell_outages(outages, now)
            if seen.change not in SILENT:
                self._assessor.read_new(self._store.versions(key)[-2:], document.language)
        found = self._assessor.conclude_all({key.service}, now) if last else Concluded()
        return Outcome(key, seen.change, events + found.news, errors, found.past, seen.notes)

    def _look(
        self, document: Document, answers: Answers, now: datetime
    ) -> tuple[Seen, tuple[Event, ...], tuple[str, ...]]:
        """What a check found, what there is to tell of outages, and a line for each failure."""
        key, before = document.key, self._store.checks(document.key)
        at = max((answer.fetched_at for _, answer in answers if not isinstance(answer, FetchError)), default=now)
        outages, errors = self._keep(document, answers, now)
        if errors:
            return Seen(Change.FAILED), outages, errors
        urls = tuple(url for url, _ in answers)
        try:
            seen = self._sightings.place(document, urls[1:] if document.links else urls, at)
            self._answered(document, answers)
            self._store.forget_checks(key, urls)
        except ExtractError as error:
            return Seen(Change.FAILED), self._failed(document, document.urls[0], at, error.message), (str(error),)
        if seen.change is Change.IMPLAUSIBLE:
            return seen, *self._doubted(document, at)
        self._store.clear_doubts(key)
        return seen, back(document, before, at), ()

    def _set_aside(self, document: Document, reason: str, now: datetime) -> Outcome:
        """A former page cannot be read, or the fault is ours: nothing of this check was kept, the others go on."""
        with self._store.transaction():
            events = self._assessor.tell(self._failed(document, document.urls[0], now, reason), now)
            self._assessor.changed(document.key)
        return Outcome(document.key, Change.FAILED, events, (f"{document.key}: {reason}",))

    def _concluded(self, outcome: Outcome, now: datetime, *, last: bool) -> Outcome:
        """The outcome, with what follows if its document is the ``last`` of its service."""
        service = outcome.document.service
        try:
            with self._store.transaction():
                found = self._assessor.conclude_all({service}, now) if last else Concluded()
        except StoreError:
            raise
        except Exception as error:
            reason = f"{service}: what follows cannot be worked out: {fault(error)}"
            return replace(outcome, errors=(*outcome.errors, reason))
        return replace(outcome, events=outcome.events + found.news, past=found.past)

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
