"""Where in a text a block stands: the headings above it and what introduces it.

A :class:`Place` is never changed; each function takes one with a text and gives the block there and the next place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tracker.extract.normalise import block_id
from tracker.model import Block, BlockKind

_BELOW_ALL = 7  # the rank of a bold line that acts as a heading: under every real one (HTML has six)
_LEAD = 600  # characters of a lead that are kept: a sentence, not a page without a full stop
_DEPTH = 12  # nested lists whose items are remembered; deeper, the outermost are forgotten
_HEADING_WORDS = 16  # a longer bold line is a sentence somebody wanted seen
_LAST_SENTENCE = re.compile(r".*[.!?。！？؟…][\"”’)\]]*\s+(?=[^\s\u0061-\u007a\u00df-\u00ff])", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Item:
    """An open list item: how far it is indented (in the source's own measure), its depth from 1, its list's lead, the
    end of its text."""

    indent: int
    level: int
    lead: str
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """``headings`` are the open headings with their ``ranks``, ``lead`` what would introduce a list that starts here,
    ``items`` the open list items, outermost first.  Places compare by identity, which makes them fast keys."""

    headings: tuple[str, ...] = ()
    ranks: tuple[int, ...] = ()
    lead: str = ""
    items: tuple[Item, ...] = ()


def looks_like_heading(text: str) -> bool:
    """Whether a line that is all bold is a heading rather than a sentence in bold."""
    return not text.endswith((".", ";", ",", "!", "…", "。")) and text.count(" ") < _HEADING_WORDS


def heading(place: Place, text: str, rank: int | None) -> tuple[Block, Place]:
    """``rank`` is 1 to 6; None for a bold line or a question to unfold: under the current real heading."""
    depth = len(place.ranks)
    while depth and place.ranks[depth - 1] >= (rank or _BELOW_ALL):
        depth -= 1
    headings, ranks = place.headings[:depth], place.ranks[:depth]
    level = rank or min(6, 1 + (ranks[-1] if ranks else 0))
    block = Block(block_id(text), text, BlockKind.HEADING, headings, level=level)
    lead = text[-_LEAD:] if text.endswith((":", "：")) else ""
    return block, Place((*headings, text), (*ranks, rank or _BELOW_ALL), lead)


def paragraph(place: Place, text: str) -> tuple[Block, Place]:
    block = Block(block_id(text), text, headings=place.headings)
    return block, Place(place.headings, place.ranks, _last_sentence(text))


def item(place: Place, text: str, indent: int) -> tuple[Block, Place]:
    """A list item; items at least as far indented as this one end."""
    above = tuple([entry for entry in place.items if entry.indent < indent])
    return _item(place, above, text, indent)


def more_of_item(place: Place, text: str) -> tuple[Block, Place]:
    """A further paragraph of the innermost open item (there must be one)."""
    return _item(place, place.items[:-1], text, place.items[-1].indent)


def row(place: Place, text: str, header: str) -> Block:
    """A table row under its ``header`` row ("" if there is none)."""
    return Block(block_id(text), text, BlockKind.ROW, place.headings, header[:_LEAD])


def inside(place: Place, indent: int) -> Place:
    """Where only the items up to this indent are still open."""
    if not place.items or place.items[-1].indent <= indent:
        return place
    return Place(
        place.headings, place.ranks, place.lead, tuple([open_ for open_ in place.items if open_.indent <= indent])
    )


def closed(place: Place) -> Place:
    """After a table or a rule: no list is open, nothing introduces the next one."""
    return Place(place.headings, place.ranks)


def _item(place: Place, above: tuple[Item, ...], text: str, indent: int) -> tuple[Block, Place]:
    lead, level = place.lead, 1
    if above:
        lead, level = f"{above[-1].lead[-_LEAD:]} {above[-1].text}".strip(), above[-1].level + 1
    block = Block(block_id(text), text, BlockKind.ITEM, place.headings, lead, level)
    items = (*above[1 - _DEPTH :], Item(indent, level, lead, text[-_LEAD:]))
    return block, Place(place.headings, place.ranks, place.lead, items)


def _last_sentence(text: str) -> str:
    tail = text[-_LEAD:]
    before = _LAST_SENTENCE.match(tail)
    return tail[before.end() :] if before else tail
