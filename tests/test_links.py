"""Where links lead: read again from the pages that are kept, and shown on request."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import storing

from tracker.cli.main import main
from tracker.diff import diff, new_text, old_text
from tracker.diff.links import with_targets
from tracker.extract.page import extract
from tracker.extract.targets import targets
from tracker.model import Block, Op, Snapshot
from tracker.store import Store

AT = (datetime(2024, 9, 1, tzinfo=UTC), datetime(2024, 9, 18, tzinfo=UTC))
PAGE = """<main><h1>Privacy Policy</h1><p>We share data with <a href="{}"><b>our partners</b></a>, as we said.</p>
<p>You can <a href="/optout">opt out</a> at any time.</p><p>{}</p></main>"""
MARKDOWN = (
    '# Policy\n\nSee [our partners](https://a.example/x_(y) "Partners") and ![logo](i.png).\n\n* [Opt out](<b c>)\n'
)


def page(text: str, media_type: str, at: datetime = AT[0]) -> Snapshot:
    return replace(storing.page(text.encode(), at), media_type=media_type)


@pytest.mark.parametrize(("text", "kind"), [(PAGE.format("https://a.example/", "Bye."), "text/html"),
                                            (MARKDOWN, "text/markdown")])  # fmt: skip
def test_every_block_of_a_page_is_known_by_its_words(text: str, kind: str) -> None:
    assert set(targets(page(text, kind))) == {block.id for block in extract(page(text, kind)).blocks}


def test_targets_stand_behind_the_words_of_their_links() -> None:
    found = targets(page(PAGE.format("/partners", "Bye."), "text/html")).values()
    assert ("We share data with our partners (https://example.org/partners), as we said.",) in found
    found = targets(page(MARKDOWN, "text/markdown")).values()
    assert ("See our partners (https://a.example/x_(y)) and .",) in found
    assert ("Opt out (b c)",) in found


def test_what_is_no_page_has_no_links() -> None:
    assert targets(page("[a](b)", "text/plain")) == {}


def test_only_links_that_lead_elsewhere_are_edits() -> None:
    texts = ["One with a link.", "Another.", "One with a link."]
    blocks = [Block(text, text) for text in texts]
    old = {"One with a link.": ("One with a link (a).", "One with a link (b)."), "Another.": ("Another.",)}
    new = {**old, "One with a link.": ("One with a link (a).", "One with a link (c).")}
    found = diff(blocks, blocks)
    assert with_targets(found, old, old) == found
    shown = with_targets(found, old, new)
    assert [(change.op, change.old) for change in shown.changes] == [(Op.EQUAL, (0, 2)), (Op.EDIT, (2, 3))]
    assert [old_text(shown).splitlines()[2], new_text(shown).splitlines()[2]] == [old["One with a link."][1],
                                                                               new["One with a link."][1]]  # fmt: skip
    assert (shown.inserted, shown.deleted) == (0, 0)


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    path = tmp_path / "tracker.db"
    with Store.open(path) as store, store.transaction():
        store.register(storing.ENTRY, AT[0])
        for at, (address, last) in zip(
            AT, (("https://a.example/", "Bye."), ("https://b.example/", "Good bye.")), strict=True
        ):
            body = page(PAGE.format(address, last), "text/html", at)
            store.add_snapshot(body)
            version = storing.version(*extract(body).blocks, at=at)
            store.add_version(replace(version, snapshots=(body.digest,)), address)
    return path


def test_a_changed_target_is_shown_on_request_only(stored: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["--db", str(stored), "diff", str(storing.POLICY)]
    assert main(command) == 0
    assert "example/" not in capsys.readouterr().out
    assert main([*command, "--links"]) == 0
    out = capsys.readouterr().out
    assert "our partners [-(https://a.example/),-] {+(https://b.example/),+} as we said." in out
    assert "opt out" not in out
    assert main([*command, "--links", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["inserted"], told["deleted"]) == (2, 1)
    assert any("https://b.example/" in text for change in told["changes"] for text in change["new_text"])


def test_what_has_no_links_is_refused(stored: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("We sell nothing.", encoding="utf-8")
    assert main(["diff", str(tmp_path / "a.txt"), str(tmp_path / "b.txt"), "--links"]) == 2
    assert main(["--db", str(stored), "diff", str(storing.POLICY), "--links", "--format", "patch"]) == 2
    assert capsys.readouterr().err.count("--links") == 2
