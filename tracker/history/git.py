"""A git repository of somebody else, read without trusting it.

No shell, no hook, no pager, no transport, no signature program, nothing of the user's own git configuration, and
nothing written into it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tracker.errors import HistoryError, UsageError

# What a repository's own configuration may turn into a program to run is overruled: -c has the last word (git(1)).
_SAFE = (
    "--no-pager",
    "--no-replace-objects",
    "--literal-pathspecs",
    *("-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false"),
    *("-c", "log.showSignature=false", "-c", "safe.directory=*"),
)
_BUNDLE = b"# v"  # both known signatures, "# v2 git bundle" and "# v3 git bundle" (gitformat-bundle(5))
_MAX_BYTES = 20_000_000  # of one text; the longest real one known to us has 0.6 million


@dataclass(frozen=True, slots=True)
class Change:
    """One file that one commit wrote.  ``blob`` is None where it was deleted; ``seconds`` is the author date."""

    commit: str
    seconds: int
    subject: str
    path: str
    blob: str | None


@dataclass(frozen=True, slots=True)
class Repository:
    """An opened repository.  ``shown`` is the path the user gave, for messages; ``head`` the commit to read from."""

    directory: Path
    shown: Path
    head: str


def state(path: Path) -> str:
    """What identifies the history at ``path``, found without unpacking it: the commits that its references name.

    :raises UsageError: there is none.
    :raises HistoryError: it is empty, or git is not installed.
    """
    if path.is_file():
        _require_bundle(path)
        return " ".join(_ask(None, path, "bundle", "list-heads", str(path.absolute())))
    with opened(path) as repository:
        return repository.head


@contextmanager
def opened(path: Path) -> Iterator[Repository]:
    """The repository at ``path``: a bundle (unpacked into a temporary directory), a bare repository or a clone.

    :raises UsageError: there is none.
    :raises HistoryError: it is damaged or empty, or git is not installed.
    """
    with tempfile.TemporaryDirectory(prefix="tracker-ota-") as temporary:
        if path.is_file():
            directory = _unbundle(path, Path(temporary) / "repository.git")
        elif (path / ".git").exists():
            directory = path / ".git"
        elif (path / "HEAD").is_file() and (path / "objects").is_dir():
            directory = path
        else:
            what = "neither a git repository nor a bundle" if path.exists() else "no such file or directory"
            raise UsageError(f"{what}: give the path of a versions repository", document=path)
        yield Repository(directory, path, _head(directory, path))


def changes(repository: Repository, directories: Collection[str] = ()) -> Iterator[Change]:
    """Every regular file written or deleted, parents before children; ``directories``: only below these.

    Merges are passed over: both their sides are read.

    :raises HistoryError: the repository is damaged.
    """
    # --full-history: a pathspec alone makes git leave out a merge's side that ended up the same.
    order = ("--reverse", "--topo-order", "--no-merges", "--full-history", "--root")
    shape = ("--raw", "-z", "--no-abbrev", "--no-renames", "--encoding=UTF-8", "--format=%x01%H%x00%at%x00%s")
    paths = [f"{name}/" for name in sorted(directories)]
    with _running(repository, "log", *order, *shape, repository.head, "--", *paths) as (_, output):
        tokens = _tokens(output)
        commit, seconds, subject = "", "0", ""
        for token in tokens:
            if token.startswith("\x01"):
                commit, seconds, subject = token[1:], next(tokens, "0"), next(tokens, "")
            elif token.startswith((":", "\n:")):
                _, mode, _, blob, _ = token.split(" ")  # git-diff-tree(1), "raw output format"
                name = next(tokens, "")
                if mode.startswith("100"):
                    yield Change(commit, int(seconds), subject, name, blob)
                elif mode == "000000":
                    yield Change(commit, int(seconds), subject, name, None)


def names(repository: Repository) -> tuple[str, ...]:
    """The paths of all files as they stand now.

    :raises HistoryError: the repository is damaged.
    """
    with _running(repository, "ls-tree", "-r", "-z", "--name-only", repository.head) as (_, output):
        return tuple(_tokens(output))


@contextmanager
def contents(repository: Repository) -> Iterator[Contents]:
    """Opens the texts of ``repository`` for reading.

    :raises HistoryError: the repository is damaged.
    """
    with _running(repository, "cat-file", "--batch") as (requests, answers):
        yield Contents(repository, requests, answers)


@dataclass(frozen=True, slots=True)
class Contents:
    """Reads blobs from one running git process."""

    repository: Repository
    requests: IO[bytes]
    answers: IO[bytes]

    def read(self, blob: str) -> bytes:
        """The bytes of a blob.

        :raises HistoryError: it is missing, damaged or larger than any document.
        """
        try:
            self.requests.write(blob.encode() + b"\n")
            self.requests.flush()
        except BrokenPipeError as error:
            raise _damaged(self.repository.shown, f"git stopped before {blob}") from error
        header = self.answers.readline().split()
        if len(header) != 3 or header[1] != b"blob":
            raise _damaged(self.repository.shown, f"object {blob} cannot be read")
        size = int(header[2])
        if size > _MAX_BYTES:
            raise HistoryError(
                f"object {blob} has {size} bytes: too large for a document", document=self.repository.shown
            )
        body = self.answers.read(size + 1)[:-1]
        if len(body) != size:
            raise _damaged(self.repository.shown, f"object {blob} ends early")
        return body


def _tokens(output: IO[bytes]) -> Iterator[str]:
    rest = b""
    while chunk := output.read(1 << 16):
        *whole, rest = (rest + chunk).split(b"\0")
        for token in whole:
            yield token.decode("utf-8", "replace")


def _damaged(path: Path, why: str) -> HistoryError:
    return HistoryError(f"the repository is damaged ({why}): fetch it again", document=path)


def _require_bundle(path: Path) -> None:
    with path.open("rb") as file:
        if not file.read(len(_BUNDLE)).startswith(_BUNDLE):
            raise UsageError("neither a git repository nor a bundle", document=path)


def _unbundle(path: Path, target: Path) -> Path:
    _require_bundle(path)
    source = str(path.absolute())
    done = subprocess.run(  # noqa: S603 - an argument list, never a shell
        [_program(), *_SAFE, "clone", "--quiet", "--bare", "--template=", "--", source, str(target)],
        env=_environment(protocols="file"),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        why = _last_line(done.stderr)
        raise HistoryError(f"the bundle is damaged or cut short ({why}): fetch it again", document=path)
    return target


def _head(directory: Path, path: Path) -> str:
    """HEAD, or the only branch where HEAD names none (a bundle made of one branch)."""
    head = _ask(directory, path, "rev-parse", "--verify", "--quiet", "--end-of-options", "HEAD^{commit}")
    if len(head) == 1:
        return head[0]
    branches = _ask(directory, path, "for-each-ref", "--format=%(objectname)", "refs/heads")
    if len(branches) == 1:
        return branches[0]
    raise HistoryError(
        "several branches, and HEAD names none" if branches else "the repository is empty", document=path
    )


def _ask(directory: Path | None, path: Path, *arguments: str) -> list[str]:
    place = [f"--git-dir={directory}"] if directory else []
    done = subprocess.run(  # noqa: S603 - an argument list, never a shell
        [_program(), *place, *_SAFE, *arguments],
        env=_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    if done.returncode > 1:  # 1: asked quietly, and there is none
        raise _damaged(path, _last_line(done.stderr))
    return done.stdout.decode().split()


@contextmanager
def _running(repository: Repository, *arguments: str) -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    """A git process with its input and output; its failure is raised once its output was read to the end."""
    with tempfile.TemporaryFile() as complaints:
        process = subprocess.Popen(  # noqa: S603 - an argument list, never a shell
            [_program(), f"--git-dir={repository.directory}", *_SAFE, *arguments],
            env=_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
        )
        assert process.stdin is not None  # noqa: S101 - given as pipes above
        assert process.stdout is not None  # noqa: S101 - given as pipes above
        try:
            yield process.stdin, process.stdout
            process.stdin.close()
            process.stdout.close()
            failed = process.wait() != 0
        finally:
            if process.poll() is None:
                process.kill()
                process.communicate()
        if failed:
            complaints.seek(0)
            raise _damaged(repository.shown, _last_line(complaints.read()))


def _program() -> str:
    program = shutil.which("git")
    if program is None:
        raise HistoryError("git is not installed: install it to import this archive")
    return program


def _environment(protocols: str = "none") -> dict[str, str]:
    """All that git gets to see of ours.  ``protocols`` are the transports it may use; a missing object is an error."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "LC_ALL": "C",
        "GIT_ALLOW_PROTOCOL": protocols,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
    }


def _last_line(output: bytes) -> str:
    """The last line git said, fit for one line of an error message."""
    lines = output.decode("utf-8", "replace").strip().splitlines() or ["git gave no reason"]
    return "".join(char for char in lines[-1] if char.isprintable())[:200]
