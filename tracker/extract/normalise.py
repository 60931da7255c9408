"""What of a text counts: as it is shown and quoted, and as it is compared."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from tracker.model import Block, BlockKind

# Characters no reader sees, by their place in the Unicode charts: controls (white space among them is collapsed
# instead), soft hyphen, bidirectional marks, embeddings and isolates, zero-width space and word joiner, Hangul
# fillers, interlinear and tag characters, private use (icon fonts), surrogates.  The joiners U+200C and U+200D stay:
# Persian and Indic scripts and emoji are spelt with them.
UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ud800-\udfff\ue000-\uf8ff\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e007f\U000f0000-\U0010ffff]"
)
_BULLET = re.compile(r"(?:[•●○▪■◦‣·∙]\s*|[*+–—-]\s+)+")
_MARKS = re.compile(r"[*_\\\u200c\u200d\ufe0e\ufe0f]+")
_SINGLE_QUOTES = re.compile("[‘’‚‛′`´]")
_DOUBLE_QUOTES = re.compile("[“”„‟″«»]")
_DASHES = re.compile("[‐‑‒–—―−]")
_BETWEEN_DIGITS = re.compile(r"(?<=\d) (?=\d)")
_NOT_BETWEEN_DIGITS = re.compile(r"(?<!\d) | (?!\d)")
_WORD = re.compile(r"[^\W_]")


def clean(text: str) -> str:
    """A text as it is shown and quoted: NFC, what no reader sees left out, each run of white space one space."""
    text = " ".join(text.split())
    if not text.isprintable():
        text = " ".join(UNSEEN.sub("", text).split())
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def says_something(text: str) -> bool:
    """Whether there is a letter or digit in it; a lone bullet or rule says nothing."""
    return _WORD.search(text) is not None


@lru_cache(maxsize=1 << 14)  # texts of one document, or of a few
def block_id(text: str) -> str:
    """The hash (BLAKE2b, 128 bits, hexadecimal) of what makes two blocks say the same.

    Set aside: compatibility forms (NFKC), leading bullets, marks of Markdown, the shape of quotation marks and
    dashes, joiners, and white space but for that between two digits.  Case, digits and dates always count.
    """
    return hashlib.blake2b(_essence(text).encode("utf-8", "replace"), digest_size=16).hexdigest()


def fingerprint(blocks: Iterable[Block]) -> str:
    """The identity (BLAKE2b, 128 bits, hexadecimal) of a whole text; two texts of one fingerprint are one version.

    The order of the items of a list, and of the rows of a table, is set aside; what introduces them is not: an item
    that goes from "You may" to "You may not" makes another text.
    """
    return hashlib.blake2b("".join(_ordered(blocks)).encode(), digest_size=16).hexdigest()


def _essence(text: str) -> str:
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
        text = _DASHES.sub("-", _DOUBLE_QUOTES.sub('"', _SINGLE_QUOTES.sub("'", text)))
    if bullet := _BULLET.match(text):
        text = text[bullet.end() :]
    text = " ".join(_MARKS.sub("", text).split())
    return _NOT_BETWEEN_DIGITS.sub("", text) if _BETWEEN_DIGITS.search(text) else text.replace(" ", "")


def _ordered(blocks: Iterable[Block]) -> list[str]:
    ordered: list[str] = []
    run: list[str] = []
    for block in blocks:
        if block.kind is BlockKind.ITEM or block.kind is BlockKind.ROW:
            run.append(block_id(block.lead) + block.id if block.lead else block.id)
        else:
            if run:
                ordered += sorted(run)
                run = []
            ordered.append(block.id)
    return ordered + sorted(run)
