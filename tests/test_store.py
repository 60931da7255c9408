"""The database file: opened, shared, committed, killed, backed up, read by others."""

from __future__ import annotations

import os
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from storing import ENTRY, HOUR, NOW, POLICY, URL, block, event, page, version

from tracker.errors import StoreError
from tracker.model import Actor, BlockKind, Claim, Findings, NotModified, Polarity
from tracker.store import Store


class TestOpening:
    def test_only_the_owner_may_read_what_is_made(self, store: Store, database: Path) -> None:
        modes = {found.name: stat.S_IMODE(found.stat().st_mode) for found in database.parent.iterdir()}
        assert modes == {"tracker.db": 0o600, "tracker.db-wal": 0o600, "tracker.db-shm": 0o600}

    def test_what_was_written_is_there_after_opening_again(self, store: Store, database: Path) -> None:
        store.close()
        with Store.open(database) as again, Store.open(database, readonly=True) as reader:
            assert again.documents() == reader.documents()
            assert [document.key for document in again.documents("Example")] == [POLICY]

    def test_several_may_open_a_new_file_at_once(self, database: Path) -> None:
        start, failures = threading.Barrier(4), []

        def open_it() -> None:
            start.wait()
            try:
                Store.open(database).close()
            except StoreError as error:
                failures.append(error)

        threads = [threading.Thread(target=open_it) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []

    def test_a_missing_file_is_not_made_for_reading(self, database: Path) -> None:
        with pytest.raises(StoreError, match="does not exist: run a check or an import first"):
            Store.open(database, readonly=True)
        assert not database.parent.exists()

    def test_a_file_that_is_no_database(self, tmp_path: Path) -> None:
        other = tmp_path / "notes.txt"
        other.write_text("Dear diary, " * 1000)
        for readonly in (False, True):
            with pytest.raises(StoreError, match=r"notes\.txt: is not a database: name another file"):
                Store.open(other, readonly=readonly)
        assert other.read_text() == "Dear diary, " * 1000

    def test_a_database_of_another_program(self, tmp_path: Path) -> None:
        other = tmp_path / "history.db"
        with sqlite3.connect(other) as connection:
            connection.execute("CREATE TABLE places (url TEXT)")
        with pytest.raises(StoreError, match="is a database of another program"):
            Store.open(other)

    def test_a_newer_schema(self, store: Store, database: Path) -> None:
        store.close()
        with sqlite3.connect(database) as connection:
            connection.execute("PRAGMA user_version = 999")
        for readonly in (False, True):
            with pytest.raises(StoreError, match="written by a newer version of tracker: upgrade tracker"):
                Store.open(database, readonly=readonly)

    def test_an_older_schema_is_not_changed_by_reading(self, store: Store, database: Path) -> None:
        store.close()
        with sqlite3.connect(database) as connection:
            connection.execute("PRAGMA user_version = 1")
        with pytest.raises(StoreError, match="schema of an older version: open it once for writing"):
            Store.open(database, readonly=True)

    def test_a_folder_or_a_file_in_the_way(self, tmp_path: Path) -> None:
        with pytest.raises(StoreError, match="cannot be opened: check"):
            Store.open(tmp_path)
        (tmp_path / "file").touch()
        with pytest.raises(StoreError, match="cannot be opened: File exists: check"):
            Store.open(tmp_path / "file" / "tracker.db")

    def test_another_writer_is_named_and_worth_waiting_for(self, store: Store, database: Path) -> None:
        with Store.open(database, wait=0) as other, other.transaction():
            with pytest.raises(StoreError, match="another process is writing to it: try again") as caught:
                store.register(ENTRY, NOW)
            assert caught.value.retryable
            assert len(store.documents()) == 1, "readers do not wait"
        store.register(ENTRY, NOW)


class TestTransactions:
    def test_all_or_nothing(self, store: Store) -> None:
        with pytest.raises(RuntimeError), store.transaction():
            store.add_snapshot(page(b"one"))
            store.add_version(version(block("one")), "f1")
            store.add_events([event("e1")])
            store.enqueue(event("e1"), "mail", NOW)
            raise RuntimeError
        assert store.snapshot(1) is None
        assert [store.versions(POLICY), store.events(), store.deliveries()] == [(), (), ()]

    def test_they_do_not_nest(self, store: Store) -> None:
        with store.transaction(), pytest.raises(StoreError, match="do not nest"), store.transaction():
            pass

    def test_what_belongs_together_is_not_written_alone(self, store: Store) -> None:
        for write in (
            lambda: store.add_snapshot(page(b"one")),
            lambda: store.add_version(version(block("one")), "f1"),
            lambda: store.save_findings({}, "1"),
            lambda: store.add_events([event("e1")]),
            lambda: store.enqueue(event("e1"), "mail", NOW),
            lambda: store.sight(NotModified(POLICY, URL, NOW)),
            lambda: store.forget_versions(POLICY),
        ):
            with pytest.raises(StoreError, match="open one first"):
                write()

    def test_nothing_is_remembered_of_what_was_rolled_back(self, store: Store) -> None:
        with pytest.raises(RuntimeError), store.transaction():
            store.add_snapshot(page(b"gone"))
            store.save_findings(dict.fromkeys(store.intern([block("gone")]), Findings()), "1")
            raise RuntimeError
        with store.transaction():
            store.add_snapshot(page(b"other"))
            store.add_snapshot(page(b"another", NOW + HOUR))
            other = store.intern([block("other"), block("gone")])
            assert list(store.unread(other, "1").values()) == [block("other"), block("gone")]
        assert store.blocks(other) == (block("other"), block("gone"))
        assert [found.body for found in store.observations(POLICY)] == [b"other", b"another"]

    def test_what_others_write_is_seen(self, store: Store, database: Path) -> None:
        with Store.open(database) as other:
            for turn in range(6):
                writer = (store, other)[turn % 2]
                with writer.transaction():
                    writer.add_snapshot(page(b"body %d" % turn, NOW + turn * HOUR))
                    writer.add_version(version(block(f"{turn}"), block(f"{turn - 1}"), block("common")), f"{turn}")
            records = store.versions(POLICY)
            assert [r.number for r in records] == [1, 2, 3, 4, 5, 6]
            for turn, record in enumerate(records):
                assert other.blocks(record.passages) == (block(f"{turn}"), block(f"{turn - 1}"), block("common"))
            assert len({passage for record in records for passage in record.passages}) == 8
            assert [s.body for s in store.observations(POLICY)] == [b"body %d" % turn for turn in range(6)]

    def test_text_that_is_not_unicode_is_refused_and_nothing_written(self, store: Store) -> None:
        with pytest.raises(StoreError, match="not valid Unicode"), store.transaction():
            store.add_version(version(block("fine"), block("broken \ud800")), "f")
        assert store.versions(POLICY) == ()


class TestReaders:
    def test_anybody_can_read_it_with_sql(self, store: Store, database: Path) -> None:
        claim = Claim("ai-training", Polarity.ASSERTS, Actor.SERVICE, "train", 0, 5, "r1", except_regions=("EU",))
        with store.transaction():
            store.add_version(version(block("old")), "1")
            number = store.add_version(version(block("Use", kind=BlockKind.HEADING), block("train")), "2")
            passage = store.versions(POLICY)[-1].passages[1]
            store.save_findings({passage: Findings((claim,))}, "1")
        store.reject("id-train", "ai-training", "trains", NOW)
        with sqlite3.connect(database) as connection:
            blocks = connection.execute(
                "SELECT service, document, number, kind, text FROM latest_blocks ORDER BY position"
            ).fetchall()
            claims = connection.execute(
                "SELECT practice, quote, except_regions, rejected FROM latest_claims"
            ).fetchall()
        assert blocks == [
            ("Example", "Privacy Policy", number, "heading", "Use"),
            ("Example", "Privacy Policy", number, "paragraph", "train"),
        ]
        assert claims == [("ai-training", "train", '["EU"]', 1)]

    def test_a_backup_is_one_file_that_opens(self, store: Store, tmp_path: Path) -> None:
        with store.transaction():
            store.add_snapshot(page(b"one"))
            store.add_version(version(block("a")), "f")
        target = tmp_path / "backups" / "tracker.db"
        with pytest.raises(StoreError, match="cannot be made: No such file or directory"):
            store.backup(target)
        target.parent.mkdir()
        store.backup(target)
        assert [found.name for found in target.parent.iterdir()] == ["tracker.db"]
        assert stat.S_IMODE(target.stat().st_mode) == 0o600
        with Store.open(target, readonly=True) as copy:
            assert copy.version(POLICY, 1) == store.version(POLICY, 1)
            assert [seen.body for seen in copy.observations(POLICY)] == [b"one"]
        with pytest.raises(StoreError, match="cannot be made: File exists: name another file"):
            store.backup(target)


WRITER = """
import sys
from datetime import timedelta
from storing import ENTRY, HOUR, NOW, block, event, page, version
from tracker.store import Store

with Store.open(sys.argv[1]) as store:
    store.register(ENTRY, NOW)
    for turn in range(100_000):
        with store.transaction():
            at = NOW + turn * HOUR
            store.add_snapshot(page(b"words " * 2000 + b"%d" % turn, at))
            store.add_version(version(block(f"block {turn}"), block("common"), at=at), str(turn))
            store.add_events([event(str(turn), at)])
            for channel in ("mail", "hook"):
                store.enqueue(event(str(turn), at), channel, at)
        print(turn + 1, flush=True)
"""


@contextmanager
def writing(database: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that writes all the time, and prints how many transactions it has committed."""
    root = Path(__file__).parent.parent
    environment = {**os.environ, "PYTHONPATH": f"{root}{os.pathsep}{Path(__file__).parent}"}
    command = [sys.executable, "-c", WRITER, str(database)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root, env=environment) as writer:
        yield writer
        writer.kill()


def test_a_backup_while_another_writes_is_of_one_moment(database: Path, tmp_path: Path) -> None:
    with writing(database) as writer, Store.open(database) as store:
        assert writer.stdout is not None
        before = int(writer.stdout.readline())
        store.backup(tmp_path / "copy.db")
        after = len(store.versions(POLICY))
    with Store.open(tmp_path / "copy.db", readonly=True) as copy:
        versions, events, deliveries = copy.versions(POLICY), copy.events(), copy.deliveries()
        assert before <= len(versions) <= after
        assert len(events) == len(versions) == len(list(copy.observations(POLICY)))
        assert len(deliveries) == 2 * len(events)


@pytest.mark.parametrize("lines", [1, 20])
def test_kill_9_loses_nothing_that_was_committed_and_parts_nothing(database: Path, lines: int) -> None:
    with writing(database) as writer:
        assert writer.stdout is not None
        committed = [int(writer.stdout.readline()) for _ in range(lines)][-1]
        writer.send_signal(signal.SIGKILL)
        committed = max([committed, *(int(line) for line in writer.stdout if line.endswith("\n"))])
    assert writer.returncode == -signal.SIGKILL
    with Store.open(database) as store:
        versions, events, deliveries = store.versions(POLICY), store.events(), store.deliveries()
        assert len(versions) in (committed, committed + 1)
        assert len(versions) == len(events) == len(deliveries) / 2 == len(list(store.observations(POLICY)))
        assert [store.blocks(record.passages)[0].text for record in versions] == [
            f"block {turn}" for turn in range(len(versions))
        ]
    with sqlite3.connect(database) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        connection.execute("INSERT INTO blocks_fts (blocks_fts, rank) VALUES ('integrity-check', 1)")
