"""Data as columns: times, lists, claims, notices and events, to and fro."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from tracker.model import (
    Actor,
    Claim,
    DocumentKey,
    Event,
    EventKind,
    Models,
    Notice,
    NoticeKind,
    OptOut,
    Polarity,
    Severity,
    Source,
)

Row = tuple[Any, ...]

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

CLAIM_COLUMNS = (
    "practice, polarity, actor, quote, start, end, rule, confidence, models, source, conditional, data, except_data,"
    " only_regions, except_regions, only_audiences, except_audiences, opt_out_offered, opt_out_default,"
    " opt_out_retroactive, from_date"
)
NOTICE_COLUMNS = "kind, quote, start, end, day, practice"
EVENT_COLUMNS = (
    "id, kind, service, at, severity, summary, document_service, document, version, practice, actor, effective, quote,"
    " before, url, digest, gap, lag_days, notice_days, added, removed, also"
)


def placeholders(columns: str) -> str:
    """As many question marks as there are columns."""
    return ", ".join("?" * (columns.count(",") + 1))


def time_text(time: datetime) -> str:
    """Fixed width, so that text sorts as time.  Raises ValueError for a time without a zone."""
    if time.tzinfo is None:
        raise ValueError(f"a time without a zone: {time!r}")
    return time.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def time_of(text: str) -> datetime:
    return datetime.fromisoformat(text)


def optional_time_text(time: datetime | None) -> str | None:
    return None if time is None else time_text(time)


def optional_time_of(text: str | None) -> datetime | None:
    return None if text is None else time_of(text)


def list_text(values: Iterable[object]) -> str:
    return _encode(list(values))


@lru_cache(maxsize=1 << 14)  # a history's claims and passages, many thousands, repeat a few lists
def strings_of(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))


def claim_row(claim: Claim) -> Row:
    """In the order of CLAIM_COLUMNS."""
    way_out = claim.opt_out
    return (
        claim.practice,
        claim.polarity.value,
        claim.actor.value,
        claim.quote,
        claim.start,
        claim.end,
        claim.rule,
        claim.confidence,
        claim.models and claim.models.value,
        claim.source and claim.source.value,
        claim.conditional,
        list_text(claim.data),
        list_text(claim.except_data),
        list_text(claim.only_regions),
        list_text(claim.except_regions),
        list_text(claim.only_audiences),
        list_text(claim.except_audiences),
        way_out and way_out.offered,
        way_out and way_out.default,
        way_out and way_out.retroactive,
        claim.from_date and claim.from_date.isoformat(),
    )


def claim_of(row: Row) -> Claim:
    (practice, polarity, actor, quote, start, end, rule, confidence, models, source, conditional) = row[:11]
    offered, default, retroactive, day = row[17:]
    lists = [strings_of(text) for text in row[11:17]]
    retroactive = None if retroactive is None else bool(retroactive)
    return Claim(
        practice=practice,
        polarity=Polarity(polarity),
        actor=Actor(actor),
        quote=quote,
        start=start,
        end=end,
        rule=rule,
        confidence=confidence,
        models=models and Models(models),
        source=source and Source(source),
        conditional=bool(conditional),
        data=lists[0],
        except_data=lists[1],
        only_regions=lists[2],
        except_regions=lists[3],
        only_audiences=lists[4],
        except_audiences=lists[5],
        opt_out=None if offered is None else OptOut(bool(offered), default, retroactive),
        from_date=day and date.fromisoformat(day),
    )


def notice_row(notice: Notice) -> Row:
    """In the order of NOTICE_COLUMNS."""
    day = notice.day and notice.day.isoformat()
    return notice.kind.value, notice.quote, notice.start, notice.end, day, notice.practice


def notice_of(row: Row) -> Notice:
    kind, quote, start, end, day, practice = row
    return Notice(NoticeKind(kind), quote, start, end, day and date.fromisoformat(day), practice)


def event_row(event: Event) -> Row:
    """In the order of EVENT_COLUMNS."""
    return (
        event.id,
        event.kind.value,
        event.service,
        time_text(event.at),
        event.severity.value,
        event.summary,
        event.document and event.document.service,
        event.document and event.document.document,
        event.version,
        event.practice,
        event.actor and event.actor.value,
        event.effective and event.effective.isoformat(),
        event.quote,
        event.before,
        event.url,
        event.digest,
        event.gap,
        event.lag_days,
        event.notice_days,
        list_text(event.added),
        list_text(event.removed),
        list_text(event.also),
    )


def event_of(row: Row) -> Event:
    (identity, kind, service, at, severity, summary, document_service, document, version, practice, actor) = row[:11]
    effective, quote, before, url, digest, gap, lag_days, notice_days, added, removed, also = row[11:]
    return Event(
        id=identity,
        kind=EventKind(kind),
        service=service,
        at=time_of(at),
        severity=Severity(severity),
        summary=summary,
        document=None if document is None else DocumentKey(document_service, document),
        version=version,
        practice=practice,
        actor=actor and Actor(actor),
        effective=effective and date.fromisoformat(effective),
        quote=quote,
        before=before,
        url=url,
        digest=digest,
        gap=gap,
        lag_days=lag_days,
        notice_days=notice_days,
        added=strings_of(added),
        removed=strings_of(removed),
        also=strings_of(also),
    )
