"""What is done for one document: plain data in, plain data out.  No database, no clock; any executor may run it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache, partial
from importlib.resources import files

from tracker.config import Document, Selection
from tracker.errors import ExtractError, FetchError, fault
from tracker.extract.links import links
from tracker.extract.page import extract, is_shell
from tracker.extract.plausibility import Verdict, judge
from tracker.extract.suspicion import suspicion
from tracker.fetch import PageRequest
from tracker.model import Extract, NotModified, Snapshot
from tracker.pipeline.text import PLAUSIBLE, Text

Answer = Snapshot | NotModified | FetchError
Answers = tuple[tuple[str, Answer], ...]  # each with the address that was asked


@dataclass(frozen=True, slots=True)
class Task:
    """One document to look at: ``requests`` for its addresses, ``known`` for pages that its index led to before."""

    document: Document
    requests: tuple[PageRequest, ...]
    known: tuple[PageRequest, ...] = ()

    @property
    def url(self) -> str:
        """The first address, by which documents are interleaved between hosts."""
        return self.requests[0].url


def gather(task: Task, fetch: Callable[[PageRequest], Snapshot | NotModified]) -> Answers:
    """The answers of all the document's addresses, in their order; a failure is an answer too.

    An index page comes first, then the pages that it leads to.  All bear the time of the first: one check of a
    document is one moment, by which its pages are found together.
    """
    waiting = list(task.requests)
    answers: list[tuple[str, Answer]] = []
    at: datetime | None = None
    while waiting:
        request = waiting.pop(0)
        try:
            answer = _look(task.document, request, fetch)
            if task.document.links and not answers and isinstance(answer, Snapshot):
                waiting = _pages(task, answer)
        except (FetchError, ExtractError) as error:
            failure = FetchError(error.message, document=error.document, url=error.url)
            answers.append((request.url, error if isinstance(error, FetchError) else failure))
            continue
        except Exception as error:  # a fault of ours, or of a library: one document's failure, not the round's
            failure = FetchError(fault(error), document=task.document.key, url=request.url)
            failure.__cause__ = error
            answers.append((request.url, failure))
            continue
        at = at or answer.fetched_at
        answers.append((request.url, replace(answer, fetched_at=at)))
    return tuple(answers)


def _look(
    document: Document, request: PageRequest, fetch: Callable[[PageRequest], Snapshot | NotModified]
) -> Snapshot | NotModified:
    """The page; as a browser draws it where the document allows that and there is nothing to read without one."""
    answer = fetch(request)
    if document.fetcher == "auto" and not request.browser and isinstance(answer, Snapshot):
        selection = Selection() if document.links else document.selection_of(request.url)
        if is_shell(answer, selection):
            return fetch(replace(request, browser=True))
    return answer


def _pages(task: Task, index: Snapshot) -> list[PageRequest]:
    known = {request.url: request for request in task.known}
    asked = replace(task.requests[0], etag=None, last_modified=None)
    return [known.get(url, replace(asked, url=url)) for url in pages_of_index(task.document, index)]


def pages_of_index(document: Document, index: Snapshot) -> tuple[str, ...]:
    """The addresses of a document's pages by its index.  Raises ExtractError if it leads nowhere."""
    return tuple(url for url in links(index, document.links or "a", document.limit) if url != index.url)


def read(document: Document, pages: Sequence[Snapshot], before: Mapping[str, Extract], stood: timedelta) -> Text:
    """The text of a document from its pages, each judged against what its address showed ``before``.

    A page that is implausible makes the whole text so: half a policy is not a policy.  ``stood`` is how long every
    check has found these very pages.
    Raises ExtractError if a page cannot be read.
    """
    parts = [extract(page, document.selection_of(page.url)) for page in pages]
    binding = document.kind.binding and len(pages) == 1
    return Text.of(
        parts, next(filter(_implausible, map(partial(_judge, binding, before, stood), pages, parts)), PLAUSIBLE)
    )


def _judge(binding: bool, before: Mapping[str, Extract], stood: timedelta, page: Snapshot, part: Extract) -> Verdict:
    former = before.get(page.url)
    verdict = judge(
        part.blocks,
        former.blocks if former else None,
        stood=stood,
        language=part.language,
        expected=former.language if former else None,
        hint=suspicion(page),
        binding=binding,
    )
    return verdict if len(before) < 2 else replace(verdict, reason=verdict.reason and f"{page.url}: {verdict.reason}")


def _implausible(verdict: Verdict) -> bool:
    return not verdict.plausible


def read_before(document: Document, pages: Iterable[Snapshot]) -> dict[str, Extract]:
    """Pages that were read before as we read them today, by address, without those in which we find nothing now."""
    found: dict[str, Extract] = {}
    for page in pages:
        with suppress(ExtractError):
            found[page.url] = extract(page, document.selection_of(page.url))
    return found


def recipe(document: Document) -> str:
    """What identifies the way a document's pages are read: addresses, selections and the code of the extraction."""
    own = [f"{url} {selection}" for url, selection in document.pages]
    parts = (*map("\0".join, (document.urls, *_words(document.selection))), *own, _extraction())
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _words(selection: Selection) -> tuple[list[str], list[str]]:
    return [str(part) for part in selection.select], [str(part) for part in selection.remove]


@cache
def _extraction() -> str:
    code = sorted((file.name, file.read_bytes()) for file in files("tracker.extract").iterdir() if file.is_file())
    return hashlib.sha256(b"".join(body for _, body in code)).hexdigest()
