"""Whether what a match says is denied: negation before, behind and around its verb."""

from __future__ import annotations

from tracker.practices.passage import Passage

_VERBS = ("use", "train", "improve", "develop", "share", "collect", "sell", "create", "keep", "teach", "allow", "make",
          "license", "act", "not", "be")  # fmt: skip
_NOUNS = ("data", "datum", "your", "user", "w", "of", "train", "audience", "will", "third", "right", "license", "adm",
          "profiling", "reviewer", "staff", "authority", "sensitive", "precise", "ad", "targeted-ad", "tracker",
          "licence-scope", "collect", "ai")  # fmt: skip
_DOINGS = ("use", "train", "sell", "share", "improve", "develop", "review", "collect", "license", "keep")
_CLAUSE = 25  # tags to a clause's end
_SUBJECTS = ("we", "us", "you", "user", "use", "may", "will", "be", "to", "for", "not", "grant", "third", "vendor")
_PREDICATE = 9  # tags between a subject and its predicate
_NOUN = 4  # tags between a noun of doing and the negation behind it
_HALVES = 10  # tags between the halves of a negation


def only_who_objects(passage: Passage, verb: int) -> bool:
    """ "If you opt out, we will not …": it is done with the data of everybody else."""
    for i in passage.places("optout"):
        if passage.has("not", start=max(0, i - 4), end=i) or passage.at(i - 1, "to"):
            continue
        if passage.has("even", start=max(0, i - 6), end=i):
            continue
        if i < verb and passage.has(";", ":", "but", "even", start=i, end=verb):
            continue
        if passage.has("if", "that", start=max(0, i - 6), end=i) or (
            i < verb and passage.has("that", start=i, end=verb)
        ):
            return True
    return False


def is_negated(passage: Passage, begin: int, verb: int, end: int) -> bool:
    """Whether a negation between the clause's beginning and the end of the match governs the verb.

    Where the verb comes last, its negation may stand anywhere up to the clause's end.
    """
    if (
        _instead(passage)
        or switched_off(passage, verb, end)
        or _answered_after_colon(passage, end)
        or _predicate_denies(passage, verb, end)
    ):
        return True
    if _nominal(passage, begin, verb, end) or _left_out(passage, verb):
        return True
    reach = _clause_end(passage, end) if passage.lexicon.verb_final else max(verb, end)
    return any(
        _governs(passage, i, begin, verb) and not _undone(passage, i) and _whole(passage, i)
        for i in passage.places("not", "deny", "stop", "no", "without", "include-not", "duty", start=begin, end=reach)
    )


def _instead(passage: Passage) -> bool:
    """ "We train on synthetic data, not on your conversations"."""
    return passage.has("offline") and any(
        passage.at(i + 1, "data", "your", "user")
        or (passage.at(i + 1, "on", "use") and passage.at(i + 2, "data", "your"))
        for i in passage.places("not", "without")
    )


def _left_out(passage: Passage, verb: int) -> bool:
    """ "Confidential content is left out when we train our models"."""
    return any(
        passage.at(i + 1, "if") and not passage.has(",", ";", "but", "not", start=i, end=verb)
        for i in passage.places("include-not", end=verb)
    )


def switched_off(passage: Passage, verb: int, end: int) -> bool:
    """ "Training on your chats is disabled", "we have opted out of …"."""
    near = range(end, min(end + 5, len(passage.chars)))
    if any(passage.at(i, "stop") and passage.tags[i].value == "after" for i in near):
        return True
    if any(passage.at(i, "default-off") for i in near):
        return True
    return any(
        any(passage.at(j, "we") for j in range(max(0, i - 3), i)) and not passage.has("not", start=max(0, i - 3), end=i)
        for i in passage.places("optout", end=verb)
    )


def _answered_after_colon(passage: Passage, end: int) -> bool:
    """ "AI training: we do not use your photos for this"."""
    if not passage.at(end, ":") or passage.prefix > end:
        return False
    return any(passage.at(i + 1, "use") for i in passage.places("not", start=end, end=end + 5))


def _predicate_denies(passage: Passage, verb: int, end: int) -> bool:
    """ "Training on your files is forbidden", "the training of our models never uses your data"."""
    if not passage.at(verb, "train", "dataset") or passage.has(*_SUBJECTS, start=passage.prefix, end=verb):
        return False
    if barred_after(passage, end):
        return True
    for i in range(end, min(end + _PREDICATE, len(passage.chars))):
        if passage.at(i, ",", ";", ":", "but", "if", "unless", "to", "on", "except"):
            return False
        if passage.at(i, "not"):
            return passage.has("use", "be", "act", "collect", "data", "will", "w", start=i, end=i + 4) or passage.at(
                i + 1, "how"
            )
    return False


def barred_after(passage: Passage, end: int) -> bool:
    """ "… is strictly prohibited": what a match names is forbidden behind it."""
    for i in range(end, min(end + _PREDICATE, len(passage.chars))):
        if passage.at(i, "duty") and passage.tags[i].value == "bar":
            return True
        if passage.at(i, ",", ";", ":", "but", "if", "unless", "may", "will", "not", "use"):
            return False
    return False


def _clause_end(passage: Passage, end: int) -> int:
    """Where the clause ends that a match ends in; "Dass …, schließen wir aus" is one with what follows."""
    embedded = passage.at(passage.prefix, "that")
    for i in range(end, min(len(passage.chars), end + _CLAUSE)):
        if passage.at(i, ";", "but", "if", "unless", "except", "to"):
            return i
        if passage.at(i, ",") and not passage.at(i + 1, "and", "or") and not embedded:
            return i
    return min(len(passage.chars), end + _CLAUSE)


def _whole(passage: Passage, place: int) -> bool:
    """A negation of two halves ("ne … pas") needs both: "ne … que" and a lone "ne" deny nothing."""
    if passage.tags[place].value != "half":
        return True
    near = passage.tags[max(0, place - _HALVES) : place + _HALVES]
    return any(tag.value == "negates" for tag in near)


def _undone(passage: Passage, place: int) -> bool:
    """ "have not stopped", "never excluded": two negations."""
    return passage.at(place, "stop", "deny") and passage.has("not", start=max(0, place - 2), end=place)


def _governs(passage: Passage, place: int, begin: int, verb: int) -> bool:
    if passage.at(place, "no") and passage.has("optout", start=place, end=place + 5):
        return False
    if passage.at(place, "no"):
        return passage.at(place + 1, *_NOUNS) and (place < verb or place == passage.next(verb))  # "we collect no data"
    if passage.at(place, "duty"):
        return passage.tags[place].value == "bar" and place < verb
    if passage.at(place, "include-not"):
        following = place + 1
        while passage.at(following, "of"):
            following += 1
        near = passage.at(following, "on", "use") or passage.has(
            "train", "dataset", "model", "ai", "right", start=place, end=place + 6
        )
        return place < verb and near
    if passage.at(place, "without"):
        return passage.at(passage.next(place), "use", "train", "improve", "share", "collect") and place < verb
    if passage.has("but", ";", start=place, end=verb) and not passage.has(":", start=begin, end=place + 3):
        return False
    if passage.has("unwilling", "except", "unless", start=begin, end=place):
        return False
    if _stands_apart(passage, place, verb):
        return False
    if place > verb and not passage.lexicon.verb_final and passage.at(place, "not", "stop"):
        return _late(passage, place, verb)
    relative = passage.has("that", "if", "even", start=max(begin, place - 4), end=place)
    bars = passage.at(place, "deny") and passage.at(place - 1, "that")  # "agreements that prevent our data from …"
    if relative and not bars and passage.has("may", "will", "be", "we", start=place + 2, end=verb):
        return False
    if passage.at(place, "not") and (
        passage.at(place + 1, "only", "stop", "deny") or passage.at(place + 2, "stop", "deny")
    ):
        return False
    if passage.at(place, "not", "deny") and passage.has("optout", start=place, end=min(place + 4, verb)):
        return False
    if passage.at(place, "deny") and passage.tags[place].value == "from":
        return passage.at(place - 1, "be") or any(
            passage.tags[i].value == "from" for i in passage.places("on", start=place, end=min(place + 7, verb))
        )
    return not (passage.at(place, "deny") and passage.at(place - 1, "to") and place > verb)


def _stands_apart(passage: Passage, place: int, verb: int) -> bool:
    """A negation before the verb that belongs to something else."""
    following = passage.next(place)
    negated_noun = not passage.at(place - 1, "be", "will", "may", "must", "we", "adv", "and", "or")
    if passage.at(place, "not") and negated_noun and passage.at(following, "data", "datum", "your") and place > 0:
        return passage.has(",", "(", ")", "and", start=following, end=verb)  # "posts, not messages, are used"
    if passage.at(place - 1, "be") and passage.at(following, "w") and passage.at(following + 1, "by"):
        return True  # "where they are not outweighed by …"
    if place < passage.prefix and not passage.at(following, *_VERBS, ":"):
        return True  # a lead-in speaks of its list only with its own verb
    reader = next((i for i in (place - 1, place - 2) if passage.at(i, "you", "user")), -1)
    if reader >= 0 and not passage.at(reader - 1, "of", "on", "with", "to", "for"):
        return passage.has("may", "will", "be", start=place + 2, end=verb)  # "data you have not deleted may …"
    if passage.at(place, "stop", "deny") and passage.at(place - 1, "to") and not passage.has("we", end=place):
        return True  # "to stop your data from being used"
    if place >= passage.prefix and passage.at(place - 1, "be") and passage.has(":", start=place, end=verb):
        return True  # "they are not exempt: their posts are used"
    if any(
        passage.at(i + 1, "may", "will") or (passage.at(i + 1, "w") and passage.at(i + 2, "may"))
        for i in passage.places("and", start=place + 2, end=verb)
    ):
        return True  # "do not own your content and may use it"
    excepted = passage.places("except", start=place, end=verb)
    return (
        bool(excepted)
        and passage.at(excepted[0] + 1, "to", "for")
        and not passage.has("consent", start=place, end=verb)
    )


def _nominal(passage: Passage, begin: int, verb: int, end: int) -> bool:
    """ "The sale of your data is no part of …", "L'utilisation de … est exclue": a noun of doing as the subject."""
    first = max(begin, passage.prefix)
    while passage.at(first, "of", "adv"):
        first += 1
    if first > verb or not passage.at(first, *_DOINGS):
        return False
    if passage.has("we", "us", "may", "will", "be", "not", ",", start=first, end=end):
        return False
    i = end
    while passage.at(i, "your", "our", "of", "their", "adv", "ai", "model", "data", "datum", "user"):
        i += 1
    if passage.at(i, "deny", "include-not") or (passage.at(i, "be") and passage.at(i + 1, "deny")):
        return True
    i += passage.at(i, "be") and passage.at(i + 1, "not")
    if not passage.at(i, "not") or not _whole(passage, i) or i - end > _NOUN:
        return False
    return passage.at(i - 1, "be") or passage.at(i + 1, "be", "use", "act", "make", "allow", "w")


def _late(passage: Passage, place: int, verb: int) -> bool:
    """A negation inside the match, after its verb: "AI … is not trained" has none; "training … is not" has."""
    if passage.at(verb, "may", "will", "be", "must", "grant"):
        return True
    return passage.at(place - 1, "be", "will", "may") and passage.has("use", "train", start=place)
