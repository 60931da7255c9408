"""Phrases, word by word: what the words up to a place mean, and which go on.

Where wildcards give a word several forms, the states of the phrases that have one of them are joined as texts are
read: then every word is one step, whatever the number of phrases.
"""

from __future__ import annotations

from collections.abc import Sequence

# Concepts with their values, in the order in which frames are to read them: one word can hold several ("we use").
Meaning = tuple[tuple[str, str], ...]
Forms = tuple[str, ...]  # those under which phrases know a word: its exact one first, none where no phrase has it


class _Node(dict[str, "_Node"]):
    """Which words go on after those up to here, and what these mean; () where a phrase only begins with them."""

    __slots__ = ("meaning",)

    def __init__(self) -> None:
        super().__init__()
        self.meaning: Meaning = ()


class State(dict[Forms, "State | None"]):
    """All phrases begun with the words read; filled as words are met.  None: no phrase goes on with that word."""

    __slots__ = ("_nodes", "meaning")

    def __init__(self, nodes: Sequence[_Node]) -> None:
        super().__init__()
        self._nodes = nodes
        # An exact phrase wins over a wildcard's of the same length.
        self.meaning = next((node.meaning for node in nodes if node.meaning), ())

    def __missing__(self, forms: Forms) -> State | None:
        nodes = [node[form] for node in self._nodes for form in forms if form in node]
        state = self[forms] = State(nodes) if nodes else None
        return state


class Phrasebook:
    """``start`` is the state before the first word; it holds from the time the last phrase was added."""

    def __init__(self) -> None:
        self._root = _Node()
        self.start = State([self._root])

    def add(self, words: Sequence[str], meaning: Meaning) -> Meaning:
        """Enter a phrase.  Returns the meaning it already had, if another; () otherwise."""
        node = self._root
        for word in words:
            if word not in node:
                node[word] = _Node()
            node = node[word]
        if node.meaning and node.meaning != meaning:
            return node.meaning
        node.meaning = meaning
        return ()
