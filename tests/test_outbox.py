"""Every delivery at least once, in order; checks and who does them."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import pytest
from storing import ENTRY, HOUR, NOW, POLICY, URL, block, event, page, version

from tracker.errors import StoreError
from tracker.model import DeliveryStatus, Kind, NotModified
from tracker.store import Store


class TestOutbox:
    def fill(self, store: Store, *identities: str) -> None:
        with store.transaction():
            for identity in identities:
                store.add_events([event(identity)])
                store.enqueue(event(identity), ["mail", "hook"], NOW)
                store.enqueue(event(identity), ["mail"], NOW + HOUR)

    def test_each_is_taken_once_and_in_order(self, store: Store, database: Path) -> None:
        self.fill(store, "e2", "e1")
        with Store.open(database) as other:
            taken = []
            for taker in itertools.cycle((store, other)):
                delivery = taker.take_delivery(NOW, HOUR)
                if delivery is None:
                    break
                taken.append((delivery.event.id, delivery.channel, delivery.attempts))
        assert taken == [("e2", "mail", 1), ("e2", "hook", 1), ("e1", "mail", 1), ("e1", "hook", 1)]

    def test_whoever_is_killed_repeats_the_one_in_flight(self, store: Store) -> None:
        self.fill(store, "e1")
        first = store.take_delivery(NOW, HOUR)
        assert first is not None
        again = [store.take_delivery(NOW + HOUR, HOUR), store.take_delivery(NOW + HOUR, HOUR)]
        assert {(d.id, d.attempts) for d in again if d} >= {(first.id, 2)}

    def test_sent_failed_dead_and_tried_again(self, store: Store) -> None:
        self.fill(store, "e1")
        mail, hook = store.take_delivery(NOW, HOUR), store.take_delivery(NOW, HOUR)
        assert mail is not None
        assert hook is not None
        store.mark_sent(mail.id, NOW)
        store.mark_failed(hook.id, "503", NOW + 2 * HOUR)
        assert store.take_delivery(NOW + HOUR, HOUR) is None
        late = store.take_delivery(NOW + 2 * HOUR, HOUR)
        assert late is not None
        assert (late.id, late.attempts, late.error) == (hook.id, 2, "503")
        store.mark_dead(hook.id, "410")
        with pytest.raises(StoreError, match="is not waiting"):
            store.mark_sent(hook.id, NOW)
        (dead,) = store.deliveries(DeliveryStatus.DEAD)
        assert (dead.due, dead.error, dead.event) == (None, "410", event("e1"))
        assert store.retry_dead(NOW + 9 * HOUR) == 1
        assert [(d.status, d.sent_at) for d in store.deliveries()] == [
            (DeliveryStatus.SENT, NOW),
            (DeliveryStatus.WAITING, None),
        ]

    def test_events_of_a_service_since_a_time(self, store: Store) -> None:
        with store.transaction():
            store.add_events([event("late", NOW + HOUR), event("early"), replace(event("other"), service="Other")])
        assert [found.id for found in store.events("Example")] == ["early", "late"]
        assert [found.id for found in store.events(since=NOW + HOUR)] == ["late"]

    def test_no_delivery_without_its_event(self, store: Store) -> None:
        with pytest.raises(StoreError, match="FOREIGN KEY"), store.transaction():
            store.enqueue(event("unknown"), ["mail"], NOW)


class TestChecks:
    def test_validators_and_failures(self, store: Store) -> None:
        assert store.latest_validators(POLICY, URL) == (None, None)
        assert store.record_failure(POLICY, URL, NOW, "timed out") == 1
        assert store.record_failure(POLICY, URL, NOW + HOUR, "timed out again") == 2
        (check,) = store.checks(POLICY)
        assert (check.last_success, check.failures, check.error) == (None, 2, "timed out again")
        store.record_success(page(b"one", NOW + 2 * HOUR, headers=(("etag", '"a"'), ("Last-Modified", "Mon"))))
        store.record_success(NotModified(POLICY, URL, NOW + 3 * HOUR))
        assert store.latest_validators(POLICY, URL) == ('"a"', "Mon")
        store.record_failure(POLICY, URL, NOW + 4 * HOUR, "500")
        (check,) = store.checks()
        assert (check.last_success, check.last_attempt) == (NOW + 3 * HOUR, NOW + 4 * HOUR)
        assert (check.failures, check.etag) == (1, '"a"')
        store.record_success(page(b"two", NOW + 5 * HOUR, headers=()))
        assert store.latest_validators(POLICY, URL) == (None, None)

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

    def test_a_moved_document_keeps_its_history(self, store: Store) -> None:
        with store.transaction():
            store.add_version(version(block("a")), "f")
        store.register(replace(ENTRY, urls=("https://example.org/legal", URL), kind=Kind.TERMS), NOW + HOUR)
        (record,) = store.documents()
        assert (record.urls[0], record.kind, record.added) == ("https://example.org/legal", Kind.TERMS, NOW)
        assert len(store.versions(POLICY)) == 1
