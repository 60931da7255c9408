"""What a document says about one practice of one actor at one time (design, section 7)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from tracker.gaps.editions import alike_in_title
from tracker.gaps.phases import Course, Phase
from tracker.gaps.regions import covers, regions_named
from tracker.model import (
    Actor,
    Claim,
    DocumentHistory,
    Kind,
    Models,
    NoticeKind,
    Polarity,
    State,
)

BUSINESS = "business-customers"


@dataclass(frozen=True, slots=True, order=True)
class Practice:
    """A practice with who does it: what ledger, gaps and events are about."""

    name: str
    actor: Actor


@dataclass(frozen=True, slots=True)
class Sought:
    """What a document must disclose: the practice as the informal pages assert it.

    ``generative`` is whether they speak of generative models; ``regions`` and ``audiences`` bound what they assert,
    () if it is unbounded.  ``since`` is when they began to; None if none does.
    """

    practice: Practice
    generative: bool = False
    regions: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Stance:
    """A document's state, with the words it rests on ("" for none).

    ``only`` are the regions and audiences beyond which it does not hold, where it holds for less than is sought.
    ``lost`` is whether a text of the document that disclosed the practice is no longer seen: it may still do so.
    """

    state: State
    quote: str = ""
    only: tuple[str, ...] = ()
    reason: str = ""
    lost: bool = False

    @property
    def discloses(self) -> bool:
        """Whether the document discloses all that is sought."""
        return self.state in (State.DISCLOSES, State.GENERIC) and not self.only

    @property
    def partly(self) -> bool:
        """Whether it discloses the practice for some regions or audiences only."""
        return self.state in (State.DISCLOSES, State.GENERIC) and bool(self.only)


def sought(practice: Practice, claims: Iterable[Claim], since: datetime | None = None) -> Sought:
    """What all the informal claims about a practice together assert."""
    asserted = [claim for claim in claims if asserts(claim, practice)]
    return Sought(
        practice,
        any(claim.models is Models.GENERATIVE for claim in asserted),
        _bounds(claim.only_regions for claim in asserted),
        _bounds(claim.only_audiences for claim in asserted),
        since,
    )


def about(claim: Claim, practice: Practice) -> bool:
    return claim.practice == practice.name and claim.actor is practice.actor


def asserts(claim: Claim, practice: Practice) -> bool:
    return about(claim, practice) and claim.polarity is Polarity.ASSERTS


AS_SUCH = frozenset({"personal-data", "user-content"})
"""Words for people's data that narrow nothing: "we do not use your personal data to train" is a flat denial."""


def denies_flatly(claim: Claim, practice: Practice) -> bool:
    """Whether the claim denies the practice without a condition and for everybody and everything."""
    narrower = () if AS_SUCH & {*claim.data} else claim.data
    bounds = (narrower, claim.only_regions, claim.only_audiences)
    exceptions = (claim.except_data, claim.except_regions, claim.except_audiences)
    bounded = claim.conditional or any(bounds) or any(exceptions)
    return about(claim, practice) and claim.polarity is Polarity.DENIES and not bounded


NOT_READ = "not read at that time"
_REPLACED = "replaced by another edition"


def stance(course: Course, moment: datetime, wanted: Sought) -> Stance:
    """The state of a document at a time; UNKNOWN where no text of it is known then."""
    return stance_in(course, course.at(moment), moment, wanted)


def stance_in(course: Course, phase: Phase | None, moment: datetime, wanted: Sought) -> Stance:
    """The state of a document at a time in a given phase of it; None: in none."""
    if phase is None:
        if not course.starts or moment < course.starts[0]:
            return Stance(State.UNKNOWN, reason=NOT_READ)
        return Stance(State.UNKNOWN, reason="no fresh reading", lost=_disclosed_last(course, moment, wanted))
    found = _said(course.document, phase, wanted)
    if found.partly and _ever_disclosed(course, phase, wanted):
        return replace(found, reason=_REPLACED, lost=True)
    if found.state not in (State.SILENT, State.DEFERRED, State.ANNOUNCED):
        return found
    if phase.reading.unread:
        lost = _ever_disclosed(course, phase, wanted)
        return Stance(State.UNKNOWN, reason=f"its language ({phase.reading.unread}) is not read", lost=lost)
    if _general_text_gone(course, phase):
        return Stance(State.UNKNOWN, reason=_REPLACED, lost=_ever_disclosed(course, phase, wanted))
    if _ever_disclosed(course, phase, wanted):
        return Stance(State.UNKNOWN, reason=_REPLACED, lost=True)
    return found


def limits(document: DocumentHistory, phase: Phase) -> tuple[str, ...]:
    """The regions for which a document binds; () means everywhere.  A text that names a region in its title binds
    there only, whatever the document was when it began to be tracked."""
    if document.kind is Kind.REGIONAL_NOTICE and document.region:
        return (document.region,)
    return regions_named(phase.reading.title)


def _said(document: DocumentHistory, phase: Phase, wanted: Sought) -> Stance:
    practice = wanted.practice
    claims = phase.said.get((practice.name, practice.actor), ())
    told = [_disclosure(claim, document, phase, wanted) for claim in claims if asserts(claim, practice)]
    if told:
        return min(told, key=lambda each: (bool(each.only), each.state is State.GENERIC))
    denied = next((claim for claim in claims if _denies(claim, document, phase, wanted)), None)
    if denied:
        return Stance(State.DENIES, denied.quote)
    coming = next((claim for claim in phase.coming if asserts(claim, practice)), None)
    if coming:
        return Stance(State.ANNOUNCED, coming.quote)
    defers = (each for each in phase.reading.notices if each.kind is NoticeKind.DEFERS)
    deferred = next((each for each in defers if each.practice == practice.name), None)
    return Stance(State.DEFERRED, deferred.quote) if deferred else Stance(State.SILENT)


def _disclosure(claim: Claim, document: DocumentHistory, phase: Phase, wanted: Sought) -> Stance:
    regions = claim.only_regions or limits(document, phase)
    audiences = claim.only_audiences or ((BUSINESS,) if document.kind is Kind.DPA else ())
    only = (
        *(() if covers(regions, wanted.regions) else regions),
        *(() if covers(audiences, wanted.audiences) else audiences),
    )
    generic = wanted.generative and claim.models is not None and claim.models is not Models.GENERATIVE
    return Stance(State.GENERIC if generic else State.DISCLOSES, claim.quote, only)


def _denies(claim: Claim, document: DocumentHistory, phase: Phase, wanted: Sought) -> bool:
    """Whether a claim denies what is sought: not merely something narrower, nor for others."""
    if not denies_flatly(claim, wanted.practice) or (document.kind is Kind.DPA and wanted.audiences != (BUSINESS,)):
        return False
    narrower = claim.models is Models.OTHER if wanted.generative else claim.models in (Models.GENERATIVE, Models.OTHER)
    return not narrower and covers(limits(document, phase), wanted.regions)


def _editions(course: Course, phase: Phase) -> list[Phase]:
    """The last phase of each other edition that the document had before."""
    last = {each.reading.edition: each for each in course.phases if each.start < phase.start}
    return [each for edition, each in last.items() if edition != phase.reading.edition]


def _general_text_gone(course: Course, phase: Phase) -> bool:
    """Whether a text for one region took the place of one for everybody."""
    if not limits(course.document, phase):
        return False
    return any(not limits(course.document, each) for each in _editions(course, phase))


def _disclosed_last(course: Course, moment: datetime, wanted: Sought) -> bool:
    last = _said(course.document, course.phases[bisect_right(course.starts, moment) - 1], wanted)
    return last.discloses or last.partly


def _ever_disclosed(course: Course, phase: Phase, wanted: Sought) -> bool:
    """Whether another edition did, which may still stand elsewhere.  One of another name and for no region is another
    document (terms for businesses): it counts if it was seen while the practice was asserted, so that no gap reopens.
    """
    for each in _editions(course, phase):
        said = _said(course.document, each, wanted)
        akin = any(limits(course.document, one) for one in (each, phase)) or alike_in_title(
            each.reading.title, phase.reading.title
        )
        if (said.discloses or said.partly) and (akin or _stood(each, wanted.since)):
            return True
    return False


def _stood(phase: Phase, since: datetime | None) -> bool:
    return since is not None and phase.end is not None and phase.end > since


def _bounds(bounds: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """The union of some bounds; () as soon as one of them is none."""
    each = list(bounds)
    return tuple(sorted({term for one in each for term in one})) if each and all(each) else ()
