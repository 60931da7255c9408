"""A document that went on under another name of its service → one history."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tracker.model import Cause, DocumentHistory, DocumentKey, Reading


def united(service: str, formerly: Iterable[str], documents: Iterable[DocumentHistory]) -> tuple[DocumentHistory, ...]:
    """The documents that bind a service, each made one with those of its name that are stored under a former name.

    Names succeed each other in the order of their first readings.  A document that no other succeeds stays as it is.
    """
    names = {service, *formerly}
    known = sorted((each for each in documents if each.readings), key=lambda each: each.readings[0].observed_at)
    found: dict[DocumentKey, DocumentHistory] = {}
    for each in known:
        key = DocumentKey(service, each.key.document) if each.key.service in names else each.key
        found[key] = _continued(found[key], each) if key in found else each
    return tuple(found.values())


def _continued(former: DocumentHistory, current: DocumentHistory) -> DocumentHistory:
    """A document's history up to its successor's first reading, then the successor's."""
    first = current.readings[0]
    before = tuple(
        replace(each, document=each.document or former.key, last_seen=min(each.last_seen, first.observed_at))
        for each in former.readings
        if each.observed_at < first.observed_at
    )
    if not before:
        return current
    last, top = replace(before[-1], until=first.observed_at), max(each.edition for each in before)
    after = (
        replace(each, edition=last.edition if each.edition == first.edition else top + each.edition)
        for each in (replace(first, cause=_cause(last, first)), *current.readings[1:])
    )
    return replace(current, readings=(*before[:-1], last, *after))


def _cause(last: Reading, first: Reading) -> Cause:
    """Why the successor's first text is there: it is news only if it says something else than the last."""
    same = (last.claims, last.announced, last.notices) == (first.claims, first.announced, first.notices)
    return Cause.TECHNICAL if same else Cause.SOURCE
