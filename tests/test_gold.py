"""The gold set is well formed, honest about its halves, and its pointers point at text."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime
from typing import Any

import pytest

from benchmarks.gold import BUNDLES, REPOSITORIES, examples, label, rows
from tracker.extract.normalise import clean
from tracker.model import Actor, Models, Polarity
from tracker.practices.taxonomy import read_taxonomy

POINTERS, WRITTEN, DISCLOSURES = map(rows, ("pointers.jsonl", "written.jsonl", "first_disclosures.jsonl"))
LANGUAGES = ("en", "fr", "es", "de", "ar", "id")
HALVES = ("development", "held-out")
SCOPES = ("only_regions", "except_regions", "only_audiences", "except_audiences", "data", "except_data")
KEYS = {"practice", "polarity", "actor", "models", "source", "conditional", "opt_out", "from_date", *SCOPES}
TAXONOMY = read_taxonomy()
BOTH = [*POINTERS, *WRITTEN]


def labels() -> list[dict[str, Any]]:
    return [one for row in BOTH for one in row["labels"]]


def test_labels_speak_the_words_of_the_taxonomy() -> None:
    for one in labels():
        assert label(one).practice in TAXONOMY.practices
        assert set(one) <= KEYS, one
        assert ("models" in one) == (one["practice"] == "ai-training")
        assert {*one.get("only_regions", ()), *one.get("except_regions", ())} <= set(TAXONOMY.regions)
        assert {*one.get("only_audiences", ()), *one.get("except_audiences", ())} <= set(TAXONOMY.audiences)
        assert {*one.get("data", ()), *one.get("except_data", ())} <= set(TAXONOMY.data)
        assert "from_date" not in one or date.fromisoformat(one["from_date"])


def test_what_is_labelled_is_not_open() -> None:
    for row in BOTH:
        assert set(row["open"]) <= set(TAXONOMY.practices)
        assert not set(row["open"]) & {one["practice"] for one in row["labels"]}


def test_halves_are_split_by_service_and_by_group() -> None:
    where = defaultdict(set)
    for row in POINTERS:
        where[row["service"]].add(row["half"])
    for row in WRITTEN:
        where[row["parallel"] or row["id"]].add(row["half"])
    assert all(len(halves) == 1 for halves in where.values())
    for sentences in (POINTERS, WRITTEN):
        sizes = Counter(row["half"] for row in sentences)
        assert set(sizes) == set(HALVES)
        assert min(sizes.values()) > 0.35 * len(sentences)


def test_there_are_enough_pointers_and_enough_of_them_claim_something() -> None:
    assert len(POINTERS) >= 400
    assert 0.35 < sum(bool(row["labels"]) for row in POINTERS) / len(POINTERS) < 0.5
    assert sum(row["sampled"] == "random" for row in POINTERS) >= 100


def test_each_language_has_its_sentences_and_thirty_say_the_same() -> None:
    for language in LANGUAGES:
        own = [row for row in WRITTEN if row["lang"] == language]
        assert len(own) >= 40
        assert len({row["parallel"] for row in own} - {None}) >= 30
    for group in {row["parallel"] for row in WRITTEN} - {None}:
        said = [row["labels"] for row in WRITTEN if row["parallel"] == group]
        assert len(said) >= len(LANGUAGES) - 1, "all languages, or all but English"
        assert all(one == said[0] for one in said)


def test_every_trap_has_three_examples_and_an_honest_twin() -> None:
    traps = defaultdict(list)
    for row in WRITTEN:
        if row["trap"] and row["lang"] == "en":
            traps[row["trap"]].append(frozenset((one["practice"], one["polarity"]) for one in row["labels"]))
    for trap, readings in traps.items():
        assert len(readings) >= 4, trap
        assert len(set(readings)) > 1, f"{trap}: nothing to tell apart"


def test_written_sentences_are_distinct_and_clean() -> None:
    assert len({row["id"] for row in WRITTEN}) == len(WRITTEN)
    said = [(row["lang"], row["text"], row.get("lead"), row.get("heading")) for row in WRITTEN]
    assert len(set(said)) == len(said)
    assert all(row["text"] == clean(row["text"]) for row in WRITTEN)


def test_disclosures_have_places_and_dates() -> None:
    for row in DISCLOSURES:
        assert row["event"] in ("first", "gone", "back", "edition", "never")
        if row["event"] == "never":
            assert row["commit"] is row["start"] is None
            continue
        assert datetime.fromisoformat(row["date"]).tzinfo
        assert Actor(row["actor"]) and Models(row["models"]) and Polarity(row["polarity"])
        assert (row["start"] is None) == (row["event"] == "gone")
        assert row["effective"] is None or date.fromisoformat(row["effective"])


@pytest.mark.skipif(
    not all((BUNDLES / name).exists() for name in REPOSITORIES.values()),
    reason="the histories that the pointers point into are not at ../shared/data/ota",
)
def test_pointers_point_at_text() -> None:
    found, skipped = examples()
    assert not skipped
    pointed = [example for example in found if example.origin == "pointer"]
    assert len(pointed) == len(POINTERS)
    assert all(len(example.block.text) > 5 for example in pointed)
