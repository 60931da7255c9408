"""The outbox and its channels together: nothing is lost, nobody is held up, one in flight is all that is repeated."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from desk import ROOT, SECRET, Blocker
from storing import HOUR, event
from website import Page, Website

from tracker.alerts import feed
from tracker.config import Channel, Config
from tracker.model import DeliveryStatus, Grouping
from tracker.pipeline import deliveries
from tracker.pipeline.deliveries import deliver_due
from tracker.store import Store

NOW = datetime(2024, 9, 18, 12, tzinfo=UTC)


def hook(site: Website, name: str, path: str = "/hook") -> Channel:
    return Channel(name, "webhook", url=site.url(path), secret=SECRET, allow_private=True)


def fill(store: Store, number: int, *channels: str) -> None:
    with store.transaction():
        for turn in range(number):
            store.add_events([event(str(turn), NOW)])
            for channel in channels:
                store.enqueue(event(str(turn), NOW), channel, NOW)


def send(store: Store, *channels: Channel, now: datetime = NOW) -> list[tuple[str, str]]:
    attempts = deliver_due(store, Config(channels=channels), lambda: now)
    return [(attempt.dispatch.channel, attempt.status.value) for attempt in attempts]


def test_a_slow_channel_holds_up_no_other(store: Store, site: Website) -> None:
    blocker = Blocker.of(Page(status=204))
    site["/slow"], site["/fast"] = blocker, Page(status=204)
    fill(store, 30, "slow", "fast")
    attempts = deliver_due(
        store, Config(channels=(hook(site, "slow", "/slow"), hook(site, "fast", "/fast"))), lambda: NOW
    )
    assert [next(attempts).dispatch.channel for _ in range(30)] == ["fast"] * 30
    assert blocker.reached.wait(60)
    blocker.may_answer.set()
    assert [attempt.dispatch.channel for attempt in attempts] == ["slow"] * 30
    assert {delivery.status for delivery in store.deliveries()} == {DeliveryStatus.SENT}


def test_a_receiver_that_is_down_is_asked_a_few_times_and_gets_everything_later(store: Store, site: Website) -> None:
    site["/hook"] = Page("oops", status=503)
    fill(store, 20, "hook")
    assert send(store, hook(site, "hook")) == [("hook", "waiting")] * deliveries.FAILURES
    assert len(site.visits) == deliveries.FAILURES
    site["/hook"] = Page(status=204)
    assert send(store, hook(site, "hook"), now=NOW + HOUR) == [("hook", "sent")] * 20
    assert len({visit.headers["webhook-id"] for visit in site.visits}) == 20


def test_a_message_that_is_refused_for_good_or_cannot_be_made_holds_up_no_other(store: Store, site: Website) -> None:
    site["/hook"] = [Page("no", status=400), Page(status=204)]
    fill(store, 3, "hook")
    assert send(store, hook(site, "hook")) == [("hook", "dead"), ("hook", "sent"), ("hook", "sent")]
    fill(store, 5, "odd")
    assert send(store, Channel("odd", "carrier pigeon")) == [("odd", "waiting")] * 3
    assert "internal error: KeyError" in store.deliveries(channel="odd")[0].error


def test_what_goes_to_a_channel_that_is_gone_is_given_up_and_told(store: Store) -> None:
    fill(store, 2, "gone")
    assert send(store) == [("gone", "dead")]
    assert {delivery.error for delivery in store.deliveries()} == {"the channel is not configured any more"}


def test_a_quiet_services_feed_keeps_its_entries_whatever_others_do(store: Store, tmp_path: Path) -> None:
    feeds = Channel("feeds", "feed", path=str(tmp_path / "{service}.xml"), group=Grouping.ALL)
    for turn, service in enumerate(["Quiet", *["Loud"] * 12, "Quiet"]):
        with store.transaction():
            for number in range(1 if service == "Quiet" else feed.LENGTH):
                told = replace(event(f"{turn} {number}", NOW), service=service)
                store.add_events([told])
                store.enqueue(told, "feeds", NOW)
        assert send(store, feeds) == [("feeds", "sent")]
    written = {path.stem: path.read_text().count("<entry>") for path in tmp_path.glob("*.xml")}
    assert written == {"loud": feed.LENGTH, "quiet": 2}


def test_what_is_in_hand_stays_there_however_slow_its_channel(
    store: Store, database: Path, site: Website, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lease is renewed: another loop, at a time at which the first lease has ended, finds nothing to send."""
    monkeypatch.setattr(deliveries, "RENEWAL", 0.01)
    times = [NOW]
    again: list[list[tuple[str, str]]] = []

    def slow(_: object) -> Page:
        with Store.open(database) as other:
            [before] = other.deliveries()
            times.append(NOW + HOUR)
            end = time.monotonic() + 60
            while other.deliveries()[0].due in (before.due, None):
                assert time.monotonic() < end
            again.append(send(other, hook(site, "hook"), now=NOW + HOUR))
        return Page(status=204)

    site["/hook"] = slow
    fill(store, 1, "hook")
    [attempt] = deliver_due(store, Config(channels=(hook(site, "hook"),)), lambda: times[-1])
    assert (attempt.status, again, len(site.visits)) == (DeliveryStatus.SENT, [[]], 1)


def test_who_is_told_to_stop_finishes_what_is_in_flight_and_takes_no_more(store: Store, site: Website) -> None:
    stop = threading.Event()

    def taken(_: object) -> Page:
        stop.set()
        return Page(status=204)

    site["/hook"] = taken
    fill(store, 5, "hook")
    assert len(list(deliver_due(store, Config(channels=(hook(site, "hook"),)), lambda: NOW, stop.is_set))) == 1
    assert Counter(delivery.status.value for delivery in store.deliveries()) == {"sent": 1, "waiting": 4}


DELIVERER = """
import sys
from datetime import datetime, timedelta
from tracker.config import Channel, Config
from tracker.pipeline.deliveries import deliver_due
from tracker.store import Store

path, now, secret, *urls = sys.argv[1:]
channels = tuple(
    Channel(f"hook{number}", "webhook", url=url, secret=secret, allow_private=True) for number, url in enumerate(urls)
)
with Store.open(path) as store:
    for attempt in deliver_due(store, Config(channels=channels), lambda: datetime.fromisoformat(now)):
        pass
"""


@pytest.mark.parametrize(("number", "before_answer"), [(3, True), pytest.param(7, False, marks=pytest.mark.long)])
def test_kill_9_loses_nothing_and_repeats_only_what_was_in_flight(
    store: Store, database: Path, site: Website, number: int, before_answer: bool
) -> None:
    """Killed while the receiver holds its ``number``-th delivery, or just after it answered that."""
    killed = threading.Event()
    process: list[subprocess.Popen[bytes]] = []

    def receive(_: object) -> Page:
        if len(site.visits) >= number and not killed.is_set():
            if before_answer:
                process[0].kill()
            killed.set()
        return Page(status=204)

    site["/hook"] = receive
    fill(store, 10, "hook0")
    for turn in range(2):
        now = (NOW + turn * timedelta(hours=1)).isoformat()
        command = [sys.executable, "-c", DELIVERER, str(database), now, SECRET, site.url("/hook")]
        with subprocess.Popen(command, env={"PYTHONPATH": str(ROOT)}) as running:
            process[:] = [running]
            if turn == 0:
                assert killed.wait(60)
                running.kill()
        assert running.returncode == (0 if turn else -signal.SIGKILL)
    seen = Counter(visit.headers["webhook-id"] for visit in site.visits)
    assert len(seen) == 10, "nothing is lost"
    assert sum(seen.values()) <= 11, "one in flight is all that is repeated, with the same id"
    assert {delivery.status for delivery in store.deliveries()} == {DeliveryStatus.SENT}
