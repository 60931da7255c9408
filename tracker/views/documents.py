"""The text of a version on a terminal, with what it claims marked and named."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence, Set

from tracker.model import Block, BlockKind, Claim, Version
from tracker.views.tables import minute
from tracker.views.terminal import safe

WIDTH = 100
MARK, HEAD, PLAIN = "\x1b[7m", "\x1b[1m", "\x1b[0m"  # ECMA-48: reverse video, bold, off


def text(
    version: Version,
    claims: Sequence[Sequence[Claim]],
    rejected: Set[tuple[str, str]] = frozenset(),
    *,
    colour: bool,
    width: int = WIDTH,
) -> str:
    """The whole version; ``claims`` are those of each block, in the order of the blocks, ``rejected`` what readers
    took back of them, by block and practice."""
    head = f"{safe(str(version.document))}, version {version.number}, observed {minute(version.observed_at)} UTC"
    out = [head, "=" * len(head), ""]
    for block, said in zip(version.blocks, claims, strict=True):
        stands = [each for each in said if (block.id, each.practice) not in rejected]
        out.append(shown(block, stands, colour=colour, width=width))
        for claim in said:
            struck = "rejected: " if (block.id, claim.practice) in rejected else ""
            out.append(f"      ▸ {struck}{describe(claim)}")
            out.append(f"        {block.id}:{claim.practice}")
        out.append("")
    return "\n".join(out)


def shown(block: Block, claims: Sequence[Claim], *, colour: bool, width: int) -> str:
    body = marked(block.text, claims, colour=colour)
    if block.kind is BlockKind.HEADING:
        title = f"{'#' * max(block.level, 1)} {body}"
        return f"{HEAD}{title}{PLAIN}" if colour and not claims else title
    first = "  " * max(block.level - 1, 0) + "• " if block.kind is BlockKind.ITEM else ""
    return textwrap.fill(body, max(width, 20), initial_indent=first, subsequent_indent=" " * len(first))


def marked(text: str, claims: Sequence[Claim], *, colour: bool) -> str:
    """The text, harmless, with each claim's quotation in reverse video or, without colours, in ›‹."""
    before, after = (MARK, PLAIN) if colour else ("›", "‹")
    out, at = [], 0
    for start, end in spans(claims):
        out += [safe(text[at:start]), before, safe(text[start:end]), after]
        at = end
    return "".join([*out, safe(text[at:])])


def spans(claims: Sequence[Claim]) -> list[tuple[int, int]]:
    """The quotations' places, overlapping ones joined."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted((claim.start, claim.end) for claim in claims):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def describe(claim: Claim) -> str:
    """A claim in one line: practice, polarity, who, and what limits it."""
    parts = [f"{claim.practice} {claim.polarity.value}", f"by {claim.actor.value}"]
    if claim.models:
        parts.append(f"{claim.models.value} models")
    for label, values in (
        ("data", claim.data),
        ("not data", claim.except_data),
        ("only in", claim.only_regions),
        ("not in", claim.except_regions),
        ("only", claim.only_audiences),
        ("not", claim.except_audiences),
    ):
        if values:
            parts.append(f"{label} {', '.join(values)}")
    if claim.opt_out and claim.opt_out.offered:
        parts.append("opt-out offered" + (f", default {claim.opt_out.default}" if claim.opt_out.default else ""))
    if claim.conditional:
        parts.append("on a condition")
    return "; ".join(parts)
