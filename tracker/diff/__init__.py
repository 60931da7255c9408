"""two Versions → Diff."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tracker.diff.align import align
from tracker.model import Block, Change, Diff, Op

__all__ = ["diff", "new_text", "old_text"]


def diff(old: Sequence[Block], new: Sequence[Block]) -> Diff:
    """How one text became another: first which blocks became which, then which words.

    The changes stand in the order of the new text, what was deleted before what came in its place; only the old
    sides of moves are out of order.  Each block of either side is in exactly one change.  Blocks are the same if
    their ids are.  The answer depends on nothing but the two texts, and the time it takes grows with their length,
    whatever they hold.
    """
    changes = tuple(align(old, new))
    inserted = sum(len(text.split()) for text in _only(changes, Op.INSERT, new))
    deleted = sum(len(text.split()) for text in _only(changes, Op.DELETE, old))
    return Diff(tuple(old), tuple(new), changes, inserted, deleted)


def _only(changes: Sequence[Change], op: Op, blocks: Sequence[Block]) -> Iterator[str]:
    """The texts that one side alone has."""
    for change in changes:
        if change.op is op:
            yield from (block.text for block in blocks[slice(*(change.new if op is Op.INSERT else change.old))])
        yield from (run.text for run in change.words if run.op is op)


def old_text(diff: Diff) -> str:
    """The old text, a block per line, put together from the changes."""
    return _text([(change.old, change) for change in diff.changes], diff.old, Op.INSERT)


def new_text(diff: Diff) -> str:
    """The new text, a block per line, put together from the changes."""
    return _text([(change.new, change) for change in diff.changes], diff.new, Op.DELETE)


def _text(places: Sequence[tuple[tuple[int, int], Change]], blocks: Sequence[Block], absent: Op) -> str:
    pieces: list[str] = []
    for span, change in sorted(places, key=lambda place: place[0]):
        if change.words:
            pieces.append("".join(run.text for run in change.words if run.op is not absent))
        else:
            pieces += [block.text for block in blocks[slice(*span)]]
    return "\n".join(pieces)
