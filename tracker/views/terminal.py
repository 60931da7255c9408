"""Text from the web made harmless, and what is laid out for a terminal turned into a string."""

from __future__ import annotations

import re
from io import StringIO

from rich.console import Console, RenderableType

# C0 and C1 controls (ECMA-48), embeddings, overrides and isolates that turn the direction of what follows (UAX 9),
# tags and zero-width characters, which nobody sees (the joiners, which Persian and emoji are spelt with, stay), and
# halves of surrogate pairs, which no terminal's encoding can write.
HARMFUL = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u180e\u200b\u2028-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ud800-\udfff\U000e0000-\U000e007f]"
)
_REPLACEMENT = "\ufffd"


def safe(text: str) -> str:
    """One line of text that can do nothing to a terminal: a character for each of the given ones.

    Line ends and tabs become spaces.  Escape and the other controls of ASCII become their pictures (U+2400 and on),
    other characters that control rather than show become U+FFFD.  Scripts written from right to left stay as they are.
    """
    return text if text.isprintable() else HARMFUL.sub(_shown, text)


def _shown(match: re.Match[str]) -> str:
    code = ord(match[0])
    if match[0].isspace():
        return " "
    return chr(0x2400 + code) if code < 0x20 else _REPLACEMENT


def safe_lines(text: str) -> str:
    """The same for text whose line feeds are ours to keep."""
    return "\n".join(safe(line) for line in text.split("\n"))


def drawn(shown: RenderableType, *, colour: bool, width: int) -> str:
    """What rich lays out, as text: with escape sequences (ECMA-48) if ``colour``, without any if not."""
    console = Console(
        file=StringIO(), width=width, force_terminal=colour, color_system="standard" if colour else None,
        markup=False, highlight=False, emoji=False, legacy_windows=False,
    )  # fmt: skip
    with console.capture() as capture:
        console.print(shown)
    return "".join(f"{line.rstrip()}\n" for line in capture.get().splitlines())
