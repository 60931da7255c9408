"""Events to tell, in messages and notices, and by real channels."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from tracker.alerts.compose import compose as compose_dispatch
from tracker.alerts.compose import payload as payload_of
from tracker.alerts.deliver import deliver as deliver_dispatch
from tracker.config import Channel
from tracker.diff.words import compare
from tracker.model import (
    Actor,
    Attempt,
    Delivery,
    DeliveryStatus,
    Dispatch,
    DocumentKey,
    Event,
    EventKind,
    Message,
    Severity,
)

NOW = datetime(2024, 9, 19, 6, 20, tzinfo=UTC)


KEY = "whsec_" + base64.b64encode(bytes(range(32))).decode()


EVENT = Event(
    id="e-1",
    kind=EventKind.GAP_CLOSED,
    service="LinkedIn",
    at=datetime(2024, 9, 19, 6, 17, tzinfo=UTC),
    severity=Severity.HIGH,
    summary="the Privacy Policy now discloses training of AI models",
    document=DocumentKey("LinkedIn", "Privacy Policy"),
    version=12,
    practice="ai-training",
    actor=Actor.SERVICE,
    effective=date(2024, 9, 18),
    quote="We may use your personal data to develop and train artificial intelligence (AI) models.",
    before="We use data to improve our Services.",
    url="https://www.linkedin.com/legal/privacy-policy",
    digest="ab" * 32,
    gap="g-1",
    lag_days=8,
    notice_days=0,
    added=("GB",),
)


HOSTILE = replace(
    EVENT,
    service="Link\r\nBcc: everyone@example.org\r\n",
    summary="a\nSubject: b\u2028\x1b[31mred\u202egnp.exe <b>bold</b>",
    quote='</blockquote><script>alert(1)</script>\n\n\u202eright\u2066 to "left" \ud800 & on',
    url='javascript:alert("x")',
)


MAIL = Channel("team", "email", to=("a@example.org", "b@example.org"), sender="tracker@example.org")


RIGHT = replace(MAIL, password="right")  # noqa: S106 - the test's own


def delivery(*events: Event, identity: str = "e-1:team", repetition: int = 0) -> Dispatch:
    """What goes to the channel: one event, or several together."""
    deliveries = tuple(
        Delivery(identity, event, "team", DeliveryStatus.WAITING, 1, NOW, repetition=repetition)
        for event in events or (EVENT,)
    )
    return Dispatch(identity, "team", deliveries, attempts=1, since=NOW)


def compose(*events: Event) -> Message:
    return compose_dispatch(delivery(*events), compare)


def payload(event: Event, repetition: int = 0) -> dict[str, Any]:
    """What a program is told of it."""
    told: dict[str, Any] = json.loads(payload_of(delivery(event, repetition=repetition)).body)
    return told


def deliver(dispatch: Dispatch, channel: Channel, now: datetime) -> Attempt:
    return deliver_dispatch(dispatch, channel, now, compare)


def portless(text: str) -> str:
    return re.sub(r"(?<=127\.0\.0\.1:)\d+", "PORT", text)
