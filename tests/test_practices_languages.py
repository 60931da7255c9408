"""The development half's written sentences: what was read right once stays so, in each language alike."""

from __future__ import annotations

from collections import Counter

import pytest

from benchmarks.gold import rows
from benchmarks.practices import EVERYWHERE
from tracker.model import Block
from tracker.practices.detector import detector


@pytest.mark.parametrize("language", ["fr", "es", "de", "ar", "id"])
def test_sentences_are_read_as_they_are_labelled(language: str) -> None:
    counts: Counter[str] = Counter()
    wrong = []
    for row in rows("written.jsonl"):
        if row["lang"] != language or row["half"] != "development":
            continue
        headings = (row["heading"],) if row.get("heading") else ()
        block = Block(row["id"], row["text"], headings=headings, lead=row.get("lead") or "")
        scored = set(EVERYWHERE) - set(row["open"])
        found = {(one.practice, str(one.polarity)) for one in detector().read(block, language).claims}
        found = {pair for pair in found if pair[0] in scored}
        said = {(one["practice"], one["polarity"]) for one in row["labels"] if one["practice"] in scored}
        counts += Counter(right=len(found & said), wrong=len(found - said), missing=len(said - found))
        if found != said:
            wrong.append((row["id"], found ^ said))
    assert counts["right"] >= 0.97 * (counts["right"] + counts["wrong"]), wrong
    assert counts["right"] >= 0.95 * (counts["right"] + counts["missing"]), wrong
