"""Claims drawn at random from the development half and judged by reading: what was mended stays mended."""

from __future__ import annotations

import pytest

from benchmarks.gold import BUNDLES, REPOSITORIES, rows
from benchmarks.sample import DRAWN, resolved
from tracker.practices.detector import detector

ROWS = rows(DRAWN)
missing = [name for name in REPOSITORIES.values() if not (BUNDLES / name).exists()]


def test_only_the_half_that_rules_are_written_from_is_drawn() -> None:
    halves = {(row["repo"], row["service"]): row["half"] for row in rows("pointers.jsonl")}
    assert {halves[row["repo"], row["service"]] for row in ROWS} == {"development"}
    assert {row["label"] for row in ROWS} == {"asserts", "denies", "none", "open"}


@pytest.mark.long
@pytest.mark.skipif(bool(missing), reason=f"{', '.join(missing)} not there")
def test_drawn_claims_are_read_as_they_were_judged() -> None:
    judged = [row for row in ROWS if row["label"] != "open"]
    agreed = 0
    for row, block in resolved(judged):
        quote = block.text[row["start"] : row["end"]]
        claims = detector().read(block).claims
        said = {one.polarity.value for one in claims if (one.practice, one.quote) == (row["practice"], quote)}
        agreed += row["label"] in (said or {"none"})
    assert agreed / len(judged) >= 0.86
