"""Data as JSON Lines: stable keys, times in ISO 8601 UTC (design, section 7)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum

from tracker.model import (
    Block,
    ChannelStatus,
    Claim,
    Delivery,
    DocumentKey,
    DocumentStatus,
    Event,
    Gap,
    LedgerRow,
    Silence,
    Version,
)
from tracker.views.terminal import HARMFUL


def plain(value: object) -> object:
    """A datum as JSON values: dataclasses become objects, keys of documents their names, times ISO 8601."""
    if isinstance(value, DocumentKey):
        return str(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    return value


def line(record: Mapping[str, object]) -> str:
    """One JSON Lines line, without its end; letters stay readable, what could harm a terminal is escaped."""
    text = json.dumps(plain(record), ensure_ascii=False, separators=(", ", ": "))
    return text if text.isprintable() else HARMFUL.sub(lambda found: json.dumps(found[0])[1:-1], text)


def lines(records: Iterable[Mapping[str, object]]) -> str:
    return "".join(line(record) + "\n" for record in records)


CLAIM_KEYS = (
    "practice", "polarity", "actor", "models", "source", "conditional", "data", "except_data", "only_regions",
    "except_regions", "only_audiences", "except_audiences", "opt_out", "from_date", "quote", "start", "end",
    "confidence", "rule",
)  # fmt: skip


def claim(datum: Claim) -> dict[str, object]:
    """A claim in the order of keys that the contract gives."""
    return {key: plain(getattr(datum, key)) for key in CLAIM_KEYS}


def ledger_row(datum: LedgerRow) -> dict[str, object]:
    return {
        "service": datum.document.service,
        "practice": datum.practice,
        "actor": datum.actor.value,
        "document": datum.document.document,
        "kind": datum.kind.value,
        "state": datum.state.value,
        "first_seen": plain(datum.first_seen),
        "last_seen": plain(datum.last_seen),
        "version": datum.version,
        "quote": datum.quote,
        "denies_partly": datum.denies_partly,
    }


def gap(datum: Gap) -> dict[str, object]:
    record = {field.name: plain(getattr(datum, field.name)) for field in fields(datum)}
    record["informal"] = plain(datum.informal)
    return record


def standing(datum: DocumentStatus | ChannelStatus) -> dict[str, object]:
    """How a document or a channel stands, and whether it needs a person."""
    return {**fields_of(datum), "needs_attention": datum.needs_attention}


def fields_of(datum: Event | DocumentStatus | ChannelStatus | Silence) -> dict[str, object]:
    """A flat datum: its fields, in their order."""
    return {field.name: plain(getattr(datum, field.name)) for field in fields(datum)}


def delivery(datum: Delivery) -> dict[str, object]:
    return {
        "id": datum.id,
        "channel": datum.channel,
        "status": datum.status.value,
        "attempts": datum.attempts,
        "due": plain(datum.due),
        "sent_at": plain(datum.sent_at),
        "error": datum.error,
        "answer": datum.answer,
        "event": datum.event.id,
        "kind": datum.event.kind.value,
        "service": datum.event.service,
        "summary": datum.event.summary,
    }


def version(datum: Version) -> dict[str, object]:
    """A version without its text."""
    record = {field.name: plain(getattr(datum, field.name)) for field in fields(datum) if field.name != "blocks"}
    record["blocks"] = len(datum.blocks)
    return record


def passage(block: Block, claims: Sequence[Claim], rejected: Set[tuple[str, str]]) -> dict[str, object]:
    """A block of a version with what it claims; ``rejected`` holds what readers took back, by block and practice."""
    return {
        "block": block.id,
        "kind": block.kind.value,
        "level": block.level,
        "headings": list(block.headings),
        "lead": block.lead,
        "text": block.text,
        "claims": [
            {
                "id": f"{block.id}:{datum.practice}",
                **claim(datum),
                "rejected": (block.id, datum.practice) in rejected,
            }
            for datum in claims
        ],
    }
