"""What a message says to people, what a payload says to programs, and who gets them."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from email import message_from_bytes, policy
from importlib.resources import files
from typing import TYPE_CHECKING

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from telling import EVENT, HOSTILE, MAIL, NOW, compose, delivery, payload

from tracker.alerts.compose import compose as compose_dispatch
from tracker.alerts.compose import cut
from tracker.alerts.compose import payload as payload_of
from tracker.alerts.email import letter
from tracker.alerts.routing import wants
from tracker.config import Channel
from tracker.diff.words import compare
from tracker.model import Event, EventKind, Severity

if TYPE_CHECKING:
    from playwright.sync_api import Page as Tab


def test_a_message_holds_all_that_a_reader_needs_to_verify_it() -> None:
    message = compose(EVENT)
    assert message.subject == "[high] LinkedIn: the Privacy Policy now discloses training of AI models"
    for text in (message.text, message.html):
        for part in (
            "LinkedIn/Privacy Policy, version 12",
            "https://www.linkedin.com/legal/privacy-policy",
            "ai-training, by the service",
            "2024-09-19 06:17 UTC",
            "2024-09-18",
            "8 days",
            "0 days",
            "GB",
            "ab" * 32,
            "g-1",
        ):
            assert part in text
        assert "develop and train artificial intelligence (AI) models." in " ".join(text.replace("\n> ", " ").split())
        assert "We use data to improve our Services." in text
    assert '<a href="https://www.linkedin.com/legal/privacy-policy">' in message.html
    assert compose(EVENT) == message


def test_what_is_not_known_is_left_out_of_the_text_and_null_in_the_payload() -> None:
    bare = Event("e-2", EventKind.DOCUMENT_UNREACHABLE, "X", EVENT.at, Severity.LOW, "X cannot be read")
    message = compose(bare)
    assert message.subject == "[low] X cannot be read"
    assert not any(word in message.text for word in ("None", "Practice", "Effective", "Notice", "What it says"))
    data = payload(bare)["data"]
    assert data["document"] is None
    assert data["effective"] is None


def test_every_kind_of_event_can_be_told() -> None:
    subjects = {compose(replace(EVENT, kind=kind)).text.partition("Severity")[0] for kind in EventKind}
    assert len(subjects) == len(EventKind)


def test_a_hostile_quotation_stays_a_quotation() -> None:
    message = compose(HOSTILE)
    assert message.subject == "[high] Link Bcc: everyone@example.org : a Subject: b [31mredgnp.exe <b>bold</b>"
    assert "\n> </blockquote><script>alert(1)</script> right to" in message.text
    for text in (message.subject, message.text, message.html):
        assert not set(text) & set("\x1b\r\u202e\u2066\u2028\ud800")
    assert "<script" not in message.html
    assert "<b>" not in message.html
    assert "<a " not in message.html, "only web addresses become links"
    assert payload(HOSTILE)["data"]["quote"] == HOSTILE.quote, "kept to the letter, escaped"
    assert payload_of(delivery(HOSTILE)).body.isascii()


@given(st.text(), st.text(), st.text())
def test_no_text_breaks_out_of_a_header_or_of_the_page(service: str, summary: str, quote: str) -> None:
    message = compose(replace(EVENT, service=service, summary=summary, quote=quote, before=summary, url=quote))
    mail = letter(MAIL, message, NOW)
    read = message_from_bytes(mail.as_bytes(), policy=policy.default)
    assert read.keys() == mail.keys()
    assert read["Subject"] == message.subject.replace("=?", "= ?")
    assert len(list(read.walk())) == 3
    assert message.html.count("<script") == 0
    assert all(ord(c) >= 32 or c == "\n" for c in message.text)


def test_no_letter_loses_its_accent_where_a_text_is_cut() -> None:
    assert cut("xxe\u0301yy", 4) == "xx…"
    assert cut("プライバシー" * 3, 10) == "プライバシープライ…"


def test_a_long_summary_is_cut_in_the_subject_and_whole_in_the_text() -> None:
    message = compose(replace(EVENT, summary="word " * 100 + "end"))
    assert len(message.subject) == 147
    assert message.subject.endswith(" word…"), "no word is cut in two"
    assert "word end" in " ".join(message.text.split())


def test_several_events_are_one_message_the_gravest_first() -> None:
    grave = replace(EVENT, kind=EventKind.GAP_OPENED, severity=Severity.CRITICAL, summary="LinkedIn: a gap", gap="g-2")
    message = compose(EVENT, replace(EVENT, id="e-3"), grave)
    assert message.subject == "[critical] LinkedIn: Gap opened, Gap closed (2)"
    assert message.text.startswith("LinkedIn: Gap opened, Gap closed (2)\n\n1. LinkedIn: a gap\n")
    assert message.html.index("LinkedIn: a gap") < message.html.index("now discloses training")
    assert message.threads == ("g-2", "g-1")
    many = compose(*(replace(EVENT, id=str(n), service=f"S{n % 7}") for n in range(600)))
    assert many.subject == "[high] 7 services: Gap closed (600)"
    assert many.text.count("What it says") + many.text.count("What the document says") == 20
    assert "and 80 more: `tracker events` lists them all" in many.text
    assert len(many.html) < 150_000, "some mail programs cut what is longer"


def test_two_quotations_of_one_text_are_shown_with_what_changed_between_them() -> None:
    before = "We may use your data to improve our Services and to keep them safe for <all>."
    now = "We may use your data to improve our AI models and to keep them safe for <all>."
    message = compose(replace(EVENT, kind=EventKind.PRACTICE_REVERSED, before=before, quote=now))
    assert "our [-Services-] {+AI models+} and" in " ".join(message.text.replace("\n> ", " ").split())
    assert ">Services </del><ins" in message.html
    assert "&lt;all&gt;" in message.html
    unlike = compose(replace(EVENT, kind=EventKind.PRACTICE_REVERSED, before=before, quote="Nothing of it."))
    assert "word by word" not in unlike.text + unlike.html
    assert "word by word" not in compose(EVENT).text, "they are of two documents"


@pytest.mark.long
@pytest.mark.parametrize(("width", "columns"), [(320, 1), (800, 2)])
def test_a_letter_fits_any_window_and_shows_quotations_side_by_side_where_there_is_room(
    tab: Tab, width: int, columns: int
) -> None:
    tab.set_viewport_size({"width": width, "height": 600})
    tab.set_content(compose(EVENT, replace(HOSTILE, url="https://example.org/" + "x" * 300)).html)
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    boxes = [quote.bounding_box() for quote in tab.locator("blockquote").all()[:2]]
    assert len({round(box["y"]) for box in boxes if box}) == 3 - columns


def test_a_reminder_says_so() -> None:
    message = compose_dispatch(delivery(repetition=2), compare)
    assert message.subject.startswith("[high] Still open: LinkedIn: the Privacy")
    assert payload(EVENT, repetition=2)["type"] == "policy-tracker.gap-closed.reminder"


def test_a_quotation_of_a_megabyte_is_cut() -> None:
    message = compose(
        replace(EVENT, kind=EventKind.PRACTICE_REVERSED, quote="{0} %s @everyone " * 60_000, before="x " * 500_000)
    )
    assert len(message.html) < 20_000
    assert "{0} %s @everyone" in message.text


def test_the_payload_has_the_shape_of_standard_webhooks_with_the_events_own_keys() -> None:
    told = payload(EVENT)
    assert list(told) == ["type", "timestamp", "data"]
    assert told["type"] == "policy-tracker.gap-closed"
    assert told["timestamp"] == told["data"]["at"] == "2024-09-19T06:17:00Z"
    assert list(told["data"]) == [field.name for field in fields(Event)]
    assert told["data"]["document"] == "LinkedIn/Privacy Policy"
    assert told["data"]["effective"] == "2024-09-18"
    assert told["data"]["added"] == ["GB"]
    assert (told["data"]["severity"], told["data"]["actor"]) == ("high", "service")


def test_the_payload_is_what_the_schema_says() -> None:
    schema = json.loads(files("tracker.alerts").joinpath("event.schema.json").read_text())
    validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    bare = Event("e-2", EventKind.DOCUMENT_UNREACHABLE, "X", EVENT.at, Severity.LOW, "X cannot be read")
    for event in (
        EVENT,
        HOSTILE,
        bare,
        *(replace(EVENT, kind=kind, severity=s) for kind in EventKind for s in Severity),
    ):
        validator.validate(payload(event))
    validator.validate(payload(EVENT, repetition=1))
    for field in fields(Event):
        odd = payload(EVENT)
        odd["data"][field.name] = 4.5
        assert not validator.is_valid(odd), field.name


@pytest.mark.parametrize(
    ("channel", "wanted"),
    [
        (Channel("c", "email"), True),
        (Channel("c", "email", severity=Severity.HIGH), True),
        (Channel("c", "email", severity=Severity.CRITICAL), False),
        (Channel("c", "email", services=("X", "LinkedIn")), True),
        (Channel("c", "email", services=("X",)), False),
        (Channel("c", "email", practices=("ai-training",)), True),
        (Channel("c", "email", practices=("data-sale",)), False),
        (Channel("c", "email", events=("gap-closed",)), True),
        (Channel("c", "email", events=("gap-opened",)), False),
        (Channel("c", "email", services=("LinkedIn",), events=("gap-opened",)), False),
    ],
)
def test_filters(channel: Channel, wanted: bool) -> None:
    assert wants(channel, EVENT) is wanted


def test_an_event_without_a_practice_does_not_pass_a_list_of_practices() -> None:
    assert not wants(Channel("c", "email", practices=("ai-training",)), replace(EVENT, practice=None))
