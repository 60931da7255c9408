"""What a channel says to a message that it took."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Receipt:
    """``answer`` is fit for one line of a terminal; ``refused`` names recipients that were refused, "" if none was."""

    answer: str
    refused: str = ""
