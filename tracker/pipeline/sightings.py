"""What a document's pages show at a check → its versions.  Who reads them otherwise than before loses no text by it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tracker.config import Document
from tracker.extract.plausibility import Verdict, judge
from tracker.model import Block, Cause, DocumentKey, Extract, Snapshot, Standing, VersionRecord
from tracker.pipeline.assessment import Assessor
from tracker.pipeline.intake import Intake
from tracker.pipeline.outcomes import Change, change_of
from tracker.pipeline.text import Text
from tracker.pipeline.work import read, read_before, recipe
from tracker.store import Store


@dataclass(frozen=True, slots=True)
class Seen:
    """What became of a check's pages; ``notes`` are lines for people on how they are read."""

    change: Change
    notes: tuple[str, ...] = ()


class Sightings:
    """Places what checks find, one after the other.  Belongs into a transaction of its store."""

    def __init__(self, store: Store, intake: Intake, assessor: Assessor, confirm: int) -> None:
        self._store = store
        self._intake = intake
        self._assessor = assessor
        self._confirm = confirm

    def place(self, document: Document, urls: Sequence[str], at: datetime) -> Seen:
        """Places what the document's pages, at these addresses, show now, all of them just kept.

        Another selection, or extraction, counts only once it has read the pages: one that finds nothing, or hardly
        anything of what was read before, is tried, and fails, again at each check.
        Raises ExtractError if a page cannot be read; nothing is placed then.
        """
        key, ours = document.key, recipe(document)
        latest = self._store.latest_digests(key)
        digests = tuple(latest[url] for url in urls)
        versions = self._store.versions(key)
        shown = _last(versions)
        stood = _last(each for each in versions if each.standing is not Standing.IMPLAUSIBLE)
        same = shown if shown and shown.snapshots == digests else None
        doubted = same if same and same.standing is Standing.IMPLAUSIBLE else None  # perhaps by a reading of then
        former = self._store.recipe(key)
        if same and not doubted and former == ours:
            return Seen(change_of(self._intake.see_again(key, at, self._confirm)))
        again = self._before(document, stood, former)
        since = at - same.observed_at if same else timedelta()
        otherwise = stood if stood and former and former != ours else None
        lasted = since if doubted else timedelta()  # how long what is in doubt has been found
        reread = _reread(otherwise, again) if otherwise else None
        lost = otherwise and not (reread and self._judged(otherwise, reread, lasted).verdict.plausible)
        text = read(document, self._pages(key, digests), {} if lost else again, since)
        moved = stood and former != ours and self._moved(document, stood)
        if otherwise and lost and not moved:  # there is but the stored text to hold it against
            text = self._judged(otherwise, text, lasted)
            if not text.verdict.plausible:
                return Seen(change_of(self._intake.see(key, text, at, Cause.TECHNICAL, digests, self._confirm)))
        notes = self._put(document, otherwise, reread, at) if otherwise and reread and not lost else ()
        self._store.set_recipe(key, ours)
        # An archive reads pages in its own way, another address shows them in its own: what differs may be only that.
        cause = Cause.TECHNICAL if stood and (former is None or moved) else Cause.SOURCE
        return Seen(change_of(self._intake.see(key, text, at, cause, digests, self._confirm)), notes)

    def _before(self, document: Document, stood: VersionRecord | None, former: str | None) -> dict[str, Extract]:
        """What each address showed when the last text that stood was read; its pages are not read again needlessly."""
        if stood is None:
            return {}
        if former == recipe(document) and len(document.urls) == 1 and not document.links:
            return {document.urls[0]: Extract(self._store.blocks(stood.passages), language=stood.language)}
        return read_before(document, self._pages(document.key, stood.snapshots))

    def _judged(self, stood: VersionRecord, text: Text, lasted: timedelta) -> Text:
        """The text, doubted where it cannot take the place of the stored one: judged as a page whose text collapses."""
        former, language = self._store.blocks(stood.passages), text.extract.language
        verdict = judge(text.extract.blocks, former, stood=lasted, language=language, expected=stood.language)
        if verdict.plausible:
            return text
        reason = f"as it is read now, {verdict.reason}: check `select` and `remove`"
        return replace(text, verdict=Verdict(False, reason))

    def _put(self, document: Document, stood: VersionRecord, text: Text, at: datetime) -> tuple[str, ...]:
        """The page that stood is put in its place as it is read now; returns what there is to say of it."""
        if text.fingerprint == stood.fingerprint:
            return ()
        before_it = at - timedelta(microseconds=1)  # the new text, seen at the same time, is news
        self._intake.see(document.key, text, before_it, Cause.TECHNICAL, stood.snapshots, self._confirm)
        self._assessor.read_new(self._store.versions(document.key)[-1:], document.language)
        had, has = _words(self._store.blocks(stood.passages)), _words(text.extract.blocks)
        more, fewer = (has - had).total(), (had - has).total()
        how = "read otherwise now, by another selection or extraction"
        return (f"{document.key}: {how}: {more} words more, {fewer} words fewer",)

    def _moved(self, document: Document, stood: VersionRecord) -> bool:
        """Whether the last text that stood was read at other addresses than are configured now."""
        pages = self._pages(document.key, stood.snapshots)
        ours = not document.links and all(page.origin is None for page in pages)
        return ours and {page.url for page in pages} != set(document.urls)

    def _pages(self, key: DocumentKey, digests: Sequence[str]) -> tuple[Snapshot, ...]:
        return tuple(page for digest in digests if (page := self._store.snapshot(digest, key)))


def _last(versions: Iterable[VersionRecord]) -> VersionRecord | None:
    """The one that was seen last."""
    return max(versions, key=lambda each: (each.last_seen, each.number), default=None)


def _reread(stood: VersionRecord, again: Mapping[str, Extract]) -> Text | None:
    """The text that stood as its pages are read now; None where nothing is found in one of them."""
    return Text.of(list(again.values())) if again and len(again) == len(stood.snapshots) else None


def _words(blocks: Iterable[Block]) -> Counter[str]:
    return Counter(word for block in blocks for word in block.text.split())
