"""Which outgoing addresses are allowed: a name is resolved once, checked, and connected to as it was checked."""

from __future__ import annotations

import http.client
import io
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from http.cookiejar import DefaultCookiePolicy
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, Retry
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util.connection import create_connection

from tracker.errors import GateError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_UNICAST = IPv6Network("2000::/3")  # all that is handed out for the public Internet (RFC 4291, section 2.4)
_NAT64 = IPv6Network("64:ff9b::/96")  # an IPv4 address in its last 32 bits (RFC 6052, section 2.1)
_PROTOCOL = IPv4Network("192.0.0.0/24")  # IETF protocol assignments (RFC 6890): older Pythons know half of it
_POOLS_PER_WORKER = 4  # idle hosts whose connections are kept: a round comes back to a host after others

_seconds_left: ContextVar[Callable[[], float] | None] = ContextVar("seconds_left", default=None)


def is_public(address: str) -> bool:
    """Whether a numeric IP address belongs to the public Internet.

    An IPv6 address that wraps an IPv4 one (mapped, RFC 4291; 6to4, RFC 3056; NAT64, RFC 6052) is judged by
    what it wraps, since that is where the packets go.
    """
    ip: IPv4Address | IPv6Address = ip_address(address)
    if isinstance(ip, IPv6Address):
        wrapped = ip.ipv4_mapped or ip.sixtofour or (IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _NAT64 else None)
        if wrapped is None:
            return ip in _UNICAST and ip.is_global
        ip = wrapped
    return ip.is_global and not ip.is_multicast and ip not in _PROTOCOL


def check_url(url: str) -> None:
    """Raise GateError unless ``url`` is http or https, names a host and carries no user name or password."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise GateError("not a web address: check the address", url=url) from error
    if parts.scheme not in ("http", "https"):
        raise GateError("only http and https addresses can be reached: check the address", url=url)
    if not host:
        raise GateError("the address names no host: check the address", url=url)
    if "@" in parts.netloc:
        bare = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
        raise GateError("an address must not carry a user name or password: remove them", url=bare)


def addresses(host: str, port: int, allow_private: bool) -> tuple[str, ...]:
    """The numeric addresses of ``host``, in the order to try them, every one of them checked.

    Raises GateError if any is not public and ``allow_private`` is false, and OSError or UnicodeError if the
    name cannot be resolved.
    """
    found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    numeric = tuple(dict.fromkeys(str(entry[4][0]) for entry in found))
    for address in numeric:
        if not allow_private and not is_public(address):
            raise GateError(
                f"{host} is at {address}, which is not on the public Internet: "
                "set allow_private = true if this is meant"
            )
    return numeric


@contextmanager
def limit(seconds_left: Callable[[], float]) -> Iterator[None]:
    """Within it no connect and no read of a gated session, in this thread, outlasts ``seconds_left()``.

    The limit holds for each single read from the network, headers too, so that a server which sends a byte
    now and then cannot hold a worker.  When none are left, the call fails like any timeout.
    """
    token = _seconds_left.set(seconds_left)
    try:
        yield
    finally:
        _seconds_left.reset(token)


def _within_limit(timeout: float | None) -> float | None:
    seconds_left = _seconds_left.get()
    if seconds_left is None:
        return timeout
    left = seconds_left()
    if left <= 0:
        raise TimeoutError("no time left")
    return left if timeout is None else min(timeout, left)


class _LimitedReader(io.RawIOBase):
    """Reads from a socket, asking before each read how long it may take."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._timeout = sock.gettimeout()
        self._raw = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int | None:
        self._sock.settimeout(_within_limit(self._timeout))
        return self._raw.readinto(buffer)

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

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        check_url(request.url or "")
        return super().send(request, *args, **kwargs)


def _leave_redirect_body(response: requests.Response, *_args: Any, **_kwargs: Any) -> None:
    # requests reads the body of a redirect to its end, however long, before it follows.
    if response.is_redirect:
        response.close()


def session(allow_private: bool, pool_size: int, retries: Retry | None = None) -> requests.Session:
    """A session whose every connection, those of redirects included, passes the gate.

    ``pool_size`` is how many threads use it at once; ``retries`` None means no second attempt.  Proxies and
    passwords from the environment are ignored, cookies are kept for the redirects of one request and no
    longer, and the bodies of redirects are not read.  Its calls raise GateError besides what requests raises.
    """
    gated = requests.Session()
    gated.trust_env = False
    gated.max_redirects = 10
    gated.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
    gated.hooks["response"].append(_leave_redirect_body)
    adapter = _GateAdapter(allow_private, pool_size, retries)
    for prefix in ("http://", "https://"):
        gated.mount(prefix, adapter)
    return gated
