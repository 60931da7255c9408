"""What the passages were found to say, and what their readers said to that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from tracker.model import Actor, Block, Claim, DocumentKey, Findings, Gap, GapName, Notice, Rejection
from tracker.store.encoding import (
    CLAIM_COLUMNS,
    NOTICE_COLUMNS,
    claim_of,
    claim_row,
    list_text,
    notice_of,
    notice_row,
    optional_time_of,
    optional_time_text,
    placeholders,
    time_of,
    time_text,
)
from tracker.store.file import DatabaseFile
from tracker.store.passages import Passages


class Ledger(Passages):
    def __init__(self, file: DatabaseFile) -> None:
        super().__init__(file)
        self._read_by: dict[str, set[int]] = {}
        file.caches.append(self._read_by)

    def unread(self, passages: Iterable[int], detector: str) -> dict[int, Block]:
        """Those passages that this version of the detector has not read, with their blocks.

        Read these blocks and no others of the same id: their texts are those that offsets have to fit.
        """
        known = self._read_by.setdefault(detector, set())
        wanted = set(passages) - known
        if not wanted:
            return {}
        rows = self._file.rows(
            "SELECT w.value FROM json_each(?) w JOIN findings f ON f.passage = w.value AND f.detector = ?",
            (list_text(wanted), detector),
        )
        known.update(passage for (passage,) in rows)
        return self._blocks_of(sorted(wanted - known))

    def save_findings(self, found: Mapping[int, Findings], detector: str) -> None:
        """Keep what was read in each passage, in the place of what any detector read there before.

        Belongs into a transaction.
        """
        self._file.require_transaction()
        self._file.run("DELETE FROM findings WHERE passage IN (SELECT value FROM json_each(?))", (list_text(found),))
        self._file.run_many(
            "INSERT INTO findings (passage, detector, language) VALUES (?, ?, ?)",
            [(passage, detector, findings.language) for passage, findings in found.items()],
        )
        self._file.run_many(
            f"INSERT INTO claims (passage, {CLAIM_COLUMNS}) VALUES (?, {placeholders(CLAIM_COLUMNS)})",  # noqa: S608  # constants only
            [(passage, *claim_row(claim)) for passage, findings in found.items() for claim in findings.claims],
        )
        self._file.run_many(
            f"INSERT INTO notices (passage, {NOTICE_COLUMNS}) VALUES (?, {placeholders(NOTICE_COLUMNS)})",  # noqa: S608  # constants only
            [(passage, *notice_row(notice)) for passage, findings in found.items() for notice in findings.notices],
        )
        known = self._read_by.get(detector, set())
        known.update(found)
        self._read_by.clear()  # what others read there is gone
        self._read_by[detector] = known

    def findings(self, passages: Iterable[int]) -> dict[int, Findings]:
        """What was found in these passages; those of which nothing is claimed or noted are left out.

        Rejected claims are among them (see :meth:`rejections`).  Ask once for all versions of a document: their
        passages are mostly the same.
        """
        wanted = list_text(set(passages))
        claims: dict[int, list[Claim]] = {}
        notices: dict[int, list[Notice]] = {}
        of_passages = "WHERE passage IN (SELECT value FROM json_each(?)) ORDER BY id"
        for row in self._file.rows(f"SELECT passage, {CLAIM_COLUMNS} FROM claims {of_passages}", (wanted,)):  # noqa: S608  # constants only
            claims.setdefault(row[0], []).append(claim_of(row[1:]))
        for row in self._file.rows(f"SELECT passage, {NOTICE_COLUMNS} FROM notices {of_passages}", (wanted,)):  # noqa: S608  # constants only
            notices.setdefault(row[0], []).append(notice_of(row[1:]))
        languages = self._file.rows(
            "SELECT passage, language FROM findings WHERE passage IN (SELECT value FROM json_each(?))",
            (list_text(claims.keys() | notices.keys()),),
        )
        return {
            passage: Findings(tuple(claims.get(passage, ())), tuple(notices.get(passage, ())), language)
            for passage, language in languages
        }

    def reject(self, block: str, practice: str, reason: str, now: datetime) -> None:
        """A reader's word that this block (by its id) claims nothing of the practice.  It survives rebuilds.

        Of one that was given already, only the reason is replaced: it stays of its time, and what it ended is told
        no second time.
        """
        self._file.run(
            "INSERT INTO rejections (block, practice, reason, at) VALUES (?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET reason = excluded.reason",
            (block, practice, reason, time_text(now)),
        )

    def claimed(self, block: str, practice: str) -> bool:
        """Whether a claim of that practice was read in that block (by its id)."""
        found = self._file.row(
            "SELECT 1 FROM claims c JOIN passages p ON p.id = c.passage JOIN blocks b ON b.id = p.block"
            " WHERE b.hash = ? AND c.practice = ? LIMIT 1",
            (block, practice),
        )
        return found is not None

    def restore(self, block: str, practice: str) -> bool:
        """Take a rejection back; whether there was one."""
        gone = self._file.run("DELETE FROM rejections WHERE block = ? AND practice = ?", (block, practice))
        return gone.rowcount > 0

    def block(self, block: str) -> str:
        """The text of a block (by its id); "" if it is not stored."""
        row = self._file.row("SELECT text FROM blocks WHERE hash = ?", (block,))
        return str(row[0]) if row else ""

    def documents_with(self, block: str) -> tuple[DocumentKey, ...]:
        """The documents of which any version holds a block (by its id)."""
        rows = self._file.rows(
            "SELECT DISTINCT d.service, d.name FROM blocks b JOIN passages p ON p.block = b.id"
            " JOIN versions v ON p.id IN (SELECT value FROM json_each(v.passages))"
            " JOIN documents d ON d.id = v.document WHERE b.hash = ? ORDER BY 1, 2",
            (block,),
        )
        return tuple(DocumentKey(service, name) for service, name in rows)

    def name_gaps(self, service: str, gaps: Iterable[Gap]) -> None:
        """Keep the ids of gaps with what they are recognised by.  Belongs into a transaction."""
        self._file.require_transaction()
        self._file.run_many(
            "INSERT INTO gaps (id, service, practice, actor, found, ended) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET"
            " service = excluded.service, found = excluded.found, ended = excluded.ended",
            [
                (
                    gap.id,
                    service,
                    gap.practice,
                    gap.actor.value,
                    time_text(gap.found),
                    optional_time_text(gap.withdrawn or gap.closed),
                )
                for gap in gaps
            ],
        )

    def gap_names(self, services: Iterable[str]) -> tuple[GapName, ...]:
        """The ids that gaps of these services were given, the oldest gaps first."""
        rows = self._file.rows(
            "SELECT id, practice, actor, found, ended FROM gaps"
            " WHERE service IN (SELECT value FROM json_each(?)) ORDER BY found, id",
            (list_text(services),),
        )
        return tuple(
            GapName(id, practice, Actor(actor), time_of(found), optional_time_of(ended))
            for id, practice, actor, found, ended in rows
        )

    def rejections(self) -> tuple[Rejection, ...]:
        rows = self._file.rows("SELECT block, practice, reason, at FROM rejections ORDER BY at, block, practice")
        return tuple(Rejection(block, practice, reason, time_of(at)) for block, practice, reason, at in rows)

    def unsettle(self, service: str) -> None:
        """Note, in the transaction that stores a text, that what follows from it is still to be worked out."""
        self._file.run("INSERT OR IGNORE INTO unsettled (service) VALUES (?)", (service,))

    def settle(self, service: str) -> None:
        """It was worked out.  Belongs into the transaction that records it."""
        self._file.run("DELETE FROM unsettled WHERE service = ?", (service,))

    def unsettled(self) -> tuple[str, ...]:
        return tuple(service for (service,) in self._file.rows("SELECT service FROM unsettled ORDER BY service"))

    def note_conclusion(self, service: str, rules: str, now: datetime) -> None:
        """What follows for a service was worked out.  Belongs into the transaction that records it."""
        self._file.run("INSERT OR REPLACE INTO conclusions VALUES (?, ?, ?)", (service, rules, time_text(now)))

    def concluded(self, service: str) -> tuple[str, datetime] | None:
        """By which rules what follows was last worked out for a service, and when; None if it never was."""
        row = self._file.row("SELECT rules, at FROM conclusions WHERE service = ?", (service,))
        return None if row is None else (row[0], time_of(row[1]))

    def read_by_others(self, detector: str) -> bool:
        """Whether anything was read by a detector other than this one."""
        return self._file.row("SELECT 1 FROM findings WHERE detector <> ? LIMIT 1", (detector,)) is not None

    def finish_archive(self, state: str, services: Iterable[str], records: int, now: datetime) -> None:
        """Note that all records of a history, or of these services in it, are stored."""
        self._file.run(
            "INSERT OR REPLACE INTO archives (state, services, records, at) VALUES (?, ?, ?, ?)",
            (state, list_text(sorted(services)), records, time_text(now)),
        )

    def finished_archive(self, state: str, services: Iterable[str]) -> int | None:
        """How many records were stored of a history that was imported to its end; None if none was."""
        row = self._file.row(
            "SELECT records FROM archives WHERE state = ? AND services = ?", (state, list_text(sorted(services)))
        )
        return None if row is None else int(row[0])

    def forget_readings_of_others(self, detector: str) -> None:
        """Drop what other detectors read in passages that stand in no version any more: nobody reads them again."""
        self._file.run("DELETE FROM findings WHERE detector <> ?", (detector,))
