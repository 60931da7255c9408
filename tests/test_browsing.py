"""The browser that other tests look at pages with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from website import Website

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.long


def test_a_tab_shows_a_page_with_its_scripts_run(tab: Page, site: Website) -> None:
    site["/"] = "<h1>Privacy</h1><script>document.querySelector('h1').append(' policy')</script>"
    tab.goto(site.url("/"))
    assert tab.locator("h1").inner_text() == "Privacy policy"
