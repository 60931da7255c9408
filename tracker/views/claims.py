"""What a text claims, and why it was read so, as a person wants it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tracker.model import Block, Claim, Rejection
from tracker.views.documents import describe
from tracker.views.gaps import quoted
from tracker.views.records import plain
from tracker.views.terminal import safe

_INDENT = " " * 4
_LONGEST = 2000  # characters of a quotation that are shown: it is what the reader came for


@dataclass(frozen=True, slots=True)
class Reason:
    """A rule that matched a sentence of a block, and the gate that stopped it; None: it became a claim."""

    block: Block
    rule: str
    practice: str
    words: str
    sentence: str
    gate: str | None


@dataclass(frozen=True, slots=True)
class Miss:
    """A sentence that may claim a practice and was not read so.  ``score`` (0 to 1) orders them; ``gate`` stopped a
    rule, None: no rule matched."""

    practice: str
    sentence: str
    score: float
    gate: str | None


def listing(rows: Sequence[tuple[Block, Claim]]) -> str:
    """Each claim with where it stands and its quotation, in the order of the text."""
    if not rows:
        return "No claim was found.\n"
    out = []
    for block, claim in rows:
        parts = [describe(claim), *([f"from {claim.from_date}"] if claim.from_date else []), f"[{claim.rule}]"]
        out.append(_told("; ".join(parts[:-1]) + f"  {parts[-1]}", block, claim.quote))
    return "\n\n".join(out) + "\n"


def explanation(rows: Sequence[Reason]) -> str:
    """Each rule that matched, the words it matched, and the gate that stopped it, if one did."""
    if not rows:
        return "No rule matched anything.\n"
    out = []
    for row in rows:
        verdict = f"stopped by {row.gate}" if row.gate else "a claim"
        out.append(
            _told(f"{row.practice}  [{row.rule}] matched “{safe(row.words)}”: {verdict}", row.block, row.sentence)
        )
    return "\n\n".join(out) + "\n"


def queue(rows: Sequence[Miss]) -> str:
    """Possible misses, the likeliest first."""
    if not rows:
        return "Nothing may have been missed.\n"
    return (
        "\n\n".join(
            f"{row.practice}  {row.score:.2f}  {f'stopped by {row.gate}' if row.gate else 'no rule matched'}\n"
            + quoted(row.sentence, _INDENT, _LONGEST)
            for row in rows
        )
        + "\n"
    )


def rejections(rows: Sequence[tuple[Rejection, str]]) -> str:
    """What readers have rejected, each with the block's text ("": not stored any more)."""
    if not rows:
        return "No claim was rejected.\n"
    return "\n".join(
        f"{row.at:%Y-%m-%d %H:%M}  {row.block}:{row.practice}\n{_INDENT}{safe(row.reason)}\n{quoted(text, _INDENT)}\n"
        for row, text in rows
    )


def rejection(row: Rejection, text: str) -> dict[str, object]:
    """The same as a record."""
    return {"id": f"{row.block}:{row.practice}", "practice": row.practice, "reason": row.reason, "at": plain(row.at),
            "text": text}  # fmt: skip


def miss(row: Miss) -> dict[str, object]:
    """The same as a record."""
    return {"practice": row.practice, "score": row.score, "gate": row.gate, "sentence": row.sentence}


def reason(row: Reason) -> dict[str, object]:
    """The same as a record; ``gate`` is None where the match became a claim."""
    return {
        "practice": row.practice,
        "rule": row.rule,
        "words": row.words,
        "gate": row.gate,
        "sentence": row.sentence,
        "block": row.block.id,
        "headings": plain(row.block.headings),
    }


def _told(head: str, block: Block, quotation: str) -> str:
    path = " › ".join(safe(heading) for heading in block.headings)
    lead = [f"{_INDENT}under: {safe(block.lead)}"] if block.lead else []
    where = [f"{_INDENT}in: {path}"] if path else []
    return "\n".join([head, *where, *lead, quoted(quotation, _INDENT, _LONGEST)])
