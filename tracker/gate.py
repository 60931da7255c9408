"""Which outgoing addresses are allowed: a name is resolved once, checked, and connected to as it was checked."""

from __future__ import annotations

import http.client
import io
import re
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.utils import select_proxy
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, ProxyManager, Retry
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util import parse_url
from urllib3.util.connection import create_connection

from tracker.errors import GateError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_UNICAST = IPv6Network("2000::/3")  # all that is handed out for the public Internet (RFC 4291, section 2.4)
_NAT64 = IPv6Network("64:ff9b::/96")  # an IPv4 address in its last 32 bits (RFC 6052, section 2.1)
_PROTOCOL = IPv4Network("192.0.0.0/24")  # IETF protocol assignments (RFC 6890): older Pythons know half of it
_POOLS_PER_WORKER = 4  # idle hosts whose connections are kept: a round comes back to a host after others

# A host that ends in a number is an IPv4 address to browsers (WHATWG URL, section 3.5); only some libraries agree.
_ENDS_IN_NUMBER = re.compile(r"(?:.*\.)?(?:\d+|0x[0-9a-f]*)\.?", re.IGNORECASE)
_MISREAD = re.compile(r"[\x00-\x1f\x7f\\]")  # what parsers drop, or take for a slash


class TooMuchError(OSError):
    """A server sent more than was allowed."""


@dataclass(frozen=True, slots=True)
class _Limits:
    seconds_left: Callable[[], float]
    most: int | None


_limits: ContextVar[_Limits | None] = ContextVar("limits", default=None)


def is_public(address: str) -> bool:
    """Whether a numeric IP address belongs to the public Internet.

    Addresses that wrap an IPv4 one (mapped, RFC 4291; 6to4, RFC 3056; Teredo, RFC 4380) are none: no public site has
    one, and where their packets go is hard to say.  NAT64 (RFC 6052), by which networks without IPv4 reach all of it,
    is judged by what it wraps.
    """
    ip: IPv4Address | IPv6Address = ip_address(address)
    if isinstance(ip, IPv6Address) and ip in _NAT64:
        ip = IPv4Address(int(ip) & 0xFFFFFFFF)
    if isinstance(ip, IPv6Address):
        return ip in _UNICAST and ip.is_global and not ip.sixtofour
    return ip.is_global and not ip.is_multicast and ip not in _PROTOCOL


def check_url(url: str) -> None:
    """Raise GateError unless ``url`` is a plain web address, which every parser reads in the same way.

    It is http or https, in lower case, names a host by its name or by an address in the usual spelling, and carries
    neither user name nor password, backslash nor control character.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
        agreed = not host or not host.isascii() or (parse_url(url).host or "").strip("[]").lower() == host
    except ValueError as error:
        raise GateError("not a web address: check the address", url=url) from error
    if not url.startswith(("http://", "https://")):
        raise GateError("only http and https addresses can be reached: check the address", url=url)
    if "@" in parts.netloc:
        bare = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
        raise GateError("an address must not carry a user name or password: remove them", url=bare)
    if not host:
        raise GateError("the address names no host: check the address", url=url)
    if not agreed or _MISREAD.search(url) or any(char.isspace() for char in parts.netloc) or _disguised(host):
        raise GateError("programs read this address in different ways: write it in the usual way", url=url)


def _disguised(host: str) -> bool:
    """Whether a host is an IPv4 address in another spelling than four decimal numbers."""
    if ":" in host or not _ENDS_IN_NUMBER.fullmatch(host):
        return False
    try:
        return str(IPv4Address(host)) != host
    except ValueError:
        return True


def addresses(host: str, port: int, allow_private: bool) -> tuple[str, ...]:
    """The numeric addresses of ``host``, in the order to try them, every one of them checked.

    Raises GateError if any is not public and ``allow_private`` is false, and OSError or UnicodeError if the
    name cannot be resolved.
    """
    found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    numeric = tuple(dict.fromkeys(str(entry[4][0]) for entry in found))
    for address in numeric:
        if not allow_private and not is_public(address):
            # The address itself is not told: what is inside is nobody's business who reads an alert.
            raise GateError(f"{host} is not on the public Internet: set allow_private = true if this is meant")
    return numeric


@contextmanager
def limit(seconds_left: Callable[[], float], most: int | None = None) -> Iterator[None]:
    """Within it no connect and no read of a gated session, in this thread, outlasts ``seconds_left()``.

    The limit holds for each single read from the network, headers too, so that a server which sends a byte
    now and then cannot hold a worker.  When none are left, the call fails like any timeout.  ``most`` is how many bytes
    one answer may have as it comes, still compressed; more raise TooMuchError.  None: any number.
    """
    token = _limits.set(_Limits(seconds_left, most))
    try:
        yield
    finally:
        _limits.reset(token)


def _within_limit(timeout: float | None) -> float | None:
    limits = _limits.get()
    if limits is None:
        return timeout
    left = limits.seconds_left()
    if left <= 0:
        raise TimeoutError("no time left")
    return left if timeout is None else min(timeout, left)


class _LimitedReader(io.RawIOBase):
    """Reads one answer from a socket, asking before each read how long it may take."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._size = 0
        self._timeout = sock.gettimeout()
        self._raw = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int | None:
        self._sock.settimeout(_within_limit(self._timeout))
        read = self._raw.readinto(buffer)
        self._size += read or 0
        limits = _limits.get()
        if limits and limits.most is not None and self._size > limits.most:
            raise TooMuchError("more bytes than allowed")
        return read

    def close(self) -> None:
        self._raw.close()
        super().close()


class _LimitedResponse(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp.close()
        self.fp = io.BufferedReader(_LimitedReader(sock))


class _GatedConnection(HTTPConnection):
    """Connects to addresses that passed the gate; TLS goes on to verify the host's name, not the address."""

    allow_private: ClassVar[bool] = False
    response_class = _LimitedResponse

    def _new_conn(self) -> socket.socket:
        try:
            numeric = addresses(self.host, self.port, self.allow_private)
        except socket.gaierror as error:
            raise NameResolutionError(self.host, self, error) from error
        except UnicodeError as error:
            raise NameResolutionError(self.host, self, socket.gaierror(socket.EAI_NONAME, str(error))) from error
        last: OSError = OSError("the name has no address")
        for address in numeric:
            try:
                sock = create_connection(
                    (address, self.port),
                    _within_limit(self.timeout),
                    source_address=self.source_address,
                    socket_options=self.socket_options,
                )
            except OSError as error:
                last = error
            else:
                sys.audit("http.client.connect", self, self.host, self.port)
                return sock
        if isinstance(last, TimeoutError):
            raise ConnectTimeoutError(self, "timed out") from last
        raise NewConnectionError(self, str(last)) from last


def _pool_classes(private: bool) -> dict[str, type[HTTPConnectionPool]]:
    class Plain(_GatedConnection):
        allow_private = private

    class Secure(_GatedConnection, HTTPSConnection):
        allow_private = private

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}


class _GateAdapter(HTTPAdapter):
    def __init__(self, allow_private: bool, pool_size: int, retries: Retry | None) -> None:
        self._allow_private = allow_private
        super().__init__(
            pool_connections=pool_size * _POOLS_PER_WORKER, pool_maxsize=pool_size, max_retries=retries or 0
        )

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **pool_kwargs: Any) -> None:
        super().init_poolmanager(connections, maxsize, block, **pool_kwargs)
        self.poolmanager.pool_classes_by_scheme = _pool_classes(self._allow_private)

    def proxy_manager_for(self, proxy: str, **proxy_kwargs: Any) -> ProxyManager:
        manager: ProxyManager = super().proxy_manager_for(proxy, **proxy_kwargs)
        manager.pool_classes_by_scheme = _pool_classes(True)  # the user's own proxy may stand inside
        return manager

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        url = request.url or ""
        check_url(url)
        if select_proxy(url, kwargs.get("proxies")):
            # The proxy looks the name up again, by itself; so one that leads inside from here is not handed to it.
            parts = urlsplit(url)
            addresses(parts.hostname or "", parts.port or 443, self._allow_private)
        return super().send(request, *args, **kwargs)


def _judge_redirect(response: requests.Response, *_args: Any, **_kwargs: Any) -> None:
    # requests reads the body of a redirect to its end, however long, before it follows; and it mends the address.
    if response.is_redirect:
        response.close()
        check_url(urljoin(response.url, response.headers["Location"]))


def session(
    allow_private: bool, pool_size: int, retries: Retry | None = None, proxy: str | None = None
) -> requests.Session:
    """A session whose every connection, those of redirects included, passes the gate.

    ``pool_size`` is how many threads use it at once; ``retries`` None means no second attempt; ``proxy`` is the
    address of an HTTP proxy, None for direct connections.  Proxies and passwords from the environment are ignored,
    cookies are kept for the redirects of one request and no longer, and the bodies of redirects are not read.  Its
    calls raise GateError besides what requests raises.
    """
    gated = requests.Session()
    gated.trust_env = False
    gated.max_redirects = 10
    gated.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
    gated.hooks["response"].append(_judge_redirect)
    if proxy is not None:
        gated.proxies = {"http": proxy, "https": proxy}
    adapter = _GateAdapter(allow_private, pool_size, retries)
    for prefix in ("http://", "https://"):
        gated.mount(prefix, adapter)
    return gated
