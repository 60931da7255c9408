"""The command line: help, exit codes, dates and names as people type them, and output that can do no harm."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path

import pytest
import storing
from storing import ENTRY, NOW, POLICY

from tracker.cli.context import moment
from tracker.cli.main import COMMANDS, main
from tracker.config import Config, Document
from tracker.errors import UsageError
from tracker.extract.normalise import block_id
from tracker.model import Block, DocumentKey, Kind
from tracker.pipeline.assessment import Assessor
from tracker.store import Store

ROOT = Path(__file__).parents[1]
HELP = DocumentKey("Example", "AI \x1b[31mHelp")
TRAINING = "We use your posts to train generative AI models\x1b[2J \u202eof every kind."
# one a day
SEEN = ((POLICY, "We keep your data."), (HELP, TRAINING), (POLICY, "We keep your data for a year."))
HARMFUL = "\x1b\x07\x9b\u202e\u2066"
HEAVY = ("requests", "bs4", "lxml", "sqlite_utils", "rich", "jinja2", "apscheduler", "dateparser", "zstandard")
EMITS = {
    "status": [],
    "log": ["Example/Privacy Policy"],
    "show": ["Example/Privacy Policy"],
    "diff": ["Example/Privacy Policy"],
    "practices": [],
    "gaps": [],
    "events": [],
    "alerts": [],
    "detect": ["page.txt"],
}
KEYS = {
    "status": "document kind last_success last_change next_run failures error held replaced_since browser_since"
    " needs_attention",
    "log": "document number observed_at last_seen cause standing blocks snapshots title language edition reason"
    " equals confirmed_at notices inserted deleted gained lost",
    "show": "block kind level headings lead text claims",
    "practices": "service practice actor document kind state first_seen last_seen version quote denies_partly",
    "gaps": "id service practice actor informal binding status reason found opened severity closed closed_by lag_days"
    " notice_days exempt withdrawn acknowledged_until",
    "events": "id kind service at severity summary document version practice actor effective quote before url digest"
    " gap lag_days notice_days added removed also",
    "alerts": "id channel status attempts due sent_at error answer event kind service summary",
    "detect": "practice polarity actor models source conditional data except_data only_regions except_regions"
    " only_audiences except_audiences opt_out from_date quote start end confidence rule block headings lead text",
}

Run = Callable[..., tuple[int, str, str]]


def paragraph(text: str) -> Block:
    return Block(block_id(text), text)


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with two versions of a policy that is silent, and a hostile help page that is not."""
    path = tmp_path_factory.mktemp("cli") / "tracker.db"
    help_page = Document(HELP, Kind.HELP, ("https://example.org/help\x1b[0m",))
    with Store.open(path) as store:
        with store.transaction():
            for entry in (ENTRY, help_page):
                store.register(entry, NOW)
            for day, (key, text) in enumerate(SEEN):
                at = NOW + timedelta(days=day)
                store.add_snapshot(storing.page(text.encode(), at, document=key))
                version = storing.version(paragraph("About you."), paragraph(text), at=at)
                store.add_version(replace(version, document=key), f"{key}{day}")
            hostile = replace(storing.event("e1"), summary=f"A gap{HARMFUL}", quote=TRAINING, url=HARMFUL)
            store.add_events([hostile])
            store.enqueue(hostile, "post\x1b[1m", NOW)
            store.unsettle("Example")
        Assessor(Config(), store).catch_up(NOW + timedelta(days=3))
    return path


@pytest.fixture
def run(stored: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command over the stored database, in an empty directory; gives exit code, output and errors."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "page.txt").write_text(TRAINING, encoding="utf-8")

    def call(*words: str, db: Path | None = stored) -> tuple[int, str, str]:
        capsys.readouterr()
        try:
            code = main([*(["--db", str(db)] if db else []), *words])
        except SystemExit as leaving:  # argparse's way out
            code = int(leaving.code or 0)
        out, err = capsys.readouterr()
        return code, out, err

    return call


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str, run: Run) -> None:
    code, out, err = run(command, "--help")
    assert (code, err) == (0, "")
    assert out.startswith(f"usage: tracker {command}")
    assert "--config PATH" in out


def test_help_lists_every_command_and_no_other(run: Run) -> None:
    code, out, _ = run("--help")
    listed = [line.split()[0] for line in out.partition("commands:")[2].splitlines() if line.startswith("  ")]
    assert code == 0
    assert listed == list(COMMANDS)
    modules = {module for module, _ in COMMANDS.values()}
    there = {path.stem for path in (ROOT / "tracker" / "cli").glob("*.py")}
    assert modules <= there
    for name in there - modules - {"__init__", "__main__", "main", "context"}:
        assert not hasattr(import_module(f"tracker.cli.{name}"), "arguments"), f"nobody can call the command {name}"


def test_help_imports_nothing_heavy() -> None:
    code = f"""
import sys
from tracker.cli.main import main
try:
    main(["--help"])
except SystemExit:
    pass
print(sorted(set({HEAVY!r}) & set(sys.modules)), file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


def test_the_version_is_told(run: Run) -> None:
    code, out, _ = run("--version")
    assert (code, out.split()[0]) == (0, "policy-tracker")


WRONG = [
    (2, ()),
    (2, ("chek",)),
    (2, ("gaps", "--jsn")),
    (2, ("--colour", "gaps")),
    (2, ("gaps", "Nobody")),
    (2, ("gaps", "--at", "yesterday")),
    (2, ("gaps", "ack", "nothing", "--until", "2030-01-01")),
    (2, ("gaps", "unack")),
    (2, ("gaps", "--at", "2999-01-01")),
    (2, ("log", "Example")),
    (2, ("log", "Example/Nothing")),
    (2, ("show", "Example/Privacy Policy", "9")),
    (2, ("show", "Example/Privacy Policy", "1999-01-01")),
    (2, ("diff", "Example/Privacy Policy", "1", "x")),
    (2, ("diff", "Example/Privacy Policy", "--format", "pdf")),
    (2, ("claims", "reject", "nothing", "--reason", "x")),
    (2, ("alerts", "test", "nobody")),
    (2, ("check",)),
    (2, ("check", "--config", "missing.toml")),
    (2, ("config", "check")),
    (2, ("init", "page.txt")),
    (2, ("import", "ota", "page.txt", "--kind", "Terms=nonsense")),
    (2, ("detect", "page.txt", "--jsonl", "--explain")),
    (2, ("gaps", "Example", "extra")),
    (2, ("gaps", "--until", "2030-01-01")),
    (2, ("gaps", "ack", "nothing", "--until", "2020-01-01")),
    (2, ("import", "ota", "missing.bundle")),
    (2, ("detect", "missing.html")),
    (2, ("detect", "--jsonl", "missing.jsonl")),
    (2, ("import", "ota", "page.txt")),
    (2, ("import", "declarations", "missing")),
    (1, ("detect", "--type", "pdf", "page.txt")),
    (2, ("backup", "page.txt")),
    (2, ("backup", "nowhere/copy.db")),
    (2, ("alerts", "silence", "--practice", "nonsense", "--until", "2099-01-01", "--reason", "x")),
    (2, ("detect", "--lang", "xx", "page.txt")),
    (2, ("diff", "page.txt", "missing.md")),
    (2, ("diff", "missing.html", "page.txt")),
    (2, ("diff", "missing.html", "missing.md")),
    (2, ("diff", "Example/Privacy Policy", "-U", "-3")),
    (2, ("events", "--since", "2999-01-01")),
    (2, ("diff", "Example/Privacy Policy", "--since", "2999-01-01")),
    (2, ("claims", "reject", "nothing", "--reason", " ")),
    (2, ("gaps", "ack", "nothing", "--until", "2099-01-01", "--reason", "")),
    (2, ("alerts", "silence", "--practice", "ai-training", "--until", "2099-01-01", "--reason", "")),
]


@pytest.mark.parametrize(("code", "words"), WRONG, ids=lambda value: str(value))
def test_errors_are_one_line(code: int, words: tuple[str, ...], run: Run) -> None:
    found, out, err = run(*words)
    assert found == code
    assert "Traceback" not in out + err
    if words:  # without any word the help is shown
        assert err.startswith("tracker: ")
        assert len(err.splitlines()) == 1


@pytest.mark.parametrize("words", [("gaps",), ("status",), ("backup", "copy.db"), ("show", "A/B")])
@pytest.mark.parametrize("database", ["nothing.db", "page.txt"])
def test_a_missing_or_broken_database_is_told(words: tuple[str, ...], database: str, run: Run) -> None:
    code, _, err = run(*words, db=Path(database))
    assert code == (1 if Path(database).exists() else 2)
    assert database in err
    assert len(err.splitlines()) == 1


def test_all_problems_of_a_configuration_are_told(run: Run) -> None:
    Path("config.toml").write_text('[tracker]\ntimezone = "Mars"\nfoo = 1\n', encoding="utf-8")
    code, out, err = run("config", "check")
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 2


@pytest.mark.parametrize("name", ["example/privacy policy", "EXAMPLE/PRIVACY POLICY"])
def test_names_are_matched_without_case(name: str, run: Run) -> None:
    assert run("log", name)[0] == 0
    assert run("practices", name.partition("/")[0])[0] == 0


def test_database_and_configuration_may_be_named_before_or_behind(run: Run, stored: Path) -> None:
    Path("mine.toml").write_text("", encoding="utf-8")
    expected = run("log", "Example/Privacy Policy")[1]
    for words in (
        ("--db", str(stored), "--config", "mine.toml", "log", "Example/Privacy Policy"),
        ("log", "Example/Privacy Policy", "--db", str(stored), "--config", "mine.toml"),
        ("--config", "mine.toml", "log", "--db", str(stored), "Example/Privacy Policy"),
    ):
        assert run(*words, db=None)[:2] == (0, expected)


def test_a_database_of_the_configuration_lies_beside_it(run: Run) -> None:
    folder = Path("elsewhere")
    folder.mkdir()
    (folder / "config.toml").write_text('[tracker]\ndatabase = "copy.db"\n', encoding="utf-8")
    assert run("backup", "elsewhere/copy.db")[0] == 0
    assert run("--config", "elsewhere/config.toml", "status", db=None)[0] == 0


def test_who_delivers_nothing_needs_no_secret(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_SUCH_SECRET", raising=False)
    channel = 'name = "hook"\ntype = "webhook"\nurl = "https://h.example/"\nsecret = "env:NO_SUCH_SECRET"\n'
    Path("config.toml").write_text(f"[[channel]]\n{channel}", encoding="utf-8")
    for command, rest in EMITS.items():
        assert run(command, *rest)[0] == 0, command
    assert run("backup", "copy.db")[0] == 0
    assert run("rebuild", db=Path("copy.db"))[0] == 0
    for words in (("check",), ("config", "check"), ("alerts", "test", "hook")):
        code, _, err = run(*words)
        assert code == 2
        assert "NO_SUCH_SECRET" in err


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2024-09-18", datetime(2024, 9, 18, 23, 59, 59, 999999, UTC)),
        ("2024-09-18T12:00", datetime(2024, 9, 18, 12, tzinfo=UTC)),
        ("2024-09-18T12:00:00Z", datetime(2024, 9, 18, 12, tzinfo=UTC)),
        ("2024-09-18T23:00:00-05:00", datetime(2024, 9, 19, 4, tzinfo=UTC)),
        ("20240918", datetime(2024, 9, 18, 23, 59, 59, 999999, UTC)),
        ("2024-W38-3", datetime(2024, 9, 18, 23, 59, 59, 999999, UTC)),
    ],
)
def test_a_date_means_the_end_of_that_day(text: str, meant: datetime) -> None:
    assert moment(text) == meant


@pytest.mark.parametrize("text", ["", "18/09/2024", "2024-13-01", "2024-09-18T25:00", "now", "9999-12-31T23:00-05:00"])
def test_other_dates_are_refused(text: str) -> None:
    with pytest.raises(UsageError, match="write 2024-09-18"):
        moment(text)


def test_versions_are_named_by_number_date_or_time(run: Run) -> None:
    first, second = (run("show", "Example/Privacy Policy", number)[1] for number in "12")
    assert first != second
    changed = NOW + timedelta(days=2)
    assert run("show", "Example/Privacy Policy", f"{NOW:%Y-%m-%d}")[1] == first
    assert run("show", "Example/Privacy Policy", f"{changed - timedelta(seconds=1):%Y-%m-%dT%H:%M:%SZ}")[1] == first
    assert run("show", "Example/Privacy Policy", f"{changed:%Y-%m-%dT%H:%M:%SZ}")[1] == second
    assert run("show", "Example/Privacy Policy", f"{changed:%Y-%m-%d}")[1] == second
    assert run("show", "Example/Privacy Policy")[1] == second


@pytest.mark.parametrize("command", EMITS)
def test_lists_are_json_lines_with_stable_keys(command: str, run: Run) -> None:
    code, out, _ = run(command, *EMITS[command], "--json")
    assert code == 0
    rows = [json.loads(line) for line in out.splitlines()]
    assert rows
    if command == "status":
        channel = {"channel", "configured", "waiting", "dead", "last_sent", "error", "needs_attention"}
        assert set(rows.pop()) == channel
    expected = {"inserted", "deleted", "practices", "changes"} if command == "diff" else set(KEYS[command].split())
    assert all(set(row) == expected for row in rows)


@pytest.mark.parametrize("command", EMITS)
@pytest.mark.parametrize("style", ["text", "json"])
def test_nothing_from_a_page_reaches_the_output_raw(command: str, style: str, run: Run) -> None:
    words = [str(HELP) if word.startswith("Example/") and command != "diff" else word for word in EMITS[command]]
    code, out, err = run(command, *words, *(["--json"] if style == "json" else []))
    assert code == 0
    assert out
    assert not set(HARMFUL) & set(out + err)


def test_names_typed_with_controls_come_back_harmless(run: Run) -> None:
    typed = (
        ("log", f"Example/{HARMFUL}"),
        ("gaps", HARMFUL),
        (HARMFUL,),
        ("detect", f"{HARMFUL}.txt"),
        ("gaps", f"--{HARMFUL}"),
    )
    for words in typed:
        code, out, err = run(*words)
        assert code in (1, 2)
        assert not set(HARMFUL) & set(out + err), words


@pytest.mark.parametrize("style", ["terminal", "side-by-side", "html", "json", "patch"])
def test_a_diff_has_five_formats(style: str, run: Run) -> None:
    code, out, _ = run("diff", "Example/Privacy Policy", "1", "2", "--format", style)
    assert code == 0
    assert "for a year" in out
    assert "\x1b" not in out


def test_a_reader_that_goes_away_is_no_error(stored: Path) -> None:
    command = [sys.executable, "-m", "tracker.cli", "--db", str(stored), "show", "Example/Privacy Policy"]
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(command, cwd=ROOT, stdout=writing, stderr=subprocess.PIPE, text=True)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


FULL = Path("/dev/full")


@pytest.mark.skipif(not FULL.exists(), reason="this system has no device that is always full")
@pytest.mark.parametrize(
    "words",
    [("gaps",), ("practices",), ("export", "versions"), ("status", "--json"), ("diff", "Example/Privacy Policy")],
)
def test_output_that_cannot_be_written_is_told_in_a_line(words: tuple[str, ...], stored: Path) -> None:
    with FULL.open("wb") as full:
        command = [sys.executable, "-m", "tracker.cli", "--db", str(stored), *words]
        done = subprocess.run(command, cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True)
    told = "tracker: the output cannot be written: No space left on device: make room on its disk\n"
    assert (done.returncode, done.stderr) == (1, told)


def test_output_that_is_closed_is_none(stored: Path) -> None:
    command = f'exec "{sys.executable}" -m tracker.cli --db "{stored}" gaps >&-'
    done = subprocess.run(["sh", "-c", command], cwd=ROOT, stderr=subprocess.PIPE, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_terminal_of_another_encoding_is_served(stored: Path) -> None:
    command = [sys.executable, "-m", "tracker.cli", "--db", str(stored), "gaps"]
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(command, cwd=ROOT, capture_output=True, env=environment)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"We use your posts" in done.stdout


def test_what_rested_on_a_rejected_claim_is_withdrawn_until_it_is_restored(run: Run) -> None:
    copy = Path("copy.db")
    assert run("backup", str(copy))[0] == 0
    claims = [c for line in run("show", str(HELP), "--json")[1].splitlines() for c in json.loads(line)["claims"]]
    assert run("gaps", "--json", db=copy)[1]
    (before,) = [json.loads(line) for line in run("gaps", "--json", db=copy)[1].splitlines()]
    told = run("claims", "reject", claims[0]["id"], "--reason", "it \x1b[2Jis not so", db=copy)
    assert told[0] == 0
    assert "Example: AI ␛[31mHelp was misread, it does not say ai-training" in told[1]
    (after,) = [json.loads(line) for line in run("gaps", "--json", db=copy)[1].splitlines()]
    assert (after["id"], after["status"], after["withdrawn"] is None) == (before["id"], "withdrawn", False)
    assert after["reason"] == "what it rested on was rejected: it \x1b[2Jis not so"
    events = run("events", "--json", db=copy)[1]
    assert "No gap begins or ends by it." in run("claims", "reject", claims[0]["id"], "--reason", "truly", db=copy)[1]
    assert run("claims", "reject", claims[0]["id"], "--reason", "it \x1b[2Jis not so", db=copy)[0] == 0
    assert run("events", "--json", db=copy)[1] == events, "what was rejected already is told no second time"
    assert "▸ rejected: ai-training" in run("show", str(HELP), db=copy)[1]
    (row,) = [json.loads(line) for line in run("claims", "list", "--json", db=copy)[1].splitlines()]
    assert (row["id"], row["reason"]) == (claims[0]["id"], "it \x1b[2Jis not so")
    assert "␛[2Jis not so" in run("claims", "list", db=copy)[1]
    assert run("claims", "restore", claims[0]["id"], db=copy)[0] == 0
    assert [json.loads(line) for line in run("gaps", "--json", db=copy)[1].splitlines()] == [before]
    assert run("claims", "restore", claims[0]["id"], db=copy)[0] == 2
    assert run("claims", "list", db=copy)[1] == "No claim was rejected.\n"


@pytest.mark.parametrize("other", ["page.txt", "other.md"])
def test_a_file_that_is_missing_is_named(other: str, run: Run) -> None:
    assert run("diff", "missing.html", other)[2] == f"tracker: missing.html: no such file to compare with {other}\n"


@pytest.mark.parametrize(("action", "lacks"), [("test", "channel"), ("preview", "channel"), ("unsilence", "number")])
def test_what_an_action_lacks_is_named(action: str, lacks: str, run: Run) -> None:
    assert run("init")[0] == 0
    code, _, err = run("alerts", action)
    assert (code, lacks in err, "None" in err) == (2, True, False)


def test_since_a_day_means_from_its_beginning_on(run: Run) -> None:
    """The event is of noon; a span counts from now, and what it leaves out is years old."""
    days = {str(NOW.date()): 1, str((NOW + timedelta(days=1)).date()): 0, "99y": 1, "1d": 0}
    for since, number in days.items():
        code, out, _ = run("events", "--since", since, "--json")
        assert (code, sum('"e1"' in line for line in out.splitlines())) == (0, number)
        assert run("diff", "Example/Privacy Policy", "--since", since)[0] == 0
    for nonsense in ("yesterday", "9999y", "1x"):
        assert run("events", "--since", nonsense)[0] == 2


def test_a_gap_that_is_put_aside_says_so_until_it_is_taken_up_again(run: Run) -> None:
    copy = Path("copy.db")
    assert run("backup", str(copy))[0] == 0
    (before,) = [json.loads(line) for line in run("gaps", "--json", db=copy)[1].splitlines()]
    assert before["acknowledged_until"] is None
    assert run("gaps", "ack", before["id"], "--until", "2035-01-01", db=copy)[0] == 0
    assert f"id {before['id']} · acknowledged until 2035-01-01 23:59 UTC" in run("gaps", db=copy)[1]
    (aside,) = [json.loads(line) for line in run("gaps", "--json", db=copy)[1].splitlines()]
    assert aside == {**before, "acknowledged_until": "2035-01-01T23:59:59Z"}
    assert "open, aside" in run("gaps", "--table", db=copy)[1]
    assert run("gaps", "unack", before["id"], db=copy)[0] == 0
    assert "aside" not in run("gaps", "--table", db=copy)[1]
    assert [json.loads(line) for line in run("gaps", "--json", db=copy)[1].splitlines()] == [before]
    code, _, told = run("gaps", "unack", before["id"], db=copy)
    assert (code, "is no gap that was put aside" in told) == (2, True)


@pytest.mark.parametrize("words", [("page.txt",), (".", "--service", "A"), ("empty",), ("empty", "--kind", "A=help")])
def test_an_import_that_cannot_be_makes_no_database(words: tuple[str, ...], run: Run) -> None:
    subprocess.run(["git", "init", "--quiet", "--bare", "empty"], check=True)
    code, _, err = run("import", "ota", *words, db=Path("new.db"))
    assert (code, len(err.splitlines())) == (1 if words[0] == "empty" else 2, 1)
    assert not Path("new.db").exists()


@pytest.mark.parametrize("words", [("check",), ("run",), ("doctor",), ("config", "check")])
def test_a_configuration_that_tracks_nothing_is_none(words: tuple[str, ...], run: Run) -> None:
    Path("config.toml").write_text("[tracker]\n", encoding="utf-8")
    code, _, err = run(*words, db=Path("new.db"))
    told = "tracker: config.toml: tracks nothing: add a [[service]] with its [[service.document]]\n"
    assert (code, err, Path("new.db").exists()) == (2, told, False)


def test_a_feed_without_its_folder_is_told(run: Run) -> None:
    assert "tracker --config 'my own.toml' config check" in run("init", "my own.toml")[1]
    file = Path("my own.toml")
    file.write_text(file.read_text() + '[[channel]]\nname = "news"\ntype = "feed"\npath = "feeds/{service}.xml"\n')
    told = 'tracker: my own.toml: channel "news", key "path": feeds: no such folder: make it\n'
    assert run("--config", str(file), "config", "check") == (2, "", told)
    Path("feeds").mkdir()
    assert run("--config", str(file), "config", "check")[0] == 0


def test_a_starter_is_a_configuration(run: Run) -> None:
    assert run("init")[0] == 0
    assert run("config", "check")[0] == 0
    assert run("init")[0] == 2
