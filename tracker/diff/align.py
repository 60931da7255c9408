"""Which blocks of a text became which of another."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Mapping, Sequence

from tracker.diff.pairing import (
    LEAST_ALIKE_ELSEWHERE,
    LEAST_MOVED,
    Bag,
    by_rare_words,
    candidates,
    chain,
    runs,
)
from tracker.diff.sequence import Hunk, common, hunks
from tracker.diff.words import compare, tokens
from tracker.model import Block, BlockKind, Change, Op, Words

# Of two versions of a block at least this share of the shorter must have stayed, in the same order.
LEAST_KEPT = 0.3


def align(old: Sequence[Block], new: Sequence[Block]) -> list[Change]:
    """The changes in the order of the new text; each block of either side is in exactly one of them."""
    ids = [block.id for block in old], [block.id for block in new]
    gaps = hunks(*ids, common(*ids), _parting(old, new))
    moves = _moved(old, new, gaps)
    left = {i: Bag(old[i].text) for gap in gaps for i in range(gap.i, gap.i_end)}
    right = {j: Bag(new[j].text) for gap in gaps for j in range(gap.j, gap.j_end)}
    _drop(moves, left, right)
    edits = [edit for gap in gaps for edit in _edited(old, new, gap, left, right)]
    _drop(edits, left, right)
    moves += _moved_and_edited(old, new, left, right)
    return _in_order(sorted(_kept(gaps, len(old), len(new)) + edits, key=lambda change: change.new), moves)


def _parting(old: Sequence[Block], new: Sequence[Block]) -> Callable[[bool, int], int]:
    """Where a text can be parted: at its ends and before headings, best before those of the highest rank."""

    def parting(is_new: bool, k: int) -> int:
        side = new if is_new else old
        if not 0 < k < len(side):
            return 8
        return 8 - min(side[k].level, 7) if side[k].kind is BlockKind.HEADING else 0

    return parting


def _drop(changes: Sequence[Change], left: dict[int, Bag], right: dict[int, Bag]) -> None:
    for change in changes:
        for i in range(*change.old):
            del left[i]
        for j in range(*change.new):
            del right[j]


def _moved(old: Sequence[Block], new: Sequence[Block], gaps: Sequence[Hunk]) -> list[Change]:
    """Runs of leftover blocks that stand, the same, elsewhere."""
    places: defaultdict[str, deque[int]] = defaultdict(deque)
    free = {i for gap in gaps for i in range(gap.i, gap.i_end)}
    for i in sorted(free):
        places[old[i].id].append(i)
    runs: list[Change] = []
    for j in (j for gap in gaps for j in range(gap.j, gap.j_end)):
        where = places.get(new[j].id)
        while where and where[0] not in free:
            where.popleft()
        if not where:
            continue
        last = runs[-1] if runs else Change(Op.MOVE, (0, -1), (0, -1))
        i = last.old[1] if last.new[1] == j and last.old[1] in free and old[last.old[1]].id == new[j].id else where[0]
        free.remove(i)
        if last.new[1] == j and last.old[1] == i:
            runs[-1] = Change(Op.MOVE, (last.old[0], i + 1), (last.new[0], j + 1))
        else:
            runs.append(Change(Op.MOVE, (i, i + 1), (j, j + 1)))
    return [run for run in runs if sum(len(tokens(new[j].text)) for j in range(*run.new)) >= LEAST_MOVED]


def _edited(
    old: Sequence[Block], new: Sequence[Block], gap: Hunk, left: dict[int, Bag], right: dict[int, Bag]
) -> list[Change]:
    """The blocks of a gap that are versions of one another, in order."""
    olds = {i: left[i] for i in range(gap.i, gap.i_end) if i in left}
    news = {j: right[j] for j in range(gap.j, gap.j_end) if j in right}
    edits: list[Change] = []
    for run_old, run_new in runs(chain(olds, news), olds, news):
        if words := _rewritten(old[slice(*run_old)], new[slice(*run_new)]):
            edits.append(Change(Op.EDIT, run_old, run_new, words))
    return edits


def _moved_and_edited(
    old: Sequence[Block], new: Sequence[Block], left: Mapping[int, Bag], right: Mapping[int, Bag]
) -> list[Change]:
    """Leftover blocks that stand, nearly the same, elsewhere."""
    left = {i: bag for i, bag in left.items() if bag.count >= LEAST_MOVED}
    right = {j: bag for j, bag in right.items() if bag.count >= LEAST_MOVED}
    moves: list[Change] = []
    for found in sorted(candidates(left, right, by_rare_words(left, right)), key=lambda found: -found.shared):
        if found.alike < LEAST_ALIKE_ELSEWHERE or found.old not in left or found.new not in right:
            continue
        if words := _rewritten(old[found.old : found.old + 1], new[found.new : found.new + 1]):
            moves.append(Change(Op.MOVE, (found.old, found.old + 1), (found.new, found.new + 1), words))
            del left[found.old], right[found.new]
    return moves


def _rewritten(old: Sequence[Block], new: Sequence[Block]) -> tuple[Words, ...] | None:
    """The words of blocks that are versions of one another; None where too little stayed to read it so."""
    before, after = "\n".join(block.text for block in old), "\n".join(block.text for block in new)
    words = compare(before, after)
    stayed = sum(len(run.text) for run in words if run.op is Op.EQUAL)
    return words if stayed >= LEAST_KEPT * min(len(before), len(after)) else None


def _kept(gaps: Sequence[Hunk], old_end: int, new_end: int) -> list[Change]:
    """What stands around the gaps: the same on both sides, at the very end perhaps nothing."""
    kept: list[Change] = []
    i = j = 0
    for gap in [*gaps, Hunk(old_end, old_end, new_end, new_end)]:
        kept.append(Change(Op.EQUAL, (i, gap.i), (j, gap.j)))
        i, j = gap.i_end, gap.j_end
    return kept


def _in_order(spine: Sequence[Change], moves: Sequence[Change]) -> list[Change]:
    """The whole: what both texts have in the same order, between it the deleted and then the inserted and moved."""
    gone = {i for move in moves for i in range(*move.old)}
    come = {move.new[0]: move for move in moves}
    changes: list[Change] = []
    i = j = 0
    for link in spine:
        while i < link.old[0]:
            if i not in gone:
                _extend(changes, Change(Op.DELETE, (i, i + 1), (j, j)))
            i += 1
        while j < link.new[0]:
            change = come.get(j, Change(Op.INSERT, (i, i), (j, j + 1)))
            _extend(changes, change)
            j = change.new[1]
        if link.new[0] < link.new[1]:
            _extend(changes, link)
        i, j = link.old[1], link.new[1]
    return changes


def _extend(changes: list[Change], change: Change) -> None:
    """Add a change, or make the last one longer where it is one with it."""
    last = changes[-1] if changes else None
    whole = change.op in (Op.EQUAL, Op.DELETE, Op.INSERT)
    if last and whole and last.op is change.op and last.old[1] == change.old[0] and last.new[1] == change.new[0]:
        changes[-1] = Change(change.op, (last.old[0], change.old[1]), (last.new[0], change.new[1]))
    else:
        changes.append(change)
