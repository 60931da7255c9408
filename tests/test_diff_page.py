"""The page of a diff in a browser: on a phone, on a desktop, in the dark, on paper, and from right to left."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tracker.diff import diff
from tracker.extract.page import extract_text
from tracker.views import exports

if TYPE_CHECKING:
    from playwright.sync_api import Page as Tab

pytestmark = pytest.mark.long

OLD = """# سياسة الخصوصية

نحتفظ ببياناتك لمدة 12 شهرًا بعد إغلاق الحساب.

We keep the averyveryverylongwordthatnolineofanyphonecouldeverholdwithoutbreakingitsomewhereinthemiddle of it.
"""
NEW = f"{OLD.replace('12', '24').replace('keep', 'sell')}\nنستخدم منشوراتك لتدريب نماذج الذكاء الاصطناعي.\n"


@pytest.fixture
def address(tmp_path: Path) -> str:
    sides = [extract_text(text, "text/markdown").blocks for text in (OLD, NEW)]
    path = tmp_path / "diff.html"
    path.write_text(exports.html(diff(*sides), "Policy"), encoding="utf-8")
    return path.as_uri()


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_it_fits_every_width(width: int, address: str, tab: Tab) -> None:
    tab.set_viewport_size({"width": width, "height": 800})
    tab.goto(address)
    assert tab.evaluate("document.documentElement.scrollWidth") <= width


def test_it_heeds_the_colour_scheme(address: str, tab: Tab) -> None:
    grounds = set()
    for scheme in ("light", "dark"):
        tab.emulate_media(color_scheme=scheme)
        tab.goto(address)
        grounds.add(tab.evaluate("getComputedStyle(document.querySelector('ins')).backgroundColor"))
    assert len(grounds) == 2


def test_arabic_runs_from_right_to_left_and_english_does_not(address: str, tab: Tab) -> None:
    tab.goto(address)
    assert [tab.evaluate(f"getComputedStyle(document.getElementById('c{n}')).direction") for n in (1, 2, 3)] == [
        "rtl",
        "ltr",
        "rtl",
    ]


def test_a_reader_can_walk_from_change_to_change(address: str, tab: Tab) -> None:
    tab.goto(address)
    tab.click("a[aria-label='the next change'] >> nth=0")
    assert tab.url.endswith("#c2")
    assert tab.evaluate("document.querySelector(':target').id") == "c2"


def test_paper_shows_the_changes_and_no_links(address: str, tab: Tab) -> None:
    tab.emulate_media(media="print")
    tab.goto(address)
    assert not tab.is_visible(".place >> nth=0")
    assert tab.is_visible("ins >> nth=0")
