"""What stands around a page's text: found by names that many tools give it, and by its build.

Recall comes first: what holds a good part of the page's text is never furniture, whatever it is called.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bs4 import Tag

from tracker.extract.survey import Survey, beginning, walk

# Names in class and id attributes: consent managers, help centre tools, site builders, front-end frameworks.
_NAMES = re.compile(
    r"(?:cookie|consent|gdpr)[-_]*(?:banner|bar|notice|pop-?up|modal|dialog|overlay|wall|manager|prompt|layer)"
    r"|\bcc-(?:window|banner)\b|breadcrumb|paginat|\bpager\b|newsletter|navbar|side-?bar|skip[-_]*(?:link|nav|to)"
    r"|(?:related|recent(?:ly)?|recommended|similar|popular|suggested)[-_]*(?:viewed)?[-_]*"
    r"(?:article|post|link|topic|stor|page)"
    r"|(?:article|page|content)[-_]*(?:vote|rating|feedback|helpful)|was[-_]*this[-_]*helpful|\bfeedback\b"
    r"|(?:share|sharing|social)[-_]*(?:button|link|icon|bar|tool|media|widget)"
    r"|(?:main|top|primary|global|mega|mobile|side|site|sub)[-_]*(?:nav|menu|bar)(?:igation)?\b"
    r"|(?:back|return)[-_]*to[-_]*top|(?:language|locale|region|country)[-_]*(?:picker|switch|select|chooser)"
    r"|search[-_]*(?:box|bar|form)|(?:^|[ _-])footer\b",
    re.IGNORECASE,
)
_MOST = 0.25  # share of the page's text: what holds more is no furniture
_HALF = 0.5
_BOX = 700  # characters: a box with two controls and less than this is a question or a form, not a text
_LINKED = 0.6  # share of links in a menu
_REGION = 0.85  # share of the page's unlinked text in the part that is its text
_YEAR = re.compile(r"\d{4}")
_AGE = 60  # characters of a line that says only how old the page is
_AGO = re.compile(
    r"\b\d+ \w+ ago\b|\bil y a \d+|\bhace \d+|\bvor \d+ (?:Sekunde|Minute|Stunde|Tag|Woche|Monat|Jahr)"
    r"|\d+ \w+ yang lalu|\bمنذ \d+",
    re.IGNORECASE,
)
_WHOLE = ("[document]", "html", "body")
_TITLES = ("h1", "h2", "h3", "h4", "h5", "h6", "summary")
_SENTENCE = 80  # characters behind a button that make it the title of what it unfolds


@dataclass(slots=True)
class _Weight:
    """Of an element with all within: characters of text, of them in links; links; buttons and fields; a title."""

    text: int = 0
    linked: int = 0
    links: int = 0
    controls: int = 0
    title: bool = False


_NOTHING = _Weight()


def furniture(page: Tag, seen: Survey) -> frozenset[int]:
    """The identities of the elements that hold no part of the page's text.

    None but buttons where they would be half of all: then the page is not built as was thought.
    """
    scales = _Scales(page, seen)
    total = scales.weights[id(page)].text
    region = _region(page, scales.weights)
    found, taken = set(scales.controls), 0

    def enter(tag: Tag) -> bool:
        weight = scales.weights.get(id(tag))
        if weight is None or id(tag) in found:
            return False
        if tag.name not in _WHOLE and _is_furniture(tag, weight, total, outside=id(tag) not in region):
            nonlocal taken
            found.add(id(tag))
            taken += weight.text
            return False
        return True

    walk(page, enter, lambda _: None, lambda _: None)
    return frozenset(found) if taken < _HALF * total else frozenset(scales.controls)


def _is_furniture(tag: Tag, weight: _Weight, total: int, *, outside: bool) -> bool:
    if weight.text > _MOST * total or weight.title:
        return False
    if weight.text < _AGE and _tells_age(tag):
        return True
    if _NAMES.search(f"{' '.join(tag.get('class') or ())} {tag.get('id', '')}"):
        return True
    if weight.controls > 1 and weight.text < _BOX:
        return True
    return outside and weight.links > 2 and weight.linked >= _LINKED * weight.text


def _tells_age(tag: Tag) -> bool:
    """Whether it says how long ago something was: that is another text at each look."""
    if tag.name == "time":
        return _YEAR.search(tag.get_text()) is None
    return tag.string is not None and _AGO.search(tag.string) is not None


def _region(page: Tag, weights: dict[int, _Weight]) -> frozenset[int]:
    """The smallest element that holds most of the unlinked text, and all within."""

    def plain(tag: Tag) -> int:
        weight = weights.get(id(tag), _NOTHING)
        return weight.text - weight.linked

    here: Tag | None = page
    found, most = page, _REGION * plain(page)
    while here is not None and plain(here) >= most:
        found = here
        here = max((each for each in here.children if isinstance(each, Tag)), key=plain, default=None)
    return frozenset(id(each) for each in (found, *found.descendants) if isinstance(each, Tag))


class _Scales:
    """Weighs every element that a reader can get to see.

    ``controls`` are buttons that do something else than to unfold what they stand in or before.
    """

    def __init__(self, page: Tag, seen: Survey) -> None:
        self.weights: dict[int, _Weight] = {}
        self.controls: set[int] = set()
        self._seen = seen
        self._open: list[_Weight] = []
        self._links = 0
        self._titles = 0
        walk(page, self._enter, self._string, self._leave)

    def _enter(self, tag: Tag) -> bool:
        if self._seen.unseen(tag):
            return False
        weight = self.weights[id(tag)] = _Weight(title=tag.name == "h1")
        self._open.append(weight)
        self._titles += tag.name in _TITLES
        if _is_link(tag):
            self._links += 1
            weight.links = 1
        elif tag.name == "input" and tag.get("type") not in ("hidden", "search"):
            weight.controls = 1
        elif _is_button(tag) and not self._titles and not _unfolds(tag):
            weight.controls = 1
            self.controls.add(id(tag))
        return True

    def _string(self, text: str) -> None:
        size = len(text.strip())
        self._open[-1].text += size
        self._open[-1].linked += size if self._links else 0

    def _leave(self, tag: Tag) -> None:
        weight = self._open.pop()
        self._links -= _is_link(tag)
        self._titles -= tag.name in _TITLES
        if self._open:
            above = self._open[-1]
            above.text += weight.text
            above.linked += weight.linked
            above.links += weight.links
            above.controls += weight.controls
            above.title |= weight.title


def _is_link(tag: Tag) -> bool:
    """A link that leads away; those within the page are its table of contents."""
    return tag.name == "a" and "href" in tag.attrs and not str(tag["href"]).startswith("#")


def _is_button(tag: Tag) -> bool:
    return tag.name == "button" or tag.get("role") == "button"


def _unfolds(tag: Tag) -> bool:
    if "aria-expanded" in tag.attrs or "aria-controls" in tag.attrs:
        return True
    following = tag.find_next_sibling()
    return following is not None and len(beginning(following)) >= _SENTENCE
