"""Links that lead elsewhere, although the words stayed: a change that is shown on request."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from tracker.diff.words import compare
from tracker.model import Block, Change, Diff, Op

Targets = Mapping[str, Sequence[str]]
"""By the id of a block, its text with the targets of its links behind their words, as often as it stands there."""


def with_targets(found: Diff, old: Targets, new: Targets) -> Diff:
    """The diff with what stayed as edited where its links lead elsewhere; the number of changed words is as before."""
    before, after = _shown(found.old, old), _shown(found.new, new)
    olds, news = list(found.old), list(found.new)
    changes: list[Change] = []
    for change in found.changes:
        if change.op is not Op.EQUAL:
            changes.append(change)
            continue
        i, j = change.old[0], change.new[0]
        for a, b in zip(range(*change.old), range(*change.new), strict=True):
            if before[a] and after[b] and _solid(before[a]) != _solid(after[b]):
                olds[a], news[b] = replace(olds[a], text=before[a]), replace(news[b], text=after[b])
                changes += _kept((i, a), (j, b))
                changes.append(Change(Op.EDIT, (a, a + 1), (b, b + 1), compare(before[a], after[b])))
                i, j = a + 1, b + 1
        changes += _kept((i, change.old[1]), (j, change.new[1]))
    return replace(found, old=tuple(olds), new=tuple(news), changes=tuple(changes))


def _kept(old: tuple[int, int], new: tuple[int, int]) -> list[Change]:
    return [Change(Op.EQUAL, old, new)] if old[0] < old[1] else []


def _solid(text: str) -> str:
    """Without space, in which blocks that say the same may differ."""
    return "".join(text.split())


def _shown(blocks: Sequence[Block], targets: Targets) -> list[str]:
    """Each block with its targets; "" for one that was not found on the page."""
    seen: Counter[str] = Counter()
    shown = []
    for block in blocks:
        texts = targets.get(block.id, ())
        shown.append(texts[seen[block.id]] if seen[block.id] < len(texts) else "")
        seen[block.id] += 1
    return shown
