"""docs/configuration.md names every key of the configuration, and no other, with its default."""

from __future__ import annotations

import re
import tomllib
from dataclasses import fields
from datetime import timedelta
from pathlib import Path

import pytest

from tracker.config import Channel, Config, Document, FetchSettings, load
from tracker.config.times import duration
from tracker.errors import ConfigError
from tracker.model import EventKind, Kind, Severity

TEXT = (Path(__file__).parents[1] / "docs" / "configuration.md").read_text(encoding="utf-8")
SECTIONS = {
    title: re.findall(r"^\| `(\w+)` \| (.+?) \| (.+) \|$", body, re.M)
    for title, body in re.findall(r"^## `(.+?)`\n(.*?)(?=^## |\Z)", TEXT, re.M | re.S)
}
SHAPES = {"[tracker]": Config, "[fetch]": FetchSettings, "[[service.document]]": Document, "[[channel]]": Channel}
UNKNOWN = "zzzzzzzzzz = 1\n"


def known(tmp_path: Path, table: str) -> set[str]:
    """The keys that the loader takes in a table: what it says when it meets one that it does not know."""
    path = tmp_path / "config.toml"
    path.write_text(table + UNKNOWN, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(path, None)
    [said] = [problem for problem in caught.value.problems if "zzzzzzzzzz" in problem]
    return set(said.rpartition("known are ")[2].split(", "))


@pytest.mark.parametrize("section", SECTIONS)
def test_every_key_is_explained_once(section: str, tmp_path: Path) -> None:
    opening = "[[service]]\n" if section == "[[service.document]]" else ""
    types = ("email", "webhook", "feed", "apprise", "command")
    kinds = [f'type = "{kind}"\n' for kind in types] if section == "[[channel]]" else [""]
    taken = set().union(*(known(tmp_path, f"{opening}{section}\n{kind}") for kind in kinds))
    explained = [key for key, _, _ in SECTIONS[section]]
    assert sorted(explained) == sorted(taken)


def test_every_table_is_explained(tmp_path: Path) -> None:
    assert known(tmp_path, "") == {re.findall(r"\w+", title)[0] for title in SECTIONS}


@pytest.mark.parametrize("section", SHAPES)
def test_defaults_are_those_of_the_code(section: str) -> None:
    defaults = {field.name: field.default for field in fields(SHAPES[section])}
    told = {key: default for key, default, _ in SECTIONS[section] if default.startswith("`")}
    assert told
    for key, default in told.items():
        value = tomllib.loads(f"value = {default.strip('`')}")["value"]
        if isinstance(defaults[key], timedelta):
            value = duration(timedelta(), timedelta.max)(value)
        assert value == defaults[key], key


def test_every_word_that_a_key_may_hold_is_named() -> None:
    def meaning(section: str, key: str) -> str:
        return next(meaning for name, _, meaning in SECTIONS[section] if name == key)

    assert set(re.findall(r"`([\w-]+)`", meaning("[[service.document]]", "kind"))) == {str(kind) for kind in Kind}
    assert set(re.findall(r"`([\w-]+)`", meaning("[[channel]]", "severity"))) == {str(level) for level in Severity}
    assert "gap-opened" in list(EventKind)
