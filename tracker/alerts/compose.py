"""What goes to a channel together → the message that tells of it, for people and for machines."""

from __future__ import annotations

import json
import re
import textwrap
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from enum import Enum
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined

from tracker.model import Actor, Delivery, Dispatch, DocumentKey, Event, EventKind, Message, Op, Payload, Words

# Characters that turn the direction of text around them (UAX #9): a quotation could reorder what we say of it.
_DIRECTIONS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_UNSEEN = frozenset(_DIRECTIONS + "\ufffe\uffff")  # the last two stand in no XML document (XML 1.0, section 2.2)
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
    EventKind.DOCUMENT_BACK: "Document can be read again",
}

_ACTORS = {Actor.SERVICE: "the service", Actor.AFFILIATE: "an affiliate", Actor.THIRD_PARTY: "a third party"}

# The two quotations of an event are of two documents here, of one document at two times elsewhere.
_BETWEEN = ("What one page says", "What the document says")
_LABELS = dict.fromkeys((EventKind.GAP_CLOSED, EventKind.GAP_NARROWED, EventKind.CONTRADICTION), _BETWEEN)
_TIMES = ("What it said before", "What it says")
_QUOTED = 2_000  # characters of a quotation
_TOLD, _LISTED = 20, 500  # events of a message that are told in full, and in a line each
_ALIKE = 0.4  # of the longer quotation must be left for the words of both to be shown as one text

_TEMPLATES = Environment(
    loader=PackageLoader("tracker.alerts", "."),
    autoescape=True,
    auto_reload=False,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, slots=True)
class Told:
    """One event as a message tells it.  ``words`` are both quotations as one text; () where they are not alike."""

    headline: str
    quotes: tuple[tuple[str, str], ...]
    words: tuple[Words, ...]
    facts: tuple[tuple[str, str], ...]
    link: str


def compose(dispatch: Dispatch, compare: Callable[[str, str], tuple[Words, ...]]) -> Message:
    """The message of a dispatch, the gravest events first.  The same dispatch always gives the same message.

    What comes from the web is shown without line breaks, controls and characters that turn the direction of
    text.  ``compare`` gives the words kept, deleted and inserted of two texts.
    """
    deliveries = sorted(dispatch.deliveries, key=lambda each: -each.event.severity.rank)
    told = [_told(each, compare) for each in deliveries[:_TOLD]]
    more = [f"[{each.event.severity}] {_headline(each)}" for each in deliveries[_TOLD : _TOLD + _LISTED]]
    if len(deliveries) > _TOLD + _LISTED:
        more.append(f"and {len(deliveries) - _TOLD - _LISTED} more: `tracker events` lists them all")
    title = told[0].headline if len(deliveries) == 1 else _summary(deliveries)
    return Message(
        id=dispatch.id,
        subject=cut(f"[{deliveries[0].event.severity}] {title}", _SUBJECT),
        text=_text(title, told, more),
        html=_TEMPLATES.get_template("alert.html").render(title=title, told=told, more=more),
        threads=tuple(dict.fromkeys(each.event.gap for each in deliveries if each.event.gap)),
    )


def payload(dispatch: Dispatch) -> Payload:
    """The first event of a dispatch as JSON, in the shape that Standard Webhooks gives (``type``, ``timestamp``,
    ``data``; alerts/event.schema.json describes it).

    What comes from the web is kept to the letter, escaped.  Programs get each event by itself (config/channels.py).
    """
    return Payload(dispatch.id, _body(dispatch.deliveries[0]))


def entry(delivery: Delivery) -> tuple[str, str, str]:
    """An event as an entry of a feed: its headline, its HTML, and the page's address ("" if it may not be followed)."""
    told = _told(delivery, lambda before, now: ())
    return told.headline, _TEMPLATES.get_template("event.html").render(each=told), told.link


def one_line(text: str) -> str:
    """Text on one line of what can be seen: breaks become spaces, controls and turns of direction go."""
    words = _BREAKS.sub(" ", text).strip()
    return "".join(c for c in words if unicodedata.category(c) not in ("Cc", "Cs") and c not in _UNSEEN)


def cut(text: str, most: int) -> str:
    """At most so many characters, ending with a whole word where that is not far."""
    if len(text) <= most:
        return text
    kept = text[: most - 1]
    at = kept.rfind(" ")
    kept = kept[:at] if at > most * 2 // 3 else kept
    while kept and unicodedata.combining(text[len(kept)]):  # no letter without its accents
        kept = kept[:-1]
    return kept.rstrip() + "…"


def _headline(delivery: Delivery) -> str:
    event = delivery.event
    headline = event.summary if event.service in event.summary else f"{event.service}: {event.summary}"
    return one_line(f"Still open: {headline}" if delivery.repetition else headline)


def _summary(deliveries: Sequence[Delivery]) -> str:
    """What a message of several events holds: "LinkedIn: Gap closed, Scope widened (2)"."""
    services = list(dict.fromkeys(each.event.service for each in deliveries))
    of = services[0] if len(services) == 1 else f"{len(services)} services"
    counts = Counter(_TITLES[each.event.kind].partition(":")[0] for each in deliveries)
    kinds = (name if number == 1 else f"{name} ({number})" for name, number in counts.items())
    return one_line(f"{of}: {', '.join(kinds)}")


def _told(delivery: Delivery, compare: Callable[[str, str], tuple[Words, ...]]) -> Told:
    event = delivery.event
    labels = _LABELS.get(event.kind, _TIMES)
    before, now = (cut(one_line(quote[: 2 * _QUOTED]), _QUOTED) for quote in (event.before, event.quote))
    words: tuple[Words, ...] = ()
    if before and now and labels is _TIMES:
        words = compare(before, now)
        kept = sum(len(run.text) for run in words if run.op is Op.EQUAL)
        words = words if kept >= _ALIKE * max(len(before), len(now)) else ()
    return Told(
        headline=_headline(delivery),
        quotes=tuple((label, quote) for label, quote in zip(labels, (before, now), strict=True) if quote),
        words=words,
        facts=tuple(_facts(event)),
        link=_link(event.url),
    )


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
        ("Also concerns", ", ".join(event.also)),
        ("Added", ", ".join(event.added)),
        ("Removed", ", ".join(event.removed)),
        ("Observed", f"{event.at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"),
        ("Effective", f"{event.effective:%Y-%m-%d}, the day the text names" if event.effective else ""),
        ("Disclosed after", _days(event.lag_days)),
        ("Notice", _days(event.notice_days)),
        ("Gap", event.gap or ""),
        ("Evidence", f"tracker evidence {event.gap}" if event.gap else ""),
        ("Page", f"SHA-256 {event.digest}" if event.digest else ""),
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


def _text(title: str, told: Sequence[Told], more: Sequence[str]) -> str:
    parts = [] if len(told) == 1 else [_filled(title)]
    for number, each in enumerate(told, 1):
        parts.append(_filled(each.headline if len(told) == 1 else f"{number}. {each.headline}"))
        for label, quote in each.quotes:
            parts.append(f"{label}:\n\n{_filled(quote, '> ')}")
        if each.words:
            parts.append(f"The change, word by word:\n\n{_filled(_marked(each.words), '> ')}")
        width = max(len(label) for label, _ in each.facts) + 2
        parts.append("\n".join(f"{label + ':':{width}}{value}" for label, value in each.facts))
    if more:
        parts.append("\n".join(f"- {line}" for line in more))
    return "\n\n".join(parts) + "\n"


def _marked(words: Sequence[Words]) -> str:
    """Both texts as one, as wdiff writes it: [-deleted-] {+inserted+}."""
    marks = {Op.EQUAL: ("", ""), Op.DELETE: ("[-", "-]"), Op.INSERT: ("{+", "+}")}
    parts = []
    for run in words:
        before, after = marks[run.op]
        text = run.text.rstrip()
        parts.append(f"{before}{text}{after}{run.text[len(text) :]}")
    return "".join(parts)


def _filled(text: str, mark: str = "") -> str:
    return textwrap.fill(
        text, _WIDTH, initial_indent=mark, subsequent_indent=mark, break_long_words=False, break_on_hyphens=False
    )


def _body(delivery: Delivery) -> str:
    """ASCII: any character of the web is escaped, a lone surrogate too."""
    event = delivery.event
    return json.dumps(
        {
            "type": f"policy-tracker.{event.kind}" + (".reminder" if delivery.repetition else ""),
            "timestamp": _json(event.at),
            "data": {field.name: _json(getattr(event, field.name)) for field in fields(event)},
        }
    )


def _json(value: object) -> object:
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    return str(value) if isinstance(value, DocumentKey) else value
