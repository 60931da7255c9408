"""The daemon: every document on its own cron or interval, and the delivery loop.  APScheduler, nothing else."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Mapping
from datetime import datetime

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from tracker.model import DocumentKey

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
JITTER_SHARE, JITTER_MOST = 10, 600  # a tenth of the interval, ten minutes at most: hosts are not hit in step
DELIVERY_SECONDS = 15


def trigger(schedule: str, timezone: str) -> BaseTrigger:
    """``every 6h`` or five cron fields → a trigger with jitter.  The configuration has validated the text."""
    if schedule.startswith("every "):
        text = schedule.removeprefix("every ").strip()
        seconds = int(text[:-1]) * UNITS[text[-1]]
        return IntervalTrigger(seconds=seconds, jitter=min(seconds // JITTER_SHARE, JITTER_MOST), timezone=timezone)
    cron = CronTrigger.from_crontab(schedule, timezone=timezone)
    cron.jitter = 60
    return cron


class Daemon:
    """Runs checks and deliveries until told to stop; a check under way is finished first.

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
        timezone: str,
        workers: int,
    ) -> None:
        self._stop = threading.Event()
        self._scheduler = BackgroundScheduler(
            timezone=timezone,
            executors={"default": ThreadPoolExecutor(workers), "delivery": ThreadPoolExecutor(1)},
            job_defaults={"max_instances": 1, "coalesce": True, "misfire_grace_time": None},
        )
        for key, schedule in schedules.items():
            self._scheduler.add_job(check, trigger(schedule, timezone), args=[key], id=str(key))
        self._scheduler.add_job(deliver, IntervalTrigger(seconds=DELIVERY_SECONDS), id="delivery", executor="delivery")

    def stop(self, *_: object) -> None:
        """Asks the daemon to end; also fit as a signal handler."""
        self._stop.set()

    def run(self, now: datetime) -> None:
        """Blocks until stopped or until SIGTERM or SIGINT.  Every document is checked once at the start."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)
        self._scheduler.start(paused=True)
        for job in self._scheduler.get_jobs():
            job.modify(next_run_time=now)
        self._scheduler.resume()
        self._stop.wait()
        self._scheduler.shutdown(wait=True)
