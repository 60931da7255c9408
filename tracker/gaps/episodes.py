"""The life of a gap: opened or found, narrowed, closed or withdrawn, walked from one change to the next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from tracker.gaps.identity import stable_id
from tracker.gaps.phases import Course, Phase
from tracker.gaps.states import Practice, Sought, asserts, sought, stance, stance_in
from tracker.gaps.verdict import Verdict, Witness, judge
from tracker.model import Claim, EventKind, GapStatus, Kind, State


class Trigger(StrEnum):
    """What brought a change about."""

    NEWS = "news"  # a page changed, or a day it named came
    FIRST_LOOK = "first look"  # a document was read for the first time, or again after it was not
    TECHNICAL = "technical"  # only our reading changed


@dataclass(frozen=True, slots=True)
class Assertion:
    """An informal document that asserts the practice, since when it does so without a break."""

    course: Course
    phase: Phase
    claim: Claim
    since: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened to a gap.  ``phase`` and ``course`` are what made it happen, None for a first look."""

    kind: EventKind
    at: datetime
    status: GapStatus
    assertion: Assertion
    verdict: Verdict
    trigger: Trigger
    course: Course | None = None
    phase: Phase | None = None


@dataclass(frozen=True, slots=True)
class Episode:
    """One gap from its beginning.

    ``opened`` is None if it stood already when it was found.  ``status`` is the last that was certain, UNDECIDED if
    none ever was; ``verdict`` the last one, certain or not.
    """

    id: str
    practice: Practice
    assertion: Assertion
    wanted: Sought
    found: datetime
    opened: datetime | None
    status: GapStatus
    verdict: Verdict
    steps: tuple[Step, ...] = ()

    @property
    def ended(self) -> datetime | None:
        """When it was closed or withdrawn; None if it lasts."""
        return None if self.lasting else self.steps[-1].at

    @property
    def lasting(self) -> bool:
        return self.status in (GapStatus.OPEN, GapStatus.PARTIAL, GapStatus.UNDECIDED)


@dataclass(frozen=True, slots=True)
class Conflict:
    """A binding document that denies what an informal one asserts, from when both did."""

    at: datetime
    assertion: Assertion
    witness: Witness
    trigger: Trigger


@dataclass(frozen=True, slots=True)
class Life:
    """Everything between the informal and the binding documents about one practice, oldest first."""

    practice: Practice
    episodes: tuple[Episode, ...]
    conflicts: tuple[Conflict, ...]


def life(
    service: str, practice: Practice, courses: Sequence[Course], required: Sequence[Kind], moments: Sequence[datetime]
) -> Life:
    """Walk through the times of any change, ``moments``, ascending."""
    walk = _Walk(service, practice, tuple(courses), tuple(required))
    state = _State()
    for moment in moments:
        state = walk.step(state, moment)
    return Life(practice, (*state.past, *((state.current,) if state.current else ())), state.conflicts)


@dataclass(frozen=True, slots=True)
class _State:
    """Where the walk stands: what was asserted, and judged, at the last change."""

    past: tuple[Episode, ...] = ()
    current: Episode | None = None
    assertions: tuple[Assertion, ...] = ()
    verdict: Verdict | None = None
    conflicts: tuple[Conflict, ...] = ()


@dataclass(frozen=True, slots=True)
class _Walk:
    service: str
    practice: Practice
    courses: tuple[Course, ...]
    required: tuple[Kind, ...]

    def step(self, state: _State, moment: datetime) -> _State:
        assertions = tuple(self._assertions(state, moment))
        if not assertions:
            return self._unsaid(state, moment)
        claims = (claim for each in assertions for claim in each.phase.claims)
        wanted = sought(self.practice, claims, min(each.since for each in assertions))
        verdict = judge(tuple(self._witnesses(wanted, moment)), self.required)
        conflicts = (*state.conflicts, *self._conflicts(state, assertions, verdict, moment))
        held = replace(state, assertions=assertions, verdict=verdict, conflicts=conflicts)
        if state.current and state.current.lasting:
            return replace(held, current=self._lasting(state.current, state, held, wanted, moment))
        return self._none(state, held, wanted, moment)

    def _unsaid(self, state: _State, moment: datetime) -> _State:
        """Nobody asserts the practice: a gap is withdrawn, unless what binds discloses it at the same time."""
        current = state.current
        if current is None or not current.lasting:
            return _State(state.past, current, conflicts=state.conflicts)
        if not current.steps:  # one that was never known to be a gap just goes
            return _State(state.past, None, conflicts=state.conflicts)
        verdict = judge(tuple(self._witnesses(current.wanted, moment)), self.required)
        if verdict.status is GapStatus.CLOSED:
            current = self._stepped(replace(current, verdict=verdict), EventKind.GAP_CLOSED, state, moment)
        elif self._disclosed_in_round(current.wanted, moment):
            return state  # it is closed as soon as that document is looked at
        else:
            current = self._withdrawn(current, state, moment)
        return _State(state.past, current, conflicts=state.conflicts)

    def _disclosed_in_round(self, wanted: Sought, moment: datetime) -> bool:
        """Whether what binds was found to disclose the practice by the looks of the same round."""
        witnesses = (
            Witness(course, stance_in(course, course.found(moment), moment, wanted))
            for course in self.courses
            if course.document.kind.binding
        )
        return judge(tuple(witnesses), self.required).status is GapStatus.CLOSED

    def _passing(self, assertions: tuple[Assertion, ...], wanted: Sought, moment: datetime) -> bool:
        """Whether the looks of the same round undo what makes a gap: no page is weighed against a stale one."""
        said = (each.course.found(moment) for each in assertions)
        unsaid = all(phase and not any(asserts(claim, self.practice) for claim in phase.claims) for phase in said)
        return unsaid or self._disclosed_in_round(wanted, moment)

    def _assertions(self, state: _State, moment: datetime) -> Iterator[Assertion]:
        """Who asserts the practice.  A page that took another's place unsays nothing, nor does one not read."""
        before = {each.course.document.key: each for each in state.assertions}
        for course in self.courses:
            if not course.document.kind.informal:
                continue
            known = before.get(course.document.key)
            phase = course.at(moment)
            claim = next((each for each in phase.claims if asserts(each, self.practice)), None) if phase else None
            if phase and claim:
                yield Assertion(course, phase, claim, known.since if known else phase.start)
            elif known and (phase is None or phase.reading.edition != known.phase.reading.edition):
                yield known

    def _witnesses(self, wanted: Sought, moment: datetime) -> Iterator[Witness]:
        for course in self.courses:
            if course.document.kind.binding:
                yield Witness(course, stance(course, moment, wanted))

    def _conflicts(
        self, before: _State, assertions: tuple[Assertion, ...], verdict: Verdict, moment: datetime
    ) -> Iterator[Conflict]:
        known = {each.course.document.key for each in before.verdict.denied} if before.verdict else set()
        assertion = _first(assertions)
        for witness in verdict.denied:
            phase = witness.course.found(moment)
            still = stance_in(witness.course, phase, moment, sought(self.practice, assertion.phase.claims))
            if witness.course.document.key not in known and still.state is State.DENIES:
                sides = (witness.course, assertion.course)
                yield Conflict(
                    moment, assertion, witness, _trigger([each for each in sides if moment in each.starts], moment)
                )

    def _none(self, before: _State, held: _State, wanted: Sought, moment: datetime) -> _State:
        """No gap so far: does one begin?  What was disclosed is not undisclosed by being out of sight."""
        verdict = held.verdict
        if verdict is None or verdict.status is GapStatus.CLOSED:
            return held
        if verdict.status is GapStatus.UNDECIDED and before.assertions:
            return held
        if self._passing(held.assertions, wanted, moment):
            return held
        past = (*before.past, *((before.current,) if before.current else ()))
        first = _first(held.assertions)
        evidence = (first.course.document.key, moment)
        id = stable_id("gap", self.service, self.practice.name, self.practice.actor, *evidence)
        episode = Episode(id, self.practice, first, wanted, moment, None, verdict.status, verdict)
        if verdict.status is not GapStatus.UNDECIDED:
            episode = self._begun(episode, before, moment)
        return replace(held, past=past, current=episode)

    def _begun(self, episode: Episode, before: _State, moment: datetime) -> Episode:
        """A gap known to be one: opened if a change made it, found if it may have stood before."""
        course = episode.assertion.course
        lapsed = before.verdict.closers if before.verdict and before.assertions else ()
        changed = [each.course for each in lapsed if moment in each.course.starts] or [course]
        trigger = _trigger(changed, moment)
        if before.verdict and before.verdict.status is GapStatus.UNDECIDED and trigger is Trigger.NEWS:
            trigger = Trigger.FIRST_LOOK  # it may have been one all along
        kind = EventKind.GAP_OPENED if trigger is Trigger.NEWS else EventKind.GAP_FOUND
        phase = episode.assertion.phase
        step = Step(kind, moment, episode.status, episode.assertion, episode.verdict, trigger, course, phase)
        opened = moment if trigger is Trigger.NEWS else None
        return replace(episode, found=moment, opened=opened, steps=(*episode.steps, step))

    def _lasting(
        self, current: Episode, before: _State, held: _State, wanted: Sought, moment: datetime
    ) -> Episode | None:
        """There is a gap: does it still stand, and how?"""
        verdict = held.verdict or current.verdict
        key = current.assertion.course.document.key
        same = next((each for each in held.assertions if each.course.document.key == key), None)
        now = replace(current, assertion=same or _first(held.assertions), wanted=wanted, verdict=verdict)
        if verdict.status is GapStatus.UNDECIDED:
            return now
        if not current.steps:
            if verdict.status is GapStatus.CLOSED:
                return None
            return self._begun(replace(now, status=verdict.status), before, moment)
        if verdict.status is GapStatus.CLOSED:
            return self._stepped(now, EventKind.GAP_CLOSED, before, moment)
        if verdict.status is GapStatus.PARTIAL and current.status is not GapStatus.PARTIAL:
            return self._stepped(now, EventKind.GAP_NARROWED, before, moment)
        return replace(now, status=verdict.status)

    def _stepped(self, episode: Episode, kind: EventKind, state: _State, moment: datetime) -> Episode:
        status = GapStatus.CLOSED if kind is EventKind.GAP_CLOSED else GapStatus.PARTIAL
        closer = next((each.course for each in episode.verdict.closers if moment in each.course.starts), None)
        trigger = _trigger([closer] if closer else [each.course for each in state.assertions], moment)
        course = closer or episode.verdict.closers[0].course
        step = Step(kind, moment, status, episode.assertion, episode.verdict, trigger, course, course.at(moment))
        return replace(episode, status=status, steps=(*episode.steps, step))

    def _withdrawn(self, episode: Episode, state: _State, moment: datetime) -> Episode:
        courses = [each.course for each in state.assertions]
        course = next((each for each in courses if moment in each.starts), episode.assertion.course)
        step = Step(
            EventKind.GAP_WITHDRAWN,
            moment,
            GapStatus.WITHDRAWN,
            episode.assertion,
            episode.verdict,
            _trigger(courses, moment),
            course,
            course.at(moment),
        )
        return replace(episode, status=GapStatus.WITHDRAWN, steps=(*episode.steps, step))


def _first(assertions: Sequence[Assertion]) -> Assertion:
    return min(assertions, key=lambda each: (each.since, each.course.document.key))


def _trigger(courses: Iterable[Course], moment: datetime) -> Trigger:
    """What happened to some documents at a moment; the least telling if several things did."""
    phases = [phase for course in courses for phase in course.phases if phase.start == moment]
    if any(phase.technical for phase in phases):
        return Trigger.TECHNICAL
    return Trigger.NEWS if phases and all(phase.news for phase in phases) else Trigger.FIRST_LOOK
