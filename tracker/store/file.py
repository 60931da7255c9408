"""The database file: opened safely, spoken to in transactions, with errors a person can act on."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol, Self

from sqlite_utils import Database

from tracker.errors import StoreError
from tracker.store.schema import APPLICATION_ID, MIGRATIONS

# Primary result codes (https://www.sqlite.org/rescode.html) → what went wrong: what to do; whether to try again.
_ADVICE = {
    sqlite3.SQLITE_BUSY: ("another process is writing to it: try again when that one has finished", True),
    sqlite3.SQLITE_LOCKED: ("another process is writing to it: try again when that one has finished", True),
    sqlite3.SQLITE_NOTADB: ("is not a database: name another file, or restore a backup", False),
    sqlite3.SQLITE_CORRUPT: ("is damaged: restore a backup", False),
    sqlite3.SQLITE_CANTOPEN: ("cannot be opened: check that it is a file, and that its folder may be written", False),
    sqlite3.SQLITE_READONLY: ("may not be written: check the permissions of the file and its folder", False),
    sqlite3.SQLITE_PERM: ("may not be accessed: check the permissions of the file and its folder", False),
    sqlite3.SQLITE_AUTH: ("may not be accessed: check the permissions of the file and its folder", False),
    sqlite3.SQLITE_FULL: ("cannot grow: make room on the disk", False),
    sqlite3.SQLITE_IOERR: ("cannot be read or written: check the disk, and that there is room on it", False),
}


class Clearable(Protocol):
    def clear(self) -> None: ...


class DatabaseFile:
    """One connection to the file; it belongs to the thread that opened it, other threads open their own.

    Hot paths use plain SQL through this class, as a row costs sqlite-utils' insert several times as much.
    ``caches`` are emptied whenever what they hold may have ceased to be true: after a rollback, and after another
    connection has committed.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self.caches: list[Clearable] = []
        self._connection = connection
        self._data_version = -1

    @classmethod
    def open(cls, path: Path, *, readonly: bool, wait: float) -> Self:
        """Open the file, making or migrating it unless ``readonly``.  ``wait``: seconds to wait for other writers.

        Raises StoreError if it is missing (``readonly`` only), unreadable, locked, no database of ours or newer.
        """
        if readonly and not path.exists():
            raise StoreError(f"{path}: does not exist: run a check or an import first")
        try:
            if not readonly:
                _create(path)
            uri = f"{path.resolve().as_uri()}?{_mode(path, readonly)}"
            connection = sqlite3.connect(uri, uri=True, timeout=wait, isolation_level=None)
        except OSError as error:
            raise StoreError(f"{path}: cannot be opened: {error.strerror}: check the path and permissions") from error
        except sqlite3.Error as error:
            raise _store_error(path, error) from error
        file = cls(path, connection)
        try:
            file._prepare(readonly)
        except BaseException:
            connection.close()
            raise
        return file

    def _prepare(self, readonly: bool) -> None:
        self._check_owner()
        self.run("PRAGMA foreign_keys = ON")
        # FULL, not NORMAL: with a write-ahead log NORMAL may lose the last commits at a power cut, and with them
        # alerts that were already decided.
        self.run("PRAGMA synchronous = FULL")
        if not readonly:
            self.run("PRAGMA journal_mode = WAL")
        try:
            self._migrate(readonly)
        except sqlite3.Error as error:
            raise _store_error(self.path, error) from error

    def _check_owner(self) -> None:
        application = self.rows("PRAGMA application_id")[0][0]
        empty = not self.rows("SELECT 1 FROM sqlite_master LIMIT 1")
        if application != APPLICATION_ID and not (empty and application == 0):
            raise StoreError(f"{self.path}: is a database of another program: name another file")

    def _migrate(self, readonly: bool) -> None:
        known = len(MIGRATIONS.pending(Database(memory=True, execute_plugins=False)))
        if self._schema() > known:
            raise StoreError(f"{self.path}: was written by a newer version of tracker: upgrade tracker")
        if self._schema() == known:
            return
        if readonly:
            raise StoreError(f"{self.path}: has the schema of an older version: open it once for writing, by a check")
        with self.transaction():  # one writer migrates, a second one waits here and finds nothing pending
            MIGRATIONS.apply(Database(self._connection, execute_plugins=False, recursive_triggers=False, strict=True))
            self.run(f"PRAGMA application_id = {APPLICATION_ID}")
            self.run(f"PRAGMA user_version = {known}")

    def _schema(self) -> int:
        return int(self.rows("PRAGMA user_version")[0][0])

    def close(self) -> None:
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing.  Raises StoreError if one is open already, or another process keeps writing."""
        if self._connection.in_transaction:
            raise StoreError("a transaction is open already: transactions do not nest")
        self.run("BEGIN IMMEDIATE")
        try:
            self._forget_if_changed()
            yield
            self.run("COMMIT")
        except BaseException:
            for cache in self.caches:
                cache.clear()
            if self._connection.in_transaction:  # some errors, a full disk for one, have rolled back by themselves
                self.run("ROLLBACK")
            raise

    def require_transaction(self) -> None:
        """What must not be committed in part asks for this.  Raises StoreError outside a transaction."""
        if not self._connection.in_transaction:
            raise StoreError("this write belongs into a transaction: open one first")

    def _forget_if_changed(self) -> None:
        version = self.rows("PRAGMA data_version")[0][0]  # differs after another connection's commit
        if version != self._data_version:
            for cache in self.caches:
                cache.clear()
        self._data_version = version

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        try:
            return self._connection.execute(sql, parameters).fetchall()
        except (sqlite3.Error, UnicodeError) as error:
            raise _store_error(self.path, error) from error

    def row(self, sql: str, parameters: Sequence[object] = ()) -> tuple[Any, ...] | None:
        """The first row, None if there is none."""
        found = self.rows(sql, parameters)
        return found[0] if found else None

    def run(self, sql: str, parameters: Sequence[object] = ()) -> sqlite3.Cursor:
        """Execute a statement whose rows nobody reads; the cursor has its ``rowcount`` and ``lastrowid``."""
        try:
            return self._connection.execute(sql, parameters)
        except (sqlite3.Error, UnicodeError) as error:
            raise _store_error(self.path, error) from error

    def run_many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        try:
            self._connection.executemany(sql, rows)
        except (sqlite3.Error, UnicodeError) as error:
            raise _store_error(self.path, error) from error


class Part:
    """One part of the store: they share the file.  Parts may build on each other; each is initialised once."""

    def __init__(self, file: DatabaseFile) -> None:
        self._file = file


def _create(path: Path) -> None:
    """An empty file only its owner may read (SQLite gives -wal and -shm the same mode), unless it exists."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def _mode(path: Path, readonly: bool) -> str:
    """How to open the file (https://www.sqlite.org/uri.html).  With a write-ahead log even a reader has to write beside
    it, unless it is told that nobody can change the file: so on a read-only disk, where no log has been left."""
    if not readonly:
        return "mode=rw"
    alone = not os.access(path.parent, os.W_OK) and not Path(f"{path}-wal").exists()
    return "mode=ro&immutable=1" if alone else "mode=ro"


def _store_error(path: Path, error: Exception) -> StoreError:
    if isinstance(error, UnicodeError):
        return StoreError(f"{path}: a text to be stored is not valid Unicode: {error}")
    code = getattr(error, "sqlite_errorcode", None)
    # An extended code carries its primary one in the low byte.
    advice, retryable = _ADVICE.get(-1 if code is None else code & 0xFF, (f"cannot be used: {error}", False))
    return StoreError(f"{path}: {advice}", retryable=retryable)
