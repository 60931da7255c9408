"""Which raw pages are kept for good: those that prove something."""

from __future__ import annotations

import json
from datetime import datetime
from itertools import pairwise

from tracker.model import DocumentKey
from tracker.store.encoding import time_text
from tracker.store.snapshots import Snapshots, compressed

_END = "9999"  # later than any time as text


class Retention(Snapshots):
    def thin(self, document: DocumentKey, before: datetime) -> int:
        """Drops pages kept before then that differ in bytes from their neighbours and in nothing that was read.

        Kept for good are the first and the last page of every version at each address, those that a version or an
        event names, and the last of each address.  No version is ever dropped.  Returns how many pages were dropped.
        Belongs into a transaction.
        """
        self._file.require_transaction()
        kept = self._proving(document)
        rows = self._file.rows(
            "SELECT id, base, fetched_at FROM snapshots WHERE document = ? ORDER BY id", (self._document_id(document),)
        )
        bases = {number: base for number, base, _ in rows}
        dropped = {number for number, _, at in rows if number not in kept and at < time_text(before)}
        for number, base, _ in rows:
            if number not in dropped and base in dropped:
                self._recode(number, self._ancestor(base, bases, dropped))
        numbers = [(number,) for number in dropped]
        self._file.run_many("UPDATE snapshots SET base = NULL WHERE id = ?", numbers)  # they refer to each other
        self._file.run_many("DELETE FROM sightings WHERE snapshot = ?", numbers)
        self._file.run_many("DELETE FROM snapshots WHERE id = ?", numbers)
        for cache in self._file.caches:
            cache.clear()
        return len(dropped)

    def _recode(self, number: int, base: int | None) -> None:
        """Codes a page against another one than it was."""
        body = compressed(self._body(number), None if base is None else self._body(base))
        self._file.run("UPDATE snapshots SET base = ?, body = ? WHERE id = ?", (base, body, number))

    @staticmethod
    def _ancestor(base: int | None, bases: dict[int, int | None], dropped: set[int]) -> int | None:
        while base in dropped:
            base = bases[base]
        return base

    def _proving(self, document: DocumentKey) -> set[int]:
        """The numbers of the pages that are kept for good."""
        identity = self._document_id(document)
        found = {number for number, _ in self._latest(document).values()}
        named = self._file.rows("SELECT snapshots FROM versions WHERE document = ?", (identity,))
        digests = {digest for (text,) in named for digest in json.loads(text)}
        rows = self._file.rows(
            "SELECT id FROM snapshots WHERE document = ? AND (digest IN (SELECT value FROM json_each(?))"
            " OR digest IN (SELECT digest FROM events))",
            (identity, json.dumps(sorted(digests))),
        )
        found |= {number for (number,) in rows}
        times = [at for (at,) in self._file.rows(
            "SELECT observed_at FROM versions WHERE document = ? ORDER BY observed_at", (identity,)
        )]  # fmt: skip
        seen = self._file.rows(
            "SELECT url, id, fetched_at AS at FROM snapshots WHERE document = ?1 UNION ALL"
            " SELECT s.url, s.id, i.fetched_at FROM sightings i JOIN snapshots s ON s.id = i.snapshot"
            " WHERE s.document = ?1 ORDER BY at, 2",
            (identity,),
        )
        for start, end in pairwise(["", *times, _END]):
            of_version: dict[str, list[int]] = {}
            for url, number, at in seen:
                if start <= at < end:
                    of_version.setdefault(url, []).append(number)
            found |= {number for numbers in of_version.values() for number in (numbers[0], numbers[-1])}
        return found
