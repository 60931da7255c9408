"""Small data to put into a store."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tracker.config import Document
from tracker.model import Block, Cause, DocumentKey, Event, EventKind, Kind, Severity, Snapshot, Standing, Version

NOW = datetime(2024, 9, 18, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
POLICY = DocumentKey("Example", "Privacy Policy")
URL = "https://example.org/privacy"
ENTRY = Document(POLICY, Kind.PRIVACY, (URL,), language="en", region="US")


def page(body: bytes, at: datetime = NOW, url: str = URL, **changes: object) -> Snapshot:
    plain = Snapshot(POLICY, url, url, at, 200, (("ETag", '"1"'),), "text/html", body)
    return replace(plain, **changes)  # type: ignore[arg-type]  # the tests name fields of Snapshot


def block(text: str, **changes: object) -> Block:
    return replace(Block(f"id-{text}", text), **changes)  # type: ignore[arg-type]  # the tests name fields of Block


def version(*blocks: Block, at: datetime = NOW, standing: Standing = Standing.CONFIRMED) -> Version:
    return Version(POLICY, 0, at, at, Cause.SOURCE, standing, blocks, ("d1",), confirmed_at=at)


def event(identity: str, at: datetime = NOW) -> Event:
    return Event(identity, EventKind.GAP_OPENED, "Example", at, Severity.HIGH, "A gap", document=POLICY)
