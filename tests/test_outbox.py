"""Every delivery at least once, in order; checks and who does them."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from storing import DAY, ENTRY, HOUR, NOW, POLICY, URL, block, event, page, version

from tracker.errors import StoreError
from tracker.model import Attempt, DeliveryStatus, Dispatch, EventKind, Grouping, Kind, NotModified
from tracker.store import Store


def attempt(dispatch: Dispatch, status: DeliveryStatus, due: datetime | None = None, error: str = "") -> Attempt:
    return Attempt(dispatch, status, NOW, due, "250 OK" if status is DeliveryStatus.SENT else "", error)


class TestOutbox:
    def fill(self, store: Store, *identities: str, channel: str = "mail", service: str = "Example") -> None:
        with store.transaction():
            for identity in identities:
                told = replace(event(identity), service=service)
                store.add_events([told])
                store.enqueue(told, channel, NOW)
                store.enqueue(told, channel, NOW + HOUR)

    def take(
        self, store: Store, now: datetime = NOW, together: Grouping = Grouping.EVENT, **options: Any
    ) -> Dispatch | None:
        with store.transaction():
            return store.take("mail", together, now, **{"taker": "me", "until": now + HOUR, **options})

    def taken(self, store: Store, **options: Any) -> list[list[str]]:
        """All that is due, as the ids of the events of each message."""
        found = []
        while dispatch := self.take(store, **options):
            found.append([delivery.event.id for delivery in dispatch.deliveries])
        return found

    def test_each_is_taken_once_and_in_order(self, store: Store, database: Path) -> None:
        self.fill(store, "e2", "e1", "e3")
        with Store.open(database) as other:
            takers = itertools.cycle((store, other))
            taken = [self.take(next(takers)) for _ in range(4)]
        assert [each and [d.event.id for d in each.deliveries] for each in taken] == [["e2"], ["e1"], ["e3"], None]
        assert store.channels_due() == ("mail",)

    def test_whoever_is_killed_has_the_same_message_repeated(self, store: Store) -> None:
        self.fill(store, "e1", "e2")
        first = self.take(store, together=Grouping.ALL)
        self.fill(store, "e3")
        fresh, again = (self.take(store, NOW + HOUR, together=Grouping.ALL) for _ in range(2))
        assert first
        assert fresh
        assert again
        assert (again.id, again.since, again.attempts) == (first.id, NOW, 2), "what went together stays together"
        assert [d.id for d in again.deliveries] == [d.id for d in first.deliveries]
        assert [d.event.id for d in fresh.deliveries] == ["e3"]

    def test_what_goes_together(self, store: Store) -> None:
        self.fill(store, "a1")
        self.fill(store, "b1", service="Other")
        self.fill(store, "a2")
        with store.transaction():
            for name, service in (("f1", "Example"), ("f2", "Other")):
                found = replace(event(name), kind=EventKind.GAP_FOUND, service=service)
                store.add_events([found])
                store.enqueue(found, "mail", NOW)
        assert self.taken(store, together=Grouping.SERVICE) == [["a1", "a2"], ["b1"], ["f1", "f2"]]

    def test_a_channel_that_takes_each_event_by_itself_by_now_gets_them_all(self, store: Store) -> None:
        self.fill(store, "e1", "e2", "e3")
        assert self.taken(store, together=Grouping.ALL) == [["e1", "e2", "e3"]]
        later = self.taken(store, now=NOW + HOUR, until=NOW + 9 * HOUR)
        assert later == [["e1"], ["e2"], ["e3"]]
        assert len({delivery.message for delivery in store.deliveries()}) == 3

    def test_a_group_waits_unless_no_more_is_to_come(self, store: Store) -> None:
        with store.transaction():
            store.add_events([event("e1")])
            store.enqueue(event("e1"), "mail", NOW + HOUR)
        assert self.take(store) is None
        assert self.taken(store, ahead=HOUR) == [["e1"]]

    def test_what_is_in_hand_is_kept(self, store: Store) -> None:
        self.fill(store, "e1")
        self.take(store)
        store.prolong("somebody else", NOW)
        store.prolong("me", NOW + 3 * HOUR)
        assert self.take(store, NOW + 2 * HOUR) is None
        assert self.take(store, NOW + 3 * HOUR)

    def test_what_a_clock_that_was_ahead_put_off_is_due(self, store: Store) -> None:
        with store.transaction():
            for identity, due in (("weekly", NOW + 7 * DAY), ("lost", NOW + 400 * DAY)):
                store.add_events([event(identity)])
                store.enqueue(event(identity), "mail", due)
        assert self.taken(store) == [["lost"]]

    def test_sent_failed_dead_and_tried_again(self, store: Store) -> None:
        self.fill(store, "e1", "e2")
        first, second = self.take(store), self.take(store)
        assert first
        assert second
        store.record(attempt(first, DeliveryStatus.SENT), "me")
        store.record(attempt(second, DeliveryStatus.WAITING, NOW + 2 * HOUR, "503"), "me")
        assert self.take(store, NOW + HOUR) is None
        late = self.take(store, NOW + 2 * HOUR)
        assert late
        assert (late.id, late.attempts, late.deliveries[0].error) == (second.id, 2, "503")
        store.record(attempt(late, DeliveryStatus.DEAD, error="410"), "me")
        (dead,) = store.deliveries(DeliveryStatus.DEAD)
        assert (dead.due, dead.error, dead.event) == (None, "410", event("e2"))
        assert (store.retry_dead(NOW, "hook"), store.retry_dead(NOW + 9 * HOUR)) == (0, 1)
        assert [(d.status, d.sent_at, d.answer) for d in store.deliveries()] == [
            (DeliveryStatus.SENT, NOW, "250 OK"),
            (DeliveryStatus.WAITING, None, ""),
        ]
        assert self.take(store, NOW + 9 * HOUR) == replace(
            second, since=NOW + 9 * HOUR, deliveries=store.deliveries(DeliveryStatus.WAITING)
        )

    def test_a_failure_of_who_lost_it_counts_for_nothing_a_success_does(self, store: Store) -> None:
        self.fill(store, "e1")
        slow = self.take(store)
        fast = self.take(store, NOW + HOUR, taker="other")
        assert slow
        assert fast
        store.record(attempt(slow, DeliveryStatus.DEAD, error="gone"), "me")
        assert [d.status for d in store.deliveries()] == [DeliveryStatus.WAITING]
        store.record(attempt(slow, DeliveryStatus.SENT), "me")
        store.record(attempt(fast, DeliveryStatus.DEAD, error="gone"), "other")
        assert [d.status for d in store.deliveries()] == [DeliveryStatus.SENT]

    def test_what_is_silenced_or_known_is_told_afterwards_but_for_its_end(self, store: Store) -> None:
        known = replace(event("known"), gap="g1")
        ended = replace(event("ended"), gap="g1", kind=EventKind.GAP_CLOSED)
        with store.transaction():
            for told in (known, ended):
                store.add_events([told])
                store.enqueue(told, "mail", NOW)
        self.fill(store, "quiet", service="Other")
        store.acknowledge("g1", NOW + HOUR, NOW, "we know")
        number = store.silence("Other", None, NOW + 2 * HOUR, "moving house", NOW)
        store.silence(None, "data-sale", NOW + 2 * HOUR, "not ours", NOW)
        assert self.taken(store, until=NOW + 9 * HOUR) == [["ended"]]
        assert self.taken(store, now=NOW + HOUR) == [["known"]]
        assert [(s.service, s.reason) for s in store.silences(NOW)] == [("Other", "moving house"), (None, "not ours")]
        assert store.end_silence(number, NOW + HOUR)
        assert not store.end_silence(number, NOW + HOUR)
        assert self.taken(store, now=NOW + HOUR) == [["quiet"]]

    def test_the_last_word_of_an_open_gap(self, store: Store) -> None:
        with store.transaction():
            store.add_events([replace(event("e1"), gap="g1")])
            store.enqueue(event("e1"), "mail", NOW)
            store.enqueue(event("e1"), "mail", NOW, repetition=1)
        assert [(d.event.id, d.repetition) for d in store.told_of(["g1", "g2"], "mail")] == [("e1", 1)]
        assert len({d.id for d in store.deliveries()}) == 2

    def test_events_of_a_service_since_a_time(self, store: Store) -> None:
        with store.transaction():
            store.add_events([event("late", NOW + HOUR), event("early"), replace(event("other"), service="Other")])
        assert [found.id for found in store.events("Example")] == ["early", "late"]
        assert [found.id for found in store.events(since=NOW + HOUR)] == ["late"]

    def test_no_delivery_without_its_event(self, store: Store) -> None:
        with pytest.raises(StoreError, match="FOREIGN KEY"), store.transaction():
            store.enqueue(event("unknown"), "mail", NOW)


class TestChecks:
    def test_validators_and_failures(self, store: Store) -> None:
        assert store.record_failure(POLICY, URL, NOW, "timed out") == 1
        assert store.record_failure(POLICY, URL, NOW + HOUR, "timed out again") == 2
        (check,) = store.checks(POLICY)
        assert (check.last_success, check.failures, check.error) == (None, 2, "timed out again")
        store.record_success(page(b"one", NOW + 2 * HOUR, headers=(("etag", '"a"'), ("Last-Modified", "Mon"))))
        store.record_success(NotModified(POLICY, URL, NOW + 3 * HOUR))
        (check,) = store.checks(POLICY)
        assert (check.etag, check.last_modified) == ('"a"', "Mon")
        store.record_failure(POLICY, URL, NOW + 4 * HOUR, "500")
        (check,) = store.checks()
        assert (check.last_success, check.last_attempt) == (NOW + 3 * HOUR, NOW + 4 * HOUR)
        assert (check.failures, check.etag) == (1, '"a"')
        store.record_success(page(b"two", NOW + 5 * HOUR, headers=()))
        (check,) = store.checks(POLICY)
        assert (check.etag, check.last_modified) == (None, None)

    def test_one_checks_a_document_at_a_time(self, store: Store, database: Path) -> None:
        with Store.open(database) as other:
            assert store.lease(POLICY, "daemon", NOW, NOW + HOUR)
            assert not other.lease(POLICY, "cron", NOW, NOW + HOUR)
            assert store.lease(POLICY, "daemon", NOW, NOW + HOUR), "one's own is prolonged"
            other.release(POLICY, "cron")
            assert not other.lease(POLICY, "cron", NOW, NOW + HOUR)
            assert other.lease(POLICY, "cron", NOW + HOUR, NOW + 2 * HOUR), "the daemon was killed"
            other.release(POLICY, "cron")
            assert store.lease(POLICY, "daemon", NOW, NOW + HOUR)
            assert other.lease(POLICY, "cron", NOW - DAY, NOW - DAY + HOUR), "the clock was ahead"

    def test_a_moved_document_keeps_its_history(self, store: Store) -> None:
        with store.transaction():
            store.add_version(version(block("a")), "f")
        store.register(replace(ENTRY, urls=("https://example.org/legal", URL), kind=Kind.TERMS), NOW + HOUR)
        (record,) = store.documents()
        assert (record.urls[0], record.kind, record.added) == ("https://example.org/legal", Kind.TERMS, NOW)
        assert len(store.versions(POLICY)) == 1
