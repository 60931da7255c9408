"""Measures how well practices are read, beside two baselines, and how fast.

    python -m benchmarks.practices [--errors development] [--no-speed] [--markdown]

A claim is right where the gold set has its practice and polarity on the same sentence; each counts once.  Practices a
sentence leaves open are not scored.  The held-out half is shown as scores alone, never as text.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.baselines import Claimed, keywords, linear
from benchmarks.gold import EVERYWHERE, Example, Label, examples
from benchmarks.throughput import throughput
from tracker.model import Claim, Polarity
from tracker.practices.detector import detector

HALVES = ("development", "held-out")
LANGUAGES = ("en", "fr", "es", "de", "ar", "id")
Table = list[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Read:
    """An example with what the detector and the baselines found in it."""

    example: Example
    claims: tuple[Claim, ...]
    by_keywords: Claimed
    by_linear: Claimed

    @property
    def ours(self) -> Claimed:
        return frozenset((claim.practice, claim.polarity) for claim in self.claims)

    @property
    def gold(self) -> Claimed:
        return frozenset((label.practice, label.polarity) for label in self.example.labels)

    def scored(self, pair: tuple[str, Polarity]) -> bool:
        practice = pair[0]
        return practice not in self.example.open and (self.example.language == "en" or practice in EVERYWHERE)


@dataclass(frozen=True, slots=True)
class Score:
    """Right, wrong and missing pairs of practice and polarity."""

    right: int = 0
    wrong: int = 0
    missing: int = 0

    @property
    def f1(self) -> float:
        return 2 * self.right / (2 * self.right + self.wrong + self.missing) if self.right else 0.0

    def cells(self) -> tuple[str, str, str]:
        return (
            _ratio(self.right, self.right + self.wrong),
            _ratio(self.right, self.right + self.missing),
            f"{self.f1:.2f}" if self.right + self.missing else "–",
        )


def _ratio(part: int, whole: int) -> str:
    return f"{part / whole:.2f}" if whole else "–"


Chosen = Callable[[Read], Claimed]
READERS: dict[str, Chosen] = {
    "detector": lambda read: read.ours,
    "keywords": lambda read: read.by_keywords,
    "TF-IDF": lambda read: read.by_linear,
}


def read_all(found: Sequence[Example]) -> list[Read]:
    reader = detector()
    claims = [reader.read(example.block, example.language).claims for example in found]
    return [Read(*row) for row in zip(found, claims, keywords(found), linear(found), strict=True)]


def score(
    reads: Iterable[Read],
    chosen: Chosen = READERS["detector"],
    practice: str | None = None,
    polarity: Polarity | None = None,
) -> Score:
    """None: all practices, both polarities."""
    right = wrong = missing = 0
    for read in reads:
        found, gold = (
            {p for p in pairs if read.scored(p) and practice in (None, p[0]) and polarity in (None, p[1])}
            for pairs in (chosen(read), read.gold)
        )
        right += len(found & gold)
        wrong += len(found - gold)
        missing += len(gold - found)
    return Score(right, wrong, missing)


def by_practice(reads: Sequence[Read]) -> Table:
    table: Table = [("practice", "n", *(f"{name} {x}" for name in READERS for x in ("P", "R", "F1")))]
    practices = sorted({label.practice for read in reads for label in read.example.labels})
    totals: dict[str, list[float]] = {name: [] for name in READERS}
    for practice in practices:
        scores = {name: score(reads, chosen, practice) for name, chosen in READERS.items()}
        count = scores["detector"].right + scores["detector"].missing
        if count:
            for name, one in scores.items():
                totals[name].append(one.f1)
            table.append((practice, str(count), *(cell for one in scores.values() for cell in one.cells())))
    overall = {name: score(reads, chosen) for name, chosen in READERS.items()}
    count = overall["detector"].right + overall["detector"].missing
    table.append(("micro", str(count), *(cell for one in overall.values() for cell in one.cells())))
    means = (("", "", f"{sum(values) / max(1, len(values)):.2f}") for values in totals.values())
    return [*table, ("macro", "", *(cell for mean in means for cell in mean))]


def by_language(reads: Sequence[Read]) -> Table:
    table: Table = [("language", "origin", "n", "ai-training P", "R", "F1", "the other six P", "R", "F1")]
    for language in LANGUAGES:
        for origin in ("pointer", "written", "parallel"):
            rows = [r for r in reads if r.example.language == language and origin in _origins(r.example)]
            training = score(rows, practice="ai-training")
            others = [score(rows, practice=practice) for practice in EVERYWHERE[1:]]
            rest = Score(sum(o.right for o in others), sum(o.wrong for o in others), sum(o.missing for o in others))
            if rows:
                table.append((language, origin, str(len(rows)), *training.cells(), *rest.cells()))
    return table


def _origins(example: Example) -> tuple[str, ...]:
    return (example.origin, "parallel") if example.parallel else (example.origin,)


def by_polarity(reads: Sequence[Read]) -> Table:
    table: Table = [("", "n", "P", "R", "F1", "ai-training n", "P", "R", "F1")]
    for polarity in Polarity:
        every, training = score(reads, polarity=polarity), score(reads, practice="ai-training", polarity=polarity)
        counts = [str(one.right + one.missing) for one in (every, training)]
        table.append((polarity, counts[0], *every.cells(), counts[1], *training.cells()))
    return table


def attributes(reads: Sequence[Read]) -> Table:
    """How often what else is said of an ``ai-training`` claim is right, and how often it is turned round."""
    hits: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for read in reads:
        for label in read.example.labels:
            same = [c for c in read.claims if c.practice == label.practice]
            if label.practice != "ai-training" or "ai-training" in read.example.open or not same:
                continue
            turned = all(c.polarity is not label.polarity for c in same)
            total["polarity turned round"] += 1
            hits["polarity turned round"] += turned
            for name, rights in _compared(label, [c for c in same if c.polarity is label.polarity]):
                total[name] += 1
                hits[name] += any(rights)
    return [("ai-training claims found", "n", "share"), *((n, str(total[n]), _ratio(hits[n], total[n])) for n in total)]


def _compared(label: Label, claims: Sequence[Claim]) -> Iterable[tuple[str, list[bool]]]:
    if not claims:
        return
    yield "actor", [claim.actor is label.actor for claim in claims]
    if label.actor != "service":
        yield "actor, not the service", [claim.actor is label.actor for claim in claims]
    yield "models", [claim.models is label.models for claim in claims]
    yield "conditional", [claim.conditional is label.conditional for claim in claims]
    if label.except_regions:
        yield "regions left out", [frozenset(claim.except_regions) == label.except_regions for claim in claims]
    if label.opt_out:
        yield "opt-out", [bool(claim.opt_out and claim.opt_out.offered) for claim in claims]
    if label.opt_out and label.opt_out.default:
        default = label.opt_out.default
        yield "opt-out's default", [bool(claim.opt_out and claim.opt_out.default == default) for claim in claims]


def errors(reads: Iterable[Read]) -> Iterable[str]:
    for read in reads:
        wrong = sorted(pair for pair in read.ours - read.gold if read.scored(pair))
        missing = sorted(pair for pair in read.gold - read.ours if read.scored(pair))
        if wrong or missing:
            block = read.example.block
            yield f"{read.example.id} [{read.example.language}] {' / '.join(block.headings)} {block.lead}".rstrip()
            yield f"    {block.text}"
            for name, pairs in (("wrong", wrong), ("missing", missing)):
                for practice, polarity in pairs:
                    rules = {c.rule for c in read.claims if (c.practice, c.polarity) == (practice, polarity)}
                    yield f"    {name}: {practice} {polarity} {' '.join(sorted(rules))}".rstrip()


def shown(table: Table) -> str:
    lines = ["| " + " | ".join(row) + " |" for row in table]
    return "\n".join([lines[0], "|" + "---|" * len(table[0]), *lines[1:]])


def sections(reads: Sequence[Read]) -> Iterable[tuple[str, Table]]:
    for half in HALVES:
        rows = [read for read in reads if read.example.half == half]
        real = [read for read in rows if read.example.origin == "pointer"]
        english = [read for read in real if read.example.language == "en"]
        written = [r for r in rows if r.example.origin == "written" and r.example.language == "en"]
        yield f"{half}: real sentences in English, by practice", by_practice(english)
        yield f"{half}: written sentences in English, by practice", by_practice(written)
        yield f"{half}: by language", by_language(rows)
        yield f"{half}: by polarity, all origins and languages", by_polarity(rows)
        yield f"{half}: attributes", attributes(rows)


def introduction() -> str:
    """The page up to the figures: the practices with their definitions, and what is known to go wrong."""
    practices = detector().taxonomy.practices.values()
    rows = [("id", "what is claimed", "DPV", "weight")]
    rows += [(f"`{one.id}`", one.definition, ", ".join(one.dpv) or "–", one.weight.value) for one in practices]
    return Path(__file__).with_name("page.md").read_text(encoding="utf-8").replace("{practices}", shown(rows))


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.practices", description=(__doc__ or "").split("\n")[0])
    parser.add_argument(
        "--errors", choices=["development"], help="print what is wrong or missing; the held-out half is not to be read"
    )
    parser.add_argument("--no-speed", action="store_true", help="leave out throughput and memory")
    parser.add_argument("--markdown", action="store_true", help="print docs/practices.md")
    options = parser.parse_args()
    found, skipped = examples()
    for reason in skipped:
        print(f"skipped: {reason}", file=sys.stderr)
    reads = read_all(found)
    if options.errors:
        print("\n".join(errors(read for read in reads if read.example.half == options.errors)))
        return
    mark = "### " if options.markdown else ""
    if options.markdown:
        print(introduction())
    for title, table in sections(reads):
        print(f"{mark}{title[0].upper()}{title[1:]}\n\n{shown(table)}\n")
    if not options.no_speed and not skipped:
        print(f"{mark}Throughput\n\n{shown(throughput())}")


if __name__ == "__main__":
    main()
