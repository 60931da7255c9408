"""`tracker detect --jsonl`: many texts, one JSON object a line."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from tracker.cli.context import emit
from tracker.errors import UsageError
from tracker.extract.passages import passages
from tracker.practices.detector import Detector, detector
from tracker.views import records


@dataclass(frozen=True, slots=True)
class Request:
    """A text to be read.  ``id`` is given back as it came; ``language`` is a prior, None where none is given."""

    id: str | int | float
    text: str
    language: str | None
    headings: tuple[str, ...]


def batch(name: str) -> int:
    """Reads a file's lines ("-": standard input) and writes one for each, in their order.

    A line that is no request is named on standard error, and the others go on; returns 1 then.
    """
    try:
        source = nullcontext(sys.stdin.buffer) if name == "-" else Path(name).open("rb")  # noqa: SIM115 - closed below
    except OSError as error:
        raise UsageError(f"{name}: cannot be read: {error.strerror}: name a file, or - for standard input") from error
    with source as lines:
        return answer(lines)


def answer(lines: Iterable[bytes]) -> int:
    reader, failed = detector(), False
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            asked = request(line)
        except (ValueError, RecursionError) as error:
            failed = True
            reason = "it is nested too deeply" if isinstance(error, RecursionError) else error
            print(f"tracker: line {number}: {reason}", file=sys.stderr)
            continue
        emit([read(reader, asked)])
    return 1 if failed else 0


def request(line: bytes) -> Request:
    """Raises ValueError, which says what would be right."""
    try:
        given = json.loads(line.decode("utf-8-sig"), parse_constant=refuse)
    except UnicodeDecodeError as error:
        raise ValueError(f"not UTF-8 at byte {error.start + 1}") from error
    except ValueError as error:
        raise ValueError(f"not JSON: {error}") from error
    if not isinstance(given, dict):
        raise ValueError('not an object: write {"id": "…", "text": "…"}')
    identity, text, language, heading = (given.get(key) for key in ("id", "text", "lang", "heading"))
    if isinstance(identity, bool) or not isinstance(identity, str | int | float):
        raise ValueError('"id" must be text or a number')
    if not isinstance(text, str):
        raise ValueError('"text" must be text')
    if not isinstance(language, str | None):
        raise ValueError('"lang" must be a language tag such as "en"')
    headings = [heading] if isinstance(heading, str) else heading or []
    if not isinstance(headings, list) or not all(isinstance(each, str) for each in headings):
        raise ValueError('"heading" must be text or a list of texts, the outermost first')
    return Request(identity, text, language or None, tuple(each for each in headings if each.strip()))


def refuse(constant: str) -> object:
    raise ValueError(f"{constant} is no number of JSON (RFC 8259, section 6)")


def read(reader: Detector, asked: Request) -> dict[str, object]:
    """What a text says.  ``lang`` is the language that it was read in, else the one given, else None."""
    language: str | None = None
    claims: list[dict[str, object]] = []
    for passage in passages(asked.text, asked.headings):
        found = reader.read(passage.block, asked.language)
        language = language or found.language
        for claim in found.claims:
            start, end = passage.span(claim.start, claim.end)
            claims.append({**records.claim(claim), "quote": asked.text[start:end], "start": start, "end": end})
    return {"id": asked.id, "lang": language or asked.language, "claims": claims}
