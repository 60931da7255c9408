"""Which leftover blocks are the same block rewritten: judged by the words they share."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from itertools import chain as joined
from itertools import product

from tracker.diff.words import bare_words
from tracker.model import Block, BlockKind

# Two blocks are versions of one another if they share this much of their words …
LEAST_ALIKE = 0.4
# … or one has nearly all its words in the other: a paragraph that was split, merged or grew.
LEAST_HELD = 0.8
# A block that stands elsewhere must be a near-duplicate.
LEAST_ALIKE_ELSEWHERE = 0.6
# Fewer words than these say nothing of where a text comes from ("Learn more").
LEAST_MOVED = 8
# A block beside a pair belongs to it if this share of it is what the pair's other side has too much.
LEAST_SPLIT = 0.6
LEAST_SPLIT_WORDS = 4
# Between the pieces of a split paragraph so many blocks may be new: a table's row that became a list under headings.
MOST_STRANGE = 1
# What bounds the work on hostile input: gaps of at most so many pairs are tried in full, others by rare words only.
MOST_PAIRS = 100
MOST_PLACES = 8
MOST_CANDIDATES = 3

Span = tuple[int, int]


class Bag:
    """The words of a text, each as often as it stands there; long words weigh more than "of" and "the".

    In ``words``, what stands there for the second time and on is numbered, so that plain sets can be compared.
    """

    __slots__ = ("count", "found", "title", "weight", "words")

    def __init__(self, text: str, *, title: bool = False) -> None:
        self.title = title
        self.found = Counter(bare_words(text))
        again = [f"{word} {k}" for word, times in self.found.items() if times > 1 for k in range(1, times)]
        self.words = frozenset(self.found).union(again)
        self.weight = sum(map(len, self.words))
        self.count = len(self.words)

    def shared(self, other: Bag) -> int:
        return sum(map(len, self.words & other.words))


class Bags(dict[int, Bag]):
    """The words of each block of a text, by its place; counted when they are first asked for."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        super().__init__()
        self._blocks = blocks

    def __missing__(self, place: int) -> Bag:
        block = self._blocks[place]
        self[place] = found = Bag(block.text, title=block.kind is BlockKind.HEADING)
        return found


@dataclass(frozen=True, slots=True)
class Candidate:
    """Leftover block ``new`` may come from leftover block ``old``.

    ``alike`` is the share of both that they share, ``held`` that of the smaller, which has ``words`` words;
    ``shared`` is in letters.
    """

    old: int
    new: int
    alike: float
    held: float
    shared: int
    words: int

    @property
    def akin(self) -> bool:
        """Whether they can be versions of one another."""
        return self.alike >= LEAST_ALIKE or (self.held >= LEAST_HELD and self.words >= LEAST_MOVED)


def chain(olds: Mapping[int, Bag], news: Mapping[int, Bag]) -> list[Candidate]:
    """Which blocks of a gap are versions of one another, in order; of a large gap first the plain cases.

    ``olds`` and ``news`` are in the order of their texts.
    """
    left, right = list(olds), list(news)
    if len(left) * len(right) <= MOST_PAIRS:
        return _akin(olds, news, product(left, right))
    beside = [*zip(left, right, strict=False), *zip(reversed(left), reversed(right), strict=False)]
    plain = _akin(olds, news, dict.fromkeys(by_rare_words(olds, news) + beside))
    whole: list[Candidate] = []
    i = j = 0
    for pair in [*plain, None]:
        i_end, j_end = (bisect_left(left, pair.old), bisect_left(right, pair.new)) if pair else (len(left), len(right))
        if (i_end - i) * (j_end - j) <= MOST_PAIRS:
            whole += _akin(olds, news, product(left[i:i_end], right[j:j_end]))
        whole += [pair] if pair else []
        i, j = i_end + 1, j_end + 1
    return whole


def _akin(olds: Mapping[int, Bag], news: Mapping[int, Bag], pairs: Iterable[Span]) -> list[Candidate]:
    return heaviest([found for found in candidates(olds, news, pairs) if found.akin])


def candidates(olds: Mapping[int, Bag], news: Mapping[int, Bag], pairs: Iterable[Span]) -> list[Candidate]:
    """Those of the pairs that share a word, with how much they share."""
    found: list[Candidate] = []
    for i, j in pairs:
        if shared := olds[i].shared(news[j]):
            total, least = olds[i].weight + news[j].weight, min(olds[i].weight, news[j].weight)
            words = min(olds[i].count, news[j].count)
            found.append(Candidate(i, j, 2 * shared / total, shared / least, shared, words))
    return found


def by_rare_words(olds: Mapping[int, Bag], news: Mapping[int, Bag]) -> list[Span]:
    """For each new block the old ones with which it shares most words that few blocks have."""
    times = Counter(joined.from_iterable([old.words for old in olds.values()]))
    rare = {word for word, number in times.items() if number <= MOST_PLACES}
    rare &= frozenset().union(*[new.words for new in news.values()])
    places: dict[str, list[int]] = {word: [] for word in rare}
    for i, old in olds.items():
        for word in rare & old.words:
            places[word].append(i)
    pairs: list[Span] = []
    for j, new in news.items():
        votes = Counter(joined.from_iterable([places[word] for word in rare & new.words]))
        best = nsmallest(MOST_CANDIDATES, votes, key=lambda i: (-votes[i], i))
        pairs += ((i, j) for i in best)
    return pairs


def heaviest(found: Sequence[Candidate]) -> list[Candidate]:
    """Those that share most among all that can stand side by side without crossing."""
    best: list[tuple[int, int, int]] = []  # per useful end: new block, letters shared up to it, candidate; both rise
    before: list[int] = [-1] * len(found)
    order = sorted(range(len(found)), key=lambda n: (found[n].old, -found[n].new))
    for n in order:
        at = bisect_left(best, (found[n].new,))
        before[n] = best[at - 1][2] if at else -1
        entry = (found[n].new, found[n].shared + (best[at - 1][1] if at else 0), n)
        end = at
        while end < len(best) and best[end][1] <= entry[1]:
            end += 1
        if end > at or at == len(best) or best[at][0] > entry[0]:  # else a better chain already ends here
            best[at:end] = [entry]
    kept: list[Candidate] = []
    n = best[-1][2] if best else -1
    while n >= 0:
        kept.append(found[n])
        n = before[n]
    kept.reverse()
    return kept


def runs(pairs: Sequence[Candidate], olds: Mapping[int, Bag], news: Mapping[int, Bag]) -> Iterator[tuple[Span, Span]]:
    """Each pair as a range of old and one of new blocks, with what was split off or merged in right beside it."""
    old_free = {i for i, old in olds.items() if not old.title} - {pair.old for pair in pairs}
    new_free = {j for j, new in news.items() if not new.title} - {pair.new for pair in pairs}
    for pair in pairs:
        spare = Counter(olds[pair.old].found)
        spare.subtract(news[pair.new].found)
        new = _grown(pair.new, news, new_free, spare, -1)
        old = _grown(pair.old, olds, old_free, spare, 1)
        yield old, new


def _grown(start: int, bags: Mapping[int, Bag], free: set[int], spare: Counter[str], sign: int) -> Span:
    """The range around a block whose words the pair's other side has to spare; takes them out of ``free`` and it.

    ``spare`` counts words of the old side less those of the new; ``sign`` is what a block taken in adds to it.
    """
    first, end = start, start + 1
    for step in (1, -1):
        at = end if step > 0 else first - 1
        strange: list[int] = []
        while at in free and len(strange) <= MOST_STRANGE:
            block = bags[at]
            wholly = LEAST_SPLIT if block.count >= LEAST_SPLIT_WORDS else 1
            if _held(block, spare, sign) < wholly or (strange and wholly == 1):
                strange.append(at)
            else:
                for taken in [*strange, at]:
                    free.remove(taken)
                    for word, times in bags[taken].found.items():
                        spare[word] += sign * times
                first, end, strange = min(first, at), max(end, at + 1), []
            at += step
    return first, end


def _held(block: Bag, spare: Counter[str], sign: int) -> float:
    """Which share of a block is spare."""
    held = sum([len(word) * max(0, min(times, -sign * spare[word])) for word, times in block.found.items()])
    return held / (sum([len(word) * times for word, times in block.found.items()]) or 1)
