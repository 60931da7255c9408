"""Our diff and three others over consecutive versions of real documents.  Bars: 0.31, 0.33, 1.16 (time, hunks, words).

    python -m benchmarks.diff [VERSIONS]

VERSIONS is an Open Terms Archive versions repository (a bundle or a clone); ``../shared/data/ota/pga-versions.bundle``
by default.  Prints a Markdown table of times, hunks and words; the smallest number of words with which one text can
become the other is 1.  The C++ diff-match-patch takes part where the package ``fast-diff-match-patch`` is installed.
"""

from __future__ import annotations

import difflib
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from diff_match_patch import diff_match_patch

from tracker.diff import diff
from tracker.diff.matching import common
from tracker.extract.page import extract_text
from tracker.model import Block, Op

try:
    import fast_diff_match_patch
except ImportError:
    fast_diff_match_patch = None

BUNDLE = Path(__file__).parents[2] / "shared" / "data" / "ota" / "pga-versions.bundle"
DOCUMENTS = (
    "LinkedIn/Privacy Policy",
    "LinkedIn/Terms of Service",
    "X/Privacy Policy",
    "Reddit/Privacy Policy",
    "Reddit/Terms of Service",
    "Pinterest/Privacy Policy",
    "Tumblr/Terms of Service",
    "Instagram/Privacy Policy",
    "Facebook/Privacy Policy",
    "TikTok/Privacy Policy",
)
MOST_PAIRS = 12  # per document, the latest that differ: difflib takes seconds for each
Measure = tuple[int, int]  # hunks, words changed


def git(repository: str, *arguments: str) -> str:
    command = ["git", "-C", repository, *arguments]
    return subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout


def blocks(repository: str, commit: str, path: str) -> list[Block]:
    return list(extract_text(git(repository, "show", f"{commit}:{path}"), "text/markdown").blocks)


def pairs(repository: str) -> Iterator[tuple[list[Block], list[Block]]]:
    for document in DOCUMENTS:
        path = f"{document}.md"
        commits = git(repository, "log", "--format=%H", "--diff-filter=AM", "--", path).split()
        found = 0
        new = blocks(repository, commits[0], path)
        for commit in commits[1:]:
            old = blocks(repository, commit, path)
            if [block.id for block in old] != [block.id for block in new]:
                found += 1
                yield old, new
            if found == MOST_PAIRS:
                break
            new = old


def text(side: list[Block]) -> str:
    return "\n".join(block.text for block in side)


def ours(old: list[Block], new: list[Block]) -> Measure:
    """A hunk is what stands between two stretches that stayed, as for the others; a move is one of its own."""
    result = diff(old, new)
    hunks, before = 0, Op.EQUAL
    for change in result.changes:
        # The others do not look at space: neither is it counted here.
        for op in [run.op for run in change.words if run.text.strip()] or [change.op]:
            hunks += op is Op.MOVE or (before is Op.EQUAL and op is not Op.EQUAL)
            before = op
    return hunks, result.inserted + result.deleted


def measured(runs: list[tuple[int, str]]) -> Measure:
    """Hunks and words of diff-match-patch's answer."""
    hunks = sum(op != 0 and (n == 0 or runs[n - 1][0] == 0) for n, (op, _) in enumerate(runs))
    return hunks, sum(len(part.split()) for op, part in runs if op)


def plain(old: list[Block], new: list[Block]) -> Measure:
    return measured(diff_match_patch().diff_main(text(old), text(new)))


def mapped(old: list[Block], new: list[Block]) -> tuple[str, str]:
    """The words of both sides as one character each, beyond the surrogates."""
    known: dict[str, str] = {}
    sides = [text(side).split() for side in (old, new)]
    first, second = ["".join(known.setdefault(w, chr(0x10000 + len(known))) for w in words) for words in sides]
    return first, second


def by_difflib(old: list[Block], new: list[Block]) -> Measure:
    matcher = difflib.SequenceMatcher(None, text(old).split(), text(new).split())
    changed = [(i_end - i, j_end - j) for tag, i, i_end, j, j_end in matcher.get_opcodes() if tag != "equal"]
    return len(changed), sum(gone + come for gone, come in changed)


def in_cpp(old: list[Block], new: list[Block]) -> Measure:
    first, second = mapped(old, new)
    runs = fast_diff_match_patch.diff(first, second, timelimit=0, checklines=False, cleanup="No")
    signs = [({"=": 0, "-": -1, "+": 1}[op], size) for op, size in runs]
    hunks = sum(op != 0 and (n == 0 or signs[n - 1][0] == 0) for n, (op, _) in enumerate(signs))
    return hunks, sum(size for op, size in signs if op)


def least(old: list[Block], new: list[Block]) -> Measure:
    """The words that must change: those outside of a longest common subsequence."""
    first, second = text(old).split(), text(new).split()
    runs = common(first, second)
    return len(runs) - 1, len(first) + len(second) - 2 * sum(run.size for run in runs)


def main(repository: str) -> None:
    contenders: dict[str, Callable[[list[Block], list[Block]], Measure]] = {
        "ours": ours,
        "diff-match-patch, whole text, its default timeout": plain,
        "difflib on words": by_difflib,
        "longest common subsequence of words (the least)": least,
    }
    if fast_diff_match_patch:
        contenders["C++ diff-match-patch on words, no timeout"] = in_cpp
    totals = {name: [0.0, 0, 0] for name in contenders}
    count = 0
    for old, new in pairs(repository):
        count += 1
        for name, contender in contenders.items():
            start = time.perf_counter()
            hunks, words = contender(old, new)
            totals[name][0] += time.perf_counter() - start
            totals[name][1] += hunks
            totals[name][2] += words
    measure = "C++ diff-match-patch on words, no timeout" if fast_diff_match_patch else "difflib on words"
    yard = totals[measure]
    fewest = totals["longest common subsequence of words (the least)"][2]
    print(f"{count} pairs of versions; time and hunks relative to {measure}, words to the least\n")
    print("| diff | ms per pair | time | hunks | words |\n|---|---|---|---|---|")
    for name, (seconds, hunks, words) in totals.items():
        per = f"{1000 * seconds / count:.1f} | {seconds / yard[0]:.2f} | {hunks / yard[1]:.2f} | {words / fewest:.2f}"
        print(f"| {name} | {per} |")


if __name__ == "__main__":
    source = Path(sys.argv[1]) if len(sys.argv) > 1 else BUNDLE
    if not source.exists():
        print(f"skipped: there is no {source}")
        sys.exit()
    with tempfile.TemporaryDirectory() as folder:
        clone = folder
        if source.is_file():
            subprocess.run(["git", "clone", "--quiet", "--bare", str(source), folder], check=True)
        else:
            clone = str(source)
        main(clone)
