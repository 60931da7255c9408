"""What is told to which channel, and when."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tracker.config import Channel, Digest
from tracker.model import Event


def wants(channel: Channel, event: Event) -> bool:
    """Whether an event passes a channel's filters.  One without a practice does not pass a list of practices."""
    return (
        event.severity.rank >= channel.severity.rank
        and (not channel.services or event.service in channel.services)
        and (not channel.practices or not {event.practice, *event.also}.isdisjoint(channel.practices))
        and (not channel.events or event.kind in channel.events)
    )


def due(channel: Channel, now: datetime) -> datetime:
    """When what happens now is told there: once its group is complete, or with the next digest."""
    return now + channel.group_wait if channel.digest is None else next_digest(channel.digest, now)


def next_digest(digest: Digest, now: datetime) -> datetime:
    """The first digest after ``now``.

    Days are counted on the local calendar, so that there is one on each day, whatever the clocks do: a time that
    they skip is the moment as far after the last one that was not, and of a time that comes twice the first counts
    (PEP 495, fold 0).
    """
    zone = ZoneInfo(digest.timezone)
    day = now.astimezone(zone).date()
    while True:
        at = datetime.combine(day, digest.at, zone).astimezone(now.tzinfo)
        if at > now and digest.weekday in (None, day.weekday()):
            return at
        day += timedelta(days=1)
