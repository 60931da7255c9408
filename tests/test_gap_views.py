"""Gaps, practices and events as a person reads them on terminals of any width."""

from __future__ import annotations

from dataclasses import replace

import pytest
from gap_histories import SAYS, SILENT_POLICY, claim, coming, day, document, helps, service

from tracker.cli.main import main
from tracker.gaps import assess
from tracker.model import Assessment, Kind, OptOut, Severity
from tracker.views import gaps, practices, tables

NOW = day("2024-12-01")
LONG = "We use what you post, like, write, say and look at to train our generative AI models, " * 3


@pytest.fixture(scope="module")
def found() -> Assessment:
    said = (claim(LONG, except_regions=("EU",), opt_out=OptOut(True, "on", False)),)
    policy = document("Privacy Policy", Kind.PRIVACY, ("2024-01-01", ()), ("2024-05-01", (*SAYS, claim(practice="x"))))
    terms = document("Terms", Kind.TERMS, ("2024-01-01", (claim(practice="x"),)), ("2024-06-01", ()),
                     ("2024-11-01", (), {"notices": (coming("2025-01-01"),)}))  # fmt: skip
    others = [document(f"Notice {number}", Kind.OTHER, ("2024-01-01", SAYS)) for number in range(8)]
    page = helps(("2024-01-02", ()), ("2024-03-01", said))
    weights = {"ai-training": Severity.CRITICAL, "x": Severity.HIGH}
    return assess(service(page, policy, terms, *others), NOW, weights)


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("colour", [False, True])
def test_everything_fits_the_terminal(found: Assessment, width: int, colour: bool) -> None:
    shown = (
        gaps.listing(found.gaps, NOW, colour=colour, width=width)
        + practices.matrix(found.ledger, colour=colour, width=width)
        + tables.events(found.events, colour=colour, width=width)
    )
    assert ("\x1b[" in shown) is colour
    if not colour:
        assert max(len(line) for line in shown.splitlines()) <= max(width, 80)


def test_a_gap_is_told_with_both_quotations_side_by_side(found: Assessment) -> None:
    shown = gaps.listing(found.gaps, NOW, width=120).splitlines()
    assert shown[:3] == [
        "LinkedIn: ai-training by the service itself · CLOSED   [low]",
        "  opened 2024-03-01 · closed 2024-05-01 by Privacy Policy · 61 days late",
        "  disclosed",
    ]
    both = next(line for line in shown if "Help says since 2024-03-01" in line)
    assert "Privacy Policy discloses since 2024-05-01" in both
    assert any("“We use what you post" in line and SAYS[0].quote in line for line in shown)
    assert any("Terms silent since 2024-01-01; a new text is announced" in line for line in shown)
    assert "  left out: EU · an opt-out is offered" in shown


def test_a_row_names_its_service_and_breaks_no_word(found: Assessment) -> None:
    [gap] = found.gaps
    rows = [replace(gap, practice="targeted-advertising", service=name) for name in ("Acme", "Other Company")]
    for width in (80, 100):
        words = gaps.table(rows, width=width).split()
        assert {"Acme", "Other", "Company", "targeted-advertising", "itself", "2024-05-01", "Policy"} <= set(words)


def test_an_open_gap_says_for_how_long() -> None:
    policy = document("Policy", Kind.PRIVACY, ("2024-01-01", ()))
    shown = gaps.listing(assess(service(helps(), policy), NOW).gaps, NOW)
    assert "opened 2024-03-01 · open for 275 days" in shown


def test_the_matrix_parts_where_documents_do_not_fit_and_tells_what_is_said_no_more(found: Assessment) -> None:
    wide, narrow = (practices.matrix(found.ledger, width=width) for width in (160, 60))
    assert (wide.count("practice "), narrow.count("practice ") > 2) == (1, True)
    head = wide.splitlines()[1:4]
    assert "Help" in "".join(head) and "(help)" in "".join(head)
    assert {"2024-05-01 to", "2024-06-01"} <= {" ".join(part.split()) for part in wide.replace("–", "\n").split("\n")}
    assert "and no more.\nunknown: what it says now" in wide


def test_a_denial_in_part_that_still_stands_is_shown_as_such() -> None:
    narrow = (claim(denies=True, only_audiences=("minors",)),)
    then = document("Help", Kind.HELP, ("2024-01-01", ()), ("2024-03-01", narrow))
    gone = document("Blog", Kind.BLOG, ("2024-01-01", narrow), ("2024-03-01", ()))
    shown = practices.matrix(assess(service(then, gone, SILENT_POLICY), NOW).ledger, width=160)
    assert "denies in part" in shown
    assert "2024-01-01 to " in shown


@pytest.mark.parametrize(
    "words",
    [
        ("gaps", "LinkedIn", "more"),
        ("gaps", "--until", "2030-01-01"),
        ("gaps", "ack", "some", "--until", "2020-01-01"),
        ("practices", "LinkedIn", "more"),
        ("events", "LinkedIn", "more"),
        ("claims", "list", "more"),
        ("claims", "restore"),
        ("evidence", "one", "more"),
        ("rebuild", "more"),
    ],
)
def test_words_too_many_are_a_mistake_told_in_one_line(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    monkeypatch.chdir(str(tmp_path))
    try:
        code: object = main(["--db", "none.db", *words])
    except SystemExit as leaving:
        code = leaving.code
    said = capsys.readouterr()
    assert (code, said.out, said.err.count("\n")) == (2, "", 1)
