"""The founding case, told from LinkedIn's real documents and help pages written by us in five languages."""

from __future__ import annotations

import json
import shutil
from contextlib import redirect_stdout
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import archives
import pytest

from tracker.cli.main import main

pytestmark = pytest.mark.skipif(not archives.REAL.exists(), reason="needs the histories in ../shared/data/ota")

LANGUAGES = ("en", "ar", "id", "fr", "es")
DOCUMENTS = ("LinkedIn/Privacy Policy", "LinkedIn/Terms of Service", "LinkedIn/Trackers Policy")
EXEMPT = {"EU", "EEA", "CH", "GB", "CA", "HK"}
KEPT_OUT = {"minors", "private-messages", "salary"}


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database that holds LinkedIn's own documents."""
    home = tmp_path_factory.mktemp("linkedin")
    archive = archives.repository(home / "archive.git", archives.real(*DOCUMENTS))
    assert main(["--db", str(home / "tracker.db"), "import", "ota", str(archive)]) == 0
    return home / "tracker.db"


class Case:
    """LinkedIn's documents with the help pages of one language: what the commands print of it."""

    def __init__(self, database: Path) -> None:
        self._database = str(database)
        self._printed: dict[tuple[str, ...], list[dict[str, Any]]] = {}

    def __call__(self, *arguments: str) -> list[dict[str, Any]]:
        if arguments not in self._printed:
            with redirect_stdout(StringIO()) as out:
                assert main(["--db", self._database, *arguments, "--json"]) == 0
            self._printed[arguments] = [json.loads(line) for line in out.getvalue().splitlines()]
        return self._printed[arguments]

    def gap(self, actor: str, at: str | None = None) -> dict[str, Any]:
        rows = self("gaps", "LinkedIn", *(("--at", at) if at else ()))
        (found,) = [row for row in rows if row["practice"] == "ai-training" and row["actor"] == actor]
        return found

    def state(self, actor: str, document: str, at: str | None = None) -> dict[str, Any]:
        states = self.gap(actor, at)["binding"]
        return next(each for each in states if each["document"] == f"LinkedIn/{document}")

    def events(self, document: str, *kinds: str, day: str = "") -> list[dict[str, Any]]:
        rows = self("events", "LinkedIn")
        wanted = (row for row in rows if row["document"] == f"LinkedIn/{document}" and row["at"].startswith(day))
        return [row for row in wanted if row["kind"] in kinds]


@pytest.fixture(
    scope="module", params=[LANGUAGES[0], *(pytest.param(each, marks=pytest.mark.long) for each in LANGUAGES[1:])]
)
def case(request: pytest.FixtureRequest, imported: Path, tmp_path_factory: pytest.TempPathFactory) -> Case:
    home = tmp_path_factory.mktemp(request.param)
    shutil.copy(imported, home / "tracker.db")
    pages = archives.FIXTURES / "linkedin" / f"{request.param}.toml"
    texts = archives.written(pages, "LinkedIn", date(2024, 6, 3), date(2026, 8, 31))
    archive = archives.repository(home / "pages.git", texts)
    kinds = ("--kind", "AI Help=help", "--kind", "AI FAQ=faq")
    assert main(["--db", str(home / "tracker.db"), "import", "ota", str(archive), *kinds]) == 0
    return Case(home / "tracker.db")


def test_the_service_was_eight_days_late_and_gave_no_notice(case: Case) -> None:
    gap = case.gap("service")
    assert gap["informal"]["document"] == "LinkedIn/AI Help"
    assert gap["opened"] == gap["informal"]["first_seen"] == "2024-09-11T06:00:00Z"
    assert (gap["status"], gap["closed_by"]) == ("closed", "LinkedIn/Privacy Policy")
    assert gap["closed"] == "2024-09-19T00:32:21Z"
    assert (gap["lag_days"], gap["notice_days"]) == (8, 0)
    assert case.gap("service", "2024-09-18")["status"] == "open"
    (closed,) = case.events("Privacy Policy", "gap-closed")
    assert (closed["effective"], closed["notice_days"]) == ("2024-09-18", 0)
    (changed,) = case.events("Privacy Policy", "changed-without-notice", day="2024-09-19")
    assert (changed["effective"], changed["notice_days"]) == ("2024-09-18", 0)


def test_affiliates_stay_open_and_are_disclosed_for_the_united_kingdom_only(case: Case) -> None:
    before = case.gap("affiliate", "2025-11-03")
    assert (before["status"], before["opened"]) == ("open", "2024-09-11T06:00:00Z")
    gap = case.gap("affiliate")
    assert (gap["status"], gap["closed"]) == ("partial", None)
    assert gap["reason"] == "disclosed by Privacy Policy for GB only"
    assert case.state("affiliate", "Privacy Policy")["since"] == "2025-11-04T00:35:00Z"
    assert case.state("affiliate", "Privacy Policy", "2025-05-01")["state"] == "silent"
    (narrowed,) = case.events("Privacy Policy", "gap-narrowed")
    assert (narrowed["at"], narrowed["actor"]) == ("2025-11-04T00:35:00Z", "affiliate")


@pytest.mark.parametrize("actor", ["service", "affiliate"])
def test_the_terms_are_silent_throughout(case: Case, actor: str) -> None:
    for at in ("2024-09-11", "2024-09-18", "2024-10-01", "2024-11-21", "2025-12-01", None):
        assert case.state(actor, "Terms of Service", at)["state"] == "silent", at


def test_the_new_terms_were_announced_62_days_ahead_and_changed_nothing_about_training(case: Case) -> None:
    """62: from 19 September, when the banner was first seen, to 20 November.  It is dated 18 September at the
    earliest by the policy that changed with it, which would make 63; what is counted is what was seen."""
    assert case.state("affiliate", "Terms of Service", "2024-09-18")["pending"] is None
    pending = case.state("affiliate", "Terms of Service", "2024-10-01")["pending"]
    assert pending["effective"] == "2024-11-20"
    (announced,) = case.events("Terms of Service", "change-announced", day="2024")
    assert announced["at"] == "2024-09-19T00:32:13Z"
    assert (announced["effective"], announced["notice_days"]) == ("2024-11-20", 62)
    (arrived,) = case.events("Terms of Service", "change-arrived", day="2024")
    assert (arrived["at"][:10], arrived["effective"], arrived["notice_days"]) == ("2024-11-21", "2024-11-20", 62)
    assert [each["at"][:10] for each in case.events("Terms of Service", "change-reminder", day="2024")] == [
        "2024-10-21",
        "2024-11-13",
    ]
    assert case.gap("affiliate", "2024-11-20")["status"] == case.gap("affiliate", "2024-11-22")["status"] == "open"
    after = [row for row in case("events", "LinkedIn") if row["at"][:7] == "2024-11" and row["practice"]]
    assert "ai-training" not in {row["practice"] for row in after if row["kind"] != "change-reminder"}
    assert case.state("affiliate", "Terms of Service", "2024-11-22")["pending"] is None


def test_the_exempt_regions_are_listed_and_their_end_is_told(case: Case) -> None:
    for actor in ("service", "affiliate"):
        listed = {
            at: set(case.gap(actor, at)["exempt"]) for at in ("2024-09-19", "2024-09-21", "2025-10-01", "2025-12-01")
        }
        assert listed["2024-09-19"] & EXEMPT == {"EU", "EEA", "CH"}
        assert listed["2024-09-21"] & EXEMPT == {"EU", "EEA", "CH", "GB"}
        assert listed["2025-10-01"] & EXEMPT == EXEMPT
        assert listed["2025-12-01"] & (EXEMPT | KEPT_OUT) == KEPT_OUT
        assert all("opt-out" in each for each in listed.values())
    (british, northern) = case.events("AI FAQ", "scope-narrowed")[:2]
    assert (british["at"][:10], british["added"]) == ("2024-09-20", ["GB"])
    assert (northern["at"][:10], northern["added"]) == ("2025-03-03", ["CA", "HK"])
    (widened,) = case.events("AI FAQ", "scope-widened")
    assert (widened["at"][:10], set(widened["removed"])) == ("2025-11-04", EXEMPT)


def test_other_texts_took_the_place_of_the_former_ones(case: Case) -> None:
    (terms,) = case.events("Terms of Service", "document-replaced")
    assert (terms["at"][:10], terms["before"], terms["quote"]) == (
        "2023-10-15",
        "LinkedIn Service Terms",
        "User Agreement",
    )
    (policy,) = case.events("Privacy Policy", "document-replaced")
    assert (policy["at"][:10], policy["quote"]) == ("2025-06-10", "LinkedIn European Regional Privacy Notice")
    gone = case.events("Privacy Policy", "practice-vanished", "practice-reversed", day="2025-06")
    assert gone == [], "no practice vanishes where another text is shown"
    actors = ("service", "affiliate")
    rows = [row for row in case("events", "LinkedIn") if row["kind"] in ("gap-opened", "gap-found")]
    begun = [row["at"][:10] for row in rows if row["practice"] == "ai-training" and row["actor"] in actors]
    training = [row for row in case("gaps", "LinkedIn") if row["practice"] == "ai-training"]
    assert len(training) == len({row["actor"] for row in training})
    assert begun == ["2024-09-11", "2024-09-11"], "no gap reopens by it"
