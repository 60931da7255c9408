"""A diff as a file: a page of HTML, JSON, a patch."""

from __future__ import annotations

import json as codec
import re
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise

from jinja2 import Environment, PackageLoader, StrictUndefined

from tracker.model import Block, Change, Diff, Op
from tracker.views.changes import ALL, Entry, Fate, Look, entries, seen, under_headings
from tracker.views.diffs import count, summary
from tracker.views.terminal import safe, safe_lines

_CONTEXT = 3  # lines around a change in a patch, as diff -u has
_TEMPLATES = Environment(
    loader=PackageLoader("tracker.views", "."), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)
_UNFIT = re.compile(r"[^\w.@-]+")  # for the name of a file


def html(diff: Diff, title: str = "What changed", look: Look = Look(context=1), *, language: str | None = None) -> str:  # noqa: B008 - frozen
    """A page that stands alone: no script, nothing from elsewhere.

    Each change is an anchor with links to the one before and after; what was kept can be folded out.  ``language``
    (BCP 47) is that of the texts, None where it is not known.
    """
    shown = list(under_headings(diff, look))
    changed = [n for n, (entry, _) in enumerate(shown) if entry.fate not in (Fate.KEPT, Fate.FOLDED)]
    sections: dict[tuple[str, ...], list[int]] = {}
    for number, n in enumerate(changed, 1):
        sections.setdefault(shown[n][0].path, []).append(number)
    return _TEMPLATES.get_template("diff.html").render(
        title=safe(title),
        summary=summary(diff),
        entries=shown,
        numbers={n: number for number, n in enumerate(changed, 1)},
        sections=sections,
        language=language,
        count=count,
        plain=safe_lines,
    )


def json(diff: Diff, look: Look = ALL) -> str:
    """One JSON object.  ``old`` and ``new`` of a change are ranges of blocks; ``words`` is [] unless it was edited.

    Texts are given to the letter, all but ASCII escaped, and only of changes ([] where nothing did); ``headings`` are
    those of the first block, outermost first.  ``practices`` says what changes do to what is claimed.  Of
    ``look.only``, the changes that touch it are given, and no others.
    """
    touches = [
        {"turn": touch.turn, "practice": touch.practice, "actor": touch.actor, "denied": touch.denied,
         "old_text": [block.text for block in entry.old], "new_text": [block.text for block in entry.new]}
        for entry in seen(diff, look) for touch in entry.touches if look.only in (None, touch.practice)
    ]  # fmt: skip
    about = {block for entry in seen(diff, look) for block in entry.old + entry.new} if look.only else set()
    changes = [
        _plain(diff, change)
        for change in diff.changes
        if look.only is None or about & {*diff.old[slice(*change.old)], *diff.new[slice(*change.new)]}
    ]
    whole = {"inserted": diff.inserted, "deleted": diff.deleted, "practices": touches, "changes": changes}
    return codec.dumps(whole) + "\n"


def _plain(diff: Diff, change: Change) -> dict[str, object]:
    old, new = diff.old[slice(*change.old)], diff.new[slice(*change.new)]
    plain: dict[str, object] = {"op": change.op, "old": change.old, "new": change.new}
    plain["headings"] = (new or old)[0].headings
    shown = change.op is not Op.EQUAL
    plain["old_text"] = [block.text for block in old if shown]
    plain["new_text"] = [block.text for block in new if shown]
    plain["words"] = [{"op": run.op, "text": run.text} for run in change.words if shown]
    return plain


def file_name(title: str) -> str:
    """The name of a text as a file: of a document's, or of a file's own name."""
    return f"{_UNFIT.sub('-', title).strip('.-') or 'text'}.txt"


def lines(blocks: Sequence[Block]) -> str:
    """A text with a block per line, as a patch takes it: control characters are shown, not kept (see :func:`safe`)."""
    return "".join(f"{safe(block.text)}\n" for block in blocks)


def patch(diff: Diff, name: str = "text.txt") -> str:
    """What ``diff -u`` says of the two texts with a block per line; moved blocks are deleted and inserted.

    ``git apply`` and ``patch -p1`` take it, where the file ``name`` holds :func:`lines` of the old text.
    """
    found = [line for entry in entries(diff) for line in _lines(entry)]
    changed = [n for n, (sign, _) in enumerate(found) if sign != " "]
    if not changed:
        return ""
    out = [f"--- a/{name}", f"+++ b/{name}"]
    olds = list(accumulate((sign != "+" for sign, _ in found), initial=0))
    news = list(accumulate((sign != "-" for sign, _ in found), initial=0))
    first = changed[0]
    for at, following in pairwise([*changed, len(found) + 3 * _CONTEXT]):
        if following - at > 2 * _CONTEXT + 1:
            start, end = max(0, first - _CONTEXT), min(len(found), at + 1 + _CONTEXT)
            out.append(_head((olds[start], news[start]), (olds[end], news[end])))
            out += (sign + text for sign, text in found[start:end])
            first = following
    return "".join(f"{line}\n" for line in out)


def _lines(entry: Entry) -> Iterator[tuple[str, str]]:
    if entry.fate is not Fate.KEPT:
        yield from ((sign, safe(block.text)) for sign, side in (("-", entry.old), ("+", entry.new)) for block in side)
        return
    for old, new in zip(entry.old, entry.new, strict=True):  # which say the same, if perhaps with other quotation marks
        same = safe(old.text) == safe(new.text)
        yield from [(" ", safe(new.text))] if same else [("-", safe(old.text)), ("+", safe(new.text))]


def _head(start: tuple[int, int], end: tuple[int, int]) -> str:
    """Where a hunk begins and how many lines it has, on either side (POSIX, diff -u)."""
    counts = [stop - begin for begin, stop in zip(start, end, strict=True)]
    old, new = (f"{begin + (count > 0)},{count}" for begin, count in zip(start, counts, strict=True))
    return f"@@ -{old} +{new} @@"
