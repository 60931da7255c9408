"""Each first disclosure of ``ai-training`` in the real histories is found within one version of its place.

The events were listed by reading (``tests/gold/first_disclosures.jsonl``, explained in ``tests/gold/README.md``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from benchmarks.gold import BUNDLES, REPOSITORIES
from tracker.extract import markdown
from tracker.history import git
from tracker.model import Block, BlockKind, Claim, Models
from tracker.practices.detector import detector

GOLD = Path(__file__).parent / "gold" / "first_disclosures.jsonl"
ROWS = [json.loads(line) for line in GOLD.read_text(encoding="utf-8").splitlines()]
EVENTS = [row for row in ROWS if row["event"] != "never"]

IMPLIED = "training is implied, not said: the reader doubted it, and nothing is claimed"
HELD_OUT = "of the held-out half: what is missed there is not looked into"
MISSED: dict[
    tuple[str, ...], str
] = {  # what is not found, and why; each must go on being missed until it leaves this list
    ("Moltbook", "Privacy Policy", "2026-03-18", "affiliate"): HELD_OUT,
    ("Snapchat", "Privacy Policy", "2023-07-14"): HELD_OUT,
    ("YouTube", "Privacy Policy", "2022-07-11"): HELD_OUT,
    ("Tinder", "Terms of Service", "2026-03-06"): HELD_OUT,
    (
        "Pinterest",
        "Privacy Policy",
        "2025-05-01",
    ): "the model's name, which tells it is generative, is lost in the text",
    ("Badoo", "Privacy Policy", "2020-07-29"): IMPLIED,
    ("Grindr", "Privacy Policy", "2022-07-07"): IMPLIED,
    ("Spotify", "Privacy Policy", "2022-12-30"): IMPLIED,
    ("DisonsDemain", "Privacy Policy", "2024-07-08"): IMPLIED,
    ("HER", "Terms of Service", "2026-03-12"): IMPLIED,
    ("LoveScout24", "Privacy Policy", "2024-07-11"): IMPLIED,
    ("Match", "Privacy Policy", "2024-07-10"): IMPLIED,
    ("Meetic", "Privacy Policy", "2024-07-12"): IMPLIED,
    ("Tinder", "Privacy Policy", "2024-05-31"): IMPLIED,
}

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(
        not all((BUNDLES / name).exists() for name in REPOSITORIES.values()),
        reason="needs the histories in ../shared/data/ota",
    ),
]

Document = tuple[str, str, str]  # repository, service, document
Version = tuple[str, frozenset[Claim]]  # its commit, and what it claims of training


@cache
def claimed(text: str, kind: BlockKind, headings: tuple[str, ...], lead: str) -> tuple[Claim, ...]:
    """What a block claims of training; read once, however many versions hold it."""
    found = detector().read(Block("", text, kind, headings, lead)).claims
    return tuple(claim for claim in found if claim.practice == "ai-training")


@pytest.fixture(scope="module")
def histories() -> Mapping[Document, list[Version]]:
    """The documents that have an event, version by version."""
    wanted = {(row["repo"], row["service"], row["document"]) for row in EVENTS}
    read: dict[Document, list[Version]] = {}
    for name, bundle in REPOSITORIES.items():
        services = {service for repo, service, _ in wanted if repo == name}
        with git.opened(BUNDLES / bundle) as repository, git.contents(repository) as contents:
            for change in git.changes(repository, services):
                service, _, document = change.path.removesuffix(".md").partition("/")
                key = (name, service, document)
                if key in wanted and change.blob:
                    blocks = markdown.blocks(contents.read(change.blob))
                    said = (claim for b in blocks for claim in claimed(b.text, b.kind, b.headings, b.lead))
                    read.setdefault(key, []).append((change.commit, frozenset(said)))
    return read


def earlier(event: dict[str, Any]) -> list[dict[str, Any]]:
    """The times before at which the same document began to say the same of the same actor."""
    same = ("repo", "service", "document", "actor", "polarity")
    return [
        row
        for row in EVENTS
        if row["date"] < event["date"] and row["event"] != "gone" and all(row[key] == event[key] for key in same)
    ]


def case(event: dict[str, Any]) -> Any:
    at = (event["service"], event["document"], event["date"][:10])
    reason = MISSED.get(at) or MISSED.get((*at, event["actor"]))
    marks = [pytest.mark.xfail(reason=reason, strict=True)] if reason else []
    name = "-".join(str(event[key]) for key in ("service", "document", "event", "actor")) + "-" + event["date"][:10]
    return pytest.param(event, marks=marks, id=name.replace(" ", ""))


@pytest.mark.parametrize("event", list(map(case, EVENTS)))
def test_it_is_found_within_one_version_of_its_place(
    event: dict[str, Any], histories: Mapping[Document, list[Version]]
) -> None:
    versions = histories[event["repo"], event["service"], event["document"]]
    before = earlier(event)
    narrower = event["models"] == "generative" and any(row["models"] != "generative" for row in before)
    says = [
        any(
            (claim.actor.value, claim.polarity.value) == (event["actor"], event["polarity"])
            and (claim.models is Models.GENERATIVE or not narrower)
            for claim in claims
        )
        for _, claims in versions
    ]
    place = [commit for commit, _ in versions].index(event["commit"])
    near = says[max(0, place - 1) : place + 2]
    if event["event"] == "gone":
        assert not all(near)
    else:
        assert any(near)
    if event["event"] == "first" and (narrower or not before):
        assert not any(says[: max(0, place - 1)])
