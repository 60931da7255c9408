"""Versions, their passages and what was found in them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from storing import HOUR, NOW, POLICY, block, page, version

from tracker.errors import StoreError
from tracker.model import Actor, Claim, Findings, Polarity, Standing
from tracker.store import Store


class TestVersions:
    def test_what_becomes_of_them(self, store: Store) -> None:
        with store.transaction():
            number = store.add_version(version(block("a"), standing=Standing.HELD), "f")
            store.set_standing(POLICY, number, Standing.CONFIRMED, reason="", confirmed_at=NOW + HOUR)
            store.set_last_seen(POLICY, number, NOW + 2 * HOUR)
            store.set_last_seen(POLICY, number, NOW + HOUR)
        (record,) = store.versions(POLICY)
        assert record.standing is Standing.CONFIRMED
        assert (record.confirmed_at, record.last_seen) == (NOW + HOUR, NOW + 2 * HOUR)
        with pytest.raises(StoreError, match="Example/Privacy Policy: has no version 9"):
            store.set_last_seen(POLICY, 9, NOW)
        assert store.version(POLICY, 9) is None

    def test_forgotten_versions_leave_their_evidence_and_the_readers_word(self, store: Store) -> None:
        with store.transaction():
            store.add_snapshot(page(b"one"))
            store.add_version(version(block("a")), "f")
            store.reject("id-a", "ai-training", "It is about trains.", NOW)
        with store.transaction():
            store.forget_versions(POLICY)
            assert store.add_version(version(block("a")), "f") == 1
        assert [seen.body for seen in store.observations(POLICY)] == [b"one"]
        assert [(r.block, r.practice, r.reason, r.at) for r in store.rejections()] == [
            ("id-a", "ai-training", "It is about trains.", NOW)
        ]

    def test_the_same_words_under_another_heading_are_read_again(self, store: Store) -> None:
        here, there = block("posts", headings=("We use",)), block("posts", headings=("We never use",))
        with store.transaction():
            first, second, third = store.intern([here, there, here])
            assert (first == third, first == second) == (True, False)
            store.save_findings({first: Findings()}, "1")
        assert store.unread([first, second], "1") == {second: there}

    def test_the_text_first_stored_stays(self, store: Store) -> None:
        with store.transaction():
            store.intern([block("posts")])
            passages = store.intern([replace(block("posts"), text="posts ", headings=("New",))])
        assert store.unread(passages, "1")[passages[0]].text == "posts"

    def test_readers_with_sql_find_blocks_by_their_words(self, store: Store, database: Path) -> None:
        with store.transaction():
            store.add_version(version(block("We use posts to train."), block("Données privées")), "1")
        found = "SELECT b.text FROM blocks_fts f JOIN blocks b ON b.id = f.rowid WHERE blocks_fts MATCH ?"
        with closing(sqlite3.connect(database)) as reader:
            words = {
                wanted: reader.execute(found, (wanted,)).fetchall() for wanted in ("POSTS train", "donnees", "old")
            }
        assert words == {"POSTS train": [("We use posts to train.",)], "donnees": [("Données privées",)], "old": []}


class TestLedger:
    def test_another_detector_takes_the_place_of_the_former(self, store: Store) -> None:
        claim = Claim("ai-training", Polarity.ASSERTS, Actor.SERVICE, "train", 0, 5, "r1")
        with store.transaction():
            (passage,) = store.intern([block("train")])
            store.save_findings({passage: Findings((claim, claim))}, "1")
            assert store.unread([passage], "1") == {}
            store.save_findings({passage: Findings((replace(claim, rule="r2"),))}, "2")
            assert store.unread([passage], "2") == {}
            assert store.unread([passage], "1") == {passage: block("train")}
        assert store.findings([passage]) == {passage: Findings((replace(claim, rule="r2"),))}

    def test_acknowledged_gaps_come_back(self, store: Store) -> None:
        store.acknowledge("g1", NOW + HOUR, NOW)
        assert store.acknowledged(NOW) == {"g1": NOW + HOUR}
        assert store.acknowledged(NOW + HOUR) == {}
        assert store.end_acknowledgement("g1", NOW)
        assert store.acknowledged(NOW) == {}
        assert not store.end_acknowledgement("g1", NOW)
