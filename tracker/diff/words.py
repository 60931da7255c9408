"""Which words of a text became which of another."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import compress, count
from operator import ne

from diff_match_patch import diff_match_patch

from tracker.diff.matching import Run, Span, common, trimmed
from tracker.diff.sequence import Hunk, hunks
from tracker.model import Op, Words

# Scripts written without spaces between words: Thai, Lao, Myanmar, Khmer, kana, Han.  Thai and Lao vowels and tones
# that stand above or below a letter stay with it.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_MARKS = "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece"
_TOKEN = re.compile(rf"[{_UNSPACED}][{_MARKS}]*\s*|[^\s{_UNSPACED}]+\s*|\s+")
_SPACED = re.compile(r"\S+\s*|\s+")
_WITHOUT_SPACES = re.compile(f"[{_UNSPACED}]")
_SENTENCE_END = (".", "!", "?", ":", ";", "。", "！", "？", "؟", "।")
_CLAUSE_END = (",", "،", "，", "、")
# Equal words between two changes are shown as changed too where they are at most so many and so few beside the two
# changes: a lone "the" kept amid a rewritten sentence only makes it harder to read.
MOST_JOINED = 4
SHARE_JOINED = 0.75
# More of them, up to so many, where they are at most this many times as many as the paragraph's changes are long.
MOST_JOINED_AMID = 10
TIMES_JOINED_AMID = 2

# diff-match-patch takes up to the product of the lengths in steps.  Beyond so many the same answer comes sooner from
# an algorithm on bits.  It is given no time limit: what it finds must not depend on how busy the machine is.
MOST_STEPS = 100
_MATCHER = diff_match_patch()
_MATCHER.Diff_Timeout = 0
# Words are given to it as one character each, of a plane for private use: no surrogates, and room for 65,000.
_PRIVATE = 0xF0000

# What two texts are held to share, whatever their punctuation and capitals.
_SPACED_WORD = re.compile(r"\w+")
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+")


def bare_words(text: str) -> list[str]:
    """The words of a text without punctuation and capitals."""
    return (_WORD if _unspaced(text) else _SPACED_WORD).findall(text.casefold())


def tokens(text: str) -> list[str]:
    """A word with the space after it is one token; so is each character of scripts that put no spaces between words."""
    return _read(text)[0]


def _read(text: str) -> tuple[list[str], list[str]]:
    """The tokens of a text, and the same without the space after them."""
    if not _unspaced(text):
        words = text.split()
        if " ".join(words) == text:  # nearly always, and sooner than by the pattern
            return [*[f"{word} " for word in words[:-1]], *words[-1:]], words
        found = _SPACED.findall(text)
        if len(found) == len(words):
            return found, words
    else:
        found = _TOKEN.findall(text)
    return found, [token.rstrip() for token in found]


def _unspaced(text: str) -> bool:
    """Whether there is any letter of a script without spaces: the patterns for texts without are twice as fast."""
    return not text.isascii() and _WITHOUT_SPACES.search(text) is not None


def compare(old: str, new: str) -> tuple[Words, ...]:
    """The runs of words kept, deleted and inserted; leaving one side out gives the other text exactly.

    Words are equal or not whatever the space after them; where only that differs, only the space is shown as changed.
    """
    (left, left_words), (right, right_words) = _read(old), _read(new)
    same = _same(left_words, right_words)
    changed = _joined(hunks(left_words, right_words, same, _parting(left_words, right_words)))
    return tuple(_runs(left, right, changed))


def _same(left: Sequence[str], right: Sequence[str]) -> list[Run]:
    """The words that stayed."""
    ends, (i, i_end, j, j_end) = trimmed(left, right, Span(0, len(left), 0, len(right)))
    if i == i_end or j == j_end:
        return ends
    if (i_end - i) * (j_end - j) > MOST_STEPS:
        return common(left, right)
    known: dict[str, str] = {}
    sides = left[i:i_end], right[j:j_end]
    old, new = ("".join([known.setdefault(word, chr(_PRIVATE + len(known))) for word in side]) for side in sides)
    runs: list[Run] = []
    for op, found in _MATCHER.diff_main(old, new, False):
        if op == _MATCHER.DIFF_EQUAL:
            runs.append(Run(i, j, len(found)))
        i += len(found) if op != _MATCHER.DIFF_INSERT else 0
        j += len(found) if op != _MATCHER.DIFF_DELETE else 0
    return sorted(runs + ends)


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
    if len(changes) < 2:
        return list(changes)
    sizes = [max(hunk.i_end - hunk.i, hunk.j_end - hunk.j) for hunk in changes]
    amid = min(MOST_JOINED_AMID, TIMES_JOINED_AMID * sum(sizes) / len(sizes))
    joined = [changes[0]]
    for hunk, former, size in zip(changes[1:], sizes, sizes[1:], strict=False):
        around = former + size
        if hunk.i - joined[-1].i_end <= max(min(MOST_JOINED, SHARE_JOINED * around), min(amid, around)):
            joined[-1] = Hunk(joined[-1].i, hunk.i_end, joined[-1].j, hunk.j_end)
        else:
            joined.append(hunk)
    return joined


def _runs(left: Sequence[str], right: Sequence[str], changes: Sequence[Hunk]) -> Iterator[Words]:
    """The changes written out, what stayed between them, and where only space differs."""
    kept, gone, come = "", "", ""
    for both, old, new in _pieces(left, right, changes):
        if both and (gone or come):
            yield from _written(kept, gone, come)
            kept, gone, come = "", "", ""
        kept, gone, come = kept + both, gone + old, come + new
    yield from _written(kept, gone, come)


def _written(kept: str, gone: str, come: str) -> Iterator[Words]:
    return (Words(op, text) for op, text in ((Op.EQUAL, kept), (Op.DELETE, gone), (Op.INSERT, come)) if text)


def _pieces(left: Sequence[str], right: Sequence[str], changes: Sequence[Hunk]) -> Iterator[tuple[str, str, str]]:
    """What both sides have, and what after it only the old and only the new side has."""
    i = j = 0
    for hunk in [*changes, Hunk(len(left), len(left), len(right), len(right))]:
        old, new = left[i : hunk.i], right[j : hunk.j]
        done = 0
        for k in compress(count(), map(ne, old, new)):  # the same word with other space after it
            word = old[k].rstrip()
            yield "".join(old[done:k]) + word, old[k][len(word) :], new[k][len(word) :]
            done = k + 1
        yield "".join(old[done:]), "".join(left[hunk.i : hunk.i_end]), "".join(right[hunk.j : hunk.j_end])
        i, j = hunk.i_end, hunk.j_end
