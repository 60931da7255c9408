"""Open Terms Archive declarations → services to track (https://docs.opentermsarchive.org, "Declarations").

One JSON file is one service: for each terms type an address or several (``combine``), CSS selectors and ranges of what
to select and remove, JavaScript filters, and whether scripts have to run first.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag

from tracker.config import Document, Range, Selection, Service, values
from tracker.errors import HistoryError
from tracker.history.ota import kind_of
from tracker.model import DocumentKey, Kind

_STARTS, _ENDS = ("startBefore", "startAfter"), ("endBefore", "endAfter")
_ASIDE = (".history.json", ".filters.json")
_KNOWN = {"fetch", "select", "remove", "filter", "combine", "executeClientScripts"}
# Filters that only change the targets of links, which are no part of a text here.
_OF_LINKS = ("cleanUrls", "removeTrackingIDs", "removeLinks")


@dataclass(slots=True)
class Declarations:
    """What a folder declares; ``notes`` has a line for each thing that has no equivalent here."""

    services: tuple[Service, ...] = ()
    notes: list[str] = field(default_factory=list)


def read(folder: Path, services: Collection[str] = ()) -> Declarations:
    """The declarations of a folder; ``services``: only of these, by their exact names.  Histories are left aside.

    Raises HistoryError if there are none, or a file is no declaration.
    """
    paths = [path for path in sorted(folder.glob("*.json")) if not path.name.endswith(_ASIDE)]
    if not paths:
        raise HistoryError(f"{folder}: holds no declarations: name the folder with the files SERVICE.json")
    found = Declarations()
    for path in paths:
        declared = _load(path)
        if not services or declared["name"] in services:
            found.services += _service(declared, found.notes)
    return found


def _load(path: Path) -> dict[str, Any]:
    try:
        declared = json.loads(path.read_text(encoding="utf-8"))
        values.name(declared["name"])
        if not all(isinstance(each, dict) for each in declared.get("terms", {}).values()):
            raise ValueError("its terms are no objects")
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise HistoryError(f"{path}: is no declaration of a service: {type(error).__name__}: {error}") from error
    return dict(declared)


def _service(declared: dict[str, Any], notes: list[str]) -> tuple[Service, ...]:
    name = declared["name"]
    documents = []
    for terms_type, terms in declared.get("terms", {}).items():
        key = DocumentKey(name, terms_type.replace("/", "-"))
        document = _Reader(key, notes).document(terms_type, terms)
        documents += [document] if document else []
    if not documents:
        notes.append(f"{name}: declares no document that can be tracked: left out")
        return ()
    return (Service(name, tuple(documents)),)


class _Reader:
    """Reads one document, noting what is lost."""

    def __init__(self, key: DocumentKey, notes: list[str]) -> None:
        self._key = key
        self._notes = notes

    def document(self, terms_type: str, terms: dict[str, Any]) -> Document | None:
        """None where it declares no address."""
        pages = [{**terms, **page} for page in terms.get("combine", [terms])]
        addresses: dict[str, Selection] = {}
        for page in pages:
            url = self._read(values.url, urldefrag(str(page.get("fetch", ""))).url, "fetch")
            if url in addresses:
                self._note(f"{url} is declared twice: taken as declared last")
            if url:
                addresses[url] = Selection(tuple(self._parts(page, "select")), tuple(self._parts(page, "remove")))
        self._note_what_is_lost(pages)
        if not addresses:
            self._note("has no address: left out")
            return None
        kind = kind_of(terms_type)
        if kind is None:
            self._note(f'the terms type {terms_type!r} is not known: taken as kind "other"')
        usual = next(iter(addresses.values()))
        return Document(
            self._key,
            kind or Kind.OTHER,
            tuple(addresses),
            usual,
            fetcher="browser" if any(page.get("executeClientScripts") for page in pages) else "http",
            pages=tuple((url, own) for url, own in addresses.items() if own != usual),
        )

    def _note_what_is_lost(self, pages: list[dict[str, Any]]) -> None:
        for odd in sorted({key for page in pages for key in page} - _KNOWN):
            self._note(f"the key {odd!r} is not known")
        for name in dict.fromkeys(str(each) for page in pages for each in page.get("filter", [])):
            if name in _OF_LINKS:
                self._note(f"the filter {name} is not needed: where links lead is no part of a text here")
            else:
                self._note(f"the filter {name} is JavaScript and has no equivalent: use `remove` if it is missed")

    def _parts(self, page: dict[str, Any], key: str) -> Iterator[str | Range]:
        declared = page.get(key) or []
        for part in dict.fromkeys(map(json.dumps, declared if isinstance(declared, list) else [declared])):
            if found := self._read(_part, json.loads(part), key):
                yield found

    def _read(self, read: Callable[[Any], Any], value: object, key: str) -> Any:
        try:
            return read(value)
        except ValueError as error:
            self._note(f"{key} {value!r} was left out: it {error}")
        return None

    def _note(self, text: str) -> None:
        self._notes.append(f"{self._key}: {text}")


def _part(value: object) -> str | Range:
    if not isinstance(value, dict):
        return values.selector(value)
    start, end = (next((key for key in keys if key in value), None) for keys in (_STARTS, _ENDS))
    if start is None or end is None:
        raise ValueError("needs a start and an end")
    return Range(values.selector(value[start]), values.selector(value[end]), start == "startBefore", end == "endAfter")
