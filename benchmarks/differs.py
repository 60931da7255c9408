"""Our diff and those it is measured against.  Each gets two texts as blocks and gives its hunks and changed words.

A hunk is what stands between two stretches that stayed; a word is what stands between spaces.
"""

from __future__ import annotations

import difflib
import html
import re
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import fast_diff_match_patch
from diff_match_patch import diff_match_patch
from lxml.html.diff import htmldiff
from redlines import Redlines

from tracker.diff import diff
from tracker.model import Block, Op

Text = Sequence[Block]
Measure = tuple[int, int]  # hunks, words changed
Differ = Callable[[Text, Text], Measure]
_MARKED = re.compile(r"<(ins|del)\b[^>]*>(.*?)</\1>", re.DOTALL)


def joined(side: Text) -> str:
    return "\n".join(block.text for block in side)


def ours(old: Text, new: Text) -> Measure:
    """A move is a hunk of its own, and so is each edit within it."""
    result = diff(old, new)
    hunks, before = 0, Op.EQUAL
    for change in result.changes:
        hunks += change.op is Op.MOVE
        # The others do not look at space: neither is it counted here.
        for op in [run.op for run in change.words if run.text.strip()] or [change.op]:
            hunks += before is Op.EQUAL and op not in (Op.EQUAL, Op.MOVE)
            before = op
    return hunks, result.inserted + result.deleted


def _measured(runs: Sequence[tuple[int, int]]) -> Measure:
    """Of (operation, words): 0 is what stayed."""
    hunks = sum(op != 0 and (n == 0 or runs[n - 1][0] == 0) for n, (op, _) in enumerate(runs))
    return hunks, sum(words for op, words in runs if op)


def _mapped(old: Text, new: Text) -> tuple[str, str]:
    """The words of both sides as one character each, beyond the surrogates."""
    known: dict[str, str] = {}
    sides = [joined(side).split() for side in (old, new)]
    first, second = ["".join(known.setdefault(w, chr(0x10000 + len(known))) for w in words) for words in sides]
    return first, second


def in_cpp(old: Text, new: Text) -> Measure:
    runs = fast_diff_match_patch.diff(*_mapped(old, new), timelimit=0, checklines=False, cleanup="No")
    return _measured([({"=": 0}.get(op, 1), size) for op, size in runs])


def by_characters(old: Text, new: Text) -> Measure:
    runs = diff_match_patch().diff_main(joined(old), joined(new))
    return _measured([(op, len(part.split())) for op, part in runs])


def by_lines(old: Text, new: Text) -> Measure:
    matcher = diff_match_patch()
    first, second, lines = matcher.diff_linesToChars(joined(old), joined(new))
    runs = matcher.diff_main(first, second, False)
    matcher.diff_charsToLines(runs, lines)
    return _measured([(op, len(part.split())) for op, part in runs])


def by_words(old: Text, new: Text) -> Measure:
    return _measured([(op, len(part)) for op, part in diff_match_patch().diff_main(*_mapped(old, new), False)])


def by_difflib(old: Text, new: Text) -> Measure:
    matcher = difflib.SequenceMatcher(None, joined(old).split(), joined(new).split())
    changed = [(i_end - i, j_end - j) for tag, i, i_end, j, j_end in matcher.get_opcodes() if tag != "equal"]
    return len(changed), sum(gone + come for gone, come in changed)


def by_git(old: Text, new: Text) -> Measure:
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / name for name in ("old", "new")]
        for path, side in zip(paths, (old, new), strict=True):
            path.write_text(joined(side) + "\n", encoding="utf-8", errors="replace")
        command = ["git", "diff", "--no-index", "--word-diff=porcelain", "-U1", *map(str, paths)]
        out = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace").stdout
    lines = [line for line in out.split("\n@@", 1)[-1].split("\n") if line[:1] in ("+", "-", " ", "@")]
    return _measured([(int(line[0] in "+-"), len(line[1:].split())) for line in lines])


def by_redlines(old: Text, new: Text) -> Measure:
    return _tagged(Redlines(joined(old), joined(new), markdown_style="none").output_markdown)


def by_htmldiff(old: Text, new: Text) -> Measure:
    return _tagged(str(htmldiff(*("".join(f"<p>{html.escape(b.text)}</p>" for b in side) for side in (old, new)))))


def _tagged(marked: str) -> Measure:
    """Of a page with <ins> and <del>."""
    hunks, words, end = 0, 0, -1
    for found in _MARKED.finditer(marked):
        words += len(re.sub(r"<[^>]*>", " ", found[2]).split())
        hunks += end < 0 or bool(re.sub(r"<[^>]*>", "", marked[end : found.start()]).strip())
        end = found.end()
    return hunks, words


OURS, CPP = "ours", "C++ diff-match-patch on words, no timeout"
DIFFERS: dict[str, Differ] = {
    OURS: ours,
    CPP: in_cpp,
    "diff-match-patch, characters": by_characters,
    "diff-match-patch, lines": by_lines,
    "diff-match-patch, words": by_words,
    "difflib on words": by_difflib,
    "git diff --word-diff": by_git,
    "redlines": by_redlines,
    "lxml htmldiff": by_htmldiff,
}
