"""Phrases, word by word: what the words up to a place mean, and which go on.

Texts are read by states that stand for all phrases begun with the words read, made as they are met: every word is one
step, whatever the number of phrases and wherever wildcards give it several forms.
"""

from __future__ import annotations

from collections.abc import Sequence

# Concepts with their values, in the order in which frames are to read them: one word can hold several ("we use").
Meaning = tuple[tuple[str, str], ...]
Forms = tuple[str, ...]  # those under which phrases know a word: its exact one first, none where no phrase has it


class State(dict[Forms, "State | None"]):
    """Phrases begun; filled with what follows by each word.  None: no phrase goes on with that word.

    ``onward`` says whether any longer phrase begins so.
    """

    __slots__ = ("_begun", "_book", "meaning", "onward")

    def __init__(self, book: Phrasebook, begun: Sequence[str]) -> None:
        super().__init__()
        self._book = book
        self._begun = begun
        # An exact phrase wins over a wildcard's of the same length.
        self.meaning: Meaning = next((book.phrases[said] for said in begun if said in book.phrases), ())
        self.onward = any(said in book.begun for said in begun)

    def __missing__(self, forms: Forms) -> State | None:
        if not forms:
            return None
        book = self._book
        begun = [f"{said} {form}" if said else form for said in self._begun for form in forms]
        begun = [said for said in begun if said in book.begun or said in book.phrases]
        state = self[forms] = State(self._book, begun) if begun else None
        return state


class Phrasebook:
    """``phrases`` and what they mean, ``begun`` what longer ones begin with; ``start`` holds once all are entered."""

    def __init__(self) -> None:
        self.phrases: dict[str, Meaning] = {}
        self.begun: set[str] = set()
        self.start = State(self, [""])

    def add(self, phrase: str, meaning: Meaning) -> Meaning:
        """Enter a phrase, its words parted by one space.  Returns the meaning it already had, if another; else ()."""
        place = phrase.rfind(" ")
        # Where a beginning is known, so are its own.
        while place > 0 and phrase[:place] not in self.begun:
            self.begun.add(phrase[:place])
            place = phrase.rfind(" ", 0, place)
        known = self.phrases.setdefault(phrase, meaning)
        return known if known != meaning else ()
