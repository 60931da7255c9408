"""How fast blocks are read, relative to spaCy's blank tokenizer on the same text, and with how much memory.

    python -m benchmarks.throughput

Each is measured in a process of its own, so that neither pays for the other's imports.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.gold import BUNDLES, REPOSITORIES, ROOT
from tracker.extract import markdown
from tracker.extract.normalise import block_id
from tracker.history import git
from tracker.model import Block

Read = Callable[[Block], object]


def throughput() -> list[tuple[str, ...]]:
    """A table of seconds and memory for the distinct blocks of all versions in the larger bundle."""
    table: list[tuple[str, ...]] = [
        ("distinct blocks", "million characters", "seconds", "tokenizer's seconds", "times as fast", "peak memory, MB")
    ]
    for title, blocks in distinct_blocks().items():
        with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
            for block in blocks:
                file.write(json.dumps([block.id, block.text, block.headings, block.lead]) + "\n")
            file.flush()
            (ours, peak), (theirs, _) = (_measured(name, file.name) for name in _SUBJECTS)
        size = sum(len(block.text) for block in blocks) / 1e6
        speeds = (f"{ours:.1f}", f"{theirs:.1f}", f"{theirs / ours:.1f}", f"{peak:.0f}")
        table.append((f"{len(blocks):,} {title}", f"{size:.1f}", *speeds))
    return table


def distinct_blocks() -> dict[str, list[Block]]:
    """As they are read, each under every heading it stands under; and as raw Markdown, link targets and all."""
    read: set[Block] = set()
    raw: set[bytes] = set()
    with git.opened(BUNDLES / REPOSITORIES["pga"]) as repository, git.contents(repository) as contents:
        for change in git.changes(repository):
            if change.blob and "/" in change.path and change.path.endswith(".md"):
                body = contents.read(change.blob)
                read.update(markdown.blocks(body))
                raw.update(body.split(b"\n\n"))
    texts = [chunk.decode("utf-8", "replace") for chunk in raw]
    return {"with their context": list(read), "of raw Markdown": [Block(block_id(text), text) for text in texts]}


def _detector() -> Read:
    from tracker.practices.detector import detector  # only the process that measures it

    reader = detector()
    return lambda block: reader.read(block, "en")


def _tokenizer() -> Read:
    import spacy  # only the process that measures it

    tokenizer = spacy.blank("en").tokenizer
    return lambda block: tokenizer(block.text)


_SUBJECTS = {"detector": _detector, "tokenizer": _tokenizer}


def _measured(name: str, path: str) -> tuple[float, float]:
    command = [sys.executable, "-m", "benchmarks.throughput", name, path]
    done = subprocess.run(command, check=True, capture_output=True, encoding="utf-8", cwd=ROOT)
    seconds, peak = json.loads(done.stdout)
    return seconds, peak


def _measure(name: str, path: Path) -> tuple[float, float]:
    """Seconds of one core, and MB of memory at the peak, the texts themselves included."""
    with path.open(encoding="utf-8") as lines:
        rows: Sequence[list[str]] = [json.loads(line) for line in lines]
    blocks = [Block(row[0], row[1], headings=tuple(row[2]), lead=row[3]) for row in rows]
    read = _SUBJECTS[name]()
    read(blocks[0])
    begin = time.process_time()
    for block in blocks:
        read(block)
    return time.process_time() - begin, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    if len(sys.argv) == 3:
        print(json.dumps(_measure(sys.argv[1], Path(sys.argv[2]))))
    else:
        print("\n".join(" | ".join(row) for row in throughput()))
