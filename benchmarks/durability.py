"""What becomes of twenty changes when the receiver fails or the tracker is killed; beside other trackers.

    python -m benchmarks.durability [--peers FOLDER] [--kills 200] [--events 10000]

Each tracker looks at twenty pages, all of them change, and the next round meets the trouble; two rounds later, with
the receiver well again, it is counted how many changes were told, and how many twice.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

from benchmarks import kills
from benchmarks.ours import SECRET, Ours
from benchmarks.peers import Peer, peer
from benchmarks.receivers import PAGES, Loopback
from tracker.cli import check
from tracker.cli.journal import Journal
from tracker.cli.main import main as tracker
from tracker.cli.run import Jobs
from tracker.config import Channel, Config, load
from tracker.model import DeliveryStatus, Event, EventKind, Severity
from tracker.pipeline.deliveries import deliver_due
from tracker.store import Store

TROUBLES = {
    "up": "nothing goes wrong",
    "down": "the receiver is down for a round",
    "500": "it answers 500 for a round",
    "429": "it answers 429, Retry-After: 10",
    "slow": "it takes a second for each answer",
    "killed": "`kill -9` while the changes are told",
}


def suffered(subject: Peer, loopback: Loopback, trouble: str) -> str:
    """Changes told of all, and how many of them more than once."""
    subject.round()
    loopback.changed = True
    if trouble == "killed":
        subject.killed()
    else:
        loopback.mode = trouble
        subject.round()
        loopback.mode = "up"
    subject.round()
    subject.round()
    twice = sum(number > 1 for number in loopback.told.values())
    return f"{len(loopback.told)} of {PAGES}" + (f", {twice} twice" if twice else "")


def side_by_side(peers: Path | None) -> None:
    folders = sorted(each for each in peers.iterdir() if (each / "bin").is_dir()) if peers else []
    print(f"| what happens | {' | '.join(['tracker', *(each.name for each in folders)])} |")
    print(f"| --- | --- |{' --- |' * len(folders)}")
    for trouble, title in TROUBLES.items():
        cells = []
        for folder in [None, *folders]:
            with tempfile.TemporaryDirectory() as home, Loopback() as loopback:
                if folder is None:
                    cells.append(suffered(Ours(Path(home), loopback), loopback, trouble))
                else:
                    with peer(folder, Path(home), loopback) as other:
                        cells.append(suffered(other, loopback, trouble))
        print(f"| {title} | {' | '.join(cells)} |", flush=True)


@contextmanager
def outbox(number: int, *channels: str) -> Iterator[Store]:
    now = datetime.now(UTC)
    with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder) / "t.db") as store:
        with store.transaction():
            for turn in range(number):
                event = Event(str(turn), EventKind.GAP_OPENED, "S", now, Severity.HIGH, f"S: event {turn}")
                store.add_events([event])
                for channel in channels:
                    store.enqueue(event, channel, now)
        yield store


def speed(number: int) -> None:
    """The fast channel alone and beside a slow one, the receiver in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.durability", "receive"]
    print("\n| deliveries to | per second | CPU of each, ms |\n| --- | ---: | ---: |")
    for names in (("fast",), ("fast", "slow")):
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as receiver, outbox(number, *names) as store:
            assert receiver.stdout
            fast = receiver.stdout.readline().strip()
            with Loopback() as slow:
                slow.mode = "slow"
                urls = {"fast": fast, "slow": slow.address}
                channels = tuple(
                    Channel(name, "webhook", url=f"{urls[name]}/hook", secret=SECRET, allow_private=True)
                    for name in names
                )
                done, began, spent = 0, time.monotonic(), time.process_time()
                stop = threading.Event()
                for attempt in deliver_due(store, Config(channels=channels), lambda: datetime.now(UTC), stop.is_set):
                    done += attempt.dispatch.channel == "fast" and attempt.status is DeliveryStatus.SENT
                    if done == number and not stop.is_set():
                        seconds, cpu = time.monotonic() - began, time.process_time() - spent
                        stop.set()
            receiver.kill()
        beside = "the fast channel alone" if len(names) == 1 else "the fast one of two, a second each at the other"
        print(f"| {beside}, {number:,} | {number / seconds:.0f} | {1000 * cpu / number:.1f} |", flush=True)


def idle(documents: int, seconds: int) -> None:
    with tempfile.TemporaryDirectory() as home, Loopback() as loopback:
        ours = Ours(Path(home), loopback, "every 366d", documents)
        check.clock = lambda: datetime.now(UTC)
        with redirect_stdout(StringIO()):
            tracker(["--config", str(ours.config), "check"])
        command = [sys.executable, "-m", "tracker.cli", "--config", str(ours.config), "run"]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as daemon:
            time.sleep(20)
            before = _cpu(daemon.pid)
            time.sleep(seconds)
            share = (_cpu(daemon.pid) - before) / seconds
            memory = _memory(daemon.pid)
            daemon.terminate()
    print(f"\n| a daemon with {documents:,} documents, idle for {seconds} s | |\n| --- | ---: |")
    print(f"| share of a core (bar 1 %) | {share:.2%} |\n| memory, MB (bar 120) | {memory:.0f} |", flush=True)


def _cpu(process: int) -> float:
    """Seconds of user and system time so far (proc(5), fields 14 and 15)."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def rounds(number: int) -> None:
    """Rounds of a daemon's jobs, in this process; every five hundredth finds the page changed."""
    with tempfile.TemporaryDirectory() as home, Loopback() as loopback:
        ours = Ours(Path(home), loopback, pages=1)
        config = load(ours.config, os.environ)
        with redirect_stdout(StringIO()):
            jobs = Jobs(config, ours.home / "t.db", threading.Event(), Journal(config))
            [key] = jobs.schedules
            held = []
            for turn in range(1, number + 1):
                loopback.changed = turn // 500 % 2 == 1
                jobs.check(key)
                jobs.deliver("hook")
                if turn in (number // 10, number):
                    held.append((turn, _memory(os.getpid()), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))
            jobs.close()
    print("\n| rounds | memory, MB | at its peak, MB |\n| ---: | ---: | ---: |")
    for turn, now, peak in held:
        print(f"| {turn:,} | {now:.0f} | {peak:.0f} |", flush=True)


def _memory(process: int) -> float:
    """MB that are resident (proc(5), VmRSS)."""
    return int(Path(f"/proc/{process}/status").read_text().partition("VmRSS:")[2].split()[0]) / 1024


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.durability", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("part", nargs="?", choices=["receive", "troubles", "kills", "speed", "idle", "rounds"])
    parser.add_argument("--peers", type=Path, help="a folder of virtual environments: see benchmarks/peers.py")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--events", type=int, default=10_000)
    options = parser.parse_args()
    if options.part == "receive":
        with Loopback() as loopback:
            print(loopback.address, flush=True)
            threading.Event().wait()
    parts = {
        "troubles": lambda: side_by_side(options.peers),
        "kills": lambda: kills.everywhere(options.kills),
        "speed": lambda: speed(options.events),
        "idle": lambda: idle(1000, 60),
        "rounds": lambda: rounds(10_000),
    }
    for name in [options.part] if options.part else parts:
        parts[name]()


if __name__ == "__main__":
    main()
