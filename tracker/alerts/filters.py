"""Which channels want to be told of an event."""

from __future__ import annotations

from tracker.config import Channel
from tracker.model import Event


def wants(channel: Channel, event: Event) -> bool:
    """Whether an event passes a channel's filters.  One without a practice does not pass a list of practices."""
    return (
        event.severity.rank >= channel.severity.rank
        and (not channel.services or event.service in channel.services)
        and (not channel.practices or not {event.practice, *event.also}.isdisjoint(channel.practices))
        and (not channel.events or event.kind in channel.events)
    )
