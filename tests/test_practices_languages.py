"""Languages other than English: sentences that must be read exactly, and the gold set's development half."""

from __future__ import annotations

import tomllib
import unicodedata
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from benchmarks.gold import EVERYWHERE, rows
from tracker.model import Block, Claim, Models, OptOut
from tracker.practices.dates import read_day, read_relative
from tracker.practices.detector import detector
from tracker.practices.language import classify

LANGUAGES = ("fr", "es", "de", "ar", "id")
SENTENCES = [
    pytest.param(file.stem, row, id=f"{file.stem}-{row.get('heading', '')}{row['text']}"[:60])
    for file in sorted(Path(__file__).parent.glob("fixtures/sentences/*.toml"))
    for row in tomllib.loads(file.read_text())["sentence"]
]
SCOPES = ("only_regions", "except_regions", "only_audiences", "except_audiences")


def claims_of(row: dict[str, Any], language: str, form: str = "NFC") -> tuple[Claim, ...]:
    headings = (row["heading"],) if "heading" in row else ()
    block = Block("b", unicodedata.normalize(form, row["text"]), headings=headings, lead=row.get("lead", ""))
    return detector().read(block, language).claims


def said(claims: tuple[Claim, ...], row: dict[str, Any]) -> set[str]:
    """ "ai-training asserts affiliate": of the practices that are read in every language, and those of the row."""
    scored = ({*EVERYWHERE} | {each.split()[0] for each in row["says"]}) - {*row.get("open", ())}
    actors = {one: f" {one.actor}" * (one.actor != "service") for one in claims}
    return {f"{one.practice} {one.polarity}{actors[one]}" for one in claims if one.practice in scored}


@pytest.mark.parametrize(("language", "row"), SENTENCES)
def test_a_sentence_says_just_this(language: str, row: dict[str, Any]) -> None:
    """Where a row has ``carries``, what it does not name there is as if nothing was said of it."""
    claims = claims_of(row, language)
    assert said(claims, row) == {*row["says"]}
    if "carries" in row:
        (claim,) = (one for one in claims if one.practice == "ai-training")
        expected = dict.fromkeys(SCOPES, ()) | {"models": Models.UNSPECIFIED, "conditional": False} | row["carries"]
        expected["opt_out"] = OptOut(**row["carries"]["opt_out"]) if "opt_out" in row["carries"] else None
        expected["from_date"] = date.fromisoformat(expected["from_date"]) if "from_date" in expected else None
        assert {name: getattr(claim, name) for name in expected} == {
            name: tuple(value) if isinstance(value, list) else value for name, value in expected.items()
        }


def test_letters_and_their_marks_may_be_written_apart() -> None:
    for parameters in SENTENCES[::5]:
        language, row = parameters.values
        assert said(claims_of(row, language, "NFD"), row) == {*row["says"]}


@pytest.mark.parametrize("language", LANGUAGES)
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


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Inhalte, die Rechte anderer Personen verletzen,\ndazu zählen unter anderem:", "de"),
        ("Prager Straße 10, 01069 Dresden, Germany, e-mail support@example.org", "en"),
        ("Kami mengumpul maklumat peribadi anda untuk menambah baik perkhidmatan kami.", "id"),
        ("Regolamento sul trattamento dei dati personali degli abbonati \ud800", "it"),
    ],
)
def test_the_recogniser_takes_lines_that_are_no_sentences(text: str, language: str) -> None:
    assert classify(text) == language
