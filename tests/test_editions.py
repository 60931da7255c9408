"""Whether a new text is still a text of the same thing."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path

import pytest

from tracker.extract.page import extract_text
from tracker.gaps import Edition, Face, edition_of, face_of, title_of
from tracker.gaps.regions import covers, regions_named
from tracker.history import ota
from tracker.model import Block, BlockKind

BUNDLE = Path(__file__).parents[2] / "shared/data/ota/pga-versions.bundle"


def prose(seed: int, paragraphs: int = 40) -> tuple[str, ...]:
    """Paragraphs of random words: two seeds share no run of words."""
    chance = random.Random(seed)
    return tuple(" ".join("".join(chance.choices("abcdefghijklm", k=5)) for _ in range(30)) for _ in range(paragraphs))


def face(title: str | None, texts: tuple[str, ...], language: str | None = "en") -> Face:
    return Face(title, language, texts)


POLICY = face("Privacy Policy", prose(1))


def test_an_edit_and_a_thorough_rewrite_stay_in_the_edition() -> None:
    assert edition_of({1: POLICY}, 1, face("Privacy Policy", (*prose(1)[1:], "a new paragraph"))) == Edition(1)
    rewritten = tuple(" ".join(text.split()[:8]) + " " + other for text, other in zip(prose(1), prose(2), strict=True))
    assert edition_of({1: POLICY}, 1, face("Privacy Policy", rewritten)) == Edition(1)
    assert edition_of({1: POLICY}, 1, face("Our Privacy Policy", prose(2))) == Edition(1)
    assert edition_of({1: POLICY}, 1, face(None, prose(2))) == Edition(1)


def test_another_title_over_another_text_is_another_edition() -> None:
    found = edition_of({1: face("Service Terms", prose(1))}, 1, face("User Agreement", prose(2)))
    assert found == Edition(2, "its title and its text are others")


def test_another_region_in_the_title_is_another_edition_unless_the_text_is_the_same() -> None:
    assert edition_of({1: POLICY}, 1, face("UK Privacy Policy", prose(2))).number == 2
    assert edition_of({1: POLICY}, 1, face("UK Privacy Policy", prose(1))).number == 1


def test_another_language_is_another_edition() -> None:
    assert edition_of({1: POLICY}, 1, face("Privacy Policy", prose(2), "fr")).number == 2
    assert edition_of({1: POLICY}, 1, face("Privacy Policy", prose(1), "en-GB")).number == 1


def test_a_part_that_goes_and_comes_back_switches_between_two_editions() -> None:
    whole, part = face("Policy", prose(1, 30) + prose(3, 20)), face("Policy", prose(1, 30))
    assert edition_of({1: whole}, 1, part) == Edition(2, "a large part is gone, nothing else changed")
    assert edition_of({1: whole, 2: part}, 2, whole) == Edition(1, "the part that edition 1 had is back")
    grown = face("Policy", prose(1, 30) + prose(4, 20))
    assert edition_of({1: whole, 2: part}, 2, grown) == Edition(2)
    assert edition_of({1: part}, 1, whole) == Edition(1)


def test_a_cut_with_other_edits_is_another_edition_only_if_a_region_went_with_it() -> None:
    edited = ("effective from another day, and words that were not there before at all", *prose(5, 2), *prose(1, 30))
    european = tuple(f"If you live in the European Union, {text}" for text in prose(3, 20))
    assert edition_of({1: face("Policy", prose(1, 30) + european)}, 1, face("Policy", edited)).number == 2
    assert edition_of({1: face("Policy", prose(1, 30) + prose(3, 20))}, 1, face("Policy", edited)).number == 1


def test_a_former_edition_that_returns_keeps_its_number() -> None:
    other = face("UK Policy", prose(2))
    again = face("Privacy Policy", (*prose(1)[1:], "and one more"))
    assert edition_of({1: POLICY, 2: other}, 2, again) == Edition(1, "the text of edition 1 is back")


def test_a_title_is_the_pages_or_its_highest_heading() -> None:
    blocks = (
        Block("a", "A banner", BlockKind.HEADING, level=3),
        Block("b", "Privacy Policy", BlockKind.HEADING, level=1),
        Block("c", "We care."),
    )
    assert title_of(None, blocks) == "Privacy Policy"
    assert title_of("Privacy | Example", blocks) == "Privacy | Example"
    assert title_of(None, blocks[2:]) is None
    assert face_of(None, "en", blocks).texts == ("A banner", "Privacy Policy", "We care.")


@pytest.mark.parametrize(
    ("title", "regions"),
    [
        ("LinkedIn European Regional Privacy Notice", ("CH", "EEA", "GB")),
        ("Terms of Service (EEA/UK/CH)", ("CH", "EEA", "GB")),
        ("Politique de confidentialité (UE)", ("EU",)),
        ("California Privacy Notice", ("US-CA",)),
        ("US Privacy Policy", ("US",)),
        ("About US", ()),
        ("Terms for users outside the European Union", ()),
        ("Privacy Policy", ()),
        (None, ()),
    ],
)
def test_regions_that_titles_name(title: str | None, regions: tuple[str, ...]) -> None:
    assert regions_named(title) == regions


def test_regions_lie_in_regions() -> None:
    assert covers((), ("FR",))
    assert covers(("EEA",), ("FR", "NO", "EU"))
    assert covers(("US",), ("US-CA",))
    assert not covers(("EU",), ("GB",))
    assert not covers(("EU",), ())


@pytest.mark.long
@pytest.mark.skipif(not BUNDLE.exists(), reason="needs the histories in ../shared")
def test_the_switches_of_real_documents() -> None:
    """LinkedIn's policy becomes the European notice and its terms cease to be the business ones; Facebook's policy goes
    without its European part for months.  Nothing else in four years of LinkedIn's two does so."""
    wanted = {("LinkedIn", "Privacy Policy"), ("LinkedIn", "Terms of Service")}
    known: dict[tuple[str, str], dict[int, Face]] = {}
    current: dict[tuple[str, str], int] = {}
    bodies: dict[tuple[str, str], bytes] = {}
    switches = []
    for record in ota.read(BUNDLE, ["LinkedIn", "Facebook"]):
        key = (record.service, record.terms_type)
        recent = key == ("Facebook", "Privacy Policy") and record.at.date() >= date(2025, 11, 20)
        if record.body is None or record.body == bodies.get(key) or not (key in wanted or recent):
            continue
        bodies[key] = record.body
        extract = extract_text(record.body.decode(), "text/markdown")
        new = face_of(extract.title, extract.language, extract.blocks)
        found = edition_of(known[key], current[key], new) if key in known else Edition(1)
        if found.reason:
            switches.append((*key, record.at.date().isoformat(), current[key], found.number))
        known.setdefault(key, {})[found.number] = new
        current[key] = found.number
    assert sorted(switches) == [
        ("Facebook", "Privacy Policy", "2025-12-17", 1, 2),
        ("Facebook", "Privacy Policy", "2026-01-15", 2, 1),
        ("Facebook", "Privacy Policy", "2026-07-24", 1, 2),
        ("Facebook", "Privacy Policy", "2026-08-22", 2, 1),
        ("LinkedIn", "Privacy Policy", "2025-06-10", 1, 2),
        ("LinkedIn", "Terms of Service", "2023-10-15", 1, 2),
    ]
