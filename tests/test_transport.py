"""Bodies, times and addresses that nobody should be at the mercy of."""

from __future__ import annotations

import gzip
import socket
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import brotli
import pytest
from fetching import SETTINGS, Get, Time, refused
from website import Page, Visit, Website

from tracker.model import Snapshot

# Bodies


@pytest.mark.parametrize(
    ("coding", "pack"),
    [("gzip", gzip.compress), ("deflate", zlib.compress), ("br", brotli.compress)],
    ids=["gzip", "deflate", "brotli"],
)
def test_a_compressed_body_is_decoded(site: Website, get: Get, coding: str, pack: Callable[[bytes], bytes]) -> None:
    site["/"] = Page(pack(b"<p>Privacy"), headers={"Content-Encoding": coding})
    page = get()
    assert isinstance(page, Snapshot)
    assert page.body == b"<p>Privacy"


@pytest.mark.parametrize("coding", ["zstd", "gzip, gzip", "x\x1b[31m"])
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


@pytest.mark.parametrize(("coding", "pack"), [("gzip", gzip.compress), ("br", partial(brotli.compress, quality=1))])
def test_a_small_body_that_unpacks_to_a_huge_one_is_refused(
    site: Website, get: Get, coding: str, pack: Callable[[bytes], bytes]
) -> None:
    bomb = pack(b"\0" * 50_000_000)
    assert len(bomb) < 100_000
    site["/"] = Page(bomb, headers={"Content-Encoding": coding})
    assert "larger than" in refused(lambda: get(settings=replace(SETTINGS, max_bytes=1_000_000))).message


def test_an_endless_body_that_unpacks_to_nothing_is_refused(site: Website, get: Get) -> None:
    """Empty gzip members, of which the decoded size never grows."""
    sent: list[int] = []

    def nothing() -> Iterator[bytes]:
        for number in range(10_000):
            sent.append(number)
            yield gzip.compress(b"") * 1000

    site["/"] = Page(nothing(), headers={"Content-Encoding": "gzip"})
    assert "larger than" in refused(lambda: get(settings=replace(SETTINGS, max_bytes=1_000_000))).message
    assert len(sent) < 1_000


def test_a_body_that_is_said_to_be_huge_is_not_begun(site: Website, get: Get) -> None:
    site["/"] = Page([b"x"], headers={"Content-Length": str(2 * 1024**3)})
    assert "larger than 20000000 bytes" in refused(get).message


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
