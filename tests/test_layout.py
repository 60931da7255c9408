"""The house: imports point down, siblings do not know each other, files and functions stay small."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "tracker"
FLOORS = {
    "errors": 0, "model": 0,
    "config": 1, "gate": 1,
    "fetch": 2, "extract": 2, "store": 2, "diff": 2, "practices": 2, "gaps": 2, "alerts": 2, "history": 2, "views": 2,
    "pipeline": 3,
    "schedule": 4, "demo": 4,
    "cli": 5,
}  # fmt: skip
MODULES = sorted(PACKAGE.rglob("*.py"))


def room(path: Path) -> str:
    """The stage that a file belongs to: the first name below the package."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported_rooms(tree: ast.AST) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module)
            names |= {f"{node.module}.{alias.name}" for alias in node.names if node.module == "tracker"}
    return {name.split(".")[1] for name in names if name.startswith("tracker.")} - {"__version__"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_down(path: Path) -> None:
    here = room(path)
    if here == "__init__":
        return
    for other in imported_rooms(ast.parse(path.read_text(encoding="utf-8"))):
        assert other in FLOORS, f"{other} stands on no floor"
        assert other == here or FLOORS[other] < FLOORS[here], f"{here} may not import {other}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_deferred_import_below_the_command_line(path: Path) -> None:
    if room(path) == "cli":
        return  # commands are loaded when called, so that --help starts fast
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            inner = [n for n in ast.walk(node) if isinstance(n, ast.Import | ast.ImportFrom)]
            assert not inner, f"{node.name} imports inside its body"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_files_and_functions_are_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 320
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            size = (node.end_lineno or node.lineno) - node.lineno + 1
            assert size <= 45, f"{node.name} has {size} lines"


def test_the_top_level_holds_nothing_else() -> None:
    known = {
        "pyproject.toml", "tracker", "snapshots", "tests", "config.toml", "README.md", "benchmarks", "docs",
        "CHANGELOG.md", "LICENSE", "CONTRIBUTING.md", "justfile",
    }  # fmt: skip
    found = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}
    assert found - known == set()
