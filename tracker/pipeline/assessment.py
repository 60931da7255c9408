"""Stored versions → what follows from them: ledger, gaps, events; and the deliveries of what is new."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import replace
from datetime import datetime, timedelta

from tracker.alerts import wants
from tracker.config import Config, Service
from tracker.gaps import Stand, assess, certain_until, stands
from tracker.model import (
    Assessment,
    Block,
    DocumentHistory,
    DocumentRecord,
    Event,
    Findings,
    Reading,
    ServiceHistory,
    VersionRecord,
)
from tracker.pipeline.intake import known_of
from tracker.pipeline.succession import united
from tracker.practices.coming import parts
from tracker.practices.detector import detector
from tracker.practices.notices import dated
from tracker.store import Store

STALE = timedelta(days=14)


class Assessor:
    """Computes what follows from the stored versions of a service, and records what is new.

    Everything is computed from the whole history each time (law 1): an event has the same id on every computation,
    so that recording is idempotent and nothing depends on when it was done.
    """

    def __init__(self, config: Config, store: Store) -> None:
        self._config = config
        self._store = store
        self._detector = detector()
        self._weights = {name: practice.weight for name, practice in self._detector.taxonomy.practices.items()}

    def read_new(self, versions: Iterable[VersionRecord], language: str | None) -> int:
        """Reads the passages that no detector, or an older one, has read.  Returns their number.

        ``language`` is the document's (None: not known); each passage's own is recognised.
        """
        passages = {passage for version in versions for passage in version.passages}
        unread = self._store.unread(passages, self._detector.version)
        if unread:
            found = self._detector.read_all(unread.values(), language)
            self._store.save_findings(dict(zip(unread, found, strict=True)), self._detector.version)
        return len(unread)

    def catch_up(self, now: datetime) -> tuple[Event, ...]:
        """Works out what is still to be: after an import, and after a change of the rules or words.

        A better detector re-reads all that is stored.  What follows is recorded and not told (law 6): nothing is
        news because we learned to read.  Returns the events that are new.
        """
        changed = set(self._store.unsettled())
        if self._store.read_by_others(self._detector.version):
            changed |= {record.key.service for record in self._store.documents()}
        for service in sorted(changed):
            with self._store.transaction():
                for record in self._store.documents(service):
                    self.read_new(self._store.versions(record.key), record.language)
        fresh: list[Event] = []
        for service in sorted(self._concerned(changed)):
            with self._store.transaction():
                fresh += self.conclude(service, now, tell=False)
        with self._store.transaction():
            for service in changed:
                self._store.settle(service)
        return tuple(fresh)

    def services(self) -> tuple[str, ...]:
        """The services of which anything is stored, under the names they bear now."""
        return tuple(sorted({self.current_name(record.key.service) for record in self._store.documents()}))

    def current_name(self, service: str) -> str:
        """The name that a service bears now, if ``service`` is a former one of a configured service."""
        return next((entry.name for entry in self._config.services if service in entry.formerly), service)

    def _concerned(self, changed: Set[str]) -> set[str]:
        """The services that what is stored of some others bears upon, these included."""
        using = {entry.name for entry in self._config.services if changed & {key.service for key in entry.uses}}
        return {self.current_name(service) for service in changed} | using

    def conclude(self, service: str, now: datetime, *, tell: bool) -> tuple[Event, ...]:
        """Records the events that are new and, if they are to be told, their deliveries.  Returns the new ones.

        Belongs into the transaction that brought the evidence.
        """
        service = self.current_name(service)
        events = self.assessment(service, self._certain(service, now)).events
        return self.tell(events, now) if tell else self._store.add_events(events)

    def tell(self, events: Iterable[Event], now: datetime) -> tuple[Event, ...]:
        """Records events with a delivery to each channel that wants them; returns those that were new.

        What concerns a gap that somebody has acknowledged for now is recorded and not sent.
        """
        fresh = self._store.add_events(events)
        known = self._store.acknowledged(now) if fresh else {}
        for event in fresh:
            if event.gap not in known:
                channels = [channel.name for channel in self._config.channels if wants(channel, event)]
                self._store.enqueue(event, channels, now)
        return fresh

    def _certain(self, service: str, now: datetime) -> datetime:
        """Up to when nothing that is still held can change what is told."""
        documents = [self._store.versions(record.key) for record in self._documents(service)]
        return certain_until(([known_of(version) for version in versions] for versions in documents), now)

    def assessment(self, service: str, now: datetime) -> Assessment:
        """Ledger, gaps and events of a service as they stand at ``now``."""
        return assess(self.history(self.current_name(service)), now, self._weights)

    def history(self, service: str) -> ServiceHistory:
        """The service's documents, and those of others that bind it too, as the gap rules see them."""
        configured = self._configured(service)
        rejected = {(entry.block, entry.practice) for entry in self._store.rejections()}
        documents = [self._document(record, rejected) for record in self._documents(service)]
        formerly, binding = (configured.formerly, configured.binding) if configured else ((), ())
        return ServiceHistory(service, united(service, formerly, documents), binding)

    def _configured(self, service: str) -> Service | None:
        return next((entry for entry in self._config.services if entry.name == service), None)

    def _documents(self, service: str) -> list[DocumentRecord]:
        """The service's own documents, under all its names, and those of others that bind it too."""
        configured = self._configured(service)
        uses, formerly = (configured.uses, configured.formerly) if configured else ((), ())
        own = {service, *formerly}
        records = [r for name in sorted({*own, *(key.service for key in uses)}) for r in self._store.documents(name)]
        return [record for record in records if record.key.service in own or record.key in uses]

    def _document(self, record: DocumentRecord, rejected: Set[tuple[str, str]]) -> DocumentHistory:
        """A document's confirmed versions with what they say; versions of one text share their passages."""
        versions = {version.number: version for version in self._store.versions(record.key)}
        standing = stands([known_of(version) for version in versions.values()])
        found = self._store.findings({passage for stand in standing for passage in versions[stand.number].passages})
        blocks = dict(zip(found, self._store.blocks(found), strict=True))
        said = {passage: (blocks[passage], without(rejected, blocks[passage], found[passage])) for passage in found}
        readings = [self._reading(record, stand, versions[stand.number], said) for stand in standing]
        return DocumentHistory(record.key, record.kind, tuple(readings), record.region, self._fresh_until(record))

    def _reading(
        self, record: DocumentRecord, stand: Stand, version: VersionRecord, said: Mapping[int, tuple[Block, Findings]]
    ) -> Reading:
        seen = stand.observed_at.date()
        telling = [said[passage][1] for passage in version.passages if passage in said]
        out = parts(telling, seen)
        standing = [found for index, found in enumerate(telling) if index not in out.over]
        return Reading(
            number=stand.number,
            observed_at=stand.observed_at,
            last_seen=stand.last_seen,
            until=stand.until,
            cause=stand.cause,
            edition=version.edition,
            claims=tuple(c for index, f in enumerate(telling) if index not in out.coming | out.over for c in f.claims),
            url=record.urls[0] if record.urls else "",
            digest=version.snapshots[0] if version.snapshots else "",
            announced=tuple(c for index in sorted(out.coming) for c in telling[index].claims),
            notices=tuple(dated(notice, f.language or record.language, seen) for f in standing for notice in f.notices),
            title=version.title,
            reverted=stand.reverted,
        )

    def _fresh_until(self, record: DocumentRecord) -> datetime | None:
        """A page that has not answered our checks for STALE says nothing of the present.

        One that was not asked again does not get stale, however long ago that was: an archive's text, and a page
        whose turn comes later in the first round after a long pause.
        """
        failing = [check for check in self._store.checks(record.key) if check.failures]
        answered = [check.last_success for check in failing if check.last_success]
        return min(answered) + STALE if answered else None


def without(rejected: Set[tuple[str, str]], block: Block, findings: Findings) -> Findings:
    """The findings less the claims that a reader has rejected."""
    kept = tuple(claim for claim in findings.claims if (block.id, claim.practice) not in rejected)
    return findings if len(kept) == len(findings.claims) else replace(findings, claims=kept)
