"""Stored versions → a service's history as the gap rules see it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

from tracker.config import Config, Service
from tracker.gaps import Known, Stand, doubted_from, stands, words_changed
from tracker.model import (
    Block,
    DocumentHistory,
    DocumentKey,
    DocumentRecord,
    Findings,
    Reading,
    Rejection,
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
_BEGINNING = 60  # passages by which the language of a text is told


@dataclass(frozen=True, slots=True)
class Kept:
    """A document's history with its versions, and the rejections that strike out anything it was read to say."""

    history: DocumentHistory
    known: tuple[Known, ...]
    struck: tuple[Rejection, ...]


class Histories:
    """Reads each document once and keeps it until :meth:`forget`: make a new one for every round."""

    def __init__(self, config: Config, store: Store) -> None:
        self._config = config
        self._store = store
        self._kept: dict[tuple[DocumentKey, bool], Kept] = {}
        store.keep_in_step(self._kept)

    def forget(self, document: DocumentKey) -> None:
        for heeding in (True, False):
            self._kept.pop((document, heeding), None)

    def current_name(self, service: str) -> str:
        """The name that a service bears now, if ``service`` is a former one of a configured service."""
        return next((entry.name for entry in self._config.services if service in entry.formerly), service)

    def names(self, service: str) -> tuple[str, ...]:
        """The name that a service bears now, then those that it bore."""
        configured = self._configured(service)
        return (service, *(configured.formerly if configured else ()))

    def terms(self, service: str) -> str:
        """What of the configuration decides on what follows for a service, as one text."""
        configured = self._configured(service)
        own = (configured.formerly, configured.uses, configured.binding) if configured else ()
        documents = ((record.key, record.kind, record.region) for record in self._documents(service))
        return "\n".join(" ".join(map(str, part)) for part in (*own, *documents))

    def of(self, service: str, now: datetime, *, heeding: bool = True) -> ServiceHistory:
        """The service's documents, and those of others that bind it too, as the gap rules see them at a time;
        without the claims that a reader has rejected, or (not ``heeding``) with them."""
        configured = self._configured(service)
        kept = [self._document(record, heeding) for record in self._documents(service)]
        documents = [replace(each.history, doubted_from=doubted_from(each.known, now)) for each in kept]
        formerly, binding = (configured.formerly, configured.binding) if configured else ((), ())
        return ServiceHistory(service, united(service, formerly, documents), binding)

    def rejected(self, service: str) -> tuple[Rejection, ...]:
        """The rejections that strike out anything that a document of the service was read to say, oldest first."""
        struck = {word for record in self._documents(service) for word in self._document(record, True).struck}
        return tuple(sorted(struck, key=lambda each: (each.at, each.block, each.practice)))

    def _configured(self, service: str) -> Service | None:
        return next((entry for entry in self._config.services if entry.name == service), None)

    def _documents(self, service: str) -> list[DocumentRecord]:
        """The service's own documents, under all its names, and those of others that bind it too."""
        configured = self._configured(service)
        uses, formerly = (configured.uses, configured.formerly) if configured else ((), ())
        own = {service, *formerly}
        records = [r for name in sorted({*own, *(key.service for key in uses)}) for r in self._store.documents(name)]
        return [record for record in records if record.key.service in own or record.key in uses]

    def _document(self, record: DocumentRecord, heeding: bool) -> Kept:  # half of the key
        if (record.key, heeding) not in self._kept:
            self._kept[record.key, heeding] = self._read(record, self._store.rejections() if heeding else ())
        return self._kept[record.key, heeding]

    def _read(self, record: DocumentRecord, rejections: Sequence[Rejection]) -> Kept:
        """A document's versions that count with what they say; versions of one text share their passages."""
        rejected = {(entry.block, entry.practice): entry for entry in rejections}
        versions = {version.number: version for version in self._store.versions(record.key)}
        known = tuple(known_of(version) for version in versions.values())
        standing = stands(known)
        found = self._store.findings({passage for stand in standing for passage in versions[stand.number].passages})
        blocks = dict(zip(found, self._store.blocks(found), strict=True))
        said = {each: (blocks[each], without(rejected.keys(), blocks[each], found[each])) for each in found}
        read = {(blocks[each].id, claim.practice) for each in found for claim in found[each].claims}
        readings = [self._reading(record, stand, versions[stand.number], said) for stand in standing]
        if record.kind.binding:
            unread = self._unread([versions[stand.number] for stand in standing])
            readings = [replace(reading, unread=each) for reading, each in zip(readings, unread, strict=True)]
        if record.kind.binding or record.kind.informal:  # of no other kind is a change told
            extents = self._extents([versions[stand.number] for stand in standing], said)
            readings = [
                replace(reading, changed=words, kept=kept)
                for reading, (words, kept) in zip(readings, extents, strict=True)
            ]
        fresh_until = self._fresh_until(record)
        history = DocumentHistory(
            record.key, record.kind, tuple(readings), record.region, fresh_until, dropped=self._dropped(record)
        )
        return Kept(history, known, tuple(entry for claimed, entry in rejected.items() if claimed in read))

    def _unread(self, versions: Sequence[VersionRecord]) -> Iterator[str]:
        """Of each text the language it is in if we do not read it, else "": asked once for every edition."""
        known: dict[tuple[int, str | None], str] = {}
        for version in versions:
            edition = (version.edition, version.language)
            if edition not in known:
                known[edition] = detector().unread(self._store.blocks(version.passages[:_BEGINNING])) or ""
            yield known[edition]

    def _extents(
        self, versions: Sequence[VersionRecord], said: Mapping[int, tuple[Block, Findings]]
    ) -> Iterator[tuple[int | None, frozenset[str]]]:
        """By how many words each text differs from the one before it, None for the first, and what is quoted from
        paragraphs that stand in both.  A paragraph that speaks of the text itself, as a banner does, is none of it."""
        pairs = [(frozenset[int](), frozenset(versions[0].passages))] if versions else []
        pairs += [(frozenset(former.passages), frozenset(now.passages)) for former, now in pairwise(versions)]
        wanted = sorted({each for former, now in pairs[1:] for each in former ^ now} | said.keys())
        blocks = dict(zip(wanted, self._store.blocks(wanted), strict=True))
        banners = {each for each, (_, findings) in said.items() if findings.notices}
        for number, (former, now) in enumerate(pairs):
            before, after = ({blocks[each].id for each in side if each in blocks} for side in (former, now))
            both = before & after
            quoted = (said[each] for each in (former | now) & said.keys())
            kept = frozenset(claim.quote for block, found in quoted if block.id in both for claim in found.claims)
            if not number:
                yield None, kept
                continue
            sides = ((blocks[each] for each in side - banners) for side in (former - now, now - former))
            gone, come = ([block.text for block in side if block.id not in both] for side in sides)
            yield words_changed(gone, come), kept

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

    def _dropped(self, record: DocumentRecord) -> bool:
        """Whether the page has left the configuration, of which its service is still a part: since its last check
        another page of the service was checked."""
        service = self._configured(self.current_name(record.key.service))
        tracked = {document.key for document in service.documents} if service else {record.key}
        asked = [check.last_attempt for check in self._store.checks(record.key)]
        if record.key in tracked or not asked:
            return False
        since = [check.last_attempt for key in tracked for check in self._store.checks(key)]
        return bool(since) and max(since) > max(asked)

    def _fresh_until(self, record: DocumentRecord) -> datetime | None:
        """A page that has not answered our checks for STALE says nothing of the present.

        One that was not asked again does not get stale, however long ago that was: an archive's text, and a page
        whose turn comes later in the first round after a long pause.
        """
        failing = [check for check in self._store.checks(record.key) if check.failures and check.url in record.urls]
        answered = [check.last_success for check in failing if check.last_success]
        return min(answered) + STALE if answered else None


def without(rejected: Set[tuple[str, str]], block: Block, findings: Findings) -> Findings:
    """The findings less the claims that a reader has rejected."""
    kept = tuple(claim for claim in findings.claims if (block.id, claim.practice) not in rejected)
    return findings if len(kept) == len(findings.claims) else replace(findings, claims=kept)
