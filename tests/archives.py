"""Small Open Terms Archive repositories, made of dated texts."""

from __future__ import annotations

import subprocess
import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from types import MappingProxyType

from tracker.history import git

REAL = Path(__file__).parents[2] / "shared/data/ota/pga-versions.bundle"
FIXTURES = Path(__file__).parent / "fixtures"
AT = time(6, tzinfo=UTC)


@dataclass(frozen=True, slots=True, order=True)
class Dated:
    """A text of ``Service/Document`` as it was found at a time.  ``commit`` is the real archive's, "" for ours."""

    at: datetime
    name: str
    body: bytes
    subject: str = "Record new changes"
    commit: str = ""


def real(*names: str, commits: Mapping[str, Collection[str]] = MappingProxyType({})) -> tuple[Dated, ...]:
    """The real histories of some documents, in the archive's order; ``commits``: only these of a document."""
    with git.opened(REAL) as repository, git.contents(repository) as contents:
        found = [
            change
            for change in git.changes(repository, {name.partition("/")[0] for name in names})
            if (name := change.path.removesuffix(".md")) in names
            and (name not in commits or change.commit in commits[name])
        ]
        return tuple(
            Dated(
                datetime.fromtimestamp(change.seconds, UTC),
                change.path.removesuffix(".md"),
                contents.read(change.blob) if change.blob else b"",
                change.subject,
                change.commit,
            )
            for change in found
        )


def written(path: Path, service: str, first: date, last: date) -> tuple[Dated, ...]:
    """The pages of a file of passages from ``first`` on, as an archive finds them that goes on until ``last``.

    On the last day a page is only read anew, so that all texts have stood by then.
    """
    passages = tomllib.loads(path.read_text(encoding="utf-8"))["passage"]
    passages = [passage for passage in passages if passage.get("service", service) == service]
    found = []
    for document in sorted({passage["document"] for passage in passages}):
        own = [passage for passage in passages if passage["document"] == document]
        days = {first, *(passage[bound] for passage in own for bound in ("since", "until") if bound in passage)}
        for day in sorted(days):
            shown = [each for each in own if each.get("since", first) <= day < each.get("until", date.max)]
            body = "\n".join(each["text"] for each in shown).encode()
            found.append(Dated(datetime.combine(day, AT), f"{service}/{document}", body))
    again = found[-1]
    return (*found, Dated(datetime.combine(last, AT), again.name, again.body + b"\n", f"Refilter {again.name}"))


def repository(path: Path, texts: Iterable[Dated]) -> Path:
    """A bare repository with a commit for each text, in their order (git-fast-import)."""
    stream = bytearray()
    for text in texts:
        who = f"a <a@example.org> {int(text.at.timestamp())} +0000"
        stream += f"commit refs/heads/main\nauthor {who}\ncommitter {who}\n".encode()
        stream += f"data {len(text.subject.encode())}\n{text.subject}\n".encode()
        stream += f'M 100644 inline "{text.name}.md"\ndata {len(text.body)}\n'.encode() + text.body + b"\n"
    subprocess.run(["git", "-c", "init.defaultBranch=main", "init", "--quiet", "--bare", str(path)], check=True)
    subprocess.run(["git", "-C", str(path), "fast-import", "--quiet"], input=bytes(stream), check=True)
    return path
