"""Links and addresses → which of them may lead to a service's documents, in the six languages that are read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from bs4 import BeautifulSoup

from tracker.extract.normalise import clean
from tracker.extract.page import decode_page
from tracker.model import Kind, Snapshot

# How pages are called in links and titles: English, French, Spanish, German, Arabic, Indonesian.  The more special
# stand first: a "cookie policy" is no privacy policy, and what an AI help page says of privacy makes it none.
_TITLES: tuple[tuple[Kind, str, str], ...] = (
    (Kind.COOKIES, "Cookie Policy", r"\bcookies?\b|\bkuki\b|ملفات تعريف الارتباط"),
    (Kind.AI_NOTICE, "AI", r"\b(?-i:AI|IA|KI)\b|artificial intelligence|intelligence artificielle"
     r"|inteligencia artificial|künstliche\w* intelligenz|الذكاء الاصطناعي|kecerdasan (?:buatan|artifisial)"),
    (Kind.PRIVACY, "Privacy Policy", r"\bprivacy\b|\bdata protection\b|confidentialité|vie privée|protection des donn"
     r"|privacidad|protección de datos|datenschutz|الخصوصية|\bprivasi\b"),
    (Kind.TERMS, "Terms of Service", r"\bterms\b|user agreement|conditions of (?:use|service)|conditions générales"
     r"|conditions d.utilisation|\bCGU\b|condiciones|términos|nutzungsbedingungen|\bAGB\b|geschäftsbedingungen|شروط"
     r"|ketentuan|syarat"),
    (Kind.HELP, "Help", r"\bhelp\b|\bsupport\b|\bFAQs?\b|\baide\b|\bayuda\b|\bhilfe\b|المساعدة|\bbantuan\b"),
)  # fmt: skip
_PATHS = (
    (Kind.COOKIES, r"cookies?(?:[-_/]?(?:policy|notice|statement))?"),
    (Kind.AI_NOTICE, r"(?:generative-)?ai(?:-\w+)*|artificial-intelligence|ia|ki"),
    (Kind.PRIVACY, r"privacy(?:[-_/]?(?:policy|notice|statement))?|datenschutz\w*|confidentialite|privacidad|privasi"),
    (Kind.TERMS, r"terms(?:[-_/]?(?:of[-_]?(?:service|use)|and[-_]conditions))?|tos|user-agreement|agb|cgu"),
    (Kind.HELP, r"help|support|faqs?|aide|ayuda|hilfe|bantuan"),
)  # fmt: skip
WELL_KNOWN = ("/privacy", "/privacy-policy", "/legal/privacy", "/terms", "/terms-of-service", "/legal/terms", "/tos",
              "/cookies", "/cookie-policy", "/legal/cookies", "/help", "/ai")  # fmt: skip
# Pages that gather the others.
_HUB = re.compile(r"\blegal\b|\bpolicies\b|\btrust\b|mentions légales|aviso legal|rechtliches|قانوني|\bhukum\b", re.I)
_LONGEST = 80  # characters of a link's text; more is a sentence that happens to name a document
_WORDED = tuple((kind, name, re.compile(pattern, re.IGNORECASE)) for kind, name, pattern in _TITLES)
_ROUTED = tuple(
    (kind, re.compile(rf"(?:^|[/._-])(?:{pattern})(?:$|[/._-])", re.IGNORECASE)) for kind, pattern in _PATHS
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An address that may be a document's.  ``confidence`` is from 0 to 1; ``why`` says what speaks for it."""

    kind: Kind
    name: str
    url: str
    confidence: float
    why: str


def candidates(page: Snapshot) -> Iterator[Candidate]:
    """The links of a page that are named like a document."""
    for url, text in _links(page):
        by_text, by_path = kind_of_title(text), kind_of_path(url)
        if by_text and len(text) <= _LONGEST:
            agreed = by_path == by_text
            why = f"linked as “{text}”" + (", its address agrees" if agreed else "")
            yield Candidate(by_text, name_of(by_text), url, 0.7 if agreed else 0.5, why)


def hubs(page: Snapshot) -> tuple[str, ...]:
    """Where a page's links lead to pages that gather legal documents."""
    return tuple(dict.fromkeys(url for url, text in _links(page) if len(text) <= _LONGEST and _HUB.search(text)))


def listed(url: str, source: str) -> Candidate | None:
    """An address that only its path speaks for."""
    kind = kind_of_path(url)
    return Candidate(kind, name_of(kind), url, 0.4, source) if kind else None


def kind_of_title(text: str) -> Kind | None:
    return next((kind for kind, _, pattern in _WORDED if pattern.search(text)), None)


def kind_of_path(url: str) -> Kind | None:
    path = unquote(urlsplit(url).path)
    return next((kind for kind, pattern in _ROUTED if pattern.search(path)), None)


def name_of(kind: Kind) -> str:
    return next(name for each, name, _ in _WORDED if each is kind)


def _links(page: Snapshot) -> Iterator[tuple[str, str]]:
    """Each link that leads somewhere, with its text in one line."""
    for link in BeautifulSoup(decode_page(page), "lxml").find_all("a", href=True):
        try:
            url = urldefrag(urljoin(page.final_url, str(link["href"]).strip())).url
        except ValueError:
            continue
        text = clean(link.get_text(" ")) or clean(str(link.get("aria-label", "")))
        if text and url.startswith(("http://", "https://")):
            yield url, text
