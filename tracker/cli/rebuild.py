"""`tracker rebuild`: everything derived, computed again from the snapshots."""

from __future__ import annotations

import argparse

from tracker.cli.context import clock, configuration, count, progress, writing_store
from tracker.pipeline.assessment import Assessor
from tracker.pipeline.rebuild import Rebuild


def arguments(parser: argparse.ArgumentParser, _: str) -> None:
    del parser  # it has no arguments of its own


def run(options: argparse.Namespace) -> int:
    config = configuration(options, required=False)
    number = 0
    with writing_store(options, config) as store:
        with progress("documents rebuilt") as tell:
            for number, _ in enumerate(Rebuild(config, store, Assessor(config, store)).run(clock()), 1):
                tell(number)
        versions = sum(len(store.versions(record.key)) for record in store.documents())
    print(f"{count(number, 'document')} rebuilt: {count(versions, 'version')}.  Nothing was alerted.")
    return 0
