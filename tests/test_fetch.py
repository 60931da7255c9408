"""A page over HTTP, from a real server on loopback."""

from __future__ import annotations

import gzip
import socket
import threading
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from website import Page, Visit, Website

from tracker.config import FetchSettings
from tracker.errors import FetchError
from tracker.fetch.http import HttpFetcher, PageRequest
from tracker.fetch.politeness import Pace, interleave
from tracker.fetch.robots import Robots
from tracker.model import DocumentKey, NotModified, Snapshot

NOW = datetime(2024, 9, 18, 12, tzinfo=UTC)
KEY = DocumentKey("LinkedIn", "Privacy Policy")
SETTINGS = FetchSettings(delay_per_host=0.0, allow_private=True, retries=0, workers=4)


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


Get = Callable[..., Snapshot | NotModified]


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def get(site: Website, time: Time) -> Get:
    """Fetches a path of the site, robots.txt left aside; settings and page can be varied."""

    def fetch(path: str = "/", settings: FetchSettings = SETTINGS, **page: object) -> Snapshot | NotModified:
        wanted = replace(PageRequest(KEY, site.url(path), robots=False), **page)  # type: ignore[arg-type]  # fields
        with HttpFetcher(settings, lambda: NOW, time.stop, time) as fetcher:
            return fetcher.fetch(wanted)

    return fetch


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


# What a page is


def test_a_page_becomes_a_snapshot(site: Website, get: Get) -> None:
    site["/"] = Page("<p>Privacy", headers={"ETag": '"1"', "X-Twice": "a"})
    page = get()
    assert isinstance(page, Snapshot)
    assert (page.document, page.fetched_at, page.status, page.body) == (KEY, NOW, 200, b"<p>Privacy")
    assert (page.url, page.final_url, page.media_type) == (site.url("/"), site.url("/"), "text/html")
    assert page.header("etag") == '"1"'
    assert page.header("Content-Type") == "text/html; charset=utf-8"


def test_what_is_asked_for(site: Website, get: Get) -> None:
    site["/"] = "<p>Privacy"
    get("/", replace(SETTINGS, user_agent="policy-tracker (+https://example.org/contact)"))
    get("/", language="fr")
    first, second = (visit.headers for visit in site.visits)
    assert first["user-agent"] == "policy-tracker (+https://example.org/contact)"
    assert first["accept-encoding"] == "gzip, deflate"
    assert first["accept"].startswith("text/html")
    assert not {"accept-language", "cookie", "authorization", "if-none-match", "if-modified-since"} & first.keys()
    assert second["accept-language"] == "fr"


@pytest.mark.parametrize(
    ("header", "field"), [("ETag", "etag"), ("Last-Modified", "last_modified")], ids=["etag", "last-modified"]
)
def test_an_unchanged_page_is_not_sent_again(site: Website, get: Get, header: str, field: str) -> None:
    value = {"ETag": 'W/"abc"', "Last-Modified": "Wed, 18 Sep 2024 07:00:00 GMT"}[header]
    site["/"] = Page("<p>Privacy", headers={header: value})
    first = get()
    assert isinstance(first, Snapshot)
    assert get(**{field: first.header(header)}) == NotModified(KEY, site.url("/"), NOW)
    site["/"] = Page("<p>New", headers={header: "other"})
    assert isinstance(get(**{field: value}), Snapshot)


def test_a_validator_that_is_no_plain_text_is_not_sent_back(site: Website, get: Get) -> None:
    site["/"] = "<p>Privacy"
    get(etag='"a\r\nX-Evil: 1"', last_modified="\x1b[31m")
    assert not {"if-none-match", "if-modified-since", "x-evil"} & site.visits[0].headers.keys()


def test_304_without_a_question_is_no_page(site: Website, get: Get) -> None:
    site["/"] = Page(status=304, media_type=None)
    assert "304" in refused(get).message


@pytest.mark.parametrize(
    ("header", "body", "media_type"),
    [
        ("text/html; charset=utf-8", b"<p>x", "text/html"),
        ("Application/XHTML+XML", b"<p>x", "application/xhtml+xml"),
        ("text/plain", b"x", "text/plain"),
        ("text/markdown", b"# x", "text/markdown"),
        ("application/pdf", b"%PDF-1.7", "application/pdf"),
        ("application/rss+xml", b"<rss/>", "application/rss+xml"),
        (None, b"\xef\xbb\xbf \n<!doctype html>", "text/html"),
        (None, b"%PDF-1.7\n\0", "application/pdf"),
        (None, b"Privacy policy", "text/plain"),
    ],
)
def test_types_that_hold_text(site: Website, get: Get, header: str | None, body: bytes, media_type: str) -> None:
    site["/"] = Page(body, media_type=header)
    page = get()
    assert isinstance(page, Snapshot)
    assert page.media_type == media_type


@pytest.mark.parametrize(
    ("header", "body"),
    [
        ("image/png", b"\x89PNG"),
        ("image/svg+xml", b"<svg/>"),
        ("application/octet-stream", b"x"),
        ("application/json", b"{}"),
        ("\x1b[31mtext/evil", b"x"),
        (None, b"MZ\0\0"),
    ],
)
def test_types_that_do_not(site: Website, get: Get, header: str | None, body: bytes) -> None:
    site["/"] = Page(body, media_type=header)
    error = refused(get)
    assert "neither text nor PDF" in error.message
    assert not error.retryable


def test_an_empty_page_is_none(site: Website, get: Get) -> None:
    site["/"] = ""
    assert "empty" in refused(get).message


# Statuses and further attempts


@pytest.mark.parametrize(
    ("status", "retryable"),
    [(400, False), (401, False), (403, False), (404, False), (408, True), (410, False), (425, True), (429, True),
     (500, True), (502, True), (503, True), (599, True), (202, False), (204, False), (300, False)],
)  # fmt: skip
def test_a_status_that_is_no_page(site: Website, get: Get, status: int, retryable: bool) -> None:
    site["/"] = Page("<p>sorry", status=status)
    error = refused(get)
    assert str(status) in error.message
    assert error.retryable is retryable
    assert len(site.visits) == 1


def test_the_next_attempts_come_later_and_later(site: Website, get: Get, time: Time) -> None:
    site["/"] = [*[Page(status=500)] * 3, Page("<p>Privacy")]
    assert isinstance(get(settings=replace(SETTINGS, retries=3)), Snapshot)
    assert (len(site.visits), time.waits) == (4, [2.0, 4.0])


def test_attempts_end(site: Website, get: Get) -> None:
    site["/"] = Page(status=500)
    assert "500 Internal Server Error" in refused(lambda: get(settings=replace(SETTINGS, retries=2))).message
    assert len(site.visits) == 3


def test_what_will_not_pass_is_not_tried_again(site: Website, get: Get) -> None:
    site["/"] = Page(status=404)
    refused(lambda: get(settings=replace(SETTINGS, retries=3)))
    assert len(site.visits) == 1


def test_the_server_says_when_to_come_back(site: Website, get: Get, time: Time) -> None:
    site["/"] = [Page(status=503, headers={"Retry-After": "7"}), Page("<p>Privacy")]
    assert isinstance(get(settings=replace(SETTINGS, retries=1)), Snapshot)
    assert time.now == 7.0


def test_nobody_waits_beyond_the_deadline(site: Website, get: Get, time: Time) -> None:
    site["/"] = Page(status=429, headers={"Retry-After": "3600"})
    error = refused(lambda: get(settings=replace(SETTINGS, retries=3)))
    assert "3600 seconds" in error.message
    assert error.retryable
    assert (len(site.visits), time.waits) == (1, [])


@pytest.mark.parametrize("value", ["soon", "-5", "9" * 5000, "Fri, 99 Nop 99999 99:99:99 GMT", "\x00"])
def test_a_senseless_retry_after_is_ignored(site: Website, get: Get, time: Time, value: str) -> None:
    site["/"] = [Page(status=503, headers={"Retry-After": value}), Page("<p>Privacy")]
    assert isinstance(get(settings=replace(SETTINGS, retries=1)), Snapshot)
    assert time.waits == []


@pytest.mark.parametrize(("asked", "waited"), [("9", 9.0), ("3600", 60.0)], ids=["short", "beyond the deadline"])
def test_a_host_that_asks_to_wait_is_left_alone_by_all(site: Website, time: Time, asked: str, waited: float) -> None:
    site["/busy"] = Page(status=429, headers={"Retry-After": asked})
    site["/"] = "<p>Privacy"
    with HttpFetcher(SETTINGS, lambda: NOW, time.stop, time) as fetcher:
        refused(lambda: fetcher.fetch(PageRequest(KEY, site.url("/busy"), robots=False)))
        fetcher.fetch(PageRequest(KEY, site.url("/"), robots=False))
    assert time.waits == [waited]


# Redirects


def test_redirects_are_followed(site: Website, get: Get) -> None:
    site["/"] = Page.redirect("/two", 301)
    site["/two"] = Page.redirect(site.url("/three", "localhost"), 307)
    site["/three"] = "<p>Privacy"
    page = get()
    assert isinstance(page, Snapshot)
    assert (page.url, page.final_url) == (site.url("/"), site.url("/three", "localhost"))


def test_a_circle_of_redirects_ends(site: Website, get: Get) -> None:
    site["/"] = Page.redirect("/")
    assert "redirects more than 10 times" in refused(get).message
    assert len(site.visits) == 11


@pytest.mark.parametrize(
    "location",
    ["file:///etc/passwd", "ftp://127.0.0.1/", "http://me:secret@127.0.0.1/", "http://[::1", "http://a:99999/", "\xff"],
)
def test_a_redirect_to_nowhere_is_refused(site: Website, get: Get, location: str) -> None:
    site["/"] = Page.redirect(location)
    error = refused(get)
    assert not error.retryable
    assert "secret" not in f"{error} {error.url}"


def test_a_private_address_is_refused_unless_allowed(site: Website, get: Get) -> None:
    site["/"] = "<p>Privacy"
    public = replace(SETTINGS, allow_private=False)
    error = refused(lambda: get(settings=public))
    assert "set allow_private = true" in error.message
    assert site.visits == []
    assert isinstance(get(settings=public, allow_private=True), Snapshot)


def test_a_redirect_to_a_private_address_is_refused(site: Website, get: Get, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test has a public host: until its first visit, the site passes for one."""
    site["/"] = Page.redirect(site.url("/admin", "localhost"))
    site["/admin"] = "<p>secret"
    monkeypatch.setattr("tracker.gate.is_public", lambda address: not site.visits)
    error = refused(lambda: get(settings=replace(SETTINGS, allow_private=False)))
    assert "localhost is at" in error.message
    assert site.paths == ["/"]


# Bodies


@pytest.mark.parametrize(
    ("coding", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress)], ids=["gzip", "deflate"]
)
def test_a_compressed_body_is_decoded(site: Website, get: Get, coding: str, pack: Callable[[bytes], bytes]) -> None:
    site["/"] = Page(pack(b"<p>Privacy"), headers={"Content-Encoding": coding})
    page = get()
    assert isinstance(page, Snapshot)
    assert page.body == b"<p>Privacy"


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip, gzip", "x\x1b[31m"])
def test_a_coding_that_was_not_asked_for_is_refused(site: Website, get: Get, coding: str) -> None:
    site["/"] = Page(b"whatever", headers={"Content-Encoding": coding})
    assert "compression" in refused(get).message


def test_a_body_beyond_the_cap_is_refused(site: Website, get: Get) -> None:
    def long() -> Iterator[bytes]:
        for _ in range(1_000):
            yield b"x" * 65536

    site["/"] = Page(long())
    assert "larger than 1000000 bytes" in refused(lambda: get(settings=replace(SETTINGS, max_bytes=1_000_000))).message


def test_a_body_of_just_the_cap_is_not(site: Website, get: Get) -> None:
    site["/"] = b"x" * 1000
    assert isinstance(get(settings=replace(SETTINGS, max_bytes=1000)), Snapshot)


def test_the_cap_is_of_the_decoded_body(site: Website, get: Get) -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    assert len(bomb) < 100_000
    site["/"] = Page(bomb, headers={"Content-Encoding": "gzip"})
    assert "larger than" in refused(lambda: get(settings=replace(SETTINGS, max_bytes=1_000_000))).message


@pytest.mark.parametrize(
    ("page", "words"),
    [
        (Page(b"no gzip", headers={"Content-Encoding": "gzip"}), "cannot be decoded"),
        (Page([b"cut"], headers={"Content-Length": "50"}), "broke off"),
        (Page([b"zz\r\nno chunk\r\n"], headers={"Transfer-Encoding": "chunked"}), "broke off"),
        (Page(b"x", headers={"X-Long": "x" * 70_000}), "broke off"),
    ],
    ids=["coding", "cut off", "chunks", "headers"],
)
def test_an_answer_that_makes_no_sense(site: Website, get: Get, page: Page, words: str) -> None:
    site["/"] = page
    error = refused(get)
    assert words in error.message
    assert error.retryable


def test_a_body_that_breaks_off_is_fetched_again(site: Website, get: Get) -> None:
    site["/"] = [Page([b"cut"], headers={"Content-Length": "50"}), Page("<p>Privacy")]
    page = get(settings=replace(SETTINGS, retries=1))
    assert isinstance(page, Snapshot)
    assert page.body == b"<p>Privacy"


# Time


def test_a_body_that_drips_hits_the_deadline(site: Website, get: Get, time: Time) -> None:
    """Every piece comes well within the timeout of a read."""

    def drip() -> Iterator[bytes]:
        for _ in range(1_000):
            time.now += 1
            yield b"x"

    site["/"] = Page(drip())
    error = refused(lambda: get(settings=replace(SETTINGS, deadline=30.0, retries=3)))
    assert "longer than 30 seconds" in error.message
    assert error.retryable
    assert len(site.visits) == 1


def test_a_server_that_says_nothing_hits_the_timeout(site: Website, get: Get) -> None:
    def silent(_: Visit) -> Page:
        site.closing.wait()
        return Page()

    site["/"] = silent
    error = refused(lambda: get(settings=replace(SETTINGS, timeout=0.05)))
    assert "did not answer within 0.05 seconds" in error.message
    assert error.retryable


def test_stopping_ends_a_fetch(site: Website, get: Get, time: Time) -> None:
    def long() -> Iterator[bytes]:
        yield b"x" * 65536
        time.stop.set()
        for _ in range(1_000):
            yield b"x" * 65536

    site["/"] = Page(long())
    error = refused(lambda: get(settings=replace(SETTINGS, retries=3)))
    assert "stopped" in error.message
    assert error.retryable
    assert "stopped" in refused(get).message
    assert len(site.visits) == 1


# Addresses


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mailto:privacy@example.org", "only http"),
        ("example.org/privacy", "only http"),
        ("file:///etc/passwd", "only http"),
        ("http://", "names no host"),
        ("http://[::1", "not a web address"),
        ("http://*.example.org/", "not a web address"),
        ("http://me:secret@127.0.0.1/", "user name or password"),
        ("http://no-such-host.invalid/", "name no-such-host.invalid"),
        (f"http://{'a' * 70}.example/", "check the address"),
    ],
)
def test_an_address_that_leads_nowhere(get: Get, url: str, words: str) -> None:
    error = refused(lambda: get(url=url))
    assert words in error.message
    assert "secret" not in f"{error} {error.url}"


def test_an_unreachable_port(get: Get) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    error = refused(lambda: get(url=f"http://127.0.0.1:{port}/"))
    assert error.message == "could not connect to 127.0.0.1: check the address"
    assert error.retryable


def test_the_host_that_fails_is_named(site: Website, get: Get) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    site["/"] = Page.redirect(f"http://localhost:{port}/")
    assert refused(get).message == "could not connect to localhost: check the address"


# robots.txt


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
    assert "robots = false" in error.message
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


# Pace


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


def test_hosts_alternate() -> None:
    urls = ["http://a/1", "http://a/2", "http://A:8080/3", "http://b/1", "https://c/1", "http://b/2", "no address"]
    pages = [PageRequest(KEY, url) for url in urls]
    assert [page.url for page in interleave(pages)] == [
        "http://a/1", "http://b/1", "https://c/1", "no address", "http://a/2", "http://b/2", "http://A:8080/3",
    ]  # fmt: skip


def test_many_threads_share_one_fetcher(site: Website) -> None:
    for number in range(40):
        site[f"/{number}"] = f"<p>{number}"
    with HttpFetcher(SETTINGS, lambda: NOW) as fetcher, ThreadPoolExecutor(4) as pool:
        pages = list(pool.map(lambda n: fetcher.fetch(PageRequest(KEY, site.url(f"/{n}"))), range(40)))
    assert [page.body for page in pages if isinstance(page, Snapshot)] == [f"<p>{n}".encode() for n in range(40)]
    assert site.paths.count("/robots.txt") == 1
