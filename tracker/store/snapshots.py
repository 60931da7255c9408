"""Raw pages: the evidence, compressed against each other and verified at every reading."""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import replace

import zstandard

from tracker.errors import DamageError, StoreError
from tracker.model import DocumentKey, NotModified, Snapshot
from tracker.store.documents import Documents
from tracker.store.encoding import Row, list_text, time_of, time_text
from tracker.store.file import DatabaseFile

# Measured on 4,852 versions of 133 documents: higher levels gain little against a former version of the same page,
# and a chain of this length is read in a few milliseconds.
_LEVEL = 3
_KEY_FRAME_EVERY = 64
# What decoders accept without being told otherwise (RFC 8878, section 3.1.1.1.2, recommends at least 8 MB = 2^23;
# the library allows 2^27); larger than a base and a page of the greatest size together.
_LARGEST_WINDOW = 27

_CACHED_BYTES = 8_000_000  # a page is coded and read soon after it was kept, or the one before it
_COLUMNS = (
    "s.id, d.service, d.name, s.url, s.final_url, s.fetched_at, s.status, s.headers, s.media_type, s.origin, s.digest"
)


class Bodies:
    """The bodies last written or read, within a bounded number of bytes: the next one is coded against them."""

    def __init__(self) -> None:
        self._bodies: OrderedDict[int, bytes] = OrderedDict()
        self._size = 0

    def get(self, snapshot: int) -> bytes | None:
        return self._bodies.get(snapshot)

    def put(self, snapshot: int, body: bytes, *, instead_of: int | None = None) -> None:
        """``instead_of`` is a snapshot whose body is not needed any more."""
        if instead_of is not None and instead_of in self._bodies:
            self._size -= len(self._bodies.pop(instead_of))
        self._bodies[snapshot] = body
        self._size += len(body)
        while self._size > _CACHED_BYTES:
            self._size -= len(self._bodies.popitem(last=False)[1])

    def clear(self) -> None:
        self._bodies.clear()
        self._size = 0


class Snapshots(Documents):
    def __init__(self, file: DatabaseFile) -> None:
        super().__init__(file)
        self._bodies = Bodies()
        file.caches.append(self._bodies)

    def add_snapshot(self, snapshot: Snapshot) -> int:
        """Keep the page; returns its number.  Belongs into a transaction.

        A page equal to the one before it (in time) at the same address is not kept again: only the time is noted,
        and the number is that one's.  Adding the same fetch twice changes nothing.
        """
        self._file.require_transaction()
        document, digest, at = self._document_id(snapshot.document), snapshot.digest, time_text(snapshot.fetched_at)
        again = self._file.row(
            "SELECT id, origin IS ? FROM snapshots WHERE document = ? AND url = ? AND fetched_at = ? AND digest = ?",
            (snapshot.origin, document, snapshot.url, at, digest),
        )
        if again and not again[1]:  # an archive may hold a page twice: each of its records is known by its origin
            self._add_sighting(again[0], at, snapshot.origin)
        if again or (again := self._sighted(snapshot, document, digest, at)):
            return int(again[0])
        former = self._file.row(
            "SELECT id, depth, (digest, final_url, status, media_type) = (?, ?, ?, ?) FROM snapshots"
            " WHERE document = ? AND url = ? AND fetched_at <= ? ORDER BY fetched_at DESC, id DESC LIMIT 1",
            (digest, snapshot.final_url, snapshot.status, snapshot.media_type, document, snapshot.url, at),
        )
        if former and former[2]:
            self._add_sighting(former[0], at, snapshot.origin)
            return int(former[0])
        base, depth = (former[0], former[1] + 1) if former and former[1] + 1 < _KEY_FRAME_EVERY else (None, 0)
        try:
            body = compressed(snapshot.body, None if base is None else self._body(base))
        except DamageError:  # what was kept is lost; what comes now is not
            base, depth, body = None, 0, compressed(snapshot.body, None)
        number = self._file.run(
            "INSERT INTO snapshots (document, url, final_url, fetched_at, status, media_type, headers, origin, digest,"
            " base, depth, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(document, snapshot.url, snapshot.final_url, at, snapshot.status, snapshot.media_type),
                *(list_text(snapshot.headers), snapshot.origin, digest, base, depth, body),
            ),
        ).lastrowid
        assert number is not None  # noqa: S101  # an INSERT of one row has its number
        self._bodies.put(number, snapshot.body, instead_of=former[0] if former else None)
        return number

    def sight(self, result: NotModified) -> None:
        """Note that the last page of the address was still there.  Belongs into a transaction.

        Raises StoreError if no page of the address was ever kept.
        """
        self._file.require_transaction()
        number = self._latest(result.document).get(result.url)
        if number is None:
            raise StoreError("no page is stored that could be unmodified", document=result.document, url=result.url)
        self._add_sighting(number[0], time_text(result.fetched_at), None)

    def _sighted(self, snapshot: Snapshot, document: int, digest: str, at: str) -> Row | None:
        """The page as whose sighting this very fetch was noted, before another one came in between."""
        return self._file.row(
            "SELECT s.id FROM snapshots s JOIN sightings i ON i.snapshot = s.id AND i.fetched_at = ? AND i.origin = ?"
            " WHERE s.digest = ? AND s.document = ? AND s.url = ?",
            (at, snapshot.origin or "", digest, document, snapshot.url),
        )

    def _add_sighting(self, snapshot: int, at: str, origin: str | None) -> None:
        self._file.run(
            "INSERT OR IGNORE INTO sightings (snapshot, fetched_at, origin) VALUES (?, ?, ?)",
            (snapshot, at, origin or ""),
        )

    def snapshot(self, reference: int | str, document: DocumentKey | None = None) -> Snapshot | None:
        """By its number, or the oldest by the digest of its body; None if there is none.

        Different documents may have had equal bodies: ``document`` says whose is meant.
        Raises DamageError if the bytes are no longer those that were fetched.
        """
        column = "id" if isinstance(reference, int) else "digest"
        row = self._file.row(
            f"SELECT {_COLUMNS} FROM snapshots s JOIN documents d ON d.id = s.document"  # noqa: S608  # constants only
            f" WHERE s.{column} = ?1 AND (?2 IS NULL OR s.document = ?2) ORDER BY s.fetched_at, s.id LIMIT 1",
            (reference, document and self._document_id(document)),
        )
        return None if row is None else self._page(row)

    def latest_digests(self, document: DocumentKey) -> dict[str, str]:
        """The digest of the page last seen at each of the document's addresses."""
        return {url: digest for url, (_, digest) in self._latest(document).items()}

    def _latest(self, document: DocumentKey) -> dict[str, tuple[int, str]]:
        """Number and digest of the page last seen at each address.  A later seen one may have been kept earlier."""
        rows = self._file.rows(
            "SELECT s.url, s.id, s.digest FROM snapshots s WHERE s.document = ? ORDER BY max(s.fetched_at,"
            " coalesce((SELECT max(i.fetched_at) FROM sightings i WHERE i.snapshot = s.id), '')), s.id",
            (self._document_id(document),),
        )
        return {url: (number, digest) for url, number, digest in rows}

    def observations(self, document: DocumentKey) -> Iterator[Snapshot]:
        """Every fetch of the document that brought a page, oldest first: also those that brought the same again."""
        rows = self._file.rows(
            "SELECT id, fetched_at AS at FROM snapshots WHERE document = ?1 UNION ALL"
            " SELECT i.snapshot, i.fetched_at FROM sightings i JOIN snapshots s ON s.id = i.snapshot"
            " WHERE s.document = ?1 ORDER BY at, id",
            (self._document_id(document),),
        )
        for number, at in rows:
            page = self.snapshot(number)
            if page:
                yield replace(page, fetched_at=time_of(at))

    def origins(self, document: DocumentKey) -> frozenset[str]:
        """Where its imported pages came from: what is in here need not be imported again."""
        rows = self._file.rows(
            "SELECT origin FROM snapshots WHERE document = ?1 UNION SELECT i.origin FROM sightings i"
            " JOIN snapshots s ON s.id = i.snapshot WHERE s.document = ?1",
            (self._document_id(document),),
        )
        return frozenset(origin for (origin,) in rows if origin)

    def _page(self, row: Row) -> Snapshot:
        number, service, name, url, final_url, fetched_at, status, headers, media_type, origin, digest = row
        body = self._body(number)
        if hashlib.sha256(body).hexdigest() != digest:
            raise self._damaged(number)
        return Snapshot(
            document=DocumentKey(service, name),
            url=url,
            final_url=final_url,
            fetched_at=time_of(fetched_at),
            status=status,
            headers=tuple((key, value) for key, value in json.loads(headers)),
            media_type=media_type,
            body=body,
            origin=origin,
        )

    def _body(self, number: int) -> bytes:
        """Back to a key frame or a body at hand, then forward again."""
        chain: list[tuple[int, bytes]] = []
        at: int | None = number
        body: bytes | None = None
        while at is not None and (body := self._bodies.get(at)) is None:
            row = self._file.row("SELECT base, body FROM snapshots WHERE id = ?", (at,))
            if row is None:
                raise self._damaged(number)
            chain.append((at, row[1]))
            at = row[0]
        try:
            for _, blob in reversed(chain):
                body = _decompressed(blob, body)
        except zstandard.ZstdError as error:
            raise self._damaged(number) from error
        if body is None:
            raise self._damaged(number)
        self._bodies.put(number, body, instead_of=at)
        return body

    def _damaged(self, number: int) -> DamageError:
        return DamageError(f"{self._file.path}: snapshot {number} is damaged: restore a backup")


def compressed(body: bytes, base: bytes | None) -> bytes:
    if base is None:
        return zstandard.ZstdCompressor(level=_LEVEL).compress(body)
    parameters = zstandard.ZstdCompressionParameters.from_level(
        _LEVEL,
        source_size=len(body),
        dict_size=len(base),
        # Without it the window ends within a large base and its beginning is of no use.
        window_log=min(_LARGEST_WINDOW, max(10, (len(base) + len(body)).bit_length())),
    )
    dictionary = zstandard.ZstdCompressionDict(base, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
    return zstandard.ZstdCompressor(compression_params=parameters, dict_data=dictionary).compress(body)


def _decompressed(blob: bytes, base: bytes | None) -> bytes:
    if base is None:
        return zstandard.ZstdDecompressor().decompress(blob)
    dictionary = zstandard.ZstdCompressionDict(base, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
    return zstandard.ZstdDecompressor(dict_data=dictionary).decompress(blob)
