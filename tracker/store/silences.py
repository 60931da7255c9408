"""What people asked to hear nothing of for a while: a gap they know of, a service, a practice."""

from __future__ import annotations

from datetime import datetime

from tracker.model import Silence
from tracker.store.encoding import time_of, time_text
from tracker.store.file import Part


class Silences(Part):
    def acknowledge(self, gap: str, until: datetime, now: datetime, reason: str = "") -> None:
        """Somebody knows of the gap and wants to hear no more of it until then."""
        self._file.run(
            "INSERT INTO acknowledgements (gap, until, at, reason) VALUES (?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET until = excluded.until, at = excluded.at, reason = excluded.reason",
            (gap, time_text(until), time_text(now), reason),
        )

    def end_acknowledgement(self, gap: str, now: datetime) -> bool:
        """Tell of the gap again from now on; False if it is not acknowledged."""
        ended = self._file.run(
            "UPDATE acknowledgements SET until = ?1 WHERE gap = ?2 AND until > ?1", (time_text(now), gap)
        )
        return ended.rowcount > 0

    def acknowledged(self, now: datetime) -> dict[str, datetime]:
        """The gaps that are acknowledged at this time, each with its end."""
        rows = self._file.rows("SELECT gap, until FROM acknowledgements WHERE until > ?", (time_text(now),))
        return {gap: time_of(until) for gap, until in rows}

    def silence(self, service: str | None, practice: str | None, until: datetime, reason: str, now: datetime) -> int:
        """Hold back what concerns both (None: any) until then; returns the silence's number."""
        number = self._file.run(
            "INSERT INTO silences (service, practice, until, reason, at) VALUES (?, ?, ?, ?, ?)",
            (service, practice, time_text(until), reason, time_text(now)),
        ).lastrowid
        return int(number or 0)

    def silences(self, now: datetime) -> tuple[Silence, ...]:
        """Those that have not ended, the oldest first."""
        rows = self._file.rows(
            "SELECT id, until, reason, at, service, practice FROM silences WHERE until > ? ORDER BY id",
            (time_text(now),),
        )
        return tuple(Silence(row[0], time_of(row[1]), row[2], time_of(row[3]), row[4], row[5]) for row in rows)

    def end_silence(self, number: int, now: datetime) -> bool:
        """End it now; False if there is none of that number that has not ended."""
        ended = self._file.run("UPDATE silences SET until = ?1 WHERE id = ?2 AND until > ?1", (time_text(now), number))
        return ended.rowcount > 0
