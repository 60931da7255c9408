"""The changes around what two sequences have in common, each where it reads best."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Sequence
from functools import partial
from typing import NamedTuple

from tracker.diff.matching import Run


class Hunk(NamedTuple):
    """A change: ``old[i:i_end]`` became ``new[j:j_end]``.  What stands between two hunks is the same on both sides."""

    i: int
    i_end: int
    j: int
    j_end: int


def hunks(
    old: Sequence[Hashable], new: Sequence[Hashable], same: Sequence[Run], parting: Callable[[bool, int], int]
) -> list[Hunk]:
    """The changes around what stayed the same, each moved to where it reads best.

    ``parting(is_new, k)`` says how well that side can be parted before its item ``k`` (0: not well).
    """
    found: list[Hunk] = []
    i = j = 0
    for a, b, size in [*same, Run(len(old), len(new), 0)]:
        if a > i or b > j:
            found.append(Hunk(i, a, j, b))
        i, j = a + size, b + size
    slid: list[Hunk] = []
    for n, hunk in enumerate(found):
        i, i_end, j, j_end = hunk
        if i == i_end or j == j_end:
            low = (slid[-1].j_end if slid else 0) - j
            high = (found[n + 1].j if n + 1 < len(found) else len(new)) - j_end
            meets = [by for by, known in ((low, n > 0), (high, n + 1 < len(found))) if known]
            side, start, end = (new, j, j_end) if i == i_end else (old, i, i_end)
            if by := _slide(side, start, end, (low, high), meets, partial(parting, i == i_end)):
                hunk = Hunk(i + by, i_end + by, j + by, j_end + by)
        slid.append(hunk)
    return _touching_joined(slid)


def _slide(
    side: Sequence[Hashable],
    start: int,
    end: int,
    room: tuple[int, int],
    meets: Collection[int],
    parting: Callable[[int], int],
) -> int:
    """How far within ``room`` a one-sided change is best moved over equal items; below 0 is towards the start.

    "[a cat. It was] a dog" and "a [cat. It was a] dog" say the same.  Best is to meet another change (``meets`` says
    where), so that the two are one; then to be where the text can be parted on both ends; then the shortest way.
    """
    back = forth = 0
    while back > room[0] and side[start + back - 1] == side[end + back - 1]:
        back -= 1
    while forth < room[1] and side[start + forth] == side[end + forth]:
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
