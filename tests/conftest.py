"""Fixtures of all tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from website import Website


@pytest.fixture
def site() -> Iterator[Website]:
    """A web site on loopback, empty at first."""
    with Website() as running:
        yield running
