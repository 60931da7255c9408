"""Seven batches of English sentences of ours, each labelled before it was first read: what was mended stays mended.

Their scores on first reading, which alone tell how well unknown sentences are read, stand in ``tests/gold/README.md``.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tracker.model import Block, BlockKind
from tracker.practices.detector import detector

ROWS = [json.loads(line) for line in (Path(__file__).parent / "gold" / "batches.jsonl").read_text("utf-8").splitlines()]
TRAINING = "ai-training"


def compared() -> Iterator[tuple[str, str]]:
    """Practice and outcome (right, wrong, missing, turned) of every claim labelled or found."""
    for row in ROWS:
        lead = row.get("lead", "")
        kind = BlockKind.ITEM if lead else BlockKind.PARAGRAPH
        block = Block("x", row["text"], kind, (row["heading"],) if "heading" in row else (), lead)
        found = {(claim.practice, claim.polarity.value) for claim in detector().read(block, "en").claims}
        meant = {(label["practice"], label["polarity"]) for label in row["labels"]}
        for practice, polarity in found | meant:
            if practice not in row["open"]:
                pair = (practice, polarity)
                yield practice, "right" if pair in found & meant else "wrong" if pair in found else "missing"
                opposite = (practice, "denies" if polarity == "asserts" else "asserts")
                if pair in found - meant and opposite in meant - found:
                    yield practice, "turned"


@pytest.fixture(scope="module")
def outcomes() -> Counter[tuple[bool, str]]:
    """Outcomes, by whether the practice is training."""
    return Counter((practice == TRAINING, outcome) for practice, outcome in compared())


@pytest.mark.parametrize(("training", "precision", "recall"), [(True, 0.97, 0.92), (False, 0.95, 0.87)])
def test_precision_and_recall_stay(
    outcomes: Counter[tuple[bool, str]], training: bool, precision: float, recall: float
) -> None:
    right, wrong, missing = (outcomes[training, outcome] for outcome in ("right", "wrong", "missing"))
    assert right / (right + wrong) >= precision
    assert right / (right + missing) >= recall


def test_no_denial_of_training_is_read_as_its_assertion_nor_the_reverse(outcomes: Counter[tuple[bool, str]]) -> None:
    assert outcomes[True, "turned"] <= 1
