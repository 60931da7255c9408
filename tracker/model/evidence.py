"""What a gap rests on, for a file or a court."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tracker.model.documents import Snapshot
from tracker.model.ledger import Gap
from tracker.model.versions import Diff


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A page as it was fetched, and what it shows.  ``version`` is the document's version it was read as."""

    role: str
    version: int
    observed_at: datetime
    page: Snapshot


@dataclass(frozen=True, slots=True)
class Dossier:
    """``changes`` are the diffs of the documents that opened and closed the gap, each with its title."""

    gap: Gap
    exhibits: tuple[Exhibit, ...]
    changes: tuple[tuple[str, Diff], ...]
