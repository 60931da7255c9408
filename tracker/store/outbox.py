"""Events, and their deliveries to the channels: at least once each, in the order of recording."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta

from tracker.errors import StoreError
from tracker.model import Delivery, DeliveryStatus, Event
from tracker.store.encoding import (
    EVENT_COLUMNS,
    Row,
    event_of,
    event_row,
    optional_time_of,
    optional_time_text,
    placeholders,
    time_text,
)
from tracker.store.file import Part

_DELIVERIES = (
    "SELECT d.id, d.channel, d.status, d.attempts, d.due, d.error, d.sent_at, "  # noqa: S608  # constants only
    + ", ".join(f"e.{column.strip()}" for column in EVENT_COLUMNS.split(","))
    + " FROM deliveries d JOIN events e ON e.id = d.event"
)


class Outbox(Part):
    def add_events(self, events: Iterable[Event]) -> tuple[Event, ...]:
        """Record those not yet known by their id, and return these.  Belongs into a transaction."""
        self._file.require_transaction()
        statement = f"INSERT OR IGNORE INTO events ({EVENT_COLUMNS}) VALUES ({placeholders(EVENT_COLUMNS)})"  # noqa: S608  # constants only
        return tuple(event for event in events if self._file.run(statement, event_row(event)).rowcount)

    def events(self, service: str | None = None, since: datetime | None = None) -> tuple[Event, ...]:
        """By time, all or those of one service and not before ``since``."""
        rows = self._file.rows(
            f"SELECT {EVENT_COLUMNS} FROM events WHERE (?1 IS NULL OR service = ?1) AND (?2 IS NULL OR at >= ?2)"  # noqa: S608  # constants only
            " ORDER BY at, number",
            (service, optional_time_text(since)),
        )
        return tuple(event_of(row) for row in rows)

    def enqueue(self, event: Event, channels: Iterable[str], now: datetime) -> None:
        """One delivery per channel, due at once.  Belongs into the transaction that recorded the event.

        The id is of event and channel, and holds nothing that a mail header or address could misread.
        """
        self._file.require_transaction()
        self._file.run_many(
            "INSERT OR IGNORE INTO deliveries (id, event, channel, status, attempts, due, error)"
            " VALUES (?, ?, ?, 'waiting', 0, ?, '')",
            [(delivery_id(event.id, channel), event.id, channel, time_text(now)) for channel in channels],
        )

    def take_delivery(self, now: datetime, lease: timedelta) -> Delivery | None:
        """The next delivery that is due, taken so that nobody else takes it before ``now + lease``.

        Its ``attempts`` counts this one.  If its taker is killed it comes up again then.  None: nothing is due.
        """
        taken = self._file.rows(
            "UPDATE deliveries SET due = ?, attempts = attempts + 1 WHERE number ="
            " (SELECT number FROM deliveries WHERE status = 'waiting' AND due <= ? ORDER BY due, number LIMIT 1)"
            " RETURNING id",
            (time_text(now + lease), time_text(now)),
        )
        return _delivery(self._file.rows(f"{_DELIVERIES} WHERE d.id = ?", taken[0])[0]) if taken else None

    def mark_sent(self, delivery: str, at: datetime) -> None:
        self._mark(delivery, "status = 'sent', due = NULL, error = '', sent_at = ?", (time_text(at),))

    def mark_failed(self, delivery: str, error: str, due: datetime) -> None:
        """It is tried again at ``due``."""
        self._mark(delivery, "error = ?, due = ?", (error, time_text(due)))

    def mark_dead(self, delivery: str, error: str) -> None:
        """It is given up, until somebody calls :meth:`retry_dead`."""
        self._mark(delivery, "status = 'dead', due = NULL, error = ?", (error,))

    def _mark(self, delivery: str, assignments: str, values: Row) -> None:
        cursor = self._file.run(
            f"UPDATE deliveries SET {assignments} WHERE id = ? AND status = 'waiting'",  # noqa: S608  # constants only
            (*values, delivery),
        )
        if cursor.rowcount != 1:
            raise StoreError(f"delivery {delivery} is not waiting")

    def retry_dead(self, now: datetime) -> int:
        """Make all dead deliveries due again; returns their number."""
        return self._file.run(
            "UPDATE deliveries SET status = 'waiting', attempts = 0, due = ? WHERE status = 'dead'", (time_text(now),)
        ).rowcount

    def deliveries(self, status: DeliveryStatus | None = None) -> tuple[Delivery, ...]:
        """All of that status, or all, in the order of recording."""
        rows = self._file.rows(
            f"{_DELIVERIES} WHERE ?1 IS NULL OR d.status = ?1 ORDER BY d.number", (status and status.value,)
        )
        return tuple(_delivery(row) for row in rows)


def delivery_id(event: str, channel: str) -> str:
    """The same for the same event and channel, whatever characters their names hold."""
    return "dlv_" + hashlib.sha256(f"{channel}\n{event}".encode()).hexdigest()[:32]


def _delivery(row: Row) -> Delivery:
    identity, channel, status, attempts, due, error, sent_at = row[:7]
    return Delivery(
        id=identity,
        event=event_of(row[7:]),
        channel=channel,
        status=DeliveryStatus(status),
        attempts=attempts,
        due=optional_time_of(due),
        error=error,
        sent_at=optional_time_of(sent_at),
    )
