"""Which blocks of a text became which of another."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence

from tracker.diff.matching import common
from tracker.diff.pairing import (
    LEAST_ALIKE_ELSEWHERE,
    LEAST_MOVED,
    Bags,
    by_rare_words,
    candidates,
    chain,
    runs,
)
from tracker.diff.sequence import Hunk, hunks
from tracker.diff.words import compare, tokens
from tracker.model import Block, BlockKind, Change, Op, Words

# Where as many blocks came as went, two that stand in the same place are the same rewritten if this share of both
# stayed; if they are alone there, this.
LEAST_PLAIN = 0.8
LEAST_PLAIN_ALONE = 0.5
# A gap of at most so many characters, some of whose blocks were split or merged, is compared as a whole where so
# much less is changed then.
MOST_WHOLE = 3_000
LEAST_GAIN = 0.8
# Of two versions of a block at least this share of the shorter must have stayed, in the same order.
LEAST_KEPT = 0.3


def align(old: Sequence[Block], new: Sequence[Block]) -> list[Change]:
    """The changes in the order of the new text; each block of either side is in exactly one of them."""
    ids = [block.id for block in old], [block.id for block in new]
    if ids[0] == ids[1]:
        return [Change(Op.EQUAL, (0, len(old)), (0, len(new)))] if old else []
    gaps = hunks(*ids, common(*ids), _parting(old, new))
    moves = _moved(old, new, gaps)
    left = {i for gap in gaps for i in range(gap.i, gap.i_end)} - {i for move in moves for i in range(*move.old)}
    right = {j for gap in gaps for j in range(gap.j, gap.j_end)} - {j for move in moves for j in range(*move.new)}
    edits: list[Change] = []
    if left and right:
        bags = Bags(old), Bags(new)
        edits = [edit for gap in gaps for edit in _edited(old, new, gap, left, right, bags)]
        left -= {i for edit in edits for i in range(*edit.old)}
        right -= {j for edit in edits for j in range(*edit.new)}
        moves += _moved_and_edited(old, new, left, right, bags)
    return _in_order(sorted(_kept(gaps, len(old), len(new)) + edits, key=lambda change: change.new), moves)


def _parting(old: Sequence[Block], new: Sequence[Block]) -> Callable[[bool, int], int]:
    """Where a text can be parted: at its ends and before headings, best before those of the highest rank."""

    def parting(is_new: bool, k: int) -> int:
        side = new if is_new else old
        if not 0 < k < len(side):
            return 8
        return 8 - min(side[k].level, 7) if side[k].kind is BlockKind.HEADING else 0

    return parting


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
    old: Sequence[Block], new: Sequence[Block], gap: Hunk, left: set[int], right: set[int], bags: tuple[Bags, Bags]
) -> Iterator[Change]:
    """The blocks of a gap that are versions of one another, in order."""
    olds = [i for i in range(gap.i, gap.i_end) if i in left]
    news = [j for j in range(gap.j, gap.j_end) if j in right]
    at = 0
    for k, plain in enumerate(_plain(old, new, olds, news)):
        if plain:
            yield from _versions(old, new, olds[at:k], news[at:k], bags)
            yield plain
            at = k + 1
    yield from _versions(old, new, olds[at:], news[at:], bags)


def _plain(
    old: Sequence[Block], new: Sequence[Block], olds: Sequence[int], news: Sequence[int]
) -> Iterator[Change | None]:
    """Of as many old as new blocks those that stand in the same place and are plainly the same rewritten."""
    if len(olds) != len(news):
        return
    least = LEAST_PLAIN if len(olds) > 1 else LEAST_PLAIN_ALONE
    for i, j in zip(olds, news, strict=True):
        before, after = old[i].text, new[j].text
        both = least * (len(before) + len(after)) / 2
        words = compare(before, after) if min(len(before), len(after)) >= both else ()
        stayed = sum(len(run.text) for run in words if run.op is Op.EQUAL)
        yield Change(Op.EDIT, (i, i + 1), (j, j + 1), words) if stayed >= both and words else None


def _versions(
    old: Sequence[Block], new: Sequence[Block], olds: Sequence[int], news: Sequence[int], bags: tuple[Bags, Bags]
) -> Iterator[Change]:
    """The blocks that are versions of one another, by the words they share."""
    if not olds or not news:
        return
    left, right = {i: bags[0][i] for i in olds}, {j: bags[1][j] for j in news}
    edits: list[Change] = []
    for run_old, run_new in runs(chain(left, right), left, right):
        if words := _rewritten(old[slice(*run_old)], new[slice(*run_new)]):
            edits.append(Change(Op.EDIT, run_old, run_new, words))
    whole = _whole(old, new, (olds[0], olds[-1] + 1), (news[0], news[-1] + 1), edits)
    yield from [whole] if whole and len(olds) + len(news) == sum(map(_blocks, [whole])) else edits


def _whole(
    old: Sequence[Block], new: Sequence[Block], span: tuple[int, int], becomes: tuple[int, int], edits: Sequence[Change]
) -> Change | None:
    """All blocks of a gap as one edit, where some were split or merged and much less is changed if read so."""
    spare = span[1] - span[0] + becomes[1] - becomes[0] - sum(map(_blocks, edits))
    headed = any(b.kind is BlockKind.HEADING for b in (*old[slice(*span)], *new[slice(*becomes)]))
    if not spare or headed or all(_blocks(edit) == 2 for edit in edits):
        return None
    before, after = _joined_text(old[slice(*span)]), _joined_text(new[slice(*becomes)])
    if max(len(before), len(after)) > MOST_WHOLE:
        return None
    words = compare(before, after)
    stayed = sum(len(run.text) for edit in edits for run in edit.words if run.op is Op.EQUAL)
    changed = len(before) + len(after) - 2 * stayed
    still = sum(len(run.text) for run in words if run.op is not Op.EQUAL)
    return Change(Op.EDIT, span, becomes, words) if still <= LEAST_GAIN * changed else None


def _blocks(change: Change) -> int:
    return change.old[1] - change.old[0] + change.new[1] - change.new[0]


def _joined_text(blocks: Sequence[Block]) -> str:
    return "\n".join([block.text for block in blocks])


def _moved_and_edited(
    old: Sequence[Block], new: Sequence[Block], left: set[int], right: set[int], bags: tuple[Bags, Bags]
) -> list[Change]:
    """Leftover blocks that stand, nearly the same, elsewhere."""
    olds = {i: bags[0][i] for i in sorted(left) if bags[0][i].count >= LEAST_MOVED}
    news = {j: bags[1][j] for j in sorted(right) if bags[1][j].count >= LEAST_MOVED}
    moves: list[Change] = []
    if not olds or not news:
        return moves
    for found in sorted(candidates(olds, news, by_rare_words(olds, news)), key=lambda found: -found.shared):
        if found.alike < LEAST_ALIKE_ELSEWHERE or found.old not in olds or found.new not in news:
            continue
        if words := _rewritten(old[found.old : found.old + 1], new[found.new : found.new + 1]):
            moves.append(Change(Op.MOVE, (found.old, found.old + 1), (found.new, found.new + 1), words))
            del olds[found.old], news[found.new]
    return moves


def _rewritten(old: Sequence[Block], new: Sequence[Block]) -> tuple[Words, ...] | None:
    """The words of blocks that are versions of one another; None where too little stayed to read it so."""
    before, after = _joined_text(old), _joined_text(new)
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
