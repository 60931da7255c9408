"""Real histories through the command line: what LinkedIn's documents are known to have said, and when."""

from __future__ import annotations

import json
import multiprocessing
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import archives
import pytest

from tracker.cli import history
from tracker.cli.main import main
from tracker.model import Kind
from tracker.pipeline import archive
from tracker.store import Store

OTA = Path(__file__).parents[2] / "shared" / "data" / "ota"
BUNDLE = OTA / "pga-versions.bundle"
POLICY, TERMS = "LinkedIn/Privacy Policy", "LinkedIn/Terms of Service"
Run = Callable[..., tuple[int, str, str]]

long = pytest.mark.long  # a whole history is read; tests/test_ota.py has a part of one
needs_histories = pytest.mark.skipif(not BUNDLE.exists(), reason=f"there is no {BUNDLE.name} in ../shared/data/ota")


@pytest.fixture(scope="module")
def linkedin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with LinkedIn's history, imported once."""
    path = tmp_path_factory.mktemp("history") / "tracker.db"
    assert main(["--db", str(path), "import", "ota", str(BUNDLE), "--service", "LinkedIn"]) == 0
    return path


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Runs a command in an empty directory; gives exit code, output and errors."""
    monkeypatch.chdir(tmp_path)

    def call(*words: object) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main([str(word) for word in words])
        return code, *capsys.readouterr()

    yield call


def training(run: Run, database: Path, document: str, actor: str) -> dict[str, object]:
    """The row of the practices about training by an actor in a document."""
    code, out, _ = run("practices", "LinkedIn", "--json", "--db", database)
    assert code == 0
    rows = [json.loads(line) for line in out.splitlines()]
    [row] = [
        row for row in rows if (row["practice"], row["document"], row["actor"]) == ("ai-training", document, actor)
    ]
    found: dict[str, object] = row
    return found


@long
@needs_histories
def test_the_privacy_policy_first_discloses_training_on_19_september_2024(run: Run, linkedin: Path) -> None:
    row = training(run, linkedin, "Privacy Policy", "service")
    assert str(row["first_seen"]).startswith("2024-09-19")
    assert row["state"] == "discloses"


@long
@needs_histories
def test_the_terms_of_service_are_silent_about_training(run: Run, linkedin: Path) -> None:
    row = training(run, linkedin, "Terms of Service", "service")
    assert row["first_seen"] is None
    assert row["state"] == "silent"


@long
@needs_histories
def test_the_change_of_that_day_is_shown_word_by_word(run: Run, linkedin: Path) -> None:
    code, out, _ = run("diff", POLICY, "2024-09-18", "2024-09-19", "--json", "--db", linkedin)
    assert code == 0
    found = json.loads(out)
    assert 0 < found["inserted"] < 900
    assert 0 < found["deleted"] < 450
    inserted = [
        " ".join(run["text"].split())
        for each in found["changes"]
        for run in each.get("words", ())
        if run["op"] == "insert"
    ]
    assert any("develop and train artificial intelligence (AI) models" in text for text in inserted)


@long
@needs_histories
def test_the_log_of_the_terms_shows_announcement_and_new_text(run: Run, linkedin: Path) -> None:
    code, out, _ = run("log", TERMS, "--json", "--db", linkedin)
    assert code == 0
    rows = {row["observed_at"][:10]: row for row in map(json.loads, out.splitlines())}
    announced = {(notice["kind"], notice["day"]) for notice in rows["2024-09-19"]["notices"]}
    assert ("coming", "2024-11-20") in announced
    assert ("effective", "2024-11-20") in {(n["kind"], n["day"]) for n in rows["2024-11-21"]["notices"]}
    shown = run("log", TERMS, "--db", linkedin)[1]
    [line] = [line for line in shown.splitlines() if " 2024-09-19 " in line]
    assert "announces a new text for 2024-11-20" in line


@long
@needs_histories
def test_names_do_not_depend_on_case_nor_dates_on_the_hour(run: Run, linkedin: Path) -> None:
    assert run("diff", POLICY.lower(), "2024-09-18", "2024-09-19", "--db", linkedin) == run(
        "diff", POLICY, "2024-09-18T23:59:59Z", "2024-09-19T23:59:59Z", "--db", linkedin
    )


@long
@needs_histories
def test_a_second_import_changes_nothing_and_says_so(run: Run, linkedin: Path) -> None:
    before = [run(command, "LinkedIn", "--json", "--db", linkedin) for command in ("practices", "gaps", "events")]
    code, out, err = run("import", "ota", BUNDLE, "--service", "LinkedIn", "--db", linkedin)
    assert (code, err) == (0, "")
    assert "nothing new" in out
    assert before == [
        run(command, "LinkedIn", "--json", "--db", linkedin) for command in ("practices", "gaps", "events")
    ]


@long
@needs_histories
def test_an_imported_history_alerts_nobody(run: Run, linkedin: Path) -> None:
    assert run("alerts", "--json", "--db", linkedin)[:2] == (0, "")
    assert run("events", "--json", "--db", linkedin)[1]


@long
@needs_histories
def test_an_import_goes_on_without_its_reading_processes(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    killed = set()

    @contextmanager
    def progress(_: str) -> Iterator[Callable[[int], None]]:
        def tell(_: int) -> None:
            for child in multiprocessing.active_children():
                child.kill()
                killed.add(child.pid)

        yield tell

    assert run("import", "ota", BUNDLE, "--service", "LinkedIn", "--db", "whole.db")[0] == 0
    monkeypatch.setattr(archive, "BATCH", 40)
    monkeypatch.setattr(history, "progress", progress)
    assert run("import", "ota", BUNDLE, "--service", "LinkedIn", "--db", "alone.db")[0] == 0
    assert killed
    for command in ("practices", "events"):
        assert run(command, "LinkedIn", "--json", "--db", "alone.db") == run(
            command, "LinkedIn", "--json", "--db", "whole.db"
        )


KILLED = """
import multiprocessing, os, signal, sys
from contextlib import contextmanager
import tracker.cli.history, tracker.pipeline.archive
tracker.pipeline.archive.BATCH = 40

@contextmanager
def progress(what):
    def tell(done):
        if done >= int(sys.argv[1]):
            print(*(child.pid for child in multiprocessing.active_children()), flush=True)
            os.kill(os.getpid(), signal.SIGKILL)
    yield tell

tracker.cli.history.progress = progress
tracker.cli.main.main(["--db", "killed.db", "import", "ota", sys.argv[2], "--service", "LinkedIn"])
"""


@long
@needs_histories
@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="waits for processes of others as Linux alone lets us")
def test_who_kills_an_import_leaves_no_process_and_loses_nothing(run: Run) -> None:
    seen = set()
    for count in (40, 160, 240):
        command = [sys.executable, "-c", f"import tracker.cli.main\n{KILLED}", str(count), str(BUNDLE)]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
        assert done.returncode == -signal.SIGKILL
        for reading in map(int, done.stdout.split()):
            seen.add(reading)
            with suppress(ProcessLookupError):  # it has ended already
                ended = select.poll()
                ended.register(os.pidfd_open(reading))
                assert ended.poll(120_000), "a reading process outlived the import that had started it"
    assert seen, "none was started"
    for database in ("killed.db", "whole.db"):
        assert run("import", "ota", BUNDLE, "--service", "LinkedIn", "--db", database)[0] == 0
    asked = [(command, "LinkedIn") for command in ("practices", "gaps", "events")]
    asked += [("log", document, "--all") for document in (POLICY, TERMS)]
    for words in asked:
        assert run(*words, "--json", "--db", "killed.db") == run(*words, "--json", "--db", "whole.db")


def dated(name: str, text: str, subject: str = "Record new changes") -> archives.Dated:
    return archives.Dated(datetime(2024, 9, 18, tzinfo=UTC), name, text.encode(), subject)


def test_names_that_the_archive_lacks_are_told_and_nothing_is_read(run: Run, tmp_path: Path) -> None:
    texts = [dated(f"{service}/Terms of Service", "Our terms, and all that they say.") for service in ("Acme", "Other")]
    archive = archives.repository(tmp_path / "archive", [*texts, dated("Acme/Oath", "We swear by them.")])
    wrong = [
        (("--service", "Acmee"), "--service 'Acmee': names are exact; the archive has Acme, Other"),
        (("--service", "Acme", "--service", "other"), "--service 'other': names are exact"),
        (("--kind", "Oats=terms"), "--kind 'Oats': no such terms type; the archive has Oath, Terms of Service"),
    ]
    for words, told in wrong:
        code, out, err = run("import", "ota", archive, *words, "--db", "new.db")
        assert (code, out, len(err.splitlines())) == (2, "", 1)
        assert told in err
    assert run("log", "Acme/Oath", "--db", "new.db")[0] == 2


def test_a_kind_may_be_named_afterwards(run: Run, tmp_path: Path) -> None:
    archive = archives.repository(
        tmp_path / "archive", [dated("Acme/Oath", "We use your posts to train our AI models.")]
    )
    assert run("import", "ota", archive, "--db", "new.db")[2].endswith("taken as other: name its kind with --kind\n")
    assert run("import", "ota", archive, "--kind", "Oath=help", "--db", "new.db")[0] == 0
    with Store.open(tmp_path / "new.db", readonly=True) as store:
        [record] = store.documents()
    assert record.kind is Kind.HELP
    assert "ai-training" in run("gaps", "--db", "new.db")[1]


def test_a_repository_of_anything_else_is_none(run: Run, tmp_path: Path) -> None:
    code = archives.repository(tmp_path / "code", [dated("docs/configuration", "# Options", "Explain the options")])
    found, out, err = run("import", "ota", code, "--db", "new.db")
    assert (found, out) == (1, "")
    assert err == f"tracker: {code}: is no versions repository of Open Terms Archive: name one\n"


@long
@needs_histories
def test_a_torn_bundle_is_told(run: Run, tmp_path: Path) -> None:
    with BUNDLE.open("rb") as whole:
        (tmp_path / "torn.bundle").write_bytes(whole.read(100_000))
    code, _, err = run("import", "ota", "torn.bundle", "--db", "new.db")
    assert code == 1
    assert err.startswith("tracker: ")
    assert "torn.bundle" in err
    assert len(err.splitlines()) == 1


def test_what_is_no_archive_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "corrupt.bundle").write_bytes(b"# v2 git bundle\n0123\n\nPACKgarbage")
    (tmp_path / "text.bundle").write_text("nothing of the kind", encoding="utf-8")
    (tmp_path / "folder").mkdir()
    subprocess.run(["git", "init", "--quiet", "empty"], cwd=tmp_path, check=True)
    for name in ("missing.bundle", "corrupt.bundle", "text.bundle", "folder", "empty"):
        code, _, err = run("import", "ota", name, "--db", "new.db")
        assert code == (1 if name in ("corrupt.bundle", "empty") else 2), name
        assert err.startswith("tracker: "), name
        assert name in err
        assert len(err.splitlines()) == 1
