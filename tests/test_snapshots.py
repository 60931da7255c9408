"""Raw pages come back byte for byte."""

from __future__ import annotations

import sqlite3
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from storing import ENTRY, HOUR, NOW, POLICY, URL, page

from tracker.errors import DamageError, StoreError
from tracker.model import DocumentKey, NotModified
from tracker.store import Store


class TestSnapshots:
    def test_long_chains_are_read_from_any_end(self, store: Store, database: Path) -> None:
        text = b"".join(b"<p>Paragraph %d of the policy.</p>\n" % n for n in range(500))
        bodies = [text.replace(b"Paragraph %d " % n, b"Changed %d " % n) for n in range(150)]
        with store.transaction():
            numbers = [store.add_snapshot(page(body, NOW + n * HOUR)) for n, body in enumerate(bodies)]
        with sqlite3.connect(database) as connection:
            frames = connection.execute("SELECT count(*) FROM snapshots WHERE base IS NULL").fetchone()[0]
            size = connection.execute("SELECT sum(length(body)) FROM snapshots").fetchone()[0]
        assert frames == 3
        assert size < len(text) * 2
        for number, body in reversed(list(zip(numbers, bodies, strict=True))):
            with Store.open(database, readonly=True) as fresh:
                found = fresh.snapshot(number)
                assert found is not None
                assert found.body == body

    def test_an_equal_page_is_noted_and_not_kept_again(self, store: Store) -> None:
        with store.transaction():
            first = store.add_snapshot(page(b"same", origin="ota:1"))
            assert store.add_snapshot(page(b"same", NOW + HOUR, origin="ota:2")) == first
            store.sight(NotModified(POLICY, URL, NOW + 2 * HOUR))
            elsewhere = store.add_snapshot(page(b"same", NOW + 3 * HOUR, final_url=URL + "/eu"))
        assert elsewhere != first
        times = [(seen.fetched_at, seen.final_url) for seen in store.observations(POLICY)]
        assert times == [(NOW, URL), (NOW + HOUR, URL), (NOW + 2 * HOUR, URL), (NOW + 3 * HOUR, URL + "/eu")]
        assert store.origins(POLICY) == {"ota:1", "ota:2"}

    def test_a_page_may_come_late(self, store: Store) -> None:
        with store.transaction():
            store.add_snapshot(page(b"live", NOW + 9 * HOUR))
            store.add_snapshot(page(b"old", NOW))
            store.add_snapshot(page(b"live", NOW + HOUR))
        assert [seen.body for seen in store.observations(POLICY)] == [b"old", b"live", b"live"]
        assert store.latest_digests(POLICY) == {URL: page(b"live").digest}
        assert store.snapshot(page(b"live").digest) == page(b"live", NOW + HOUR), "the oldest of that digest"

    def test_the_latest_is_the_one_last_seen(self, store: Store) -> None:
        with store.transaction():
            store.add_snapshot(page(b"live"))
            store.sight(NotModified(POLICY, URL, NOW + 5 * HOUR))
            store.add_snapshot(page(b"archived", NOW + HOUR))
            store.sight(NotModified(POLICY, URL, NOW + 6 * HOUR))
        assert store.latest_digests(POLICY) == {URL: page(b"live").digest}
        assert [seen.body for seen in store.observations(POLICY)] == [b"live", b"archived", b"live", b"live"]

    def test_equal_pages_of_two_documents_are_told_apart(self, store: Store) -> None:
        terms = replace(ENTRY, key=DocumentKey("Example", "Terms"))
        store.register(terms, NOW)
        wall, walled = page(b"Sign in"), page(b"Sign in", NOW + HOUR, document=terms.key)
        with store.transaction():
            store.add_snapshot(wall)
            store.add_snapshot(walled)
        assert store.snapshot(wall.digest) == store.snapshot(wall.digest, POLICY) == wall
        assert store.snapshot(wall.digest, terms.key) == walled

    def test_a_fetch_that_came_late_makes_no_second_one_of_those_after_it(self, store: Store) -> None:
        same, other = b"a page", b"another"
        late = [page(same), page(same, NOW + 2 * HOUR), page(other, NOW + HOUR)]
        for _ in range(2):
            with store.transaction():
                for fetch in late:
                    store.add_snapshot(fetch)
        assert [each.body for each in store.observations(POLICY)] == [same, other, same]

    def test_damage_is_noticed(self, store: Store, database: Path) -> None:
        with store.transaction():
            first = store.add_snapshot(page(b"one page"))
            second = store.add_snapshot(page(b"two pages", NOW + HOUR))
        store.close()
        with sqlite3.connect(database) as connection:
            connection.execute("UPDATE snapshots SET digest = ? WHERE id = ?", ("0" * 64, first))
            connection.execute("UPDATE snapshots SET body = x'00' WHERE id = ?", (second,))
        with Store.open(database) as damaged:
            for number in (first, second):
                with pytest.raises(DamageError, match=f"snapshot {number} is damaged: restore a backup"):
                    damaged.snapshot(number)
            with damaged.transaction():
                third = damaged.add_snapshot(page(b"three pages", NOW + 2 * HOUR))
            assert damaged.snapshot(third) == page(b"three pages", NOW + 2 * HOUR), "what comes after it is kept whole"

    def test_nothing_there(self, store: Store) -> None:
        assert store.snapshot(7) is None
        assert store.snapshot("0" * 64) is None
        assert store.latest_digests(POLICY) == {}
        with pytest.raises(StoreError, match="no page is stored"), store.transaction():
            store.sight(NotModified(POLICY, URL, NOW))
        with pytest.raises(StoreError, match="Nobody/Nothing: is not in the database"):
            store.latest_digests(DocumentKey("Nobody", "Nothing"))

    @given(st.data())
    def test_any_sequence_is_read_back_byte_for_byte(self, data: st.DataObject) -> None:
        bodies = st.one_of(st.binary(max_size=60), st.sampled_from([b"", b"A" * 5000, b"A" * 2500 + b"B" * 2500]))
        headers = st.lists(st.tuples(st.text(), st.text()), max_size=3).map(tuple)
        fetches = data.draw(
            st.lists(
                st.builds(
                    page,
                    body=bodies,
                    at=st.integers(0, 20).map(lambda hours: NOW + hours * HOUR),
                    url=st.sampled_from([URL, URL + "?2"]),
                    headers=headers,
                    status=st.sampled_from([200, 404]),
                    media_type=st.text(max_size=5),
                ),
                max_size=20,
                unique_by=lambda fetch: (fetch.url, fetch.fetched_at),
            )
        )
        with tempfile.TemporaryDirectory() as folder:
            with Store.open(Path(folder) / "t.db") as store:
                store.register(ENTRY, NOW)
                for _ in range(2):  # the second time adds nothing
                    with store.transaction():
                        for fetch in fetches:
                            store.add_snapshot(fetch)
            with Store.open(Path(folder) / "t.db") as again:
                found = [(f.url, f.fetched_at, f.body, f.status, f.media_type) for f in again.observations(POLICY)]
        wanted = [(f.url, f.fetched_at, f.body, f.status, f.media_type) for f in fetches]
        assert sorted(found) == sorted(wanted)
        assert [at for _, at, *_ in found] == sorted(at for _, at, *_ in found)
