"""What nobody foresaw, within a round: it is told with its cause, it fails one document, and the round goes on."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import archives
import pytest
from desk import DISCLOSES, HELP, POLICY, SECRET, TRAINS, Desk, Said, help_page, policy

from tracker.cli.context import clock
from tracker.cli.journal import Journal
from tracker.cli.run import Jobs
from tracker.config import Document, load
from tracker.extract import markdown
from tracker.fetch import PageRequest
from tracker.fetch.http import HttpFetcher
from tracker.model import Cause, Extract, Kind, NotModified, Snapshot
from tracker.pipeline.assessment import Assessor
from tracker.pipeline.intake import Intake
from tracker.pipeline.outcomes import Change, Outcome
from tracker.pipeline.rounds import Round
from tracker.pipeline.text import Text
from tracker.store import Store

Answer = Snapshot | NotModified
Spoil = Callable[[PageRequest, Callable[[PageRequest], Answer]], Answer]


def checked(desk: Desk, spoil: Spoil) -> dict[str, Outcome]:
    """A round in which the help page is fetched as ``spoil`` does it."""
    config = load(desk.config, {"HOOK_SECRET": SECRET})
    with Store.open(desk.database) as store, HttpFetcher(config.fetch, clock) as fetcher, ThreadPoolExecutor() as pool:

        def fetch(request: PageRequest) -> Answer:
            return spoil(request, fetcher.fetch) if request.document == HELP else fetcher.fetch(request)

        found = Round(config, store, Assessor(config, store), fetch, clock).check(config.services[0].documents, pool)
        return {each.document.document: each for each in found}


def test_a_fault_while_a_page_is_fetched_is_its_failure(desk: Desk) -> None:
    def spoil(request: PageRequest, fetch: object) -> Answer:
        raise LookupError("no\nsuch thing")

    desk.usual()
    found = checked(desk, spoil)
    assert {name: outcome.change for name, outcome in found.items()} == {
        "Privacy Policy": Change.FIRST,
        "Help": Change.FAILED,
    }
    [line] = found["Help"].errors
    assert line.startswith("Acme/Help: internal error: LookupError: no such thing (test_faults.py, line ")
    with desk.store() as store:
        [check] = store.checks(HELP)
        assert (check.failures, f"Acme/Help: {check.error}") == (1, line)


def test_a_fault_while_a_page_is_stored_is_its_failure(desk: Desk, capsys: Said) -> None:
    def spoil(request: PageRequest, fetch: Callable[[PageRequest], Answer]) -> Answer:
        return replace(fetch(request), body=7)  # type: ignore[arg-type]  # as a fault of ours would make it

    desk.usual()
    assert desk("check") == 0
    desk.site["/policy"], desk.site["/help"] = policy(DISCLOSES), help_page(TRAINS)
    found = checked(desk, spoil)
    assert found["Help"].change is Change.FAILED
    assert "internal error: TypeError: " in found["Help"].errors[0]
    with desk.store() as store:
        assert (len(store.versions(HELP)), len(store.versions(POLICY))) == (1, 2), "nothing of it was kept"
        assert [event.kind for event in store.events()] == ["practice-appeared"]
    assert desk("check") == 0, "and found the next time"
    with desk.store() as store:
        assert len(store.versions(HELP)) == 2


def test_what_was_found_is_kept_although_nothing_can_be_concluded_from_it(desk: Desk, capsys: Said) -> None:
    desk.usual()
    desk.site["/help"] = help_page(TRAINS)
    assert desk("check") == 0
    with closing(sqlite3.connect(desk.database)) as connection, connection:
        connection.execute("UPDATE claims SET actor = 'nobody'")
    desk.site["/policy"], desk.site["/help"] = (
        policy("<p>One more line.</p>"),
        help_page("<p>One more line.</p>" + TRAINS),
    )
    capsys.readouterr()
    assert desk("check") == 1
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("tracker: Acme: what follows cannot be worked out: internal error: ValueError: 'nobody'")
    with desk.store() as store:
        assert (len(store.versions(HELP)), len(store.versions(POLICY))) == (2, 2)
    with closing(sqlite3.connect(desk.database)) as connection, connection:
        connection.execute("UPDATE claims SET actor = 'service'")
    assert desk("check") == 0


def test_a_check_that_hangs_is_done_by_another_and_stores_nothing_when_it_comes_back(
    desk: Desk, later: Callable[[timedelta], None]
) -> None:
    codes: list[int] = []

    def spoil(request: PageRequest, fetch: Callable[[PageRequest], Answer]) -> Answer:
        page = fetch(request)
        codes.append(desk("check", "Acme/Help"))
        desk.site["/help"] = help_page(TRAINS)
        later(timedelta(hours=1))
        codes.append(desk("check", "Acme/Help"))
        return page

    desk.usual()
    assert checked(desk, spoil)["Help"] == Outcome(HELP, Change.LEFT)
    assert codes == [0, 0]
    with desk.store() as store:
        [version] = store.versions(HELP)
        [check] = store.checks(HELP)
        assert version.last_seen == check.last_success > clock(), "the first of the others left it alone"


def test_a_fault_in_a_job_of_the_daemon_is_told_and_ends_only_the_job(desk: Desk, capsys: Said) -> None:
    desk.usual()
    assert desk("check") == 0
    with closing(sqlite3.connect(desk.database)) as connection, connection:
        connection.execute("UPDATE checks SET last_attempt = 'nonsense'")
    config = load(desk.config, {"HOOK_SECRET": SECRET})
    jobs = Jobs(config, desk.database, threading.Event(), Journal(config))
    capsys.readouterr()
    for _ in range(3):
        jobs.check(HELP)
    jobs.close()
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("tracker: internal error: ValueError: Invalid isoformat string: 'nonsense' (")


def test_a_text_is_placed_alike_when_the_first_attempt_failed(tmp_path: Path) -> None:
    def text(title: str, line: str) -> Text:
        return Text.of((Extract(markdown.blocks(f"# {title}\n\n{line}\n".encode())),))

    agreement = text("User Agreement", "Members agree to what is written here about their account and its use.")
    table = text("Cookie Table", "The tracker called gadget lasts for twelve weeks in most browsers.")
    at = clock()
    with Store.open(tmp_path / "t.db") as store:
        store.register(Document(POLICY, Kind.PRIVACY, urls=()), at)
        intake, reasons = Intake(store), []
        with store.transaction():
            intake.see(POLICY, agreement, at, Cause.SOURCE, (), confirm=0)
        for fails in (True, False):
            with suppress(LookupError), store.transaction():
                intake.see(POLICY, table, at + timedelta(days=1), Cause.SOURCE, (), confirm=0)
                reasons.append(store.versions(POLICY)[-1].reason)
                if fails:
                    raise LookupError
        assert reasons == ["its title and its text are others"] * 2


@pytest.mark.parametrize("command", ["import", "rebuild"])
def test_what_a_round_that_was_cut_off_has_left_is_told_whatever_comes_next(
    desk: Desk, tmp_path: Path, command: str
) -> None:
    terms = b"# Terms\n\nWe provide the service to you as it is described on these pages.\n"
    archive = archives.repository(
        tmp_path / "archive", [archives.Dated(datetime(2020, 1, 1, tzinfo=UTC), "Acme/Terms of Service", terms)]
    )
    desk.usual()
    assert desk("check") == 0
    desk.site["/policy"] = policy(DISCLOSES)
    config = load(desk.config, {"HOOK_SECRET": SECRET})
    documents = sorted(config.services[0].documents, key=lambda document: document.key == HELP)
    with Store.open(desk.database) as store, HttpFetcher(config.fetch, clock) as fetcher, ThreadPoolExecutor(1) as pool:
        committed = threading.Event()

        def fetch(request: PageRequest) -> Answer:
            assert request.document != HELP or committed.wait(60)
            return fetcher.fetch(request)

        cut = Round(config, store, Assessor(config, store), fetch, clock).check(documents, pool)
        assert next(iter(cut)).document == POLICY
        committed.set()
        cut.close()  # type: ignore[attr-defined]  # a generator
    assert desk(*{"import": ("import", "ota", str(archive)), "rebuild": ("rebuild",)}[command]) == 0
    assert desk("check") == 0
    assert [post["kind"] for post in desk.posts] == ["practice-appeared"]


def test_a_service_of_which_nothing_can_be_worked_out_keeps_no_other_from_being_watched(
    desk: Desk, capsys: Said
) -> None:
    desk.usual()
    desk.site["/help"] = help_page(TRAINS)
    assert desk("check") == 0
    desk.config.write_text(desk.config.read_text().replace('name = "Acme"', 'name = "Other"'))
    with closing(sqlite3.connect(desk.database)) as connection, connection:
        connection.execute("UPDATE claims SET actor = 'nobody'")
        connection.execute("INSERT INTO unsettled (service) VALUES ('Acme')")
    desk.site["/policy"], desk.site["/help"] = policy("<p>One more line.</p>"), help_page("<p>One more line.</p>")
    capsys.readouterr()
    assert desk("check") == 1
    said = capsys.readouterr()
    [line] = said.err.splitlines()
    assert line.startswith("tracker: what is stored cannot be worked out anew: internal error: ValueError: 'nobody'")
    assert "2 documents checked: 2 for the first time, 0 changed, 0 failed." in said.out
