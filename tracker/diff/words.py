"""Which words of a text became which of another."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence

from diff_match_patch import diff_match_patch

from tracker.diff.sequence import Hunk, Pairs, common, hunks
from tracker.model import Op, Words

# Scripts written without spaces between words: Thai, Lao, Myanmar, Khmer, kana, Han.  Thai and Lao vowels and tones
# that stand above or below a letter stay with it.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_MARKS = "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece"
_TOKEN = re.compile(rf"[{_UNSPACED}][{_MARKS}]*\s*|[^\s{_UNSPACED}]+\s*|\s+")
_SENTENCE_END = (".", "!", "?", ":", ";", "。", "！", "？", "؟", "।")
_CLAUSE_END = (",", "،", "，", "、")
# Equal words between two changes are shown as changed too where they are at most so many, and on average the changes
# are at least as long: a lone "the" kept amid a rewritten sentence only makes it harder to read.
MOST_JOINED = 4

# diff-match-patch takes up to the product of the lengths in steps.  Beyond so many the same answer comes sooner from
# an algorithm on bits.  It is given no time limit: what it finds must not depend on how busy the machine is.
MOST_STEPS = 4_000
_MATCHER = diff_match_patch()
_MATCHER.Diff_Timeout = 0
# Words are given to it as one character each, of a plane for private use: no surrogates, and room for 65,000.
_PRIVATE = 0xF0000

# What two texts are held to share, whatever their punctuation and capitals.
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+")


def bag(text: str) -> Counter[str]:
    """The words of a text, each as often as it stands there; capitals and punctuation do not count."""
    return Counter(_WORD.findall(text.casefold()))


def tokens(text: str) -> list[str]:
    """A word with the space after it is one token; so is each character of scripts that put no spaces between words."""
    return _TOKEN.findall(text)


def compare(old: str, new: str) -> tuple[Words, ...]:
    """The runs of words kept, deleted and inserted; leaving one side out gives the other text exactly.

    Words are equal or not whatever the space after them; where only that differs, only the space is shown as changed.
    """
    left, right = tokens(old), tokens(new)
    left_words, right_words = [token.rstrip() for token in left], [token.rstrip() for token in right]
    same = _same(left_words, right_words)
    changed = _joined(hunks(left_words, right_words, same, _parting(left_words, right_words)))
    return tuple(_runs(left, right, changed))


def _same(left: Sequence[str], right: Sequence[str]) -> Pairs:
    """The words that stayed, as index pairs."""
    if len(left) * len(right) > MOST_STEPS:
        return common(left, right)
    known: dict[str, str] = {}
    old, new = ("".join(known.setdefault(word, chr(_PRIVATE + len(known))) for word in side) for side in (left, right))
    same: Pairs = []
    i = j = 0
    for op, run in _MATCHER.diff_main(old, new, False):
        if op == _MATCHER.DIFF_EQUAL:
            same += zip(range(i, i + len(run)), range(j, j + len(run)), strict=True)
        i += len(run) if op != _MATCHER.DIFF_INSERT else 0
        j += len(run) if op != _MATCHER.DIFF_DELETE else 0
    return same


def _parting(left: Sequence[str], right: Sequence[str]) -> Callable[[bool, int], int]:
    """Where a text can be parted: at its ends and after sentences, less well after clauses."""

    def parting(is_new: bool, k: int) -> int:
        side = right if is_new else left
        if not 0 < k < len(side) or side[k - 1].endswith(_SENTENCE_END):
            return 2
        return int(side[k - 1].endswith(_CLAUSE_END))

    return parting


def _joined(changes: Sequence[Hunk]) -> list[Hunk]:
    """The same changes with those made one between which next to nothing stayed."""
    joined: list[Hunk] = []
    for hunk in changes:
        while joined and hunk.i - joined[-1].i_end <= min(MOST_JOINED, (joined[-1].size + hunk.size) / 2):
            last = joined.pop()
            hunk = Hunk(last.i, hunk.i_end, last.j, hunk.j_end)
        joined.append(hunk)
    return joined


def _runs(left: Sequence[str], right: Sequence[str], changes: Sequence[Hunk]) -> list[Words]:
    """The changes written out, what stayed between them, and where only space differs."""
    pieces: list[tuple[str, str, str]] = []  # what both sides have, then what only the old and the new side has
    i = j = 0
    for hunk in [*changes, Hunk(len(left), len(left), len(right), len(right))]:
        while i < hunk.i:
            old, new = left[i], right[j]
            pieces.append((old, "", "") if old == new else _parted(old, new))
            i, j = i + 1, j + 1
        pieces.append(("", "".join(left[i : hunk.i_end]), "".join(right[j : hunk.j_end])))
        i, j = hunk.i_end, hunk.j_end
    runs: list[Words] = []
    kept: list[str] = []
    gone: list[str] = []
    come: list[str] = []

    def flush() -> None:
        for op, texts in ((Op.EQUAL, kept), (Op.DELETE, gone), (Op.INSERT, come)):
            if text := "".join(texts):
                runs.append(Words(op, text))
            texts.clear()

    for both, old, new in pieces:
        if both and (gone or come):
            flush()
        kept.append(both)
        gone += [old] if old else []
        come += [new] if new else []
    flush()
    return runs


def _parted(old: str, new: str) -> tuple[str, str, str]:
    """One word with different space after it."""
    word = old.rstrip()
    return word, old[len(word) :], new[len(word) :]
