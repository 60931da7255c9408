"""`kill -9` before and after the commits of a round: nothing is lost, and what is repeated was in flight."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from desk import DISCLOSES, ROOT, SECRET, TRAINS, Desk, help_page, policy

CHECK = """
import sys
from benchmarks.kills import die_at
from tracker.cli.main import main
die_at(int(sys.argv[1]), after=sys.argv[2] == "after")
sys.exit(main(sys.argv[3:]))
"""


def killed(desk: Desk, point: int, when: str) -> bool:
    """A round that is killed at that commit; False if it has no such commit."""
    done = subprocess.run(
        [sys.executable, "-c", CHECK, str(point), when, "--config", str(desk.config), "check"],
        env={**os.environ, "PYTHONPATH": str(ROOT), "HOOK_SECRET": SECRET},
        capture_output=True,
    )
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return done.returncode != 0


def survived(desk: Desk, later: Callable[[timedelta], None], point: int, when: str) -> bool:
    """Killed at that commit of a round in which both pages change, it tells of both, and repeats one post at most."""
    desk.database.unlink(missing_ok=True)
    desk.site["/policy"], desk.site["/help"] = policy(), help_page()
    later(timedelta())
    assert desk("check") == 0
    before = len(desk.hooks.visits), len(desk.mail.messages)
    desk.site["/policy"], desk.site["/help"] = policy(DISCLOSES), help_page(TRAINS)
    died = killed(desk, point, when)
    later(timedelta(hours=1))
    assert desk("check") == 0
    posts = Counter(visit.headers["webhook-id"] for visit in desk.hooks.visits[before[0] :])
    mails = Counter(str(mail["Message-ID"]) for mail in desk.mail.messages[before[1] :])
    with desk.store() as store:
        told = {(each.channel, each.event.id) for each in store.deliveries()}
        events = {event.id for event in store.events()}
        assert told == {(channel, event) for channel in ("team", "cases") for event in events}
    assert len(posts) == len(mails) == len(events) > 0
    assert sum(posts.values()) <= len(posts) + 1
    assert sum(mails.values()) <= len(mails) + 1
    return died


def test_killed_once_a_change_is_committed_it_loses_nothing(desk: Desk, later: Callable[[timedelta], None]) -> None:
    desk.usual()
    assert survived(desk, later, 5, "after")  # two documents are registered and leased by then


@pytest.mark.long
@pytest.mark.parametrize(("first", "when"), [(1, "before"), (3, "after")])
def test_killed_at_any_commit_it_loses_nothing(
    desk: Desk, later: Callable[[timedelta], None], first: int, when: str
) -> None:
    """At every fourth; at all of them in `python -m benchmarks.durability kills`."""
    desk.usual()
    point = first
    while survived(desk, later, point, when):
        point += 4
    assert point > 10
