"""Gaps keep the ids that they were given, whatever we learn about their beginning."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from tracker.gaps.episodes import Episode, Life
from tracker.gaps.states import Practice
from tracker.model import GapName

_NEVER = datetime.max.replace(tzinfo=UTC)


def named_lives(lives: Iterable[Life], names: Sequence[GapName]) -> list[Life]:
    """The lives with the ids that their episodes had before; one that is not known keeps the id of its evidence."""
    return [_named(life, [each for each in names if Practice(each.practice, each.actor) == life.practice])
            for life in lives]  # fmt: skip


def _named(life: Life, names: list[GapName]) -> Life:
    left, episodes = list(names), []
    for episode in life.episodes:
        known = min(
            (each for each in left if _same(each, episode)),
            key=lambda each: (each.id != episode.id, abs(each.found - episode.found), each.id),
            default=None,
        )
        if known:
            left.remove(known)
        episodes.append(replace(episode, id=known.id) if known else episode)
    return replace(life, episodes=tuple(episodes))


def _same(name: GapName, episode: Episode) -> bool:
    """Whether a gap of this name stood at some time when the episode did."""
    if name.found == episode.found:
        return True
    return name.found < (episode.ended or _NEVER) and episode.found < (name.ended or _NEVER)
