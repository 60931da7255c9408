"""The daemon: when it looks, how it stops, what it survives; and what it says of itself."""

from __future__ import annotations

import json
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from desk import ROOT, SECRET, TRAINS, Blocker, Desk, Said, help_page
from website import Page

from tracker.model import DocumentKey
from tracker.schedule import Daemon, missed, spread

NOW = datetime(2024, 9, 18, 12, tzinfo=UTC)
KEY = DocumentKey("Acme", "Privacy Policy")
HOUR = timedelta(hours=1)


def fires(schedule: str, start: datetime, number: int, key: DocumentKey = KEY, zone: str = "UTC") -> list[datetime]:
    trigger, found = spread(schedule, zone, key), list[datetime]()
    previous, now = None, start
    for _ in range(number):
        previous = trigger.get_next_fire_time(previous, now)
        assert previous is not None
        now = previous + timedelta(seconds=1)
        found.append(previous)
    return found


# ------------------------------------------------------------------------------------------------------- schedules


def test_a_restart_neither_bunches_nor_skips() -> None:
    usual = fires("every 6h", NOW, 5)
    assert {later - sooner for sooner, later in pairwise(usual)} == {6 * HOUR}
    assert fires("every 6h", usual[1] - HOUR / 7, 4) == usual[1:]
    assert not missed("every 6h", "UTC", KEY, usual[0], usual[1] - timedelta(seconds=1))
    assert missed("every 6h", "UTC", KEY, usual[0], usual[1])
    assert missed("every 6h", "UTC", KEY, None, NOW)


def test_services_are_spread_over_the_interval_and_the_documents_of_one_stay_together() -> None:
    starts = [fires("every 6h", NOW, 1, DocumentKey(f"S{number}", "Privacy"))[0] for number in range(1000)]
    hours = Counter((start - NOW) // HOUR for start in starts)
    assert sorted(hours) == [0, 1, 2, 3, 4, 5]
    assert min(hours.values()) > 100
    own = [fires("every 6h", NOW, 1, DocumentKey("Acme", f"D{number}"))[0] for number in range(20)]
    assert len(set(own)) > 10
    assert max(own) - min(own) < timedelta(minutes=1)


def test_a_cron_line_keeps_its_time_on_every_day_of_the_year_whatever_the_clocks_do() -> None:
    found = fires("30 4 * * *", datetime(2024, 1, 1, tzinfo=UTC), 366, zone="Europe/Paris")
    hours = {at.astimezone(UTC).hour for at in found}
    assert hours == {2, 3}
    days = {at.date() for at in found}
    assert len(days) == 366


@pytest.mark.parametrize("zone", ["Europe/Paris", "America/New_York", "Australia/Lord_Howe"])
@pytest.mark.parametrize(
    ("line", "number", "shortest", "longest"),
    [
        ("*/30 * * * *", 2160, HOUR / 2, HOUR / 2),
        ("30 2 * * *", 45, HOUR, 25 * HOUR),
        ("every 1d", 45, 24 * HOUR, 24 * HOUR),
    ],
)
def test_hours_that_come_twice_or_never_neither_stop_nor_bunch_a_schedule(
    zone: str, line: str, number: int, shortest: timedelta, longest: timedelta
) -> None:
    for month in (3, 10):
        found = fires(line, datetime(2024, month, 1, tzinfo=UTC), number, zone=zone)
        steps = {later - sooner for sooner, later in pairwise(found)}
        assert shortest <= min(steps) <= max(steps) <= longest


@pytest.fixture
def daemon() -> Iterator[Daemon]:
    """One that checks one document and never gets to it."""
    stop = threading.Event()
    made = Daemon({KEY: "every 6h"}, lambda key: None, ["c"], lambda name: None, stop=stop, timezone="UTC", workers=1)
    made._scheduler.start(paused=True)
    yield made
    made._scheduler.shutdown()


def test_a_clock_that_is_set_back_stops_nothing(daemon: Daemon) -> None:
    tomorrow = datetime.now(UTC) + timedelta(days=30)
    for job in daemon._scheduler.get_jobs():
        job.modify(next_run_time=tomorrow)
    daemon.clock_jumped(back=True)
    due = {job.id: job.next_run_time for job in daemon._scheduler.get_jobs()}
    assert due[str(KEY)] <= datetime.now(UTC) + 6 * HOUR
    assert due["channel c"] <= datetime.now(UTC) + HOUR
    daemon.clock_jumped(back=False)
    assert {job.id: job.next_run_time for job in daemon._scheduler.get_jobs()} == due


def test_runs_that_were_missed_are_one_run() -> None:
    ran, done = list[DocumentKey](), threading.Event()

    def check(key: DocumentKey) -> None:
        ran.append(key)
        done.set()

    daemon = Daemon({KEY: "every 6h"}, check, [], lambda name: None, stop=done, timezone="UTC", workers=1)
    daemon._scheduler.start(paused=True)
    daemon._scheduler.get_job(str(KEY)).modify(next_run_time=datetime.now(UTC) - timedelta(days=3))
    daemon._scheduler.resume()
    assert done.wait(60)
    daemon._scheduler.shutdown(wait=True)
    assert ran == [KEY]


# --------------------------------------------------------------------------------------------------------- running


def test_it_tells_its_manager_logs_as_json_without_secrets_and_delivers(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.usual()
    assert desk("check") == 0
    desk.site["/help"] = help_page(TRAINS)
    assert desk("check", "Acme") == 0
    desk.config.write_text(desk.config.read_text().replace("[tracker]", '[tracker]\nping = "env:PING"'))
    monkeypatch.setenv("PING", desk.hooks.url("/ping/t0ken"))
    address = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(address))
        manager.settimeout(60)
        monkeypatch.setenv("NOTIFY_SOCKET", str(address))
        with desk.process("run", "--log", "json") as process:
            assert manager.recv(100) == b"READY=1"
            process.send_signal(signal.SIGTERM)
            assert manager.recv(100) == b"STOPPING=1"
            out, err = process.communicate()
    assert process.returncode == 0
    lines = [json.loads(line) for line in (err + out).splitlines()]
    assert [(line["level"], line["text"]) for line in lines][-1] == ("info", "Stopped.")
    assert all(line["time"].endswith("Z") for line in lines)
    assert "t0ken" not in out + err
    assert SECRET not in out + err


def test_a_round_is_followed_by_a_sign_of_life(desk: Desk, capsys: Said) -> None:
    desk.usual()
    desk.config.write_text(
        desk.config.read_text().replace("[tracker]", f'[tracker]\nping = "{desk.hooks.url("/ping")}"')
    )
    desk.hooks["/ping"] = Page(status=200)
    assert desk("check") == 0
    assert desk.hooks.paths == ["/ping"]
    desk.hooks["/ping"] = Page.redirect("/elsewhere")
    capsys.readouterr()
    assert desk("check") == 0, "that nobody hears of it is no failure of the round"
    assert capsys.readouterr().err == "tracker: ping: answered 302: check the address\n"
    assert desk.hooks.paths == ["/ping", "/ping"], "redirects are not followed"


ROUNDS = """
import resource, sys, threading
from pathlib import Path
from tracker.cli.journal import Journal
from tracker.cli.run import Jobs
from tracker.config import load
from tracker.model import DocumentKey

path, database, key = Path(sys.argv[1]), Path(sys.argv[2]), DocumentKey("Acme", "Help")
config = load(path, {"HOOK_SECRET": sys.argv[3]})
jobs = Jobs(config, database, threading.Event(), Journal(config))
free = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (1024, free[1]))
for turn in range(3):
    jobs.check(key)
resource.setrlimit(resource.RLIMIT_FSIZE, free)
jobs.check(key)
jobs.deliver("cases")
jobs.close()
"""


def test_a_full_disk_is_told_once_and_survived(desk: Desk) -> None:
    """The process may write beyond the first kilobyte of no file: to it, a disk without room."""
    desk.usual()
    assert desk("check") == 0
    desk.site["/help"] = help_page(TRAINS)
    words = [sys.executable, "-c", ROUNDS, str(desk.config), str(desk.database), SECRET]
    done = subprocess.run(words, capture_output=True, text=True, env={"PYTHONPATH": str(ROOT)})
    assert done.returncode == 0, done.stderr
    [line] = done.stderr.splitlines()
    assert line == f"tracker: {desk.database}: cannot be read or written: check the disk, and that there is room on it"
    assert done.stdout.count("Acme/Help: changed") == 1
    assert [post["kind"] for post in desk.posts] == ["gap-opened"]


@pytest.mark.long
def test_it_stops_within_seconds_although_a_page_never_comes(desk: Desk) -> None:
    desk.usual()
    blocker = Blocker.of(Page("never"))
    desk.site["/help"] = blocker
    with desk.process("run") as process:
        assert blocker.reached.wait(60)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    blocker.may_answer.set()


@pytest.mark.long
def test_cron_runs_it_with_hardly_any_environment(desk: Desk, tmp_path: Path) -> None:
    """As cron does: sh, another working directory, no variables but its own; beside a running daemon."""
    desk.usual()
    wrapper = tmp_path / "tracker"
    wrapper.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m tracker.cli "$@"\n')
    wrapper.chmod(0o700)
    line = f"cd {tmp_path} && HOOK_SECRET={SECRET} ./tracker check >> tracker.log 2>&1"
    with desk.process("run") as daemon:
        assert daemon.stdout
        daemon.stdout.readline()
        environment = {"HOME": str(tmp_path), "SHELL": "/bin/sh", "PATH": "/usr/bin:/bin", "LOGNAME": "me"}
        for _ in range(2):
            subprocess.run(["/bin/sh", "-c", line], env=environment, cwd="/", check=True)
        daemon.send_signal(signal.SIGTERM)
        out, _ = daemon.communicate()
    told = out + (tmp_path / "tracker.log").read_text()
    assert told.count("Acme/Help: first look") == 1
    assert told.count("Acme/Privacy Policy: first look") == 1


# -------------------------------------------------------------------------------------------------- what it says


def test_status_says_when_a_person_is_needed(desk: Desk, capsys: Said) -> None:
    desk.usual()
    assert desk("check") == 0
    assert desk("status") == 0
    desk.mail.refusal = "550 no"
    desk.site["/help"] = help_page(TRAINS)
    assert desk("check") == 1
    capsys.readouterr()
    assert desk("status") == 1
    assert "!  team" in capsys.readouterr().out
    assert desk("status", "--json") == 1
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {row.get("channel", row.get("document")): row["needs_attention"] for row in rows} == {
        "Acme/Help": False,
        "Acme/Privacy Policy": False,
        "cases": False,
        "team": True,
    }
    desk.mail.refusal = ""
    assert desk("alerts", "retry", "team") == 0
    assert desk("check") == 0
    assert desk("status") == 0


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_the_unit_is_what_systemd_takes(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "policy-tracker.service").read_text()
    unit = tmp_path / "policy-tracker.service"
    unit.write_text(text.replace("/srv/tracker/.venv/bin/tracker", sys.executable))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(unit)],
        capture_output=True,
        text=True,
    )
    mine = [line for line in done.stderr.splitlines() if "policy-tracker" in line]
    assert (done.returncode, mine) == (0, [])
