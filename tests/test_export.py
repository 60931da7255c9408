"""Everything as JSON Lines and CSV, for other programs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import timedelta

from desk import DISCLOSES, TRAINS, Desk, Said, help_page, policy

from tracker.cli.export import cell


def rows(desk: Desk, said: Said, *words: str) -> list[dict[str, object]]:
    said.readouterr()
    assert desk("export", *words) == 0
    return [json.loads(line) for line in said.readouterr().out.splitlines()]


def test_each_kind_as_json_lines_and_as_csv_says_the_same(
    desk: Desk, later: Callable[[timedelta], None], capsys: Said
) -> None:
    desk.usual()
    desk("check")
    desk.site["/help"] = help_page(TRAINS)
    desk("check")
    later(timedelta(hours=6))
    desk.site["/policy"] = policy(DISCLOSES)
    desk("check")
    for kind in ("events", "gaps", "claims", "versions"):
        found = rows(desk, capsys, kind)
        assert found == rows(desk, capsys, kind, "acme")
        assert desk("export", kind, "--format", "csv") == 0
        out = capsys.readouterr().out
        table = list(csv.DictReader(io.StringIO(out, newline="")))
        assert len(table) == len(found)
        assert list(table[0]) == list(found[0])
    [gap] = rows(desk, capsys, "gaps")
    assert gap["informal_document"] == "Acme/Help"
    assert "ai:ModelTraining" in gap["dpv"]  # type: ignore[operator]
    assert {row["practice"] for row in rows(desk, capsys, "claims")} == {"ai-training"}
    [first, *_] = [row for row in rows(desk, capsys, "versions") if row["document"] == "Acme/Privacy Policy"]
    assert "We collect your name" in str(first["text"])
    assert desk("export", "gaps", "Nobody") == 2


def test_a_spreadsheet_runs_nothing() -> None:
    assert cell("=HYPERLINK(1)") == "'=HYPERLINK(1)"
    assert cell(-5) == "-5"
    assert cell(None) == ""
    assert cell(["a", "ü"]) == '["a", "ü"]'
