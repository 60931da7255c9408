"""What follows from the stored versions: ledger, gaps, events; and the deliveries of what is new."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files

from tracker.alerts.routing import due, wants
from tracker.config import Channel, Config
from tracker.gaps import BEGINS, FLAP, WORD, assess, heeded, revived
from tracker.model import Assessment, DocumentKey, Event, EventKind, Gap, GapStatus, VersionRecord
from tracker.pipeline.histories import Histories
from tracker.pipeline.inhibition import host_outage
from tracker.practices.detector import detector
from tracker.store import Store

DOUBTED = 2 * FLAP  # what is told of a change waits as long at the most, for it may be undone


@dataclass(frozen=True, slots=True)
class Concluded:
    """New events: ``news`` is told; of ``past`` other rules, or what was configured then, kept silent, and so do we."""

    news: tuple[Event, ...] = ()
    past: tuple[Event, ...] = ()


class Assessor:
    """Computes what follows from the stored versions of a service, and records what is new.

    Everything is computed from the whole history each time (law 1): an event has the same id on every computation,
    so that recording is idempotent and nothing depends on when it was done.
    """

    def __init__(self, config: Config, store: Store) -> None:
        self._config = config
        self._store = store
        self._histories = Histories(config, store)
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
        if self._store.read_by_others(self._detector.version):
            self._begin_anew(now)
        changed = set(self._store.unsettled())
        for service in sorted(changed):
            with self._store.transaction():
                self._read(service)
            self._forget(service)
        fresh: list[Event] = []
        with self._store.transaction():
            for service in sorted(self._concerned(changed)):
                fresh += self.conclude(service, now, tell=False).past
                self._forget(service)
        with self._store.transaction():
            for service in changed:
                self._store.settle(service)
            self._store.forget_readings_of_others(self._detector.version)
        return tuple(fresh)

    def settle(self, service: str, now: datetime) -> None:
        """:meth:`catch_up` for one service, where that can be told already.

        What is bound up with others, of which more may be stored yet, is left to :meth:`catch_up`, and so is all where
        another detector has read anything.
        """
        entry = next((each for each in self._config.services if each.name == service), None)
        bound = entry is not None and bool(entry.uses or entry.formerly)
        alone = not bound and self._concerned({service}) == {service}
        if service not in self._store.unsettled() or not alone or self._store.read_by_others(self._detector.version):
            return
        with self._store.transaction():
            self._read(service)
            self.conclude(service, now, tell=False)
            self._store.settle(service)
        self._forget(service)

    def _read(self, service: str) -> None:
        for record in self._store.documents(service):
            self.read_new(self._store.versions(record.key), record.language)

    def _forget(self, service: str) -> None:
        """So that no more than one service's history is held at a time."""
        for record in self._store.documents(service):
            self.changed(record.key)

    def _begin_anew(self, now: datetime) -> None:
        """Before all is read again, what the former readings have to tell by now is told: it is not of our learning.

        Every service is marked in the same transaction, so that whoever is interrupted goes on in silence.
        """
        waiting = set(self._store.unsettled())
        for service in sorted({record.key.service for record in self._store.documents()} - waiting):
            with self._store.transaction():
                self.conclude(service, now, tell=True)
                self._store.unsettle(service)

    def tell_what_waits(self, now: datetime) -> None:
        """Before an archive is mixed in, or all is computed anew, what a round that was cut off has left is told.

        Whoever works out what follows from the mixture tells nothing.
        """
        watched = {check.document.service for check in self._store.checks()} - set(self._store.unsettled())
        for service in sorted(self._concerned(watched)):
            with self._store.transaction():
                self.conclude(service, now, tell=True)
        for record in self._store.documents():
            self.changed(record.key)

    def _concerned(self, changed: Set[str]) -> set[str]:
        """The services that what is stored of some others bears upon, these included."""
        using = {entry.name for entry in self._config.services if changed & {key.service for key in entry.uses}}
        return {self._histories.current_name(service) for service in changed} | using

    def conclude_all(self, changed: Set[str], now: datetime) -> Concluded:
        """:meth:`conclude`, and tell, for all services that what is stored of some bears upon."""
        found: list[Concluded] = []
        for service in sorted(self._concerned(changed)):
            found.append(self.conclude(service, now, tell=True))
            self._forget(service)
        return Concluded(tuple(e for each in found for e in each.news), tuple(e for each in found for e in each.past))

    def conclude(self, service: str, now: datetime, *, tell: bool) -> Concluded:
        """Records the events that are new and, if they are to be told, their deliveries.  Returns the new ones.

        Belongs into the transaction that brought the evidence.
        """
        name, found = self._histories.current_name(service), self.assessment(service, now)
        rules = self._rules(name)
        settled = self._settled(name, rules, now) if tell else None
        self._store.name_gaps(name, found.gaps)
        self._store.note_conclusion(name, rules, now)
        if not tell:
            return Concluded(past=self._store.add_events(found.events))
        self._remind(found.gaps, now)
        past = self._store.add_events(event for event in found.events if settled and event.at < settled)
        return Concluded(self.tell(found.events, now), past)

    def _settled(self, service: str, rules: str, now: datetime) -> datetime | None:
        """Before when nothing is news, for other rules, or what was configured then, have told it or kept silent (law
        6), or because an archive is being taken in beside us; None: it is all by what holds now."""
        former = next(filter(None, map(self._store.concluded, self._histories.names(service))), None)
        if service in self._concerned(set(self._store.unsettled())):
            return (former[1] if former else now) - DOUBTED
        return None if former is None or former[0] == rules else former[1] - DOUBTED

    def _rules(self, service: str) -> str:
        """A digest of the rules and the configuration by which it is decided what follows for a service."""
        return hashlib.sha256(f"{_code()}\n{self._histories.terms(service)}".encode()).hexdigest()[:16]

    def heed(self, block: str, now: datetime) -> tuple[Event, ...]:
        """Records what follows from a reader's word on what a block says, just stored.  Returns the new events.

        Told is what it ends or begins now: what it changes of the past is no news.  Belongs into the transaction
        that stores the word.
        """
        fresh: tuple[Event, ...] = ()
        keys = self._store.documents_with(block)
        for key in keys:
            self.changed(key)
        for service in sorted(self._concerned({key.service for key in keys})):
            found = self.assessment(service, now)
            self._store.name_gaps(service, found.gaps)
            standing = {gap.id for gap in found.gaps if gap.status in (GapStatus.OPEN, GapStatus.PARTIAL)}
            news = [e for e in found.events if (e.gap in standing and e.kind in BEGINS) or e.id.startswith(WORD)]
            quiet = self._store.add_events(event for event in found.events if event not in news)
            fresh += (*quiet, *self.tell(news, now))
            again = [gap for gap in found.gaps if gap.id in standing & self._withdrawn_by_word(service)]
            fresh += self.tell([revived(gap, now) for gap in again], now)
        return fresh

    def _withdrawn_by_word(self, service: str) -> set[str]:
        """The gaps of which the last that was recorded is that a reader's word withdrew them."""
        last = {event.gap: event for event in self._store.events(service) if event.gap}
        withdrawn = (e for e in last.values() if e.kind is EventKind.GAP_WITHDRAWN and e.id.startswith(WORD))
        return {event.gap for event in withdrawn if event.gap}

    def tell(self, events: Iterable[Event], now: datetime) -> tuple[Event, ...]:
        """Records events with a delivery to each channel that wants them; returns those that were new."""
        fresh = self._store.add_events(events)
        for event in fresh:
            self._enqueue(event, now)
        return fresh

    def tell_outages(self, events: Iterable[Event], now: datetime) -> tuple[Event, ...]:
        """:meth:`tell` for pages that are lost, or back: when a host is down, a channel is told once for all its pages.

        Each check finds a lost page anew, so that what another page of its host has told is told by itself as soon as
        that host answers again.  That a page is back is told to those who were told that it is lost.
        """
        fresh: list[Event] = []
        for event in events:
            host = host_outage(event, self._store.checks())
            lost = self._store.told_of_losses(host.since) if host else ()
            spared = {channel for summary, channel in lost if host and host.told_by(summary)}
            told = host.event if host and any(c.name not in spared for c in self._listeners(event)) else event
            fresh += self._store.add_events([told])
            self._enqueue(told, now, spared)
        return tuple(fresh)

    def _enqueue(self, event: Event, now: datetime, spared: Set[str] = frozenset()) -> None:
        for channel in self._listeners(event):
            if channel.name not in spared:
                self._store.enqueue(event, channel.name, due(channel, now))

    def _listeners(self, event: Event) -> list[Channel]:
        """The channels that want it; that a page is back, those that were told that it is lost."""
        back = event.kind is EventKind.DOCUMENT_BACK
        wanting = (channel for channel in self._config.channels if wants(channel, event))
        return [channel for channel in wanting if not back or self._store.told_lost(event, channel.name)]

    def _remind(self, gaps: Iterable[Gap], now: datetime) -> None:
        """Tells again of gaps that are still open, to channels that want to be reminded and were told long ago."""
        gaps = tuple(gaps)
        self._store.drop_reminders(gap.id for gap in gaps if gap.status in (GapStatus.CLOSED, GapStatus.WITHDRAWN))
        still = [gap.id for gap in gaps if gap.status in (GapStatus.OPEN, GapStatus.PARTIAL)]
        for channel in self._config.channels:
            for told in self._store.told_of(still, channel.name) if channel.repeat and still else ():
                if told.sent_at and channel.repeat and now - told.sent_at >= channel.repeat:
                    self._store.enqueue(told.event, channel.name, due(channel, now), told.repetition + 1)

    def assessment(self, service: str, now: datetime) -> Assessment:
        """Ledger, gaps and events of a service as they stand at ``now``."""
        service = self._histories.current_name(service)
        names = self._store.gap_names(self._histories.names(service))
        found = assess(self._histories.of(service, now), now, self._weights, names)
        words = self._histories.rejected(service)
        if not words:
            return found
        unheeded = assess(self._histories.of(service, now, heeding=False), now, self._weights, names)
        return heeded(found, unheeded.gaps, words, names)

    def services(self) -> tuple[str, ...]:
        """The services of which anything is stored, under the names they bear now."""
        return tuple(sorted({self._histories.current_name(each.key.service) for each in self._store.documents()}))

    def changed(self, document: DocumentKey) -> None:
        """Something was stored of the document: what was known of it is read again when it is next needed."""
        self._histories.forget(document)


@cache
def _code() -> str:
    """A digest of the code that decides what follows from what was read."""
    code = sorted((file.name, file.read_bytes()) for file in files("tracker.gaps").iterdir() if file.is_file())
    return hashlib.sha256(b"".join(body for _, body in code)).hexdigest()
