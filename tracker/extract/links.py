"""An index page → the addresses that it leads to."""

from __future__ import annotations

from urllib.parse import urldefrag, urljoin

from bs4 import BeautifulSoup, Tag

from tracker.errors import ExtractError
from tracker.extract.page import decode_page
from tracker.model import Snapshot


def links(page: Snapshot, selector: str, limit: int) -> tuple[str, ...]:
    """The web addresses that what a CSS selector finds leads to: links, or all links within.

    In the order of the page, each once, without fragments, at most ``limit``.
    :raises ExtractError: there are none, which an index page never means.
    """
    tree = BeautifulSoup(decode_page(page), "lxml")
    base = tree.find("base", href=True)
    root = urljoin(page.final_url, str(base["href"])) if base else page.final_url
    found: dict[str, None] = {}
    for tag in tree.select(selector):
        for link in [tag] if tag.name == "a" else tag.find_all("a"):
            if isinstance(link, Tag) and (url := _address(root, str(link.get("href", "")))):
                found[url] = None
    if not found:
        raise ExtractError(
            f"nothing on the page that {selector!r} finds leads anywhere: check `links`",
            document=page.document,
            url=page.final_url,
        )
    return tuple(found)[:limit]


def _address(root: str, target: str) -> str | None:
    try:
        url = urldefrag(urljoin(root, target.strip())).url
    except ValueError:
        return None
    return url if target.strip() and url.startswith(("http://", "https://")) else None
