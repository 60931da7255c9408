"""What a site's robots.txt asks of us."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace

import pytest
from fetching import KEY, NOW, SETTINGS, Get, Time, refused
from website import Page, Website

from tracker.errors import FetchError
from tracker.fetch.http import HttpFetcher, PageRequest
from tracker.fetch.robots import Robots
from tracker.model import Snapshot


@pytest.fixture
def polite(site: Website, time: Time) -> Iterator[Get]:
    """Fetches paths of the site by one fetcher that heeds robots.txt."""
    settings = replace(SETTINGS, user_agent="policy-tracker/1.0 (+https://example.org/contact)")
    with HttpFetcher(settings, lambda: NOW, time.stop, time) as fetcher:
        yield lambda path, **page: fetcher.fetch(PageRequest(KEY, site.url(path), **page))


def test_robots_are_asked_once(site: Website, polite: Get) -> None:
    site["/robots.txt"] = Page("User-agent: *\nDisallow: /private", media_type="text/plain")
    site["/a"] = site["/b"] = "<p>Privacy"
    polite("/a")
    polite("/b")
    assert site.paths == ["/robots.txt", "/a", "/b"]


def test_a_disallowed_page_is_left_alone(site: Website, polite: Get) -> None:
    site["/robots.txt"] = "User-agent: policy-tracker\nDisallow: /legal\n\nUser-agent: *\nAllow: /"
    site["/legal"] = "<p>Privacy"
    error = refused(lambda: polite("/legal"))
    assert "robots.txt does not allow" in error.message
    assert 'robots = "ignore"' in error.message
    assert not error.retryable
    assert site.paths == ["/robots.txt"]
    assert isinstance(polite("/legal", robots=False), Snapshot)


def test_a_redirect_to_a_disallowed_page_is_left_alone(site: Website, polite: Get) -> None:
    site["/robots.txt"] = "User-agent: *\nDisallow: /legal"
    site["/"] = Page.redirect("/legal")
    assert "robots.txt does not allow" in refused(lambda: polite("/")).message
    assert site.paths == ["/robots.txt", "/"]


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_without_robots_everything_is_allowed(time: Time, status: int) -> None:
    robots = Robots("policy-tracker", lambda _: (status, b"User-agent: *\nDisallow: /"), time)
    assert robots.permit("http://example.org/") == 0.0


def test_while_robots_are_out_of_order_nothing_is_allowed(site: Website, polite: Get, time: Time) -> None:
    site["/robots.txt"] = [Page(status=503), Page("")]
    site["/"] = "<p>Privacy"
    for _ in range(2):
        error = refused(lambda: polite("/"))
        assert "robots.txt answered 503" in error.message
        assert error.retryable
    assert site.paths == ["/robots.txt"]
    time.now += 301
    assert isinstance(polite("/"), Snapshot)


def test_a_host_that_cannot_be_reached_says_so(time: Time) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with HttpFetcher(SETTINGS, lambda: NOW, time.stop, time) as fetcher:
        error = refused(lambda: fetcher.fetch(PageRequest(KEY, f"http://127.0.0.1:{port}/")))
    assert error.message == "could not connect to 127.0.0.1: check the address"


def test_robots_are_read_again_after_a_day(time: Time) -> None:
    read: list[str] = []

    def answer(url: str) -> tuple[int, bytes]:
        read.append(url)
        return 200, b"User-agent: *\nCrawl-delay: 5"

    robots = Robots("policy-tracker", answer, time)
    assert robots.permit("https://Example.org/a") == 5.0
    time.now += 24 * 3600 - 1
    robots.permit("https://example.org/b")
    time.now += 1
    robots.permit("https://example.org/b")
    robots.permit("http://example.org/b")
    assert read == [*["https://example.org/robots.txt"] * 2, "http://example.org/robots.txt"]


@pytest.mark.parametrize(("asked", "heeded"), [("7", 7.0), ("86400", 30.0), ("-1", 0.0), ("inf", 0.0), ("x", 0.0)])
def test_a_crawl_delay_is_heeded_within_bounds(time: Time, asked: str, heeded: float) -> None:
    robots = Robots("policy-tracker", lambda _: (200, f"User-agent: *\nCrawl-delay: {asked}".encode()), time)
    assert robots.permit("http://example.org/") == heeded


def test_robots_made_to_be_slow_are_not_parsed(time: Time) -> None:
    """Agents times rules: this one takes minutes."""
    agents = "".join(f"User-agent: a{number}\n" for number in range(8_000))
    rules = "".join(f"Disallow: /{number}$\n" for number in range(8_000))
    robots = Robots("policy-tracker", lambda _: (200, (agents + rules).encode()), time)
    with pytest.raises(FetchError, match="too large"):
        robots.permit("http://example.org/")
