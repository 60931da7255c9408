"""Whether a page can be the document at all (design, law 4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tracker.model import Block


@dataclass(frozen=True, slots=True)
class Verdict:
    """``reason`` says in a few words why a text is not plausible; "" where it is."""

    plausible: bool
    reason: str = ""


def judge(blocks: Sequence[Block], former: Sequence[Block] | None) -> Verdict:
    if not blocks:
        return Verdict(False, "no text")
    return Verdict(True)
