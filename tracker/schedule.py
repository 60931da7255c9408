"""The daemon: every document on its own cron or interval, every channel on its own loop.  APScheduler, nothing else."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.interval import IntervalTrigger

from tracker.config import trigger
from tracker.model import DocumentKey

CRON_SPREAD = timedelta(minutes=1)
DELIVERY_SECONDS = 15
BEAT_SECONDS = 5
JUMP = 30.0  # seconds between the clock of the wall and that of the machine that are no mere drift
HUNG = 2  # checks of a document that may be under way: one that hangs gives way when its lease ends
_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


class Later(BaseTrigger):  # type: ignore[misc]  # APScheduler has no types
    """Every time of another trigger, later by the same span.

    It counts in UTC: of local times a sum is another (PEP 495), which goes back in the hour that comes twice.
    """

    def __init__(self, kept: BaseTrigger, by: timedelta) -> None:
        self._kept = kept
        self._by = by

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime | None:
        previous = previous_fire_time and previous_fire_time.astimezone(UTC) - self._by
        found: datetime | None = self._kept.get_next_fire_time(previous, now.astimezone(UTC) - self._by)
        return found and found.astimezone(UTC) + self._by


def spread(schedule: str, timezone: str, key: DocumentKey) -> BaseTrigger:
    """The document's trigger, later by a span that depends on nothing but its name.

    So documents of one schedule do not start at the same moment, and a restart neither bunches nor skips them: an
    interval is counted from a fixed day, not from the start of the daemon.  The documents of a service stay together,
    within a minute, so that they are judged together.
    """
    kept = trigger(schedule, timezone)
    own = timedelta(seconds=_number(str(key)) % 60)
    if isinstance(kept, IntervalTrigger):
        kept.start_date = _BEGINNING
        return Later(kept, timedelta(seconds=_number(key.service) % int(kept.interval.total_seconds())) + own)
    return Later(kept, own % CRON_SPREAD)


def missed(schedule: str, timezone: str, key: DocumentKey, last: datetime | None, now: datetime) -> bool:
    """Whether a run was due between the last check (None: there was none) and now."""
    if last is None:
        return True
    due = spread(schedule, timezone, key).get_next_fire_time(None, last + timedelta(seconds=1))
    return due is not None and due <= now


def _number(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])


class Daemon:
    """Runs checks and deliveries until ``stop`` is set, then waits for the jobs under way to end.

    ``schedules`` gives each document's schedule; ``check``, ``deliver`` and ``beat`` are called from worker threads
    and handle their own errors; ``first`` is done once, at the start.  Runs missed while the machine slept are one run
    (``coalesce``).  ``beat`` is called by the scheduler every few seconds: no beat, no life.
    """

    def __init__(
        self,
        schedules: Mapping[DocumentKey, str],
        check: Callable[[DocumentKey], None],
        channels: Iterable[str],
        deliver: Callable[[str], None],
        *,
        first: Callable[[], None] = lambda: None,
        stop: threading.Event,
        timezone: str,
        workers: int,
        beat: Callable[[], None] = lambda: None,
    ) -> None:
        self._stop = stop
        self._first = first
        names = list(channels)
        self._scheduler = BackgroundScheduler(
            timezone=timezone,
            executors={
                "default": ThreadPoolExecutor(workers),
                "delivery": ThreadPoolExecutor(max(1, len(names))),
                "beat": ThreadPoolExecutor(1),
            },
            job_defaults={"coalesce": True, "misfire_grace_time": None},
        )
        for key, schedule in schedules.items():
            when = spread(schedule, timezone, key)
            self._scheduler.add_job(check, when, args=[key], id=str(key), max_instances=HUNG)
        for name in names:
            every = IntervalTrigger(seconds=DELIVERY_SECONDS)
            self._scheduler.add_job(deliver, every, args=[name], id=f"channel {name}", executor="delivery")
        self._scheduler.add_job(beat, IntervalTrigger(seconds=BEAT_SECONDS), id="beat", executor="beat")

    def run(self) -> None:
        """Blocks until stopped."""
        # no job of the scheduler: it stumbles over one that is done while it is told to stop
        first = threading.Thread(target=self._first)
        first.start()
        self._scheduler.start()
        ahead = _ahead()
        while not self._stop.wait(BEAT_SECONDS):
            jump, ahead = _ahead() - ahead, _ahead()
            if abs(jump) > JUMP:
                self.clock_jumped(back=jump < 0)
        self._scheduler.shutdown(wait=True)
        first.join()

    def clock_jumped(self, *, back: bool) -> None:
        """The wall's clock was set.  Ahead: what was due runs at once.  Back: nothing waits for the old time."""
        if back:
            for job in self._scheduler.get_jobs():
                job.reschedule(job.trigger)
        self._scheduler.wakeup()


def _ahead() -> float:
    return time.time() - time.monotonic()
