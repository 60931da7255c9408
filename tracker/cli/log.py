"""`tracker log`: the versions of a document, and how much each changed."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping

from tracker.cli.context import document_key, emit, json_option, reading_store, table_width
from tracker.cli.paging import show
from tracker.diff import diff
from tracker.model import Findings, Polarity, Standing, Version, VersionRecord
from tracker.store import Store
from tracker.views import records, tables

QUIET = (Standing.UNDONE, Standing.RETURNED, Standing.IMPLAUSIBLE)


def arguments(parser: argparse.ArgumentParser, _: str) -> None:
    parser.add_argument("document", metavar="SERVICE/DOCUMENT")
    parser.add_argument("--all", action="store_true", help="also what was undone, returned quietly or was implausible")
    json_option(parser)


def run(options: argparse.Namespace) -> int:
    with reading_store(options) as store:
        key = document_key(store, options.document)
        rows = [row for row in store.versions(key) if options.all or row.standing not in QUIET]
        found = steps(store, rows)
    if options.json:
        emit([record(step) for step in found])
    else:
        show(tables.versions(found, table_width()))
    return 0


def steps(store: Store, rows: Iterable[VersionRecord]) -> list[tables.Step]:
    """Each version beside the one before it in the list, those that stood aside being compared with what stood."""
    rows = list(rows)
    found = store.findings({passage for row in rows for passage in row.passages})
    made: list[tables.Step] = []
    before: tuple[Version, set[str]] | None = None
    for row in rows:
        version, said = store.with_blocks(row), practices(row, found)
        notices = tuple(n for passage in row.passages if passage in found for n in found[passage].notices)
        if before is None:
            made.append(tables.Step(version, notices))
        else:
            change = diff(before[0].blocks, version.blocks)
            turns = tuple(sorted(said - before[1])), tuple(sorted(before[1] - said))
            made.append(tables.Step(version, notices, change.inserted, change.deleted, *turns))
        if before is None or row.standing not in QUIET:
            before = version, said
    return made


def practices(row: VersionRecord, found: Mapping[int, Findings]) -> set[str]:
    """What a version asserts, by whom."""
    return {
        f"{claim.practice} by {claim.actor.value}"
        for passage in row.passages
        if passage in found
        for claim in found[passage].claims
        if claim.polarity is Polarity.ASSERTS
    }


def record(step: tables.Step) -> dict[str, object]:
    change = {name: getattr(step, name) for name in ("inserted", "deleted", "gained", "lost")}
    return {**records.version(step.version), "notices": records.plain(step.notices), **change}
