"""The tables of the database, as migrations: each is applied once, in order, and never edited afterwards.

Times are ISO 8601 in UTC with microseconds, of fixed width, so that they sort as text.  Lists are JSON.
A ``document`` column is the id in ``documents``; the views show names instead.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlite_utils import Database, Migrations
from sqlite_utils.db import ForeignKey

MIGRATIONS = Migrations("tracker")

# Written into the file's header (https://www.sqlite.org/pragma.html#pragma_application_id): "TRKR".
APPLICATION_ID = 0x54524B52


@MIGRATIONS()
def m001_documents(db: Database) -> None:
    db.table("documents").create(
        {
            "id": int,
            "service": str,
            "name": str,
            "kind": str,
            "urls": str,
            "language": str,
            "region": str,
            "added": str,
            "archived_until": str,
            "recipe": str,
        },
        pk="id",
        not_null=("service", "name", "kind", "urls", "added"),
    ).create_index(["service", "name"], unique=True)
    db.table("checks").create(
        {"document": int, "url": str, "last_attempt": str, "last_success": str, "failures": int, "error": str,
         "etag": str, "last_modified": str},
        pk=("document", "url"),
        not_null=("last_attempt", "failures", "error"),
        foreign_keys=[("document", "documents", "id")],
    )  # fmt: skip
    db.table("leases").create(
        {"document": int, "owner": str, "until": str},
        pk="document",
        not_null=("owner", "until"),
        foreign_keys=[("document", "documents", "id")],
    )


@MIGRATIONS()
def m002_snapshots(db: Database) -> None:
    """``body`` is zstd; where ``base`` is not null, with the body of that snapshot as its dictionary (raw content)."""
    db.table("snapshots").create(
        {"id": int, "document": int, "url": str, "final_url": str, "fetched_at": str, "status": int,
         "media_type": str, "headers": str, "origin": str, "digest": str, "base": int, "depth": int, "body": bytes},
        pk="id",
        not_null=("document", "url", "final_url", "fetched_at", "status", "media_type", "headers", "digest", "depth",
                  "body"),
        foreign_keys=[("document", "documents", "id"), ("base", "snapshots", "id")],
    ).create_index(["document", "url", "fetched_at"]).create_index(["digest"])  # fmt: skip
    db.table("sightings").create(
        {"snapshot": int, "fetched_at": str, "origin": str},
        pk=("snapshot", "fetched_at", "origin"),
        not_null=("origin",),
        foreign_keys=[("snapshot", "snapshots", "id")],
    )


@MIGRATIONS()
def m003_versions(db: Database) -> None:
    """A passage is a block in its context: what stands above it decides what it claims."""
    blocks = db.table("blocks").create({"id": int, "hash": str, "text": str}, pk="id", not_null=("hash", "text"))
    blocks.create_index(["hash"], unique=True)
    # No triggers: blocks are only ever added, by one method, and a trigger makes adding them three times as slow.
    blocks.enable_fts(["text"], tokenize="unicode61 remove_diacritics 2")
    db.table("contexts").create(
        {"id": int, "headings": str, "lead": str}, pk="id", not_null=("headings", "lead")
    ).create_index(["headings", "lead"], unique=True)
    db.table("passages").create(
        {"id": int, "block": int, "context": int, "kind": str, "level": int},
        pk="id",
        not_null=("block", "context", "kind", "level"),
        foreign_keys=[("block", "blocks", "id"), ("context", "contexts", "id")],
    ).create_index(["block", "context", "kind", "level"], unique=True)
    db.table("versions").create(
        {"id": int, "document": int, "number": int, "observed_at": str, "last_seen": str, "confirmed_at": str,
         "cause": str, "standing": str, "confirmations": int, "reason": str, "equals": int, "edition": int,
         "title": str, "language": str,
         "fingerprint": str, "snapshots": str, "passages": str},
        pk="id",
        not_null=("document", "number", "observed_at", "last_seen", "cause", "standing", "confirmations", "reason",
                  "edition", "fingerprint", "snapshots", "passages"),
        foreign_keys=[("document", "documents", "id")],
    ).create_index(["document", "number"], unique=True)  # fmt: skip


@MIGRATIONS()
def m004_findings(db: Database) -> None:
    """A row in ``findings`` says that a passage was read, and by which detector; most passages claim nothing."""
    db.table("findings").create(
        {"passage": int, "detector": str, "language": str},
        pk="passage",
        not_null=("detector",),
        foreign_keys=[("passage", "passages", "id")],
    )
    db.table("claims").create(
        {"id": int, "passage": int, "practice": str, "polarity": str, "actor": str, "quote": str, "start": int,
         "end": int, "rule": str, "confidence": float, "models": str, "source": str, "conditional": int,
         "data": str, "except_data": str, "only_regions": str, "except_regions": str, "only_audiences": str,
         "except_audiences": str, "opt_out_offered": int, "opt_out_default": str, "opt_out_retroactive": int,
         "from_date": str},
        pk="id",
        not_null=("passage", "practice", "polarity", "actor", "quote", "start", "end", "rule", "confidence",
                  "conditional", "data", "except_data", "only_regions", "except_regions", "only_audiences",
                  "except_audiences"),
        foreign_keys=[ForeignKey("claims", "passage", "findings", "passage", on_delete="CASCADE")],
    ).create_index(["passage"]).create_index(["practice"])  # fmt: skip
    db.table("notices").create(
        {"id": int, "passage": int, "kind": str, "quote": str, "start": int, "end": int, "day": str, "practice": str},
        pk="id",
        not_null=("passage", "kind", "quote", "start", "end"),
        foreign_keys=[ForeignKey("notices", "passage", "findings", "passage", on_delete="CASCADE")],
    ).create_index(["passage"])


@MIGRATIONS()
def m005_readers_word(db: Database) -> None:
    """Keyed by what survives every rebuild: the hash of a block and the id of a gap, never a row's number.

    ``archives`` are the histories that were imported to their end; ``unsettled`` holds services of which texts were
    stored and what follows from them was not yet worked out.
    """
    db.table("rejections").create(
        {"block": str, "practice": str, "reason": str, "at": str},
        pk=("block", "practice"),
        not_null=("reason", "at"),
    )
    db.table("archives").create({"state": str, "services": str, "records": int, "at": str}, pk=("state", "services"))
    db.table("unsettled").create({"service": str}, pk="service")
    db.table("acknowledgements").create({"gap": str, "until": str, "at": str}, pk="gap", not_null=("until", "at"))


@MIGRATIONS()
def m006_outbox(db: Database) -> None:
    """``number`` is the order of recording, which is the order of sending."""
    db.table("events").create(
        {"number": int, "id": str, "kind": str, "service": str, "at": str, "severity": str, "summary": str,
         "document_service": str, "document": str, "version": int, "practice": str, "actor": str, "effective": str,
         "quote": str, "before": str, "url": str, "digest": str, "gap": str, "lag_days": int, "notice_days": int,
         "added": str, "removed": str},
        pk="number",
        not_null=("id", "kind", "service", "at", "severity", "summary", "quote", "before", "url", "digest", "added",
                  "removed"),
    ).create_index(["id"], unique=True).create_index(["service", "at"])  # fmt: skip
    db.table("deliveries").create(
        {"number": int, "id": str, "event": str, "channel": str, "status": str, "attempts": int, "due": str,
         "error": str, "sent_at": str},
        pk="number",
        not_null=("id", "event", "channel", "status", "attempts", "error"),
        foreign_keys=[("event", "events", "id")],
    ).create_index(["id"], unique=True).create_index(["status", "due"])  # fmt: skip


@MIGRATIONS()
def m007_views(db: Database) -> None:
    """For readers with SQL or Datasette; the program itself reads the tables."""
    db.create_view(
        "latest_versions",
        """SELECT d.service, d.name AS document, d.kind, v.id AS version, v.number, v.observed_at, v.last_seen, v.title
        FROM documents d JOIN versions v ON v.id = (
            SELECT id FROM versions WHERE document = d.id AND standing IN ('confirmed', 'returned')
            ORDER BY number DESC LIMIT 1)""",
    )
    db.create_view(
        "version_blocks",
        """SELECT d.service, d.name AS document, v.number, v.observed_at, e.key AS position, p.kind, p.level,
            c.headings, c.lead, b.text, b.hash AS block, p.id AS passage, v.id AS version
        FROM versions v JOIN documents d ON d.id = v.document JOIN json_each(v.passages) e
        JOIN passages p ON p.id = e.value JOIN blocks b ON b.id = p.block JOIN contexts c ON c.id = p.context""",
    )
    db.create_view(
        "latest_blocks",
        "SELECT b.* FROM latest_versions l JOIN version_blocks b ON b.version = l.version",
    )
    db.create_view(
        "version_claims",
        """SELECT b.service, b.document, b.number, b.observed_at, b.position, c.practice, c.polarity, c.actor, c.quote,
            c.models, c.source, c.conditional, c.data, c.except_data, c.only_regions, c.except_regions,
            c.only_audiences, c.except_audiences, c.opt_out_offered, c.opt_out_default, c.opt_out_retroactive,
            c.from_date, c.rule, c.confidence, b.block, b.version,
            EXISTS (SELECT 1 FROM rejections r WHERE r.block = b.block AND r.practice = c.practice) AS rejected
        FROM version_blocks b JOIN claims c ON c.passage = b.passage""",
    )
    db.create_view(
        "latest_claims",
        "SELECT c.* FROM latest_versions l JOIN version_claims c ON c.version = l.version",
    )


@MIGRATIONS()
def m008_further_practices(db: Database) -> None:
    """Further practices that the change which an event tells of touches."""
    db.table("events").add_column("also", str, not_null_default="[]")


@MIGRATIONS()
def m009_messages(db: Database) -> None:
    """Deliveries of one ``message`` go together; ``taker`` has them in hand until ``due``, ``tried`` is since when."""
    deliveries = db.table("deliveries")
    for name, default in (("message", None), ("taker", None), ("tried", None), ("answer", "")):
        deliveries.add_column(name, str, not_null_default=default)
    deliveries.add_column("repetition", int, not_null_default=0)
    deliveries.create_index(["channel", "status", "due"]).create_index(["message"])
    db.table("acknowledgements").add_column("reason", str, not_null_default="")
    db.table("silences").create(
        {"id": int, "service": str, "practice": str, "reason": str, "until": str, "at": str},
        pk="id",
        not_null=("reason", "until", "at"),
    )


@MIGRATIONS()
def m010_page_checks(db: Database) -> None:
    """``browser_since``: from when on only a browser has got text out of the page.  ``doubts`` counts the checks in a
    row that found something else in its place, since ``doubted_since``."""
    db.table("checks").add_column("browser_since", str)
    db.table("checks").add_column("doubts", int, not_null_default=0)
    db.table("checks").add_column("doubted_since", str)


@MIGRATIONS()
def m011_gaps(db: Database) -> None:
    """The ids that gaps were given: acknowledgements, events and people refer to them, so they are kept.

    Those of gaps that were told before this table was there are taken from their events.
    """
    db.table("gaps").create(
        {"id": str, "service": str, "practice": str, "actor": str, "found": str, "ended": str},
        pk="id",
        not_null=("service", "practice", "actor", "found"),
    ).create_index(["service"])
    db.execute(
        """INSERT INTO gaps SELECT b.gap, b.service, b.practice, b.actor, min(b.at),
            (SELECT min(e.at) FROM events e WHERE e.gap = b.gap AND e.kind IN ('gap-closed', 'gap-withdrawn'))
        FROM events b WHERE b.gap IS NOT NULL AND b.kind IN ('gap-opened', 'gap-found') GROUP BY b.gap"""
    )


@MIGRATIONS()
def m012_conclusions(db: Database) -> None:
    """Up to when what follows was last worked out for a service, and by which ``rules`` ("": before this table)."""
    db.table("conclusions").create({"service": str, "rules": str, "at": str}, pk="service", not_null=("rules", "at"))
    db.execute(
        """INSERT INTO conclusions SELECT d.service, '', max(coalesce(c.last_attempt, d.added))
        FROM documents d LEFT JOIN checks c ON c.document = d.id GROUP BY d.service"""
    )


@MIGRATIONS()
def m013_outages(db: Database) -> None:
    """The event of a page that is lost gets the id that its outage has by now, so that it is not told once more.

    Ids were of the day of the last answer, and are of its time.  Deliveries keep theirs: some may be under way.
    """
    db.table("deliveries").create_index(["event"])
    db.execute("PRAGMA defer_foreign_keys = ON")
    lost = db.execute(
        "SELECT d.service, d.name, c.url, c.last_success FROM checks c JOIN documents d ON d.id = c.document"
        " WHERE c.failures >= 3 AND c.last_success IS NOT NULL"
    ).fetchall()
    for service, name, url, text in lost:
        answered = datetime.fromisoformat(text)
        day, time = (
            hashlib.sha256(f"document-unreachable\n{service}/{name}\n{url}\n{since}".encode()).hexdigest()[:16]
            for since in (f"{answered:%Y-%m-%d}", answered.isoformat())
        )
        if not db.execute("SELECT 1 FROM events WHERE id = ?", (time,)).fetchone():
            db.execute("UPDATE events SET id = ? WHERE id = ?", (time, day))
            db.execute("UPDATE deliveries SET event = ? WHERE event = ?", (time, day))


@MIGRATIONS()
def m014_first_columns(db: Database) -> None:
    """What the first migrations did not yet hold when the oldest databases were made."""
    documents = db.table("documents")
    for name in ("archived_until", "recipe"):
        if name not in documents.columns_dict:
            documents.add_column(name, str)
    db.table("archives").create(
        {"state": str, "services": str, "records": int, "at": str}, pk=("state", "services"), if_not_exists=True
    )
    db.table("unsettled").create({"service": str}, pk="service", if_not_exists=True)
