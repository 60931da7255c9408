"""What a document said from when to when."""

from __future__ import annotations

import json
from datetime import datetime

from tracker.errors import StoreError
from tracker.model import Cause, DocumentKey, Standing, Version, VersionRecord
from tracker.store.documents import Documents
from tracker.store.encoding import (
    Row,
    list_text,
    optional_time_of,
    optional_time_text,
    strings_of,
    time_of,
    time_text,
)
from tracker.store.passages import Passages

_COLUMNS = (
    "number, observed_at, last_seen, confirmed_at, cause, standing, confirmations, reason, equals, edition, title,"
    " language, fingerprint, snapshots, passages"
)


class Versions(Documents, Passages):
    def add_version(self, version: Version, fingerprint: str) -> int:
        """Add it after the document's last one, with its blocks; returns the number it is given.

        ``version.number`` is not looked at.  Belongs into a transaction.
        """
        passages = self.intern(version.blocks)
        document = self._document_id(version.document)
        (last,) = self._file.rows("SELECT coalesce(max(number), 0) FROM versions WHERE document = ?", (document,))[0]
        self._file.run(
            f"INSERT INTO versions ({_COLUMNS}, document)"  # noqa: S608  # constants only
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                last + 1,
                time_text(version.observed_at),
                time_text(version.last_seen),
                optional_time_text(version.confirmed_at),
                version.cause.value,
                version.standing.value,
                0,
                version.reason,
                version.equals,
                version.edition,
                version.title,
                version.language,
                fingerprint,
                list_text(version.snapshots),
                list_text(passages),
                document,
            ),
        )
        return int(last) + 1

    def set_standing(
        self,
        document: DocumentKey,
        number: int,
        standing: Standing,
        *,
        reason: str,
        confirmed_at: datetime | None,
        confirmations: int = 0,
    ) -> None:
        """What became of a held version; ``confirmations`` counts the further sightings that agreed."""
        self._update(
            document,
            number,
            "standing = ?, reason = ?, confirmed_at = ?, confirmations = ?",
            (standing.value, reason, optional_time_text(confirmed_at), confirmations),
        )

    def set_last_seen(self, document: DocumentKey, number: int, at: datetime) -> None:
        """It was found again.  An earlier time than the one known changes nothing."""
        self._update(document, number, "last_seen = max(last_seen, ?)", (time_text(at),))

    def _update(self, document: DocumentKey, number: int, assignments: str, values: Row) -> None:
        cursor = self._file.run(
            f"UPDATE versions SET {assignments} WHERE document = ? AND number = ?",  # noqa: S608  # constants only
            (*values, self._document_id(document), number),
        )
        if cursor.rowcount != 1:
            raise StoreError(f"has no version {number}", document=document)

    def versions(self, document: DocumentKey) -> tuple[VersionRecord, ...]:
        """All versions of any standing, by number."""
        rows = self._file.rows(
            f"SELECT {_COLUMNS} FROM versions WHERE document = ? ORDER BY number",  # noqa: S608  # constants only
            (self._document_id(document),),
        )
        return tuple(_record(document, row) for row in rows)

    def version(self, document: DocumentKey, number: int) -> Version | None:
        """One version with its blocks; None if there is none of that number."""
        row = self._file.row(
            f"SELECT {_COLUMNS} FROM versions WHERE document = ? AND number = ?",  # noqa: S608  # constants only
            (self._document_id(document), number),
        )
        return None if row is None else self.with_blocks(_record(document, row))

    def with_blocks(self, record: VersionRecord) -> Version:
        return Version(
            document=record.document,
            number=record.number,
            observed_at=record.observed_at,
            last_seen=record.last_seen,
            cause=record.cause,
            standing=record.standing,
            blocks=self.blocks(record.passages),
            snapshots=record.snapshots,
            title=record.title,
            language=record.language,
            edition=record.edition,
            reason=record.reason,
            equals=record.equals,
            confirmed_at=record.confirmed_at,
        )

    def forget_versions(self, document: DocumentKey) -> None:
        """Drop all its versions, which can be read again from :meth:`Store.observations`.  Blocks are kept."""
        self._file.require_transaction()
        self._file.run("DELETE FROM versions WHERE document = ?", (self._document_id(document),))


def _record(document: DocumentKey, row: Row) -> VersionRecord:
    number, observed_at, last_seen, confirmed_at, cause, standing, confirmations, reason, equals, edition = row[:10]
    title, language, fingerprint, snapshots, passages = row[10:]
    return VersionRecord(
        document=document,
        number=number,
        observed_at=time_of(observed_at),
        last_seen=time_of(last_seen),
        cause=Cause(cause),
        standing=Standing(standing),
        fingerprint=fingerprint,
        passages=tuple(json.loads(passages)),
        snapshots=strings_of(snapshots),
        title=title,
        language=language,
        edition=edition,
        reason=reason,
        equals=equals,
        confirmed_at=optional_time_of(confirmed_at),
        confirmations=confirmations,
    )
