"""A payload → a signed HTTP POST, as Standard Webhooks 1.0 describes it (standardwebhooks.com)."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache, lru_cache
from urllib.parse import urlsplit

import requests
from standardwebhooks import Webhook
from urllib3.exceptions import HTTPError

from tracker import __version__, gate
from tracker.alerts.compose import cut, one_line
from tracker.alerts.receipt import Receipt
from tracker.config import Channel
from tracker.errors import DeliveryError, GateError
from tracker.model import Payload

SECONDS = 20.0  # for the whole exchange; Standard Webhooks advises 15 to 30
_LATER = frozenset((408, 425, 429))  # answers of the 4xx class that ask to try again (RFC 9110, 8470, 6585)
_CHANNELS = 16  # that post at the same time on kept connections; more of them connect anew
_READ, _SHOWN = 400, 120  # bytes of a refusal's body that are read, characters of it that are shown
_KEPT = 60.0  # seconds that connections serve
_FAREWELL = 1.0  # seconds for each read of what a receiver says after it took the message
_PORTS = {"http": 80, "https": 443}


def send(channel: Channel, payload: Payload, now: datetime) -> Receipt:
    """Posts the payload; any 2xx answer means that it was taken.  Redirects are not followed.

    Raises DeliveryError, which names the host but never the path or the secret: for many receivers the path is a
    secret too.
    """
    if channel.secret is None:
        raise _failure(channel, "has no secret to sign with: set one", retryable=False)
    now = now.astimezone(UTC)  # the library takes it for that
    headers = {
        "webhook-id": payload.id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(channel.secret).sign(payload.id, now, payload.body),
    }
    deadline = time.monotonic() + SECONDS
    try:
        request = _request(channel.url, channel.allow_private).copy()
        request.headers.update(headers)
        request.prepare_body(payload.body.encode(), None)
        adapter = _session(channel.allow_private).get_adapter(channel.url)  # by itself it follows no redirect
        with (
            gate.limit(lambda: deadline - time.monotonic()),
            adapter.send(request, stream=True, timeout=SECONDS, verify=channel.ca_file or True) as response,
        ):
            return _judge(channel, response, now)
    except GateError as error:
        raise _failure(channel, error.message, retryable=False) from error
    except requests.Timeout as error:
        raise _failure(channel, f"no answer within {SECONDS:g} seconds", retryable=True) from error
    except requests.exceptions.SSLError as error:
        raise _failure(channel, "no trusted TLS connection: check its certificate", retryable=True) from error
    except requests.RequestException as error:
        raise _failure(channel, "no connection: check the host, or wait", retryable=True) from error


def _session(allow_private: bool) -> requests.Session:
    """Connections are kept: a thousand deliveries to one receiver need a few handshakes.

    But not for long: what stands between may drop one that nobody used without a word, and the next delivery on it
    would wait for an answer in vain.
    """
    return _sessions(allow_private, int(time.monotonic() / _KEPT))


@lru_cache(maxsize=4)
def _sessions(allow_private: bool, _: int) -> requests.Session:
    return gate.session(allow_private, _CHANNELS)


@cache
def _request(url: str, allow_private: bool) -> requests.PreparedRequest:
    """What is the same in every request to an address: to prepare it is half of the work."""
    headers = {"Content-Type": "application/json", "User-Agent": f"policy-tracker/{__version__}"}
    return _session(allow_private).prepare_request(requests.Request("POST", url, headers))


def _judge(channel: Channel, response: requests.Response, now: datetime) -> Receipt:
    status = response.status_code
    if 200 <= status < 300:
        with gate.limit(lambda: _FAREWELL):  # a short answer is read to its end: so its connection serves the next one
            _body(response)
        return Receipt(f"{_place(channel)}: answered {status}")
    if status == 410:
        raise _failure(channel, "answered 410: the receiver is gone for good: remove the channel", retryable=False)
    if 300 <= status < 400:
        raise _failure(channel, f"answered {status}: redirects are not followed: set the new url", retryable=False)
    retryable = status in _LATER or status >= 500
    said = _body(response)
    advice = "" if retryable else ": check the url and the secret"
    pause = _pause(response.headers.get("Retry-After", ""), now) if retryable else 0.0
    raise _failure(channel, f"answered {status}{said}{advice}", retryable=retryable, pause=pause)


def _body(response: requests.Response) -> str:
    """How a refusal begins, in quotation marks, or "": however long it is, no more is read."""
    with suppress(requests.RequestException, HTTPError, OSError):
        said = cut(one_line(response.raw.read(_READ, decode_content=True).decode("utf-8", "replace")), _SHOWN)
        return f" (“{said}”)" if said else ""
    return ""


def _pause(asked: str, now: datetime) -> float:
    """The seconds of a Retry-After header: a number of them, or a date (RFC 9110, section 10.2.3); 0: neither."""
    if asked.isascii() and asked.isdigit():
        return float(asked[:9])
    try:
        return max(0.0, (parsedate_to_datetime(asked) - now).total_seconds())
    except (ValueError, TypeError):  # TypeError: a date without a zone
        return 0.0


def _place(channel: Channel) -> str:
    parts = urlsplit(channel.url)
    return f"{parts.hostname}:{parts.port or _PORTS.get(parts.scheme)}"


def _failure(channel: Channel, message: str, *, retryable: bool, pause: float = 0.0) -> DeliveryError:
    return DeliveryError(f"{_place(channel)}: {message}", retryable=retryable, pause=pause)
