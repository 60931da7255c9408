"""Old pages are thinned, and nothing that was found or can be proved is lost by it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from desk import DISCLOSES, Desk, Said, policy
from storing import HOUR, NOW, POLICY, event, page, version

from tracker.errors import StoreError
from tracker.model import DocumentKey
from tracker.store import Store


def body(number: int) -> bytes:
    return b"<p>the same text in other bytes</p>" * 50 + b"<!-- nonce %d -->" % number


def fill(store: Store) -> None:
    """Two versions of ten pages each, an hour apart; an event rests on the fourth."""
    with store.transaction():
        for number in range(20):
            store.add_snapshot(page(body(number), NOW + number * HOUR))
        for number in (0, 10):
            seen = page(body(number), NOW + number * HOUR)
            made = version(at=seen.fetched_at)
            store.add_version(replace(made, snapshots=(seen.digest,)), str(number))
        store.add_events([replace(event("e1"), digest=page(body(4)).digest)])


def test_the_first_the_last_and_what_an_event_rests_on_stay(store: Store) -> None:
    fill(store)
    with store.transaction():
        assert store.thin(POLICY, NOW + 100 * HOUR) == 15
        assert store.thin(POLICY, NOW + 100 * HOUR) == 0
    left = [seen.body for seen in store.observations(POLICY)]
    assert left == [body(number) for number in (0, 4, 9, 10, 19)], "decoded, and verified by their digests"
    assert len(store.versions(POLICY)) == 2
    with store.transaction():
        store.add_snapshot(page(body(20), NOW + 20 * HOUR))
    assert [seen.body for seen in store.observations(POLICY)][-1] == body(20)


def test_what_is_new_stays(store: Store) -> None:
    fill(store)
    with store.transaction():
        assert store.thin(POLICY, NOW + 3 * HOUR) == 2
    with pytest.raises(StoreError, match="belongs into a transaction"):
        store.thin(POLICY, NOW)


def test_a_rebuild_finds_the_same(desk: Desk, capsys: Said) -> None:
    desk.usual()
    for turn in range(6):
        text = policy(DISCLOSES if turn > 3 else "")
        desk.site["/policy"] = text.replace("<main>", f'<!-- {turn} --><main data-nonce="{turn}">')
        assert desk("check") == 0
    with desk.store() as store:
        before = (store.versions(desk_key(store)), store.events())
        pages = len({seen.digest for seen in store.observations(desk_key(store))})
    assert desk("thin", "--before", "2999-01-01") == 2
    with Store.open(desk.database) as store, store.transaction():
        dropped = store.thin(desk_key(store), NOW + timedelta(days=36_500))
    assert (pages, dropped) == (6, 2)
    assert desk("rebuild") == 0
    with desk.store() as store:
        versions = store.versions(desk_key(store))
        stood = [(each.number, each.observed_at, each.last_seen, each.standing) for each in versions]
        assert stood == [(each.number, each.observed_at, each.last_seen, each.standing) for each in before[0]]
        assert store.events() == before[1]


def desk_key(store: Store) -> DocumentKey:
    return next(record.key for record in store.documents() if record.key.document == "Privacy Policy")
