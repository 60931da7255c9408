"""Every command that the README shows does what it should."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest
import standardwebhooks
from website import Page, Visit, Website

from tracker.cli.main import COMMANDS, main
from tracker.demo.play import play, signing_secret
from tracker.demo.sinks import Mailbox

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
LINES = [
    line.removeprefix("$ ")
    for block in re.findall(r"```console\n(.*?)```", README, re.S)
    for line in block.splitlines()
]
SETUP = [line for line in LINES if not line.startswith("tracker ")]
USES = [line for line in LINES if line.startswith("tracker ")]
QUICK = "tests/test_politeness.py"  # what the inner run is narrowed to


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database that `tracker demo` leaves behind."""
    path = tmp_path_factory.mktemp("demo") / "demo.db"
    for _ in play(path, signing_secret()):
        pass
    return path


@pytest.fixture
def home(tmp_path: Path, demonstration: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A directory as a user's: a configuration with both channels, the demonstration's database, files to read."""
    secret = signing_secret()
    (tmp_path / "snapshots").mkdir()
    shutil.copy(demonstration, tmp_path / "snapshots" / "demo.db")
    (tmp_path / "policy.html").write_text("<h1>AI</h1><p>We use your posts to train AI models.", encoding="utf-8")
    (tmp_path / "policy.md").write_text("# AI\n\nWe use your posts to train AI.\n", encoding="utf-8")
    (tmp_path / "texts.jsonl").write_text('{"id": 1, "text": "We sell your data."}\n', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WEBHOOK_SECRET", secret)
    bundle(tmp_path)
    declared = {
        "name": "LinkedIn",
        "terms": {"Privacy Policy": {"fetch": "https://linkedin.example", "select": "main"}},
    }
    (tmp_path / "declarations").mkdir()
    (tmp_path / "declarations" / "LinkedIn.json").write_text(json.dumps(declared), encoding="utf-8")

    def hook(visit: Visit) -> Page:
        standardwebhooks.Webhook(secret).verify(visit.body, dict(visit.headers))
        return Page(status=204)

    with Website() as site, Mailbox() as mailbox:
        site["/privacy"] = "<main><h1>Privacy Policy</h1>" + "<p>We keep what you write to us for a year.</p>" * 20
        site["/hook"] = hook
        configuration = f"""
            [tracker]
            database = "snapshots/demo.db"
            [fetch]
            delay_per_host = 0
            allow_private = true
            [[service]]
            name = "LinkedIn"
            [[service.document]]
            name = "Privacy Policy"
            kind = "privacy"
            url = "{site.url("/privacy")}"
            [[channel]]
            name = "privacy-team"
            type = "email"
            to = ["privacy@example.org"]
            smtp = "{mailbox.address}"
            [[channel]]
            name = "case-system"
            type = "webhook"
            url = "{site.url("/hook")}"
            secret = "env:WEBHOOK_SECRET"
            allow_private = true
        """
        (tmp_path / "config.toml").write_text(configuration, encoding="utf-8")
        yield tmp_path


def bundle(folder: Path) -> None:
    """A small archive's history as a bundle."""
    repository = folder / "archive"
    page = repository / "LinkedIn" / "Training Notice.md"
    page.parent.mkdir(parents=True)
    page.write_text("# Notice\n\nWe use your posts to train AI models.\n", encoding="utf-8")
    me = ["-c", "user.name=archive", "-c", "user.email=archive@example.org"]
    for arguments in (
        ["init", "--quiet"],
        ["add", "."],
        [*me, "commit", "--quiet", "--message", "First record of LinkedIn Training Notice"],
        ["bundle", "create", "--quiet", str(folder / "history.bundle"), "HEAD"],
    ):
        subprocess.run(["git", *arguments], cwd=repository, check=True)


def test_the_readme_shows_two_lines_of_set_up_and_every_command() -> None:
    assert len(SETUP) == 2
    shown = {word for line in LINES for word in line.split()}
    assert [name for name in COMMANDS if name not in shown and f"`tracker {name}`" not in README] == []


def placeholders(folder: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    """What CLAIM and GAP stand for, taken as README says: from the commands' JSON."""
    capsys.readouterr()
    assert main(["show", "LinkedIn/AI FAQ", "--json"]) == 0
    claims = [claim for line in capsys.readouterr().out.splitlines() for claim in json.loads(line)["claims"]]
    assert main(["gaps", "--json"]) == 0
    gaps = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return {"CLAIM": claims[0]["id"], "GAP": gaps[0]["id"]}


@pytest.mark.parametrize("line", [line for line in USES if line != "tracker run"])
def test_a_command_of_the_readme_works(line: str, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    known = placeholders(home, capsys) if re.search(r"\b(CLAIM|GAP)\b", line) else {}
    words = [known.get(word, word) for word in shlex.split(line)[1:]]
    assert main(words) == 0, capsys.readouterr().err
    assert capsys.readouterr().out


def test_the_daemon_starts_and_stops_on_sigterm(home: Path) -> None:
    assert "tracker run" in USES
    command = [sys.executable, "-m", "tracker.cli", "run"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=home) as daemon:
        assert daemon.stdout
        assert "Watching 1 document;" in daemon.stdout.readline()
        daemon.send_signal(signal.SIGTERM)
        rest, _ = daemon.communicate(timeout=60)
    assert daemon.returncode == 0
    assert rest.splitlines()[-1] == "Stopped."


def test_the_two_lines_of_set_up(tmp_path: Path) -> None:
    """Both lines, to the letter, by a shell in a copy of the checkout, with a virtual environment of its own.

    pip is let find what it is asked to install where this test's own packages lie (PYTHONPATH), and build without
    fetching a builder: so it needs no network and takes seconds, and still has to take each line, resolve every
    requirement, build the package and make its command.  `.ci/run` does the same with the network and nothing else.
    The second line runs all tests; PYTEST_ADDOPTS narrows it to a few, so never to this one again.
    """
    if not importlib.util.find_spec("hatchling"):
        pytest.skip("hatchling is not installed: it comes with the extra dev")
    copy = tmp_path / "checkout"
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    for name in listed.rstrip("\0").split("\0"):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, copy / name)
    environment = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "LANG": "C.UTF-8",
        "PYTHONPATH": sysconfig.get_path("purelib"),
        "PYTEST_ADDOPTS": f"-p no:cacheprovider {QUICK}",
        "PIP_NO_BUILD_ISOLATION": "0",  # pip's spelling of "without isolation"
        "PIP_NO_INDEX": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }
    for line in SETUP:
        done = subprocess.run(["sh", "-c", line], cwd=copy, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        if line is SETUP[0]:
            picture = re.search(r"```text\n(.*?)```", README, re.S)
            assert picture
            assert picture[1] in done.stdout
    assert re.search(r"^\d+ passed", done.stdout, re.M)
    assert (copy / "snapshots" / "demo.db").is_file()
