"""What a gap rests on, gathered for a file or a court: the pages themselves, and how the texts changed."""

from __future__ import annotations

from datetime import UTC, datetime

from tracker.diff import diff
from tracker.errors import DamageError
from tracker.model import Diff, DocumentKey, Dossier, Exhibit, Gap, Standing, VersionRecord
from tracker.store import Store

LAST = datetime.max.replace(tzinfo=UTC)
COUNTS = (Standing.CONFIRMED, Standing.RETURNED)


def gather(store: Store, gap: Gap) -> Dossier:
    """The pages that show the assertion, each binding document's silence beside it, and what closed the gap.

    Raises DamageError if a page that it rests on is missing or damaged.
    """
    exhibits: list[Exhibit] = []
    changes: list[tuple[str, Diff]] = []
    said = gap.informal
    exhibits += _exhibits(store, said.document, said.first_seen, "asserts the practice")
    changes += _change(store, said.document, said.first_seen)
    for state in gap.binding:
        then = _exhibits(store, state.document, gap.found, "stood when the gap was found")
        now = _exhibits(store, state.document, LAST, f"stands now: {state.state.value}")
        exhibits += then + [each for each in now if each.version not in {before.version for before in then}]
    if gap.closed and gap.closed_by:
        exhibits += _exhibits(store, gap.closed_by, gap.closed, "closes the gap")
        changes += _change(store, gap.closed_by, gap.closed)
    return Dossier(gap, tuple(exhibits), tuple(changes))


def _standing(store: Store, key: DocumentKey, at: datetime) -> list[VersionRecord]:
    """The versions that counted and had been observed by then, oldest first."""
    return [row for row in store.versions(key) if row.standing in COUNTS and row.observed_at <= at]


def _exhibits(store: Store, key: DocumentKey, at: datetime, role: str) -> list[Exhibit]:
    rows = _standing(store, key, at)
    if not rows:
        return []
    exhibits = []
    for digest in rows[-1].snapshots:
        page = store.snapshot(digest, key)
        if page is None:
            raise DamageError(f"the page with SHA-256 {digest} is missing: restore a backup", document=key)
        exhibits.append(Exhibit(role, rows[-1].number, rows[-1].observed_at, page))
    return exhibits


def _change(store: Store, key: DocumentKey, at: datetime) -> list[tuple[str, Diff]]:
    rows = _standing(store, key, at)
    if len(rows) < 2:
        return []
    before, after = store.with_blocks(rows[-2]), store.with_blocks(rows[-1])
    named = [f"version {each.number} of {each.observed_at:%Y-%m-%d}" for each in (before, after)]
    return [(f"{key}: {' → '.join(named)}", diff(before.blocks, after.blocks))]
