"""`tracker status`: how each document and the deliveries stand."""

from __future__ import annotations

import argparse
from datetime import datetime

from tracker.cli.context import clock, configuration, emit, json_option, reading_store, table_width
from tracker.config import Config
from tracker.model import Cause, ChannelStatus, DocumentRecord, DocumentStatus, Standing
from tracker.schedule import spread
from tracker.store import Store
from tracker.views import records, tables

COUNTS = (Standing.CONFIRMED, Standing.HELD)


def arguments(parser: argparse.ArgumentParser, _: str) -> None:
    json_option(parser)


def run(options: argparse.Namespace) -> int:
    """Exit code 1 where something needs a person: fit for a monitoring check."""
    config = configuration(options, required=False)
    with reading_store(options) as store:
        rows = [status(config, store, record, clock()) for record in store.documents()]
        channels = store.standings(channel.name for channel in config.channels)
    standings: list[DocumentStatus | ChannelStatus] = [*rows, *channels]
    needs = any(row.needs_attention for row in standings)
    if options.json:
        emit([records.standing(row) for row in standings])
    else:
        print(tables.status(rows, table_width()), end="")
        print(f"\n{tables.channels(channels, table_width())}", end="")
        if needs:
            print("\nWhat is marked with ! needs a person.")
    return 1 if needs else 0


def status(config: Config, store: Store, record: DocumentRecord, now: datetime) -> DocumentStatus:
    checks = store.checks(record.key)
    answered = [check.last_success for check in checks if check.last_success]
    versions = [version for version in store.versions(record.key) if version.standing in COUNTS]
    changes = [version.observed_at for version in versions if version.cause is not Cause.TECHNICAL]
    held = [version.number for version in versions if version.standing is Standing.HELD]
    return DocumentStatus(
        document=record.key,
        kind=record.kind,
        last_success=min(answered) if len(answered) == len(checks) and checks else None,
        last_change=max(changes, default=None),
        next_run=next_run(config, record, now),
        failures=max((check.failures for check in checks), default=0),
        error=next((check.error for check in checks if check.error), ""),
        held=held[-1] if held else None,
        replaced_since=min((check.doubted_since for check in checks if check.doubted_since), default=None),
        browser_since=min((check.browser_since for check in checks if check.browser_since), default=None),
    )


def next_run(config: Config, record: DocumentRecord, now: datetime) -> datetime | None:
    """When a running daemon checks it next; None if it is not configured."""
    found = [d for service in config.services for d in service.documents if d.key == record.key]
    if not found:
        return None
    due: datetime | None = spread(found[0].schedule, config.timezone, record.key).get_next_fire_time(None, now)
    return due
