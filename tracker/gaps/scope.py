"""How far a practice reaches in a document: what is exempt from it, and what comes and goes of that."""

from __future__ import annotations

from collections.abc import Iterator

from tracker.gaps.phases import Course, Phase
from tracker.gaps.severity import Weights, shifted, weight
from tracker.gaps.states import AS_SUCH, Practice, about, asserts, denies_flatly
from tracker.gaps.telling import ACTORS, document_event
from tracker.model import Claim, Event, EventKind, Polarity

OPT_OUT = "opt-out"
OPT_IN = "off-by-default"
DENIAL = "denial"
ELSEWHERE = "elsewhere"
"""Scope terms beside regions, audiences and kinds of data: a way out, nothing happening unless asked for, a flat
denial of the whole practice, and everything beyond the bounds that a text names."""

_WORDS = {
    OPT_OUT: ("now offers an opt-out", "no longer offers an opt-out"),
    OPT_IN: ("is now off by default", "is no longer off by default"),
    ELSEWHERE: ("is now bound to some regions or audiences", "is no longer bound to some regions or audiences"),
    DENIAL: ("is now denied", "is no longer denied"),
}


def exemptions(claims: tuple[Claim, ...], practice: Practice) -> frozenset[str]:
    """What a text leaves out of a practice: exceptions to what it asserts, and what it denies of a narrower kind.

    What is denied for somebody is denied of whatever data the sentence names.
    """
    terms: set[str] = set()
    for claim in claims:
        if not about(claim, practice):
            continue
        if claim.polarity is Polarity.DENIES:
            terms.update((*claim.only_regions, *claim.only_audiences) or {*claim.data} - AS_SUCH)
            continue
        terms.update(claim.except_regions, claim.except_audiences, {*claim.except_data} - AS_SUCH)
        if claim.opt_out and claim.opt_out.offered:
            terms.add(OPT_OUT)
            if claim.opt_out.default == "off":
                terms.add(OPT_IN)
    return frozenset(terms | ({ELSEWHERE} if bounds(claims, practice) is not None else set()))


def bounds(claims: tuple[Claim, ...], practice: Practice) -> frozenset[str] | None:
    """The regions and audiences to which all assertions of a practice are bound; None if one is unbounded."""
    told = [claim for claim in claims if asserts(claim, practice)]
    if not told or not all(claim.only_regions or claim.only_audiences for claim in told):
        return None
    return frozenset(term for claim in told for term in (*claim.only_regions, *claim.only_audiences))


def changed(phase: Phase, former: Phase) -> list[Practice]:
    """The practices about which two phases do not say the very same."""
    topics = {*phase.said, *former.said}
    return sorted(Practice(*topic) for topic in topics if phase.said.get(topic) != former.said.get(topic))


def scope_events(course: Course, phase: Phase, former: Phase, weights: Weights) -> Iterator[Event]:
    """Exemptions, ways out and denials that appeared or disappeared from one phase to the next.

    What holds alike for several actors of one practice is told once.
    """
    told: dict[tuple[EventKind, str, tuple[str, ...]], list[Practice]] = {}
    for practice in changed(phase, former):
        added, removed = _shift(phase, former, practice)
        for kind, terms in ((EventKind.SCOPE_NARROWED, added), (EventKind.SCOPE_WIDENED, removed)):
            if terms:
                told.setdefault((kind, practice.name, terms), []).append(practice)
    for (kind, _, terms), practices in told.items():
        yield _told(kind, course, phase, former, practices, terms, weights)


def _shift(phase: Phase, former: Phase, practice: Practice) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The exempting terms added and removed; nothing where the practice itself came or went."""
    then, now = (each.said.get((practice.name, practice.actor), ()) for each in (former, phase))
    asserted = [any(asserts(claim, practice) for claim in each) for each in (then, now)]
    if all(asserted):
        before, after = exemptions(then, practice), exemptions(now, practice)
        old, new = bounds(then, practice), bounds(now, practice)
        opened = new - old if old is not None and new is not None else frozenset()
        closed = old - new if old is not None and new is not None else frozenset()
        added, removed = (after - before) | closed, (before - after) | opened
        return tuple(sorted(added - removed)), tuple(sorted(removed - added))
    denied = [any(denies_flatly(claim, practice) for claim in each) for each in (then, now)]
    spoken = [
        any(about(claim, practice) and claim.polarity is Polarity.DENIES for claim in each) for each in (then, now)
    ]
    if any(asserted) or denied[0] == denied[1] or all(spoken):  # a denial in other words was one before
        return (), ()
    return ((DENIAL,), ()) if denied[1] else ((), (DENIAL,))


def _told(
    kind: EventKind,
    course: Course,
    phase: Phase,
    former: Phase,
    practices: list[Practice],
    terms: tuple[str, ...],
    weights: Weights,
) -> Event:
    narrowed, first = kind is EventKind.SCOPE_NARROWED, practices[0]
    listed = [term for term in terms if term not in _WORDS]
    words = [_WORDS[term][0 if narrowed else 1] for term in terms if term in _WORDS]
    if listed:
        words.insert(0, f"{'now' if narrowed else 'no longer'} leaves out {', '.join(listed)}")
    return document_event(
        kind,
        course,
        phase,
        shifted(weight(weights, first.name), -2 if narrowed else -1),
        f"{first.name} by {' and '.join(ACTORS[each.actor] for each in practices)} {' and '.join(words)}",
        practice=first,
        effective=phase.arrived,
        quote=_words(phase, former, first, terms),
        before=_words(former, phase, first, terms),
        added=terms if narrowed else (),
        removed=() if narrowed else terms,
    )


def _words(phase: Phase, other: Phase, practice: Practice, terms: tuple[str, ...]) -> str:
    """The words that name the most of some terms; where none does, those that were or became the ones which do on
    the other side; "" where there are none."""
    if terms == (DENIAL,):
        return next((claim.quote for claim in phase.claims if about(claim, practice)), "")
    wanted = frozenset(terms)
    best = _naming(phase, practice, wanted)
    if best is None:
        there = _naming(other, practice, wanted)
        best = _naming(phase, practice, _named_by(there, practice)) if there else None
    return best.quote if best else ""


def _naming(phase: Phase, practice: Practice, wanted: frozenset[str]) -> Claim | None:
    """The claim that names the most of some terms; None where none names any."""
    claims = [claim for claim in phase.claims if about(claim, practice)]
    best = max(claims, key=lambda claim: len(wanted & _named_by(claim, practice)), default=None)
    return best if best and wanted & _named_by(best, practice) else None


def _named_by(claim: Claim, practice: Practice) -> frozenset[str]:
    return exemptions((claim,), practice) | {*claim.only_regions, *claim.only_audiences}
