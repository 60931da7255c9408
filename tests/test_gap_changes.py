"""What one document's changes tell: announcements, practices, dates, scope, editions."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from gap_histories import (
    NOW,
    SAYS,
    SILENT_POLICY,
    WEIGHTS,
    claim,
    coming,
    day,
    document,
    effective,
    helps,
    only,
    service,
    state_of,
    told,
)

from tracker.gaps import assess, words_changed
from tracker.gaps.extent import SUBSTANTIAL, UNDECLARED
from tracker.model import (
    Actor,
    Cause,
    Claim,
    Event,
    EventKind,
    Gap,
    GapStatus,
    Kind,
    OptOut,
    Severity,
    State,
)

# --- what is announced ------------------------------------------------------------------------------------------


def test_a_coming_text_on_the_same_page_is_announced_and_in_force_from_its_day() -> None:
    versions = (
        ("2024-01-01", ()),
        ("2024-10-17", (), {"notices": (coming("2024-11-15"),), "announced": SAYS}),
        ("2024-11-16", SAYS, {"notices": (effective("2024-11-15"),)}),
    )
    history = service(helps(), document("Policy", Kind.PRIVACY, *versions))
    before = only(assess(history, day("2024-11-01")))
    assert (before.status, state_of(before, "Policy")) == (GapStatus.OPEN, State.ANNOUNCED)
    assessment = assess(history, NOW, WEIGHTS)
    gap = only(assessment)
    assert (gap.closed, gap.notice_days) == (datetime(2024, 11, 15, tzinfo=UTC), 29)
    assert [event.kind for event in assessment.events if event.at > day("2024-10-01")] == [
        EventKind.CHANGE_ANNOUNCED,
        EventKind.CHANGE_REMINDER,
        EventKind.CHANGE_ARRIVED,
        EventKind.GAP_CLOSED,
        EventKind.PRACTICE_APPEARED,
    ]


def test_a_text_shown_before_its_day_is_announced_and_the_former_one_still_in_force() -> None:
    versions = (
        ("2024-01-01", (), {"notices": (effective("2023-09-25"),)}),
        ("2024-08-17", SAYS, {"notices": (effective("2024-09-16"),)}),
    )
    history = service(helps(), document("Terms", Kind.TERMS, *versions))
    before = only(assess(history, day("2024-09-01")))
    assert (before.status, state_of(before, "Terms")) == (GapStatus.OPEN, State.ANNOUNCED)
    assert before.binding[0].pending is not None
    after = only(assess(history, NOW))
    assert (after.closed, after.notice_days) == (datetime(2024, 9, 16, tzinfo=UTC), 30)
    (row,) = [row for row in assess(history, NOW).ledger if row.document.document == "Terms"]
    assert row.first_seen == day("2024-08-17")


def test_an_announced_day_is_not_reached_before_the_page_was_seen_on_it() -> None:
    policy = document(
        "Policy",
        Kind.PRIVACY,
        ("2024-01-01", ()),
        ("2024-10-17", (), {"notices": (coming("2024-11-15"),), "announced": SAYS, "last_seen": day("2024-11-14")}),
    )
    assert only(assess(service(helps(), policy), day("2024-11-20"))).status is GapStatus.OPEN


def test_an_announced_text_that_does_not_come_is_told() -> None:
    terms = document("Terms", Kind.TERMS, ("2024-01-01", ()), ("2024-06-01", (), {"notices": (coming("2024-07-01"),)}))
    events = assess(service(terms), NOW).events
    assert [(event.kind, event.at.date()) for event in events] == [
        (EventKind.CHANGE_ANNOUNCED, date(2024, 6, 1)),
        (EventKind.CHANGE_REMINDER, date(2024, 6, 24)),
        (EventKind.CHANGE_REMINDER, date(2024, 7, 8)),
    ]


def test_an_announcement_that_is_put_off_is_told_anew_and_counts_from_then() -> None:
    terms = document(
        "Policy",
        Kind.PRIVACY,
        ("2023-08-01", ()),
        ("2023-08-23", (), {"notices": (coming("2023-09-22"),), "announced": SAYS}),
        ("2023-08-30", (), {"notices": (coming("2023-09-29"),), "announced": SAYS}),
        ("2023-09-29", SAYS, {"notices": (effective("2023-09-29"),)}),
    )
    assessment = assess(service(terms), NOW, WEIGHTS)
    first, second = told(assessment, EventKind.CHANGE_ANNOUNCED)
    assert (first.practice, first.severity, first.effective) == ("ai-training", Severity.HIGH, date(2023, 9, 22))
    assert (second.at, second.effective, second.notice_days) == (day("2023-08-30"), date(2023, 9, 29), 30)
    assert second.summary.endswith("30 days ahead, no longer from 2023-09-22, with ai-training by the service itself")
    (row,) = assessment.ledger
    assert row.first_seen == day("2023-08-30"), "the text that was put off never applied"
    (reminder,) = told(assessment, EventKind.CHANGE_REMINDER)
    assert (reminder.at.date(), reminder.effective) == (date(2023, 9, 22), date(2023, 9, 29))


# --- one document by itself -------------------------------------------------------------------------------------


def changes_of(*versions: object, kind: Kind = Kind.PRIVACY) -> list[EventKind]:
    events = assess(service(document("Policy", kind, *versions)), NOW, WEIGHTS).events  # type: ignore[arg-type]
    return [event.kind for event in events]


def test_practices_that_come_go_and_turn() -> None:
    denial = (claim(denies=True),)
    assert changes_of(("2024-01-01", ()), ("2024-02-01", SAYS)) == [EventKind.PRACTICE_APPEARED]
    assert changes_of(("2024-01-01", SAYS), ("2024-02-01", ())) == [EventKind.PRACTICE_VANISHED]
    assert changes_of(("2024-01-01", denial), ("2024-02-01", SAYS)) == [EventKind.PRACTICE_REVERSED]
    assert changes_of(("2024-01-01", SAYS), ("2024-02-01", denial)) == [EventKind.PRACTICE_REVERSED]
    assert changes_of(("2024-01-01", denial), ("2024-02-01", ())) == [EventKind.SCOPE_WIDENED]
    assert changes_of(("2024-01-01", ()), ("2024-02-01", denial)) == [EventKind.SCOPE_NARROWED]


def test_what_only_our_reading_changed_is_never_told_and_still_in_the_ledger() -> None:
    versions = (("2024-01-01", ()), ("2024-02-01", SAYS, {"cause": Cause.TECHNICAL}))
    assert changes_of(*versions) == []
    assessment = assess(service(helps(), document("Policy", Kind.PRIVACY, *versions)), NOW)
    assert [row.first_seen for row in assessment.ledger if row.kind is Kind.PRIVACY] == [day("2024-02-01")]
    page = document("Help", Kind.HELP, ("2024-01-02", ()), ("2024-03-01", SAYS, {"cause": Cause.TECHNICAL}))
    assessment = assess(service(page, SILENT_POLICY), NOW)
    assert (assessment.events, only(assessment).opened) == ((), None)


def test_product_terms_are_in_the_ledger_and_tell_nothing() -> None:
    assert changes_of(("2024-01-01", ()), ("2024-02-01", SAYS), kind=Kind.SUPPLEMENT) == []


def test_dates_that_the_text_gives() -> None:
    def dated(first: str, then: str) -> list[EventKind]:
        return changes_of(
            ("2024-01-01", (), {"notices": (effective(first),)}), ("2024-02-01", (), {"notices": (effective(then),)})
        )

    assert dated("2023-12-01", "2024-02-01") == [EventKind.CHANGED_WITHOUT_NOTICE]
    assert dated("2023-12-01", "2023-12-01") == [EventKind.TEXT_CHANGED_UNDER_DATE]
    assert dated("2023-12-01", "2024-03-01") == [
        EventKind.CHANGE_ANNOUNCED,
        EventKind.CHANGE_REMINDER,
        EventKind.CHANGE_ARRIVED,
    ]


def test_a_change_within_a_check_of_its_day_is_without_notice_and_an_older_one_dated_back() -> None:
    def notice(seen: str, day_named: str) -> int | None:
        policy = document("Policy", Kind.PRIVACY, ("2024-01-01", ()), (seen, (), {"notices": (effective(day_named),)}))
        (event,) = assess(service(policy), NOW).events
        return event.notice_days

    assert notice("2024-09-19T00:32", "2024-09-18") == 0
    assert notice("2024-09-19T00:32", "2024-09-01") == -18


def test_a_text_that_came_back_to_stay_is_told_as_such() -> None:
    assert changes_of(("2024-01-01", ()), ("2024-02-01", ()), ("2024-03-01", (), {"reverted": True})) == [
        EventKind.REVERTED
    ]


def test_scope_terms() -> None:
    def moved(before: Claim, after: Claim) -> list[tuple[EventKind, tuple[str, ...], tuple[str, ...]]]:
        policy = document("Policy", Kind.PRIVACY, ("2024-01-01", (before,)), ("2024-02-01", (after,)))
        return [(event.kind, event.added, event.removed) for event in assess(service(policy), NOW, WEIGHTS).events]

    assert moved(claim(), claim("you can opt out", opt_out=OptOut(True))) == [
        (EventKind.SCOPE_NARROWED, ("opt-out",), ())
    ]
    assert moved(claim("not minors", except_audiences=("minors",)), claim()) == [
        (EventKind.SCOPE_WIDENED, (), ("minors",))
    ]
    assert moved(claim("in the US", only_regions=("US",)), claim()) == [(EventKind.SCOPE_WIDENED, (), ("elsewhere",))]
    assert moved(claim("in the US", only_regions=("US",)), claim(only_regions=("US", "GB"))) == [
        (EventKind.SCOPE_WIDENED, (), ("GB",))
    ]


# --- what is worth telling --------------------------------------------------------------------------------------

OTHERS = {"ai-training": Severity.CRITICAL, "precise-location": Severity.HIGH, "ai-processing": Severity.LOW}


def other(practice: str, **scope: object) -> Claim:
    return claim(f"we may do what is called {practice} {scope}", practice=practice, models=None, **scope)  # type: ignore[arg-type]  # free keywords


def events_of(before: tuple[Claim, ...], after: tuple[Claim, ...], changed: int | None = None) -> list[Event]:
    policy = document("Policy", Kind.PRIVACY, ("2024-01-01", before), ("2024-02-01", after, {"changed": changed}))
    return list(assess(service(policy), NOW, OTHERS).events)


def test_the_other_practices_of_one_change_are_told_together_and_a_critical_one_by_itself() -> None:
    now = (*SAYS, other("precise-location"), other("profiling"), other("ai-processing"))
    training, rest = sorted(events_of((), now), key=lambda event: event.practice or "")
    assert (training.practice, training.also) == ("ai-training", ())
    assert (rest.practice, rest.also, rest.severity) == ("precise-location", ("profiling",), Severity.MEDIUM)
    assert rest.summary == (
        "LinkedIn/Policy: now discloses precise-location by the service itself; "
        "now discloses profiling by the service itself"
    )


def test_what_is_of_little_weight_is_not_told_alone() -> None:
    assert events_of((), (other("profiling"),)) == []
    assert events_of((), (other("ai-processing"),)) == []
    assert events_of((other("precise-location"),), (other("precise-location", except_regions=("EU",)),)) == []
    assert [event.kind for event in events_of((), (other("precise-location"),))] == [EventKind.PRACTICE_APPEARED]


def test_claims_that_change_while_no_word_does_are_a_matter_of_our_reading() -> None:
    assert events_of((), SAYS, changed=0) == []
    assert len(events_of((), SAYS, changed=3)) == 1


def test_a_trifle_is_no_change_under_an_unchanged_date() -> None:
    def kinds(changed: int, *after: Claim) -> list[EventKind]:
        dated = {"notices": (effective("2023-12-01"),)}
        policy = document(
            "Policy", Kind.PRIVACY, ("2024-01-01", SAYS, dated), ("2024-02-01", after, {"changed": changed, **dated})
        )
        return [event.kind for event in assess(service(policy), NOW, WEIGHTS).events]

    reworded = claim("our models are trained on your posts")
    assert kinds(UNDECLARED - 1, reworded) == []
    assert kinds(UNDECLARED, reworded) == [EventKind.TEXT_CHANGED_UNDER_DATE]
    assert EventKind.TEXT_CHANGED_UNDER_DATE in kinds(2, claim(except_audiences=("minors",)))


def test_what_stands_in_both_texts_is_no_news_however_it_is_read() -> None:
    kept = {"changed": 60, "kept": frozenset([SAYS[0].quote])}
    policy = document("Policy", Kind.PRIVACY, ("2024-01-01", ()), ("2024-02-01", SAYS, kept))
    assert assess(service(policy), NOW, WEIGHTS).events == ()
    announced = ("2024-01-15", (), {"announced": SAYS, "notices": (coming("2024-02-01"),)})
    policy = document("Policy", Kind.PRIVACY, ("2024-01-01", ()), announced, ("2024-02-01", SAYS, kept))
    assert len(told(assess(service(policy), NOW, WEIGHTS), EventKind.PRACTICE_APPEARED)) == 1


def test_a_change_with_a_date_of_its_own_counts_from_fewer_words_on() -> None:
    def kinds(changed: int) -> list[EventKind]:
        now = ("2024-02-01", (), {"changed": changed, "notices": (effective("2024-02-01"),)})
        policy = document("Policy", Kind.PRIVACY, ("2024-01-01", (), {"notices": (effective("2023-12-01"),)}), now)
        return [event.kind for event in assess(service(policy), NOW, WEIGHTS).events]

    assert kinds(SUBSTANTIAL - 1) == []
    assert kinds(SUBSTANTIAL) == [EventKind.CHANGED_WITHOUT_NOTICE]


def test_what_was_announced_is_told_when_it_comes_in_force_though_no_word_changes() -> None:
    shown = {"announced": SAYS, "changed": 0, "kept": frozenset([SAYS[0].quote])}
    first = ("2023-08-23", (), {**shown, "changed": 900, "notices": (coming("2023-09-22"),)})
    again = ("2023-08-30", (), {**shown, "notices": (coming("2023-09-29"),)})
    policy = document("Policy", Kind.PRIVACY, ("2023-08-01", ()), first, again, seen="2023-10-01")
    (event,) = told(assess(service(policy), NOW, WEIGHTS), EventKind.PRACTICE_APPEARED)
    assert (event.at.date(), event.notice_days) == (date(2023, 9, 29), 30)


def test_words_that_came_or_went() -> None:
    before = "We share what we know with the partners who advertise here."
    assert words_changed([before], [before.replace("partners", "companies")]) == 2
    assert words_changed(["1. " + before], ["2.1) " + before]) == 0
    assert words_changed(["You must be sixteen or 16 years old to use all this."],
                         ["You must be sixteen or 18 years old to use all this."]) == 2  # fmt: skip
    assert words_changed([], ["Related articles", "Log in"]) == 0, "headings and links are no sentences"


def test_a_banner_that_comes_and_goes_announces_once() -> None:
    banner = {"notices": (coming("2024-07-01"),)}
    policy = document("Policy", Kind.PRIVACY, ("2024-01-01", ()), ("2024-02-01", (), banner), ("2024-03-01", ()),
                      ("2024-04-01", (), banner), seen="2024-05-01")  # fmt: skip
    assert [event.kind for event in assess(service(policy), NOW).events] == [EventKind.CHANGE_ANNOUNCED]


def test_a_page_that_changes_a_thousand_times_under_its_banner_announces_once() -> None:
    days = [(day("2024-01-01") + timedelta(hours=8 * n)).isoformat()[:16] for n in range(1_500)]
    banner = {"notices": (coming(None),)}
    announced = ((each, (), banner) for each in days[1:])
    policy = document("Policy", Kind.PRIVACY, (days[0], ()), *announced, ("2025-06-01", SAYS))
    assessment = assess(service(policy), NOW)
    assert len(told(assessment, EventKind.CHANGE_ANNOUNCED)) == len(told(assessment, EventKind.CHANGE_ARRIVED)) == 1


def test_nobody_is_reminded_of_what_was_just_announced() -> None:
    banner = {"notices": (coming("2024-07-01"),)}
    policy = document("Policy", Kind.PRIVACY, ("2024-01-01", ()), ("2024-05-31", (), banner), seen="2024-06-29")
    reminders = told(assess(service(policy), NOW), EventKind.CHANGE_REMINDER)
    assert [event.at.date() for event in reminders] == [date(2024, 6, 24)]


# --- editions and staleness -------------------------------------------------------------------------------------


def test_another_edition_neither_unsays_nor_reopens() -> None:
    european = {"edition": 2, "title": "LinkedIn European Regional Privacy Notice"}
    affiliate = claim("affiliates may train", Actor.AFFILIATE, only_regions=("GB",))
    page = helps(("2024-01-02", ()), ("2024-03-01", (*SAYS, claim(actor=Actor.AFFILIATE))))
    policy = document(
        "Policy",
        Kind.PRIVACY,
        ("2024-01-01", ()),
        ("2024-09-19", SAYS),
        ("2025-06-10", (), european),
        ("2025-11-04", (affiliate,), european),
    )
    terms = document("Terms", Kind.TERMS, ("2024-01-01", ()))
    assessment = assess(service(page, policy, terms), NOW, WEIGHTS)
    kinds = [event.kind for event in assessment.events if event.at >= day("2025-01-01")]
    assert kinds == [EventKind.DOCUMENT_REPLACED, EventKind.GAP_NARROWED, EventKind.PRACTICE_APPEARED]
    closed = only(assessment)
    assert (closed.status, state_of(closed, "Policy")) == (GapStatus.CLOSED, State.UNKNOWN)
    partial = only(assessment, Actor.AFFILIATE)
    assert (partial.status, partial.reason) == (GapStatus.PARTIAL, "disclosed by Policy for GB only")
    assert only(assess(service(page, policy, terms), day("2025-08-01")), Actor.AFFILIATE).status is GapStatus.OPEN


def test_a_part_of_what_a_former_edition_disclosed_reopens_nothing() -> None:
    european = {"edition": 2, "title": "European Regional Privacy Notice"}
    policy = document("Policy", Kind.PRIVACY, ("2024-01-01", ()), ("2024-09-19", SAYS), ("2025-06-10", SAYS, european))
    gap = only(assess(service(helps(), policy), NOW))
    assert (gap.status, gap.closed, state_of(gap, "Policy")) == (GapStatus.CLOSED, day("2024-09-19"), State.DISCLOSES)


def test_what_other_terms_said_before_the_practice_began_decides_nothing() -> None:
    def gap_after(taken: str) -> Gap | None:
        other = {"edition": 2, "title": "User Agreement"}
        terms = document(
            "Terms", Kind.TERMS, ("2022-01-01", SAYS, {"title": "Service Terms for Business"}), (taken, (), other)
        )
        return next(iter(assess(service(helps(), terms), NOW).gaps), None)

    gap = gap_after("2023-10-15")
    assert gap and (gap.status, gap.opened, state_of(gap, "Terms")) == (GapStatus.OPEN, day("2024-03-01"), State.SILENT)
    assert gap_after("2024-04-01") is None  # it was disclosed when it began: its terms stand elsewhere


def test_a_gap_tells_what_is_left_out_of_it_at_that_time() -> None:
    everywhere = claim(denies=True, only_regions=("EU", "GB"), data=("profile",))
    page = helps(("2024-01-02", ()), ("2024-03-01", (*SAYS, everywhere)), ("2025-11-04", SAYS))
    assert only(assess(service(page, SILENT_POLICY), day("2025-01-01"))).exempt == ("EU", "GB")
    assert only(assess(service(page, SILENT_POLICY), NOW)).exempt == ()


def test_a_former_edition_that_returns_is_compared_with_itself() -> None:
    policy = document(
        "Policy", Kind.PRIVACY, ("2024-01-01", SAYS), ("2024-06-01", (), {"edition": 2}), ("2024-07-01", SAYS)
    )
    events = assess(service(policy), NOW).events
    assert [event.kind for event in events] == [EventKind.DOCUMENT_REPLACED, EventKind.DOCUMENT_REPLACED]


def test_a_page_that_cannot_be_read_any_more_decides_nothing() -> None:
    policy = document("Policy", Kind.PRIVACY, ("2024-01-01", ()), fresh_until=day("2024-02-01"))
    assessment = assess(service(helps(), policy), NOW)
    assert only(assessment).status is GapStatus.UNDECIDED
    assert only(assessment).reason == "Policy: no fresh reading"
    assert [event.kind for event in assessment.events] == [EventKind.DOCUMENT_UNREACHABLE]
    assert only(assessment).binding[0].state is State.UNKNOWN


def test_an_open_gap_is_undecided_while_no_principal_document_can_be_read() -> None:
    policy = document("Policy", Kind.PRIVACY, ("2024-01-01", ()), fresh_until=day("2024-06-01"))
    gap = only(assess(service(helps(), policy), NOW))
    assert (gap.status, gap.opened) == (GapStatus.UNDECIDED, day("2024-03-01"))


# --- severity ---------------------------------------------------------------------------------------------------


def test_severity_follows_weight_opt_in_bounds_and_age() -> None:
    def severity(now: str, **scope: object) -> Severity:
        page = helps(("2024-01-02", ()), ("2024-03-01", (claim(**scope),)))  # type: ignore[arg-type]
        return only(assess(service(page, SILENT_POLICY), day(now), {"ai-training": Severity.HIGH})).severity

    assert severity("2024-04-01") is Severity.HIGH
    assert severity("2024-04-01", opt_out=OptOut(True, "on", False)) is Severity.HIGH
    assert severity("2024-04-01", opt_out=OptOut(True, "off")) is Severity.MEDIUM
    assert severity("2024-04-01", opt_out=OptOut(True, "off"), only_regions=("US",)) is Severity.LOW
    assert severity("2025-04-01") is Severity.CRITICAL


def test_the_ledger_has_a_row_for_every_document_and_practice() -> None:
    other = document("Terms", Kind.TERMS, ("2024-01-01", (claim(practice="profiling", models=None),)))
    rows = assess(service(helps(), SILENT_POLICY, other), NOW).ledger
    assert len(rows) == 3 * 2
    (silent,) = [row for row in rows if row.document.document == "Policy" and row.practice == "ai-training"]
    assert (silent.state, silent.first_seen, silent.version) == (State.SILENT, None, None)
    (said,) = [row for row in rows if row.document.document == "Help" and row.practice == "ai-training"]
    assert (said.first_seen, said.last_seen, said.version) == (day("2024-03-01"), NOW, 2)
