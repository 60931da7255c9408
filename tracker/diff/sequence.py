"""What changed between two sequences, whatever their items are: blocks and words are aligned by the same rules."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import partial

# Beyond this product of lengths an exact answer would take more than some 25 MB (one bit per cell) and 0.1 s.
MOST_CELLS = 200_000_000
# How often a stretch is parted again around what occurs once in it; real texts need one or two rounds.
MOST_ROUNDS = 8

Pairs = list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Hunk:
    """A change: ``old[i:i_end]`` became ``new[j:j_end]``.  What stands between two hunks is the same on both sides."""

    i: int
    i_end: int
    j: int
    j_end: int

    @property
    def size(self) -> int:
        return max(self.i_end - self.i, self.j_end - self.j)


def hunks(
    old: Sequence[Hashable], new: Sequence[Hashable], same: Pairs, parting: Callable[[bool, int], int]
) -> list[Hunk]:
    """The changes around what stayed the same, each moved to where it reads best.

    ``parting(is_new, k)`` says how well that side can be parted before its item ``k`` (0: not well).
    """
    found: list[Hunk] = []
    i = j = 0
    for a, b in [*same, (len(old), len(new))]:
        if a > i or b > j:
            found.append(Hunk(i, a, j, b))
        i, j = a + 1, b + 1
    slid: list[Hunk] = []
    for n, hunk in enumerate(found):
        start = slid[-1].j_end if slid else 0
        end = found[n + 1].j if n + 1 < len(found) else len(new)
        low, high = start - hunk.j, end - hunk.j_end
        meets = {low} if slid else set()
        if n + 1 < len(found):
            meets.add(high)
        by = 0
        if hunk.i == hunk.i_end:
            by = _slide(new, hunk.j, hunk.j_end, range(low, high + 1), meets, partial(parting, True))
        elif hunk.j == hunk.j_end:
            by = _slide(old, hunk.i, hunk.i_end, range(low, high + 1), meets, partial(parting, False))
        slid.append(Hunk(hunk.i + by, hunk.i_end + by, hunk.j + by, hunk.j_end + by))
    return _touching_joined(slid)


def _slide(
    side: Sequence[Hashable], start: int, end: int, room: range, meets: set[int], parting: Callable[[int], int]
) -> int:
    """How far within ``room`` a one-sided change is best moved over equal items; below 0 is towards the start.

    "[a cat. It was] a dog" and "a [cat. It was a] dog" say the same.  Best is to meet another change (``meets`` says
    where), so that the two are one; then to be where the text can be parted on both ends; then the shortest way.
    """
    back = forth = 0
    while back > room[0] and side[start + back - 1] == side[end + back - 1]:
        back -= 1
    while forth < room[-1] and side[start + forth] == side[end + forth]:
        forth += 1
    if back == forth:
        return 0
    return max(range(back, forth + 1), key=lambda by: (by in meets, parting(start + by) + parting(end + by), -abs(by)))


def _touching_joined(hunks: Sequence[Hunk]) -> list[Hunk]:
    joined: list[Hunk] = []
    for hunk in hunks:
        if joined and joined[-1].j_end == hunk.j and joined[-1].i_end == hunk.i:
            last = joined.pop()
            hunk = Hunk(last.i, hunk.i_end, last.j, hunk.j_end)
        joined.append(hunk)
    return joined


def common(old: Sequence[Hashable], new: Sequence[Hashable]) -> Pairs:
    """Index pairs of equal items, ascending on both sides: as many as there can be.

    Of sequences too long for that (``MOST_CELLS``), the ends and what lies around items that occur once on both
    sides ("patience diff"): fewer pairs perhaps, in time that grows with the length.  No clock is asked, so the same
    two sequences always give the same pairs.
    """
    pairs: Pairs = []
    todo = [(0, len(old), 0, len(new), MOST_ROUNDS)]
    while todo:
        i, i_end, j, j_end, rounds = todo.pop()
        while i < i_end and j < j_end and old[i] == new[j]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        while i < i_end and j < j_end and old[i_end - 1] == new[j_end - 1]:
            i_end, j_end = i_end - 1, j_end - 1
            pairs.append((i_end, j_end))
        known = set(old[i:i_end]) & set(new[j:j_end])
        left = [k for k in range(i, i_end) if old[k] in known]
        right = [k for k in range(j, j_end) if new[k] in known]
        shorter = [old[k] for k in left], [new[k] for k in right]
        if len(left) * len(right) <= MOST_CELLS:
            pairs += ((left[a], right[b]) for a, b in _exact(*shorter))
        elif rounds and (anchors := [(left[a], right[b]) for a, b in _anchors(*shorter)]):
            starts, ends = [(i, j), *anchors], [*anchors, (i_end, j_end)]
            todo += ((a, c, b, d, rounds - 1) for (a, b), (c, d) in zip(starts, ends, strict=True))
    pairs.sort()
    return pairs


def _exact(old: Sequence[Hashable], new: Sequence[Hashable]) -> Pairs:
    """One longest common subsequence, by bits (Crochemore et al. 2001, Hyyrö 2004): a row is one long integer.

    After ``n`` items of ``new``, bit ``k`` of the row is 0 where ``old[: k + 1]`` has one more item in common with
    them than ``old[:k]``.  The rows are kept to walk back along.  They run along the shorter side: to set a bit
    takes time in proportion to its place.
    """
    if len(old) > len(new):
        return [(i, j) for j, i in _exact(new, old)]
    places: dict[Hashable, int] = {}
    for k, item in enumerate(old):
        places[item] = places.get(item, 0) | 1 << k
    full = (1 << len(old)) - 1
    row = full
    rows = [row]
    for item in new:
        hits = row & places[item]
        row = ((row + hits) | (row - hits)) & full
        rows.append(row)
    pairs: Pairs = []
    i, j = len(old) - 1, len(new)
    while i >= 0 and j > 0:
        if rows[j] >> i & 1:
            i -= 1
            continue
        j -= 1
        if rows[j] >> i & 1:
            pairs.append((i, j))
            i -= 1
    pairs.reverse()
    return pairs


def _anchors(old: Sequence[Hashable], new: Sequence[Hashable]) -> Pairs:
    """The longest ascending run of what occurs once on both sides: items, or if there are none, a few in a row."""
    for width in (1, 4):
        place = _once(old, width)
        both = [(place[gram], k) for gram, k in _once(new, width).items() if gram in place]
        if both:
            return [both[k] for k in ascending([i for i, _ in both])]
    return []


def _once(items: Sequence[Hashable], width: int) -> dict[tuple[Hashable, ...], int]:
    grams = [tuple(items[k : k + width]) for k in range(len(items) - width + 1)]
    times = Counter(grams)
    return {gram: k for k, gram in enumerate(grams) if times[gram] == 1}


def ascending(numbers: Sequence[int]) -> list[int]:
    """The indices of a longest strictly ascending subsequence (patience sorting)."""
    tops: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for k, number in enumerate(numbers):
        pile = bisect_left(tops, number)
        before.append(ends[pile - 1] if pile else -1)
        tops[pile : pile + 1] = [number]
        ends[pile : pile + 1] = [k]
    found: list[int] = []
    k = ends[-1] if ends else -1
    while k >= 0:
        found.append(k)
        k = before[k]
    found.reverse()
    return found
