"""Text as the matcher sees it: one case, one spelling, no invisible marks, every character mapped to its origin."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

# Marks without width that pages carry inside words: soft hyphen, zero-width spaces and joiners, directional marks
# (UAX #9), byte-order mark, Arabic tatweel, variation selectors.
_INVISIBLE = frozenset(
    "\u00ad\u034f\u061c\u0640\u180e\ufeff"
    + "".join(
        map(chr, (*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), *range(0xFE00, 0xFE10)))
    )
)
# Letters of other scripts that look Latin (a small part of the confusables of UTS #39).
_LOOKALIKES = dict(
    zip(
        "АВЕЅІЈКМНОРСТХУаеіјорсухѕԁһΑΒΕΖΗΙΚΜΝΟΡΤΥΧο",
        "abesijkmhopctxyaeijopcyxsdhabezhikmnoptyxo",
        strict=True,
    )
)
_OTHER = re.compile(r"[^\x00-\x7f]+")
_LATIN = re.compile(r"[A-Za-z]")
_FOREIGN_SCRIPT = re.compile(r"[\u0370-\u04ff]")
# "Al" with a lowercase L for "AI": only where no language has the word "al", before a noun that AI qualifies or after
# one that qualifies AI.
_AL = re.compile(
    r"A[l1]\b(?:(?<=\bA.)(?=[ -](?:models?|systems?|tools?|features?|technolog|products?|services?|training|modell|"
    r"powered|developers?|companies|assistants?|algorithms?)\b)|(?<=[Gg]enerative A.)|(?<=[Tt]rain A.)|(?<=GenA.)|"
    r"(?<=OpenA.)|(?<=training A.)|(?<=[a-z] our A.))"
)
_DOTTED_AI = re.compile(r"\bA\.I\b\.?", re.IGNORECASE)


class _FoldTable(dict[int, str]):
    """Folds one character; filled as characters are met."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if char in _INVISIBLE:
            folded = ""
        elif char in "\u2018\u2019\u02bc\u02b9\u2032\u00b4`\uff07":
            folded = "'"
        elif char in "\u2010\u2011\ufe63\uff0d":
            folded = "-"
        else:
            plain = unicodedata.normalize("NFKD", char).casefold()
            folded = "".join(c for c in plain if not unicodedata.combining(c)).lower()
            if char.isspace() and char != "\n":
                folded = " "
        self[code] = folded
        return folded


_TABLE = _FoldTable()


def fold(text: str) -> str:
    """The folded text alone: no accents, one case, plain quotes; invisible marks gone."""
    if text.isascii():
        return text.lower()
    return _fold(_latinise(text))


def fold_said(text: str) -> str:
    """The same with AI spelled as AI, where something that looks like it stands."""
    return fold(_spell_ai(text))


@dataclass(frozen=True, slots=True)
class Folded:
    """``text`` folded; ``origin[i]`` is the offset in the original of ``text[i]``; None: both are aligned."""

    text: str
    origin: Sequence[int] | None
    length: int

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The original's offsets of ``text[start:end]`` (not empty)."""
        if self.origin is None:
            return start, end
        return self.origin[start], self.origin[end - 1] + 1


def folded(text: str) -> Folded:
    """Fold with the way back.  Linear in the text's length."""
    source = _spell_ai(text)
    if source.isascii():
        return Folded(source.lower(), None, len(text))
    source = _latinise(source)
    plain = _fold(source)
    if len(plain) == len(source) and all(len(_TABLE[ord(char)]) == 1 for char in set(source)):
        return Folded(plain, None, len(text))
    origin: list[int] = []
    for index, char in enumerate(source):
        origin.extend([index] * len(_TABLE[ord(char)]))
    return Folded(plain, origin, len(text))


def _fold(text: str) -> str:
    """Latin text holds little that is not ASCII: only that goes character by character."""
    return _OTHER.sub(lambda found: found[0].translate(_TABLE), text).lower()


def _spell_ai(text: str) -> str:
    """ "Al" read as "AI" and "A.I." without its dots, at equal length."""
    if "Al" in text or "A1" in text:
        text = _AL.sub("AI", text)
    if "A.I" not in text and "a.i" not in text:
        return text
    return _DOTTED_AI.sub(lambda found: "AI" + " " * (len(found[0]) - 2), text)


def _latinise(text: str) -> str:
    """Look-alikes inside words that also hold Latin letters, or in a text of Latin letters, as Latin letters."""
    if not _FOREIGN_SCRIPT.search(text):
        return text
    words = re.split(r"(\s+)", text)
    return "".join(
        "".join(_LOOKALIKES.get(c, c) for c in word)
        if _FOREIGN_SCRIPT.search(word)
        and (_LATIN.search(word) or all(c in _LOOKALIKES or not c.isalpha() for c in word))
        else word
        for word in words
    )
