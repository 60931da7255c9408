"""Hand-made histories for the tests of the gap rules."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

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
    Kind,
    Models,
    Notice,
    NoticeKind,
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


NOW = day("2025-12-01")

SAYS = (claim(),)
SILENT_POLICY = document("Policy", Kind.PRIVACY, ("2024-01-01", ()))


def helps(*versions: tuple[str, tuple[Claim, ...]]) -> DocumentHistory:
    return document("Help", Kind.HELP, *(versions or (("2024-01-02", ()), ("2024-03-01", SAYS))))
