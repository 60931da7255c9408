"""`tracker detect`: the claims in any page or text."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from tracker.cli.batch import batch
from tracker.cli.context import emit, json_option
from tracker.errors import ExtractError, UsageError
from tracker.extract.page import decode, extract
from tracker.extract.passages import Passage, passages
from tracker.model import Claim, DocumentKey, Snapshot
from tracker.practices.detector import detector
from tracker.views import claims, records

TYPES = {"html": "text/html", "markdown": "text/markdown", "pdf": "application/pdf", "text": "text/plain"}
SUFFIXES = {
    ".html": "html", ".htm": "html", ".xhtml": "html", ".md": "markdown", ".markdown": "markdown", ".pdf": "pdf",
    ".txt": "text", ".text": "text",
}  # fmt: skip
PDF = b"%PDF-"  # ISO 32000-1, 7.5.2
MARKUP = re.compile(
    rb"\s*<(?:!--|(?:!doctype|\?xml|html|head|body|main|article|section|div|h[1-6]|p|ul|ol|table)\b)", re.I
)
MARKDOWN = re.compile(rb"^#{1,6} \S|\]\(https?://|^\S.*\n(?:===+|---+)\s*$|^\|?\s*:?---+:?\s*\|", re.M)
SNIFFED = 65536  # bytes


def arguments(parser: argparse.ArgumentParser, _: str) -> None:
    parser.add_argument("file", nargs="?", default="-", metavar="FILE", help="- or none: standard input")
    parser.add_argument("--type", choices=sorted(TYPES), help="what it is (default: by its name, else by its content)")
    parser.add_argument("--lang", metavar="TAG", help="its language, such as fr; that of each paragraph is recognised")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--jsonl", action="store_true", help='read {"id", "text", "lang"?, "heading"?} lines')
    how.add_argument("--explain", action="store_true", help="every rule that matched, and what stopped a near miss")
    how.add_argument("--near", action="store_true", help="sentences that may have been missed, the likeliest first")
    json_option(parser)


def run(options: argparse.Namespace) -> int:
    if options.jsonl:
        if options.type or options.lang:
            raise UsageError("--jsonl takes no --type and no --lang: each line says its own")
        return batch(options.file)
    body = content(options.file)
    kind = options.type or SUFFIXES.get(Path(options.file).suffix.lower()) or sniffed(body)
    language = known(options.lang)
    found = read(body, kind, options.file)
    if not any(char.isalpha() for passage in found for char in passage.block.text) or (
        kind == "text" and "\0" in decode(body, None)
    ):
        raise ExtractError(f"{options.file}: there is no text in it to read")
    if options.explain:
        lines, shown = reasons(found, language)
    elif options.near:
        lines, shown = misses(found, language)
    else:
        lines, shown = said(found, language)
    unread = detector().unread(passage.block for passage in found)
    if unread:
        languages = ", ".join(detector().languages)
        print(
            f"tracker: its language ({unread}) is not read: what it says is unknown; read are {languages}",
            file=sys.stderr,
        )
    if options.json:
        emit(lines)
    elif unread and not lines:
        return 0
    else:
        print(shown, end="")
    return 0


def known(tag: str | None) -> str | None:
    """The tag of a language that is read, as given.  Raises UsageError for any other."""
    languages = detector().languages
    if tag and tag.partition("-")[0].lower() not in languages:
        raise UsageError(f"--lang {tag!r}: what is read is in {', '.join(sorted(languages))}")
    return tag


def content(name: str) -> bytes:
    """A file's bytes, or those of standard input ("-").  Raises UsageError if they cannot be read."""
    if name == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise UsageError(f"{name}: cannot be read: {error.strerror}: name a file, or - for standard input") from error


def sniffed(body: bytes) -> str:
    """What the bytes look like, where no name tells."""
    head = body[:SNIFFED].removeprefix(b"\xef\xbb\xbf")
    if head.startswith(PDF):
        return "pdf"
    if MARKUP.match(head):
        return "html"
    return "markdown" if MARKDOWN.search(head) else "text"


def read(body: bytes, kind: str, name: str) -> list[Passage]:
    """The passages of plain text, in which offsets count; of anything else its blocks, each with offsets of its own."""
    if kind == "text":
        return list(passages(decode(body, None)))
    now = datetime.fromtimestamp(0, UTC)  # a page at hand was fetched at no time that matters
    page = Snapshot(DocumentKey("", name), name, name, now, 200, (), TYPES[kind], body)
    if not body.strip():
        return []
    try:
        return [Passage(block) for block in extract(page).blocks]
    except ExtractError as error:
        raise ExtractError(f"{name}: {error.message}") from error


Told = tuple[list[dict[str, object]], str]  # records, and the same as text


def said(found: Sequence[Passage], language: str | None) -> Told:
    reader = detector()
    pairs = [(passage, claim) for passage in found for claim in reader.read(passage.block, language).claims]
    lines = [record(passage, claim) for passage, claim in pairs]
    return lines, claims.listing([(passage.block, claim) for passage, claim in pairs])


def record(passage: Passage, claim: Claim) -> dict[str, object]:
    """A claim with its place: offsets count in plain text as it was given, in anything else within ``text``."""
    block, (start, end) = passage.block, passage.span(claim.start, claim.end)
    where = {"block": block.id, "headings": list(block.headings), "lead": block.lead, "text": block.text}
    return {**records.claim(claim), "start": start, "end": end, **where}


def reasons(found: Sequence[Passage], language: str | None) -> Told:
    """Every rule that matched, and what stopped it."""
    reader = detector()
    rows = [
        claims.Reason(passage.block, trace.rule, trace.practice, trace.words, trace.sentence, trace.gate)
        for passage in found
        for trace in reader.explain(passage.block, language).traces
    ]
    return [claims.reason(row) for row in rows], claims.explanation(rows)


def misses(found: Sequence[Passage], language: str | None) -> Told:
    """Sentences that may have been missed, the likeliest first."""
    near = detector().near([passage.block for passage in found], language)
    rows = [claims.Miss(each.practice, each.sentence, each.score, each.gate) for each in near]
    return [claims.miss(row) for row in rows], claims.queue(rows)
