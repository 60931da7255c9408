"""Texts seen → versions in the store.  The same decisions for a page fetched now and for one of an archive."""

from __future__ import annotations

from datetime import datetime, timedelta

from tracker.gaps import (
    Edition,
    Face,
    Known,
    Place,
    Placement,
    Sighting,
    edition_of,
    face_of,
    place,
    record,
    settle,
    title_of,
)
from tracker.model import Cause, DocumentKey, Extract, Standing, Version, VersionRecord
from tracker.pipeline.text import Text
from tracker.store import Store

# How often Open Terms Archive looks unless told otherwise (its configuration's `trackingSchedule`: twice a day).
ARCHIVE_INTERVAL = timedelta(hours=12)
ARCHIVE_CONFIRM = 1  # law 5: in an imported history a change is confirmed by standing for one check interval


class Intake:
    """Places texts one after the other.  Belongs into a transaction of its store, whose only writer it is.

    What is known of a document is read once and then kept in step, so that a long history is not read again for
    each of its texts.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[DocumentKey, tuple[Known, ...]] = {}
        self._latest: dict[DocumentKey, dict[int, VersionRecord]] = {}
        self._faces: dict[DocumentKey, dict[int, Face]] = {}
        self._edition: dict[DocumentKey, int] = {}
        store.keep_in_step(self._known)

    def known(self, key: DocumentKey) -> tuple[Known, ...]:
        if key not in self._known:
            rows = self._store.versions(key)
            self._known[key] = tuple(known_of(row) for row in rows)
            self._latest[key] = {row.edition: row for row in rows if row.standing is not Standing.IMPLAUSIBLE}
            last = max(self._latest[key].values(), key=lambda row: row.number, default=None)
            self._edition[key] = last.edition if last else 1
            self._faces.pop(key, None)  # they may be of texts whose transaction failed
        return self._known[key]

    def _faces_of(self, key: DocumentKey) -> dict[int, Face]:
        """By what each of its editions is recognised: read once a new text is to be placed among them."""
        if key not in self._faces:
            self._faces[key] = {
                edition: face_of(row.title, row.language, self._store.blocks(row.passages))
                for edition, row in self._latest.pop(key).items()
            }
        return self._faces[key]

    def forget(self, key: DocumentKey) -> None:
        """No other text of the document is coming."""
        for kept in (self._known, self._latest, self._faces, self._edition):
            kept.pop(key, None)

    def see(
        self, key: DocumentKey, text: Text, at: datetime, cause: Cause, digests: tuple[str, ...], confirm: int
    ) -> Placement:
        """A text found on the live page: ``confirm`` further fetches must agree before a change counts."""
        sighting = sighting_of(text, at, cause)
        decision = place(self.known(key), sighting, confirm)
        self._apply(key, sighting, decision, text.extract, digests)
        return decision

    def see_again(self, key: DocumentKey, at: datetime, confirm: int) -> Placement | None:
        """The page still shows what it showed last; None if it never showed the document."""
        known = self.known(key)
        shown = max(known, key=lambda each: (each.last_seen, each.number), default=None)
        if shown is None:
            return None
        plausible = shown.standing is not Standing.IMPLAUSIBLE
        sighting = Sighting(shown.fingerprint, at, Cause.SOURCE, plausible, shown.reason)
        decision = place(known, sighting, confirm)
        self._apply(key, sighting, decision, None, ())
        return decision

    def remember(self, key: DocumentKey, text: Text, at: datetime, cause: Cause, digests: tuple[str, ...]) -> Placement:
        """A text of an archive that recorded only changes."""
        sighting = sighting_of(text, at, cause)
        placed = settle(self.known(key), [sighting], ARCHIVE_CONFIRM, ARCHIVE_INTERVAL, None)
        for seen, decision in placed:
            self._apply(key, seen, decision, text.extract if seen is sighting else None, digests)
        return placed[-1][1]

    def archive_ends(self, key: DocumentKey, until: datetime) -> None:
        """The archive went on to find the document's last text until then."""
        for seen, decision in settle(self.known(key), [], ARCHIVE_CONFIRM, ARCHIVE_INTERVAL, until):
            self._apply(key, seen, decision, None, ())

    def _apply(
        self,
        key: DocumentKey,
        sighting: Sighting,
        decision: Placement,
        extract: Extract | None,
        digests: tuple[str, ...],
    ) -> None:
        store, before = self._store, self.known(key)
        self._known[key] = record(before, sighting, decision)
        for number in decision.undone:
            store.set_standing(key, number, Standing.UNDONE, reason=decision.because, confirmed_at=None)
        if decision.place is Place.NEW:
            if extract is None:
                raise AssertionError("a text that was not read again cannot be a new one")
            store.add_version(self._version(key, sighting, decision, extract, digests), sighting.fingerprint)
            return
        store.set_last_seen(key, decision.number, sighting.at)
        former = next(each for each in before if each.number == decision.number)
        if (former.standing, former.confirmations) != (decision.standing, decision.confirmations):
            store.set_standing(
                key,
                decision.number,
                decision.standing,
                reason=decision.reason,
                confirmed_at=decision.confirmed_at,
                confirmations=decision.confirmations,
            )

    def _version(
        self, key: DocumentKey, sighting: Sighting, decision: Placement, extract: Extract, digests: tuple[str, ...]
    ) -> Version:
        edition = self._place_edition(key, extract) if sighting.plausible else Edition(self._edition[key])
        return Version(
            document=key,
            number=decision.number,
            observed_at=sighting.at,
            last_seen=sighting.at,
            cause=decision.cause,
            standing=decision.standing,
            blocks=extract.blocks,
            snapshots=digests,
            title=title_of(extract.title, extract.blocks),
            language=extract.language,
            edition=edition.number,
            reason=decision.reason or edition.reason,
            equals=decision.equals,
            confirmed_at=decision.confirmed_at,
        )

    def _place_edition(self, key: DocumentKey, extract: Extract) -> Edition:
        """Which edition of the document a text is, against the latest text of each that it had."""
        face, faces = face_of(extract.title, extract.language, extract.blocks), self._faces_of(key)
        edition = edition_of(faces, self._edition[key], face) if faces else Edition(1)
        faces[edition.number] = face
        self._edition[key] = edition.number
        return edition


def sighting_of(text: Text, at: datetime, cause: Cause) -> Sighting:
    return Sighting(text.fingerprint, at, cause, text.verdict.plausible, text.verdict.reason)


def known_of(version: VersionRecord) -> Known:
    """A stored version as the timeline sees it."""
    return Known(
        number=version.number,
        fingerprint=version.fingerprint,
        observed_at=version.observed_at,
        last_seen=version.last_seen,
        standing=version.standing,
        cause=version.cause,
        confirmations=version.confirmations,
        equals=version.equals,
        reason=version.reason,
        confirmed_at=version.confirmed_at,
    )
