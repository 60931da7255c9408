"""Law 1: living through a history gives what importing it gives, row by row."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import archives
import pytest
from fetching import SETTINGS, Time
from website import Page, Website

from tracker.config import Config, Document, Service
from tracker.fetch.http import HttpFetcher
from tracker.gaps.timeline import FLAP
from tracker.model import DocumentKey, Kind
from tracker.pipeline.archive import Import
from tracker.pipeline.archived import BELIEVED
from tracker.pipeline.assessment import Assessor
from tracker.pipeline.intake import ARCHIVE_INTERVAL
from tracker.pipeline.outcomes import Change
from tracker.pipeline.rounds import Round
from tracker.store import Store

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not archives.REAL.exists(), reason="needs the histories in ../shared/data/ota"),
]

KINDS = {
    "Privacy Policy": Kind.PRIVACY,
    "Terms of Service": Kind.TERMS,
    "AI Help": Kind.HELP,
    "AI FAQ": Kind.FAQ,
}
PAGES = {"LinkedIn": "linkedin/en.toml", "Reddit": "others.toml", "Tumblr": "others.toml"}
LAST = date(2026, 8, 31)
NOW = datetime(2026, 9, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def real() -> tuple[archives.Dated, ...]:
    return archives.real(*(f"{service}/{name}" for service in PAGES for name in ("Privacy Policy", "Terms of Service")))


def history(service: str, real: tuple[archives.Dated, ...]) -> tuple[archives.Dated, ...]:
    """The real documents and our pages, in the order of time.

    What the archive calls technical counts as a change of the page: a page does not say why it changed.
    """
    ours = archives.written(archives.FIXTURES / PAGES[service], service, date(2022, 8, 1), LAST)
    theirs = [text for text in real if text.name.startswith(f"{service}/")]
    return tuple(sorted(replace(text, subject="Record new changes") for text in (*theirs, *ours)))


def looks(texts: tuple[archives.Dated, ...]) -> Iterator[tuple[datetime, str]]:
    """When an archive looks at which document: at each change, and between two of them every so often.

    Of the looks between, only those that can decide anything: the first, those by which a text that came back or a
    text that does not look like the document has stood long enough, and the last.
    """
    end = max(text.at for text in texts)
    for text in texts:
        later = [each.at for each in texts if each.name == text.name and each.at > text.at]
        count = (min(later, default=end) - ARCHIVE_INTERVAL / 2 - text.at) // ARCHIVE_INTERVAL
        deciding = {0, 1, FLAP // ARCHIVE_INTERVAL, BELIEVED // ARCHIVE_INTERVAL, count}
        yield from ((text.at + step * ARCHIVE_INTERVAL, text.name) for step in deciding if 0 <= step <= max(count, 0))


def config(service: str, texts: tuple[archives.Dated, ...], site: Website) -> Config:
    names = sorted({text.name for text in texts})
    documents = tuple(
        Document(
            DocumentKey(*name.split("/")),
            KINDS[name.split("/")[1]],
            (address(site, name),),
            robots="ignore",
            allow_private=True,
        )
        for name in names
    )
    return Config(fetch=replace(SETTINGS, confirm=1), services=(Service(service, documents),))


def address(site: Website, name: str) -> str:
    return site.url("/" + name.replace(" ", "-"))


def lived(path: Path, setup: Config, texts: tuple[archives.Dated, ...], site: Website) -> Store:
    """A database after real checks of real pages over HTTP, whose clock went through the whole history."""
    store, clock, time = Store.open(path), NOW, Time()
    documents = {str(document.key): document for document in setup.services[0].documents}
    assessor = Assessor(setup, store)
    with HttpFetcher(setup.fetch, lambda: clock, time.stop, time) as fetcher, ThreadPoolExecutor(1) as executor:
        round_ = Round(setup, store, assessor, fetcher.fetch, lambda: clock)
        for clock, name in sorted(set(looks(texts))):
            shown = [text for text in texts if text.name == name and text.at <= clock][-1]
            headers = {"ETag": f'"{shown.at:%s}"'}
            site["/" + name.replace(" ", "-")] = Page(shown.body, headers=headers, media_type="text/markdown")
            assert Change.FAILED not in [outcome.change for outcome in round_.check([documents[name]], executor)]
    with store.transaction():
        assessor.conclude(setup.services[0].name, NOW, tell=True)
    return store


def read(path: Path, setup: Config, texts: tuple[archives.Dated, ...], archive: Path) -> Store:
    """A database after the import of the same texts."""
    store = Store.open(path)
    Import(setup, store, Assessor(setup, store), {}).run(archives.repository(archive, texts), (), NOW, lambda _: None)
    return store


@dataclass(frozen=True)
class Both:
    setup: Config
    live: Store
    imported: Store


@pytest.fixture(scope="module", params=sorted(PAGES))
def both(
    request: pytest.FixtureRequest, real: tuple[archives.Dated, ...], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Both]:
    home = tmp_path_factory.mktemp(request.param)
    texts = history(request.param, real)
    with Website() as site:
        setup = config(request.param, texts, site)
        with (
            lived(home / "live.db", setup, texts, site) as live,
            read(home / "imported.db", setup, texts, home / "archive.git") as imported,
        ):
            yield Both(setup, live, imported)


def test_versions_are_the_same(both: Both) -> None:
    for document in both.setup.services[0].documents:
        live, imported = (
            [replace(row, passages=()) for row in store.versions(document.key)] for store in (both.live, both.imported)
        )
        assert live == imported
        assert len(live) > 1


def test_ledger_and_gaps_are_the_same(both: Both) -> None:
    service = both.setup.services[0].name
    live, imported = (Assessor(both.setup, store).assessment(service, NOW) for store in (both.live, both.imported))
    assert live.ledger == imported.ledger
    assert live.gaps == imported.gaps
    assert "ai-training" in {gap.practice for gap in live.gaps}


def test_events_told_on_the_way_are_those_of_the_import(both: Both) -> None:
    live, imported = ({event.id: event for event in store.events()} for store in (both.live, both.imported))
    assert sorted(live) == sorted(imported)
    assert live == imported
    assert len(live) > 2
