"""The changes of a diff in reading order: what every rendering of it goes through."""

from __future__ import annotations

from collections import deque
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from tracker.model import Actor, Block, BlockKind, Change, Claim, Diff, Op, Polarity, Words

_SHOWN = 60  # characters of a moved text where it stood before

Claims = Mapping[Block, Sequence[Claim]]
Said = dict[tuple[str, Actor], set[Polarity]]


@dataclass(frozen=True, slots=True)
class Look:
    """What of a diff is to be seen.

    ``context`` is how many unchanged blocks are shown around a change, ``only`` the practice that a change must touch
    (None: any), ``claims`` what is read in the blocks of both sides; blocks without claims may be left out.
    """

    context: int = 0
    only: str | None = None
    claims: Claims = field(default_factory=dict)


ALL = Look()


class Turn(StrEnum):
    """What a change does to what is claimed of a practice."""

    GAINED = "gained"
    ELSEWHERE = "now also here"  # the old text had it elsewhere
    LOST = "lost"
    REMAINS = "no longer here"  # the new text has it elsewhere
    REVERSED = "reversed"
    TOUCHED = "reworded"


@dataclass(frozen=True, slots=True)
class Touch:
    """``denied``: what is gained, lost or reworded is a denial; of a reversal, that the new text denies it."""

    turn: Turn
    practice: str
    actor: Actor
    denied: bool = False

    def __str__(self) -> str:
        whom = f"{self.practice} by {self.actor.value}"
        return f"{self.turn.value}: {whom}, denied" if self.denied else f"{self.turn.value}: {whom}"


class Fate(StrEnum):
    """What became of the blocks of an entry."""

    KEPT = "kept"
    FOLDED = "folded"  # kept, and only counted
    DELETED = "deleted"
    INSERTED = "inserted"
    EDITED = "edited"
    ARRIVED = "arrived"  # moved, seen from where it stands now
    LEFT = "left"  # moved, seen from where it stood


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to show.  At least one of ``old`` and ``new`` has blocks; ``words`` is () if they were kept.

    Of what moved, the entry where it stands now has ``new`` only, that where it stood ``old`` only; ``note`` says
    where from or to.  ``touches`` is what it does to practices.
    """

    fate: Fate
    old: tuple[Block, ...]
    new: tuple[Block, ...]
    words: tuple[Words, ...] = ()
    note: str = ""
    touches: tuple[Touch, ...] = ()

    @property
    def path(self) -> tuple[str, ...]:
        """The headings it stands under, outermost first."""
        return (self.new or self.old)[0].headings

    @property
    def title(self) -> bool:
        """Whether it is a heading itself."""
        return all(block.kind is BlockKind.HEADING for block in self.old + self.new)


def under_headings(diff: Diff, look: Look = ALL) -> Iterator[tuple[Entry, tuple[str, ...]]]:
    """The entries to be seen, each with the headings to be said before it: () where the reader knows them.

    They are known from the entry before, which may be the heading itself; and a heading just below a known one
    needs no other.
    """
    known: tuple[str, ...] = ()
    renamed = _renamed(diff)
    for entry in seen(diff, look):
        if entry.fate is Fate.FOLDED:
            yield entry, ()
            continue
        path = entry.path if entry.new else tuple([renamed.get(heading, heading) for heading in entry.path])
        said = path == known or (entry.title and path == known[: len(path)])
        yield entry, () if said else path
        known = (*path, (entry.new or entry.old)[-1].text) if entry.title else path


def _renamed(diff: Diff) -> dict[str, str]:
    """What headings are called now: what went from below a heading stands with what came there."""
    edits = [(diff.old[slice(*each.old)], diff.new[slice(*each.new)]) for each in diff.changes if each.op is Op.EDIT]
    titles = [(*old, *new) for old, new in edits if len(old) == len(new) == 1]
    return {old.text: new.text for old, new in titles if old.kind is new.kind is BlockKind.HEADING}


def seen(diff: Diff, look: Look) -> Iterator[Entry]:
    """The entries with what they do to practices; those to be left out are, and what was kept is folded."""
    whole = _said(diff.old, look.claims), _said(diff.new, look.claims)
    told = [_touched(entry, whole, look.claims) for entry in entries(diff)] if look.claims else list(entries(diff))
    if look.only is None:
        return _folded(told, look.context)
    return (entry for entry in told if any(touch.practice == look.only for touch in entry.touches))


def _folded(told: Sequence[Entry], context: int) -> Iterator[Entry]:
    for n, entry in enumerate(told):
        if entry.fate is not Fate.KEPT:
            yield entry
            continue
        size = len(entry.new)
        head, tail = context if n else 0, size - context if n + 1 < len(told) else size
        blocks = list(zip(entry.old, entry.new, strict=True))
        yield from (Entry(Fate.KEPT, (old,), (new,), _same(new)) for old, new in blocks[: max(head, 0)])
        if head < tail:
            yield Entry(Fate.FOLDED, entry.old[head:tail], entry.new[head:tail])
        yield from (Entry(Fate.KEPT, (old,), (new,), _same(new)) for old, new in blocks[max(head, tail) :])


def _same(block: Block) -> tuple[Words, ...]:
    return (Words(Op.EQUAL, block.text),)


def _touched(entry: Entry, whole: tuple[Said, Said], claims: Claims) -> Entry:
    """The entry with what it does to practices; what only moved does nothing to them."""
    if entry.fate not in (Fate.DELETED, Fate.INSERTED, Fate.EDITED):
        return entry
    same = _claims(entry.old, claims) & _claims(entry.new, claims)
    here = _said(entry.old, claims, same), _said(entry.new, claims, same)
    if not any(here):
        return entry
    touches: list[Touch] = []
    for what in sorted({*here[0], *here[1]}):
        before, after = here[0].get(what, set()), here[1].get(what, set())
        if not before:
            turn = Turn.ELSEWHERE if after <= whole[0].get(what, set()) else Turn.GAINED
        elif not after:
            turn = Turn.REMAINS if before <= whole[1].get(what, set()) else Turn.LOST
        else:
            turn = Turn.TOUCHED if before & after else Turn.REVERSED
        touches.append(Touch(turn, *what, denied=(after or before) == {Polarity.DENIES}))
    return replace(entry, touches=tuple(touches))


def _said(blocks: Iterable[Block], claims: Claims, but: Container[Claim] = ()) -> Said:
    said: Said = {}
    for claim in _claims(blocks, claims):
        if claim not in but:
            said.setdefault((claim.practice, claim.actor), set()).add(claim.polarity)
    return said


def _claims(blocks: Iterable[Block], claims: Claims) -> set[Claim]:
    """What the blocks claim, wherever in them: a sentence that stayed word for word is not touched by a new one."""
    return {replace(claim, start=0, end=0) for block in blocks for claim in claims.get(block, ())}


def entries(diff: Diff) -> Iterator[Entry]:
    """The changes, each move at both its places.

    All old blocks come once and in their order, and so do all new ones.
    """
    leaving = deque(sorted((change for change in diff.changes if change.op is Op.MOVE), key=lambda move: move.old))
    arrived: set[Change] = set()
    left: set[Change] = set()
    for change in diff.changes:
        if change.op is Op.MOVE:
            arrived.add(change)
            yield _arrived(diff, change, "above" if change in left else "below")
            continue
        while leaving and leaving[0].old[1] <= change.old[0]:
            left.add(move := leaving.popleft())
            yield _left(diff, move, "up" if move in arrived else "down")
        yield from _standing(diff, change)
    for move in leaving:
        yield _left(diff, move, "up" if move in arrived else "down")


def _arrived(diff: Diff, move: Change, whence: str) -> Entry:
    new = diff.new[slice(*move.new)]
    words = move.words or (Words(Op.EQUAL, "\n".join(block.text for block in new)),)
    return Entry(Fate.ARRIVED, (), new, words, f"moved here from {whence}")


def _left(diff: Diff, move: Change, whither: str) -> Entry:
    old = diff.old[slice(*move.old)]
    start = old[0].text if len(old[0].text) <= _SHOWN else old[0].text[:_SHOWN].rstrip() + "…"
    more = f" and {len(old) - 1} more" if len(old) > 1 else ""
    return Entry(Fate.LEFT, old, (), (Words(Op.EQUAL, start),), f"moved {whither} from here{more}")


def _standing(diff: Diff, change: Change) -> Iterator[Entry]:
    old, new = diff.old[slice(*change.old)], diff.new[slice(*change.new)]
    match change.op:
        case Op.EQUAL:
            yield Entry(Fate.KEPT, old, new)
        case Op.EDIT:
            yield Entry(Fate.EDITED, old, new, change.words)
        case Op.DELETE:
            yield from (Entry(Fate.DELETED, (block,), (), (Words(Op.DELETE, block.text),)) for block in old)
        case Op.INSERT:
            yield from (Entry(Fate.INSERTED, (), (block,), (Words(Op.INSERT, block.text),)) for block in new)
