"""`tracker diff` as people use it: versions, documents and files, on a real terminal and off it."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fcntl import ioctl
from pathlib import Path

import pytest
import storing
from rich.cells import cell_len
from storing import ENTRY, POLICY

from tracker.cli.main import main
from tracker.config import Config, Document
from tracker.extract.normalise import block_id
from tracker.model import Block, BlockKind, DocumentKey, Kind, Standing
from tracker.pipeline.assessment import Assessor
from tracker.store import Store

ROOT = Path(__file__).parents[1]
NAME = str(POLICY)
EUROPE, FRENCH = DocumentKey("Example", "Privacy Policy@EU"), DocumentKey("Example", "Privacy Policy@fr")
KEPT = [f"Paragraph number {n} of this policy says the same in every version that there is of it." for n in range(60)]
OLD = ["We keep what you write to us for one year.", "We never sell your personal data to anybody.", *KEPT]
NEW = ["We keep what you write to us for ten years.", *KEPT, "We use your posts to train generative AI models."]
FRANCE = ["Nous conservons pendant une année tout ce que vous nous écrivez, et nous ne le vendons à personne." * 3]
TODAY = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
AGO = {POLICY: ((400, OLD), (20, NEW)), EUROPE: ((400, OLD),), FRENCH: ((400, FRANCE),)}

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A policy in two versions, its European variant, and a French one."""
    path = tmp_path_factory.mktemp("diff") / "tracker.db"
    with Store.open(path) as store:
        with store.transaction():
            for key, versions in AGO.items():
                document = ENTRY if key == POLICY else Document(key, Kind.PRIVACY, ("https://example.org/other",))
                store.register(document, TODAY)
                for days, texts in versions:
                    at = TODAY - timedelta(days=days)
                    blocks = [Block(block_id(text), text, BlockKind.PARAGRAPH, ("Policy",)) for text in texts]
                    store.add_snapshot(storing.page(f"{days}".encode(), at, document=key))
                    store.add_version(replace(storing.version(*blocks, at=at), document=key), f"{key}{days}")
            store.unsettle("Example")
        Assessor(Config(), store).catch_up(TODAY)
    return path


@pytest.fixture
def run(stored: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.chdir(tmp_path)

    def call(*words: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main(["--db", str(stored), *words])
        return code, *capsys.readouterr()

    return call


def test_what_stood_a_month_ago_beside_now(run: Run) -> None:
    code, out, _ = run("diff", NAME, "--since", "30d")
    assert code == 0
    assert out.splitlines()[0].startswith(f"{NAME}, version 1 of ")
    assert "for [-one year.-]{+ten years.+}" in out
    assert "▸ lost: data-sale by service, denied" in out
    assert "▸ gained: ai-training by service" in out
    assert "No differences." in run("diff", NAME, "--since", "19d")[1]
    assert run("diff", NAME, "--since", "9999y")[0] == 2
    assert run("diff", NAME, "--since", "2y")[1] == out  # before the first version: from that


def test_only_what_touches_a_practice(run: Run) -> None:
    out = run("diff", NAME, "--only", "ai-training")[1]
    assert "to train generative AI models" in out
    assert "year" not in out.partition("\n")[2]
    assert run("diff", NAME, "--only", "ai-trainin")[0] == 2


def test_unchanged_text_is_folded_to_what_is_asked_for(run: Run) -> None:
    folded = run("diff", NAME)[1]
    assert "… 60 paragraphs unchanged" in folded
    assert KEPT[0] not in folded
    shown = run("diff", NAME, "-U", "1")[1]
    assert "… 58 paragraphs unchanged" in shown
    assert shown.count("says the same in every version") == 2


def test_figures_alone(run: Run) -> None:
    rows = run("diff", NAME, "--stat")[1].splitlines()
    assert rows[0].startswith(f"{NAME}, version 1 of ")
    assert rows[1] == "11 words inserted, 10 deleted."
    assert re.match(r"Policy +\+11 +-10 \+*-*$", rows[2])
    assert len(rows) == 3


def test_the_exit_code_tells_only_when_asked(run: Run) -> None:
    assert run("diff", NAME)[0] == 0
    assert run("diff", NAME, "--exit-code")[0] == 1
    assert run("diff", NAME, "2", "2", "--exit-code")[0] == 0


def test_two_documents(run: Run) -> None:
    code, out, _ = run("diff", str(EUROPE), NAME)
    assert code == 0
    assert "for [-one year.-]{+ten years.+}" in out
    assert "No differences." in run("diff", str(EUROPE), NAME, f"{TODAY - timedelta(days=30):%Y-%m-%d}")[1]


def test_texts_in_two_languages_are_refused(run: Run) -> None:
    code, out, err = run("diff", NAME, str(FRENCH))
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert "in another language (en) than" in err


def test_two_files_of_any_kind(run: Run, tmp_path: Path) -> None:
    (tmp_path / "old.md").write_text("# Policy\n\nWe keep it for one year.\n", encoding="utf-8")
    (tmp_path / "new.html").write_text("<h1>Policy</h1><p>We keep it for ten years.</p>", encoding="utf-8")
    code, out, _ = run("diff", "old.md", "new.html")
    assert code == 0
    assert "for [-one year.-]{+ten years.+}" in out
    for name, body in (("empty.txt", b""), ("noise.txt", os.urandom(3000)), ("nul.txt", b"\0\x1b[2J\xff" * 500)):
        (tmp_path / name).write_bytes(body)
        for first, second in (("old.md", name), (name, "old.md")):
            code, out, err = run("diff", first, second)
            assert (code, err) == (0, "")
            assert "\x1b" not in out


@pytest.mark.long
def test_a_page_of_five_megabytes(run: Run, tmp_path: Path) -> None:
    page = "<p>" + "</p><p>".join(f"{KEPT[n % 60]} Its number is {n}." for n in range(50_000)) + "</p>"
    (tmp_path / "old.html").write_text(page, encoding="utf-8")
    (tmp_path / "new.html").write_text(page.replace("is 777.", "was 777."), encoding="utf-8")
    code, out, _ = run("diff", "old.html", "new.html")
    assert code == 0
    assert "Its number [-is-] {+was+} 777." in out.replace("\n", " ").replace("   ", " ")


def test_since_begins_with_what_stood_also_if_the_last_is_held(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "tracker.db"
    standings = ((300, Standing.CONFIRMED), (200, Standing.CONFIRMED), (1, Standing.HELD))
    with Store.open(path) as store, store.transaction():
        store.register(ENTRY, TODAY)
        for days, standing in standings:
            at = TODAY - timedelta(days=days)
            store.add_snapshot(storing.page(f"{days}".encode(), at))
            store.add_version(storing.version(storing.block(f"{days} days"), at=at, standing=standing), f"{days}")
    for span, first in (("250d", 1), ("100d", 2), ("2y", 1)):
        assert main(["--db", str(path), "diff", NAME, "--since", span]) == 0
        assert capsys.readouterr().out.startswith(f"{NAME}, version {first} of ")


def test_where_two_files_differ_in_very_much_no_practice_is_looked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tracker.cli.diff.MOST_READ", 1_000)
    for name, end in (("a.txt", "here"), ("b.txt", "there")):
        lines = [f"We sell your personal data to {n} partners of ours, in many places {end}.\n" for n in range(20)]
        (tmp_path / name).write_text("\n".join(lines), encoding="utf-8")
    assert main(["diff", str(tmp_path / "a.txt"), str(tmp_path / "b.txt"), "--stat"]) == 0
    assert "practices were not looked for" in capsys.readouterr().err


def test_a_patch_applies_to_the_text(run: Run, tmp_path: Path) -> None:
    texts = [run("show", NAME, number, "--text")[1] for number in ("1", "2")]
    patch = run("diff", NAME, "1", "2", "--format", "patch")[1]
    target = tmp_path / "Example-Privacy-Policy.txt"
    target.write_text(texts[0], encoding="utf-8")
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    subprocess.run(["git", "apply", "-"], cwd=tmp_path, check=True, input=patch, text=True)
    assert target.read_text(encoding="utf-8") == texts[1]


def test_the_log_tells_how_much_each_version_changed(run: Run) -> None:
    first, second = (json.loads(line) for line in run("log", NAME, "--json")[1].splitlines())
    assert (first["inserted"], first["gained"]) == (None, [])
    assert (second["inserted"], second["deleted"]) == (11, 10)
    assert second["gained"] == ["ai-training by service"]
    assert "+11 -10" in run("log", NAME)[1]
    assert "+ai-training by service" in run("log", NAME)[1]


def on_a_terminal(*words: str, columns: int = 80, rows: int = 2_000, **environment: str) -> tuple[str, int]:
    """What a command writes to a terminal of so many columns and rows, and its exit code."""
    pid, terminal = pty.fork()
    if pid == 0:
        ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        clean = {
            name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLUMNS", "LINES", "LESS")
        }
        settings = {"TERM": "xterm", "PYTHONPATH": str(ROOT), "PAGER": "cat", **environment}
        os.execve(sys.executable, [sys.executable, "-m", "tracker.cli", *words], {**clean, **settings})  # noqa: S606
    written = b""
    while select.select([terminal], [], [], 60)[0]:
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # Linux: the other side was closed
            break
        if not piece:
            break
        written += piece
    os.close(terminal)
    return written.decode().replace("\r\n", "\n"), os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


LONG = pytest.mark.long


@pytest.mark.parametrize(
    ("form", "columns"),
    [("terminal", 20), ("side-by-side", 81), pytest.param("terminal", 81, marks=LONG),
     pytest.param("side-by-side", 20, marks=LONG)],
)  # fmt: skip
def test_on_a_terminal_it_is_coloured_and_fits(form: str, columns: int, stored: Path) -> None:
    out, code = on_a_terminal("--db", str(stored), "diff", NAME, "--format", form, columns=columns)
    assert code == 0
    assert "\x1b[9;31m" in out
    assert "\x1b[4;32m" in out
    assert "{+ten" in out
    assert all(cell_len(line.rstrip()) <= columns for line in plain(out).splitlines())
    assert max(cell_len(line.rstrip()) for line in plain(out).splitlines()) > columns * 0.8


@pytest.mark.parametrize("columns", [20, 60])
def test_the_log_fits_the_terminal(columns: int, stored: Path) -> None:
    out, code = on_a_terminal("--db", str(stored), "log", NAME, columns=columns)
    assert code == 0
    assert "+11 -10" in out
    assert all(cell_len(line) <= columns for line in out.splitlines())


def test_no_color_is_heeded_and_marks_stay(stored: Path) -> None:
    out, _ = on_a_terminal("--db", str(stored), "diff", NAME, NO_COLOR="1", PAGER="sed 's/^/|/'")
    assert not out.startswith("|")  # it fits the screen
    assert "\x1b" not in out
    assert "[-one year.-]{+ten years.+}" in out


def test_what_is_longer_than_the_screen_goes_through_the_pager(stored: Path) -> None:
    words = ("--db", str(stored), "diff", NAME)
    out, code = on_a_terminal(*words, rows=8, PAGER="sed 's/^/|/'")
    assert code == 0
    assert all(line.startswith("|") for line in out.splitlines())
    assert "\x1b[9;31m" in out


@pytest.mark.parametrize(
    ("pager", "words"),
    [
        ("head -n 2", ("diff", NAME)),
        ("true", ("show", NAME)),
        ("no-such-pager", ("log", NAME)),
        ("'open", ("diff", NAME)),
    ],
)
def test_a_pager_that_leaves_early_or_is_none_is_no_error(pager: str, words: tuple[str, ...], stored: Path) -> None:
    out, code = on_a_terminal("--db", str(stored), *words, rows=2, PAGER=pager)
    assert code == 0
    assert "Traceback" not in out
    assert "tracker:" not in out
