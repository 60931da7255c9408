"""Servers and pages that mean harm, in one round: one line each that names page and reason, and the round goes on."""

from __future__ import annotations

import gzip
import socket
import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import brotli
import pytest
import trustme
from desk import Desk, Said, policy
from website import Page, Visit, Website, secure

from tracker import gate
from tracker.model import DocumentKey

LEAKED = "root:x:0:0"
LAUGHS = "<!DOCTYPE lolz [<!ENTITY lol 'ha'>" + "".join(
    f"<!ENTITY lol{n} '{f'&lol{n - 1 if n > 1 else str()};' * 10}'>" for n in range(1, 10)
)  # fmt: skip


def endless(piece: bytes) -> Iterator[bytes]:
    while True:
        yield piece


def onward(visit: Visit) -> Page:
    return Page.redirect(f"/onward?{int(visit.path.partition('?')[2] or 0) + 1}")


def xml(prologue: str, body: str) -> Page:
    text = f"{prologue}]><html><body><h1>Policy</h1><p>{body}</p><p>We collect your name and address.</p></body></html>"
    return Page(text, media_type="application/xhtml+xml")


# What is answered, and what the one line says; "": nothing is wrong with the page.
PAGES: dict[str, tuple[Page | Callable[[Visit], Page], str]] = {
    "gzip bomb": (Page(gzip.compress(b" " * 8_000_000), headers={"Content-Encoding": "gzip"}), "larger than 2000000"),
    "brotli bomb": (
        Page(brotli.compress(b" " * 8_000_000, quality=1), headers={"Content-Encoding": "br"}),
        "larger than 2000000",
    ),
    "endless": (Page(endless(b"<p>more " * 8000)), "larger than 2000000"),
    "two gigabytes": (Page([b"<p>"], headers={"Content-Length": str(2 * 1024**3)}), "larger than 2000000"),
    "circle": (Page.redirect("/circle"), "redirects more than 10 times"),
    "onward": (onward, "redirects more than 10 times"),
    "to a file": (Page.redirect("file:///etc/passwd"), "only http and https"),
    "to data": (Page.redirect("data:text/html,<p>hello"), "only http and https"),
    "to gopher": (Page.redirect("gopher://127.0.0.1:25/_HELO"), "only http and https"),
    "to a password": (Page.redirect("http://root:hunter2@127.0.0.1/"), "user name or password"),
    "to two hosts": (Page.redirect("http://example.org\\@127.0.0.1/"), "user name or password"),
    "to a number": (Page.redirect("http://2130706433/"), "in different ways"),
    "header flood": (Page("<p>x", headers={f"X-{n}": "x" for n in range(5000)}), "broke off"),
    "long header": (Page("<p>x", headers={"X-Long": "x" * 200_000}), "broke off"),
    "cut off": (Page([policy().encode()], headers={"Content-Length": "900000"}), "broke off"),
    "broken chunks": (Page([b"zz\r\nno chunk\r\n"], headers={"Transfer-Encoding": "chunked"}), "broke off"),
    "wrong charset": (Page(policy(), media_type="text/html; charset=utf-16"), ""),
    "no charset": (Page(policy(), media_type="text/html; charset=../../etc/passwd"), ""),
    "python charset": (Page(policy(), media_type="text/html; charset=unicode_escape"), ""),
    "NUL bytes": (Page(policy("<p>one\0two</p>").replace("<h1>", "\0<h1>\0")), ""),
    "nested": (Page("<div>" * 5_000 + policy()), ""),
    "external entity": (xml('<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">', "Leak: &x;"), ""),
    "billion laughs": (xml(LAUGHS, "Ha: &lol9;"), ""),
    "lying PDF": (
        Page(b"%PDF-1.4\n1 0 obj<</Length 999999999>>stream\nx\nendstream\nstartxref\n99999999\n%%EOF",
             media_type="application/pdf"),
        "PDF",
    ),
    "cut PDF": (Page(b"%PDF-1.7\n" + b"\0\xff" * 500, media_type="application/pdf"), "PDF"),
}  # fmt: skip


@pytest.fixture
def round_of(desk: Desk, capsys: Said) -> Callable[..., dict[str, str]]:
    """Checks these documents (name → address) together with a good one; gives the lines that were told of each."""

    def check(urls: dict[str, str], **settings: str) -> dict[str, str]:
        desk.site["/good"] = policy()
        every = {"good": desk.site.url("/good", "good.example" if "allow_private" in settings else "127.0.0.1"), **urls}
        desk.configure(*((name, "other", f'["{url}"]') for name, url in every.items()))
        more = "".join(f"{key} = {value}\n" for key, value in settings.items())
        text = desk.config.read_text().replace("[fetch]\n", f"[fetch]\nmax_bytes = 2_000_000\n{more}")
        if "allow_private" in settings:
            text = text.replace("allow_private = true\n", "", 1)
        desk.config.write_text(text)
        desk("check")
        lines = capsys.readouterr().err.splitlines()
        told = {name: [line for line in lines if line.startswith(f"tracker: Acme/{name}: ")] for name in every}
        assert sum(map(len, told.values())) == len(lines), lines
        assert all(len(found) <= 1 for found in told.values()), lines
        assert not told.pop("good")
        with desk.store() as store:
            assert len(store.versions(DocumentKey("Acme", "good"))) == 1
        return {name: "".join(found) for name, found in told.items()}

    return check


def test_each_hostile_page_gets_its_line(desk: Desk, round_of: Callable[..., dict[str, str]]) -> None:
    for name, (page, _) in PAGES.items():
        desk.site["/" + name.replace(" ", "-")] = page
    for number in range(1, 12):
        desk.site[f"/onward?{number}"] = onward
    told = round_of({name: desk.site.url("/" + name.replace(" ", "-")) for name in PAGES})
    for name, (_, words) in PAGES.items():
        assert (words in told[name]) if words else not told[name], (name, told[name])
    assert not any(word in str(told) for word in ("Traceback", "Errno", "object at", "urllib3", "hunter2", LEAKED))
    with desk.store() as store:
        for name in (name for name, (_, words) in PAGES.items() if not words):
            [version] = store.versions(DocumentKey("Acme", name))
            text = "\n".join(block.text for block in store.blocks(version.passages))
            assert "We collect your name" in text, name
            assert LEAKED not in text
            assert len(text) < 2000


@pytest.mark.long
def test_a_page_nested_two_hundred_thousand_deep_is_read(desk: Desk, round_of: Callable[..., dict[str, str]]) -> None:
    desk.site["/deep"] = "<div>" * 200_000 + policy()
    assert round_of({"deep": desk.site.url("/deep")}) == {"deep": ""}


INSIDE = {"inside.example": "10.1.2.3", "rebound.example": "192.168.7.7"}


@pytest.fixture
def internet(monkeypatch: pytest.MonkeyPatch) -> None:
    """127.0.0.1 plays the public Internet, where names ending in .example are; rebound.example moves inside at once."""
    public, look_up, asked = gate.is_public, socket.getaddrinfo, set[str]()

    def address(host: str) -> str:
        first = host not in asked
        asked.add(host)
        if host == "rebound.example" and first:
            return "127.0.0.1"
        return INSIDE.get(host, "127.0.0.1" if host.endswith(".example") else host)

    monkeypatch.setattr(gate, "is_public", lambda found: found == "127.0.0.1" or public(found))
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *rest, **more: look_up(address(host), *rest, **more))


@pytest.mark.usefixtures("internet")
def test_redirects_that_lead_inside_are_refused_and_no_inner_address_is_told(
    desk: Desk, round_of: Callable[..., dict[str, str]]
) -> None:
    port = desk.site.port
    targets = {
        "loopback": f"http://127.0.0.2:{port}/", "metadata": "http://169.254.169.254/latest/meta-data",
        "mapped": "http://[::ffff:10.0.0.1]/", "loopback six": f"http://[::1]:{port}/",
        "name": f"http://inside.example:{port}/", "rebound": f"http://rebound.example:{port}/moved",
    }  # fmt: skip
    for name, target in targets.items():
        desk.site[f"/{name}".replace(" ", "%20")] = Page.redirect(target)
    desk.site["/moved"] = Page(status=302, headers={"Location": "/secret", "Connection": "close"})
    desk.site["/secret"] = policy()
    told = round_of(
        {name: f"http://site.example:{port}/{name.replace(' ', '%20')}" for name in targets}, allow_private="false"
    )
    assert all("is not on the public Internet" in line for line in told.values()), told
    assert not any(address in str(told) for address in INSIDE.values())
    assert "/secret" not in desk.site.paths


def test_tls_that_cannot_be_trusted(
    authority: trustme.CA, round_of: Callable[..., dict[str, str]], tmp_path: Path
) -> None:
    trusted, expired = tmp_path / "ca.pem", ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.cert_pem.write_to_path(trusted)
    authority.issue_cert("localhost", not_after=datetime(2001, 1, 1, tzinfo=UTC)).configure_cert(expired)
    with (
        secure(authority, "localhost") as right,
        secure(authority, "example.org") as wrong,
        secure(trustme.CA(), "localhost") as unknown,
        Website(expired) as old,
        Website() as plain,
    ):
        for site in (right, wrong, unknown, old, plain):
            site["/"] = site["/robots.txt"] = policy()
        sites = {"right": right, "wrong": wrong, "unknown": unknown, "old": old}
        urls = {name: site.url("/", "localhost") for name, site in sites.items()}
        told = round_of({**urls, "plain": f"https://localhost:{plain.port}/"}, ca_file=f'"{trusted}"')
    assert not told.pop("right")
    assert "could not connect" in told.pop("plain")
    assert all("has no valid certificate" in line for line in told.values()), told
