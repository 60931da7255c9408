"""The development half's written sentences: what was read right once stays so, in each language alike."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from benchmarks.gold import rows
from benchmarks.practices import EVERYWHERE
from tracker.model import Block
from tracker.practices.dates import read_day, read_relative
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


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "If you are in the UK | We use your posts | to train our AI models"),
        (
            "de",
            "Wenn Sie im Vereinigten Königreich wohnen | Wir trainieren unsere KI mit Ihren Beiträgen",
        ),
        (
            "fr",
            "Si vous résidez au Royaume-Uni | Nous entraînons nos modèles d'IA avec vos publications",
        ),
    ],
)
def test_the_first_cell_of_a_row_bounds_the_others(language: str, text: str) -> None:
    claims = [one for one in detector().read(Block("row", text), language).claims if one.practice == "ai-training"]
    assert claims
    assert all(one.only_regions == ("GB",) for one in claims)


def test_a_spanish_yes_is_no_condition() -> None:
    asked = "¿Se utilizan mis datos para entrenar la IA?"
    for said in ("Sí.", "Sí, salvo que lo desactives."):
        (claim,) = detector().read(Block("answer", said, headings=(asked,)), "es").claims
        assert (claim.practice, claim.polarity) == ("ai-training", "asserts")


def test_days_in_a_language_the_parser_does_not_know_are_read_from_figures() -> None:
    assert read_day("3/4/2025", "xx", True) == (True, date(2025, 4, 3))
    assert read_relative("18 rini ago", "xx", date(2025, 1, 1)) is None
