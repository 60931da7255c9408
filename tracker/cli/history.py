"""`tracker import`: another archive's history, with its dates."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tracker.cli.context import clock, configuration, count, progress, writing_store
from tracker.errors import UsageError
from tracker.model import Kind
from tracker.pipeline.archive import Import
from tracker.pipeline.assessment import Assessor


def arguments(parser: argparse.ArgumentParser, _: str) -> None:
    parser.add_argument("archive", choices=["ota"], help="Open Terms Archive: a versions repository")
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a bundle, a bare repository or a clone")
    parser.add_argument("--service", action="append", default=[], metavar="NAME", help="only this one (repeatable)")
    parser.add_argument(
        "--kind", action="append", default=[], metavar='"TERMS TYPE=KIND"', help="the kind of a terms type (repeatable)"
    )


def run(options: argparse.Namespace) -> int:
    kinds = dict(kind_option(text) for text in options.kind)
    config = configuration(options, required=False)
    with writing_store(options, config) as store:
        for path in options.paths:
            with progress("texts read") as tell:
                done = Import(config, store, Assessor(config, store), kinds).run(path, options.service, clock(), tell)
            for note in done.notes:
                print(note, file=sys.stderr)
            if not done.added and not done.known:
                raise UsageError(f"{path}: holds nothing of {', '.join(options.service)}: names are exact")
            texts, versions = count(done.added, "text"), count(done.versions, "version")
            news = f"{texts} of {count(len(done.documents), 'document')} read, {versions} added"
            known = f"{count(done.known, 'text')} {'was' if done.known == 1 else 'were'} there already"
            print(f"{path.name}: {news if done.added else 'nothing new'}; {known}")
    return 0


def kind_option(text: str) -> tuple[str, Kind]:
    terms_type, equals, kind = text.rpartition("=")
    if not equals or kind not in [each.value for each in Kind]:
        known = ", ".join(each.value for each in Kind)
        raise UsageError(f'--kind {text!r}: write "TERMS TYPE=KIND" with a kind of {known}')
    return terms_type, Kind(kind)
