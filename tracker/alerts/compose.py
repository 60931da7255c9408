"""An event → the message that tells of it, for people and for machines."""

from __future__ import annotations

import json
import re
import textwrap
import unicodedata
from dataclasses import fields
from datetime import UTC, date, datetime
from enum import Enum
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined

from tracker.model import Actor, DocumentKey, Event, EventKind, Message

# Characters that turn the direction of text around them (UAX #9): a quotation could reorder what we say of it.
_DIRECTIONS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_BREAKS = re.compile(r"[\s\x1c-\x1f\x85\u2028\u2029]+")
_SUBJECT = 150  # characters: what mail programs show of it in one line, and more
_WIDTH = 76

_TITLES = {
    EventKind.GAP_OPENED: "Gap opened: practised and not disclosed",
    EventKind.GAP_FOUND: "Gap found at the first look",
    EventKind.GAP_NARROWED: "Gap narrowed",
    EventKind.GAP_CLOSED: "Gap closed",
    EventKind.GAP_WITHDRAWN: "Gap withdrawn",
    EventKind.CONTRADICTION: "Contradiction: denied here, practised there",
    EventKind.PRACTICE_APPEARED: "Practice appeared in a binding document",
    EventKind.PRACTICE_VANISHED: "Practice vanished from a binding document",
    EventKind.PRACTICE_REVERSED: "Practice reversed in a binding document",
    EventKind.SCOPE_WIDENED: "Scope widened",
    EventKind.SCOPE_NARROWED: "Scope narrowed",
    EventKind.CHANGED_WITHOUT_NOTICE: "Changed without notice",
    EventKind.CHANGE_ANNOUNCED: "Change announced",
    EventKind.CHANGE_REMINDER: "Reminder of an announced change",
    EventKind.CHANGE_ARRIVED: "Announced change arrived",
    EventKind.TEXT_CHANGED_UNDER_DATE: "Text changed under an unchanged date",
    EventKind.REVERTED: "Former text came back",
    EventKind.DOCUMENT_REPLACED: "Document replaced by another",
    EventKind.DOCUMENT_UNREACHABLE: "Document cannot be read",
}

_ACTORS = {Actor.SERVICE: "the service", Actor.AFFILIATE: "an affiliate", Actor.THIRD_PARTY: "a third party"}

_TEMPLATES = Environment(
    loader=PackageLoader("tracker.alerts", "."), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)


def compose(event: Event) -> Message:
    """The message of an event.  The same event always gives the same message.

    What comes from the web is shown without line breaks, controls and characters that turn the direction of
    text; the JSON payload keeps it to the letter, escaped.  The payload has the shape that Standard Webhooks
    gives (``type``, ``timestamp``, ``data``); ``data`` holds the event's fields, null where there is none.
    """
    headline = one_line(event.summary if event.service in event.summary else f"{event.service}: {event.summary}")
    facts = _facts(event)
    quotes = [
        (label, one_line(quote))
        for label, quote in (("What it says", event.quote), ("What it said before", event.before))
        if quote
    ]
    subject = f"[{event.severity}] {headline}"
    return Message(
        id=event.id,
        subject=subject if len(subject) <= _SUBJECT else subject[: _SUBJECT - 1] + "…",
        text=_text(headline, facts, quotes),
        html=_TEMPLATES.get_template("alert.html").render(
            headline=headline, facts=facts, quotes=quotes, link=_link(event.url)
        ),
        payload=json.dumps(_payload(event)),  # ASCII: any character of the web is escaped, a lone surrogate too
    )


def one_line(text: str) -> str:
    """Text on one line of what can be seen: breaks become spaces, controls and turns of direction go."""
    words = _BREAKS.sub(" ", text).strip()
    return "".join(c for c in words if unicodedata.category(c) not in ("Cc", "Cs") and c not in _DIRECTIONS)


def _facts(event: Event) -> list[tuple[str, str]]:
    """What is known of an event, each with its label; what is not known is left out."""
    actor = f", by {_ACTORS[event.actor]}" if event.actor else ""
    version = f", version {event.version}" if event.version is not None else ""
    facts = [
        ("What", _TITLES[event.kind]),
        ("Severity", str(event.severity)),
        ("Service", event.service),
        ("Document", f"{event.document}{version}" if event.document else ""),
        ("Address", event.url),
        ("Practice", f"{event.practice}{actor}" if event.practice else ""),
        ("Added", ", ".join(event.added)),
        ("Removed", ", ".join(event.removed)),
        ("Observed", f"{event.at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"),
        ("Effective", f"{event.effective:%Y-%m-%d}, the day the text names" if event.effective else ""),
        ("Disclosed after", _days(event.lag_days)),
        ("Notice", _days(event.notice_days)),
        ("Gap", event.gap or ""),
        ("Evidence", f"page with SHA-256 {event.digest}" if event.digest else ""),
        ("Event", event.id),
    ]
    return [(label, one_line(value)) for label, value in facts if value]


def _days(number: int | None) -> str:
    if number is None:
        return ""
    return f"{number} day" if abs(number) == 1 else f"{number} days"


def _link(url: str) -> str:
    """The address if a mail program may follow it, else ""."""
    try:
        safe = urlsplit(url).scheme in ("http", "https")
    except ValueError:
        return ""
    return one_line(url) if safe else ""


def _text(headline: str, facts: list[tuple[str, str]], quotes: list[tuple[str, str]]) -> str:
    width = max(len(label) for label, _ in facts) + 2
    parts = [
        textwrap.fill(headline, _WIDTH, break_long_words=False),
        "\n".join(f"{label + ':':{width}}{value}" for label, value in facts),
    ]
    for label, quote in quotes:
        lines = textwrap.wrap(quote, _WIDTH - 2, break_long_words=False, break_on_hyphens=False)
        parts.append(f"{label}:\n\n" + "\n".join(f"> {line}" for line in lines))
    return "\n\n".join(parts) + "\n"


def _payload(event: Event) -> dict[str, object]:
    return {
        "type": f"policy-tracker.{event.kind}",
        "timestamp": _json(event.at),
        "data": {field.name: _json(getattr(event, field.name)) for field in fields(event)},
    }


def _json(value: object) -> object:
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    return str(value) if isinstance(value, DocumentKey) else value
