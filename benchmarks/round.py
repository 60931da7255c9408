"""A round over 300 unchanged and 300 changed pages on loopback, beside a bare loop with `requests` over the same.

    python -m benchmarks.round [--profile]

The server, the tracker and the loop run in a process each, so that none pays for another.  The loop sends the same
requests one after the other on one connection, with the same validators; what it reads it throws away.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import pstats
import random
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import requests

from tracker.config import Config, Document, FetchSettings, Service
from tracker.fetch import HttpFetcher
from tracker.model import DocumentKey, Kind
from tracker.pipeline.assessment import Assessor
from tracker.pipeline.outcomes import Change
from tracker.pipeline.rounds import Round
from tracker.store import Store

PAGES, SERVICES, PARAGRAPHS = 300, 60, 120
WORDS = (
    "you the that this of for when about which account settings page device browser country language information"
    " reasonable request written support contact please under section other available described visit online email"
)
CLAIM = "We share your personal data with our advertising partners and use your posts to train AI models"
SELDOM = 25  # one paragraph of so many claims something, as in real policies


def page(kind: str, number: int, turn: int) -> bytes:
    """A policy of some 30 kB; a changed one has another paragraph at each turn."""
    words, vocabulary = random.Random(f"{kind}{number}"), WORDS.split()
    texts = [" ".join(words.choices(vocabulary, k=40)).capitalize() for _ in range(PARAGRAPHS)]
    texts[::SELDOM] = [f"{CLAIM} {number}-{place}" for place in range(0, PARAGRAPHS, SELDOM)]
    if kind == "changed":
        texts[PARAGRAPHS // 2] = f"This is what we said at turn {turn}, and no other."
    return ("<main><h1>Policy</h1>" + "".join(f"<p>{text}.</p>" for text in texts) + "</main>").encode()


class Handler(BaseHTTPRequestHandler):
    """``/unchanged/N`` and ``/changed/N`` with entity tags; ``/turn`` changes the latter."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # one write per answer
    disable_nagle_algorithm = True
    turn = 0

    def do_GET(self) -> None:
        if self.path == "/turn":
            Handler.turn += 1
        _, kind, number = (*self.path.split("/"), "")[:3]
        tag = f'"{kind}{number}-{Handler.turn if kind == "changed" else 0}"'
        known = self.headers.get("If-None-Match") == tag
        body = page(kind, int(number), Handler.turn) if number and not known else b""
        self.send_response(304 if known else 200 if number or kind == "turn" else 404)
        self.send_header("ETag", tag)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


def serve() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_port, flush=True)
    server.serve_forever()


Figures = dict[str, float]


@contextmanager
def measured(into: dict[str, Figures], name: str) -> Iterator[None]:
    begun, spent = time.perf_counter(), time.process_time()
    yield
    into[name] = {"seconds": time.perf_counter() - begun, "cpu": time.process_time() - spent}


def bare(address: str) -> dict[str, Figures]:
    """A loop over the same pages."""
    figures: dict[str, Figures] = {}
    tags: dict[str, str] = {}
    with requests.Session() as session:

        def get(kind: str) -> None:
            for number in range(PAGES):
                url = f"{address}/{kind}/{number}"
                answer = session.get(url, headers={"If-None-Match": tags[url]} if url in tags else {}, timeout=60)
                tags[url] = answer.headers["ETag"]

        rounds(address, get, figures)
    return figures


def rounds(address: str, get: Callable[[str], None], figures: dict[str, Figures]) -> None:
    """A first look at all, then both kinds once more, measured."""
    get("unchanged")
    get("changed")
    requests.get(f"{address}/turn", timeout=60)
    for kind in ("unchanged", "changed"):
        with measured(figures, kind):
            get(kind)


def tracked(address: str, profile: cProfile.Profile | None = None) -> dict[str, Figures]:
    """Rounds of the tracker: fetched, extracted, stored, read, judged."""
    figures: dict[str, Figures] = {}
    services = tuple(
        Service(f"S{each}", tuple(document(address, kind, n) for kind in KINDS for n in range(each, PAGES, SERVICES)))
        for each in range(SERVICES)
    )
    settings = FetchSettings(delay_per_host=0, confirm=0, allow_private=True)
    config = Config(fetch=settings, services=services)

    def clock() -> datetime:
        return datetime.now(UTC)

    with (
        tempfile.TemporaryDirectory() as folder,
        Store.open(Path(folder) / "tracker.db") as store,
        ThreadPoolExecutor(settings.workers) as executor,
        HttpFetcher(settings, clock, threading.Event()) as fetcher,
    ):

        def get(kind: str) -> None:
            wanted = [d for service in services for d in service.documents if d.kind is KINDS[kind]]
            assessor = Assessor(config, store)
            if profile and figures:
                profile.enable()
            found = list(Round(config, store, assessor, fetcher.fetch, clock).check(wanted, executor))
            if profile:
                profile.disable()
            expected = {Change.FIRST} if not looked[kind] else {Change.CONFIRMED if kind == "changed" else Change.NONE}
            assert {outcome.change for outcome in found} == expected, found[:3]
            looked[kind] = True

        looked = dict.fromkeys(KINDS, False)
        rounds(address, get, figures)
    return figures


KINDS = {"unchanged": Kind.PRIVACY, "changed": Kind.TERMS}


def document(address: str, kind: str, number: int) -> Document:
    key = DocumentKey(f"S{number % SERVICES}", f"{kind} {number}")
    return Document(key, KINDS[kind], (f"{address}/{kind}/{number}",), language="en")


def run(subject: str, port: str) -> dict[str, Figures]:
    command = [sys.executable, "-m", "benchmarks.round", subject, port]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, encoding="utf-8", cwd=Path(__file__).parents[1])
    figures: dict[str, Figures] = json.loads(done.stdout)
    return figures


def main() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.round", "serve"], stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout
        port = server.stdout.readline().strip()
        try:
            results = {subject: run(subject, port) for subject in ("bare", "tracked")}
        finally:
            server.kill()
    print("| pages | what | requests per second | CPU per document, ms | peak memory, MB |")
    print("| --- | --- | ---: | ---: | ---: |")
    for kind in KINDS:
        for subject, name in (("bare", "a loop with `requests`"), ("tracked", "`tracker check`")):
            figures, yard = results[subject][kind], results["bare"][kind]
            speed = f"{PAGES / figures['seconds']:.0f} ({yard['seconds'] / figures['seconds']:.2f})"
            cpu = f"{1000 * figures['cpu'] / PAGES:.1f} ({figures['cpu'] / yard['cpu']:.1f})"
            memory = results[subject]["memory"]["peak"]
            ratio = memory / results["bare"]["memory"]["peak"]
            print(f"| {PAGES} {kind} | {name} | {speed} | {cpu} | {memory:.0f} ({ratio:.1f}) |")
    print("\nIn brackets: the ratio to the loop.")


def subject() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.round", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("subject", nargs="?", choices=["serve", "bare", "tracked"], help=argparse.SUPPRESS)
    parser.add_argument("port", nargs="?", help=argparse.SUPPRESS)
    parser.add_argument("--profile", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.subject is None:
        main()
    elif options.subject == "serve":
        serve()
    else:
        address = f"http://127.0.0.1:{options.port}"
        profile = cProfile.Profile() if options.profile else None
        figures = bare(address) if options.subject == "bare" else tracked(address, profile)
        figures["memory"] = {"peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}
        print(json.dumps(figures))
        if profile:
            pstats.Stats(profile, stream=sys.stderr).sort_stats("cumulative").print_stats(45)


if __name__ == "__main__":
    subject()
