"""A message → any of the services that Apprise knows: Slack, Teams, Discord, Matrix, ntfy and many more."""

from __future__ import annotations

import logging
import re
from datetime import datetime
from importlib import import_module

from tracker.alerts.compose import cut, one_line
from tracker.alerts.receipt import Receipt
from tracker.config import Channel
from tracker.errors import DeliveryError
from tracker.model import Message

_LONGEST = 1_900  # characters: what the narrowest of these services take (Discord: 2,000)
# What such services take for a call to people, or for a link: "@everyone", "<!channel>", "<@U123>".
_CALLS = re.compile(r"@(?=\w)|<(?=[!@#])")
_ADDRESS = re.compile(r"\S*://\S*")


def send(channel: Channel, message: Message, _: datetime) -> Receipt:
    """Hands the message to Apprise, in plain text that calls nobody.

    Apprise connects by itself: neither the gate nor our deadlines apply.  Raises DeliveryError.
    """
    try:
        library = import_module("apprise")  # an optional extra, and slow to load
    except ImportError as error:
        reason = "Apprise is not installed: pip install 'policy-tracker[apprise]'"
        raise DeliveryError(reason, retryable=False) from error
    target = library.Apprise()
    if channel.address is None or not target.add(channel.address):
        raise DeliveryError("no address that Apprise knows: check the url", retryable=False)
    heard = _Log()
    logger = logging.getLogger("apprise")
    logger.addHandler(heard)
    try:
        taken = target.notify(title=harmless(message.subject), body=harmless(cut(message.text, _LONGEST)))
    finally:
        logger.removeHandler(heard)
    if not taken:
        raise DeliveryError(f"Apprise: not taken{heard.said()}", retryable=True)
    return Receipt("Apprise: taken")


def harmless(text: str) -> str:
    """Text that no service takes for a call to people: an invisible space parts the sign from the name."""
    return _CALLS.sub(lambda found: found[0] + "\N{ZERO WIDTH SPACE}", text)


class _Log(logging.Handler):
    """Keeps the last warning, which is all that Apprise says of a failure."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._last = ""

    def emit(self, record: logging.LogRecord) -> None:
        self._last = record.getMessage()

    def said(self) -> str:
        """The warning without any address, for they hold tokens."""
        said = cut(one_line(_ADDRESS.sub("…", self._last)), 120)
        return f" ({said})" if said else ""
