"""What a frame cannot match without, worked out from its expression."""

from __future__ import annotations

import re

_ANYTHING = frozenset("wn,;:()")  # tags that stand in any text
_LOOK = re.compile(r"\(\?(?:[=!]|<[=!])")
_OPEN = re.compile(r"\((?:\?:|\?P<\w+>)?")
_SET = re.compile(r"\[(?P<not>\^)?(?P<members>(?:\\.|[^\]\\])+)\]")
_REPEATED = re.compile(r"(?P<least>[*+?]|\{(?P<from>\d*)(?:,\d*)?\})[?+]?")

Required = list[frozenset[str]]


def required(expression: str) -> Required:
    """Sets of tags of each of which one stands in whatever an expression matches.  What it cannot tell is left out."""
    return _alternatives(expression, 0)[0]


def _alternatives(text: str, place: int) -> tuple[Required, int]:
    """What all branches up to the bracket that closes have in common, and its place."""
    branches: list[Required] = [[]]
    while place < len(text) and text[place] != ")":
        if text[place] == "|":
            branches.append([])
            place += 1
            continue
        found, place = _atom(text, place)
        repeated = _REPEATED.match(text, place)
        if repeated:
            place = repeated.end()
            if repeated["least"] in ("*", "?") or repeated["from"] in ("", "0"):
                found = []
        branches[-1] += [one for one in found if not one & _ANYTHING]
    if len(branches) == 1:
        return branches[0], place
    if not all(branches):
        return [], place
    return [frozenset().union(*(min(branch, key=len) for branch in branches))], place


def _atom(text: str, place: int) -> tuple[Required, int]:
    """What one element requires without its repetition, and where it ends."""
    if look := _LOOK.match(text, place):
        return [], _alternatives(text, look.end())[1] + 1
    if opened := _OPEN.match(text, place):
        found, end = _alternatives(text, opened.end())
        return found, end + 1
    if listed := _SET.match(text, place):
        members = frozenset(re.sub(r"\\(.)", r"\1", listed["members"]))
        return ([] if listed["not"] else [members]), listed.end()
    if text[place] == "\\":
        return [], place + 2
    return ([] if text[place] in "^$." else [frozenset(text[place])]), place + 1
