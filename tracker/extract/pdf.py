"""PDF → blocks.  A PDF knows lines at best: paragraphs are rebuilt from where lines end."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterable, Iterator
from typing import Any

from pypdf import PdfReader

from tracker.errors import ExtractError
from tracker.extract import text as plain
from tracker.extract.normalise import clean
from tracker.model import Extract

# What pypdf warns of is either read all the same or told as an error.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)

_SENTENCE_END = re.compile(r".*[.!?:;。！？؟][\"”’)\]]*")
_HYPHENATED = re.compile(r"(?<=[^\W\d_])[\u00ad\u2010-]$")
_SHORT = 0.8  # of the longest line: a line that ends a sentence before there ends its paragraph


def read(body: bytes) -> Extract:
    """The text of all pages, with the title and language the file names.

    :raises ExtractError: it is no PDF, is damaged, or needs a password.
    """
    try:
        reader = PdfReader(io.BytesIO(body))
        if reader.is_encrypted and not reader.decrypt(""):
            raise ExtractError("the PDF needs a password")
        lines = list(_lines(page.extract_text() for page in reader.pages))
        title = clean(str((reader.metadata and reader.metadata.title) or "")) or None
        language = clean(str(_root(reader).get("/Lang", ""))) or None
    except ExtractError:
        raise
    except Exception as error:  # a damaged file makes pypdf fail in many ways beside its own errors
        raise ExtractError(f"the PDF cannot be read ({clean(str(error))[:200] or type(error).__name__})") from error
    return Extract(plain.blocks("\n".join(_paragraphs(lines))), title, language)


def _root(reader: PdfReader) -> Any:
    return reader.trailer["/Root"]


def _lines(pages: Iterable[str]) -> Iterator[str]:
    """The lines of all pages without the page numbers that stand alone at their start or end."""
    for number, page in enumerate(pages, 1):
        lines = page.splitlines()
        while lines and lines[-1].strip() in ("", str(number)):
            lines.pop()
        yield from lines[1:] if lines and lines[0].strip() == str(number) else lines


def _paragraphs(lines: list[str]) -> Iterator[str]:
    """The lines, each paragraph joined to one, with blank lines between them."""
    widest = max(map(len, lines), default=0)
    paragraph = ""
    for line in map(str.strip, lines):
        hyphen = _HYPHENATED.search(paragraph)
        if hyphen and line[:1].islower():
            paragraph = paragraph[: hyphen.start()] + line
        else:
            paragraph = f"{paragraph} {line}".strip()
        if not line or (len(line) < _SHORT * widest and (_SENTENCE_END.fullmatch(line) or len(line) < widest / 2)):
            yield from (paragraph, "")
            paragraph = ""
    yield paragraph
