"""`tracker import`: another archive's history, with its dates, or its declarations, as a configuration."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Collection, Sequence
from difflib import get_close_matches
from pathlib import Path

from tracker.cli.context import clock, configuration, count, database_path, progress, writing_store
from tracker.config.write import written
from tracker.errors import UsageError
from tracker.history import declarations
from tracker.history.ota import contents, state
from tracker.model import Kind
from tracker.pipeline.archive import Import
from tracker.pipeline.assessment import Assessor
from tracker.views.terminal import safe

SHOWN = 20  # names in one line


def arguments(parser: argparse.ArgumentParser, _: str) -> None:
    parser.add_argument(
        "archive",
        choices=["ota", "declarations"],
        help="of Open Terms Archive: a versions repository; or declarations, from which a configuration is written",
    )
    parser.add_argument(
        "paths",
        nargs="+",
        type=Path,
        metavar="PATH",
        help="a bundle, a bare repository, a clone; a folder",
    )
    parser.add_argument("--service", action="append", default=[], metavar="NAME", help="only this one (repeatable)")
    parser.add_argument(
        "--kind", action="append", default=[], metavar='"TERMS TYPE=KIND"', help="the kind of a terms type (repeatable)"
    )


def run(options: argparse.Namespace) -> int:
    return import_declarations(options) if options.archive == "declarations" else import_history(options)


def import_declarations(options: argparse.Namespace) -> int:
    """Prints the configuration on standard output, and what it lacks on standard error."""
    for path in options.paths:
        if not path.is_dir():
            raise UsageError(f"{path}: no such folder: name the one with the files SERVICE.json")
        found = declarations.read(path, options.service)
        for note in found.notes:
            print(safe(note), file=sys.stderr)
        if not found.services:
            raise UsageError(f"{path}: declares nothing of {', '.join(options.service)}: names are exact")
        print(written(found.services))
        documents = count(sum(len(service.documents) for service in found.services), "document")
        print(f"{path}: {documents} of {count(len(found.services), 'service')}", file=sys.stderr)
    return 0


def import_history(options: argparse.Namespace) -> int:
    kinds = dict(kind_option(text) for text in options.kind)
    for path in options.paths:
        if not path.exists():
            raise UsageError(f"{path}: no such file or directory: give the path of a versions repository")
    config = configuration(options, required=False)
    new = not database_path(options, config).exists()
    if new:
        for path in options.paths:
            state(path)  # one that is no repository is told before anything is made
        sought(options.paths, options.service, kinds)
    with writing_store(options, config) as store:
        if not new:
            stored = {name for record in store.documents() for name in (record.key.service, record.key.document)}
            sought(options.paths, set(options.service) - stored, kinds.keys() - stored)
        for path in options.paths:
            with progress("texts read") as tell:
                done = Import(config, store, Assessor(config, store), kinds).run(path, options.service, clock(), tell)
            for note in done.notes:
                print(note, file=sys.stderr)
            texts, versions = count(done.added, "text"), count(done.versions, "version")
            news = f"{texts} of {count(len(done.documents), 'document')} read, {versions} added"
            known = f"{count(done.known, 'text')} {'was' if done.known == 1 else 'were'} there already"
            print(f"{path.name}: {news if done.added else 'nothing new'}; {known}")
    return 0


def sought(paths: Sequence[Path], services: Collection[str], kinds: Collection[str]) -> None:
    """Raises UsageError for a service or a terms type that none of the archives has: nothing is read then."""
    if not services and not kinds:
        return
    there = {each for path in paths for each in contents(path, (*services, *kinds))}
    known = {service for service, _ in there}
    for name in services:
        if name not in known:
            raise UsageError(f"--service {name!r}: names are exact; the archive has {listed(name, known)}")
    terms_types = {terms_type for _, terms_type in there}
    for name in kinds:
        if name not in terms_types:
            raise UsageError(f"--kind {name!r}: no such terms type; the archive has {listed(name, terms_types)}")


def listed(wanted: str, known: Collection[str]) -> str:
    """What there is, the likeliest only where it is much."""
    near = get_close_matches(wanted.casefold(), [name.casefold() for name in known], SHOWN, 0.0)
    chosen = sorted(name for name in known if name.casefold() in near)
    return ", ".join(chosen) + (f" and {len(known) - len(chosen)} more" if len(chosen) < len(known) else "") or "none"


def kind_option(text: str) -> tuple[str, Kind]:
    terms_type, equals, kind = text.rpartition("=")
    if not equals or kind not in [each.value for each in Kind]:
        known = ", ".join(each.value for each in Kind)
        raise UsageError(f'--kind {text!r}: write "TERMS TYPE=KIND" with a kind of {known}')
    return terms_type, Kind(kind)
