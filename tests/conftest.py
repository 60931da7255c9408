"""Fixtures of all tests."""

from __future__ import annotations

import os
import ssl
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import browsing
import pytest
import storing
import trustme
from desk import SECRET, Desk, Office
from fetching import KEY, NOW, SETTINGS, Get, Time
from hypothesis import settings
from storing import ENTRY
from website import Page, Website

from tracker.config import FetchSettings
from tracker.fetch.http import HttpFetcher, PageRequest
from tracker.model import NotModified, Snapshot
from tracker.store import Store

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from playwright.sync_api import Page as Tab

# Commands are started a hundred times: let them keep what they compiled, whatever the environment of the tests says.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# How many examples a property is tried on: a few at every turn, many in .ci/run (--hypothesis-profile thorough).
settings.register_profile("quick", max_examples=25, deadline=None)
settings.register_profile("thorough", max_examples=150, deadline=None)
settings.load_profile("quick")


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Where a database may be made."""
    return tmp_path / "snapshots" / "tracker.db"


@pytest.fixture
def store(database: Path) -> Iterator[Store]:
    """A new database that knows one document and waits for nobody."""
    with Store.open(database, wait=0) as opened:
        opened.register(ENTRY, storing.NOW)
        yield opened


@pytest.fixture
def site() -> Iterator[Website]:
    """A web site on loopback, empty at first."""
    with Website() as running:
        yield running


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """An authority whose certificates nobody trusts who was not told to."""
    return trustme.CA()


@pytest.fixture
def tls(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test's own authority is trusted, as a user does it for theirs."""
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))


@pytest.fixture
def time() -> Time:
    """Seconds that pass only by waiting."""
    return Time()


@pytest.fixture
def get(site: Website, time: Time) -> Get:
    """Fetches a path of the site, robots.txt left aside; settings and page can be varied."""

    def fetch(path: str = "/", settings: FetchSettings = SETTINGS, **page: object) -> Snapshot | NotModified:
        wanted = replace(PageRequest(KEY, site.url(path), robots=False), **page)  # type: ignore[arg-type]  # fields
        with HttpFetcher(settings, lambda: NOW, time.stop, time, jitter=lambda most: most) as fetcher:
            return fetcher.fetch(wanted)

    return fetch


@pytest.fixture
def desk(tmp_path: Path, site: Website, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A desk with a site to track, and two channels that take everything."""
    monkeypatch.setenv("HOOK_SECRET", SECRET)
    mail = Office()
    with Website() as hooks, mail:
        hooks["/hook"] = Page(status=204)
        yield Desk(tmp_path, site, hooks, mail)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Moves the clock of the commands ahead of the real one."""

    def move(by: timedelta) -> None:
        monkeypatch.setattr("tracker.cli.check.clock", lambda: datetime.now(UTC) + by)

    return move


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The system's Chromium; its tests are long.  Not for the whole session: it keeps this thread's event loop."""
    with browsing.chromium() as browser:
        yield browser


@pytest.fixture
def tab(chromium: Browser) -> Iterator[Tab]:
    """An empty tab of Chromium, with nothing kept of other tests."""
    with chromium.new_context() as context:
        yield context.new_page()
