"""The changes of a diff in reading order: what every rendering of it goes through."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from tracker.model import Block, BlockKind, Change, Diff, Op, Words

_SHOWN = 60  # characters of a moved text where it stood before


class Fate(StrEnum):
    """What became of the blocks of an entry."""

    KEPT = "kept"
    DELETED = "deleted"
    INSERTED = "inserted"
    EDITED = "edited"
    ARRIVED = "arrived"  # moved, seen from where it stands now
    LEFT = "left"  # moved, seen from where it stood


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to show.  At least one of ``old`` and ``new`` has blocks; ``words`` is () if they were kept.

    Of what moved, the entry where it stands now has ``new`` only, that where it stood ``old`` only; ``note`` says
    where from or to.
    """

    fate: Fate
    old: tuple[Block, ...]
    new: tuple[Block, ...]
    words: tuple[Words, ...] = ()
    note: str = ""

    @property
    def path(self) -> tuple[str, ...]:
        """The headings it stands under, outermost first."""
        return (self.new or self.old)[0].headings

    @property
    def title(self) -> bool:
        """Whether it is a heading itself."""
        return all(block.kind is BlockKind.HEADING for block in self.old + self.new)


def under_headings(diff: Diff) -> Iterator[tuple[Entry, tuple[str, ...]]]:
    """The entries, each with the headings to be said before it: () where the reader knows them.

    They are known from the entry before, which may be the heading itself; and a heading just below a known one
    needs no other.
    """
    known: tuple[str, ...] = ()
    for entry in entries(diff):
        if entry.fate is Fate.KEPT:
            yield entry, ()
            continue
        path = entry.path
        said = path == known or (entry.title and path == known[: len(path)])
        yield entry, () if said else path
        known = (*path, (entry.new or entry.old)[-1].text) if entry.title else path


def entries(diff: Diff) -> Iterator[Entry]:
    """The changes, each move at both its places.

    All old blocks come once and in their order, and so do all new ones.
    """
    leaving = deque(sorted((change for change in diff.changes if change.op is Op.MOVE), key=lambda move: move.old))
    arrived: set[Change] = set()
    left: set[Change] = set()
    for change in diff.changes:
        if change.op is Op.MOVE:
            arrived.add(change)
            yield _arrived(diff, change, "above" if change in left else "below")
            continue
        while leaving and leaving[0].old[1] <= change.old[0]:
            left.add(move := leaving.popleft())
            yield _left(diff, move, "up" if move in arrived else "down")
        yield from _standing(diff, change)
    for move in leaving:
        yield _left(diff, move, "up" if move in arrived else "down")


def _arrived(diff: Diff, move: Change, whence: str) -> Entry:
    new = diff.new[slice(*move.new)]
    words = move.words or (Words(Op.EQUAL, "\n".join(block.text for block in new)),)
    return Entry(Fate.ARRIVED, (), new, words, f"moved here from {whence}")


def _left(diff: Diff, move: Change, whither: str) -> Entry:
    old = diff.old[slice(*move.old)]
    start = old[0].text if len(old[0].text) <= _SHOWN else old[0].text[:_SHOWN].rstrip() + "…"
    more = f" and {len(old) - 1} more" if len(old) > 1 else ""
    return Entry(Fate.LEFT, old, (), (Words(Op.EQUAL, start),), f"moved {whither} from here{more}")


def _standing(diff: Diff, change: Change) -> Iterator[Entry]:
    old, new = diff.old[slice(*change.old)], diff.new[slice(*change.new)]
    match change.op:
        case Op.EQUAL:
            yield Entry(Fate.KEPT, old, new)
        case Op.EDIT:
            yield Entry(Fate.EDITED, old, new, change.words)
        case Op.DELETE:
            yield from (Entry(Fate.DELETED, (block,), (), (Words(Op.DELETE, block.text),)) for block in old)
        case Op.INSERT:
            yield from (Entry(Fate.INSERTED, (), (block,), (Words(Op.INSERT, block.text),)) for block in new)
