"""A sign of life: an address that is fetched after every round, so that somebody notices when none comes."""

from __future__ import annotations

import requests

from tracker import gate
from tracker.errors import DeliveryError, GateError

SECONDS = 10.0


def ping(url: str, *, allow_private: bool) -> None:
    """Raises DeliveryError, which never shows the address: for most monitoring services it is a secret."""
    try:
        with (
            gate.session(allow_private, 1) as session,
            session.get(url, timeout=SECONDS, allow_redirects=False, stream=True) as response,
        ):
            status = response.status_code
    except GateError as error:
        raise DeliveryError(f"ping: {error.message}", retryable=False) from error
    except requests.RequestException as error:
        raise DeliveryError("ping: no connection: check the address", retryable=True) from error
    if not 200 <= status < 300:
        raise DeliveryError(f"ping: answered {status}: check the address", retryable=True)
