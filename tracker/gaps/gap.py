"""The life of a gap → the gap as it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tracker.gaps.announcements import effect
from tracker.gaps.episodes import Assertion, Episode, Step, Trigger
from tracker.gaps.phases import Course
from tracker.gaps.scope import exemptions
from tracker.gaps.severity import aged, gap_severity
from tracker.gaps.states import Sought, asserts, stance
from tracker.gaps.verdict import Verdict
from tracker.model import BindingState, Claim, EventKind, Gap, GapStatus, InformalSide, Pending, Severity, State


@dataclass(frozen=True, slots=True)
class Closing:
    """How a gap was closed: ``lag`` in days since it opened, ``notice`` in days; None where a side is unknown."""

    step: Step
    lag: int | None
    notice: int | None


def closing(episode: Episode) -> Closing | None:
    """The closing of a gap that was closed.  Without a change that did it, neither lag nor notice is known."""
    step = next((each for each in episode.steps if each.kind is EventKind.GAP_CLOSED), None)
    if step is None:
        return None
    if step.trigger is not Trigger.NEWS or step.phase is None or step.phase.start != step.at:
        return Closing(step, None, None)
    lag = (step.at.date() - episode.opened.date()).days if episode.opened else None
    return Closing(step, lag, effect(step.phase).notice)


def severity_of(status: GapStatus, assertion: Assertion, verdict: Verdict, wanted: Sought, base: Severity) -> Severity:
    """How much a gap matters in a status, its age aside; one that only wider words closed: LOW."""
    if status is GapStatus.CLOSED and all(each.stance.state is State.GENERIC for each in verdict.closers):
        return Severity.LOW
    claims = [claim for claim in assertion.phase.claims if asserts(claim, wanted.practice)]
    return gap_severity(base, claims, partial=status is GapStatus.PARTIAL, denied=bool(verdict.denied))


def gap(service: str, episode: Episode, base: Severity, courses: Sequence[Course], now: datetime) -> Gap:
    """An episode as it stands at ``now``; ``base`` is its practice's weight.  One that is over weighs LOW."""
    closed = closing(episode)
    informal = episode.assertion
    unread = episode.lasting and informal.course.document.dropped
    status = GapStatus.UNDECIDED if episode.lasting and (episode.verdict.blind or unread) else episode.status
    severity = severity_of(episode.status, informal, episode.verdict, episode.wanted, base)
    return Gap(
        id=episode.id,
        service=service,
        practice=episode.practice.name,
        actor=episode.practice.actor,
        informal=InformalSide(
            informal.course.document.key, informal.phase.reading.url, informal.since, informal.claim.quote
        ),
        binding=tuple(binding_state(course, episode.wanted, now) for course in courses if course.document.kind.binding),
        status=status,
        reason=f"{informal.course.document.key.document} is not tracked any more" if unread else _reason(episode),
        found=episode.found,
        opened=episode.opened,
        severity=aged(severity, episode.opened, now) if episode.lasting else Severity.LOW,
        closed=closed.step.at if closed else None,
        closed_by=closed.step.course.document.key if closed and closed.step.course else None,
        lag_days=closed.lag if closed else None,
        notice_days=closed.notice if closed else None,
        withdrawn=episode.ended if episode.status is GapStatus.WITHDRAWN else None,
        exempt=tuple(sorted(exemptions(_informal_claims(courses, now), episode.practice))),
    )


def _reason(episode: Episode) -> str:
    return "the page no longer says it" if episode.status is GapStatus.WITHDRAWN else episode.verdict.reason


def _informal_claims(courses: Sequence[Course], now: datetime) -> tuple[Claim, ...]:
    phases = (course.at(now) for course in courses if course.document.kind.informal)
    return tuple(claim for phase in phases if phase for claim in phase.claims)


def binding_state(course: Course, wanted: Sought, now: datetime) -> BindingState:
    """The state of a binding document at ``now``, since when it is in it, and what it announces."""
    current = stance(course, now, wanted)
    since: datetime | None = None
    for moment in sorted(each for each in course.moments() if each <= now):
        if stance(course, moment, wanted).state is not current.state:
            since = None
        elif since is None:
            since = moment
    phase = course.at(now)
    pending = Pending(phase.day, phase.reading.url) if phase and phase.pending else None
    return BindingState(course.document.key, current.state, since, current.quote, pending)
