"""Our diff beside eight others over consecutive versions of real documents, in one run.

    python -m benchmarks.diff [--markdown]

Bars, over geometric means of the ratios to the C++ diff-match-patch on words: 0.35 of its time, 0.35 of its hunks, 1.12
of its words; no pair above 1.6 of its words or 0.5 s.  ``--markdown`` prints docs/diff.md, whose text is in
``benchmarks/diff.md``.  Needs the extra ``benchmarks`` and the bundles beside the project.
"""

from __future__ import annotations

import argparse
import hashlib
import math
import random
import resource
import signal
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from benchmarks.differs import CPP, DIFFERS, OURS, Text, joined
from tracker.diff import diff, new_text, old_text
from tracker.extract.normalise import block_id
from tracker.extract.page import extract_text
from tracker.history import git
from tracker.model import Block

BUNDLES = Path(__file__).parents[2] / "shared" / "data" / "ota"
SERVICES = {
    "pga-versions.bundle": ("Facebook", "Instagram", "LinkedIn", "Parler", "Pinterest", "Reddit", "Threads", "TikTok",
                            "Twitter", "WhatsApp", "X"),
    "dating-versions.bundle": ("Badoo", "Bumble", "Grindr", "Jdate", "Parship", "happn"),
}  # fmt: skip
SIZES = (10_000, 30_000, 60_000, 150_000, 500_000)  # characters: the bounds of the classes that pairs are drawn from
SHARES = (0.1, 0.4, 1.01)  # of the text that stands in paragraphs which are not the same
LEAST_CHANGED = 4  # paragraphs on each side: a change in one place is one hunk to everybody
PER_CLASS = 5
RANDOM_PAIRS = 2_000
PATIENCE = 10  # seconds, after which another diff is given up


@dataclass(frozen=True, slots=True)
class Pair:
    """``share`` is how much of the text is in paragraphs that are not the same on both sides."""

    document: str
    name: str
    old: Text
    new: Text
    size: int
    share: float
    changed: int


@dataclass(slots=True)
class Results:
    """Per pair; None where it was given up."""

    seconds: list[float] = field(default_factory=list)
    hunks: list[int | None] = field(default_factory=list)
    words: list[int | None] = field(default_factory=list)


def histories() -> Iterator[tuple[str, list[tuple[str, Text]]]]:
    """Each document's texts in their order."""
    for bundle, services in SERVICES.items():
        found: defaultdict[str, list[tuple[str, Text]]] = defaultdict(list)
        with git.opened(BUNDLES / bundle) as repository, git.contents(repository) as contents:
            for change in git.changes(repository, services):
                if change.blob and change.path.endswith(".md"):
                    text = contents.read(change.blob).decode("utf-8", "replace")
                    found[change.path].append((change.commit, extract_text(text, "text/markdown").blocks))
        yield from found.items()


def pair(document: str, name: str, old: Text, new: Text) -> Pair:
    sides = [Counter(block.id for block in side) for side in (old, new)]
    kept = sides[0] & sides[1]
    lengths = {block.id: len(block.text) for side in (old, new) for block in side}
    whole = sum(len(block.text) for side in (old, new) for block in side)
    share = 1 - 2 * sum(lengths[block] * times for block, times in kept.items()) / max(whole, 1)
    size = max(sum(len(block.text) for block in side) for side in (old, new))
    changed = min(len(old), len(new)) - kept.total()
    return Pair(document, name, old, new, size, share, changed)


def drawn(texts: Sequence[tuple[str, list[tuple[str, Text]]]]) -> list[Pair]:
    """Of each class so many pairs, of as many documents as there are, in an order that knows nothing of them."""
    classes: defaultdict[tuple[int, int], list[Pair]] = defaultdict(list)
    for document, versions in texts:
        for (_, old), (commit, new) in pairwise(versions):
            found = pair(document, commit, old, new)
            if found.changed >= LEAST_CHANGED and found.size < SIZES[-1]:
                place = next(k for k, bound in enumerate(SIZES) if found.size < bound)
                classes[place, next(k for k, bound in enumerate(SHARES) if found.share < bound)].append(found)
    chosen: list[Pair] = []
    for _, pairs in sorted(classes.items()):
        seen: Counter[str] = Counter()
        order: list[tuple[int, Pair]] = []
        for each in sorted(pairs, key=lambda each: hashlib.sha256((each.name + each.document).encode()).digest()):
            order.append((seen[each.document], each))
            seen[each.document] += 1
        chosen += [each for _, each in sorted(order, key=lambda place: place[0])[:PER_CLASS]]
    return chosen


def cpu() -> float:
    """Seconds that this process and those it started have worked."""
    return sum(
        u.ru_utime + u.ru_stime for u in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def given_up(*_: object) -> None:
    raise TimeoutError


def measure(pairs: Sequence[Pair]) -> dict[str, Results]:
    """All differs over all pairs; the two that are compared take turns, and the best of three counts."""
    results = {name: Results() for name in DIFFERS}
    signal.signal(signal.SIGALRM, given_up)
    for number, each in enumerate(pairs, 1):
        print(f"\r{number} of {len(pairs)} pairs", end="", file=sys.stderr, flush=True)
        best: defaultdict[str, float] = defaultdict(lambda: math.inf)
        found: dict[str, tuple[int, int] | tuple[None, None]] = {}
        for name in [*[OURS, CPP] * 3, *list(DIFFERS)[2:]]:
            start = cpu()
            signal.alarm(PATIENCE if name not in (OURS, CPP) else 0)
            try:
                found[name] = DIFFERS[name](each.old, each.new)
            except TimeoutError:
                found[name] = (None, None)
            finally:
                signal.alarm(0)
            best[name] = min(best[name], cpu() - start)
        for name, result in results.items():
            result.seconds.append(best[name])
            result.hunks.append(found[name][0])
            result.words.append(found[name][1])
    print(file=sys.stderr)
    return results


def geometric(ratios: Sequence[float]) -> float:
    return math.exp(sum(map(math.log, ratios)) / len(ratios)) if ratios else math.nan


def ratios(mine: Sequence[float | None], others: Sequence[float | None], least: float) -> list[float]:
    """One per pair that both finished; nothing counts as ``least``."""
    both = zip(mine, others, strict=True)
    return [max(a, least) / max(b, least) for a, b in both if a is not None and b is not None]


def table(rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([lines[0], "|---|" + "---:|" * (len(rows[0]) - 1), *lines[1:]])


def compared(results: dict[str, Results], among: Sequence[int]) -> list[list[str]]:
    """A row per differ, over these pairs."""

    def of(values: Sequence[float | None]) -> list[float | None]:
        return [values[k] for k in among]

    yard = results[CPP]
    rows = [["diff", "median ms", "time", "hunks", "words", "words, worst pair", "given up"]]
    for name, result in results.items():
        seconds = sorted(result.seconds[k] for k in among)
        words = ratios(of(result.words), of(yard.words), 1)
        cells = [f"{1000 * seconds[len(seconds) // 2]:.1f}"]
        cells += [f"{geometric(ratios(of(result.seconds), of(yard.seconds), 1e-6)):.2f}"]
        cells += [f"{geometric(ratios(of(result.hunks), of(yard.hunks), 1)):.2f}", f"{geometric(words):.2f}"]
        rows.append([name, *cells, f"{max(words):.2f}", str(sum(result.hunks[k] is None for k in among) or "–")])
    return rows


def exact(old: Text, new: Text) -> bool:
    result = diff(old, new)
    return old_text(result) == joined(old) and new_text(result) == joined(new)


def hard() -> list[list[str]]:
    """A megabyte each, out of 8,000 made-up words as frequent as words are."""
    chance = random.Random(3)
    known = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=chance.randint(2, 10))) for _ in range(8_000)]
    words = chance.choices(known, [1 / (k + 1) for k in range(8_000)], k=150_000)
    other = [chance.choice(known) if chance.random() < 0.3 else word for word in words]
    mixed = list(words)
    for place in chance.sample(range(len(words)), len(words) * 3 // 10):
        mixed[place] = chance.choice(["", f"{words[place]} {chance.choice(known)}", chance.choice(known)])
    mixed = " ".join(mixed).split()

    def paragraphs(words: Sequence[str], size: int) -> list[Block]:
        texts = [" ".join(words[k : k + size]) for k in range(0, len(words), size)]
        return [Block(block_id(text), text) for text in texts]

    def shuffled(blocks: list[Block]) -> list[Block]:
        return chance.sample(blocks, len(blocks))

    one = len(words) + len(mixed)
    cases: dict[str, tuple[Text, Text]] = {
        "identical": (paragraphs(words, 80), paragraphs(words, 80)),
        "every word changed": (paragraphs(words, 80), paragraphs([f"{word}x" for word in words], 80)),
        "every word changed, one paragraph": (paragraphs(words, one), paragraphs([f"{word}x" for word in words], one)),
        "30 % of the words replaced, one paragraph": (paragraphs(words, one), paragraphs(other, one)),
        "30 % replaced, left out or put in, one paragraph": (paragraphs(words, one), paragraphs(mixed, one)),
        "30 % replaced, the paragraphs shuffled": (paragraphs(words, 80), shuffled(paragraphs(other, 80))),
    }
    rows = [["a megabyte", "s", "words deleted", "inserted", "exact"]]
    for name, (old, new) in cases.items():
        start = cpu()
        result = diff(old, new)
        seconds = cpu() - start
        rows.append(
            [name, f"{seconds:.4f}", f"{result.deleted:,}", f"{result.inserted:,}", "yes" if exact(old, new) else "NO"]
        )
    return rows


def report(texts: Sequence[tuple[str, list[tuple[str, Text]]]]) -> str:
    pairs = drawn(texts)
    results = measure(pairs)
    everything = range(len(pairs))
    classes = [["characters", "pairs", "time", "hunks", "words"]]
    for low, high in zip((0, *SIZES), SIZES, strict=False):
        among = [k for k in everything if low <= pairs[k].size < high]
        _, ours, *_ = compared(results, among) if among else ([], [])
        classes.append([f"{low:,} to {high:,}", str(len(among)), *ours[2:5]])
    chance = random.Random(5)
    every = [text for _, versions in texts for _, text in versions]
    whole = sum(exact(*chance.sample(every, 2)) for _ in range(RANDOM_PAIRS))
    mine = sum(exact(each.old, each.new) for each in pairs)
    page = Path(__file__).with_name("diff.md").read_text(encoding="utf-8")
    values = {
        "pairs": f"{len(pairs)} pairs of consecutive versions of {len({each.document for each in pairs})} documents",
        "sizes": f"{min(each.size for each in pairs):,} to {max(each.size for each in pairs):,} characters",
        "table": table(compared(results, everything)),
        "classes": table(classes),
        "hard": table(hard()),
        "slowest": f"{max(results[OURS].seconds):.2f} s",
        "exact": f"{mine} of {len(pairs)} and {whole:,} of {RANDOM_PAIRS:,}",
    }  # fmt: skip
    for name, value in values.items():
        page = page.replace(f"{{{name}}}", value)
    return page


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.diff", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--markdown", action="store_true", help="print docs/diff.md")
    options = parser.parse_args()
    if missing := [name for name in SERVICES if not (BUNDLES / name).exists()]:
        print(f"skipped: there is no {missing[0]}")
        return
    page = report(list(histories()))
    print(page if options.markdown else page[page.index("## Figures") :], end="")


if __name__ == "__main__":
    main()
