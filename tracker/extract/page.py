"""Snapshot → Extract: finds out what the bytes are, and has them read."""

from __future__ import annotations

import codecs
import re
from email.message import Message

import charset_normalizer

from tracker.config import Selection
from tracker.errors import ExtractError
from tracker.extract import html, markdown, pdf
from tracker.extract import text as plain
from tracker.model import Extract, Snapshot

_HTML = ("text/html", "application/xhtml+xml")
_MARKDOWN = ("text/markdown", "text/x-markdown")
_PDF = "application/pdf"
_UNKNOWN = ("", "application/octet-stream", "binary/octet-stream", "application/unknown")
_MARKUP = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--(?:(?!-->).)*+-->\s*+)*+<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
# HTML Living Standard, "Determining the character encoding": looked for in the first 1024 bytes; pages need more.
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w:.-]+)", re.IGNORECASE)
_META_WITHIN = 4096
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# WHATWG Encoding Standard, "Names and labels": the codecs of the web, and those that a narrower name stands for.
_WEB = re.compile(
    r"ascii|utf-8|utf-16(?:-[lb]e)?|cp125\d|cp8(?:66|74)|cp9(?:32|49)|iso8859-\d+|koi8-[ru]|gb(?:2312|k|18030)"
    r"|big5(?:hkscs)?|euc_(?:jp|kr)|shift_jis|iso2022_jp|mac-roman|tis-620"
)
_WIDER = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
_GUESSED_FROM = 50_000  # bytes that are looked at to guess a charset that nobody states: it takes long
_FOREIGN = 0.25  # share of bytes that are not ASCII, below which a text is in Latin letters
_TAG = re.compile(rb"<[^<>]*>")
_SHELL = 200  # characters: the shortest real document has 600, "please enable JavaScript" some 40 in any language
_TOO_WRONG = 0.02  # share of characters that did not decode, from which on the declared encoding is not believed


def extract(snapshot: Snapshot, selection: Selection = Selection()) -> Extract:  # noqa: B008 - frozen
    """The text of a fetched page.

    :raises ExtractError: it is of a type that holds no text we can read, the selection matches nothing, or there is
        no text on it at all.
    """
    try:
        page = _extract(snapshot, selection)
        if not page.blocks:
            raise ExtractError("the page holds no text")
    except RecursionError as error:
        message = "the page is nested deeper than can be read"
        raise ExtractError(message, document=snapshot.document, url=snapshot.final_url) from error
    except ExtractError as error:
        raise ExtractError(error.message, document=snapshot.document, url=snapshot.final_url) from error
    return page


def extract_text(text: str, media_type: str, selection: Selection = Selection()) -> Extract:  # noqa: B008 - frozen
    """The blocks of a text that is at hand as such; they may be none.

    :raises ExtractError: the type is none of HTML, Markdown and plain text, or the selection matches nothing.
    """
    kind = media_type.partition(";")[0].strip().lower()
    text = text.encode("utf-8", "replace").decode()  # no lone surrogates: no parser takes them
    if kind in _HTML or (kind in _UNKNOWN and _MARKUP.match(text)):
        return html.read(text, selection)
    if kind in _MARKDOWN:
        return Extract(markdown.blocks(text.encode("utf-8", "replace")))
    if kind.startswith("text/") or kind in _UNKNOWN:
        return Extract(plain.blocks(text))
    raise ExtractError(f"content of type {kind} holds no text that can be read")


def decode_page(snapshot: Snapshot) -> str:
    """The text of a page's source."""
    return decode(snapshot.body, _charset(snapshot))


def is_markdown(snapshot: Snapshot) -> bool:
    return _kind(snapshot) in _MARKDOWN


def is_html(snapshot: Snapshot) -> bool:
    kind = _kind(snapshot)
    return kind in _HTML or (kind in _UNKNOWN and _MARKUP.match(decode_page(snapshot)) is not None)


def is_shell(snapshot: Snapshot, selection: Selection = Selection()) -> bool:  # noqa: B008 - frozen
    """Whether a page is one that scripts would fill: it has some, and next to no text without them."""
    if b"<script" not in snapshot.body:
        return False
    try:
        blocks = extract(snapshot, selection).blocks
    except ExtractError:
        return True
    return sum([len(block.text) for block in blocks]) < _SHELL


def _extract(snapshot: Snapshot, selection: Selection) -> Extract:
    kind = _kind(snapshot)
    if kind == _PDF or (kind in _UNKNOWN and snapshot.body.startswith(b"%PDF-")):
        return pdf.read(snapshot.body)
    if (
        kind in _UNKNOWN
        and b"\0" in snapshot.body[:1024]
        and not snapshot.body.startswith(tuple(mark for mark, _ in _MARKS))
    ):
        raise ExtractError("the content is binary and of no known type")
    charset = _charset(snapshot)
    if kind in _MARKDOWN and charset in (None, "utf-8"):  # as it is: histories hold hundreds of megabytes of it
        return Extract(markdown.blocks(snapshot.body))
    return extract_text(decode(snapshot.body, charset), kind, selection)


def _kind(snapshot: Snapshot) -> str:
    return snapshot.media_type.partition(";")[0].strip().lower()


def decode(body: bytes, charset: str | None) -> str:
    """Text by, in this order: byte order mark, the charset of the HTTP header, the page's own declaration, UTF-8,
    what they look like, Windows-1252.  Bytes that do not fit become U+FFFD; it never fails."""
    declared = _META_CHARSET.search(body[:_META_WITHIN])
    own = _codec(declared[1].decode("ascii", "replace")) if declared else None
    if own and own.startswith("utf-16"):  # a declaration readable as ASCII is not in UTF-16
        own = None
    marks = [codec for mark, codec in _MARKS if body.startswith(mark)]
    stated = _codec(charset) if charset else None
    if stated and stated.startswith("utf-16") and b"\0" not in body[:_META_WITHIN]:  # no mark-up in UTF-16 is without
        stated = None
    for codec in (*marks, stated, own, "utf-8"):
        if codec:
            text = body.decode(codec, "replace")
            if text.count("\ufffd") <= _TOO_WRONG * len(text):
                return text
    return body.decode(_guess(body[:_GUESSED_FROM]), "replace")


def _guess(body: bytes) -> str:
    """Windows-1252 where most letters are ASCII (HTML Living Standard, its default), else what the bytes look like."""
    visible = _TAG.sub(b"", body)
    if sum(byte > 0x7F for byte in visible) < _FOREIGN * len(visible):
        return "cp1252"
    best = charset_normalizer.from_bytes(visible).best()
    return (best and _codec(best.encoding)) or "cp1252"


def _codec(name: str) -> str | None:
    """Python's codec for an encoding's label; None for one that the web does not know."""
    try:
        codec = codecs.lookup(name).name
    except (LookupError, ValueError):
        return None
    return _WIDER.get(codec, codec) if _WEB.fullmatch(codec) else None


def _charset(snapshot: Snapshot) -> str | None:
    message = Message()
    message["content-type"] = snapshot.header("content-type") or snapshot.media_type
    return message.get_content_charset()
