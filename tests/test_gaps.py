"""The gap rules: the founding case as a table, then what opens a gap and what closes it."""

from __future__ import annotations

from datetime import date

import pytest
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

from tracker.gaps import assess
from tracker.model import (
    Actor,
    Claim,
    DocumentHistory,
    DocumentKey,
    EventKind,
    Gap,
    GapStatus,
    Kind,
    Models,
    Notice,
    NoticeKind,
    OptOut,
    ServiceHistory,
    Severity,
    State,
)

# --- the founding case ------------------------------------------------------------------------------------------

EXEMPT = ("CH", "EEA", "EU")


def help_claims(*regions: str, **more: object) -> tuple[Claim, ...]:
    out = OptOut(True, "on", False)
    return (
        claim("LinkedIn trains on your posts", except_regions=regions, opt_out=out, **more),
        claim("another provider trains", Actor.AFFILIATE, except_regions=regions, opt_out=out, **more),
    )


def founding() -> ServiceHistory:
    later = {"except_data": ("private-messages", "salary"), "except_audiences": ("minors",)}
    return service(
        document(
            "Help",
            Kind.HELP,
            ("2024-06-01", ()),
            ("2024-09-11", help_claims(*EXEMPT)),
            ("2024-09-20", help_claims(*EXEMPT, "GB")),
            ("2025-11-03", help_claims(**later)),
        ),
        document(
            "Privacy Policy",
            Kind.PRIVACY,
            ("2024-03-06", (), {"notices": (effective("2024-03-06"),)}),
            (
                "2024-09-18T12:00",
                (claim("develop and train AI models", models=Models.UNSPECIFIED),),
                {"notices": (effective("2024-09-18"),)},
            ),
        ),
        document(
            "User Agreement",
            Kind.TERMS,
            ("2022-02-01", (), {"notices": (effective("2022-02-01"),)}),
            ("2024-09-18T12:00", (), {"notices": (coming("2024-11-20"), effective("2022-02-01"))}),
            ("2024-11-20T12:00", (), {"notices": (effective("2024-11-20"),)}),
        ),
    )


def test_founding_gap_of_the_service_is_opened_by_help_and_closed_by_the_policy_without_notice() -> None:
    gap = only(assess(founding(), NOW, WEIGHTS))
    assert (gap.status, gap.opened, gap.closed) == (GapStatus.CLOSED, day("2024-09-11"), day("2024-09-18T12:00"))
    assert gap.closed_by == DocumentKey("LinkedIn", "Privacy Policy")
    assert (gap.lag_days, gap.notice_days) == (7, 0)
    assert gap.informal.document.document == "Help"
    assert state_of(gap, "User Agreement") is State.SILENT


def test_founding_gap_of_affiliates_stays_open() -> None:
    gap = only(assess(founding(), NOW, WEIGHTS), Actor.AFFILIATE)
    assert (gap.status, gap.opened, gap.closed, gap.lag_days) == (GapStatus.OPEN, day("2024-09-11"), None, None)
    assert {state_of(gap, "Privacy Policy"), state_of(gap, "User Agreement")} == {State.SILENT}
    assert gap.severity is Severity.CRITICAL
    (closed,) = told(assess(founding(), NOW, WEIGHTS), EventKind.GAP_CLOSED)
    assert closed.summary.endswith("still open for affiliates")


def test_founding_table_of_events() -> None:
    rows = [
        (event.kind.value, event.at.date().isoformat(), event.document.document if event.document else "")
        for event in assess(founding(), NOW, WEIGHTS).events
    ]
    assert rows == [
        ("gap-opened", "2024-09-11", "Help"),
        ("gap-opened", "2024-09-11", "Help"),
        ("change-announced", "2024-09-18", "User Agreement"),
        ("changed-without-notice", "2024-09-18", "Privacy Policy"),
        ("gap-closed", "2024-09-18", "Privacy Policy"),
        ("practice-appeared", "2024-09-18", "Privacy Policy"),
        ("scope-narrowed", "2024-09-20", "Help"),
        ("change-reminder", "2024-10-21", "User Agreement"),
        ("change-reminder", "2024-11-13", "User Agreement"),
        ("change-arrived", "2024-11-20", "User Agreement"),
        ("scope-narrowed", "2025-11-03", "Help"),
        ("scope-widened", "2025-11-03", "Help"),
    ]


def test_founding_announcement_names_its_day_and_notice() -> None:
    assessment = assess(founding(), day("2024-10-01"), WEIGHTS)
    (announced,) = told(assessment, EventKind.CHANGE_ANNOUNCED)
    assert (announced.effective, announced.notice_days) == (date(2024, 11, 20), 63)
    (binding,) = [each for each in only(assessment).binding if each.document.document == "User Agreement"]
    assert binding.pending is not None
    assert (binding.state, binding.pending.effective) == (State.SILENT, date(2024, 11, 20))
    after = only(assess(founding(), NOW, WEIGHTS), Actor.AFFILIATE)
    assert all(each.pending is None for each in after.binding)


def test_founding_scope_changes_list_their_terms() -> None:
    assessment = assess(founding(), NOW, WEIGHTS)
    first, second = told(assessment, EventKind.SCOPE_NARROWED)
    assert first.added == ("GB",)
    assert second.added == ("minors", "private-messages", "salary")
    (widened,) = told(assessment, EventKind.SCOPE_WIDENED)
    assert widened.removed == ("CH", "EEA", "EU", "GB")


def test_founding_closing_is_low_because_the_words_are_wider() -> None:
    gap = only(assess(founding(), NOW, WEIGHTS))
    assert state_of(gap, "Privacy Policy") is State.GENERIC
    assert gap.severity is Severity.LOW


# --- opening ----------------------------------------------------------------------------------------------------


def test_a_gap_that_stands_at_the_first_look_is_found_with_an_unknown_beginning() -> None:
    assessment = assess(service(helps(("2024-01-02", SAYS)), SILENT_POLICY), NOW)
    gap = only(assessment)
    assert (gap.status, gap.found, gap.opened, gap.lag_days) == (GapStatus.OPEN, day("2024-01-02"), None, None)
    assert [event.kind for event in assessment.events] == [EventKind.GAP_FOUND]


def test_a_first_look_that_discloses_is_no_news() -> None:
    policy = document("Policy", Kind.PRIVACY, ("2024-01-01", SAYS))
    assessment = assess(service(helps(("2024-01-02", SAYS)), policy), NOW)
    assert (assessment.gaps, assessment.events) == ((), ())
    assert {row.state for row in assessment.ledger} == {State.DISCLOSES}


def test_without_a_binding_document_the_verdict_is_undecided() -> None:
    assessment = assess(service(helps()), NOW)
    gap = only(assessment)
    assert (gap.status, gap.reason) == (GapStatus.UNDECIDED, "no privacy policy or terms were tracked at that time")
    assert assessment.events == ()
    cookies = document("Cookies", Kind.COOKIES, ("2024-01-01", ()))
    assert only(assess(service(helps(), cookies), NOW)).status is GapStatus.UNDECIDED


def test_an_undecided_gap_is_found_once_a_policy_is_read() -> None:
    policy = document("Policy", Kind.PRIVACY, ("2024-05-01", ()))
    assessment = assess(service(helps(), policy), NOW)
    gap = only(assessment)
    assert (gap.status, gap.found, gap.opened) == (GapStatus.OPEN, day("2024-05-01"), None)
    assert [event.kind for event in assessment.events] == [EventKind.GAP_FOUND]


def test_an_undecided_gap_that_a_first_look_disproves_never_was() -> None:
    assert assess(service(helps(), document("Policy", Kind.PRIVACY, ("2024-05-01", SAYS))), NOW).gaps == ()


def test_several_pages_open_one_gap() -> None:
    faq = document("FAQ", Kind.FAQ, ("2024-01-02", ()), ("2024-04-01", SAYS))
    assessment = assess(service(helps(), faq, SILENT_POLICY), NOW)
    assert len(told(assessment, EventKind.GAP_OPENED)) == 1
    assert only(assessment).informal.document.document == "Help"


def test_a_page_that_drops_it_withdraws_the_gap_unless_another_still_says_it() -> None:
    dropped = helps(("2024-01-02", ()), ("2024-03-01", SAYS), ("2024-05-01", ()))
    assessment = assess(service(dropped, SILENT_POLICY), NOW)
    assert only(assessment).status is GapStatus.WITHDRAWN
    (event,) = told(assessment, EventKind.GAP_WITHDRAWN)
    assert (event.at, event.before) == (day("2024-05-01"), SAYS[0].quote)
    faq = document("FAQ", Kind.FAQ, ("2024-01-02", ()), ("2024-04-01", SAYS))
    gap = only(assess(service(dropped, faq, SILENT_POLICY), NOW))
    assert (gap.status, gap.informal.document.document) == (GapStatus.OPEN, "FAQ")


def test_a_gap_reopens_as_another_when_the_disclosure_goes() -> None:
    policy = document("Policy", Kind.PRIVACY, ("2024-01-01", ()), ("2024-04-01", SAYS), ("2024-06-01", ()))
    assessment = assess(service(helps(), policy), NOW, WEIGHTS)
    first, second = assessment.gaps
    assert (first.status, first.lag_days, second.status) == (GapStatus.CLOSED, 31, GapStatus.OPEN)
    assert second.opened == day("2024-06-01")
    assert first.id != second.id
    assert len(told(assessment, EventKind.PRACTICE_VANISHED)) == 1


# --- what closes ------------------------------------------------------------------------------------------------


def gap_with(*more: DocumentHistory, help_says: tuple[Claim, ...] = SAYS, binding: tuple[Kind, ...] = ()) -> Gap:
    page = helps(("2024-01-02", ()), ("2024-03-01", help_says))
    return only(assess(service(page, *more, binding=binding), NOW), help_says[0].actor)


def later(name: str, kind: Kind, *claims: Claim, **more: object) -> DocumentHistory:
    return document(name, kind, ("2024-01-01", ()), ("2024-04-01", claims), **more)


@pytest.mark.parametrize("kind", [Kind.PRIVACY, Kind.TERMS, Kind.COOKIES])
def test_any_one_binding_document_closes(kind: Kind) -> None:
    gap = gap_with(SILENT_POLICY, later("Other", kind, *SAYS))
    assert (gap.status, gap.closed_by, gap.lag_days) == (GapStatus.CLOSED, DocumentKey("LinkedIn", "Other"), 31)
    assert gap.notice_days is None  # the text names no day


@pytest.mark.parametrize("kind", [Kind.SUPPLEMENT, Kind.OTHER, Kind.BLOG])
def test_neither_product_terms_nor_other_pages_close(kind: Kind) -> None:
    assert gap_with(SILENT_POLICY, later("Other", kind, *SAYS)).status is GapStatus.OPEN


def test_another_actor_does_not_close() -> None:
    assert gap_with(later("Policy", Kind.PRIVACY, claim(actor=Actor.AFFILIATE))).status is GapStatus.OPEN


def test_training_of_unspecified_models_closes_as_less_specific() -> None:
    gap = gap_with(later("Policy", Kind.PRIVACY, claim(models=Models.UNSPECIFIED)))
    assert (gap.status, gap.severity, state_of(gap, "Policy")) == (GapStatus.CLOSED, Severity.LOW, State.GENERIC)


def test_a_regional_notice_closes_for_its_region_only() -> None:
    notice = later("Notice", Kind.REGIONAL_NOTICE, *SAYS, region="EU")
    gap = gap_with(SILENT_POLICY, notice)
    assert (gap.status, gap.reason) == (GapStatus.PARTIAL, "disclosed by Notice for EU only")
    here = (claim(only_regions=("FR", "DE")),)
    assert gap_with(SILENT_POLICY, notice, help_says=here).status is GapStatus.CLOSED


def test_a_processor_agreement_closes_for_business_customers_only() -> None:
    agreement = later("DPA", Kind.DPA, *SAYS)
    assert gap_with(SILENT_POLICY, agreement).status is GapStatus.PARTIAL
    there = (claim(only_audiences=("business-customers",)),)
    assert gap_with(SILENT_POLICY, agreement, help_says=there).status is GapStatus.CLOSED


def test_where_several_kinds_are_required_one_of_them_narrows() -> None:
    both = (Kind.PRIVACY, Kind.TERMS)
    terms = document("Terms", Kind.TERMS, ("2024-01-01", ()))
    history = service(helps(), later("Policy", Kind.PRIVACY, *SAYS), terms, binding=both)
    assessment = assess(history, NOW)
    assert only(assessment).reason == "disclosed by Policy; no disclosure in terms"
    (narrowed,) = told(assessment, EventKind.GAP_NARROWED)
    assert (narrowed.at, narrowed.gap) == (day("2024-04-01"), only(assessment).id)
    gap = gap_with(later("Policy", Kind.PRIVACY, *SAYS), later("Terms", Kind.TERMS, *SAYS), binding=both)
    assert gap.status is GapStatus.CLOSED


def test_a_denial_contradicts() -> None:
    policy = document("Policy", Kind.PRIVACY, ("2024-01-01", (claim("we never do", denies=True),)))
    assessment = assess(service(helps(), policy), NOW, WEIGHTS)
    (event,) = told(assessment, EventKind.CONTRADICTION)
    assert (event.severity, event.quote, event.at) == (Severity.CRITICAL, "we never do", day("2024-03-01"))
    assert (only(assessment).severity, state_of(only(assessment), "Policy")) == (Severity.CRITICAL, State.DENIES)


@pytest.mark.parametrize("data", [("personal-data",), ("user-content", "media")])
def test_a_denial_about_personal_data_as_such_is_a_flat_one(data: tuple[str, ...]) -> None:
    help_page = document("Help", Kind.HELP, ("2024-01-01", (claim(),)))
    policy = document("Policy", Kind.PRIVACY, ("2024-01-01", (claim("we never do", denies=True, data=data),)))
    assessment = assess(ServiceHistory("S", (help_page, policy)), day("2024-02-01"), WEIGHTS)
    assert state_of(only(assessment), "Policy") is State.DENIES


@pytest.mark.parametrize(
    "narrow",
    [{"data": ("private-messages",)}, {"only_regions": ("EU",)}, {"conditional": True}, {"models": Models.OTHER}],
)
def test_a_denial_of_something_narrower_does_not_contradict(narrow: dict[str, object]) -> None:
    policy = document("Policy", Kind.PRIVACY, ("2024-01-01", (claim("not so", denies=True, **narrow),)))  # type: ignore[arg-type]
    assessment = assess(service(helps(), policy), NOW)
    assert told(assessment, EventKind.CONTRADICTION) == []
    assert state_of(only(assessment), "Policy") is State.SILENT


def test_a_document_that_only_points_elsewhere_is_deferred() -> None:
    points = Notice(NoticeKind.DEFERS, "see our FAQ", 0, 11, practice="ai-training")
    policy = document("Policy", Kind.PRIVACY, ("2024-01-01", (), {"notices": (points,)}))
    gap = only(assess(service(helps(), policy), NOW))
    assert (gap.status, state_of(gap, "Policy")) == (GapStatus.OPEN, State.DEFERRED)
