"""What holds of every history, whatever it says."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from gap_histories import WEIGHTS, claim
from hypothesis import given
from hypothesis import strategies as st

from tracker.gaps import assess
from tracker.model import (
    Actor,
    Cause,
    DocumentHistory,
    DocumentKey,
    Event,
    Kind,
    Models,
    Notice,
    NoticeKind,
    OptOut,
    Reading,
    ServiceHistory,
)

START = datetime(2024, 1, 1, tzinfo=UTC)
LENGTH = 120  # days that a history spans

CLAIMS = st.builds(
    claim,
    st.just("they say so"),
    st.sampled_from([Actor.SERVICE, Actor.AFFILIATE]),
    st.sampled_from(["ai-training", "profiling"]),
    denies=st.booleans(),
    models=st.sampled_from([Models.GENERATIVE, Models.UNSPECIFIED]),
    only_regions=st.sampled_from([(), (), ("GB",)]),
    except_regions=st.sampled_from([(), ("EU",), ("EU", "GB")]),
    opt_out=st.sampled_from([None, OptOut(True, "on", False)]),
    from_date=st.one_of(st.none(), st.dates(date(2024, 1, 1), date(2024, 5, 1))),
)
SAID = st.lists(CLAIMS, max_size=2).map(tuple)
NOTICES = st.lists(
    st.builds(
        Notice,
        st.sampled_from([NoticeKind.EFFECTIVE, NoticeKind.COMING, NoticeKind.UPDATED, NoticeKind.UNTIL]),
        st.just("a date"),
        st.just(0),
        st.just(6),
        st.dates(date(2023, 12, 1), date(2024, 6, 1)),
    ),
    max_size=2,
).map(tuple)


@st.composite
def documents(draw: st.DrawFn, name: str) -> DocumentHistory:
    days = sorted(draw(st.sets(st.integers(0, LENGTH), min_size=1, max_size=5)))
    late = timedelta(minutes=draw(st.sampled_from([0, 0, 1, 5, 40])))  # how far into each round the page is looked at
    times = [START + timedelta(days=each) + late for each in days]
    readings = []
    for index, seen in enumerate(times):
        following = times[index + 1] if index + 1 < len(times) else None
        reading = Reading(
            number=index + 1,
            observed_at=seen,
            last_seen=following - timedelta(hours=12) if following else START + timedelta(days=LENGTH + 30),
            until=following,
            cause=Cause.FIRST if index == 0 else draw(st.sampled_from([Cause.SOURCE, Cause.SOURCE, Cause.TECHNICAL])),
            edition=draw(st.sampled_from([1, 1, 1, 2])),
            claims=draw(SAID),
            url="https://example.org/",
            digest=str(index),
            announced=draw(st.sampled_from([(), (), (claim("coming"),)])),
            notices=draw(NOTICES),
            title=draw(st.sampled_from(["Policy", "Policy", "UK Policy"])),
            reverted=draw(st.booleans()),
        )
        readings.append(reading)
    kind = draw(st.sampled_from([Kind.HELP, Kind.FAQ, Kind.PRIVACY, Kind.TERMS, Kind.REGIONAL_NOTICE, Kind.OTHER]))
    return DocumentHistory(DocumentKey("S", name), kind, tuple(readings), region="GB")


@st.composite
def histories(draw: st.DrawFn) -> ServiceHistory:
    names = draw(st.sampled_from([("a",), ("a", "b"), ("a", "b", "c")]))
    binding = draw(st.sampled_from([(), (Kind.PRIVACY, Kind.TERMS)]))
    return ServiceHistory("S", tuple(draw(documents(name)) for name in names), binding)


def known_at(history: ServiceHistory, now: datetime) -> ServiceHistory:
    """The history as it was known at a time: later readings are not there yet, and none has ended by them."""

    def then(reading: Reading) -> Reading:
        until = reading.until if reading.until and reading.until <= now else None
        return replace(reading, until=until, last_seen=min(reading.last_seen, now))

    return replace(
        history,
        documents=tuple(
            replace(each, readings=tuple(then(reading) for reading in each.readings if reading.observed_at <= now))
            for each in history.documents
        ),
    )


END = START + timedelta(days=LENGTH + 30)
MOMENTS = st.integers(0, (LENGTH + 30) * 24 * 12).map(lambda steps: START + timedelta(minutes=5 * steps))
ROUNDS = st.builds(
    lambda day, minutes: START + timedelta(days=day, minutes=minutes), st.integers(0, LENGTH), st.integers(0, 60)
)


@given(histories(), st.lists(st.one_of(MOMENTS, ROUNDS), min_size=1, max_size=6))
def test_living_through_a_history_tells_what_importing_does(history: ServiceHistory, moments: list[datetime]) -> None:
    lived: dict[str, Event] = {}
    for moment in [*sorted(moments), END]:
        for event in assess(known_at(history, moment), moment, WEIGHTS).events:
            assert event.at <= moment
            assert lived.setdefault(event.id, event) == event
    imported = assess(history, END, WEIGHTS)
    assert sorted(lived) == sorted(event.id for event in imported.events)


@given(histories(), MOMENTS)
def test_what_is_not_yet_observed_does_not_count(history: ServiceHistory, now: datetime) -> None:
    assert assess(history, now, WEIGHTS) == assess(known_at(history, now), now, WEIGHTS)


@given(histories())
def test_ids_are_unique_and_no_event_precedes_its_evidence(history: ServiceHistory) -> None:
    found = assess(history, END, WEIGHTS)
    ids = [event.id for event in found.events]
    assert len(set(ids)) == len(ids)
    assert len({gap.id for gap in found.gaps}) == len(found.gaps)
    seen = {(d.key, r.number): r.observed_at for d in history.documents for r in d.readings}
    for event in found.events:
        assert event.document is not None and event.version is not None
        assert seen[event.document, event.version] <= event.at <= END
    for gap in found.gaps:
        assert gap.opened is None or gap.opened == gap.found
        assert gap.closed is None or gap.found <= gap.closed
        assert gap.lag_days is None or gap.lag_days >= 0


@given(histories())
def test_reading_a_version_twice_adds_nothing(history: ServiceHistory) -> None:
    def twice(each: DocumentHistory) -> DocumentHistory:
        last = each.readings[-1]
        again = replace(last, number=last.number + 1, observed_at=last.observed_at + timedelta(hours=6))
        stopped = replace(last, until=again.observed_at, last_seen=again.observed_at)
        return replace(each, readings=(*each.readings[:-1], stopped, replace(again, cause=Cause.TECHNICAL)))

    once = {event.id for event in assess(history, END, WEIGHTS).events}
    again = replace(history, documents=tuple(twice(each) for each in history.documents))
    assert {event.id for event in assess(again, END, WEIGHTS).events} == once


@given(histories(), st.randoms())
def test_the_order_of_documents_changes_no_event(history: ServiceHistory, chance: object) -> None:
    documents = list(history.documents)
    chance.shuffle(documents)  # type: ignore[attr-defined]  # a random.Random
    assert assess(replace(history, documents=tuple(documents)), END).events == assess(history, END).events
