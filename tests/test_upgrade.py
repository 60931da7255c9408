"""A database that an earlier commit wrote opens and keeps everything."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from storing import ENTRY, HOUR, NOW, POLICY, URL

from tracker.model import DeliveryStatus, Grouping
from tracker.pipeline.outage import unreachable
from tracker.store import Store

DUMPS = sorted((Path(__file__).parent / "fixtures" / "databases").glob("*.sql"))
TEXTS = ("We keep your data.", "We keep your data for a year.", "We use your posts to train our generative AI models.")


@pytest.fixture(params=DUMPS, ids=lambda path: path.stem)
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A database as an earlier commit left it: three versions, three deliveries, a reader's word."""
    path = tmp_path / "old.db"
    connection = sqlite3.connect(path)
    connection.executescript(request.param.read_text(encoding="utf-8"))
    connection.close()
    return path


def test_everything_is_kept(old: Path) -> None:
    with Store.open(old) as store:
        versions = store.versions(POLICY)
        assert [store.blocks(each.passages)[1].text for each in versions] == list(TEXTS)
        assert [seen.body.decode() for seen in store.observations(POLICY)] == list(TEXTS), "verified by their digests"
        found = store.findings(passage for each in versions for passage in each.passages)
        claimed = {claim.practice for each in found.values() for claim in each.claims}
        assert "ai-training" in claimed
        assert [(each.practice, each.reason) for each in store.rejections()] == [("retention", "it does not")]
        assert {event.id for event in store.events()} >= {"sent", "dead", "waiting"}
        statuses = {each.event.id: (each.status, each.error) for each in store.deliveries()}
        assert statuses == {
            "sent": (DeliveryStatus.SENT, ""),
            "dead": (DeliveryStatus.DEAD, "550 no"),
            "waiting": (DeliveryStatus.WAITING, "451 later"),
        }
    with sqlite3.connect(old) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        assert connection.execute("SELECT count(*) FROM blocks_fts WHERE blocks_fts MATCH 'data'").fetchone() == (2,)


def test_what_waited_is_sent_under_the_id_that_it_had(old: Path) -> None:
    with Store.open(old) as store:
        [waiting] = store.deliveries(DeliveryStatus.WAITING)
        at = NOW + timedelta(days=1)
        assert _take(store, at) is None, "its gap is acknowledged"
        assert _take(store, NOW + timedelta(days=10)) == waiting.id


def _take(store: Store, now: datetime) -> str | None:
    with store.transaction():
        taken = store.take("mail", Grouping.EVENT, now, taker="me", until=NOW + timedelta(days=99))
    return taken and taken.id


def test_a_page_that_is_lost_while_the_tracker_is_upgraded_is_not_told_once_more(old: Path) -> None:
    """Its event was named after the day of the page's last answer, and is by now after its time."""
    identity = hashlib.sha256(f"document-unreachable\n{POLICY}\n{URL}\n2024-09-20".encode()).hexdigest()[:16]
    with closing(sqlite3.connect(old)) as connection, connection:
        connection.execute("UPDATE checks SET failures = 3, error = '503'")
        connection.execute("UPDATE events SET id = ?, kind = 'document-unreachable' WHERE id = 'sent'", (identity,))
        connection.execute("UPDATE deliveries SET event = ? WHERE event = 'sent'", (identity,))
    with Store.open(old) as store:
        [check] = store.checks(POLICY)
        [lost] = unreachable(ENTRY, check)
        before = store.deliveries(DeliveryStatus.SENT)
        assert [each.event.id for each in before] == [lost.id]
        with store.transaction():
            assert store.add_events([lost]) == ()
            store.enqueue(lost, "mail", NOW)
        assert store.deliveries(DeliveryStatus.SENT) == before
        assert len(store.deliveries(channel="mail")) == 3


def test_a_backup_of_it_is_restored_by_opening_it(old: Path, tmp_path: Path) -> None:
    with Store.open(old) as store:
        store.backup(tmp_path / "saved.db")
        kept = (store.versions(POLICY), store.events(), store.deliveries())
    old.unlink()
    (tmp_path / "saved.db").rename(old)
    with Store.open(old) as store:
        assert (store.versions(POLICY), store.events(), store.deliveries()) == kept
        assert store.lease(POLICY, "me", NOW, NOW + HOUR)
