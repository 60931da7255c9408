"""The store: everything the tracker keeps, in one SQLite file."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Self

from tracker.errors import StoreError
from tracker.store.file import Clearable, DatabaseFile
from tracker.store.ledger import Ledger
from tracker.store.outbox import Outbox
from tracker.store.retention import Retention
from tracker.store.silences import Silences
from tracker.store.versions import Versions


class Store(Retention, Versions, Ledger, Outbox, Silences):
    """One connection to the database, of the thread that opened it; every other thread opens its own.

    What belongs together is written within one :meth:`transaction`; a method that writes one row may be called
    outside of it.  Every method raises StoreError, with one line saying what to do, where the file cannot be used.
    """

    @classmethod
    def open(cls, path: str | Path, *, readonly: bool = False, wait: float = 10.0) -> Self:
        """Open the file, making it and its folder if need be.  ``wait``: seconds another process may keep writing.

        Raises StoreError if it is missing (``readonly`` only), unreadable, locked, no database of ours, or newer.
        """
        return cls(DatabaseFile.open(Path(path), readonly=readonly, wait=wait))

    @property
    def path(self) -> Path:
        return self._file.path

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def transaction(self) -> AbstractContextManager[None]:
        """All that is written within is committed together, or nothing of it if an exception leaves the block.

        It waits for other writers; then nobody else writes until its end.  Raises StoreError within another one.
        """
        return self._file.transaction()

    def keep_in_step(self, cache: Clearable) -> None:
        """Have something that was computed from the store emptied whenever somebody else has written to it."""
        self._file.caches.append(cache)

    def backup(self, path: str | Path) -> None:
        """One consistent file that only its owner may read, while others go on writing to this one.

        Raises StoreError if the file exists or cannot be written; then no part of it is left.
        """
        target = Path(path)
        try:
            os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        except OSError as error:
            raise StoreError(f"{target}: cannot be made: {error.strerror}: name another file") from error
        try:
            self._file.run("VACUUM INTO ?", (str(target),))  # an empty file may stand there already
            with target.open("rb+") as written:
                os.fsync(written.fileno())
        except BaseException:
            target.unlink(missing_ok=True)
            raise
