"""`tracker export`: events, gaps, claims or versions as a whole, for other programs, with terms of the DPV."""

from __future__ import annotations

import argparse
import csv
import io
import json
import sys
from collections.abc import Callable, Iterator
from datetime import datetime

from tracker.cli.context import clock, configuration, emit, reading_store, service_name
from tracker.model import DocumentKey, Gap, Standing, VersionRecord
from tracker.pipeline.assessment import Assessor
from tracker.practices.detector import detector
from tracker.store import Store
from tracker.views import records

Rows = Iterator[dict[str, object]]
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what spreadsheets take for the beginning of a formula


def arguments(parser: argparse.ArgumentParser, _: str) -> None:
    parser.add_argument("what", choices=list(KINDS))
    parser.add_argument("service", nargs="?", metavar="SERVICE", help="only its own (default: all)")
    parser.add_argument(
        "--format", choices=["jsonl", "csv"], default="jsonl", help="CSV as RFC 4180 has it; lists in it are JSON"
    )


def run(options: argparse.Namespace) -> int:
    config = configuration(options, required=False)
    terms = {name: practice.dpv for name, practice in detector().taxonomy.practices.items()}
    with reading_store(options) as store:
        service = service_name(store, options.service) if options.service else None
        assessor = Assessor(config, store)
        rows = KINDS[options.what](store, assessor, service, clock())
        if options.what != "versions":
            rows = ({**row, "dpv": list(terms.get(str(row["practice"]), ()))} for row in rows)
        if options.format == "csv":
            table(rows)
        else:
            for row in rows:
                emit([row])
    return 0


def events(store: Store, _: Assessor, service: str | None, now: datetime) -> Rows:
    del now
    for event in store.events(service):
        yield records.fields_of(event)


def gaps(_: Store, assessor: Assessor, service: str | None, now: datetime) -> Rows:
    for name in [service] if service else assessor.services():
        for gap in assessor.assessment(name, now).gaps:
            yield flat(gap)


def flat(gap: Gap) -> dict[str, object]:
    """A gap in one level: its informal side by its parts, the binding documents as a list."""
    record = records.gap(gap)
    informal = record.pop("informal")
    assert isinstance(informal, dict)  # noqa: S101 - what records.gap makes of it
    return {**record, **{f"informal_{key}": value for key, value in informal.items()}}


def claims(store: Store, _: Assessor, service: str | None, now: datetime) -> Rows:
    """Each claim of each version that stood, but for those that a reader rejected."""
    del now
    rejected = {(each.block, each.practice) for each in store.rejections()}
    for key, version in standing(store, service):
        found = store.findings(version.passages)
        blocks = store.blocks(version.passages)
        for passage, block in zip(version.passages, blocks, strict=True):
            for claim in found[passage].claims if passage in found else ():
                if (block.id, claim.practice) not in rejected:
                    place = {"service": key.service, "document": key.document, "version": version.number}
                    observed = {"observed_at": records.plain(version.observed_at), "block": block.id}
                    yield {**place, **observed, **records.claim(claim)}


def versions(store: Store, _: Assessor, service: str | None, now: datetime) -> Rows:
    """Each version with its text, a line for each block."""
    del now
    for _key, version in standing(store, service):
        whole = store.with_blocks(version)
        text = "\n".join(block.text for block in whole.blocks)
        yield {**records.version(whole), "text": text}


def standing(store: Store, service: str | None) -> Iterator[tuple[DocumentKey, VersionRecord]]:
    """The versions that stood, of all documents or those of a service."""
    for record in store.documents(service):
        for version in store.versions(record.key):
            if version.standing in (Standing.CONFIRMED, Standing.RETURNED):
                yield record.key, version


def table(rows: Rows) -> None:
    """Comma-separated values; a cell that a spreadsheet would run as a formula is led by an apostrophe."""
    out = io.StringIO()
    writer: csv.DictWriter[str] | None = None
    for row in rows:
        if writer is None:
            writer = csv.DictWriter(out, list(row), lineterminator="\r\n")
            writer.writeheader()
        writer.writerow({key: cell(value) for key, value in row.items()})
        sys.stdout.write(out.getvalue())
        out.seek(0)
        out.truncate()


def cell(value: object) -> object:
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) and not isinstance(value, int | float) else text


KINDS: dict[str, Callable[[Store, Assessor, str | None, datetime], Rows]] = {
    "events": events,
    "gaps": gaps,
    "claims": claims,
    "versions": versions,
}
