"""One document of another archive: its texts, in their order, into the intake."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import zip_longest

from tracker.extract import markdown
from tracker.extract.plausibility import Verdict, judge
from tracker.history.ota import pages
from tracker.model import Cause, DocumentKey, Extract, Snapshot, Standing
from tracker.pipeline.intake import Intake
from tracker.pipeline.text import Text
from tracker.store import Store

BELIEVED = timedelta(days=30)  # what has stood this long is the document, however it looks (extract.plausibility)
TECHNICAL = "technical"  # the header of an imported snapshot that says whether only the archive's reading changed


class ArchivedDocument:
    """Takes the texts of one document, each judged against those before it.

    A text that does not look like the document is passed over; if the archive found nothing else for long enough,
    it was the document after all.
    """

    def __init__(self, key: DocumentKey, store: Store, intake: Intake) -> None:
        self._key = key
        self._intake = intake
        rows = store.versions(key)
        plausible = [row for row in rows if row.standing is not Standing.IMPLAUSIBLE]
        stood = store.snapshot(plausible[-1].snapshots[0], key) if plausible and plausible[-1].snapshots else None
        self._former = pages_of(stood) if stood else ()
        self._stood: Text | None = None
        self._doubted: tuple[Snapshot, datetime] | None = None
        if rows and rows[-1].standing is Standing.IMPLAUSIBLE and (page := store.snapshot(rows[-1].snapshots[0], key)):
            self._doubted = (page, rows[-1].observed_at)

    def take(self, snapshot: Snapshot) -> None:
        """The next text; its snapshot is kept already."""
        self._believe(snapshot.fetched_at)
        self._place(snapshot, snapshot.fetched_at, timedelta())

    def end(self, until: datetime) -> None:
        """The archive went on to find the last text until then."""
        self._believe(until)
        self._intake.archive_ends(self._key, until)

    def _believe(self, until: datetime) -> None:
        if self._doubted and until - self._doubted[1] >= BELIEVED:
            snapshot, since = self._doubted
            self._place(snapshot, since + BELIEVED, BELIEVED)

    def _place(self, snapshot: Snapshot, at: datetime, stood: timedelta) -> None:
        text = self._text(pages_of(snapshot), stood)
        self._doubted = None if text.verdict.plausible else (snapshot, at)
        cause = Cause.TECHNICAL if snapshot.header(TECHNICAL) == "1" else Cause.SOURCE
        self._intake.remember(self._key, text, at, cause, (snapshot.digest,))

    def _text(self, pages: tuple[Extract, ...], stood: timedelta) -> Text:
        if self._stood and pages == self._former:  # most often only the targets of links have changed
            return self._stood
        text = Text.of(pages, self._verdict(pages, stood))
        if text.verdict.plausible:
            self._former, self._stood = pages, text
        return text

    def _verdict(self, found: tuple[Extract, ...], stood: timedelta) -> Verdict:
        """Page by page where both texts have the same number of pages, else all together."""
        former = self._former
        if len(found) != len(former):
            found, former = (joined(found),), (joined(former),) if former else ()
        verdicts = [
            judge(now.blocks, before.blocks if before else None, stood=stood)
            for now, before in zip_longest(found, former)
        ]
        return next((each for each in verdicts if not each.plausible), verdicts[0])


def joined(pages: tuple[Extract, ...]) -> Extract:
    return Extract(tuple(block for page in pages for block in page.blocks))


def pages_of(snapshot: Snapshot) -> tuple[Extract, ...]:
    """The source pages of an imported text, which archives keep as Markdown; one that holds nothing has no blocks."""
    return tuple([Extract(markdown.blocks(body)) for body in pages(snapshot.body)])
