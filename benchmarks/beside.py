"""Rounds over 300 real policies beside urlwatch, webchanges and changedetection.io, on one server.

    python -m benchmarks.beside FOLDER

FOLDER holds a virtual environment for each of the three, under their names (`python -m venv FOLDER/urlwatch` and
`FOLDER/urlwatch/bin/pip install urlwatch`); one that is missing is left out.  Each program is started as a user starts
it, once per round: first look, nothing changed, everything changed.  Pages are real versions of documents with
furniture around them; changed ones show the next version.  CPU is of the program with its children.  Bars, of
urlwatch's: 0.7 unchanged, 0.6 changed, 0.25 of its storage; 120 MB of memory.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from benchmarks.extraction import SERVICES, SHARED
from benchmarks.furniture import furnished
from tracker.history.ota import read

DOCUMENTS, HOSTS = 300, 30
LONGEST = 60_000  # characters: the few longer texts would decide all
ROOT = Path(__file__).parents[1]


# ------------------------------------------------------------------------------------------------------ the server


def pairs() -> Iterator[tuple[str, str, str]]:
    """Title, text and next text: the first change of every document, then the third of every one, and so on."""
    texts: defaultdict[str, list[str]] = defaultdict(list)
    for record in read(SHARED / "pga-versions.bundle", SERVICES):
        if record.body and 1_000 < len(record.body) < LONGEST:
            texts[f"{record.service}: {record.terms_type}"].append(record.body.decode())
    for step in range(0, max(map(len, texts.values())), 2):
        for title, versions in sorted(texts.items()):
            if len(versions) > step + 1 and versions[step] != versions[step + 1]:
                yield title, versions[step], versions[step + 1]


class Handler(BaseHTTPRequestHandler):
    """``/N`` is a page; ``/turn`` shows the next version of all; ``/tags`` and ``/slow`` change how they are sent."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    pages: tuple[list[bytes], list[bytes]] = ([], [])
    turn = 0
    tags = True
    delay = 0.0

    def do_GET(self) -> None:
        page = self.path.strip("/")
        if not page.isdigit():
            self.command_of(page)
            self.answer(200 if page in ("turn", "tags", "slow") else 404, b"")
            return
        time.sleep(Handler.delay)
        tag = f'"{page}-{Handler.turn}"' if Handler.tags else None
        if tag and self.headers.get("If-None-Match") == tag:
            self.answer(304, b"", tag)
        else:
            self.answer(200, Handler.pages[Handler.turn][int(page)], tag)

    def command_of(self, word: str) -> None:
        if word == "turn":
            Handler.turn = 1 - Handler.turn
        elif word == "tags":
            Handler.tags = not Handler.tags
        elif word == "slow":
            Handler.delay = 0.05

    def answer(self, status: int, body: bytes, tag: str | None = None) -> None:
        self.send_response(status)
        if tag:
            self.send_header("ETag", tag)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


def serve(documents: int) -> None:
    chosen = [pair for pair, _ in zip(pairs(), range(documents), strict=False)]
    for turn in (0, 1):
        Handler.pages[turn].extend(
            furnished(pair[1 + turn], pair[0], number).html.encode() for number, pair in enumerate(chosen)
        )
    server = ThreadingHTTPServer(("0.0.0.0", 0), Handler)  # noqa: S104 - 127.0.1.1 and on play the hosts
    server.request_queue_size = 256
    print(json.dumps([server.server_port, len(chosen), sum(map(len, Handler.pages[0]))]), flush=True)
    server.serve_forever()


# ---------------------------------------------------------------------------------------------------- the programs


@dataclass(frozen=True, slots=True)
class Program:
    """``prepare`` writes its configuration for these addresses into a folder; ``command`` is one round there.

    ``watch``: what the first round's command takes for each address, where they are not in a file.
    """

    name: str
    command: list[str]
    prepare: Callable[[Path, list[str]], None]
    watch: str = ""


def tracker_files(home: Path, urls: list[str]) -> None:
    tables = "".join(
        f'[[service.document]]\nname = "D{number}"\nkind = "privacy"\nurl = "{url}"\n'
        for number, url in enumerate(urls)
    )
    (home / "config.toml").write_text(
        f'[fetch]\ndelay_per_host = 0.0\nallow_private = true\nconfirm = 0\n[[service]]\nname = "S"\n{tables}'
    )


def watch_files(home: Path, urls: list[str]) -> None:
    jobs = [f"name: D{number}\nurl: {url}\nfilter:\n  - html2text\n" for number, url in enumerate(urls)]
    (home / "urls.yaml").write_text("---\n".join(jobs))
    (home / "urlwatch.yaml").write_text("display: {new: true}\nreport: {stdout: {enabled: true, color: false}}\n")


def programs(folder: Path) -> list[Program]:
    found = [Program("tracker", [sys.executable, "-m", "tracker.cli", "check"], tracker_files)]
    for name in ("urlwatch", "webchanges"):
        path = folder / name / "bin" / name
        store = "--cache" if name == "urlwatch" else "--database"
        files = [
            "--urls" if name == "urlwatch" else "--jobs",
            "urls.yaml",
            "--config",
            "urlwatch.yaml",
            store,
            "cache.db",
        ]
        if path.exists():
            found.append(Program(name, [str(path.absolute()), *files], watch_files))
    path = folder / "changedetection.io" / "bin" / "changedetection.io"
    if path.exists():
        batch = [str(path.absolute()), "-C", "-d", "data", "-p", "59321", "-l", "ERROR", "-b", "-r", "all"]
        found.append(Program("changedetection.io", batch, lambda home, urls: None, "-u"))
    return found


@dataclass(frozen=True, slots=True)
class Figures:
    wall: float
    cpu: float
    memory: float  # MB


def measured(command: list[str], home: Path) -> Figures:
    """One run.  /usr/bin/time is not everywhere; wait4 tells the same of one child and its children."""
    begun = time.perf_counter()
    with (home / "log").open("ab") as log:
        process = subprocess.Popen(
            command,
            cwd=home,
            stdout=log,
            stderr=log,
            env={**os.environ, "PYTHONPATH": str(ROOT), "HOME": str(home), "ALLOW_IANA_RESTRICTED_ADDRESSES": "true"},
        )
        _, _, usage = os.wait4(process.pid, 0)
    process.returncode = 0
    wall = time.perf_counter() - begun
    return Figures(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def stored(home: Path) -> float:
    """MB of all that a program keeps."""
    kept = [path for path in home.rglob("*") if path.is_file() and path.name not in ("log", "config.toml", "urls.yaml")]
    return sum(path.stat().st_size for path in kept) / 1e6


def ask(port: int, word: str) -> None:
    subprocess.run(["curl", "-s", f"http://127.0.0.1:{port}/{word}"], check=True, capture_output=True)


def setting(
    port: int, count: int, programs: list[Program], *, hosts: int
) -> Iterator[tuple[str, dict[str, Figures], float]]:
    """Each program's three rounds and what it then keeps."""
    urls = [f"http://127.0.{1 if hosts > 1 else 0}.{number % hosts + 1}:{port}/{number}" for number in range(count)]
    for program in programs:
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder)
            program.prepare(home, urls)
            named = [word for url in urls for word in (program.watch, url)] if program.watch else []
            rounds = {"first": measured([*program.command, *named], home), "unchanged": measured(program.command, home)}
            ask(port, "turn")
            rounds["changed"] = measured(program.command, home)
            ask(port, "turn")
            if "--keep" in sys.argv:
                shutil.copytree(home, Path("/tmp") / f"beside-{program.name}", dirs_exist_ok=True)  # noqa: S108
            yield program.name, rounds, stored(home)


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.beside", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folder", type=Path, help="with the other programs' virtual environments")
    parser.add_argument("--documents", type=int, default=DOCUMENTS, metavar="N", help=f"how many ({DOCUMENTS})")
    parser.add_argument("--keep", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if not SHARED.is_dir():
        print("skipped: the histories in ../shared/data/ota are not there")
        return
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.beside", "serve", str(options.documents)], stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            assert server.stdout
            port, count, size = json.loads(server.stdout.readline())
            print(f"{count} documents, {size / 1e6:.1f} MB of pages.\n")
            print(
                "| setting | program | unchanged: wall, s | CPU, s | changed: wall, s | CPU, s | peak, MB | kept, MB |"
            )
            print("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |")
            for name, word, hosts in (("ETag", "", 1), ("no ETag", "tags", 1), ("50 ms, 30 hosts", "slow", HOSTS)):
                if word:
                    ask(port, word)
                show(name, list(setting(port, count, programs(options.folder), hosts=hosts)))
        finally:
            server.kill()


def show(name: str, results: list[tuple[str, dict[str, Figures], float]]) -> None:
    """A line for each program; in brackets its ratio to urlwatch."""
    yard = next((result for result in results if result[0] == "urlwatch"), None)
    for program, rounds, kept in results:
        cells = [f"{rounds[turn].wall:.1f}{ratio(rounds[turn].wall, yard and yard[1][turn].wall)}"
                 f" | {rounds[turn].cpu:.1f}{ratio(rounds[turn].cpu, yard and yard[1][turn].cpu)}"
                 for turn in ("unchanged", "changed")]  # fmt: skip
        memory = max(figures.memory for figures in rounds.values())
        print(
            f"| {name} | {program} | {' | '.join(cells)} | {memory:.0f} | {kept:.1f}{ratio(kept, yard and yard[2])} |",
            flush=True,
        )


def ratio(value: float, yard: float | None) -> str:
    return f" ({value / yard:.2f})" if yard else ""


if __name__ == "__main__":
    serve(int(sys.argv[2])) if sys.argv[1:2] == ["serve"] else main()
