"""A better detector reads all again and tells nothing of it; what was news anyhow is told all the same."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import archives
import pytest
from desk import DISCLOSES, SECRET, TRAINS, Desk, Said, help_page, policy

from tracker.cli.context import clock
from tracker.config import load
from tracker.model import DocumentKey
from tracker.pipeline.archive import Import
from tracker.pipeline.assessment import Assessor
from tracker.store import Store


def forget_what_was_learnt(desk: Desk, *, and_found: bool) -> None:
    """Leaves the database as an older detector would have: one that (unless ``and_found``) read nothing."""
    with sqlite3.connect(desk.database) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("UPDATE findings SET detector = 'older'")
        if not and_found:
            connection.execute("DELETE FROM claims")
            connection.execute("DELETE FROM deliveries")
            connection.execute("DELETE FROM events")
    connection.close()


def kinds(desk: Desk) -> list[str]:
    with desk.store() as store:
        return [event.kind.value for event in store.events()]


def test_nothing_is_news_because_we_learned_to_read(desk: Desk, capsys: Said) -> None:
    desk.usual()
    desk("check")
    desk.site["/help"] = help_page(TRAINS)
    desk("check")
    forget_what_was_learnt(desk, and_found=False)
    told = len(desk.posts)
    capsys.readouterr()
    assert desk("check") == 0
    assert "gap-opened" in kinds(desk)  # recorded, with its date
    assert len(desk.posts) == told
    summary = "Read anew what is stored: 1 event recorded, none told"
    assert capsys.readouterr().out.count(summary) == 1
    assert desk("check") == 0
    assert summary not in capsys.readouterr().out
    assert len(desk.posts) == told


def test_what_time_alone_brings_is_told_also_on_the_day_of_an_upgrade(
    desk: Desk, later: Callable[[timedelta], None]
) -> None:
    day = datetime.now(UTC) + timedelta(days=20)
    coming = f"<p>On {day:%B} {day.day}, {day.year}, we are updating our Privacy Policy. Read about the changes.</p>"
    desk.usual()
    desk("check")
    desk.site["/policy"] = policy(coming)
    desk("check")
    assert "change-reminder" not in kinds(desk)
    told = len(desk.posts)
    forget_what_was_learnt(desk, and_found=True)
    later(timedelta(days=14))
    assert desk("check") == 0
    assert kinds(desk).count("change-reminder") == 1
    assert len(desk.posts) == told + 1


def test_a_rule_that_finds_more_in_the_past_makes_no_news_of_it(desk: Desk, later: Callable[[timedelta], None]) -> None:
    desk.usual()
    desk("check")
    desk.site["/help"] = help_page(TRAINS)
    desk("check")
    later(timedelta(days=30))
    desk("check")
    with sqlite3.connect(desk.database) as connection:  # as if other rules had found no gap then
        connection.execute("UPDATE conclusions SET rules = 'others'")
        connection.execute("DELETE FROM deliveries")
        connection.execute("DELETE FROM events")
    connection.close()
    told = len(desk.posts)
    desk.site["/policy"] = policy(DISCLOSES)
    desk("check")
    assert kinds(desk)[0] == "gap-opened"  # recorded, with its date
    news = [post["kind"] for post in desk.posts[told:]]
    assert "gap-closed" in news, "what happens from now on is told"
    assert "gap-opened" not in news


def test_what_another_configuration_finds_in_the_past_is_one_line_and_no_news(
    desk: Desk, later: Callable[[timedelta], None], capsys: Said
) -> None:
    desk.usual()
    desk.config.write_text(desk.config.read_text().replace('kind = "help"', 'kind = "other"'))
    desk("check")
    desk.site["/help"] = help_page(TRAINS)
    desk("check")
    later(timedelta(days=30))
    desk("check")
    desk.config.write_text(desk.config.read_text().replace('kind = "other"', 'kind = "help"'))
    capsys.readouterr()
    assert desk("check") == 0
    out = capsys.readouterr().out
    assert out.count("Read anew what is stored: 1 event recorded, none told") == 1
    assert "gap-opened" not in out
    assert kinds(desk) == ["gap-opened"]
    assert desk.posts == []
    desk.site["/policy"] = policy(DISCLOSES)
    assert desk("check") == 0
    assert "gap-closed" in [post["kind"] for post in desk.posts], "what happens from now on is told"


def test_a_service_under_another_name_is_no_news(desk: Desk, later: Callable[[timedelta], None], capsys: Said) -> None:
    desk.usual()
    desk("check")
    desk.site["/help"] = help_page(TRAINS)
    desk("check")
    [opened] = desk.posts
    later(timedelta(days=2))
    desk.config.write_text(desk.config.read_text().replace('name = "Acme"', 'name = "Nova"\nformerly = ["Acme"]'))
    for _ in range(2):
        assert desk("check") == 0
    assert (len(desk.posts), kinds(desk)) == (1, ["gap-opened"])
    desk.site["/policy"] = policy(DISCLOSES)
    assert desk("check") == 0
    [closed] = [post for post in desk.posts if post["kind"] == "gap-closed"]
    assert (closed["service"], closed["gap"]) == ("Nova", opened["gap"]), "it is the same gap"


class CutError(Exception):
    """An import is cut short."""


def test_a_check_makes_no_news_of_what_an_import_beside_it_has_brought_so_far(desk: Desk, tmp_path: Path) -> None:
    def cut(_: int) -> None:
        raise CutError

    body = "# Terms\n\nWe provide the service to you as it is described on these pages.\n\n"
    learns = "We may use your personal data to train artificial intelligence models.\n\n"
    bodies = (body, body + learns, body, body + learns)
    texts = [
        archives.Dated(datetime(2020 + at, 1, 1, tzinfo=UTC), "Acme/Terms of Service", text.encode())
        for at, text in enumerate(bodies)
    ]
    desk.usual()
    assert desk("check") == 0
    assert desk("import", "ota", str(archives.repository(tmp_path / "first", texts[:1]))) == 0
    config, whole = load(desk.config, {"HOOK_SECRET": SECRET}), archives.repository(tmp_path / "whole", texts)
    with Store.open(desk.database) as store:
        assessor = Assessor(config, store)
        with pytest.raises(CutError):
            Import(config, store, assessor, {}).run(whole, (), clock(), cut)
        with store.transaction():
            assessor.read_new(store.versions(DocumentKey("Acme", "Terms of Service")), "en")
            found = assessor.conclude_all({"Acme"}, clock())
        assert found.news == store.deliveries() == ()
        assert "practice-appeared" in [event.kind for event in found.past]


def test_what_an_archive_confirms_later_is_no_news(desk: Desk, tmp_path: Path) -> None:
    """A text that was its last when it was first taken in, and has stood since, although nothing else was added."""
    body = "# Terms\n\nWe provide the service to you as it is described on these pages.\n\n"
    learns = "We may use your personal data to train artificial intelligence models.\n"
    texts = [
        archives.Dated(datetime(2024, 1, 1, tzinfo=UTC), "Acme/Terms of Service", body.encode()),
        archives.Dated(datetime(2024, 3, 1, tzinfo=UTC), "Acme/Terms of Service", (body + learns).encode()),
        archives.Dated(datetime(2024, 3, 5, tzinfo=UTC), "Beta/Terms of Service", body.encode()),
    ]
    desk.usual()
    assert desk("check") == 0
    for name, end in (("first", 2), ("later", 3)):
        assert desk("import", "ota", str(archives.repository(tmp_path / name, texts[:end]))) == 0
    assert "practice-appeared" in kinds(desk)
    assert desk("check") == 0
    assert desk.posts == []
