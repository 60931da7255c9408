"""Documents, how their checks go, and who is checking them just now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tracker.config import Document
from tracker.errors import StoreError
from tracker.model import CheckRecord, DocumentKey, DocumentRecord, Kind, NotModified, Snapshot
from tracker.store.encoding import list_text, optional_time_of, strings_of, time_of, time_text
from tracker.store.file import DatabaseFile, Part


class Documents(Part):
    def __init__(self, file: DatabaseFile) -> None:
        super().__init__(file)
        self._document_ids: dict[DocumentKey, int] = {}
        file.caches.append(self._document_ids)

    def register(self, document: Document, now: datetime) -> None:
        """Make the document known, or bring its kind, addresses, language and region up to date."""
        self._file.run(
            "INSERT INTO documents (service, name, kind, urls, language, region, added) VALUES (?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (service, name) DO UPDATE SET kind = excluded.kind, urls = excluded.urls,"
            " language = excluded.language, region = excluded.region",
            (
                document.key.service,
                document.key.document,
                document.kind.value,
                list_text(document.urls),
                document.language,
                document.region,
                time_text(now),
            ),
        )

    def documents(self, service: str | None = None) -> tuple[DocumentRecord, ...]:
        """All documents ever registered, or those of a service, by name."""
        rows = self._file.rows(
            "SELECT service, name, kind, urls, added, language, region, archived_until FROM documents"
            " WHERE ?1 IS NULL OR service = ?1 ORDER BY service, name",
            (service,),
        )
        return tuple(
            DocumentRecord(
                key=DocumentKey(of_service, name),
                kind=Kind(kind),
                urls=strings_of(urls),
                added=time_of(added),
                language=language,
                region=region,
                archived_until=optional_time_of(archived_until),
            )
            for of_service, name, kind, urls, added, language, region, archived_until in rows
        )

    def set_archived_until(self, document: DocumentKey, at: datetime) -> None:
        """An imported archive went on to find the document's last text until then.  It never goes back."""
        self._file.run(
            "UPDATE documents SET archived_until = max(coalesce(archived_until, ''), ?) WHERE id = ?",
            (time_text(at), self._document_id(document)),
        )

    def recipe(self, document: DocumentKey) -> str | None:
        """What identifies the way its pages were read last; None: none was."""
        row = self._file.row("SELECT recipe FROM documents WHERE id = ?", (self._document_id(document),))
        return None if row is None else row[0]

    def set_recipe(self, document: DocumentKey, recipe: str) -> None:
        self._file.run("UPDATE documents SET recipe = ? WHERE id = ?", (recipe, self._document_id(document)))

    def record_success(self, result: Snapshot | NotModified) -> None:
        """The address answered.  A page's validators are kept for the next conditional request (RFC 9110, 13.1)."""
        etag = result.header("ETag") if isinstance(result, Snapshot) else None
        last_modified = result.header("Last-Modified") if isinstance(result, Snapshot) else None
        self._file.run(
            "INSERT INTO checks (document, url, last_attempt, last_success, failures, error, etag, last_modified)"
            " VALUES (?1, ?2, ?3, ?3, 0, '', ?4, ?5)"
            " ON CONFLICT (document, url) DO UPDATE SET last_attempt = ?3, last_success = ?3, failures = 0, error = '',"
            " etag = iif(?6, etag, ?4), last_modified = iif(?6, last_modified, ?5)",
            (
                self._document_id(result.document),
                result.url,
                time_text(result.fetched_at),
                etag,
                last_modified,
                isinstance(result, NotModified),
            ),
        )

    def record_failure(self, document: DocumentKey, url: str, at: datetime, error: str) -> int:
        """The address did not answer, or not with the document.  Returns how often in a row that makes."""
        self._file.run(
            "INSERT INTO checks (document, url, last_attempt, failures, error) VALUES (?1, ?2, ?3, 1, ?4)"
            " ON CONFLICT (document, url) DO UPDATE SET last_attempt = ?3, failures = failures + 1, error = ?4",
            (self._document_id(document), url, time_text(at), error),
        )
        return next(check.failures for check in self.checks(document) if check.url == url)

    def checks(self, document: DocumentKey | None = None) -> tuple[CheckRecord, ...]:
        """How the checks go, of all addresses or those of one document."""
        service, name = (document.service, document.document) if document else (None, None)
        rows = self._file.rows(
            "SELECT d.service, d.name, c.url, c.last_attempt, c.last_success, c.failures, c.error, c.etag,"
            " c.last_modified, c.browser_since, c.doubts, c.doubted_since"
            " FROM checks c JOIN documents d ON d.id = c.document"
            " WHERE ?1 IS NULL OR (d.service = ?1 AND d.name = ?2) ORDER BY d.service, d.name, c.url",
            (service, name),
        )
        return tuple(
            CheckRecord(
                document=DocumentKey(row[0], row[1]),
                url=row[2],
                last_attempt=time_of(row[3]),
                last_success=optional_time_of(row[4]),
                failures=row[5],
                error=row[6],
                etag=row[7],
                last_modified=row[8],
                browser_since=optional_time_of(row[9]),
                doubts=row[10],
                doubted_since=optional_time_of(row[11]),
            )
            for row in rows
        )

    def record_browser(self, document: DocumentKey, url: str, at: datetime) -> None:
        """From now on only a browser gets text out of the page; what was recorded first stays."""
        self._file.run(
            "UPDATE checks SET browser_since = coalesce(browser_since, ?) WHERE document = ? AND url = ?",
            (time_text(at), self._document_id(document), url),
        )

    def record_doubt(self, document: DocumentKey, url: str, at: datetime, reason: str) -> None:
        """The address answered with something that is not the page."""
        self._file.run(
            "UPDATE checks SET doubts = doubts + 1, doubted_since = coalesce(doubted_since, ?), error = ?"
            " WHERE document = ? AND url = ?",
            (time_text(at), reason, self._document_id(document), url),
        )

    def clear_doubts(self, document: DocumentKey) -> None:
        """All its pages are themselves again."""
        self._file.run(
            "UPDATE checks SET doubts = 0, doubted_since = NULL WHERE document = ? AND doubts > 0",
            (self._document_id(document),),
        )

    def forget_checks(self, document: DocumentKey, urls: Sequence[str]) -> None:
        """Only these addresses are the document's now."""
        self._file.run(
            "DELETE FROM checks WHERE document = ? AND url NOT IN (SELECT value FROM json_each(?))",
            (self._document_id(document), list_text(urls)),
        )

    def lease(self, document: DocumentKey, owner: str, now: datetime, until: datetime) -> bool:
        """Ask to be the only one who checks the document until then; False if somebody else is.

        ``owner`` names the asking process, anew at each start.  A lease ends by itself, so that one who was killed
        blocks nobody for long; asking again prolongs one's own.  One that lasts for twice as long as is asked for was
        given by a clock that was ahead, and has ended.
        """
        cursor = self._file.run(
            "INSERT INTO leases (document, owner, until) VALUES (?1, ?2, ?3)"
            " ON CONFLICT (document) DO UPDATE SET owner = ?2, until = ?3"
            " WHERE owner = ?2 OR until <= ?4 OR until > ?5",
            (self._document_id(document), owner, time_text(until), time_text(now), time_text(until + (until - now))),
        )
        return cursor.rowcount > 0

    def holds(self, document: DocumentKey, owner: str) -> bool:
        """Whether the lease is still the owner's: it may have ended, but nobody else has taken it since."""
        row = self._file.row(
            "SELECT 1 FROM leases WHERE document = ? AND owner = ?", (self._document_id(document), owner)
        )
        return row is not None

    def release(self, document: DocumentKey, owner: str) -> None:
        """Give the lease back before it ends.  Nothing happens if it is another's by now."""
        self._file.run("DELETE FROM leases WHERE document = ? AND owner = ?", (self._document_id(document), owner))

    def _document_id(self, key: DocumentKey) -> int:
        found = self._document_ids.get(key)
        if found is None:
            row = self._file.row("SELECT id FROM documents WHERE service = ? AND name = ?", (key.service, key.document))
            if row is None:
                raise StoreError("is not in the database: register it first", document=key)
            found = self._document_ids[key] = int(row[0])
        return found
