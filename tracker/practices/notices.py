"""Block → what it says of its own text: from when it applies, when it was changed, what will take its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from itertools import islice

from tracker.model import Notice, NoticeKind
from tracker.practices.dates import days, may_name_a_day, read_day, read_relative
from tracker.practices.folding import Folded, folded
from tracker.practices.phrases import DateWords, Hinted, Phrases

_SENTENCE = re.compile(r"(?<=[.!?؟])[\s\"”)]+|\n+|\s*[|•·]\s*")
_SEPARATOR = re.compile(r"(?:^|[-–—|•·*>\"“(\]]|[.!?])\s*[\"“(\[*]*$")
_ENDS = re.compile(r"\s*(?:$|[|•·()\[\]\n\"”*\-–—.;!])")
_FILL = re.compile(r"[\s:,;\-–—.(\[*\"“'|،]*")
_WORDS = re.compile(r"\w+")
_SHORT = 400  # characters of a banner: in a longer passage "we are updating" tells of something else
_LABEL = 120  # characters of a heading or line that only gives the days
_AROUND = 400  # characters on either side of a sentence that tell which text it speaks of
_MOST = 40  # days that are looked at: a passage with more is no statement of a text about itself
_REMEMBERED = 4096  # texts
_NEAR = 4  # words between a text's name and what it does


@dataclass(frozen=True, slots=True)
class _Place:
    """A day in a folded text: of the sentence from ``start`` to ``end`` it takes ``at`` to ``to``."""

    text: str
    start: int
    at: int
    to: int
    end: int

    @property
    def before(self) -> str:
        return self.text[self.start : self.at]

    @property
    def after(self) -> str:
        return self.text[self.to : self.end]

    @property
    def around(self) -> str:
        return self.text[max(0, self.start - _AROUND) : self.end + _AROUND]


_Read = tuple[NoticeKind, int, int]  # what is said of a day, and from where to where in the folded text


class NoticeReader:
    """Reads notices in any of the languages: their own phrases tell which one a passage is in."""

    def __init__(self, languages: Sequence[Phrases]) -> None:
        self._languages = tuple(languages)
        self._told = lru_cache(maxsize=_REMEMBERED)(self._read)

    def read(self, text: str, hinted: Hinted, prior: str | None = None) -> tuple[Notice, ...]:
        """The notices of a passage, in their order.  ``prior`` is the document's language, None if not known."""
        undated = _undatedly(text, hinted)
        if not (undated or may_name_a_day(text)):
            return ()
        return self._told(text, undated, (prior or "en").split("-")[0].lower())

    def _read(self, text: str, undated: frozenset[Phrases], first: str) -> tuple[Notice, ...]:
        dated = may_name_a_day(text)
        plain = folded(text)
        places = list(_places(plain.text)) if dated else []
        spoken = self._languages if dated else sorted(undated, key=lambda each: each.language)
        for phrases in sorted(spoken, key=lambda each: each.language != first):
            found = tuple(_read(text, plain, places, phrases))
            if found:
                return found
        return ()


def _undatedly(text: str, hinted: Hinted) -> frozenset[Phrases]:
    """The languages in which a short passage may announce a change without a day, or name a relative one."""
    if len(text) > _SHORT:
        return frozenset()
    return hinted.announcing | hinted.relative if len(text) <= _LABEL else hinted.announcing


def dated(notice: Notice, language: str | None, seen: date) -> Notice:
    """A notice in relative words ("updated 18 days ago") with the day they name when seen on a day."""
    if notice.day is not None or language is None or notice.kind not in (NoticeKind.EFFECTIVE, NoticeKind.UPDATED):
        return notice
    return replace(notice, day=read_relative(notice.quote, language, seen))


def _places(text: str) -> Iterator[_Place]:
    for at, to in islice(days(text), _MOST):
        start = max(0, at - _AROUND)
        for cut in _SENTENCE.finditer(text, start, at):
            start = cut.end()
        end = _SENTENCE.search(text, to, to + _AROUND)
        yield _Place(text, start, at, to, end.start() if end else min(len(text), to + _AROUND))


def _read(text: str, plain: Folded, places: Sequence[_Place], phrases: Phrases) -> Iterator[Notice]:
    known: set[tuple[NoticeKind, date | None]] = set()
    for place in places:
        read = _notice(place, phrases.dates)
        if read is None:
            continue
        kind, start, end = read
        first, last = plain.span(place.at, place.to)
        is_day, day = read_day(text[first:last].strip(" ,."), phrases.language, phrases.day_first, phrases.months)
        if not is_day or (kind, day) in known:
            continue
        known.add((kind, day))
        first, last = plain.span(start, end)
        yield Notice(kind, text[first:last], first, last, day)
    if not known and len(text) <= _SHORT:
        yield from _undated(text, plain, phrases.dates)


def _notice(place: _Place, words: DateWords) -> _Read | None:
    """What the sentence says of its day, and where in the text that begins; None if nothing of the text itself."""
    return _announced(place, words) or _takes_effect(place, words) or _labelled(place, words)


def _labelled(place: _Place, words: DateWords) -> _Read | None:
    """ "Effective September 18, 2024": a label at the beginning of a line or sentence, directly before the day."""
    for kind, pattern in (
        (NoticeKind.UNTIL, words.until),
        (NoticeKind.EFFECTIVE, words.effective),
        (NoticeKind.UPDATED, words.updated),
    ):
        for found in pattern.finditer(place.before):
            linked, colon = _linked(place.before[found.end() :], words)
            if linked and _opens(place, found.start(), words) and (colon or _closes(place, words)):
                return kind, place.start + found.start(), place.to
    return None


def _linked(between: str, words: DateWords) -> tuple[bool, bool]:
    """Whether only linking words stand between a label and its day, and whether a colon does."""
    colon = ":" in between
    outside = words.outside.search(between)
    if outside and colon:
        return True, True
    rest = words.texts.sub(" ", words.joints.sub(" ", between))
    fill = _FILL.fullmatch(rest)
    own = len(_WORDS.findall(rest)) <= 2 and len(rest) < 25 and rest.strip() != "" and words.texts.search(between)
    return fill is not None or bool(own), colon


def _opens(place: _Place, start: int, words: DateWords) -> bool:
    """Whether a label stands where a line or sentence begins, if need be after the text's name."""
    before = place.before[:start]
    if not before.strip(' *"“([#'):
        return True
    if len(place.text) > _LABEL and place.end - place.start > _LABEL:
        return False
    if _SEPARATOR.search(before):
        return len(_WORDS.findall(before)) <= 8
    named = [found.end() for found in words.texts.finditer(before)]
    last_day = [to for _, to in days(before)]
    return bool(named and len(_WORDS.findall(before[named[-1] :])) <= 1 and len(_WORDS.findall(before)) <= 6) or bool(
        last_day and not _WORDS.search(before[last_day[-1] :])
    )


def _closes(place: _Place, words: DateWords) -> bool:
    """Whether nothing but another label or a remark follows the day."""
    if _ENDS.match(place.after):
        return True
    rest = place.after.lstrip(" ,")
    return any(pattern.match(rest) for pattern in (words.updated, words.effective, words.until, words.outside))


def _announced(place: _Place, words: DateWords) -> _Read | None:
    """ "On November 20, 2024, we are updating our User Agreement" and the same the other way round."""
    opening = place.before.strip(' ,:*"“([')
    if not opening or words.joints.fullmatch(opening):
        rest = place.after.lstrip(" ,:،")
        for kind, pattern in _changing(words):
            found = pattern.match(rest)
            if found and (stop := _text_after(rest, found.end(), words)):
                return kind, place.start + _start(place.before, 0), place.end - len(rest) + stop
        return None
    for kind, pattern in _changing(words):
        for found in pattern.finditer(place.before):
            between = place.before[found.end() :]
            named = list(words.texts.finditer(between)) or list(words.texts.finditer(place.before[: found.start()]))
            if not named or len(_WORDS.findall(between)) > 14:
                continue
            tail = between[named[-1].end() :] if words.texts.search(between) else between
            with_effect = words.effective.search(tail) or words.effect.search(tail)
            rest = words.effect.sub(" ", words.effective.sub(" ", words.joints.sub(" ", tail)))
            if _FILL.fullmatch(rest):
                applies = with_effect and kind is NoticeKind.UPDATED
                start = place.start + _start(place.before, found.start())
                return (NoticeKind.EFFECTIVE if applies else kind), start, place.to
    return None


def _changing(words: DateWords) -> tuple[tuple[NoticeKind, re.Pattern[str]], ...]:
    coming = NoticeKind.COMING
    return ((coming, words.updating), (coming, words.will_update), (NoticeKind.UPDATED, words.done))


def _text_after(sentence: str, at: int, words: DateWords) -> int | None:
    """Where the name of a text that soon follows in a sentence ends; None if none does."""
    found = words.texts.search(sentence, at, at + 80)
    return found.end() if found and len(_WORDS.findall(sentence[at : found.start()])) <= _NEAR else None


def _takes_effect(place: _Place, words: DateWords) -> _Read | None:
    """ "This version of the Privacy Policy will go into effect on …", "These terms are effective from …"."""
    before = place.before
    for found in words.effect.finditer(before):
        rest = words.joints.sub(" ", before[found.end() :])
        if not _FILL.fullmatch(rest) or not _subject(place, before[: found.start()], words):
            continue
        if found[0] == "effective" and not before[: found.start()].rstrip().endswith(","):
            continue
        return _which(place, words), place.start + _start(before, 0), place.to
    return None


def _subject(place: _Place, before: str, words: DateWords) -> bool:
    """Whether the text, its changes, or a word that stands for it is what takes effect."""
    named = [*words.texts.finditer(before), *words.changes.finditer(before), *words.here.finditer(before)]
    if named:
        last = max(found.end() for found in named)
        return len(_WORDS.findall(before[last:])) <= _NEAR and "," not in before[last:].strip(" ,")
    stands_for = words.pronouns.match(before.lstrip(' "“(')) is not None and len(_WORDS.findall(before)) <= 2
    return stands_for and words.texts.search(place.text[max(0, place.start - _AROUND) : place.start]) is not None


def _which(place: _Place, words: DateWords) -> NoticeKind:
    """Whether the text that takes effect is the one that says so, or another."""
    sentence = place.text[place.start : place.end]
    around = place.around
    if words.current_below.search(around):
        return NoticeKind.UNTIL
    if words.here.search(sentence):
        return NoticeKind.EFFECTIVE
    if words.updating.search(around):
        return NoticeKind.COMING
    if words.here.search(around) or words.done.search(around):
        return NoticeKind.EFFECTIVE
    before = place.text[max(0, place.start - _LABEL) : place.at] if words.pronouns.match(sentence) else place.before
    return NoticeKind.COMING if words.changes.search(before) or words.new.search(before) else NoticeKind.EFFECTIVE


def _start(before: str, found: int) -> int:
    """Where a sentence begins that is not too long to be quoted whole; else where the phrase does."""
    opening = len(before) - len(before.lstrip(' *"“([#'))
    return opening if len(before) <= 300 else found


def _undated(text: str, plain: Folded, words: DateWords) -> Iterator[Notice]:
    """ "We're updating our Privacy Policy", "Last updated 18 days ago": what names no day."""
    start = 0
    for cut in [*(found.span() for found in _SENTENCE.finditer(plain.text)), (len(plain.text), len(plain.text))]:
        sentence, offset = plain.text[start : cut[0]], start
        start = cut[1]
        found = words.updating.search(sentence)
        if (
            found
            and len(_WORDS.findall(sentence[: found.start()])) <= 3
            and _text_after(sentence, found.end(), words)
            and not words.conditions.search(sentence)
            and not sentence.endswith(("?", "؟"))
        ):
            first, last = plain.span(offset + found.start(), offset + len(sentence))
            yield Notice(NoticeKind.COMING, text[first:last], first, last)
            return
    if len(text) > _LABEL:
        return
    for kind, pattern in ((NoticeKind.EFFECTIVE, words.effective), (NoticeKind.UPDATED, words.updated)):
        for label in pattern.finditer(plain.text):
            gap = _FILL.match(plain.text, label.end())
            ago = words.relative.match(plain.text, gap.end() if gap else label.end())
            if ago and not _WORDS.search(plain.text[: label.start()]):
                first, last = plain.span(label.start(), ago.end())
                yield Notice(kind, text[first:last], first, last)
                return
