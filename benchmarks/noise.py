"""How quiet the tracker is over years of real histories: changes that became no version, flaps, events a day.

Bars: 0.6 events a day over all services, 0.1 of severity high or above.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from benchmarks.imports import BUNDLE
from tracker.model import Cause, Severity, Standing
from tracker.store import Store

LOUD = (Severity.HIGH, Severity.CRITICAL)


def main() -> None:
    if not BUNDLE.exists():
        print(f"skipped: {BUNDLE.name} is not there")
        return
    with tempfile.TemporaryDirectory() as name:
        database = Path(name) / "tracker.db"
        command = [sys.executable, "-m", "tracker.cli", "--db", str(database), "import", "ota", str(BUNDLE)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with Store.open(database, readonly=True) as store:
            texts(store)
            events(store)


def texts(store: Store) -> None:
    """What became of the texts that the archive recorded as changes of the page."""
    standings: Counter[str] = Counter()
    records = 0
    for record in store.documents():
        records += len(store.origins(record.key))
        standings.update(v.standing.value for v in store.versions(record.key) if v.cause is not Cause.TECHNICAL)
    versions = sum(standings.values())
    share = f"{versions / records:.0%}"
    print(f"{records:,} recorded texts; {versions:,} ({share}) differ in substance from the one before.\n")
    print("| what became of them | texts |\n| --- | ---: |")
    for standing in Standing:
        print(f"| {standing.value} | {standings[standing.value]:,} |")


def events(store: Store) -> None:
    """Events per service and year, and a day over all services."""
    found = store.events()
    years = sorted({event.at.year for event in found})
    print("\n| service | " + " | ".join(map(str, years)) + " |\n| --- |" + " ---: |" * len(years))
    per = Counter((event.service, event.at.year) for event in found)
    for service in sorted({event.service for event in found}):
        print(f"| {service} | " + " | ".join(str(per[service, year]) for year in years) + " |")
    observed = [v.observed_at for record in store.documents() for v in store.versions(record.key)]
    days = (max(observed) - min(observed)).days
    loud = sum(event.severity in LOUD for event in found)
    print(f"\n{len(found)} events in {days} days: {len(found) / days:.2f} a day (bar 0.6);"
          f" {loud / days:.2f} high or above (bar 0.1).")  # fmt: skip
    print("\n| kind | events | high or above |\n| --- | ---: | ---: |")
    kinds, louder = Counter(e.kind.value for e in found), Counter(e.kind.value for e in found if e.severity in LOUD)
    for kind, number in kinds.most_common():
        print(f"| {kind} | {number} | {louder[kind]} |")


if __name__ == "__main__":
    main()
