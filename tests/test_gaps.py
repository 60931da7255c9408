"""The gap rules: the founding case as a table, then each rule by itself."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from tracker.gaps import assess
from tracker.model import (
    Actor,
    Assessment,
    Cause,
    Claim,
    DocumentHistory,
    DocumentKey,
    Event,
    EventKind,
    Gap,
    GapStatus,
    Kind,
    Models,
    Notice,
    NoticeKind,
    OptOut,
    Polarity,
    Reading,
    ServiceHistory,
    Severity,
    State,
)

WEIGHTS = {"ai-training": Severity.CRITICAL, "profiling": Severity.MEDIUM}


def day(text: str) -> datetime:
    return datetime.fromisoformat(text if "T" in text else f"{text}T06:00").replace(tzinfo=UTC)


def claim(
    quote: str = "we train models on your posts",
    actor: Actor = Actor.SERVICE,
    practice: str = "ai-training",
    *,
    denies: bool = False,
    models: Models | None = Models.GENERATIVE,
    **more: object,
) -> Claim:
    polarity = Polarity.DENIES if denies else Polarity.ASSERTS
    return Claim(practice, polarity, actor, quote, 0, len(quote), "test", models=models, **more)  # type: ignore[arg-type]  # free keywords


def effective(text: str) -> Notice:
    return Notice(NoticeKind.EFFECTIVE, f"Effective {text}", 0, 20, date.fromisoformat(text))


def coming(text: str | None) -> Notice:
    return Notice(NoticeKind.COMING, f"On {text} we are updating", 0, 20, date.fromisoformat(text) if text else None)


def document(
    name: str,
    kind: Kind,
    *versions: tuple[str, tuple[Claim, ...]] | tuple[str, tuple[Claim, ...], dict[str, object]],
    seen: str = "2026-01-01",
    **more: object,
) -> DocumentHistory:
    """A history from (day, claims, further fields of the reading); the first has the cause FIRST, the rest SOURCE."""
    starts = [day(version[0]) for version in versions]
    readings = []
    for index, version in enumerate(versions):
        until = starts[index + 1] if index + 1 < len(versions) else None
        extra = dict(version[2]) if len(version) > 2 else {}  # type: ignore[misc]  # the third part is optional
        fields: dict[str, object] = {
            "number": index + 1,
            "observed_at": starts[index],
            "last_seen": until - timedelta(hours=6) if until else max(day(seen), starts[index]),
            "until": until,
            "cause": Cause.SOURCE if index else Cause.FIRST,
            "edition": 1,
            "claims": version[1],
            "url": f"https://example.org/{name}",
            "digest": f"{name}-{index + 1}",
            "title": name,
        }
        readings.append(Reading(**{**fields, **extra}))  # type: ignore[arg-type]  # fields by name
    return DocumentHistory(DocumentKey("LinkedIn", name), kind, tuple(readings), **more)  # type: ignore[arg-type]


def service(*documents: DocumentHistory, binding: tuple[Kind, ...] = ()) -> ServiceHistory:
    return ServiceHistory("LinkedIn", documents, binding)


def told(assessment: Assessment, kind: EventKind) -> list[Event]:
    return [event for event in assessment.events if event.kind is kind]


def only(assessment: Assessment, actor: Actor = Actor.SERVICE) -> Gap:
    (found,) = [gap for gap in assessment.gaps if gap.actor is actor]
    return found


def state_of(gap: Gap, name: str) -> State:
    return next(each.state for each in gap.binding if each.document.document == name)


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


NOW = day("2025-12-01")


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
