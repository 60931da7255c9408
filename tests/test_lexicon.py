"""The lexicon that CONTRIBUTING.md shows is one: a language is added without code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tracker.errors import LexiconError
from tracker.model import Block
from tracker.practices.detector import Detector
from tracker.practices.taxonomy import read_source, read_taxonomy

CONTRIBUTING = Path(__file__).parent.parent / "CONTRIBUTING.md"


def shown() -> str:
    section = CONTRIBUTING.read_text("utf-8").split("## Adding a language")[1].split("\n## ")[0]
    found = re.search(r"```toml\n(.*?)```", section, re.DOTALL)
    assert found is not None
    return found[1]


def reader(text: str) -> Detector:
    source = read_source("lexicon/xx.toml", text)
    return Detector(read_taxonomy(), read_source("frames.toml"), {"xx": source}, "test")


@pytest.mark.parametrize(
    ("text", "polarities"),
    [
        ("Sa ili wibasa sepos tua poletra modelu makisabi.", ["asserts"]),
        ("Ili na wisebasa sepo tua poletra makisab fari.", ["denies"]),
        ("Poro ili ewibasa sepos tua poletra sabe makina.", ["asserts"]),
        ("Ili tu na basa sepos tua poletra makisab fari.", []),
    ],
)
def test_the_example_is_read(text: str, polarities: list[str]) -> None:
    found = reader(shown()).read(Block(id="b", text=text), "xx").claims
    assert [one.polarity.value for one in found if one.practice == "ai-training"] == polarities


def test_the_example_says_which_models_and_data() -> None:
    (claim,) = reader(shown()).read(Block(id="b", text="Sa ili wibasa sepos tua poletra makisab fari."), "xx").claims
    assert (claim.models, claim.data, claim.rule.split(".")[0]) == ("generative", ("public-content",), "xx")


def test_an_unknown_part_of_an_entry_is_named() -> None:
    broken = shown().replace('"we+use"', '"we+useful"')
    with pytest.raises(LexiconError, match=r"lexicon/xx\.toml:\d+: words\.we\+useful: there is no concept 'useful'"):
        reader(broken).read(Block(id="b", text="Sa ili wibasa sepos tua poletra modelu makisabi."), "xx")
