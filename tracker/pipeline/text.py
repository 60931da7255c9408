"""What the pages of one document say together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Self

from tracker.extract.normalise import fingerprint
from tracker.extract.plausibility import Verdict
from tracker.model import Extract

PLAUSIBLE = Verdict(plausible=True)


@dataclass(frozen=True, slots=True)
class Text:
    """What the pages of one document say together.

    ``fingerprint`` is equal for texts that say the same.  ``verdict`` tells whether it is the document at all.
    """

    extract: Extract
    fingerprint: str
    verdict: Verdict = PLAUSIBLE

    @classmethod
    def of(cls, parts: Sequence[Extract], verdict: Verdict = PLAUSIBLE) -> Self:
        """Several pages as one text, in the order of their addresses; title and language are the first one's."""
        blocks = tuple(chain.from_iterable(part.blocks for part in parts))
        whole = Extract(blocks, parts[0].title, parts[0].language)
        return cls(whole, fingerprint(blocks), verdict)
