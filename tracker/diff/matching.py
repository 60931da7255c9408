"""What two sequences have in common, whatever their items are: blocks and words are matched by the same rules."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Iterator, Sequence
from itertools import compress, count
from operator import ne
from typing import NamedTuple

# Beyond this product of lengths an exact answer would take more than some 8 MB (one bit per cell) and 0.1 s.
MOST_CELLS = 64_000_000
# How often a stretch is parted again around what occurs once in it; real texts need one or two rounds.
MOST_ROUNDS = 4
# What is looked for are so many items in a row: a single one that occurs once on both sides may be a new one there.
ANCHOR = 4
APART = 64  # from one that is looked for to the next
# Of longer stretches without such places, so many items at a time are matched with half as many again of the other
# side; of what is found the first half is kept, and the next window begins there.
WINDOW = 1_024


class Run(NamedTuple):
    """``old[i:i + size]`` and ``new[j:j + size]`` are the same."""

    i: int
    j: int
    size: int


class Span(NamedTuple):
    """``old[i:i_end]`` and ``new[j:j_end]``."""

    i: int
    i_end: int
    j: int
    j_end: int


def common(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[Run]:
    """Runs of equal items, ascending on both sides: together as many items as there can be.

    Sequences too long for that (``MOST_CELLS``) are parted around what occurs once on both sides ("patience
    diff"), and where there are none, matched window by window: fewer items perhaps, in time that grows with the
    length.  No clock is asked, so the same two sequences always give the same runs.
    """
    runs: list[Run] = []
    todo = [(Span(0, len(old), 0, len(new)), MOST_ROUNDS)]
    while todo:
        span, rounds = todo.pop()
        ends, (i, i_end, j, j_end) = trimmed(old, new, span)
        runs += ends
        known = set(old[i:i_end]).intersection(new[j:j_end])
        if not known:
            continue
        left = [k for k in range(i, i_end) if old[k] in known]
        right = [k for k in range(j, j_end) if new[k] in known]
        shorter = [old[k] for k in left], [new[k] for k in right]
        if len(left) * len(right) <= MOST_CELLS:
            runs += _runs((left[a], right[b]) for a, b in _exact(*shorter))
        elif rounds and (anchors := _anchors(*shorter)):
            starts = [(i, j), *((left[a], right[b]) for a, b in anchors)]
            stops = [*starts[1:], (i_end, j_end)]
            todo += ((Span(a, c, b, d), rounds - 1) for (a, b), (c, d) in zip(starts, stops, strict=True))
        else:
            runs += _runs((left[a], right[b]) for a, b in _in_windows(*shorter))
    return _joined(sorted(runs))


def _runs(pairs: Iterable[tuple[int, int]]) -> Iterator[Run]:
    """Pairs of places, ascending, as runs."""
    i = j = size = 0
    for a, b in pairs:
        if a == i + size and b == j + size:
            size += 1
        else:
            if size:
                yield Run(i, j, size)
            i, j, size = a, b, 1
    if size:
        yield Run(i, j, size)


def trimmed(old: Sequence[Hashable], new: Sequence[Hashable], span: Span) -> tuple[list[Run], Span]:
    """What both sides begin and end with, and what lies between."""
    i, i_end, j, j_end = span
    left, right = old[i:i_end], new[j:j_end]
    least = min(len(left), len(right))
    head = next(compress(count(), map(ne, left, right)), least)
    tail = min(next(compress(count(), map(ne, reversed(left), reversed(right))), least), least - head)
    ends = [Run(i, j, head)] if head else []
    if tail:
        ends.append(Run(i_end - tail, j_end - tail, tail))
    return ends, Span(i + head, i_end - tail, j + head, j_end - tail)


def _joined(runs: Iterable[Run]) -> list[Run]:
    joined: list[Run] = []
    for run in runs:
        if joined and joined[-1].i + joined[-1].size == run.i and joined[-1].j + joined[-1].size == run.j:
            last = joined.pop()
            run = Run(last.i, last.j, last.size + run.size)
        joined.append(run)
    return joined


def _exact(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[tuple[int, int]]:
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
        hits = row & places.get(item, 0)
        row = ((row + hits) | (row - hits)) & full
        rows.append(row)
    pairs: list[tuple[int, int]] = []
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


def _in_windows(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Many common items of long sequences, found along their common course."""
    wide, near, little = WINDOW * 3 // 2, WINDOW // 2, WINDOW // 4
    pairs: list[tuple[int, int]] = []
    i = j = 0
    while i < len(old) and j < len(new):
        last = len(old) - i <= WINDOW and len(new) - j <= wide
        found = _exact(old[i : i + WINDOW], new[j : j + wide])
        kept = found if last else [(a, b) for a, b in found if a < near and b < wide // 2]
        pairs += ((i + a, j + b) for a, b in kept)
        # Where next to nothing is found, both sides go on by as much, so that the work stays bounded.
        a, b = kept[-1] if kept else (0, 0)
        i, j = (i + a + 1, j + b + 1) if max(a, b) >= little else (i + near, j + near)
        if last:
            break
    return pairs


def _anchors(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[tuple[int, int]]:
    """The longest ascending run of what occurs once on both sides, of some places in the old one."""
    grams = list(_grams(old))
    tried = set(grams[::APART])
    place, other = _once(grams, tried), _once(_grams(new), tried)
    both = [(k, other[gram]) for gram, k in place.items() if gram in other]
    return [both[k] for k in ascending([j for _, j in both])]


def _grams(items: Sequence[Hashable]) -> Iterable[tuple[Hashable, ...]]:
    return zip(*(items[k:] for k in range(ANCHOR)), strict=False)


def _once(grams: Iterable[tuple[Hashable, ...]], tried: Collection[tuple[Hashable, ...]]) -> dict[Hashable, int]:
    """Where those of the grams stand, of what is tried, that occur once."""
    found = [(gram, k) for k, gram in enumerate(grams) if gram in tried]
    times = Counter(gram for gram, _ in found)
    return {gram: k for gram, k in found if times[gram] == 1}


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
