"""Which outgoing addresses are allowed."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import requests
import trustme
from website import Page, Website, secure

from tracker import gate
from tracker.errors import GateError


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "93.184.215.14", "2606:4700:4700::1111", "64:ff9b::808:808"],
)
def test_public_addresses_pass(address: str) -> None:
    assert gate.is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.255.255.254", "0.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254",
        "100.64.0.1", "192.0.0.8", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
        "::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1",
        "64:ff9b:1::7f00:1", "2002:7f00:1::1", "2002:a00:1::", "2001::1", "2001:db8::1", "fc00::1", "fe80::1",
        "fe80::1%lo", "fec0::1", "ff02::1", "100::1", "::ffff:8.8.8.8", "2002:808:808::1", "2001:0:808:808::1",
        "5f00::1",
    ],
)  # fmt: skip
def test_other_addresses_do_not(address: str) -> None:
    assert not gate.is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "", "example.org", "/etc/passwd", "file:///etc/passwd", "ftp://example.org/", "javascript:alert(1)", "http://",
        "http:///path", "http://[::1", "http://example.org:99999/", "http://example.org:port/",
        "http://user@example.org/", "https://user:secret@example.org/", "gopher://example.org/", "data:text/html,hello",
        "HTTP://example.org/", "hTTps://example.org/", "http:/example.org", "http:example.org", "http:\\\\example.org",
        "http://example.org\\@127.0.0.1/", "http://example.org\\.evil.example/",
        "http://2130706433/", "http://0x7f000001/", "http://127.1/", "http://0177.0.0.1/", "http://example.0x7f/", "http://0/",
        "http://127.0.0.1./", "http://exa\tmple.org/", "http://exa mple.org/", "http://example.org\r\nHost: evil/", "http://a%00b/",
    ],
)  # fmt: skip
def test_addresses_that_are_no_plain_web_addresses_are_refused(url: str) -> None:
    with pytest.raises(GateError) as caught:
        gate.check_url(url)
    assert "secret" not in f"{caught.value} {caught.value.url}"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "127.0.0.2"])
def test_loopback_is_refused_however_it_is_written(site: Website, host: str) -> None:
    with gate.session(False, 1) as session, pytest.raises(GateError, match="not on the public Internet"):
        session.get(site.url("/", host))
    assert site.visits == []


def test_loopback_is_reached_where_it_is_allowed(site: Website) -> None:
    site["/"] = "<p>hello"
    with gate.session(True, 1) as session:
        assert session.get(site.url("/", "localhost"), timeout=60).text == "<p>hello"


def test_a_redirect_passes_the_gate_too(site: Website, monkeypatch: pytest.MonkeyPatch) -> None:
    site["/"] = Page.redirect(site.url("/inside"))
    site["/inside"] = "<p>secret"
    monkeypatch.setattr(gate, "is_public", lambda address: len(site.visits) == 0)
    with gate.session(False, 1) as session, pytest.raises(GateError, match="not on the public"):
        session.get(site.url("/"), headers={"Connection": "close"}, timeout=60)
    assert site.paths == ["/"]


@pytest.mark.parametrize(
    "target",
    [
        *("file:///etc/passwd", "data:text/html,hello", "gopher://127.0.0.1:25/", "http://user:secret@127.0.0.1/"),
        *("http://example.org\\@127.0.0.1/", "\\\\127.0.0.1/", "//0x7f.1/", "http://2130706433/"),
    ],
)
def test_a_redirect_that_is_no_plain_web_address_is_refused(site: Website, target: str) -> None:
    site["/"] = Page.redirect(target)
    with gate.session(True, 1) as session, pytest.raises(GateError):
        session.get(site.url("/"), timeout=60)


def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", _names({"two.example": [["93.184.215.14", "127.0.0.1"]]}))
    with pytest.raises(GateError, match=r"^two\.example is not on the public Internet"):
        gate.addresses("two.example", 80, allow_private=False)


def test_the_address_that_was_checked_is_the_one_connected_to(site: Website, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name server that changes its answer after the check is not asked again."""
    site["/"] = "<p>hello"
    monkeypatch.setattr(socket, "getaddrinfo", _names({"rebind.example": [["127.0.0.1"], ["192.0.2.1"]]}))
    with gate.session(True, 1) as session:
        assert session.get(site.url("/", "rebind.example"), timeout=60).text == "<p>hello"
    assert site.visits[0].headers["host"] == f"rebind.example:{site.port}"


def test_the_next_address_is_tried_where_one_does_not_answer(site: Website, monkeypatch: pytest.MonkeyPatch) -> None:
    site["/"] = "<p>hello"
    monkeypatch.setattr(socket, "getaddrinfo", _names({"many.example": [["127.0.0.9", "127.0.0.1"]]}))
    with gate.session(True, 1) as session:
        assert session.get(site.url("/", "many.example"), timeout=60).status_code == 200


def test_proxies_and_passwords_of_the_environment_are_ignored(
    site: Website, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    site["/"] = "<p>hello"
    with gate.session(True, 1) as session:
        assert session.get(site.url("/"), timeout=60).status_code == 200
    assert "authorization" not in site.visits[0].headers


def test_cookies_last_for_the_redirects_of_one_request(site: Website) -> None:
    site["/"] = Page(status=302, headers={"Location": "/next", "Set-Cookie": "seen=1"})
    site["/next"] = "<p>hello"
    with gate.session(True, 1) as session:
        session.get(site.url("/"), timeout=60)
        session.get(site.url("/next"), timeout=60)
    assert [visit.headers.get("cookie") for visit in site.visits] == [None, "seen=1", None]


def test_the_body_of_a_redirect_is_not_read(site: Website) -> None:
    sent: list[int] = []

    def long() -> Iterator[bytes]:
        for number in range(2_000):
            sent.append(number)
            yield b"x" * 65536

    site["/"] = Page(long(), status=302, headers={"Location": "/next"})
    site["/next"] = "<p>hello"
    with gate.session(True, 1) as session:
        assert session.get(site.url("/"), timeout=60).text == "<p>hello"
    assert len(sent) < 2_000


def test_the_limit_ends_headers_that_come_byte_by_byte() -> None:
    """Each byte comes well within the timeout of one read; only the limit can end it."""
    left = iter([5.0, 4.0, 3.0, 2.0, 1.0, 0.0])
    listener = socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        connection, _ = listener.accept()
        with connection, suppress(OSError):
            connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            for _ in range(50_000):
                connection.sendall(b"x")

    threading.Thread(target=drip, daemon=True).start()
    with (
        listener,
        gate.session(True, 1) as session,
        gate.limit(lambda: next(left)),
        pytest.raises(requests.exceptions.ReadTimeout),
    ):
        session.get(f"http://127.0.0.1:{listener.getsockname()[1]}/", timeout=60)
    assert list(left) == []


def test_tls_verifies_the_name_and_not_the_address(authority: trustme.CA, tmp_path: Path) -> None:
    trusted = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(trusted)
    with secure(authority, "localhost") as site, gate.session(True, 1) as session:
        site["/"] = "<p>hello"
        session.verify = str(trusted)
        assert session.get(site.url("/", "localhost"), timeout=60).text == "<p>hello"
        with pytest.raises(requests.exceptions.SSLError):
            session.get(site.url("/"), timeout=60)
        session.verify = True
        with pytest.raises(requests.exceptions.SSLError):
            session.get(site.url("/", "localhost"), timeout=60)


def test_a_proxy_is_used_only_for_what_passes_the_gate(site: Website, monkeypatch: pytest.MonkeyPatch) -> None:
    """The site plays the proxy: it is asked for whole addresses."""
    answers = {"public.example": [["93.184.215.14"]], "inside.example": [["10.0.0.1"]]}
    monkeypatch.setattr(socket, "getaddrinfo", _names(answers))
    site["http://public.example/"] = "<p>hello"
    with gate.session(False, 1, proxy=site.url()) as session:
        assert session.get("http://public.example/", timeout=60).text == "<p>hello"
        with pytest.raises(GateError, match="not on the public Internet"):
            session.get("http://inside.example/", timeout=60)
    assert site.paths == ["http://public.example/"]


def test_more_bytes_than_allowed_end_an_answer(site: Website) -> None:
    site["/"] = b"x" * 100_000
    with (
        gate.session(True, 1) as session,
        gate.limit(lambda: 5.0, most=50_000),
        pytest.raises(requests.RequestException),
    ):
        session.get(site.url("/"))


def _names(answers: dict[str, list[list[str]]]) -> object:
    """A name server: each look-up of a name takes its next answer; everything else is looked up for real."""
    real = socket.getaddrinfo

    def look_up(host: str, port: int, *args: object, **kwargs: object) -> object:
        if host not in answers:
            return real(host, port, *args, **kwargs)  # type: ignore[arg-type]  # passed through as given
        addresses = answers[host].pop(0)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    return look_up
