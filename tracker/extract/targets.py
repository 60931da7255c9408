"""A page → where the links of its paragraphs lead.

Links are no part of a text that is kept. They are asked for rarely, so the page is read again, with the address
behind the words of each link; what a paragraph says without them is what it is known by.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urljoin

from bs4 import BeautifulSoup

from tracker.config import Selection
from tracker.extract.normalise import block_id
from tracker.extract.page import decode_page, extract, is_html, is_markdown
from tracker.model import Snapshot

# What stands behind the words of a link while the page is read: brackets that no page uses so, and a number.
_MARK = re.compile(r"⟦(\d+)⟧")
# A link of Markdown, images aside; its target may hold brackets in pairs, or stand between < and >.
_LINK = re.compile(r"(?<!!)\[([^\[\]]+)\]\(\s*(<[^<>\n]*>|[^\s()]+(?:\([^\s()]*\)[^\s()]*)*)")


def targets(page: Snapshot, selection: Selection = Selection()) -> Mapping[str, tuple[str, ...]]:  # noqa: B008 - frozen
    """By the id of each block with links, its text with their addresses, as often as the block stands there.

    Of what is neither HTML nor Markdown nothing is known.

    :raises ExtractError: see :func:`tracker.extract.page.extract`.
    """
    leads: list[str] = []
    if is_markdown(page):
        marked = _LINK.sub(lambda match: _marked_link(match, leads), decode_page(page))
    elif is_html(page):
        marked = _marked_page(decode_page(page), page.final_url, leads)
    else:
        return {}
    headers = (*page.headers, ("content-type", f"{page.media_type.partition(';')[0]}; charset=utf-8"))
    again = replace(page, body=marked.encode("utf-8", "replace"), headers=headers)
    found: defaultdict[str, list[str]] = defaultdict(list)
    for block in extract(again, selection).blocks:
        found[block_id(_MARK.sub("", block.text))].append(
            _MARK.sub(lambda match: f" ({leads[int(match[1])]})" if int(match[1]) < len(leads) else "", block.text)
        )
    return {block: tuple(texts) for block, texts in found.items()}


def _marked_link(match: re.Match[str], leads: list[str]) -> str:
    leads.append(match[2].strip("<>"))
    return f"[{match[1]}⟦{len(leads) - 1}⟧]({match[2]}"


def _marked_page(text: str, url: str, leads: list[str]) -> str:
    tree = BeautifulSoup(text.replace("\0", ""), "lxml")
    for link in tree.find_all("a", href=True):
        words = [string for string in link.find_all(string=True) if string.strip()]
        if words:
            try:
                leads.append(urljoin(url, str(link["href"]).strip()))
            except ValueError:  # a host in brackets that is no address (RFC 3986, 3.2.2)
                leads.append(str(link["href"]).strip())
            words[-1].insert_after(f"⟦{len(leads) - 1}⟧")
    return str(tree)
