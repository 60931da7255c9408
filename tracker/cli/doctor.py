"""`tracker doctor`: tries every document once, shows what was read and what looks wrong; writes nothing."""

from __future__ import annotations

import argparse
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from tracker.cli.check import chosen
from tracker.cli.context import clock, count, watching
from tracker.config import Document
from tracker.errors import ExtractError, FetchError
from tracker.extract.page import extract, is_shell
from tracker.extract.suspicion import suspicion
from tracker.fetch import RENDERED_BY, HttpFetcher, PageRequest
from tracker.model import BlockKind, Extract, Snapshot
from tracker.pipeline.work import Answers, Task, gather
from tracker.practices.detector import detector
from tracker.views.terminal import safe

FEW = 100  # words: fewer are seldom a whole document
SHOWN = 200  # characters of the first and last paragraph that are shown


def arguments(parser: argparse.ArgumentParser, _: str) -> None:
    parser.add_argument("names", nargs="*", metavar="SERVICE[/DOCUMENT]", help="only these (default: all)")


def run(options: argparse.Namespace) -> int:
    config = watching(options)
    documents = chosen(config, options.names)
    stop, wrong = threading.Event(), 0
    fetcher, executor = HttpFetcher(config.fetch, clock, stop), ThreadPoolExecutor(config.fetch.workers)
    try:
        tried = executor.map(lambda document: gather(task(document), fetcher.fetch), documents)
        for document, answers in zip(documents, tried, strict=True):
            findings = list(problems(document, answers))
            wrong += bool(findings)
            print("\n".join(safe(line) for line in report(document, answers, findings)), end="\n\n")
    finally:
        stop.set()
        executor.shutdown(cancel_futures=True)
        fetcher.close()
    looks = "looks" if wrong == 1 else "look"
    print(f"{count(len(documents), 'document')} tried: {wrong} {looks} wrong. Nothing was written.")
    return 1 if wrong else 0


def task(document: Document) -> Task:
    """Asks for everything anew."""
    return Task(
        document,
        tuple(
            PageRequest(
                document.key, url, allow_private=document.allow_private, robots=document.robots == "obey",
                language=document.language, browser=document.fetcher == "browser",
            )
            for url in document.urls
        ),
    )  # fmt: skip


def report(document: Document, answers: Answers, findings: list[str]) -> Iterator[str]:
    """What was fetched and read, then what looks wrong."""
    yield f"{document.key} ({document.kind})"
    for url, answer in answers:
        if not isinstance(answer, Snapshot):
            continue
        drawn = f", drawn by {answer.header(RENDERED_BY)}" if answer.header(RENDERED_BY) else ""
        yield f"  {url}: {answer.status}, {answer.media_type}, {len(answer.body):,} bytes{drawn}"
        text = read(document, answer)
        if isinstance(text, Extract):
            headings = sum(block.kind is BlockKind.HEADING for block in text.blocks)
            yield f"    “{text.title or 'no title'}”"
            yield f"    {words(text)} words in {len(text.blocks)} blocks, {headings} headings"
            yield f"    from: {text.blocks[0].text[:SHOWN]}"
            yield f"    to:   {text.blocks[-1].text[:SHOWN]}"
    yield from (f"  ! {finding}" for finding in findings)


def problems(document: Document, answers: Answers) -> Iterator[str]:
    if document.robots == "ignore":
        yield "robots.txt is left aside: only with the site's permission"
    for url, answer in answers:
        if isinstance(answer, FetchError):
            yield f"{url}: {answer.message}"
        elif isinstance(answer, Snapshot) and not (document.links and url == document.urls[0]):
            yield from (f"{url}: {each}" for each in doubts(document, answer))


def doubts(document: Document, page: Snapshot) -> Iterator[str]:
    text = read(document, page)
    if is_shell(page, document.selection_of(page.url)) and not page.header(RENDERED_BY):
        yield 'an empty shell that scripts fill: set fetcher = "auto"'
    elif isinstance(text, ExtractError):
        yield text.message
    elif words(text) < FEW:
        yield f"only {words(text)} words: is it the whole document?"
    if isinstance(text, Extract) and (unread := detector().unread(text.blocks)):
        yield f"its language ({unread}) is not read: what it says stays unknown"
    if (hint := suspicion(page)) and isinstance(text, Extract) and words(text) < 3 * FEW:
        yield f"perhaps something else in its place: {hint}"
    if urlsplit(page.url)[1:3] != urlsplit(page.final_url)[1:3]:
        yield f"it moved: set the address to {page.final_url}"
    if isinstance(text, Extract) and text.language and document.language:
        said, meant = (each.replace("_", "-").partition("-")[0].lower() for each in (text.language, document.language))
        if said != meant:
            yield f"it says it is in {text.language}, not {document.language}"


def read(document: Document, page: Snapshot) -> Extract | ExtractError:
    try:
        return extract(page, document.selection_of(page.url))
    except ExtractError as error:
        return error


def words(text: Extract) -> int:
    return sum(len(block.text.split()) for block in text.blocks)
