"""The gold set as examples: sentences pointed at in ``../shared/data/ota``, and sentences written by us.

What the fields mean, and how it was labelled, stands in ``tests/gold/README.md``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from tracker.extract import markdown
from tracker.extract.normalise import block_id, clean
from tracker.history import git
from tracker.model import Actor, Block, Models, OptOut, Polarity

ROOT = Path(__file__).parents[1]
GOLD = ROOT / "tests" / "gold"
BUNDLES = ROOT.parent / "shared" / "data" / "ota"
REPOSITORIES = {"pga": "pga-versions.bundle", "dating": "dating-versions.bundle"}
EVERYWHERE = (  # the practices that are read in all six languages; the others in English only
    "ai-training",
    "ai-human-review",
    "third-party-sharing",
    "data-sale",
    "targeted-advertising",
    "biometric-data",
    "children-data",
)

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Label:
    """What a careful reader finds claimed.  Attributes the text does not give are empty, as in a claim."""

    practice: str
    polarity: Polarity
    actor: Actor
    models: Models | None = None
    conditional: bool = False
    except_regions: frozenset[str] = frozenset()
    opt_out: OptOut | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """A block with its labels.  ``open`` names practices a reader can decide either way: they are not scored.

    ``origin`` is "pointer" or "written"; ``parallel`` names the group of sentences that say the same in six
    languages, None where there is none.
    """

    id: str
    block: Block
    language: str
    half: str
    origin: str
    labels: tuple[Label, ...]
    open: frozenset[str]
    parallel: str | None = None
    trap: str | None = None


def rows(name: str) -> list[Row]:
    """The lines of one of the files in ``tests/gold``."""
    with (GOLD / name).open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def examples() -> tuple[list[Example], list[str]]:
    """All examples, and what had to be left out with the reason."""
    written = rows("written.jsonl")
    found = [_example(row, row["id"], row["text"], row.get("heading", ""), row.get("lead", "")) for row in written]
    skipped = []
    pointers = sorted(rows("pointers.jsonl"), key=lambda row: str(row["repo"]))
    for repository, pointed in groupby(pointers, key=lambda row: str(row["repo"])):
        path = BUNDLES / REPOSITORIES[repository]
        if path.exists():
            found += [_example(row, _place(row), *texts) for row, texts in resolved(path, pointed)]
        else:
            skipped.append(f"{len(list(pointed))} pointers into {path.name}: {path} is not there")
    return found, skipped


def resolved(bundle: Path, pointers: Iterable[Row]) -> Iterator[tuple[Row, tuple[str, str, str]]]:
    """Each pointer with the text, heading and lead-in it points at, as a reader sees them."""
    by_version = groupby(sorted(pointers, key=_version), key=_version)
    with git.opened(bundle) as repository, git.contents(repository) as contents:
        for name, pointed in by_version:
            body = contents.read(name).decode("utf-8", "replace")
            for row in pointed:
                yield row, (_shown(body, row), _shown(body, row["heading"]), _shown(body, row["lead"]))


def _version(row: Row) -> str:
    """The document at its commit, as git names it (gitrevisions(7))."""
    return f"{row['commit']}:{row['service']}/{row['document']}.md"


def _shown(body: str, span: Any) -> str:
    """``span``: a pointer or a pair of code-point offsets; "" for None."""
    if span is None:
        return ""
    start, end = (span["start"], span["end"]) if isinstance(span, dict) else span
    return " ".join(block.text for block in markdown.blocks(body[start:end].encode("utf-8", "replace")))


def _place(row: Row) -> str:
    return f"{row['service']}/{row['document']} {row['commit'][:10]} {row['start']}-{row['end']}"


def _example(row: Row, name: str, text: str, heading: str, lead: str) -> Example:
    text = clean(text)
    block = Block(block_id(text), text, headings=(clean(heading),) if heading else (), lead=clean(lead))
    return Example(
        id=name,
        block=block,
        language=row["lang"],
        half=row["half"],
        origin="written" if "text" in row else "pointer",
        labels=tuple(map(label, row["labels"])),
        open=frozenset(row["open"]),
        parallel=row.get("parallel"),
        trap=row.get("trap"),
    )


def label(row: Row) -> Label:
    return Label(
        practice=row["practice"],
        polarity=Polarity(row["polarity"]),
        actor=Actor(row["actor"]),
        models=Models(row["models"]) if "models" in row else None,
        conditional=row.get("conditional", False),
        except_regions=frozenset(row.get("except_regions", ())),
        opt_out=OptOut(**row["opt_out"]) if "opt_out" in row else None,
    )
