"""Open Terms Archive version repositories → dated records (https://docs.opentermsarchive.org).

One commit is one new text of one document, at ``Service/Terms Type.md``; its author date is when it was fetched.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import itemgetter
from pathlib import Path

from tracker.errors import HistoryError
from tracker.history import git
from tracker.model import Kind

_PAGE_BREAK = b"\n\n- - -\n\n"
_TECHNICAL = ("Apply technical or declaration upgrade on ", "Refilter ")
# How Open Terms Archive's engine words the commits of its versions, now and formerly.
_RECORDS = ("First record", "Start tracking", "Record new changes", "Update ", *_TECHNICAL)
_DOCUMENT = re.compile(
    r"(?P<service>[^./\x00-\x1f\x7f][^/\x00-\x1f\x7f]*)/(?P<terms_type>[^./\x00-\x1f\x7f][^/\x00-\x1f\x7f]*)\.md"
)

# Open Terms Archive's own list of terms types (its package @opentermsarchive/terms-types), with the names older
# archives use.  Terms of one product and terms between businesses are supplements: they bind no ordinary user.
_KINDS = {
    Kind.TERMS: ("Terms of Service", "Parent Organization Terms"),
    Kind.PRIVACY: ("Privacy Policy", "Parent Organization Privacy Policy"),
    Kind.COOKIES: ("Trackers Policy",),
    Kind.DPA: ("Data Processor Agreement",),
    Kind.SUPPLEMENT: (
        "Business Privacy Policy",
        "Commercial Terms",
        "Conditions of Carriage",
        "Content Monetisation Policy",
        "Data Controller Agreement",
        "General Conditions of Sale",
        "In-App Purchases Policy",
        "Live Policy",
        "Marketplace Buyers Conditions",
        "Marketplace Sellers Conditions",
        "Premium Partner Conditions",
        "Seller Warranty",
        "Service Level Agreement",
        "Single Sign-On Policy",
    ),
    Kind.OTHER: (
        "Acceptable Use Policy",
        "Ad Publishing Policy",
        "Advertising Content Policy",
        "Brand Guidelines",
        "Business Mediation Policy",
        "Closed Captioning Policy",
        "Community Guidelines",
        "Complaints Policy",
        "Copyright Claims Policy",
        "Deceased Users",
        "Developer Terms",
        "Editorial Policy",
        "Human Rights Policy",
        "Imprint",
        "Law Enforcement Guidelines",
        "Platform to Business Notice",
        "Quality Guidelines",
        "Ranking Parameters Description",
        "Restricted Use Policy",
        "Review Guidelines",
        "User Consent Policy",
        "Vulnerability Disclosure Policy",
    ),
}
_KIND_OF = {terms_type: kind for kind, terms_types in _KINDS.items() for terms_type in terms_types}


@dataclass(frozen=True, slots=True)
class Record:
    """One text of one document, as the archive has it.

    ``at`` is when it was fetched.  Where the archive's own date lies before its predecessor's in the same document,
    ``at`` is the predecessor's and ``clamped_from`` the archive's (None otherwise).  ``technical`` says that only
    the archive's extraction changed.  ``body`` is Markdown in UTF-8; None where the archive removed the document.
    ``archive_until`` is when the archive recorded anything last of the services that were asked for: it went on
    looking at all their documents until then.
    """

    service: str
    terms_type: str
    at: datetime
    clamped_from: datetime | None
    technical: bool
    commit: str
    subject: str
    body: bytes | None
    archive_until: datetime


def pages(body: bytes) -> tuple[bytes, ...]:
    """The texts of the source pages a document is put together from; archives began to part them in 2025."""
    return tuple(body.split(_PAGE_BREAK))


def read(path: Path, services: Collection[str] = ()) -> Iterator[Record]:
    """The records of a bundle, a bare repository or a clone; ``services``: only of these, by their exact names.

    One document comes after the other, by service and terms type: most of a text is that of the one before.  Its
    records come in the order of its history, never by date: the archive re-extracts old pages late, under their old
    dates.

    :raises HistoryError: there is no such repository, it is empty, damaged or none of that archive, or git is not
        installed.
    """
    with git.opened(path) as repository, git.contents(repository) as contents:
        found = [
            (document["service"], document["terms_type"], _moment(change, path), change)
            for change in git.changes(repository, services)
            if (document := _DOCUMENT.fullmatch(change.path))  # not README.md, LICENSE
        ]
        if not found:
            return
        if not found[0][-1].subject.startswith(_RECORDS):
            raise HistoryError("is no versions repository of Open Terms Archive: name one", document=path)
        until = max(own for _, _, own, _ in found)
        latest: dict[str, datetime] = {}
        for service, terms_type, own, change in sorted(found, key=itemgetter(0, 1)):
            at = latest[change.path] = max(own, latest.get(change.path, own))
            yield Record(
                service=service,
                terms_type=terms_type,
                at=at,
                clamped_from=own if own < at else None,
                technical=change.subject.startswith(_TECHNICAL),
                commit=change.commit,
                subject=change.subject,
                body=None if change.blob is None else contents.read(change.blob),
                archive_until=until,
            )


def state(path: Path) -> str:
    """What identifies the history at ``path``: as long as it is the same, nothing new can be read.

    :raises UsageError: there is no such repository.
    :raises HistoryError: it is empty, or git is not installed.
    """
    return git.state(path)


def contents(path: Path, wanted: Collection[str]) -> frozenset[tuple[str, str]]:
    """The services of the archive, each with its terms types; those it tracks no more only where ``wanted`` asks
    for names of services or terms types that it does not track now.

    :raises HistoryError: as :func:`read`.
    """
    with git.opened(path) as repository:
        found = _documents(git.names(repository))
        if not set(wanted) <= {name for names in found for name in names}:
            found |= _documents(change.path for change in git.changes(repository))
        return found


def _documents(paths: Iterable[str]) -> frozenset[tuple[str, str]]:
    named = (document for path in paths if (document := _DOCUMENT.fullmatch(path)))
    return frozenset((document["service"], document["terms_type"]) for document in named)


def kind_of(terms_type: str) -> Kind | None:
    """Our kind for a terms type; None for one that Open Terms Archive does not list."""
    return _KIND_OF.get(terms_type)


def _moment(change: git.Change, path: Path) -> datetime:
    try:
        return datetime.fromtimestamp(change.seconds, UTC)
    except (OverflowError, ValueError, OSError) as error:
        raise HistoryError(f"commit {change.commit} has no possible date", document=path) from error
