"""A page that scripts draw → what a browser shows of it, within limits of time, memory and traffic."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tracker import gate
from tracker.config import FetchSettings
from tracker.errors import FetchError, GateError
from tracker.fetch.politeness import host_of
from tracker.fetch.transport import Answer
from tracker.fetch.tunnel import Tunnel

RENDERED_BY = "rendered-by"  # the header of a snapshot that a browser drew
_NAMES = ("chromium", "chromium-browser", "google-chrome")
_AT_ONCE = threading.Semaphore(2)  # browsers: each takes some hundred megabytes
_MEMORY = 1_500_000_000  # bytes of a browser with all its processes
_TRAFFIC = 60_000_000  # bytes that one page may bring with everything it loads
_LOOK = 0.2  # seconds between two looks at a running browser
_KEPT = ("PATH", "LANG", "TZ", "LD_LIBRARY_PATH")  # of the environment: the secrets of channels are in it
_MISSING = "needs a browser: install Debian's package chromium and `pip install 'policy-tracker[browser]'`"


def browser_path() -> str | None:
    """The system's Chromium; None where there is none, or nothing to drive it with."""
    if not importlib.util.find_spec("playwright"):
        return None
    return next((found for name in _NAMES if (found := shutil.which(name))), None)


def render(
    url: str, language: str | None, allow_private: bool, settings: FetchSettings, seconds_left: Callable[[], float]
) -> Answer:
    """The page as a reader sees it once its scripts have run and what was folded is open.

    Raises FetchError, which names the address and no document: there is no browser, the page leads nowhere, or the
    limits were reached.
    """
    path = browser_path()
    if path is None:
        raise FetchError(_MISSING, url=url)
    try:
        gate.check_url(url)
    except GateError as error:
        raise FetchError(error.message, url=error.url) from error
    with _AT_ONCE, Tunnel(allow_private, seconds_left, _TRAFFIC, settings.proxy) as tunnel:
        order = {
            "url": url,
            "executable": path,
            "sandbox": os.geteuid() != 0,  # Chromium's own does not start for root
            "proxy": tunnel.address,
            "user_agent": settings.user_agent,
            "language": language,
            "seconds": settings.deadline,
        }
        found = _run(order, url, seconds_left)
    return _answer(found, url, tunnel.refused, settings.max_bytes)


def _answer(found: dict[str, Any], url: str, refused: Collection[str], most: int) -> Answer:
    if refused and ("error" in found or host_of(found["url"]) in refused):
        hosts = ", ".join(sorted(refused))
        raise FetchError(f"{hosts} is not on the public Internet: set allow_private = true if this is meant", url=url)
    if "error" in found:
        reason = found["error"].removeprefix("Page.goto: ")[:120]
        raise FetchError(f"the browser could not show it ({reason}): check the address", url=url)
    body = str(found["html"]).encode()
    if len(body) > most:
        raise FetchError(f"the page is larger than {most} bytes: raise max_bytes if this is meant", url=url)
    headers = tuple((name, value) for name, value in found["headers"] if name.lower() not in ("etag", "last-modified"))
    return Answer(found["url"], found["status"], (*headers, (RENDERED_BY, found["browser"])), body)


def _run(order: dict[str, Any], url: str, seconds_left: Callable[[], float]) -> dict[str, Any]:
    """Runs the browser in a process of its own, which ends with all its children when this returns."""
    program = str(files("tracker.fetch").joinpath("rendering.py"))
    with TemporaryDirectory(prefix="tracker-browser-") as home:
        result = Path(home, "page.json")
        with result.open("wb") as output:
            process = subprocess.Popen(  # noqa: S603 - our own program; the address goes in as data
                [sys.executable, "-P", program],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.DEVNULL,
                env={name: os.environ[name] for name in _KEPT if name in os.environ} | {"HOME": home, "TMPDIR": home},
            )
        try:
            with process.stdin as orders:  # type: ignore[union-attr]  # it is a pipe
                orders.write(json.dumps(order).encode())
            _watch(process, url, seconds_left)
        finally:
            for pid in (*_children(process.pid), process.pid):
                with suppress(OSError):
                    os.kill(pid, signal.SIGKILL)
            process.wait()
        try:
            found: dict[str, Any] = json.loads(result.read_bytes())
        except ValueError:
            found = {"error": "it ended without an answer"}
        return found


def _watch(process: subprocess.Popen[bytes], url: str, seconds_left: Callable[[], float]) -> None:
    while process.poll() is None:
        if seconds_left() <= 0:
            raise FetchError("the browser took too long: raise deadline if this is meant", url=url, retryable=True)
        if sum(map(_memory, _children(process.pid))) > _MEMORY:
            raise FetchError(
                f"the page took more than {_MEMORY // 10**6} MB of memory in a browser: is it the right page?", url=url
            )
        with suppress(subprocess.TimeoutExpired):
            process.wait(_LOOK)


def _children(pid: int) -> Iterator[int]:
    """The processes below one, the deepest first (proc(5)); none where there is no /proc."""
    below: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, ValueError, IndexError):
            below.setdefault(int(entry.read_text().rpartition(")")[2].split()[1]), []).append(int(entry.parent.name))

    def descend(parent: int) -> Iterator[int]:
        for child in below.get(parent, []):
            yield from descend(child)
            yield child

    return descend(pid)


def _memory(pid: int) -> int:
    """Bytes of memory of a process, what it shares counted by its share (proc(5), smaps_rollup)."""
    with suppress(OSError, ValueError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0
