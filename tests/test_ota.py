"""Open Terms Archive histories: order, dates, damage, hostility."""

import os
import subprocess
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tracker.errors import HistoryError, UsageError
from tracker.history import ota
from tracker.model import Kind

SHARED = Path(__file__).parents[2] / "shared/data/ota"


class Archive:
    """A small versions repository; each call of ``commit`` is one."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir()
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments: str, at: int = 0) -> str:
        environment = {
            "PATH": os.environ["PATH"],
            "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_AUTHOR_NAME": "a",
            "GIT_AUTHOR_EMAIL": "a@example.org",
            "GIT_COMMITTER_NAME": "a",
            "GIT_COMMITTER_EMAIL": "a@example.org",
            "GIT_AUTHOR_DATE": f"@{at} +0000",
            "GIT_COMMITTER_DATE": f"@{at} +0000",
        }
        command = ["git", "-C", str(self.path), *arguments]
        done = subprocess.run(command, env=environment, capture_output=True, check=True, text=True)
        return done.stdout.strip()

    def commit(self, name: str, text: str | None, at: int, subject: str = "Record new changes") -> None:
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        if text is None:
            file.unlink()
        else:
            file.write_text(text, encoding="utf-8")
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "-m", subject, at=at)

    def bundle(self, *refs: str) -> Path:
        target = self.path.parent / "archive.bundle"
        self.git("bundle", "create", "--quiet", str(target), *refs)
        return target


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive")


def moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def texts(path: Path, *services: str) -> list[tuple[str, str, bytes | None]]:
    return [(record.service, record.terms_type, record.body) for record in ota.read(path, services)]


def test_reads_clone_bare_repository_and_bundle_alike(archive: Archive, tmp_path: Path) -> None:
    archive.commit("README.md", "about", 50, "Add README")
    archive.commit("Café Ünlü/Privacy Policy.md", "erste", 100, "First record of Café Ünlü Privacy Policy")
    archive.commit("B & C/Terms of Service.md", "one", 200, "Start tracking B & C Terms of Service")
    archive.commit("Café Ünlü/Privacy Policy.md", "zweite", 300)
    archive.git("clone", "--quiet", "--bare", str(archive.path), str(tmp_path / "bare"))
    expected = list(ota.read(archive.path))
    assert [(record.service, record.terms_type, record.body, record.at) for record in expected] == [
        ("B & C", "Terms of Service", b"one", moment(200)),
        ("Café Ünlü", "Privacy Policy", b"erste", moment(100)),
        ("Café Ünlü", "Privacy Policy", b"zweite", moment(300)),
    ]
    assert expected[1].commit == archive.git("rev-parse", "HEAD~2")
    assert expected[1].subject == "First record of Café Ünlü Privacy Policy"
    assert {record.archive_until for record in expected} == {moment(300)}
    assert list(ota.read(tmp_path / "bare")) == expected
    assert list(ota.read(archive.bundle("HEAD"))) == expected
    assert list(ota.read(archive.bundle("main"))) == expected


def test_only_documents_count(archive: Archive) -> None:
    archive.commit("LICENSE", "x", 1)
    archive.commit(".github/Terms.md", "x", 2)
    archive.commit("S/deep/Terms of Service.md", "x", 3)
    archive.commit("S/image.png", "x", 4)
    archive.commit("S/Terms\nof.md", "x", 5)
    (archive.path / "S/Link.md").symlink_to("/etc/passwd")
    archive.commit("S/Terms of Service.md", "text", 6)
    assert texts(archive.path) == [("S", "Terms of Service", b"text")]


def test_services_are_taken_by_their_exact_names(archive: Archive) -> None:
    for number, service in enumerate(["X", "X Premium", "*", "Meta"]):
        archive.commit(f"{service}/Terms of Service.md", service, number)
    assert texts(archive.path, "X", "*") == [("*", "Terms of Service", b"*"), ("X", "Terms of Service", b"X")]
    assert texts(archive.path, "Unknown") == []


def test_dates_that_run_backwards_are_clamped_per_document(archive: Archive) -> None:
    archive.commit("S/Terms of Service.md", "1", 1000)
    archive.commit("S/Terms of Service.md", "2", 400, "Apply technical or declaration upgrade on S Terms of Service")
    archive.commit("S/Privacy Policy.md", "p", 500, "Refilter S Privacy Policy")
    archive.commit("S/Terms of Service.md", "3", 900, "Update S Terms of Service")
    archive.commit("S/Terms of Service.md", "4", 1100)
    records = list(ota.read(archive.path))
    assert [record.body for record in records] == [b"p", b"1", b"2", b"3", b"4"], "one document after the other"
    assert [record.at for record in records] == [moment(at) for at in (500, 1000, 1000, 1000, 1100)]
    assert [record.clamped_from for record in records] == [None, None, moment(400), moment(900), None]
    assert [record.technical for record in records] == [True, False, True, False, False]


def test_a_removed_document_says_so_and_a_renamed_one_starts_anew(archive: Archive) -> None:
    archive.commit("S/Terms of Service.md", "same", 1)
    (archive.path / "New").mkdir()
    (archive.path / "S/Terms of Service.md").rename(archive.path / "New/Terms of Service.md")
    archive.git("add", "--all")
    archive.git("commit", "--quiet", "-m", "Rename S", at=2)
    assert texts(archive.path) == [
        ("New", "Terms of Service", b"same"),
        ("S", "Terms of Service", b"same"),
        ("S", "Terms of Service", None),
    ]


def test_both_sides_of_a_merge_are_read_and_the_merge_is_not(archive: Archive) -> None:
    archive.commit("S/Terms of Service.md", "base", 1)
    archive.git("checkout", "--quiet", "-b", "side")
    archive.commit("S/Privacy Policy.md", "side", 2)
    archive.git("checkout", "--quiet", "main")
    archive.commit("S/Terms of Service.md", "main", 3)
    archive.git("merge", "--quiet", "--no-ff", "-m", "Merge", "side", at=4)
    assert sorted(texts(archive.path)) == [
        ("S", "Privacy Policy", b"side"),
        ("S", "Terms of Service", b"base"),
        ("S", "Terms of Service", b"main"),
    ]
    assert texts(archive.path, "S") == texts(archive.path)


def test_pages_of_an_assembled_document(archive: Archive) -> None:
    archive.commit("S/Terms of Service.md", "first\n\n- - -\n\nsecond\n\n- - -\n\n", 1)
    (record,) = ota.read(archive.path)
    assert ota.pages(record.body or b"") == (b"first", b"second", b"")


def test_a_hostile_repository_runs_nothing(archive: Archive, tmp_path: Path) -> None:
    archive.commit("S/Terms of Service.md", "text", 1)
    trap = tmp_path / "trap"
    script = tmp_path / "run"
    script.write_text(f"#!/bin/sh\ntouch {trap}\n")
    script.chmod(0o755)
    signed = archive.git("cat-file", "commit", "HEAD").replace(
        "\n\n", "\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----\n\n", 1
    )
    (tmp_path / "commit").write_text(signed + "\n")
    archive.git("update-ref", "HEAD", archive.git("hash-object", "-t", "commit", "-w", str(tmp_path / "commit")))
    for key in ("gpg.program", "core.fsmonitor", "core.pager", "diff.external", "core.sshCommand"):
        archive.git("config", key, str(script))
    archive.git("config", "log.showSignature", "true")
    archive.git("log", "-1")
    assert trap.exists(), "the trap works on a git that is not careful"
    trap.unlink()
    assert texts(archive.path) == [("S", "Terms of Service", b"text")]
    assert not trap.exists()


def children(name: str) -> list[str]:
    """The process ids of our child processes of that name, read from /proc."""
    found = []
    for file in Path("/proc/self/task").glob("*/children"):
        for pid in file.read_text().split():
            with suppress(OSError):  # it has ended between the two looks
                found += [pid] * (Path(f"/proc/{pid}/comm").read_text().strip() == name)
    return found


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs the process table that Linux shows in /proc")
def test_stopping_early_leaves_no_process_behind(archive: Archive) -> None:
    for at in range(5):
        archive.commit("S/Terms of Service.md", str(at), at)
    records = ota.read(archive.path)
    assert next(records).body == b"0"
    running = children("git")
    records.close()
    assert running
    assert not children("git")


def test_what_is_no_archive_is_one_clear_line(archive: Archive, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "note.txt").write_text("hello")
    archive.commit("S/Terms of Service.md", "text", 1)
    whole = archive.bundle("HEAD").read_bytes()
    (tmp_path / "cut.bundle").write_bytes(whole[: len(whole) - 40])
    (tmp_path / "rot.bundle").write_bytes(whole[:-60] + bytes(40) + whole[-20:])
    Archive(tmp_path / "empty")
    expected = {
        "missing": "no such file",
        "folder": "neither a git repository nor a bundle",
        "note.txt": "neither a git repository nor a bundle",
        "cut.bundle": "the bundle is damaged or cut short",
        "rot.bundle": "the bundle is damaged or cut short",
        "empty": "the repository is empty",
    }
    for name, words in expected.items():
        with pytest.raises((HistoryError, UsageError)) as caught:
            list(ota.read(tmp_path / name))
        assert words in str(caught.value)
        assert str(tmp_path / name) in str(caught.value)
        assert "\n" not in str(caught.value)


def test_a_lost_object_is_told(archive: Archive) -> None:
    archive.commit("S/Terms of Service.md", "text", 1)
    blob = archive.git("rev-parse", "HEAD:S/Terms of Service.md")
    (archive.path / ".git/objects" / blob[:2] / blob[2:]).unlink()
    with pytest.raises(HistoryError, match=blob):
        list(ota.read(archive.path))


def test_git_missing_is_told(archive: Archive, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    archive.commit("S/Terms of Service.md", "text", 1)
    monkeypatch.setenv("PATH", str(tmp_path / "nowhere"))
    with pytest.raises(HistoryError, match="git is not installed"):
        list(ota.read(archive.path))


def test_kinds_of_terms_types() -> None:
    assert ota.kind_of("Terms of Service") is Kind.TERMS
    assert ota.kind_of("Privacy Policy") is Kind.PRIVACY
    assert ota.kind_of("Trackers Policy") is Kind.COOKIES
    assert ota.kind_of("Data Processor Agreement") is Kind.DPA
    assert ota.kind_of("Commercial Terms") is Kind.SUPPLEMENT
    assert ota.kind_of("Developer Terms") is Kind.OTHER
    assert ota.kind_of("Treaty") is None


@pytest.mark.skipif(not (SHARED / "dating-versions.bundle").exists(), reason="needs the histories in ../shared")
def test_a_real_archive() -> None:
    records = list(ota.read(SHARED / "dating-versions.bundle"))
    assert len({(record.service, record.terms_type) for record in records}) == 69
    assert sum(record.clamped_from is not None for record in records) == 8
    assert sum(record.technical for record in records) == 149
    assert {ota.kind_of(record.terms_type) for record in records} >= {Kind.TERMS, Kind.PRIVACY, Kind.COOKIES}
    one = list(ota.read(SHARED / "dating-versions.bundle", ["Tinder"]))
    end = max(record.at for record in one)
    assert one == [replace(record, archive_until=end) for record in records if record.service == "Tinder"]
