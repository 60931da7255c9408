"""What is done for one document: plain data in, plain data out.  No database, no clock; any executor may run it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files

from tracker.config import Document
from tracker.errors import ExtractError, FetchError
from tracker.extract.page import extract
from tracker.extract.plausibility import judge
from tracker.fetch import PageRequest
from tracker.model import Extract, NotModified, Snapshot
from tracker.pipeline.text import PLAUSIBLE, Text

Answer = Snapshot | NotModified | FetchError


@dataclass(frozen=True, slots=True)
class Task:
    """One document to look at."""

    document: Document
    requests: tuple[PageRequest, ...]

    @property
    def url(self) -> str:
        """The first address, by which documents are interleaved between hosts."""
        return self.requests[0].url


def gather(task: Task, fetch: Callable[[PageRequest], Snapshot | NotModified]) -> tuple[Answer, ...]:
    """The answers of all the document's addresses, in their order; a failure is an answer too.

    All bear the time of the first: one check of a document is one moment, by which its pages are found together.
    """
    answers: list[Answer] = []
    at: datetime | None = None
    for request in task.requests:
        try:
            answer = fetch(request)
        except FetchError as error:
            answers.append(error)
            continue
        at = at or answer.fetched_at
        answers.append(replace(answer, fetched_at=at))
    return tuple(answers)


def read(document: Document, pages: Sequence[Snapshot], before: Mapping[str, Extract], stood: timedelta) -> Text:
    """The text of a document from its pages, each judged against what its address showed ``before``.

    A page that is implausible makes the whole text so: half a policy is not a policy.  ``stood`` is how long every
    check has found these very pages.
    Raises ExtractError if a page cannot be read.
    """
    parts = [extract(page, document.selection) for page in pages]
    verdicts = [
        judge(part.blocks, before[page.url].blocks if page.url in before else None, stood=stood)
        for page, part in zip(pages, parts, strict=True)
    ]
    return Text.of(parts, next((found for found in verdicts if not found.plausible), PLAUSIBLE))


def read_before(document: Document, pages: Iterable[Snapshot]) -> dict[str, Extract]:
    """Pages that were read before as we read them today, by address, without those in which we find nothing now."""
    found: dict[str, Extract] = {}
    for page in pages:
        with suppress(ExtractError):
            found[page.url] = extract(page, document.selection)
    return found


def recipe(document: Document) -> str:
    """What identifies the way a document's pages are read: its selection and the code of the extraction."""
    parts = ("\0".join(document.selection.select), "\0".join(document.selection.remove), _extraction())
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


@cache
def _extraction() -> str:
    code = sorted((file.name, file.read_bytes()) for file in files("tracker.extract").iterdir() if file.is_file())
    return hashlib.sha256(b"".join(body for _, body in code)).hexdigest()
