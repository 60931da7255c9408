"""Plain text → blocks: paragraphs between blank lines, items after a bullet."""

from __future__ import annotations

import re

from tracker.extract import outline
from tracker.extract.normalise import clean, says_something
from tracker.extract.outline import Place
from tracker.model import Block

_BULLET = re.compile(r"[-*+•●○▪◦‣·–](?:\s+|$)")
_NUMBER = re.compile(r"\(?(?:\d{1,3}(?:\.\d{1,3})*|[a-zA-Z])[.)]\s")
_UNDERLINE = re.compile(r"([=\-_*~])\1{2,}")
_WRAPPED = 160  # characters; a text with longer lines is not wrapped by hand, each of its lines is a paragraph


def blocks(text: str) -> tuple[Block, ...]:
    reader = Reader()
    reader.read(text)
    return tuple(reader.found)


class Reader:
    """Reads one text after the other into ``found``; ``place`` is where the next block stands."""

    def __init__(self) -> None:
        self.found: list[Block] = []
        self.place = Place()
        self.lines: list[str] = []
        self.indent = 0
        self.bullet = False

    def read(self, text: str) -> None:
        for line in text.expandtabs(4).splitlines():
            self.line(line)
        self.end()

    def line(self, line: str) -> None:
        stripped = line.strip()
        indent = len(line) - len(line.lstrip())
        if not stripped or _UNDERLINE.fullmatch(stripped):
            self.end()
        elif bullet := _BULLET.match(stripped):
            self.end()
            self.bullet, self.indent, self.lines = True, indent, [stripped[bullet.end() :]]
        else:
            if _NUMBER.match(stripped) or (self.lines and max(len(stripped), len(self.lines[-1])) > _WRAPPED):
                self.end()
            if not self.lines:
                self.indent = indent
            self.lines.append(stripped)

    def end(self) -> None:
        text = clean(" ".join(self.lines))
        bullet, self.bullet, self.lines = self.bullet, False, []
        if not says_something(text):
            return
        if bullet:
            block, self.place = outline.item(self.place, text, self.indent)
        elif self.place.items and self.indent > self.place.items[-1].indent:
            block, self.place = outline.more_of_item(self.place, text)
        else:
            block, self.place = outline.paragraph(self.place, text)
        self.found.append(block)
