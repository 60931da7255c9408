"""Everything derived, computed again from the snapshots (law 2).  Nothing is told by it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import groupby
from operator import attrgetter

from tracker.config import Config, Document
from tracker.errors import ExtractError
from tracker.model import Cause, DocumentRecord, Extract, Snapshot
from tracker.pipeline.archived import BELIEVED, ArchivedDocument
from tracker.pipeline.assessment import Assessor
from tracker.pipeline.intake import Intake
from tracker.pipeline.work import pages_of_index, read, read_before, recipe
from tracker.store import Store


class Rebuild:
    """Replays the snapshots of documents, with today's selections, extraction, rules and words."""

    def __init__(self, config: Config, store: Store, assessor: Assessor) -> None:
        self._confirm = config.fetch.confirm
        self._configured = {d.key: d for service in config.services for d in service.documents}
        self._store = store
        self._assessor = assessor

    def run(self, now: datetime) -> Iterator[DocumentRecord]:
        """Rebuilds one document after the other, each in one transaction, and yields it; then what follows."""
        self._assessor.tell_what_waits(now)
        for record in self._store.documents():
            with self._store.transaction():
                self._replay(record)
                self._store.unsettle(record.key.service)
            yield record
        self._assessor.catch_up(now)

    def _replay(self, record: DocumentRecord) -> None:
        document = self._configured.get(record.key) or Document(record.key, record.kind, record.urls)
        observations = self._store.observations(record.key)
        shown = {frozenset(row.snapshots): row.snapshots for row in self._store.versions(record.key)}
        self._store.forget_versions(record.key)
        intake = Intake(self._store)
        archived = ArchivedDocument(record.key, self._store, intake)
        replay = Replay(document, intake, archived, self._confirm, record.archived_until, shown)
        for _, pages in groupby(observations, key=lambda page: page.fetched_at):
            replay.observe(tuple(pages))
        replay.end()
        if replay.before:
            self._store.set_recipe(record.key, recipe(document))


_address, _digest = attrgetter("url"), attrgetter("digest")


class Replay:
    """One document's observations in their order, an archive's before those of the page itself."""

    def __init__(
        self,
        document: Document,
        intake: Intake,
        archived: ArchivedDocument,
        confirm: int,
        archived_until: datetime | None,
        shown: Mapping[frozenset[str], tuple[str, ...]],
    ) -> None:
        self._document = document
        self._intake = intake
        self._archived = archived
        self._confirm = confirm
        self._archived_until = archived_until
        self._whole = shown
        self._addresses: frozenset[str] = frozenset()
        self._switched = archived_until is None
        self.before: dict[str, Extract] = {}
        self._shown: tuple[str, ...] = ()
        self._since = datetime.min.replace(tzinfo=UTC)
        self._doubted = False

    def observe(self, pages: tuple[Snapshot, ...]) -> None:
        """What one check found.  A check of which a page failed placed nothing, and places nothing now.

        Pages of former addresses are known to have been all of them by the version that was read from them.
        """
        if pages[0].origin:
            for page in pages:
                self._archived.take(page)
            return
        by_address, by_digest = ({get(page): page for page in pages} for get in (_address, _digest))
        urls = self._document.urls
        if self._document.links:
            try:
                urls = pages_of_index(self._document, by_address[urls[0]])
            except (KeyError, ExtractError):
                return
        if by_address.keys() >= set(urls):
            self._see(tuple(by_address[url] for url in urls))
        elif whole := self._whole.get(frozenset(by_digest)):
            self._see(tuple(by_digest[digest] for digest in whole))

    def end(self) -> None:
        """The archive, if there was one, went on to find its last text."""
        if self._archived_until:
            self._archived.end(self._archived_until)
            self._archived_until = None

    def _see(self, pages: tuple[Snapshot, ...]) -> None:
        self.end()
        key, at, digests = self._document.key, pages[0].fetched_at, tuple(page.digest for page in pages)
        since = at - self._since if digests == self._shown else None
        if since is not None and not (self._doubted and since >= BELIEVED):
            self._intake.see_again(key, at, self._confirm)
            return
        try:
            text = read(self._document, pages, self.before, since or timedelta())
        except ExtractError:
            return  # today's selection finds nothing in it; a check says so
        addresses = frozenset() if self._document.links else frozenset(page.url for page in pages)
        moved = bool(self._addresses) and addresses != self._addresses
        cause = Cause.SOURCE if self._switched and not moved else Cause.TECHNICAL
        self._switched, self._addresses = True, addresses
        self._intake.see(key, text, at, cause, digests, self._confirm)
        if digests != self._shown:
            self._shown, self._since = digests, at
        self._doubted = not text.verdict.plausible
        if text.verdict.plausible:
            self.before = read_before(self._document, pages)
