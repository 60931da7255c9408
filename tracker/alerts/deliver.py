"""One delivery → what became of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from tracker.alerts import email, webhook
from tracker.alerts.compose import compose
from tracker.config import Channel
from tracker.errors import DeliveryError
from tracker.model import Delivery, DeliveryStatus

# The pause after each failed attempt: the schedule that Standard Webhooks gives ("Deliverability and
# reliability"), ten attempts over three days.
BACKOFF = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    *(timedelta(hours=hours) for hours in (2, 5, 10, 14, 20, 24)),
)


def deliver(delivery: Delivery, channel: Channel, now: datetime) -> Delivery:
    """Tries once to hand a delivery to its channel, and returns it as it stands then.  ``attempts`` counts this one.

    It is sent; or waiting, ``due`` after the next pause of :data:`BACKOFF`; or dead, if trying again cannot help
    or the pauses are used up.  ``error`` says why, without secrets; after a success it names recipients that were
    refused for good ("" if none was).  Every attempt bears the same id, by which a receiver knows a repetition.
    """
    message = compose(delivery.event)
    try:
        if channel.type == "email":
            note = email.send(channel, message, delivery.id, now)
        else:
            note = ""
            webhook.send(channel, message, delivery.id, now)
    except DeliveryError as error:
        return failed(delivery, error, now)
    return replace(delivery, status=DeliveryStatus.SENT, due=None, error=note, sent_at=now)


def failed(delivery: Delivery, error: DeliveryError, now: datetime) -> Delivery:
    """A delivery after a failed attempt."""
    if not error.retryable or delivery.attempts > len(BACKOFF):
        return replace(delivery, status=DeliveryStatus.DEAD, due=None, error=str(error))
    return replace(delivery, due=now + BACKOFF[delivery.attempts - 1], error=str(error))
