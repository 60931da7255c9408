"""How quiet the tracker is over years of real histories: changes that became no version, flaps, events a day.

Bars: about 62 % of the changes become no version; 90 % of the flaps raise no event; 0.6 events a day over all services,
0.1 of severity high or above.

python -m benchmarks.noise [DATABASE]    (of an import of the bundle; made anew where none is named)
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from benchmarks.imports import BUNDLE
from tracker.gaps.timeline import FLAP
from tracker.model import Cause, Severity, Standing, VersionRecord
from tracker.store import Store

LOUD = (Severity.HIGH, Severity.CRITICAL)
CHANGES = ("Record new changes of ", "Update ")  # how the archive's commits begin that record a change of the source


def main() -> None:
    if not BUNDLE.exists():
        print(f"skipped: {BUNDLE.name} is not there")
        return
    with tempfile.TemporaryDirectory() as name:
        changes = recorded_changes(Path(name))
        database = Path(sys.argv[1]) if len(sys.argv) > 1 else imported(Path(name))
        with Store.open(database, readonly=True) as store:
            texts(store, changes)
            flaps(store)
            events(store)


def imported(folder: Path) -> Path:
    database = folder / "tracker.db"
    command = [sys.executable, "-m", "tracker.cli", "--db", str(database), "import", "ota", str(BUNDLE)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return database


def recorded_changes(folder: Path) -> int:
    """How many commits of the archive record a change of a page."""
    clone = ["git", "clone", "--quiet", "--bare", str(BUNDLE), "versions.git"]
    subprocess.run(clone, check=True, cwd=folder)
    log = ["git", "-C", "versions.git", "log", "--all", "--format=%s"]
    subjects = subprocess.run(log, check=True, cwd=folder, capture_output=True, text=True).stdout.splitlines()
    return sum(subject.startswith(CHANGES) for subject in subjects)


def texts(store: Store, changes: int) -> None:
    """What became of the texts that the archive recorded as changes of the page."""
    standings: Counter[str] = Counter()
    for record in store.documents():
        standings.update(v.standing.value for v in store.versions(record.key) if v.cause is Cause.SOURCE)
    versions = sum(standings.values())
    print(f"{changes:,} recorded changes; {changes - versions:,} ({1 - versions / changes:.0%}) became no version:"
          " equal but for links, spaces, marks and order.\n")  # fmt: skip
    print("| what became of the others | texts |\n| --- | ---: |")
    for standing in Standing:
        print(f"| {standing.value} | {standings[standing.value]:,} |")


def flaps(store: Store) -> None:
    """Texts that went away for another and came back within the window (A→B→A), and what was told of them."""
    told = {(event.document, event.version) for event in store.events()}
    total, loud = 0, []
    for record in store.documents():
        for away, back in flapped(store.versions(record.key)):
            total += 1
            if {(record.key, away), (record.key, back)} & told:
                loud.append((record.key, away))
    print(
        f"\n{total} flaps; {total - len(loud)} ({1 - len(loud) / max(1, total):.0%}, bar 90 %) raised no event.  Told:"
    )
    for key, away in loud:
        print(f"- {key}, version {away}")


def flapped(versions: tuple[VersionRecord, ...]) -> Iterator[tuple[int, int]]:
    """The versions that stood between two sights of the same text, each with the one that came back."""
    seen = [each for each in versions if each.standing is not Standing.IMPLAUSIBLE]
    for before, after in pairwise(seen):
        if after.equals is not None and after.equals < before.number and after.observed_at - before.observed_at <= FLAP:
            yield before.number, after.number
    for each in seen:
        if each.standing is Standing.UNDONE and each.reason.endswith("came back"):
            yield each.number, each.number


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
