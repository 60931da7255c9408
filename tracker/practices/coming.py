"""Which blocks of a page belong to a text that is not in force yet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from tracker.model import Block, Findings, NoticeKind

_HEAD = 15  # blocks within which a text's own date stands
_LONGEST = 400  # characters of a block that can head a text


def announced(blocks: Sequence[Block], findings: Sequence[Findings], now: date) -> frozenset[int]:
    """Indices of the blocks of a coming text that the page shows, alone or beside the one in force.

    A text begins where "effective …" or "effective until …" stands in a short block; it is coming while its day lies
    ahead.  A lone day counts only at the head of the page: elsewhere it speaks of something else.
    """
    marks: list[tuple[int, bool]] = []
    for index, (block, found) in enumerate(zip(blocks, findings, strict=True)):
        for notice in found.notices:
            if notice.day is None or len(block.text) > _LONGEST:
                continue
            if notice.kind is NoticeKind.UNTIL:
                marks.append((index, False))
            elif notice.kind is NoticeKind.EFFECTIVE:
                marks.append((index, notice.day > now))
    if not any(coming for _, coming in marks):
        return frozenset()
    if len(marks) == 1:
        return frozenset(range(len(blocks))) if marks[0][0] < max(_HEAD, len(blocks) // 10) else frozenset()
    if all(coming for _, coming in marks):
        return frozenset(range(len(blocks))) if marks[0][0] < max(_HEAD, len(blocks) // 10) else frozenset()
    inside: set[int] = set()
    for number, (index, coming) in enumerate(marks):
        start = 0 if number == 0 and index < _HEAD else index
        stop = marks[number + 1][0] if number + 1 < len(marks) else len(blocks)
        if coming:
            inside.update(range(start, stop))
    return frozenset(inside)
