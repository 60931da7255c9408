"""Text from the web made harmless for a terminal."""

from __future__ import annotations

import unicodedata

# Characters that turn the direction of what stands around them (Unicode UAX #9): they could reorder our own words.
_DIRECTIONS = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def safe(text: str) -> str:
    """The text with controls (escape sequences, C0 and C1), surrogates and turns of direction shown as U+FFFD.

    Newlines and tabs become spaces: one datum never makes two lines.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_shown(char) for char in text)


def _shown(char: str) -> str:
    if char in "\n\t":
        return " "
    if char in _DIRECTIONS or unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp"):
        return "\N{REPLACEMENT CHARACTER}"
    return char
