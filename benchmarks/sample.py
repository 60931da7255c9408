"""Draws claims and near misses of the real histories at random, and says how far a fresh reader agrees with them.

    python -m benchmarks.sample --draw 100 [--seed N] > tests/gold/sample.jsonl   draws as many of each, unlabelled
    python -m benchmarks.sample --show                                            prints what is to be labelled
    python -m benchmarks.sample                                                   prints the agreement
    python -m benchmarks.sample --drawn                                           the same of the later draws

A row points at a sentence by document, commit and block.  ``label`` is what a reader finds the sentence to say of the
row's practice, given its heading and lead-in: asserts, denies, none, or open where two careful readers may differ.
The text stays in the bundle; the reader is shown neither what was read out of it nor by which rule.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from benchmarks.gold import BUNDLES, REPOSITORIES, rows
from tracker.extract import markdown
from tracker.history import git
from tracker.model import Block
from tracker.practices.detector import detector

NAME = "sample.jsonl"
DRAWN = "drawn.jsonl"  # claims of the development half alone, in three draws that rules were mended by
SEED = 20_261_122
_BLOCKS = 60  # of each version drawn
Row = dict[str, Any]


def draw(count: int, seed: int) -> Iterator[Row]:
    """``count`` claims and near misses of English texts, each sentence once, at most one of each from a version."""
    chance = random.Random(seed)
    seen: set[tuple[str, str]] = set()
    for name, bundle in REPOSITORIES.items():
        left = Counter({"claim": count // 2, "near": count // 2})
        with git.opened(BUNDLES / bundle) as repository, git.contents(repository) as contents:
            changes = [one for one in git.changes(repository) if one.blob and one.path.endswith(".md")]
            for change in chance.sample(changes, len(changes)):
                if not left.total():
                    break
                blocks = list(enumerate(markdown.blocks(contents.read(change.blob or ""))))
                said = list(_said(chance.sample(blocks, min(_BLOCKS, len(blocks)))))
                chance.shuffle(said)
                for kind in ("claim", "near"):
                    fresh = [one for one in said if one[0] == kind and one[1] not in seen]
                    if fresh and left[kind]:
                        left[kind] -= 1
                        seen.add(fresh[0][1])
                        service, _, document = change.path.removesuffix(".md").partition("/")
                        place = {"repo": name, "service": service, "document": document, "commit": change.commit}
                        yield {**place, **fresh[0][2], "label": None}


def _said(blocks: Iterable[tuple[int, Block]]) -> Iterator[tuple[str, tuple[str, str], Row]]:
    """Kind, practice and sentence, and the row's own part, of all claims and near misses in some blocks."""
    for number, block in blocks:
        told = detector().explain(block)
        if told.language != "en":
            continue
        claimed = {(claim.practice, claim.quote) for claim in told.findings.claims}
        for claim in told.findings.claims:
            read = {"sampled": "claim", "practice": claim.practice, "polarity": claim.polarity.value}
            yield "claim", (claim.practice, claim.quote), {**_place(block, number, claim.quote), **read}
        for trace in told.traces:
            missed = (trace.practice, trace.sentence)
            if trace.gate and missed not in claimed:
                read = {"sampled": "near", "practice": trace.practice, "polarity": None}
                yield "near", missed, {**_place(block, number, trace.sentence), **read}


def _place(block: Block, number: int, sentence: str) -> Row:
    start = block.text.index(sentence)
    return {"block": number, "start": start, "end": start + len(sentence)}


def show(sample: Iterable[Row]) -> Iterator[str]:
    """Each row's practice and sentence, with its heading and lead-in, in an order that tells nothing."""
    found = [(number, row, block) for number, (row, block) in enumerate(resolved(sample))]
    random.Random(SEED).shuffle(found)
    for number, row, block in found:
        yield f"{number} {row['practice']} [{' / '.join(block.headings[-2:])}] {{{block.lead}}}"
        yield f"    {_sentence(row, block)}"


def agreement(sample: Iterable[Row]) -> Iterator[str]:
    """How many of the sentences a reader judges as the detector does now, and which not."""
    halves = {row["service"]: row["half"] for row in rows("pointers.jsonl")}
    right: Counter[tuple[str, str]] = Counter()
    judged: Counter[tuple[str, str]] = Counter()
    for row, block in resolved(sample):
        if row["label"] in (None, "open"):
            continue
        claims = detector().read(block).claims
        said = {c.polarity.value for c in claims if (c.practice, c.quote) == (row["practice"], _sentence(row, block))}
        key = (halves[row["service"]], row["sampled"])
        judged[key] += 1
        right[key] += row["label"] in (said or {"none"})
        if row["label"] not in (said or {"none"}):
            place = f"{row['service']}/{row['document']} {row['commit'][:10]} block {row['block']}"
            yield f"{key[0]}: {row['practice']} {row['label']}, read {' '.join(said) or 'none'}: {place}"
    for key in sorted(judged):
        yield f"{key[0]}, {key[1]}: {right[key]} of {judged[key]} agree ({right[key] / judged[key]:.2f})"


def resolved(sample: Iterable[Row]) -> Iterator[tuple[Row, Block]]:
    """Each row with the block it points into."""
    by_repository = sorted(sample, key=lambda row: list(REPOSITORIES).index(row["repo"]))
    for name, found in groupby(by_repository, key=lambda row: str(row["repo"])):
        bundle = BUNDLES / REPOSITORIES[name]
        with git.opened(bundle) as repository, git.contents(repository) as contents:
            for row in found:
                body = contents.read(f"{row['commit']}:{row['service']}/{row['document']}.md")
                yield row, list(markdown.blocks(body))[row["block"]]


def _sentence(row: Row, block: Block) -> str:
    return block.text[row["start"] : row["end"]]


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.sample", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--draw", type=int, metavar="N", help="draw N claims and N near misses")
    parser.add_argument("--seed", type=int, default=SEED, help="of the draw")
    parser.add_argument("--show", action="store_true", help="print the sentences to be labelled")
    parser.add_argument("--drawn", action="store_true", help="take the later draws of the development half")
    options = parser.parse_args()
    if options.draw:
        lines: Iterable[str] = map(json.dumps, draw(options.draw, options.seed))
    else:
        sample = rows(DRAWN if options.drawn else NAME)
        lines = show(sample) if options.show else agreement(sample)
    print("\n".join(lines))


if __name__ == "__main__":
    main()
