"""Who does what a frame says: the service, its group, others, or the reader."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tracker.model import Actor
from tracker.practices.actors import OTHERS, actor_of, by_agent, joined, speaks, together
from tracker.practices.passage import Passage

_FINITE = ("may", "will", "must", "be", "not", "deny", "stop", "use", "train", "improve", "that", "to", "right",
           "share", "collect", "sell", "create", "make", "teach", "learn")  # fmt: skip
_USER_FINITE = ("may", "must", "will", "be", "not", "deny", "agree-not", "use", "train", "improve", "create")
_NAMED = ("we", "us", "grant", "duty", "agree-not", "you", "user", "bound", *OTHERS, "data", "datum")
_LINKS = ("and", "or", "our", "of", "their", "your", "data", "(", ")")


@dataclass(frozen=True, slots=True)
class Agent:
    """Who acts.  ``role`` is "service", "other", "user", "duty" or "" (nobody is named).

    ``place`` is where the subject stands (-1: nowhere) and ``scope`` where its clause begins, for negation.
    """

    role: str
    place: int
    scope: int
    actors: tuple[Actor, ...]


def find_agent(passage: Passage, verb: int, end: int) -> Agent:
    """The nearest subject to the left of the verb; a "by …" after it in the passive."""
    after = by_agent(passage, verb, end)
    if passage.we(verb):
        return _speaking(passage, verb, after or (Actor.SERVICE,))
    aside: Agent | None = None
    for i in _named(passage, verb):
        if passage.at(i, "we") and _in_relative(passage, i):
            aside = aside or Agent("service", i, _clause(passage, i), after or (Actor.SERVICE,))
        elif passage.at(i, "us") and passage.at(i - 1, "by"):
            continue  # "used by us": the passive's agent, found behind its verb
        elif passage.we(i) or passage.at(i, "us", "grant"):
            return _speaking(passage, i, after or joined(passage, i, verb))
        if passage.at(i, "duty", "agree-not"):
            barred = _barred(passage, i)
            return (
                Agent("duty", i, i, ()) if barred is None else Agent("other", barred, barred, together(passage, barred))
            )
        if passage.at(i, "you", "user") and _ended(passage, i, verb):
            continue
        if passage.at(i, "you", "user", "bound"):
            if _licensed(passage, i):
                return Agent("other", i, _clause(passage, i), (Actor.THIRD_PARTY,))
            if _user_acts(passage, i, verb):
                return Agent("user", i, i, ())
        elif passage.at(i, *OTHERS):
            if _bound(passage, i) or _under_duty(passage, i):
                return Agent("duty", i, i, ())
            if _other_acts(passage, i, verb) or (passage.lexicon.verb_first and _acts_behind_verb(passage, i)):
                return Agent("other", i, _before_permission(passage, i), after or together(passage, i))
        elif passage.at(i, "data", "datum") and _data_subject(passage, i):
            return Agent("", -1, _clause(passage, i), after or (Actor.SERVICE,))
    behind = _subject_behind(passage, verb) if passage.lexicon.verb_final else None
    return behind or aside or Agent("", -1, _clause(passage, verb), after or (Actor.SERVICE,))


def _named(passage: Passage, verb: int) -> Iterator[int]:
    """The places before a verb at which somebody stands who may act, or their data, the nearest first."""
    wanted = passage.grammar.tags(*_NAMED)
    for i in range(verb - 1, -1, -1):
        if passage.chars[i] in wanted or passage.tags[i].value == "we":
            yield i


def _ended(passage: Passage, place: int, verb: int) -> bool:
    """ "You remain the owner of your works; they are not used to …": what follows speaks of something else."""
    ends = passage.places(";", start=place, end=verb)
    return bool(ends) and passage.has("not", "data", "datum", "be", start=ends[-1], end=verb)


def _speaking(passage: Passage, place: int, actors: tuple[Actor, ...]) -> Agent:
    """The service, where "we" stands or a verb carries it.

    Others may be joined before a verb that carries it: "nosotros y nuestras filiales no utilizamos".
    """
    first = place
    while passage.at(first - 1, "use", "train") or (first < place and passage.we(first - 1)):
        first -= 1  # "نستخدم نحن": the verb that carries "we" stands before the pronoun
    scope = _widen(passage, first if passage.we(first) else place)
    i = place - 1
    while passage.at(i, "not", "adv", "may", "will", "must"):
        i -= 1
    if actors == (Actor.SERVICE,) and passage.at(i, "affiliate", "third", "third-ai"):
        named = together(passage, i)
        if Actor.SERVICE in named:
            return Agent("service", place, min(_clause(passage, i), scope), named)
    return Agent("service", place, scope, actors)


def _in_relative(passage: Passage, place: int) -> bool:
    """ "data, which we send there, …", "data we hold": this "we" does something else."""
    if not passage.at(place - 1, "that", "data", "datum"):
        return False
    following = passage.next(place)
    while passage.at(following, "may", "will", "not", "adv", "be"):
        following += 1
    return not passage.at(following, "use", "train", "improve", "develop", "teach", "create")


def _subject_behind(passage: Passage, verb: int) -> Agent | None:
    """ "… schulen wir die Netze": where the verb comes second, its subject may follow."""
    for i in range(verb + 1, min(verb + 3, len(passage.chars))):
        if passage.at(i, "we"):
            return Agent("service", i, _clause(passage, verb), (Actor.SERVICE,))
        if passage.at(i, *OTHERS):
            return Agent("other", i, _clause(passage, verb), (actor_of(passage, i),))
    return None


def _user_acts(passage: Passage, place: int, verb: int) -> bool:
    following = passage.next(place)
    allowed = passage.at(place - 1, "allow", "make", "act", "right", "license", "for")
    if (
        allowed
        and passage.at(following, "to")
        and (passage.at(following + 1, "use", "train", "improve", "develop") or verb <= following + 2)
    ):
        return True  # "we allow you to …", "to make it easier for you to share …"
    if following < verb and not passage.at(following, *_USER_FINITE):
        return False
    if passage.at(place - 1, "how") or passage.at(place - 2, "how"):
        return False
    if passage.has("optout", "data-right", "setting", "unwilling", "how", start=place + 1, end=verb):
        return False
    if passage.at(following, "may") and passage.has("consent", start=place + 1, end=verb):
        return False
    relative = passage.at(place - 1, "data", "datum", "that")
    return not (
        relative and passage.at(following, "may", "will") and not passage.at(following + 1, "not", "use", "train")
    )


def _licensed(passage: Passage, place: int) -> bool:
    """ "Developers may use posts to train …" lets others do it."""
    following = passage.next(place)
    return passage.at(place, "bound") and passage.at(following, "may") and not passage.at(following + 1, "not", "only")


def _barred(passage: Passage, place: int) -> int | None:
    """The others of whom a statement says that they are not allowed something; None where it is the reader."""
    if passage.tags[place].value != "bar":
        return None
    return next((i for i in range(place - 1, max(-1, place - 4), -1) if passage.at(i, *OTHERS)), None)


def _bound(passage: Passage, place: int) -> bool:
    """ "Partner shall not …", "Merchants may not …": their duty, where the data are not called the reader's."""
    following = passage.next(place)
    if not passage.at(following, "must", "may") or not passage.at(following + 1, "not"):
        return False
    if passage.at(place - 1, "our", "their") or passage.has("your"):
        return False
    if passage.tags[place].value == "contract":
        return False  # "Provider shall not …": a contract's own name for the service
    return passage.at(following, "may") or not speaks(passage)


def _under_duty(passage: Passage, place: int) -> bool:
    """ "Customer shall not permit any third party to …": the customer's duty."""
    for i in range(place - 1, max(-1, place - 9), -1):
        if passage.we(i) or passage.at(i, ";", "but"):
            return False
        if passage.at(i, "duty", "agree-not"):
            return passage.tags[i].value != "bar"
    return False


def _other_acts(passage: Passage, place: int, verb: int) -> bool:
    """Whether a party named at a place is who acts, not who is given something."""
    if passage.has("legit", start=max(0, place - 4), end=place):
        return False  # "in the interests of users and third parties to provide …"
    following = passage.next(place)
    given = passage.at(place - 1, "with", "to") or (
        passage.at(place - 1, "our", "of") and passage.at(place - 2, "with", "to")
    )
    if given and passage.at(following, "and") and passage.at(following + 1, "use"):
        return False  # "we share data with partners and use it to …"
    while passage.at(following, *_LINKS, "datum", *OTHERS) and following < verb:
        following = passage.next(following)
    if passage.at(following, *_FINITE):
        return True
    if passage.at(following, "on") and passage.has("deny", start=max(0, place - 5), end=place):
        return passage.at(following + 1, "use", "train", "improve", "collect")  # "we bar partners from using …"
    by = next((i for i in (place - 1, place - 2) if passage.at(i, "by")), 0)
    return by > 0 and (passage.at(by - 1, "use", "train", "improve") or passage.at(by - 2, "use", "train", "improve"))


def _acts_behind_verb(passage: Passage, place: int) -> bool:
    """ "تستخدم … والشركات التابعة لها": a subject that follows its verb."""
    i = place - 1
    while passage.at(i, "w", "and", "or", "our", *OTHERS):
        i -= 1
    return passage.at(i, "use", "train", "improve", "develop") and not passage.we(i - 1)


def _before_permission(passage: Passage, place: int) -> int:
    """ "We do not allow partners to …": the clause begins with who allows."""
    for i in range(place - 1, max(-1, place - 9), -1):
        if passage.at(i, "allow", "deny", "share", "sell", "license", "act", "make", "right"):
            for j in range(i, -1, -1):
                if passage.we(j) or passage.at(j, "us", "grant"):
                    return _widen(passage, j)
                if passage.at(j, ";", "but"):
                    return j
            return 0
        if passage.at(i, ";", "but"):
            break
    return _clause(passage, place)


def _data_subject(passage: Passage, place: int) -> bool:
    """Data of which something is said in the passive: "your posts may also be used"."""
    following = passage.next(place)
    if not passage.at(following, "may", "will", "be", "not", "stop") or passage.at(place - 1, "if", "that"):
        return False
    return passage.has("be", "stop", start=following, end=following + 4)


def _widen(passage: Passage, place: int) -> int:
    """ "Nor do we use …", "Under no circumstances do we …": the negation comes first."""
    i = place
    if passage.at(i, "grant") and passage.at(i - 1, "not"):
        return i - 1  # "you do not grant us …"
    while passage.at(i - 1, "will", "may", "not", "adv", "be") and not passage.at(i - 2, "you"):
        i -= 1
    if passage.at(i - 1, "allow", "deny", "stop") or passage.at(i, "us"):
        # "you do not grant us the right", "nothing permits us"
        for j in range(i - 1, max(-1, i - 8), -1):
            if passage.at(j, "we", ";", "but"):
                break
            if passage.at(j, "not") and passage.at(j + 1, "allow", "grant", "w"):
                return j
    return i


def _new_subject(passage: Passage, place: int) -> bool:
    while passage.at(place, "and", "your", "of"):
        place += 1
    return passage.we(place) or (passage.at(place, "data", "datum") and _data_subject(passage, place))


def _clause(passage: Passage, place: int) -> int:
    for i in reversed(passage.places("but", ";", "unless", "except", ",", "and", end=place)):
        if passage.at(i, "but", ";", "unless", "except") or (
            passage.at(i, ",", "and") and _new_subject(passage, i + 1)
        ):
            return i + 1
        if passage.at(i, ",") and passage.has("if", "unwilling", "even", end=i):
            return i + 1
    return 0
