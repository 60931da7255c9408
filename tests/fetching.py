"""What the tests of fetching share."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from tracker.config import FetchSettings
from tracker.errors import FetchError
from tracker.model import DocumentKey, NotModified, Snapshot

NOW = datetime(2024, 9, 18, 12, tzinfo=UTC)
KEY = DocumentKey("LinkedIn", "Privacy Policy")
SETTINGS = FetchSettings(delay_per_host=0.0, allow_private=True, retries=0, workers=4)
Get = Callable[..., Snapshot | NotModified]


class Time:
    """Seconds that pass only by waiting for them, and the event that ends waits."""

    def __init__(self) -> None:
        self.now = 0.0
        self.waits: list[float] = []
        self.stop = _Skipping(self)

    def __call__(self) -> float:
        return self.now


class _Skipping(threading.Event):
    def __init__(self, time: Time) -> None:
        super().__init__()
        self._time = time

    def wait(self, timeout: float | None = None) -> bool:
        if timeout and not self.is_set():
            self._time.waits.append(round(timeout, 6))
            self._time.now += timeout
        return self.is_set()


def refused(get: Callable[[], object]) -> FetchError:
    """The error that a fetch ends with, which is fit to be shown."""
    with pytest.raises(FetchError) as caught:
        get()
    error = caught.value
    assert error.document == "LinkedIn/Privacy Policy"
    assert error.url
    assert ": " in error.message
    assert error.message.isprintable()
    assert not any(word in str(error) for word in ("urllib3", "Pool", "object at", "Traceback", "Errno"))
    return error
