"""One polite pace per host."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from desk import Blocker, Desk
from fetching import KEY, NOW, SETTINGS, Get, Time
from website import Page, Visit, Website

from tracker.fetch.http import HttpFetcher, PageRequest
from tracker.fetch.politeness import Lanes, Pace
from tracker.model import Snapshot


def test_requests_to_one_host_keep_their_distance(site: Website, time: Time) -> None:
    site["/robots.txt"] = Page.redirect("/moved")
    site["/moved"] = "User-agent: *\nCrawl-delay: 3"
    site["/a"] = Page.redirect("/b")
    site["/b"] = "<p>Privacy"
    with HttpFetcher(replace(SETTINGS, delay_per_host=2.0), lambda: NOW, time.stop, time) as fetcher:
        fetcher.fetch(PageRequest(KEY, site.url("/a")))
        fetcher.fetch(PageRequest(KEY, site.url("/b")))
        fetcher.fetch(PageRequest(KEY, site.url("/b", "localhost"), robots=False))
    assert site.paths == ["/robots.txt", "/moved", "/a", "/b", "/b", "/b"]
    assert time.waits == [2.0, 2.0, 3.0, 3.0]


def test_waiting_for_a_turn_does_not_count_against_the_deadline(site: Website, get: Get) -> None:
    site["/"] = Page.redirect("/b")
    site["/b"] = "<p>Privacy"
    assert isinstance(get(settings=replace(SETTINGS, delay_per_host=100.0, deadline=10.0)), Snapshot)


def test_threads_take_turns() -> None:
    time = Time()
    begun: list[float] = []
    lock = threading.Lock()

    class Recording(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            with lock:
                begun.append(timeout or 0.0)
            return False

    pace = Pace(Recording(), time)
    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(lambda _: pace.wait("example.org", 2.0), range(8)))
    assert sorted(begun) == [2.0 * turn for turn in range(1, 8)]


def test_a_set_stop_ends_the_waiting(time: Time) -> None:
    pace = Pace(time.stop, time)
    assert pace.wait("example.org", 2.0)
    time.stop.set()
    assert not pace.wait("example.org", 2.0)
    assert not pace.wait("example.com", 2.0)
    assert time.waits == []


def test_hosts_take_turns_and_none_takes_more_than_its_share() -> None:
    urls = ["http://a/1", "http://a/2", "http://A:8080/3", "http://b/1", "https://c/1", "http://b/2", "no address"]
    lanes = Lanes([PageRequest(KEY, url) for url in urls], most=2)
    first = lanes.ready()
    assert [page.url for page in first] == [
        "http://a/1", "http://b/1", "https://c/1", "no address", "http://a/2", "http://b/2",
    ]  # fmt: skip
    assert lanes.ready() == ()
    lanes.done(first[1])
    assert lanes.ready() == ()
    lanes.done(first[0])
    assert [page.url for page in lanes.ready()] == ["http://A:8080/3"]


def test_a_host_that_hangs_delays_no_other(desk: Desk) -> None:
    """With two workers, the pages of a host that never answers would hold both."""
    held = Blocker.of(Page("<p>We collect your name and your address."))
    names = [f"slow {number}" for number in range(3)]
    for name in names:
        desk.site[f"/{name.replace(' ', '-')}"] = held

    def release(_: Visit) -> Page:
        held.may_answer.set()
        return Page("<p>We collect your name and your address.")

    desk.site["/quick"] = release
    slow = [(name, "other", f'["{desk.site.url("/" + name.replace(" ", "-"))}"]') for name in names]
    desk.configure(*slow, ("quick", "other", f'["{desk.site.url("/quick", "localhost")}"]'))
    desk.config.write_text(desk.config.read_text().replace("[fetch]", "[fetch]\nworkers = 2"))
    assert desk("check") == 0


def test_many_threads_share_one_fetcher(site: Website) -> None:
    for number in range(40):
        site[f"/{number}"] = f"<p>{number}"
    with HttpFetcher(SETTINGS, lambda: NOW) as fetcher, ThreadPoolExecutor(4) as pool:
        pages = list(pool.map(lambda n: fetcher.fetch(PageRequest(KEY, site.url(f"/{n}"))), range(40)))
    assert [page.body for page in pages if isinstance(page, Snapshot)] == [f"<p>{n}".encode() for n in range(40)]
    assert site.paths.count("/robots.txt") == 1
