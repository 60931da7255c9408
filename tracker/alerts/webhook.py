"""A message → a signed HTTP POST, as Standard Webhooks 1.0 describes it (standardwebhooks.com)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from datetime import datetime
from urllib.parse import urlsplit

import requests

from tracker import __version__, gate
from tracker.config import Channel
from tracker.errors import DeliveryError, GateError
from tracker.model import Message

SECONDS = 20.0  # for the whole exchange; Standard Webhooks advises 15 to 30
_LATER = frozenset((408, 425, 429))  # answers of the 4xx class that ask to try again (RFC 9110, 8470, 6585)


def sign(secret: str, delivery: str, timestamp: int, body: bytes) -> str:
    """The ``webhook-signature`` of a body: version 1, HMAC-SHA256 with the key behind ``whsec_``."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{delivery}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


def send(channel: Channel, message: Message, delivery: str, now: datetime) -> None:
    """Posts the payload; any 2xx answer means that it was taken.  Redirects are not followed.

    Raises DeliveryError, which names the channel and the host but never the path or the secret: for many
    receivers the path is a secret too.
    """
    if channel.secret is None:
        raise _failure(channel, "has no secret to sign with: set one", retryable=False)
    body = message.payload.encode()
    timestamp = int(now.timestamp())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": f"policy-tracker/{__version__}",
        "webhook-id": delivery,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign(channel.secret, delivery, timestamp, body),
    }
    deadline = time.monotonic() + SECONDS
    try:
        with (
            gate.limit(lambda: deadline - time.monotonic()),
            gate.session(channel.allow_private, 1) as session,
            session.post(
                channel.url, data=body, headers=headers, timeout=SECONDS, allow_redirects=False, stream=True
            ) as response,
        ):
            status = response.status_code
    except GateError as error:
        raise _failure(channel, error.message, retryable=False) from error
    except requests.Timeout as error:
        raise _failure(channel, f"no answer within {SECONDS:g} seconds", retryable=True) from error
    except requests.exceptions.SSLError as error:
        raise _failure(channel, "no trusted TLS connection: check its certificate", retryable=True) from error
    except requests.RequestException as error:
        raise _failure(channel, "no connection: check the host, or wait", retryable=True) from error
    _judge(channel, status)


def _judge(channel: Channel, status: int) -> None:
    if 200 <= status < 300:
        return
    if status == 410:
        raise _failure(channel, "answered 410: the receiver is gone for good: remove the channel", retryable=False)
    if 300 <= status < 400:
        raise _failure(channel, f"answered {status}: redirects are not followed: set the new url", retryable=False)
    retryable = status in _LATER or status >= 500
    advice = "" if retryable else ": check the url and the secret"
    raise _failure(channel, f"answered {status}{advice}", retryable=retryable)


def _failure(channel: Channel, message: str, *, retryable: bool) -> DeliveryError:
    host = urlsplit(channel.url).hostname
    return DeliveryError(f"{host}: {message}", document=f"channel {channel.name}", retryable=retryable)
