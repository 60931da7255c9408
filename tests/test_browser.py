"""Pages that scripts draw, in the system's Chromium."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from desk import HELP, Desk, Said, policy
from fetching import KEY, NOW, SETTINGS, refused
from website import Page, Visit, Website

from tracker import gate
from tracker.config import FetchSettings
from tracker.extract.page import extract
from tracker.fetch import browser
from tracker.fetch.http import HttpFetcher, PageRequest
from tracker.model import BlockKind, Snapshot

if TYPE_CHECKING:
    from playwright.sync_api import Page as Tab

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(
        browser.browser_path() is None,
        reason="needs Debian's chromium and the extra 'browser'",
    ),
]

SHELL = """<html><title>Help</title><body><div id="app"></div><script>
    fetch('/api').then(answer => answer.text()).then(text => { document.getElementById('app').innerHTML = text; });
</script></body></html>"""
DRAWN = policy("""<details><summary>Where from?</summary><p>We buy what we do not know.</p></details>
    <button aria-expanded="false" aria-controls="x" onclick="this.setAttribute('aria-expanded', 'true');
    document.getElementById('x').innerHTML = '<p>We keep it for ten years.</p>'">How long?</button><div id="x"></div>
    <nav><button aria-expanded="false" onclick="location = '/elsewhere'">Menu</button></nav>""").split("<body>")[1]


def drawn(site: Website, path: str = "/", settings: FetchSettings = SETTINGS, **page: object) -> Snapshot:
    wanted = replace(PageRequest(KEY, site.url(path), browser=True, robots=False), **page)  # type: ignore[arg-type]
    with HttpFetcher(settings, lambda: NOW) as fetcher:
        found = fetcher.fetch(wanted)
    assert isinstance(found, Snapshot)
    return found


def running() -> set[str]:
    """The command lines of our own descendants that are browsers or drive one."""
    found = set()
    for pid in browser._children(os.getpid()):
        with suppress(OSError):  # it has ended between the two looks
            found.add(Path(f"/proc/{pid}/comm").read_text())
    return {name for name in found if any(part in name for part in ("chrom", "node", "headless"))}


def test_a_page_is_read_once_its_scripts_have_settled_and_all_is_unfolded(site: Website) -> None:
    site["/"], site["/api"] = SHELL, DRAWN
    page = drawn(site, language="fr")
    for text in (b"We collect your name", b"We buy what we do not know", b"We keep it for ten years"):
        assert text in page.body
    assert (page.final_url, page.status, page.media_type) == (site.url("/"), 200, "text/html")
    assert str(page.header("rendered-by")).startswith("Chromium")
    asked = site.visits[0].headers
    assert asked["user-agent"].endswith(SETTINGS.user_agent)
    assert asked["accept-language"].startswith("fr")
    assert "/elsewhere" not in site.paths
    assert not running()


def test_every_request_of_the_page_passes_the_gate(site: Website, monkeypatch: pytest.MonkeyPatch) -> None:
    """127.0.0.1 plays the public Internet; what the page loads besides is inside."""
    monkeypatch.setattr(gate, "is_public", lambda address: address == "127.0.0.1")
    with Website() as inside:
        inside["/"] = Page("the inside", headers={"Access-Control-Allow-Origin": "*"})
        target = f"http://127.0.0.2:{inside.port}/"
        site["/to"] = Page.redirect(target)
        site["/"] = policy(f"""<iframe src="{target}"></iframe><img src="{target}"><script>
            for (const url of ['{target}', '/to', 'file:///etc/passwd'])
                fetch(url).then(answer => answer.text()).then(text => document.body.append('leak: ' + text));
            new WebSocket('{target.replace("http", "ws")}'); navigator.sendBeacon('{target}');
        </script>""")
        page = drawn(site, settings=replace(SETTINGS, allow_private=False))
        assert b"We collect your name" in page.body
        assert b"the inside" not in page.body
        site["/away"] = f"<script>location = '{target}'</script>"
        with HttpFetcher(replace(SETTINGS, allow_private=False), lambda: NOW) as fetcher:
            error = refused(lambda: fetcher.fetch(PageRequest(KEY, site.url("/away"), browser=True, robots=False)))
        assert "not on the public Internet" in error.message
        assert inside.visits == []


@pytest.mark.parametrize(
    ("page", "change", "words"),
    [
        ("<script>for (;;);</script>", {"deadline": 6.0}, "took too long"),
        (policy(), {"max_bytes": 100}, "larger than 100 bytes"),
        (Page("<p>gone", status=404), {}, "404"),
    ],
    ids=["endless", "large", "gone"],
)
def test_limits_end_a_page_and_its_browser(
    site: Website, page: str | Page, change: dict[str, float], words: str
) -> None:
    site["/"] = page
    settings = replace(SETTINGS, **change)  # type: ignore[arg-type]  # numbers of settings
    assert words in refused(lambda: drawn(site, settings=settings)).message
    assert not running()


def test_a_browser_knows_no_secret_of_the_environment(site: Website, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMTP_PASSWORD", "hush")
    seen: list[bytes] = []

    def look(_: Visit) -> Page:
        for pid in browser._children(os.getpid()):
            with suppress(OSError):  # Chromium's short-lived processes may be gone by now
                seen.append(Path(f"/proc/{pid}/environ").read_bytes())
        return Page(DRAWN)

    site["/"] = look
    drawn(site)
    assert any(b"HOME=" in each for each in seen)
    assert not any(b"SMTP_PASSWORD" in each for each in seen)


def test_a_page_that_takes_too_much_memory_is_ended(site: Website, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser, "_MEMORY", 1)
    site["/"] = policy()
    assert "of memory" in refused(lambda: drawn(site)).message
    assert not running()


def test_stopping_ends_a_browser(site: Website) -> None:
    stop = threading.Event()

    def interrupt(_: Visit) -> Page:
        stop.set()
        return Page(policy())

    site["/"] = interrupt
    with HttpFetcher(SETTINGS, lambda: NOW, stop) as fetcher:
        refused(lambda: fetcher.fetch(PageRequest(KEY, site.url("/"), browser=True, robots=False)))
    assert not running()


@pytest.fixture
def auto(desk: Desk) -> Callable[[str], None]:
    def configure(fetcher: str) -> None:
        desk.configure(("Help", "help", f'["{desk.site.url("/help")}"]'), more=f'fetcher = "{fetcher}"\n')

    return configure


def test_an_empty_shell_is_drawn_and_that_is_remembered(desk: Desk, auto: Callable[[str], None], capsys: Said) -> None:
    desk.site["/help"], desk.site["/api"] = SHELL, DRAWN
    auto("auto")
    assert desk("check") == 0
    with desk.store() as store:
        [version] = store.versions(HELP)
        assert "We keep it for ten years." in [block.text for block in store.blocks(version.passages)]
    asked = len([path for path in desk.site.paths if path == "/help"])
    assert asked == 2, "once without a browser, once in it"
    assert desk("check") == 0
    assert len([path for path in desk.site.paths if path == "/help"]) == 3, "from then on in it alone"
    capsys.readouterr()
    desk("status")
    assert "read in a browser since" in capsys.readouterr().out


def test_a_page_with_text_needs_no_browser(desk: Desk, auto: Callable[[str], None]) -> None:
    desk.site["/help"] = policy("<script>1</script>")
    auto("auto")
    assert desk("check") == 0
    assert not any("HeadlessChrome" in visit.headers["user-agent"] for visit in desk.site.visits)


def test_a_pdf_that_a_browser_printed_reads_as_the_page_did(tab: Tab) -> None:
    said = [f"Rule {number} says at some length what we do with what you tell us and why. " * 4 for number in range(30)]
    sections = "".join(f"<h2>Section {number}</h2><p>{text}</p>" for number, text in enumerate(said))
    tab.set_content(f"<html lang=en><title>Policy</title><h1>Privacy Policy</h1>{sections}")
    foot = "<p style='font-size: 8px'>Acme Inc. <span class=pageNumber></span> / <span class=totalPages></span></p>"
    printed = tab.pdf(
        display_header_footer=True, footer_template=foot, header_template="<p></p>", margin={"bottom": "2cm"}
    )
    page = extract(Snapshot(KEY, "", "", NOW, 200, (), "application/pdf", printed))
    headings = [block.text for block in page.blocks if block.kind is BlockKind.HEADING]
    assert headings == ["Privacy Policy", *(f"Section {number}" for number in range(30))]
    assert [block.text for block in page.blocks if block.kind is not BlockKind.HEADING] == [
        text.strip() for text in said
    ]
