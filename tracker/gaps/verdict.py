"""Whether the binding documents of one time disclose what an informal page asserts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tracker.gaps.phases import Course
from tracker.gaps.states import NOT_READ, Stance
from tracker.model import GapStatus, Kind, State

_PRINCIPAL = (Kind.PRIVACY, Kind.TERMS)
"""Without one of these being known there is no verdict (design, "Words")."""


@dataclass(frozen=True, slots=True)
class Witness:
    """A binding document with its stance at the time in question."""

    course: Course
    stance: Stance

    @property
    def name(self) -> str:
        return self.course.document.key.document

    @property
    def kind(self) -> Kind:
        return self.course.document.kind


@dataclass(frozen=True, slots=True)
class Verdict:
    """``status`` is OPEN, PARTIAL, CLOSED or UNDECIDED; ``reason`` says why in a few words.

    ``closers`` are the documents that disclose, the best first; ``denied`` those that deny.  ``blind`` is whether no
    principal document is known at all: then even an open gap becomes undecided.
    """

    status: GapStatus
    reason: str
    closers: tuple[Witness, ...] = ()
    denied: tuple[Witness, ...] = ()
    blind: bool = False


def judge(witnesses: Sequence[Witness], required: Sequence[Kind]) -> Verdict:
    """The verdict on all binding documents; ``required`` lists kinds that must all disclose, () means any one."""
    closers = tuple(sorted((each for each in witnesses if each.stance.discloses), key=_rank))
    denied = tuple(each for each in witnesses if each.stance.state is State.DENIES)
    missing = [kind for kind in required if not any(each.kind is kind for each in closers)]
    if closers and not missing:
        generic = all(each.stance.state is State.GENERIC for each in closers)
        return Verdict(GapStatus.CLOSED, "disclosed in wider words only" if generic else "disclosed", closers, denied)
    blind = _blind(witnesses)
    if closers:
        reason = f"disclosed by {_names(closers)}; no disclosure in {', '.join(missing)}"
        return Verdict(GapStatus.PARTIAL, reason, closers, denied, blind)
    partly = tuple(each for each in witnesses if each.stance.partly and not each.stance.lost)
    if partly:
        reason = "; ".join(f"disclosed by {each.name} for {', '.join(each.stance.only)} only" for each in partly)
        return Verdict(GapStatus.PARTIAL, reason, partly, denied, blind)
    if denied:
        return Verdict(GapStatus.OPEN, f"denied by {_names(denied)}", (), denied, blind)
    doubt = _doubt(witnesses)
    if doubt:
        return Verdict(GapStatus.UNDECIDED, doubt, (), denied, blind)
    return Verdict(GapStatus.OPEN, _silence(witnesses), (), denied)


def _rank(witness: Witness) -> tuple[bool, int]:
    order = (Kind.PRIVACY, Kind.TERMS, Kind.COOKIES, Kind.REGIONAL_NOTICE, Kind.DPA)
    return witness.stance.state is State.GENERIC, order.index(witness.kind)


def _known(witness: Witness) -> bool:
    return witness.stance.state is not State.UNKNOWN


def _blind(witnesses: Sequence[Witness]) -> bool:
    return not any(_known(each) for each in witnesses if each.kind in _PRINCIPAL)


def _doubt(witnesses: Sequence[Witness]) -> str:
    """Why silence proves nothing at this time; "" if it does.

    A document that disclosed the practice when it was last known may still do so, and where no privacy policy that
    was ever read can be read now, the terms' silence says little: that is where such things are disclosed.
    """
    seen = [each for each in witnesses if each.stance.reason != NOT_READ]
    if not any(each.kind in _PRINCIPAL for each in seen):
        return "no privacy policy or terms were tracked at that time"
    lost = [each for each in seen if each.stance.lost]
    policies = [each for each in seen if each.kind is Kind.PRIVACY]
    hidden = policies if policies and not any(_known(each) for each in policies) else []
    gone = lost or hidden or ([each for each in seen if each.kind in _PRINCIPAL] if _blind(seen) else [])
    return "; ".join(f"{each.name}: {each.stance.reason}" for each in gone)


def _silence(witnesses: Sequence[Witness]) -> str:
    told = {State.DEFERRED: "only points elsewhere", State.ANNOUNCED: "announces it", State.SILENT: "is silent"}
    parts = [f"{each.name} {told[each.stance.state]}" for each in witnesses if each.stance.state in told]
    return "; ".join(parts)


def _names(witnesses: Sequence[Witness]) -> str:
    return ", ".join(each.name for each in witnesses)
