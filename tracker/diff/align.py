"""Which blocks of a text became which of another."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence

from tracker.diff.matching import common
from tracker.diff.pairing import (
    LEAST_ALIKE_ELSEWHERE,
    LEAST_MOVED,
    Bags,
    Span,
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
LEAST_PLAIN_ALONE = 0.4
# A gap of at most so many characters, some of whose blocks were split or merged, is compared as a whole where so
# much less is changed then.
MOST_WHOLE = 3_000
LEAST_GAIN = 0.8
# Of two versions of a block at least this share of the shorter must have stayed, in the same order.
LEAST_KEPT = 0.3


class Texts:
    """Both texts, and what was found out of their blocks: nothing is counted or compared twice."""

    __slots__ = ("_words", "bags", "new", "old")

    def __init__(self, old: Sequence[Block], new: Sequence[Block]) -> None:
        self.old, self.new = old, new
        self.bags = Bags(old), Bags(new)
        self._words: dict[tuple[Span, Span], tuple[Words, ...]] = {}

    def words(self, old: Span, new: Span) -> tuple[Words, ...]:
        """How the words of these blocks, a line for each, became those of these."""
        found = self._words.get((old, new))
        if found is None:
            sides = ([block.text for block in side] for side in (self.old[slice(*old)], self.new[slice(*new)]))
            found = self._words[old, new] = compare(*map("\n".join, sides))
        return found


def align(old: Sequence[Block], new: Sequence[Block]) -> list[Change]:
    """The changes in the order of the new text; each block of either side is in exactly one of them."""
    ids = [block.id for block in old], [block.id for block in new]
    if ids[0] == ids[1]:
        return [Change(Op.EQUAL, (0, len(old)), (0, len(new)))] if old else []
    texts = Texts(old, new)
    gaps = hunks(*ids, common(*ids), _parting(old, new))
    moves = _moved(old, new, gaps)
    left = {i for gap in gaps for i in range(gap.i, gap.i_end)} - {i for move in moves for i in range(*move.old)}
    right = {j for gap in gaps for j in range(gap.j, gap.j_end)} - {j for move in moves for j in range(*move.new)}
    edits: list[Change] = []
    if left and right:
        edits = [edit for gap in gaps for edit in _edited(texts, gap, left, right)]
        left -= {i for edit in edits for i in range(*edit.old)}
        right -= {j for edit in edits for j in range(*edit.new)}
        moves += _moved_and_edited(texts, left, right)
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


def _edited(texts: Texts, gap: Hunk, left: set[int], right: set[int]) -> Iterator[Change]:
    """The blocks of a gap that are versions of one another, in order."""
    olds = [i for i in range(gap.i, gap.i_end) if i in left]
    news = [j for j in range(gap.j, gap.j_end) if j in right]
    at = 0
    for k, plain in enumerate(_plain(texts, olds, news)):
        if plain:
            yield from _versions(texts, olds[at:k], news[at:k])
            yield plain
            at = k + 1
    yield from _versions(texts, olds[at:], news[at:])


def _plain(texts: Texts, olds: Sequence[int], news: Sequence[int]) -> Iterator[Change | None]:
    """Of as many old as new blocks those that stand in the same place and are plainly the same rewritten."""
    if len(olds) != len(news):
        return
    least = LEAST_PLAIN if len(olds) > 1 else LEAST_PLAIN_ALONE
    for i, j in zip(olds, news, strict=True):
        sizes = len(texts.old[i].text), len(texts.new[j].text)
        both = least * sum(sizes) / 2
        words = texts.words((i, i + 1), (j, j + 1)) if min(sizes) >= both else ()
        yield Change(Op.EDIT, (i, i + 1), (j, j + 1), words) if words and _stayed(words) >= both else None


def _versions(texts: Texts, olds: Sequence[int], news: Sequence[int]) -> Iterator[Change]:
    """The blocks that are versions of one another, by the words they share."""
    if not olds or not news:
        return
    left, right = {i: texts.bags[0][i] for i in olds}, {j: texts.bags[1][j] for j in news}
    edits = [
        Change(Op.EDIT, old, new, words)
        for old, new in runs(chain(left, right), left, right)
        if (words := _rewritten(texts, old, new))
    ]
    whole = _whole(texts, (olds[0], olds[-1] + 1), (news[0], news[-1] + 1), edits)
    yield from [whole] if whole and len(olds) + len(news) == _blocks(whole) else edits


def _whole(texts: Texts, old: Span, new: Span, edits: Sequence[Change]) -> Change | None:
    """All blocks of a gap as one edit, where some were split or merged and much less is changed if read so."""
    spare = old[1] - old[0] + new[1] - new[0] - sum(map(_blocks, edits))
    if not spare or all(_blocks(edit) == 2 for edit in edits):
        return None
    sides = texts.old[slice(*old)], texts.new[slice(*new)]
    if any(block.kind is BlockKind.HEADING for side in sides for block in side):
        return None
    sizes = [sum(len(block.text) + 1 for block in side) - 1 for side in sides]
    if max(sizes) > MOST_WHOLE:
        return None
    words = texts.words(old, new)
    changed = sum(sizes) - 2 * sum(_stayed(edit.words) for edit in edits)
    still = sum(sizes) - 2 * _stayed(words)
    return Change(Op.EDIT, old, new, words) if still <= LEAST_GAIN * changed else None


def _blocks(change: Change) -> int:
    return change.old[1] - change.old[0] + change.new[1] - change.new[0]


def _stayed(words: Sequence[Words]) -> int:
    """How many characters."""
    return sum([len(run.text) for run in words if run.op is Op.EQUAL])


def _moved_and_edited(texts: Texts, left: set[int], right: set[int]) -> list[Change]:
    """Leftover blocks that stand, nearly the same, elsewhere."""
    old_bags, new_bags = texts.bags
    olds = {i: old_bags[i] for i in sorted(left) if old_bags[i].count >= LEAST_MOVED}
    news = {j: new_bags[j] for j in sorted(right) if new_bags[j].count >= LEAST_MOVED}
    moves: list[Change] = []
    if not olds or not news:
        return moves
    for found in sorted(candidates(olds, news, by_rare_words(olds, news)), key=lambda found: -found.shared):
        if found.alike < LEAST_ALIKE_ELSEWHERE or found.old not in olds or found.new not in news:
            continue
        old, new = (found.old, found.old + 1), (found.new, found.new + 1)
        if words := _rewritten(texts, old, new):
            moves.append(Change(Op.MOVE, old, new, words))
            del olds[found.old], news[found.new]
    return moves


def _rewritten(texts: Texts, old: Span, new: Span) -> tuple[Words, ...] | None:
    """The words of blocks that are versions of one another; None where too little stayed to read it so."""
    words = texts.words(old, new)
    sizes = [sum([len(run.text) for run in words if run.op is not op]) for op in (Op.INSERT, Op.DELETE)]
    return words if _stayed(words) >= LEAST_KEPT * min(sizes) else None


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
