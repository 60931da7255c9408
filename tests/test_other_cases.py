"""Other services' real documents against help pages written by us; what is expected was worked out by reading them.

``fixtures/other_cases.jsonl`` points at the text that each document showed on a day (its commit in the archive) and
says in which state it was about the training of AI by an actor, and how the gap stood.
"""

from __future__ import annotations

import json
from contextlib import redirect_stdout
from datetime import UTC, date, datetime, time
from io import StringIO
from pathlib import Path
from typing import Any

import archives
import pytest

from tracker.cli.main import main

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not archives.REAL.exists(), reason="needs the histories in ../shared/data/ota"),
]

ROWS = [json.loads(line) for line in (archives.FIXTURES / "other_cases.jsonl").read_text().splitlines()]
WRITTEN = ("Tumblr", "Reddit", "X", "Facebook", "Photobucket")
SERVICES = ("Tumblr", "Reddit", "Twitter", "X")
WHOLE = tuple(f"{service}/{document}" for service in SERVICES for document in ("Privacy Policy", "Terms of Service"))
FACEBOOK = "Facebook/Privacy Policy"
# The 492 texts of Facebook's policy would take longer than all the rest: those at which something telling happens.
TELLING = {
    *(row["commit"] for row in ROWS if row["service"] == "Facebook"),
    "a3689b384908fb121f6fd702fca1eedc719a0132",  # 2022-07-11, the first
    "adc18ecd402ca61f6112d9f98798d11dcd1d3eb7",  # 2023-05-08, only read anew: the former edition's part is back
    "75ca8b30fd29b8b350b9c75faddd5cd9a461466d",  # 2024-11-15
    "859d3814648fe04b02b170110e500fe333f51b84",  # 2025-06-16: another edition once more
}
CONFIG = """
[[service]]
name = "X"
formerly = ["Twitter"]

[[service.document]]
name = "AI Help"
kind = "help"
url = "https://help.x.example/ai"
"""


@pytest.fixture(scope="module")
def texts() -> tuple[archives.Dated, ...]:
    return archives.real(*WHOLE, FACEBOOK, commits={FACEBOOK: TELLING})


class Cases:
    """What the commands print of all the services."""

    def __init__(self, home: Path) -> None:
        self._options = ["--config", str(home / "config.toml"), "--db", str(home / "tracker.db")]

    def run(self, *arguments: str) -> str:
        with redirect_stdout(StringIO()) as out:
            assert main([*self._options, *arguments]) == 0
        return out.getvalue()

    def rows(self, *arguments: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.run(*arguments, "--json").splitlines()]

    def gap(self, service: str, actor: str, at: str | None = None) -> dict[str, Any]:
        rows = self.rows("gaps", service, *(("--at", at) if at else ()))
        (found,) = [row for row in rows if row["practice"] == "ai-training" and row["actor"] == actor]
        return found


@pytest.fixture(scope="module")
def cases(texts: tuple[archives.Dated, ...], tmp_path_factory: pytest.TempPathFactory) -> Cases:
    home = tmp_path_factory.mktemp("others")
    (home / "config.toml").write_text(CONFIG)
    pages = archives.FIXTURES / "others.toml"
    last = date(2026, 8, 31)
    ours = [page for service in WRITTEN for page in archives.written(pages, service, date(2022, 7, 1), last)]
    found = Cases(home)
    found.run("import", "ota", str(archives.repository(home / "real.git", texts)))
    found.run("import", "ota", str(archives.repository(home / "ours.git", ours)), "--kind", "AI Help=help")
    return found


@pytest.mark.parametrize(
    "row", ROWS, ids=lambda row: f"{row['service']}-{row['document'][:5]}-{row['actor']}-{row['at']}"
)
def test_the_state_of_each_document_is_what_a_reader_finds(
    cases: Cases, texts: tuple[archives.Dated, ...], row: dict[str, Any]
) -> None:
    end = datetime.combine(date.fromisoformat(row["at"]), time.max, UTC)
    shown = [each for each in texts if each.name == f"{row['stored']}/{row['document']}" and each.at <= end]
    assert shown[-1].commit == row["commit"], "the text that the document showed on that day"
    gap = cases.gap(row["service"], row["actor"], row["at"])
    state = next(each for each in gap["binding"] if each["document"] == f"{row['service']}/{row['document']}")
    assert (state["state"], gap["status"]) == (row["state"], row["gap"])
    assert (state["pending"] or {}).get("effective") == row["pending"]


@pytest.mark.parametrize(
    ("service", "actor", "opened", "closed", "by", "notice"),
    [
        ("Tumblr", "third-party", "2024-02-27", None, None, None),
        ("Reddit", "service", "2024-05-09", "2024-09-16", "Reddit/Terms of Service", 30),  # seen on 17 August
        ("X", "service", "2023-07-15", "2023-09-29", "X/Privacy Policy", 30),  # seen on 30 August, to stay
        ("X", "third-party", "2024-09-02", "2024-11-15", "X/Privacy Policy", 29),  # seen on 17 October
        ("Facebook", "service", "2022-11-01", "2023-01-01", "Facebook/Privacy Policy", 16),  # seen on 16 December
    ],
)
def test_when_a_gap_was_closed_and_with_how_much_notice(
    cases: Cases, service: str, actor: str, opened: str, closed: str | None, by: str | None, notice: int | None
) -> None:
    gap = cases.gap(service, actor)
    assert gap["opened"][:10] == opened
    assert (gap["closed"] and gap["closed"][:10], gap["closed_by"]) == (closed, by)
    assert gap["notice_days"] == notice


def test_tumblr_offers_a_way_out(cases: Cases) -> None:
    assert cases.gap("Tumblr", "third-party")["exempt"] == ["opt-out"]


def test_wider_words_close_a_gap_as_less_specific(cases: Cases) -> None:
    gap = cases.gap("Facebook", "service", "2024-07-01")
    assert (gap["severity"], gap["reason"]) == ("low", "disclosed in wider words only")


def test_editions_neither_reopen_a_gap_nor_end_a_practice(cases: Cases) -> None:
    rows = [row for row in cases.rows("events", "Facebook") if row["practice"] in ("ai-training", None)]
    kinds = [(row["kind"], row["at"][:10]) for row in rows]
    replaced = [day for kind, day in kinds if kind == "document-replaced"]
    assert replaced == ["2023-01-01", "2024-08-09", "2024-11-15", "2025-06-16"]
    assert "practice-vanished" not in dict(kinds)
    assert [day for kind, day in kinds if kind in ("gap-opened", "gap-found")] == ["2022-11-01"]


def test_the_pledge_that_flickered_for_a_day_is_told_and_counts_from_when_it_stood(cases: Cases) -> None:
    """It was shown on 23 August, for 22 September; taken off the next day; shown again on the 30th, for the 29th."""
    rows = [row for row in cases.rows("events", "X") if row["practice"] == "ai-training" and row["at"] < "2024"]
    told = [(row["kind"], row["at"][:10], row["effective"], row["document"]) for row in rows]
    policy = "Twitter/Privacy Policy"  # an event names the document that its version belongs to
    assert [each for each in told if each[0] == "change-announced"] == [
        ("change-announced", "2023-08-23", "2023-09-22", policy),
        ("change-announced", "2023-08-30", "2023-09-29", policy),
    ]
    assert [each for each in told if each[0] == "practice-appeared"] == [
        ("practice-appeared", "2023-09-29", "2023-09-29", policy)
    ]
    assert not {"practice-vanished", "practice-reversed"} & {each[0] for each in told}


def test_the_ledger_knows_both_names_as_one_service(cases: Cases) -> None:
    rows = cases.rows("practices", "X")
    row = next(
        row
        for row in rows
        if (row["document"], row["practice"], row["actor"]) == ("Privacy Policy", "ai-training", "service")
    )
    assert (row["service"], row["first_seen"][:10], row["state"]) == ("X", "2023-08-30", "discloses")
    assert cases.rows("gaps", "Twitter") == cases.rows("gaps", "X")
    assert {row["service"] for row in cases.rows("gaps")} == set(WRITTEN)


def test_without_a_binding_document_there_is_no_verdict(cases: Cases) -> None:
    gap = cases.gap("Photobucket", "third-party")
    assert (gap["status"], gap["opened"], gap["binding"]) == ("undecided", None, [])
    assert gap["reason"] == "no privacy policy or terms were tracked at that time"
