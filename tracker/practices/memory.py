"""What was worked out for a line of text is kept for the next time that line comes: versions repeat most of theirs."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

LONGEST = 3000  # characters of a line that is kept
_KEPT = 32_768  # lines

T = TypeVar("T")


def remembered(of: Callable[[str], T]) -> Callable[[str], T]:
    """The same function, which remembers what it gave for the lines used last.  Long ones are worked out anew."""
    kept = lru_cache(maxsize=_KEPT)(of)
    return lambda line: kept(line) if len(line) <= LONGEST else of(line)
