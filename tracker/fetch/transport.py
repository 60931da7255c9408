"""One answer over HTTP: redirects followed, failures tried again, all within a deadline."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from itertools import count

import requests
from urllib3 import Retry
from urllib3.exceptions import (
    DecodeError,
    HTTPError,
    InvalidHeader,
    NameResolutionError,
    NewConnectionError,
    ProtocolError,
)

from tracker import gate
from tracker.config import FetchSettings
from tracker.errors import FetchError, GateError
from tracker.fetch.politeness import Pace, host_of

_MOST_REDIRECTS = 10
_CHUNK = 64 * 1024  # bytes
_HEADERS = 64 * 1024  # bytes of headers and chunk marks that an answer may have besides its body
_BACKOFF = 1.0  # seconds: the next attempts follow within 1, 2, 4, … seconds
_BACKOFF_MOST = 30.0  # seconds
_ACCEPT = "text/html,application/xhtml+xml,text/markdown,text/plain,application/pdf,application/xml;q=0.9,*/*;q=0.1"
_ACCEPT_ENCODING = "gzip, deflate, br"  # what urllib3 decodes piecemeal, whichever other decoders are installed
_DECODED = ("", "identity", "gzip", "x-gzip", "deflate", "br")
_STOPPED = "stopped before the page was fetched: it is fetched in the next round"
# What requests, urllib3 and the sockets let out; ValueError: a Location that is no address at all.
_NETWORK_ERRORS = (requests.RequestException, HTTPError, OSError, ValueError)


@dataclass(frozen=True, slots=True)
class Query:
    """What to ask for.

    ``permit`` is asked about every address before it is requested, those of redirects included: it returns
    the delay in seconds which that host asks for, or raises FetchError.
    """

    url: str
    headers: tuple[tuple[str, str], ...]
    allow_private: bool
    permit: Callable[[str], float]


@dataclass(frozen=True, slots=True)
class Answer:
    """A final answer.  ``url`` is the address after redirects; ``body`` is decoded, and empty from 400 up."""

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def phrase(self) -> str:
        """The status by its standard name, "404 Not Found": the server's own words are not repeated."""
        try:
            return f"{self.status} {HTTPStatus(self.status).phrase}"
        except ValueError:
            return str(self.status)

    @property
    def retryable(self) -> bool:
        """Whether the same request may succeed later (RFC 9110, section 15; 425: RFC 8470; 429: RFC 6585)."""
        return self.status in (408, 425, 429) or self.status >= 500

    @property
    def retry_after(self) -> float:
        """Seconds that the server asks to wait (RFC 9110, section 10.2.3); 0.0 where it does not."""
        value = next((value for name, value in self.headers if name.lower() == "retry-after"), None)
        try:
            return Retry(0).parse_retry_after(value) if value else 0.0
        except (InvalidHeader, ValueError, OverflowError):
            return 0.0


class Budget:
    """The seconds that one fetch may take; none are left once ``stop`` is set."""

    def __init__(self, seconds: float, stop: threading.Event, monotonic: Callable[[], float]) -> None:
        self._stop = stop
        self._monotonic = monotonic
        self._end = monotonic() + seconds

    def left(self) -> float:
        return 0.0 if self._stop.is_set() else max(0.0, self._end - self._monotonic())

    def extend(self, seconds: float) -> None:
        self._end += seconds


class Transport:
    """Fetches addresses through the gate at a polite pace; safe to share between threads.

    ``jitter`` takes the most seconds that may pass before a further attempt and gives those that do.
    """

    def __init__(
        self,
        settings: FetchSettings,
        stop: threading.Event,
        monotonic: Callable[[], float],
        jitter: Callable[[float], float],
    ) -> None:
        self._settings = settings
        self._stop = stop
        self._monotonic = monotonic
        self._jitter = jitter
        self._pace = Pace(stop, monotonic)
        self._sessions = {private: self._session(private) for private in (False, True)}

    def close(self) -> None:
        for session in self._sessions.values():
            session.close()

    def get(self, query: Query) -> Answer:
        """The answer, whatever its status, after as many attempts as the settings and the deadline allow.

        Waiting for a host's turn does not count against the deadline.  Raises FetchError, which names the
        address and no document, if there is no answer.
        """
        budget = Budget(self._settings.deadline, self._stop, self._monotonic)
        for attempt in count():
            outcome = self._attempt(query, budget)
            if not outcome.retryable:
                break
            asked = outcome.retry_after if isinstance(outcome, Answer) else 0.0
            if asked:
                self._pace.hold(host_of(query.url), min(asked, self._settings.deadline))
            pause = asked + self._jitter(min(_BACKOFF * 2**attempt, _BACKOFF_MOST))
            if attempt >= self._settings.retries or pause >= budget.left() or self._stop.wait(pause):
                break
        if isinstance(outcome, FetchError):
            raise outcome
        return outcome

    def turn(self, query: Query) -> Budget:
        """Waits for the address's turn without asking for it; gives the time that may be spent on it from now."""
        budget = Budget(self._settings.deadline, self._stop, self._monotonic)
        self._wait_turn(query.url, query.permit, budget)
        return budget

    def _session(self, allow_private: bool) -> requests.Session:
        session = gate.session(allow_private, self._settings.workers, proxy=self._settings.proxy)
        session.verify = self._settings.ca_file or True
        session.headers.update(
            {"User-Agent": self._settings.user_agent, "Accept": _ACCEPT, "Accept-Encoding": _ACCEPT_ENCODING}
        )
        return session

    def _attempt(self, query: Query, budget: Budget) -> Answer | FetchError:
        """One walk from the address to its answer.  An error that may pass is returned, others are raised."""
        try:
            return self._walk(query, budget)
        except GateError as error:
            raise FetchError(error.message, url=error.url or query.url) from error
        except _NETWORK_ERRORS as error:
            failure = self._explain(error, query.url, budget)
            if not failure.retryable:
                raise failure from error
            failure.__cause__ = error
            return failure

    def _walk(self, query: Query, budget: Budget) -> Answer:
        gate.check_url(query.url)  # before requests turns a password in the address into a header
        session = self._sessions[query.allow_private]
        request = session.prepare_request(requests.Request("GET", query.url, headers=dict(query.headers)))
        for _ in range(_MOST_REDIRECTS + 1):
            url = request.url or query.url
            self._wait_turn(url, query.permit, budget)
            with (
                gate.limit(budget.left, self._settings.max_bytes + _HEADERS),
                session.send(
                    request,
                    stream=True,
                    allow_redirects=False,
                    timeout=self._settings.timeout,
                    verify=session.verify,
                    proxies=session.proxies,
                ) as response,
            ):
                if response.next is None:
                    return self._answer(response, url)
                request = response.next
        raise FetchError(f"it redirects more than {_MOST_REDIRECTS} times: check the address", url=query.url)

    def _wait_turn(self, url: str, permit: Callable[[str], float], budget: Budget) -> None:
        begun = self._monotonic()
        delay = max(permit(url), self._settings.delay_per_host)
        if not self._pace.wait(host_of(url), delay):
            raise FetchError(_STOPPED, url=url, retryable=True)
        budget.extend(self._monotonic() - begun)

    def _answer(self, response: requests.Response, url: str) -> Answer:
        headers = tuple((str(name), str(value)) for name, value in response.raw.headers.iteritems())
        body = b""
        if response.status_code < 400:
            if response.headers.get("Content-Encoding", "").strip().lower() not in _DECODED:
                raise FetchError(
                    "the page comes in a compression that was not asked for: look at it in a browser", url=url
                )
            body = self._body(response, url)
        return Answer(url, response.status_code, headers, body)

    def _body(self, response: requests.Response, url: str) -> bytes:
        most = self._settings.max_bytes
        if int(response.raw.length_remaining or 0) > most:
            raise _too_large(most, url)
        chunks: list[bytes] = []
        size = 0
        for chunk in response.iter_content(_CHUNK):
            size += len(chunk)
            if size > most:
                raise _too_large(most, url)
            chunks.append(chunk)
        return b"".join(chunks)

    def _explain(self, error: Exception, url: str, budget: Budget) -> FetchError:
        """The one line for a person; retryable where the failure may pass by itself."""
        if self._stop.is_set():
            return FetchError(_STOPPED, url=url, retryable=True)
        if budget.left() <= 0:
            text = f"the page took longer than {self._settings.deadline:g} seconds: raise deadline if this is meant"
            return FetchError(text, url=url, retryable=True)
        if any(isinstance(cause, gate.TooMuchError) for cause in _causes(error)):
            return _too_large(self._settings.max_bytes, url)
        request = getattr(error, "request", None)  # of the redirect that failed
        text, retryable = _describe(error, host_of(getattr(request, "url", None) or url), self._settings.timeout)
        return FetchError(text, url=url, retryable=retryable)


def _too_large(most: int, url: str) -> FetchError:
    return FetchError(f"the page is larger than {most} bytes: raise max_bytes if this is meant", url=url)


def _causes(error: BaseException) -> list[BaseException]:
    causes = [error]
    while (cause := causes[-1].__cause__ or causes[-1].__context__) is not None:
        causes.append(cause)
    return causes


def _describe(error: Exception, host: str, timeout: float) -> tuple[str, bool]:
    """What went wrong and what to do, and whether it may pass by itself."""
    causes = _causes(error)

    def met(*kinds: type[BaseException]) -> bool:
        return any(isinstance(cause, kinds) for cause in causes)

    if met(NameResolutionError, socket.gaierror):
        if any(isinstance(cause, socket.gaierror) and cause.errno == socket.EAI_AGAIN for cause in causes):
            return f"the name {host} could not be looked up: check the network", True
        return f"the name {host} is not known: check the address", False
    if met(ssl.SSLCertVerificationError):
        return f"{host} has no valid certificate: check the address", False
    if met(TimeoutError):
        return f"{host} did not answer within {timeout:g} seconds: raise timeout if this is usual", True
    if met(DecodeError):
        return "the body is compressed and cannot be decoded: look at the page in a browser", True
    if met(NewConnectionError, ssl.SSLError):
        return f"could not connect to {host}: check the address", True
    if met(ProtocolError):
        return f"{host} broke off its answer: look at the page in a browser", True
    return "it leads to something that is not a web address: check the address", False
