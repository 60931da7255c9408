"""What is done for one document: plain data in, plain data out.  No database, no clock; any executor may run it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self

from tracker.config import Document
from tracker.errors import ExtractError, FetchError
from tracker.extract import Verdict, extract, fingerprint, judge
from tracker.fetch import PageRequest
from tracker.model import Extract, NotModified, Snapshot

PLAUSIBLE = Verdict(plausible=True)
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


@dataclass(frozen=True, slots=True)
class Text:
    """What the pages of one document say together.

    ``fingerprint`` is equal for texts that say the same.  ``verdict`` tells whether it is the document at all.
    ``former`` is the text that stood before as we read its pages today: where it differs from what was stored, our
    reading has changed; None: there was none.
    """

    extract: Extract
    fingerprint: str
    verdict: Verdict = PLAUSIBLE
    former: Text | None = None

    @classmethod
    def of(cls, parts: Sequence[Extract], verdict: Verdict = PLAUSIBLE, former: Text | None = None) -> Self:
        """Several pages as one text, in the order of their addresses; title and language are the first one's."""
        blocks = tuple(block for part in parts for block in part.blocks)
        whole = Extract(blocks, parts[0].title, parts[0].language)
        return cls(whole, fingerprint(blocks), verdict, former)


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


def read(
    document: Document, pages: Sequence[Snapshot], former: Sequence[Snapshot], stood: timedelta = timedelta()
) -> Text:
    """The text of a document from its pages, each judged against the one that stood at its address before.

    A page that is implausible makes the whole text so: half a policy is not a policy.  ``stood`` is how long every
    check has found these very pages.
    Raises ExtractError if a page cannot be read.
    """
    before = {page.url: extracted for page in former if (extracted := readable(document, page))}
    parts = [extract(page, document.selection) for page in pages]
    verdicts = [
        judge(part.blocks, before[page.url].blocks if page.url in before else None, stood=stood)
        for page, part in zip(pages, parts, strict=True)
    ]
    verdict = next((found for found in verdicts if not found.plausible), PLAUSIBLE)
    whole = len(before) == len(former) > 0
    return Text.of(parts, verdict, Text.of([before[page.url] for page in former]) if whole else None)


def readable(document: Document, page: Snapshot) -> Extract | None:
    """A page that was read before, as we read it today; None if today's selection finds nothing in it."""
    try:
        return extract(page, document.selection)
    except ExtractError:
        return None
