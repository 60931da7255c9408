"""Events, and their deliveries to the channels: at least once each, in the order of recording."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta

from tracker.model import Attempt, ChannelStatus, Delivery, DeliveryStatus, Dispatch, Event, Grouping
from tracker.store.encoding import (
    EVENT_COLUMNS,
    Row,
    event_of,
    event_row,
    list_text,
    optional_time_of,
    optional_time_text,
    placeholders,
    time_of,
    time_text,
)
from tracker.store.file import Part

_DELIVERIES = (
    "SELECT d.id, d.channel, d.status, d.attempts, d.due, d.error, d.sent_at, d.answer, d.message, d.repetition, "  # noqa: S608  # constants only
    + ", ".join(f"e.{column.strip()}" for column in EVENT_COLUMNS.split(","))
    + " FROM deliveries d JOIN events e ON e.id = d.event"
)
# A weekly digest, and a day more.  What seems due later was recorded by a clock that was ahead, and is due.
_LATEST = timedelta(days=8)
# Waiting for the channel ?1 and due at ?2 (or at ?3, if never tried), and nobody asked to hear nothing of it now.
# The end of a gap is told although somebody knows of the gap.
_DUE = """
    FROM deliveries d JOIN events e ON e.id = d.event
    WHERE d.channel = ?1 AND d.status = 'waiting' AND (d.due <= iif(d.message IS NULL, ?3, ?2) OR d.due > ?4)
    AND NOT EXISTS (
        SELECT 1 FROM silences s WHERE s.until > ?2
        AND (s.service IS NULL OR s.service = e.service) AND (s.practice IS NULL OR s.practice IS e.practice))
    AND (e.kind IN ('gap-closed', 'gap-withdrawn') OR NOT EXISTS (
        SELECT 1 FROM acknowledgements a WHERE a.gap = e.gap AND a.until > ?2))"""
# What goes together with the delivery ?5.  What stood at the first look is one summary, whatever the service.
_TOGETHER = {
    Grouping.EVENT: " AND d.number = ?5",
    Grouping.SERVICE: """ AND iif(e.kind = 'gap-found', '', e.service) = (
        SELECT iif(o.kind = 'gap-found', '', o.service)
        FROM deliveries f JOIN events o ON o.id = f.event WHERE f.number = ?5)""",
    Grouping.ALL: " AND ?5 > 0",
}


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

    def enqueue(self, event: Event, channel: str, due: datetime, repetition: int = 0) -> None:
        """A delivery to the channel.  Belongs into the transaction that recorded the event.

        The id is of event, channel and repetition, and holds nothing that a mail header or address could misread.
        """
        self._file.require_transaction()
        self._file.run(
            "INSERT INTO deliveries (id, event, channel, status, attempts, due, error, repetition)"
            " SELECT ?1, ?2, ?3, 'waiting', 0, ?4, '', ?5 WHERE NOT EXISTS ("
            " SELECT 1 FROM deliveries WHERE event = ?2 AND channel = ?3 AND repetition = ?5)",
            (delivery_id(event.id, channel, repetition), event.id, channel, time_text(due), repetition),
        )

    def told_lost(self, back: Event, channel: str) -> bool:
        """Whether the channel was told of the last time that the document was lost."""
        row = self._file.row(
            "SELECT EXISTS (SELECT 1 FROM deliveries d WHERE d.event = e.id AND d.channel = ?) FROM events e"
            " WHERE e.kind = 'document-unreachable' AND e.document_service = ? AND e.document = ?"
            " ORDER BY e.number DESC LIMIT 1",
            (channel, back.service, back.document and back.document.document),
        )
        return row is not None and bool(row[0])

    def told_of_losses(self, since: datetime | None) -> tuple[tuple[str, str], ...]:
        """Each summary of a page lost after that time (None: ever), with each channel that it is for."""
        rows = self._file.rows(
            "SELECT e.summary, d.channel FROM events e JOIN deliveries d ON d.event = e.id"
            " WHERE e.kind = 'document-unreachable' AND (?1 IS NULL OR e.at > ?1)",
            (optional_time_text(since),),
        )
        return tuple(rows)

    def channels_due(self) -> tuple[str, ...]:
        """The channels for which anything waits."""
        rows = self._file.rows("SELECT DISTINCT channel FROM deliveries WHERE status = 'waiting' ORDER BY channel")
        return tuple(channel for (channel,) in rows)

    def take(
        self,
        channel: str,
        together: Grouping,
        now: datetime,
        *,
        taker: str,
        until: datetime,
        ahead: timedelta = timedelta(),
    ) -> Dispatch | None:
        """What goes to the channel next, taken so that nobody else takes it before ``until``; None: nothing is due.

        Its attempts count this one, so that what kills its taker every time is given up in the end.  What was once
        taken together stays together and keeps its id.  ``ahead``: what was never tried is taken that long before it
        is due.  Belongs into a transaction.
        """
        self._file.require_transaction()
        times = (channel, time_text(now), time_text(now + ahead), time_text(now + _LATEST))
        first = self._file.row(f"SELECT d.number, d.message{_DUE} ORDER BY d.due, d.number LIMIT 1", times)
        if first is None:
            return None
        alone = together is Grouping.EVENT and self._part(first[1])
        message = self._bind(together, (*times, first[0])) if alone or first[1] is None else first[1]
        self._file.run(
            "UPDATE deliveries SET taker = ?, due = ?, attempts = attempts + 1, tried = coalesce(tried, ?)"
            " WHERE message = ? AND status = 'waiting'",
            (taker, time_text(until), time_text(now), message),
        )
        rows = self._file.rows(
            f"{_DELIVERIES} WHERE d.message = ? AND d.status = 'waiting' ORDER BY d.number", (message,)
        )
        taken = tuple(_delivery(row) for row in rows)
        since = self._file.rows("SELECT min(tried) FROM deliveries WHERE message = ?", (message,))[0][0]
        return Dispatch(message, channel, taken, max(each.attempts for each in taken), time_of(since))

    def _part(self, message: str | None) -> bool:
        """Takes a message of several apart: by now the channel is told each event by itself.  False: it is one."""
        parted = self._file.run(
            "UPDATE deliveries SET message = NULL WHERE message = ?1 AND status = 'waiting'"
            " AND (SELECT count(*) FROM deliveries WHERE message = ?1) > 1",
            (message,),
        )
        return parted.rowcount > 0

    def _bind(self, together: Grouping, parameters: Row) -> str:
        """Makes one message of what is due together with the first; returns its id."""
        due = f"{_DUE} AND d.message IS NULL{_TOGETHER[together]}"
        rows = self._file.rows(f"SELECT d.number, d.id{due} ORDER BY d.number", parameters)
        identities = [identity for _, identity in rows]
        digest = hashlib.sha256("\n".join(identities).encode()).hexdigest()[:32]
        message = identities[0] if len(rows) == 1 else f"msg_{digest}"
        self._file.run_many("UPDATE deliveries SET message = ? WHERE number = ?", [(message, row[0]) for row in rows])
        return message

    def told_of(self, gaps: Iterable[str], channel: str) -> tuple[Delivery, ...]:
        """The last word that the channel was or is to be given of each of these gaps being open."""
        rows = self._file.rows(
            f"{_DELIVERIES} WHERE d.channel = ? AND e.kind IN ('gap-opened', 'gap-found')"  # noqa: S608  # constants only
            " AND e.gap IN (SELECT value FROM json_each(?)) ORDER BY d.number",
            (channel, list_text(gaps)),
        )
        return tuple({each.event.gap: each for each in map(_delivery, rows)}.values())

    def drop_reminders(self, gaps: Iterable[str]) -> None:
        """These gaps are over: what was not yet tried to remind of them is told to nobody."""
        self._file.run(
            "DELETE FROM deliveries WHERE status = 'waiting' AND repetition > 0 AND message IS NULL"
            " AND event IN (SELECT id FROM events WHERE gap IN (SELECT value FROM json_each(?)))",
            (list_text(gaps),),
        )

    def prolong(self, taker: str, until: datetime) -> None:
        """Keep in hand what was taken and is still on its way: a slow server is no reason to send it twice."""
        self._file.run(
            "UPDATE deliveries SET due = ? WHERE taker = ? AND status = 'waiting'", (time_text(until), taker)
        )

    def record(self, attempt: Attempt, taker: str) -> None:
        """What came of an attempt.  One that succeeded counts even if another has taken it by now."""
        self._file.run(
            "UPDATE deliveries SET taker = NULL, status = ?, due = ?, error = ?, answer = ?, sent_at = ?"
            " WHERE message = ? AND status = 'waiting' AND (? = 'sent' OR taker = ?)",
            (
                attempt.status.value,
                optional_time_text(attempt.due),
                attempt.error,
                attempt.answer,
                time_text(attempt.at) if attempt.status is DeliveryStatus.SENT else None,
                attempt.dispatch.id,
                attempt.status.value,
                taker,
            ),
        )

    def standings(self, configured: Iterable[str]) -> tuple[ChannelStatus, ...]:
        """How each channel stands that is configured, or for which there was ever a delivery, by name."""
        rows = self._file.rows(
            "SELECT channel, sum(status = 'waiting'), sum(status = 'dead'), max(sent_at),"
            " (SELECT error FROM deliveries l WHERE l.channel = d.channel AND l.status <> 'sent' AND l.error <> ''"
            " ORDER BY number DESC LIMIT 1)"
            " FROM deliveries d GROUP BY channel"
        )
        known = set(configured)
        found = {
            name: ChannelStatus(name, name in known, waiting, dead, optional_time_of(sent), error or "")
            for name, waiting, dead, sent, error in rows
        }
        found |= {name: ChannelStatus(name, True, 0, 0, None, "") for name in known - set(found)}
        return tuple(found[name] for name in sorted(found))

    def retry_dead(self, now: datetime, channel: str | None = None) -> int:
        """Make all dead deliveries, or those of a channel, due again; returns their number."""
        return self._file.run(
            "UPDATE deliveries SET status = 'waiting', attempts = 0, tried = NULL, due = ?1"
            " WHERE status = 'dead' AND (?2 IS NULL OR channel = ?2)",
            (time_text(now), channel),
        ).rowcount

    def deliveries(
        self,
        status: DeliveryStatus | None = None,
        channel: str | None = None,
        service: str | None = None,
        *,
        last: int = -1,
    ) -> tuple[Delivery, ...]:
        """All of that status, channel and service, or of any, in the order of recording; only the ``last`` so many if
        not -1."""
        rows = self._file.rows(
            f"{_DELIVERIES} WHERE (?1 IS NULL OR d.status = ?1) AND (?2 IS NULL OR d.channel = ?2)"
            " AND (?3 IS NULL OR e.service = ?3) ORDER BY d.number DESC LIMIT ?4",
            (status and status.value, channel, service, last),
        )
        return tuple(_delivery(row) for row in reversed(rows))


def delivery_id(event: str, channel: str, repetition: int = 0) -> str:
    """The same for the same event, channel and repetition, whatever characters their names hold."""
    parts = [channel, event, *([str(repetition)] if repetition else [])]
    return "dlv_" + hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def _delivery(row: Row) -> Delivery:
    identity, channel, status, attempts, due, error, sent_at, answer, message, repetition = row[:10]
    return Delivery(
        id=identity,
        event=event_of(row[10:]),
        channel=channel,
        status=DeliveryStatus(status),
        attempts=attempts,
        due=optional_time_of(due),
        error=error,
        sent_at=optional_time_of(sent_at),
        answer=answer,
        message=message,
        repetition=repetition,
    )
