"""What a change of one document tells, whatever the others say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from tracker.gaps.announcements import announcement, effect
from tracker.gaps.digest import TELLING, digest
from tracker.gaps.extent import UNDECLARED, told, trifling
from tracker.gaps.notice import own_days, own_words
from tracker.gaps.phases import Course, Phase
from tracker.gaps.scope import changed, scope_events
from tracker.gaps.severity import Weights, gravest, shifted, weight
from tracker.gaps.states import Practice, asserts, denies_flatly
from tracker.gaps.telling import document_event, named
from tracker.model import Claim, Event, EventKind, Reading, Severity


def change_events(course: Course, weights: Weights) -> Iterator[Event]:
    """Replaced, reverted, without notice, under an unchanged date; practices and their scope."""
    kind = course.document.kind
    for phase in course.phases:
        if phase.technical:
            continue
        if phase.replaced and (kind.binding or kind.informal):
            yield _replaced(course, phase)
        if phase.news and phase.former and (kind.binding or kind.informal):
            if phase.arrived is None and not phase.replaced:
                yield from _text_events(course, phase, phase.former, weights)
            unchanged = phase.reading.changed == 0 and not phase.former.coming  # what was announced comes in force
            if phase.claims == phase.former.claims or unchanged:
                continue
            scope = scope_events(course, phase, phase.former, weights)
            if kind.binding:
                practices = _practice_events(course, phase, phase.former, weights)
                yield from digest(practices, scope, weights, standing(phase, phase.former))
            else:
                yield from scope
    if course.stale_from and course.phases and (kind.binding or kind.informal):
        yield document_event(
            EventKind.DOCUMENT_UNREACHABLE,
            course,
            course.phases[-1],
            Severity.MEDIUM,
            "no fresh reading; what it says now is unknown",
            at=course.stale_from,
        )


def standing(phase: Phase, former: Phase) -> frozenset[str]:
    """What is quoted from paragraphs that stand in both texts, and is not in force only now: it is no news, and if it
    is read otherwise than before, what stands around it changed, or a paragraph that bore upon it."""
    return phase.reading.kept - {claim.quote for claim in former.coming}


def practices_of(claims: tuple[Claim, ...]) -> set[Practice]:
    return {Practice(claim.practice, claim.actor) for claim in claims}


def _replaced(course: Course, phase: Phase) -> Event:
    before = phase.before.reading.title if phase.before else None
    titles = f": “{before}” became “{phase.reading.title}”" if before != phase.reading.title else ""
    extent = "" if phase.reading.changed is None else f" ({phase.reading.changed} words differ)"
    return document_event(
        EventKind.DOCUMENT_REPLACED,
        course,
        phase,
        Severity.MEDIUM,
        f"another text took its place{titles}{extent}",
        quote=phase.reading.title or "",
        before=before or "",
    )


def _text_events(course: Course, phase: Phase, former: Phase, weights: Weights) -> Iterator[Event]:
    """What follows from dates and the text's identity alone; at most one of these, the most telling."""
    reading = phase.reading
    small = trifling(reading, UNDECLARED)
    undeclared = small and ((reading.changed or 0) <= 1 or told(phase.claims) == told(former.claims))
    if undeclared and trifling(reading):
        return
    touched = practices_of(phase.claims) ^ practices_of(former.claims)
    severity = shifted(gravest(weight(weights, each.name) for each in touched), -1) if touched else Severity.LOW
    if reading.reverted:
        if not undeclared:
            summary = f"a former text came back and stands; it differs{_words(reading)}"
            yield document_event(EventKind.REVERTED, course, phase, severity, summary)
        return
    if not course.document.kind.binding or phase.pending or announcement(phase):
        return
    known = effect(phase)
    if known.day and known.notice is not None and known.notice <= 0:
        yield _without_notice(course, phase, severity, known.day, -known.notice)
    dates = own_days(reading)
    if dates and own_words(reading) == own_words(former.reading) and not undeclared:
        yield document_event(
            EventKind.TEXT_CHANGED_UNDER_DATE,
            course,
            phase,
            severity,
            f"the text changed{_words(reading)}, its date did not: {max(dates)}",
            effective=max(dates),
            quote=_dating(reading, max(dates)),
        )


def _without_notice(course: Course, phase: Phase, severity: Severity, day: date, back: int) -> Event:
    """A change that applied at once, or ``back`` days before it was seen, which is graver."""
    how = f"applies since {day}, {back} days before it was seen" if back else "applies without notice"
    return document_event(
        EventKind.CHANGED_WITHOUT_NOTICE,
        course,
        phase,
        shifted(severity, 1) if back else severity,
        f"the text changed{_words(phase.reading)} and {how}",
        effective=day,
        notice_days=-back,
        quote=_dating(phase.reading, day),
    )


def _dating(reading: Reading, day: date) -> str:
    return next((each.quote for each in reading.notices if each.day == day), "")


def _words(reading: Reading) -> str:
    """By how much a text changed, for a summary; "" where it is not known."""
    return "" if reading.changed is None else f" by {reading.changed} words"


def _practice_events(course: Course, phase: Phase, former: Phase, weights: Weights) -> Iterator[Event]:
    for practice in changed(phase, former):
        before, after = _attitude(former, practice), _attitude(phase, practice)
        known = effect(phase)
        if before and before[0] == "denies" and _denied(phase, practice):
            before = None  # it denies it still: what is said beside that is new
        turn = _ATTITUDES.get((before[0] if before else None, after[0] if after else None))
        if turn is None:
            continue
        kind, words = turn
        step = 0 if kind is EventKind.PRACTICE_REVERSED else -1
        yield document_event(
            kind,
            course,
            phase,
            shifted(weight(weights, practice.name), step),
            f"{words} {named(practice)}",
            practice=practice,
            effective=known.day,
            notice_days=known.notice,
            quote=after[1] if after else "",
            before=before[1] if before else "",
        )


_ATTITUDES = {
    (None, "asserts"): (EventKind.PRACTICE_APPEARED, "now discloses"),
    ("asserts", None): (EventKind.PRACTICE_VANISHED, "no longer discloses"),
    ("denies", "asserts"): (EventKind.PRACTICE_REVERSED, "denied and now discloses"),
    ("asserts", "denies"): (EventKind.PRACTICE_REVERSED, "disclosed and now denies"),
}
"""What a binding document told before and tells now; a denial that comes or goes is a matter of scope."""


def _attitude(phase: Phase, practice: Practice) -> tuple[str, str] | None:
    """Whether a phase asserts or flatly denies a practice, with the words; None if it does neither."""
    claims = phase.said.get((practice.name, practice.actor), ())
    asserted = next((claim for claim in claims if asserts(claim, practice)), None)
    told = (claim for claim in claims if asserts(claim, practice) and len(claim.quote.split()) >= TELLING)
    if asserted:
        return "asserts", next(told, asserted).quote
    denied = _denied(phase, practice)
    return ("denies", denied.quote) if denied else None


def _denied(phase: Phase, practice: Practice) -> Claim | None:
    """The first flat denial of a practice; None if there is none."""
    claims = phase.said.get((practice.name, practice.actor), ())
    return next((claim for claim in claims if denies_flatly(claim, practice)), None)
