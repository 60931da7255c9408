"""`tracker evidence`: what a gap rests on, as one archive."""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

from tracker.cli.assessed import assessments
from tracker.cli.context import clock, reading_store
from tracker.errors import UsageError
from tracker.pipeline.evidence import gather as gather_evidence
from tracker.views import evidence


def arguments(parser: argparse.ArgumentParser, _: str) -> None:
    parser.add_argument("gap", metavar="GAP", help="its id, as `tracker gaps` gives it")
    parser.add_argument("--output", type=Path, metavar="FILE", help="default: evidence-GAP.zip; must not exist yet")
    parser.set_defaults(service=None, at=None)


def run(options: argparse.Namespace) -> int:
    found = [gap for each in assessments(options) for gap in each.gaps if gap.id == options.gap]
    if not found:
        raise UsageError(f"{options.gap!r} is no gap's id: `tracker gaps` shows them")
    with reading_store(options) as store:
        dossier = gather_evidence(store, found[0])
    contents = evidence.files(dossier)
    body = evidence.archive(contents, clock())
    target = options.output or Path(f"evidence-{found[0].id}.zip")
    try:
        with target.open("xb") as file:
            file.write(body)
    except FileExistsError as error:
        raise UsageError(f"{target} exists already: name another file with --output") from error
    except OSError as error:
        raise UsageError(f"{target} cannot be written: {error.strerror}") from error
    print(f"{target}: {len(contents)} files; README.txt in it says how to verify them")
    print(f"Note its SHA-256 elsewhere: {hashlib.sha256(body).hexdigest()}")
    return 0
