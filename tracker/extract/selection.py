"""A page and what is to be taken of it → the elements that hold its text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString, PageElement
from soupsieve import SelectorSyntaxError

from tracker.config import Range, Selection
from tracker.errors import ExtractError
from tracker.extract.survey import walk


def narrowed(page: BeautifulSoup, selection: Selection) -> list[Tag]:
    """Drops from the page what is to be removed; gives the selected elements in its order, none inside another.

    The whole page where nothing is selected, or a range is: then all text outside of what is selected is dropped.
    :raises ExtractError: nothing matches, or a selector cannot be read.
    """
    for part in selection.remove:
        for element in list(_found(page, part)):
            element.extract()
    if not any(isinstance(part, Range) for part in selection.select):
        return _roots(page, [str(part) for part in selection.select])
    kept: set[int] = set()
    for part in selection.select:
        for element in _found(page, part):
            kept.add(id(element))
            kept.update(map(id, element.descendants if isinstance(element, Tag) else ()))
    if not kept:
        raise _nothing(selection.select)
    for text in [each for each in page.descendants if isinstance(each, NavigableString) and id(each) not in kept]:
        text.extract()
    return [page]


def _roots(page: BeautifulSoup, selectors: list[str]) -> list[Tag]:
    if not selectors:
        return [page]
    wanted = {id(tag) for selector in selectors for tag in _select(page, selector)}
    if not wanted:
        raise _nothing(selectors)
    roots: list[Tag] = []

    def enter(tag: Tag) -> bool:
        if id(tag) in wanted:
            roots.append(tag)
        return id(tag) not in wanted

    walk(page, enter, lambda _: None, lambda _: None)
    return roots


def _found(page: BeautifulSoup, part: str | Range) -> Iterable[PageElement]:
    return _between(page, part) if isinstance(part, Range) else _select(page, part)


def _between(page: BeautifulSoup, part: Range) -> Iterator[PageElement]:
    """What of a range has no element of its own around it: its ends, as far as they belong to it, and the texts
    between; nothing where one of the ends is missing."""
    start = next(iter(_select(page, part.start)), None)
    if start is None:
        return
    inner, ends = {id(each) for each in start.descendants}, {id(tag) for tag in _select(page, part.end)}
    texts: list[PageElement] = []
    for each in start.next_elements:
        if id(each) in inner:
            continue
        if id(each) in ends:
            yield from ([start, *texts] if part.with_start else texts)
            if part.with_end:
                yield each
            return
        if isinstance(each, NavigableString):
            texts.append(each)


def _select(page: BeautifulSoup, selector: str) -> list[Tag]:
    try:
        return list(page.select(selector))
    except SelectorSyntaxError as error:
        raise ExtractError(f"the selector {selector!r} cannot be read: {str(error).splitlines()[0]}") from error


def _nothing(parts: Iterable[str | Range]) -> ExtractError:
    names = [f"{part.start} … {part.end}" if isinstance(part, Range) else part for part in parts]
    return ExtractError(f"nothing on the page matches {', '.join(map(repr, names))}: check `select`")
