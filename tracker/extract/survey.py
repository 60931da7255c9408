"""One walk over a page that finds what can only be known of an element from elsewhere on the page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from bs4 import Tag
from bs4.element import NavigableString, PageElement

_NOT_TEXT = frozenset({
    *("script", "style", "noscript", "template", "svg", "iframe", "object", "embed", "canvas", "audio", "video", "map"),
    *("title", "select", "datalist", "textarea", "progress", "meter"),
})  # fmt: skip
_FRAMES = frozenset({"nav", "header", "footer", "aside", "dialog", "search"})
_FRAME_ROLES = frozenset({
    *("navigation", "banner", "contentinfo", "complementary", "search", "dialog", "alertdialog"),
})  # fmt: skip
# The containers in which the widespread consent managers (OneTrust, Cookiebot, Usercentrics, Didomi, Quantcast,
# TrustArc, Sourcepoint, Osano) put their banner.
_CONSENT = frozenset({
    *("onetrust-consent-sdk", "cybotcookiebotdialog", "usercentrics-root", "didomi-host", "qc-cmp2-container"),
    *("truste-consent-track", "sp_message_container", "osano-cm-window"),
})  # fmt: skip
_TITLES = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "button", "summary", "dt"})
_TITLE = 200  # characters that a title has at most
_LOOK = 100  # elements and strings looked at within a neighbour
_MAIN = frozenset({"main", "article", "h1"})
_HIDDEN_STYLE = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Survey:
    """Elements by their identity: those that are or hold the page's main part, the tables with columns of data.
    ``unfoldable`` are the ids of elements that some control shows and hides."""

    holds_main: frozenset[int]
    data_tables: frozenset[int]
    unfoldable: frozenset[str]

    def unseen(self, tag: Tag) -> bool:
        """Whether a reader cannot get to see the element: no text, or hidden with nothing to unfold it by."""
        return tag.name in _NOT_TEXT or (_hidden(tag) and not self._can_be_shown(tag))

    def frames(self, tag: Tag) -> bool:
        """Whether it frames the page's text: navigation, banner, footer, consent dialog."""
        if id(tag) in self.holds_main:
            return False
        identity = str(tag.get("id", "")).lower()
        return tag.name in _FRAMES or str(tag.get("role", "")).lower() in _FRAME_ROLES or identity in _CONSENT

    def in_data_table(self, tag: Tag) -> bool:
        """Whether a row belongs to a table of data, not one used for layout."""
        table = tag.parent
        while table is not None and table.name in ("tbody", "thead", "tfoot"):
            table = table.parent
        return table is not None and id(table) in self.data_tables

    def _can_be_shown(self, tag: Tag) -> bool:
        # A dialog in front of the page hides the page itself from screen readers (aria-hidden), text and all.
        shows_on_demand = str(tag.get("id", "")) in self.unfoldable or tag.get("role") in ("region", "tabpanel")
        return (
            shows_on_demand
            or _follows_title(tag)
            or (id(tag) in self.holds_main and tag.get("aria-hidden") is not None)
        )


def survey(page: Tag) -> Survey:
    surveyor = _Surveyor()
    walk(page, surveyor.enter, _ignore, surveyor.leave)
    return Survey(
        holds_main=frozenset(surveyor.holds_main),
        data_tables=frozenset(surveyor.with_columns - surveyor.for_layout),
        unfoldable=frozenset(surveyor.unfoldable),
    )


def walk(root: Tag, enter: Callable[[Tag], bool], string: Callable[[str], None], leave: Callable[[Tag], None]) -> None:
    """Calls ``enter`` and ``leave`` around each element's content; what ``enter`` says False to is passed over.

    Only text counts as string: no comments, scripts, style sheets, ruby annotations.
    """
    open_tags: list[tuple[Tag, Iterator[PageElement]]] = []
    if enter(root):
        open_tags.append((root, iter(root.contents)))
    while open_tags:
        tag, children = open_tags[-1]
        for child in children:
            if isinstance(child, Tag):
                if enter(child):
                    open_tags.append((child, iter(child.contents)))
                    break
            elif type(child) is NavigableString:
                string(child)
        else:
            open_tags.pop()
            leave(tag)


class _Surveyor:
    def __init__(self) -> None:
        self.open: list[Tag] = []
        self.tables: list[Tag] = []
        self.holds_main: set[int] = set()
        self.with_columns: set[int] = set()
        self.for_layout: set[int] = set()
        self.unfoldable: set[str] = set()

    def enter(self, tag: Tag) -> bool:
        self.open.append(tag)
        if tag.name in _MAIN:
            for above in reversed(self.open):
                if id(above) in self.holds_main:
                    break
                self.holds_main.add(id(above))
        elif tag.name == "table":
            if self.tables:  # a table that holds one lays out
                self.for_layout.add(id(self.tables[-1]))
            if tag.get("role") in ("presentation", "none"):
                self.for_layout.add(id(tag))
            self.tables.append(tag)
        elif tag.name == "tr" and self.tables and len(tag.find_all(["td", "th"], recursive=False, limit=2)) == 2:
            self.with_columns.add(id(self.tables[-1]))
        if "aria-controls" in tag.attrs:
            self.unfoldable.update(str(tag["aria-controls"]).split())
        return True

    def leave(self, tag: Tag) -> None:
        self.open.pop()
        if tag.name == "table":
            self.tables.pop()


def beginning(tag: Tag) -> str:
    """Its first text, as far as need be to tell a title from more; of a page that hides it deep, nothing."""
    strings = (each.strip() for each in islice(tag.descendants, _LOOK) if isinstance(each, NavigableString))
    return " ".join(filter(None, strings))


def _follows_title(tag: Tag) -> bool:
    """Whether it stands right behind a short title or button, as what an accordion folds away does."""
    before = tag.find_previous_sibling()
    if before is None:
        return False
    names = {before.name, *(each.name for each in islice(before.descendants, _LOOK) if isinstance(each, Tag))}
    return not names.isdisjoint(_TITLES) and len(beginning(before)) < _TITLE


def _hidden(tag: Tag) -> bool:
    attributes = tag.attrs
    if not attributes:
        return False
    if "hidden" in attributes and attributes["hidden"] != "until-found":
        return True
    return attributes.get("aria-hidden") == "true" or _HIDDEN_STYLE.search(str(attributes.get("style", ""))) is not None


def _ignore(_: str) -> None:
    """For a walk that looks at elements only."""
