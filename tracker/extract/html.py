"""HTML → blocks, the way a reader sees the page.

Every walk is a loop, never a recursion, and passes each node a fixed number of times: a page may be nested a million
deep.
"""

from __future__ import annotations

import re
import warnings

from bs4 import BeautifulSoup, MarkupResemblesLocatorWarning, Tag, XMLParsedAsHTMLWarning

from tracker.config import Selection
from tracker.extract import outline
from tracker.extract.furniture import furniture
from tracker.extract.normalise import clean, says_something
from tracker.extract.outline import Place
from tracker.extract.selection import narrowed
from tracker.extract.survey import Survey, survey, walk
from tracker.model import Block, Extract

# XHTML is read as browsers read it, and a text is never taken for a file name.  Once and for all, because pages are
# read on several threads, where a filter cannot be lifted again safely.
warnings.filterwarnings("ignore", category=XMLParsedAsHTMLWarning)
warnings.filterwarnings("ignore", category=MarkupResemblesLocatorWarning)

_HEADINGS = {f"h{rank}": rank for rank in range(1, 7)}
_LISTS = frozenset({"ul", "ol", "menu", "dir", "dl"})
_ITEMS = frozenset({"li", "dd"})
_BOLD = frozenset({"b", "strong"})
_BOLD_STYLE = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.IGNORECASE)
# Elements that browsers render as blocks (HTML Living Standard, "Rendering", 15.3), headings and lists aside.
_BLOCKS = frozenset({
    *("address", "article", "aside", "blockquote", "body", "caption", "center", "details", "dialog", "div", "dt"),
    *("fieldset", "figcaption", "figure", "footer", "form", "header", "hgroup", "hr", "html", "legend", "main", "nav"),
    *("p", "pre", "search", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr"),
})  # fmt: skip
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8})*")  # RFC 5646, loosely


def read(text: str, selection: Selection) -> Extract:
    """The blocks, title and language of a page.

    :raises ExtractError: no element matches the selection, or a selector cannot be read.
    """
    page = BeautifulSoup(text.replace("\0", ""), "lxml")
    title, language = _title(page), _language(page)
    roots = narrowed(page, selection)
    seen = survey(page)
    around = frozenset[int]() if selection.select else furniture(page, seen)
    reader = _Reader(seen, not selection.select, around)
    for root in roots:
        reader.read(root)
    return Extract(tuple(reader.found), title, language)


class _Reader:
    """Turns elements into blocks.  ``whole``: the page is not narrowed down, so what frames its text is left out, and
    what stands ``around`` it."""

    def __init__(self, seen: Survey, whole: bool, around: frozenset[int]) -> None:
        self.seen = seen
        self.whole = whole
        self.around = around
        self.found: list[Block] = []
        self.place = Place()
        self.text: list[str] = []
        self.all_bold = True  # whether all text since the last block is bold
        self.bold = 0  # how many open elements make it so
        self.pre = 0
        self.main = 0  # open main and article elements
        self.rank: int | None = None  # of the open heading
        self.summary = False
        self.depth = 0  # of open lists
        self.items: list[bool] = []  # per open item: whether its own text was already read
        self.unfolded: list[Place] = []  # per open details element: the place it stands in
        self.header = ""  # header row of the open table

    def read(self, root: Tag) -> None:
        walk(root, self.enter, self.string, self.leave)
        self.end()

    def enter(self, tag: Tag) -> bool:
        """Whether to go into the element."""
        if self.seen.unseen(tag) or id(tag) in self.around or (self.whole and not self.main and self.seen.frames(tag)):
            return False
        name = tag.name
        if name == "br":
            self.line_break()
        elif name == "tr" and self.seen.in_data_table(tag):
            self.end()
            self.row(tag)
            return False
        elif _is_block(tag):
            self.end()
            self.open_block(tag)
        elif _is_bold(tag):
            self.bold += 1
        return True

    def open_block(self, tag: Tag) -> None:
        name = tag.name
        self.rank = _rank(tag) or self.rank
        if name in _LISTS:
            self.depth += 1
        elif name in _ITEMS:
            self.items.append(False)
            self.place = outline.inside(self.place, self.depth - 1)
        elif name in ("main", "article"):
            self.main += 1
        elif name == "pre":
            self.pre += 1
        elif name == "details":
            self.unfolded.append(self.place)
        elif name == "summary":
            self.summary = True
        elif name == "table":
            self.header = ""
        elif name == "hr":
            self.place = outline.closed(self.place)
        if _is_bold(tag):
            self.bold += 1

    def leave(self, tag: Tag) -> None:
        name = tag.name
        if _is_block(tag):
            self.end()
        if _is_bold(tag):
            self.bold -= 1
        if _rank(tag):
            self.rank = None
        elif name in _LISTS:
            self.depth -= 1
        elif name in _ITEMS:
            self.items.pop()
        elif name in ("main", "article"):
            self.main -= 1
        elif name == "pre":
            self.pre -= 1
        elif name == "details":
            self.place = outline.closed(self.unfolded.pop())
        elif name == "summary":
            self.summary = False

    def string(self, text: str) -> None:
        if self.pre:
            first, *rest = text.split("\n")
            self.string_part(first)
            for line in rest:
                self.line_break()
                self.string_part(line)
        else:
            self.string_part(text.replace("\n", " "))

    def string_part(self, text: str) -> None:
        if text:
            self.all_bold &= self.bold > 0 or text.isspace()
            self.text.append(text)

    def line_break(self) -> None:
        """A space; a second one with nothing between ends the paragraph."""
        last = next((part for part in reversed(self.text) if part == "\n" or not part.isspace()), "")
        if last == "\n" and not self.rank:
            self.end()
        else:
            self.text.append("\n")

    def end(self) -> None:
        """What was read since the last block is a block."""
        if not self.text:
            return
        text = clean("".join(self.text))
        all_bold, self.all_bold = self.all_bold, True
        self.text = []
        if not says_something(text):
            return
        if self.rank:
            self.heading(text, self.rank)
        elif self.summary or (all_bold and not self.items and outline.looks_like_heading(text)):
            self.heading(text, None)
        elif self.items:
            self.item(text)
        else:
            block, self.place = outline.paragraph(self.place, text)
            self.found.append(block)

    def heading(self, text: str, rank: int | None) -> None:
        block, self.place = outline.heading(self.place, text, rank)
        self.found.append(block)
        if self.items:  # what follows in this item stands under the heading
            self.items[-1] = True

    def item(self, text: str) -> None:
        if self.items[-1]:
            self.place = outline.inside(self.place, self.depth)
        if self.items[-1] and self.place.items:
            block, self.place = outline.more_of_item(self.place, text)
        elif self.items[-1]:  # a heading inside the item took it over
            block, self.place = outline.paragraph(self.place, text)
        else:
            block, self.place = outline.item(self.place, text, self.depth)
        self.items[-1] = True
        self.found.append(block)

    def row(self, row: Tag) -> None:
        cells = [cell for cell in row.children if isinstance(cell, Tag) and cell.name in ("td", "th")]
        texts = [_Line(cell, self.seen) for cell in cells]
        text = " | ".join([line.text for line in texts if line.text])
        if not says_something(text):
            return
        self.found.append(outline.row(self.place, text, self.header))
        if all(line.all_bold for line in texts):
            self.header = text


class _Line:
    """All text of an element in one line; ``all_bold`` also for a header cell."""

    def __init__(self, tag: Tag, seen: Survey) -> None:
        self.seen = seen
        self.parts: list[str] = []
        self.bold = int(tag.name == "th")
        self.all_bold = True
        walk(tag, self.enter, self.string, self.leave)
        self.text = clean("".join(self.parts))

    def enter(self, tag: Tag) -> bool:
        if self.seen.unseen(tag):
            return False
        if tag.name == "br" or _is_block(tag):
            self.parts.append(" ")
        self.bold += _is_bold(tag)
        return True

    def string(self, text: str) -> None:
        self.all_bold &= self.bold > 0 or text.isspace()
        self.parts.append(text)

    def leave(self, tag: Tag) -> None:
        if _is_block(tag):
            self.parts.append(" ")
        self.bold -= _is_bold(tag)


def _is_block(tag: Tag) -> bool:
    name = tag.name
    return name in _BLOCKS or name in _LISTS or name in _ITEMS or _rank(tag) is not None


def _is_bold(tag: Tag) -> bool:
    return tag.name in _BOLD or ("style" in tag.attrs and _BOLD_STYLE.search(str(tag["style"])) is not None)


def _rank(tag: Tag) -> int | None:
    """1 to 6 for a heading, else None (WAI-ARIA 1.2: a heading without a level has the second)."""
    if tag.name in _HEADINGS:
        return _HEADINGS[tag.name]
    if tag.attrs and tag.get("role") == "heading":
        level = str(tag.get("aria-level", "2"))
        return min(max(int(level), 1), 6) if level.isdecimal() and len(level) < 4 else 2
    return None


def _title(page: BeautifulSoup) -> str | None:
    for name in ("title", "h1"):
        if (tag := page.find(name)) and (text := clean(tag.get_text())):
            return text
    return None


def _language(page: BeautifulSoup) -> str | None:
    """BCP 47; None where the page names none that could be one."""
    root = page.find("html")
    meta = page.find("meta", attrs={"http-equiv": re.compile("^content-language$", re.IGNORECASE)})
    for tag, attribute in ((root, "lang"), (root, "xml:lang"), (meta, "content")):
        value = str(tag.get(attribute, "")).strip() if tag else ""
        if _LANGUAGE.fullmatch(value):
            return value.replace("_", "-")
    return None
