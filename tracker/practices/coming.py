"""Which blocks of a page belong to a coming text that it shows beside the current one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tracker.model import Findings, NoticeKind


@dataclass(frozen=True, slots=True)
class Parts:
    """The indices of the blocks that are not in force: of a text still ``coming``, and of one that is ``over``."""

    coming: frozenset[int] = frozenset()
    over: frozenset[int] = frozenset()


def parts(findings: Sequence[Findings], on: date) -> Parts:
    """What of a page is not in force on a day, by what its blocks say, in their order (any may be left out that say
    nothing).

    Two texts stand on one page where one says that it ends ("Effective until November 15", "the current policy is
    below") and the other that it begins on that day, before or after it.  Before that day the latter is coming, from
    then on the former is over.  A page that shows the coming text alone, or only announces it, has no parts.
    """
    begins = next((place for place, found in enumerate(findings) if _days(found, NoticeKind.UNTIL)), None)
    if begins is None:
        return Parts()
    day = min(_days(findings[begins], NoticeKind.UNTIL))
    starts = [place for place, found in enumerate(findings) if day in _days(found, NoticeKind.EFFECTIVE)]
    both_claim = any(each.claims for each in findings[:begins]) and any(each.claims for each in findings[begins:])
    if (starts and starts[0] < begins) or (not starts and both_claim):
        coming, current = range(begins), range(begins, len(findings))
    elif starts and starts[0] > begins:
        coming, current = range(starts[0], len(findings)), range(starts[0])
    else:
        return Parts()
    return Parts(coming=frozenset(coming)) if on < day else Parts(over=frozenset(current))


def _days(findings: Findings, kind: NoticeKind) -> set[date]:
    return {notice.day for notice in findings.notices if notice.kind is kind and notice.day}
