"""What comes of an attempt that failed: the next one, after a while, or none."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from telling import EVENT, MAIL, NOW, deliver, delivery

from tracker.alerts.deliver import LONGEST_PAUSE, failed, pause
from tracker.config import Channel
from tracker.errors import DeliveryError
from tracker.model import DeliveryStatus


def test_the_pauses_grow_until_it_is_given_up() -> None:
    error, channel, now, tried = DeliveryError("no", retryable=True), Channel("team", "webhook"), NOW, delivery()
    pauses: list[timedelta] = []
    while (after := failed(tried, channel, error, now)).due:
        pauses.append(after.due - now)
        tried, now = replace(tried, attempts=tried.attempts + 1), after.due
    assert (after.status, after.error) == (DeliveryStatus.DEAD, "no")
    assert channel.give_up <= now - NOW <= channel.give_up + LONGEST_PAUSE * 1.25
    assert pauses[0] < timedelta(seconds=20)
    assert sorted(pauses[:7]) == pauses[:7]
    assert 12 <= len(pauses) <= 24
    impatient = replace(channel, give_up=timedelta(minutes=1))
    assert failed(replace(delivery(), attempts=3), impatient, error, NOW + timedelta(minutes=1)).due is None


def test_no_two_messages_come_back_at_the_same_moment_and_the_same_one_always_does() -> None:
    pauses = [pause(delivery(identity=f"d{number}")) for number in range(50)]
    assert len(set(pauses)) > 25
    assert pauses == [pause(delivery(identity=f"d{number}")) for number in range(50)]


def test_what_cannot_be_composed_or_sent_for_a_fault_of_ours_is_tried_again_and_told() -> None:
    broken = replace(EVENT, effective="no date")  # type: ignore[arg-type]  # as a fault of ours would make it
    after = deliver(delivery(broken), MAIL, NOW)
    assert after.status is DeliveryStatus.WAITING
    assert after.error.startswith("internal error: ")


def test_what_cannot_help_is_not_tried_again() -> None:
    assert (
        failed(delivery(), Channel("c", "email"), DeliveryError("no", retryable=False), NOW).status
        is DeliveryStatus.DEAD
    )
