"""What goes into the store comes out equal."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from storing import ENTRY, NOW, POLICY

from tracker.model import (
    Actor,
    Block,
    BlockKind,
    Cause,
    Claim,
    DocumentKey,
    Event,
    EventKind,
    Findings,
    Models,
    Notice,
    NoticeKind,
    OptOut,
    Polarity,
    Severity,
    Source,
    Standing,
    Version,
)
from tracker.store import Store

TEXT = st.text(max_size=20)
TEXTS = st.lists(TEXT, max_size=3).map(tuple)
TIMES = st.timedeltas(timedelta(days=-9999), timedelta(days=9999)).map(lambda distance: NOW + distance)
OFFSETS = st.integers(0, 2**40)
BLOCKS = st.builds(
    Block,
    id=st.text("0123456789abcdef", min_size=1),  # a hash in hexadecimal
    text=st.just(""),
    kind=st.sampled_from(BlockKind),
    headings=TEXTS,
    lead=TEXT,
    level=st.integers(0, 6),
).map(lambda found: replace(found, text=f"the text of {found.id}"))
CLAIMS = st.builds(
    Claim,
    practice=TEXT,
    polarity=st.sampled_from(Polarity),
    actor=st.sampled_from(Actor),
    quote=TEXT,
    start=OFFSETS,
    end=OFFSETS,
    rule=TEXT,
    confidence=st.floats(0, 1),
    models=st.none() | st.sampled_from(Models),
    source=st.none() | st.sampled_from(Source),
    conditional=st.booleans(),
    data=TEXTS,
    except_data=TEXTS,
    only_regions=TEXTS,
    except_regions=TEXTS,
    only_audiences=TEXTS,
    except_audiences=TEXTS,
    opt_out=st.none()
    | st.builds(OptOut, st.booleans(), st.none() | st.sampled_from(["on", "off"]), st.none() | st.booleans()),
    from_date=st.none() | st.dates(date(1970, 1, 1)),
)
NOTICES = st.builds(
    Notice,
    st.sampled_from(NoticeKind),
    TEXT,
    OFFSETS,
    OFFSETS,
    st.none() | st.dates(date(1970, 1, 1)),
    st.none() | TEXT,
)
EVENTS = st.builds(
    Event,
    id=TEXT,
    kind=st.sampled_from(EventKind),
    service=TEXT,
    at=TIMES,
    severity=st.sampled_from(Severity),
    summary=TEXT,
    document=st.none() | st.builds(DocumentKey, TEXT, TEXT),
    version=st.none() | OFFSETS,
    practice=st.none() | TEXT,
    actor=st.none() | st.sampled_from(Actor),
    effective=st.none() | st.dates(date(1970, 1, 1)),
    quote=TEXT,
    before=TEXT,
    url=TEXT,
    digest=TEXT,
    gap=st.none() | TEXT,
    lag_days=st.none() | st.integers(-999, 9999),
    notice_days=st.none() | st.integers(-999, 9999),
    added=TEXTS,
    removed=TEXTS,
)


@pytest.fixture(scope="module")
def shared() -> Iterator[Store]:
    """One file for all examples of the round trips."""
    with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder) / "t.db") as opened:
        opened.register(ENTRY, NOW)
        yield opened


class TestRoundTrips:
    @given(
        blocks=st.lists(BLOCKS, max_size=8),
        times=st.tuples(TIMES, TIMES, st.none() | TIMES),
        cause=st.sampled_from(Cause),
        standing=st.sampled_from(Standing),
        texts=st.tuples(TEXTS, st.none() | TEXT, st.none() | TEXT, TEXT),
        numbers=st.tuples(st.integers(1, 99), st.none() | st.integers(1, 99)),
    )
    def test_versions(self, shared: Store, blocks, times, cause, standing, texts, numbers) -> None:  # type: ignore[no-untyped-def]
        wanted = Version(
            document=POLICY, number=0, observed_at=times[0], last_seen=times[1], confirmed_at=times[2], cause=cause,
            standing=standing, blocks=tuple(blocks), snapshots=texts[0], title=texts[1], language=texts[2],
            reason=texts[3], edition=numbers[0], equals=numbers[1],
        )  # fmt: skip
        with shared.transaction():
            number = shared.add_version(wanted, "fingerprint")
        record = shared.versions(POLICY)[-1]
        assert shared.version(POLICY, number) == shared.with_blocks(record) == replace(wanted, number=number)
        assert record.fingerprint == "fingerprint"
        assert len(record.passages) == len(blocks)

    @given(
        st.dictionaries(
            BLOCKS,
            st.builds(
                Findings,
                st.lists(CLAIMS, max_size=3).map(tuple),
                st.lists(NOTICES, max_size=3).map(tuple),
                st.none() | TEXT,
            ),
            max_size=4,
        ),
        st.sampled_from(["1", "2"]),
    )
    def test_findings(self, shared: Store, found: dict[Block, Findings], detector: str) -> None:
        with shared.transaction():
            passages = shared.intern(list(found))
            shared.save_findings(dict(zip(passages, found.values(), strict=True)), detector)
        wanted = {p: f for p, f in zip(passages, found.values(), strict=True) if f.claims or f.notices}
        assert shared.findings(passages) == wanted
        assert shared.unread(passages, detector) == {}
        assert set(shared.unread(passages, "3")) == set(passages)

    @given(st.lists(EVENTS, max_size=4, unique_by=lambda found: found.id))
    def test_events(self, shared: Store, events: list[Event]) -> None:
        known = {found.id: found for found in shared.events()}
        with shared.transaction():
            added = shared.add_events(events)
            assert shared.add_events(events) == ()
        assert added == tuple(found for found in events if found.id not in known)
        assert {found.id: found for found in shared.events()} == known | {found.id: found for found in added}
