"""Open Terms Archive declarations become a configuration that tracks the same pages."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from tracker.cli.main import main
from tracker.config import Range, Selection, load
from tracker.extract.page import extract_text
from tracker.model import DocumentKey, Kind

BUNDLED = Path(__file__).parents[2] / "shared" / "data" / "ota" / "declarations"
SERVICE = {
    "name": "Acme",
    "terms": {
        "Privacy Policy": {
            "fetch": "https://acme.example/privacy#top",
            "select": [{"startBefore": "h1", "endBefore": "footer"}, ".more"],
            "remove": "img",
            "filter": ["cleanUrls", "mendTables"],
            "executeClientScripts": True,
        },
        "Terms of Service": {
            "select": "main",
            "combine": [
                {"fetch": "https://acme.example/terms/1"},
                {"fetch": "https://acme.example/terms/2", "remove": ["nav", "p:::x"]},
            ],
        },
        "Pet Rules": {"fetch": "https://acme.example/pets", "select": "body"},
        "Nothing": {"select": "body"},
    },
}

Said = pytest.CaptureFixture[str]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "declarations").mkdir()
    (tmp_path / "declarations" / "Acme.json").write_text(json.dumps(SERVICE))
    (tmp_path / "declarations" / "Acme.history.json").write_text("{}")
    return tmp_path / "declarations"


def test_a_declaration_becomes_a_configuration(folder: Path, tmp_path: Path, capsys: Said) -> None:
    assert main(["import", "declarations", str(folder)]) == 0
    told = capsys.readouterr()
    config = tmp_path / "config.toml"
    config.write_text(told.out)
    [service] = load(config, None).services
    privacy, terms, pets = service.documents
    assert (privacy.key, privacy.kind, privacy.fetcher) == (
        DocumentKey("Acme", "Privacy Policy"),
        Kind.PRIVACY,
        "browser",
    )
    assert privacy.urls == ("https://acme.example/privacy",)
    assert privacy.selection == Selection((Range("h1", "footer"), ".more"), ("img",))
    assert terms.urls == ("https://acme.example/terms/1", "https://acme.example/terms/2")
    assert [terms.selection_of(url) for url in terms.urls] == [
        Selection(("main",)), Selection(("main",), ("nav",)),
    ]  # fmt: skip
    assert pets.kind is Kind.OTHER
    for lost in ("cleanUrls", "mendTables", "p:::x", "Pet Rules", "Nothing"):
        assert lost in told.err, lost


def test_what_is_no_declaration_is_said(tmp_path: Path, capsys: Said) -> None:
    assert main(["import", "declarations", str(tmp_path)]) == 1
    (tmp_path / "A.json").write_text("[1, 2")
    assert main(["import", "declarations", str(tmp_path)]) == 1
    (tmp_path / "A.json").write_text('{"name": "../evil", "terms": {}}')
    assert main(["import", "declarations", str(tmp_path)]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 3


@pytest.mark.skipif(not BUNDLED.is_dir(), reason="the declarations in ../shared/data/ota are not there")
def test_the_bundled_declarations_import_whole(tmp_path: Path, capsys: Said) -> None:
    assert main(["import", "declarations", str(BUNDLED)]) == 0
    told = capsys.readouterr()
    (tmp_path / "config.toml").write_text(told.out)
    found = {s.name: s for s in load(tmp_path / "config.toml", None).services}
    filters: Counter[str] = Counter()
    for path in BUNDLED.glob("*.json"):
        if path.name.endswith(".history.json"):
            continue
        declared = json.loads(path.read_text())
        documents = {d.key.document: d for d in found[declared["name"]].documents} if declared["terms"] else {}
        for name, terms in declared["terms"].items():
            pages = terms.get("combine", [terms])
            assert len(documents[name].urls) == len({page["fetch"].partition("#")[0] for page in pages}), name
            filters.update(
                {
                    f"{declared['name']}/{name}: the filter {each} "
                    for p in [terms, *pages]
                    for each in p.get("filter", [])
                }
            )
    assert filters
    assert all(told.err.count(line) == 1 for line in filters)


def test_ranges_are_taken_as_declared() -> None:
    page = """<p>before</p><div><h1>Title</h1><p>one</p></div><p>two</p><footer><p>end</p></footer><p>after</p>"""

    def texts(*select: str | Range, remove: tuple[str | Range, ...] = ()) -> list[str]:
        return [block.text for block in extract_text(page, "text/html", Selection(select, remove)).blocks]

    assert texts(Range("h1", "footer")) == ["Title", "one", "two"]
    assert texts(Range("h1", "footer", with_start=False)) == ["one", "two"]
    assert texts(Range("h1", "footer", with_end=True)) == ["Title", "one", "two", "end"]
    assert texts(Range("h1", "footer", with_start=False), "body > p:first-child") == ["before", "one", "two"]
    assert texts(remove=(Range("h1", "footer"),)) == ["before", "after"]
    assert texts(remove=(Range("h1", ".missing"),)) == texts()
