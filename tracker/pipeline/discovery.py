"""A service's address → its documents: from the links of its home page, its site map, and usual paths."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from urllib.parse import urljoin, urlsplit

from tracker.config import Document, Service
from tracker.errors import ExtractError, FetchError
from tracker.extract.candidates import WELL_KNOWN, Candidate, candidates, hubs, kind_of_title, listed
from tracker.extract.page import decode_page, extract
from tracker.fetch import PageRequest
from tracker.model import DocumentKey, Kind, NotModified, Snapshot

Fetch = Callable[[PageRequest], Snapshot | NotModified]

_HUBS = 3  # pages that gather the others, which are looked at
_SITE_MAPS = 3
_LISTED = 5_000  # addresses of a site map that are looked at
_TRIED = 4  # addresses of a kind that are fetched at most
_KEPT = {Kind.AI_NOTICE: 3, Kind.HELP: 3}  # documents of a kind; of the others one
_SHORTEST = 400  # characters of a document
_LOC = re.compile(r"<loc>\s*([^<\s]+)\s*</loc>")


@dataclass(frozen=True, slots=True)
class Found:
    """``confidence`` is from 0 to 1, ``why`` says in a line what it rests on."""

    document: Document
    confidence: float
    why: str


class Discovery:
    """Looks for the documents of one service; ``allow_private`` as for a document."""

    def __init__(self, fetch: Fetch, *, allow_private: bool = False) -> None:
        self._fetch = fetch
        self._private = allow_private
        self._key = DocumentKey("discover", "page")

    def run(self, address: str) -> tuple[Service, tuple[Found, ...]]:
        """The service with all that was found, the most certain first.  Raises FetchError if its page cannot be had."""
        home = self._page(address)
        if home is None:
            raise FetchError("did not change: try again", url=address)
        name = service_name(home)
        found = tuple(self._confirmed(name, self._candidates(home)))
        root = f"{urlsplit(home.final_url).scheme}://{urlsplit(home.final_url).netloc}"
        return Service(name, tuple(each.document for each in found), homepage=root), found

    def _candidates(self, home: Snapshot) -> Iterator[Candidate]:
        yield from candidates(home)
        for url in hubs(home)[:_HUBS]:
            if hub := self._try(url):
                yield from candidates(hub)
        for url in self._site_map(home.final_url):
            if candidate := listed(url, "stands in the site map"):
                yield candidate
        for path in WELL_KNOWN:
            if candidate := listed(urljoin(home.final_url, path), "a usual address"):
                yield candidate

    def _site_map(self, home: str) -> Iterator[str]:
        waiting, count = [urljoin(home, "/sitemap.xml")], 0
        for _ in range(_SITE_MAPS):
            page = self._try(waiting.pop(0)) if waiting else None
            for url in _LOC.findall(decode_page(page)) if page else ():
                count += 1
                if url.endswith(".xml"):
                    waiting.append(url)
                elif count <= _LISTED:
                    yield url

    def _confirmed(self, service: str, every: Iterable[Candidate]) -> Iterator[Found]:
        """The best of each kind, each looked at once: its title decides."""
        ranked = sorted(unique(every), key=lambda each: -each.confidence)
        seen: set[str] = set()
        for kind in (Kind.PRIVACY, Kind.TERMS, Kind.COOKIES, Kind.AI_NOTICE, Kind.HELP):
            kept = 0
            for candidate in [each for each in ranked if each.kind is kind][:_TRIED]:
                if kept < _KEPT.get(kind, 1) and (found := self._look(service, candidate, seen)):
                    kept += 1
                    number = f" {kept}" if kept > 1 else ""
                    yield replace(found, document=_named(found.document, number))

    def _look(self, service: str, candidate: Candidate, seen: set[str]) -> Found | None:
        page = self._try(candidate.url)
        if page is None or page.final_url in seen:
            return None
        try:
            text = extract(page)
        except ExtractError:
            return None
        heading = next((block.text for block in text.blocks if block.level), "")
        agrees = candidate.kind in (kind_of_title(text.title or ""), kind_of_title(heading))
        if sum(len(block.text) for block in text.blocks) < _SHORTEST and candidate.kind is not Kind.HELP:
            return None
        if not agrees and candidate.confidence < 0.5:
            return None
        seen.add(page.final_url)
        key = DocumentKey(service, candidate.name)
        document = Document(key, candidate.kind, (page.final_url,), language=text.language, allow_private=self._private)
        confidence = min(0.95, candidate.confidence + (0.25 if agrees else -0.1))
        return Found(document, confidence, candidate.why + (", its title agrees" if agrees else ", its title does not"))

    def _try(self, url: str) -> Snapshot | None:
        try:
            return self._page(url)
        except FetchError:
            return None

    def _page(self, url: str) -> Snapshot | None:
        page = self._fetch(PageRequest(self._key, url, allow_private=self._private))
        return page if isinstance(page, Snapshot) else None


def unique(every: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """Each address once, as what speaks for it most."""
    best: dict[tuple[Kind, str], Candidate] = {}
    for each in every:
        former = best.get((each.kind, each.url))
        if former is None or former.confidence < each.confidence:
            best[(each.kind, each.url)] = each
    return tuple(best.values())


def service_name(home: Snapshot) -> str:
    """By what the page calls its site, else by its domain."""
    said = re.search(r"<meta[^>]+og:site_name[^>]+content=[\"']([^\"'<>/]{1,60})[\"']", decode_page(home))
    if said and said[1].strip() and said[1].isprintable():
        return said[1].strip()
    labels = (urlsplit(home.final_url).hostname or "service").removeprefix("www.").split(".")
    return labels[-2 if len(labels) > 1 and not labels[-1].isdigit() else 0].capitalize()


def _named(document: Document, number: str) -> Document:
    return replace(document, key=DocumentKey(document.key.service, document.key.document + number))
