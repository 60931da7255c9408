"""One dispatch → what became of it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from tracker.alerts import apprise, command, email, feed, webhook
from tracker.alerts.compose import compose, one_line, payload
from tracker.alerts.receipt import Receipt
from tracker.config import Channel
from tracker.errors import DeliveryError
from tracker.model import Attempt, Delivery, DeliveryStatus, Dispatch, Message, Payload, Words

FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=15), timedelta(hours=6)
GROWTH = 3  # of the pause from one attempt to the next: eight attempts in the first day
LONGEST_ASKED = timedelta(days=1)  # what a server may ask for with Retry-After

Compare = Callable[[str, str], tuple[Words, ...]]
_TO_PEOPLE: dict[str, Callable[[Channel, Message, datetime], Receipt]] = {
    "email": email.send,
    "apprise": apprise.send,
}
_TO_PROGRAMS: dict[str, Callable[[Channel, Payload, datetime], Receipt]] = {
    "webhook": webhook.send,
    "command": command.send,
}


def deliver(
    dispatch: Dispatch, channel: Channel, now: datetime, compare: Compare, earlier: Sequence[Delivery] = ()
) -> Attempt:
    """Tries once to hand a dispatch to its channel.

    It is sent; or waiting, due after a pause that grows from attempt to attempt and is at least what the channel asked
    for; or dead, if trying again cannot help or ``give_up`` has passed since the first attempt.  Nothing that goes
    wrong on the way is raised: a message that cannot even be composed must not hold up the others.  ``earlier`` is
    what the channel was sent before, of which a feed keeps some.
    """
    try:
        if channel.type == "feed":
            receipt = feed.write(channel, (*earlier, *dispatch.deliveries), now)
        elif channel.type in _TO_PROGRAMS:
            receipt = _TO_PROGRAMS[channel.type](channel, payload(dispatch), now)
        else:
            receipt = _TO_PEOPLE[channel.type](channel, compose(dispatch, compare), now)
    except DeliveryError as error:
        return failed(dispatch, channel, error, now)
    except Exception as error:  # a fault of ours is recorded and tried again: after an upgrade it may be mended
        fault = DeliveryError(one_line(f"internal error: {type(error).__name__}: {error}")[:300], retryable=True)
        return failed(dispatch, channel, fault, now)
    return Attempt(dispatch, DeliveryStatus.SENT, now, answer=receipt.answer, error=receipt.refused)


def failed(dispatch: Dispatch, channel: Channel, error: DeliveryError, now: datetime) -> Attempt:
    """What comes of a dispatch after a failed attempt."""
    if not error.retryable or now - dispatch.since >= channel.give_up:
        return undeliverable(dispatch, error.message, now)
    due = now + max(pause(dispatch), min(timedelta(seconds=error.pause), LONGEST_ASKED))
    return Attempt(dispatch, DeliveryStatus.WAITING, now, due, error=error.message)


def undeliverable(dispatch: Dispatch, reason: str, now: datetime) -> Attempt:
    """It is given up, until somebody makes it due again."""
    return Attempt(dispatch, DeliveryStatus.DEAD, now, error=reason)


def pause(dispatch: Dispatch) -> timedelta:
    """Grows exponentially; up to a quarter more or less, by id and attempt, so that not all come back at once."""
    grown = min(FIRST_PAUSE * float(GROWTH ** min(dispatch.attempts - 1, 20)), LONGEST_PAUSE)
    digest = hashlib.sha256(f"{dispatch.id} {dispatch.attempts}".encode()).digest()
    return grown * (0.75 + digest[0] / 510)
