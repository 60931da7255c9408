"""Services → the text of a configuration that tracks them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from tracker.config.settings import Document, Range, Selection, Service
from tracker.config.table import printable
from tracker.model import DocumentKey


def written(services: Iterable[Service], remarks: Mapping[DocumentKey, str] = MappingProxyType({})) -> str:
    """TOML that `load` reads back as these services; what is at its default is not written.

    ``remarks`` are comments of one line above the documents that they are about.
    """
    return "\n".join(line for service in services for line in _service(service, remarks))


def _service(service: Service, remarks: Mapping[DocumentKey, str]) -> Iterator[str]:
    yield "[[service]]"
    yield f"name = {_text(service.name)}"
    if service.homepage:
        yield f"homepage = {_text(service.homepage)}"
    yield ""
    for document in service.documents:
        if document.key in remarks:
            yield f"# {printable(remarks[document.key], 200)}"
        yield from _document(document)
        yield ""


def _document(document: Document) -> Iterator[str]:
    yield "[[service.document]]"
    yield f"name = {_text(document.key.document)}"
    yield f"kind = {_text(document.kind)}"
    yield f"url = {_text(document.urls[0])}" if len(document.urls) == 1 else f"urls = {_list(document.urls)}"
    yield from _selection(document.selection)
    if document.language:
        yield f"language = {_text(document.language)}"
    if document.fetcher != "http":
        yield f"fetcher = {_text(document.fetcher)}"
    for url, own in document.pages:
        yield "[[service.document.page]]"
        yield f"url = {_text(url)}"
        yield from _selection(own)


def _selection(selection: Selection) -> Iterator[str]:
    for key, parts in (("select", selection.select), ("remove", selection.remove)):
        if parts:
            yield f"{key} = {_list(parts)}"


def _list(parts: Sequence[str | Range]) -> str:
    return f"[{', '.join(_range(part) if isinstance(part, Range) else _text(part) for part in parts)}]"


def _range(part: Range) -> str:
    start, end = "before" if part.with_start else "after", "after" if part.with_end else "before"
    return f"{{ start_{start} = {_text(part.start)}, end_{end} = {_text(part.end)} }}"


def _text(value: str) -> str:
    """A basic string of TOML: JSON's escapes are among its own."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
