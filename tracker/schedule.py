"""The daemon: every document on its own cron or interval, and the delivery loop.  APScheduler, nothing else."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.interval import IntervalTrigger

from tracker.config import trigger
from tracker.model import DocumentKey

JITTER_SHARE, JITTER_MOST = 10, 600  # a tenth of the interval, ten minutes at most: hosts are not hit in step
CRON_JITTER = 60  # seconds
DELIVERY_SECONDS = 15


def spread(schedule: str, timezone: str) -> BaseTrigger:
    """The document's trigger with jitter, so that documents of one schedule do not start at the same moment."""
    kept = trigger(schedule, timezone)
    if isinstance(kept, IntervalTrigger):
        kept.jitter = min(int(kept.interval.total_seconds()) // JITTER_SHARE, JITTER_MOST)
    else:
        kept.jitter = CRON_JITTER
    return kept


class Daemon:
    """Runs checks and deliveries until ``stop`` is set, then waits for the jobs under way to end.

    ``schedules`` gives each document's schedule; ``check`` and ``deliver`` are called from worker threads and
    handle their own errors.  Checks of one document never overlap (``max_instances``), and those missed while the
    machine slept run once (``coalesce``).
    """

    def __init__(
        self,
        schedules: Mapping[DocumentKey, str],
        check: Callable[[DocumentKey], None],
        deliver: Callable[[], None],
        *,
        stop: threading.Event,
        timezone: str,
        workers: int,
    ) -> None:
        self._stop = stop
        self._scheduler = BackgroundScheduler(
            timezone=timezone,
            executors={"default": ThreadPoolExecutor(workers), "delivery": ThreadPoolExecutor(1)},
            job_defaults={"max_instances": 1, "coalesce": True, "misfire_grace_time": None},
        )
        for key, schedule in schedules.items():
            self._scheduler.add_job(check, spread(schedule, timezone), args=[key], id=str(key))
        self._scheduler.add_job(deliver, IntervalTrigger(seconds=DELIVERY_SECONDS), id="delivery", executor="delivery")

    def run(self) -> None:
        """Blocks until stopped."""
        self._scheduler.start()
        self._stop.wait()
        self._scheduler.shutdown(wait=True)
