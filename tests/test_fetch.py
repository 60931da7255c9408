"""A page over HTTP, from a real server on loopback."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fetching import KEY, NOW, SETTINGS, Get, Time, refused
from hypothesis import given
from hypothesis import strategies as st
from website import Page, Website

from tracker.fetch.http import HttpFetcher, PageRequest, full_jitter
from tracker.model import NotModified, Snapshot

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
    assert first["accept-encoding"] == "gzip, deflate, br"
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
    assert (len(site.visits), time.waits) == (4, [1.0, 2.0, 4.0])


@given(st.floats(min_value=0, max_value=30))
def test_jitter_is_full(most: float) -> None:
    assert 0 <= full_jitter(most) <= most


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
    assert time.waits == [8.0]  # and up to a second, so that not everybody comes at once


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
    assert time.waits == [1.0]


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
    assert "localhost is not on the public Internet" in error.message
    assert site.paths == ["/"]
