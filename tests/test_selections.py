"""Another `select` for a document that is watched: what it reads, and what it must not lose."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from desk import HELP, TRAINS, Desk, Said, gap, help_page
from website import Page

from tracker.model import Cause, Standing

FOOTER = "<footer><p>Acme Limited, all rights reserved.</p></footer></main>"


@pytest.fixture
def watched(desk: Desk) -> Desk:
    """A gap that a help page opened."""
    desk.usual()
    desk("check")
    show(desk, TRAINS)
    assert desk("check") == 0
    assert [post["kind"] for post in desk.posts] == ["gap-opened"]
    return desk


def show(desk: Desk, extra: str) -> None:
    desk.site["/help"] = help_page(extra).replace("</main>", FOOTER)


def select(desk: Desk, selector: str) -> None:
    """Of the help page, the last document."""
    lines = [line for line in desk.config.read_text().splitlines() if not line.startswith("select")]
    desk.config.write_text("\n".join([*lines, f'select = ["{selector}"]' if selector else "", ""]))


def standings(desk: Desk) -> list[tuple[Cause, Standing]]:
    with desk.store() as store:
        return [(row.cause, row.standing) for row in store.versions(HELP)]


def current(desk: Desk, said: Said) -> str:
    said.readouterr()
    assert desk("show", "Acme/Help") == 0
    return said.readouterr().out


def derived(desk: Desk, said: Said) -> list[Any]:
    """Gaps and practices, as the commands give them, but for the numbers of versions and when they were seen last."""
    said.readouterr()
    desk("gaps", "--json")
    desk("practices", "--json")
    rows = [json.loads(line) for line in said.readouterr().out.splitlines()]
    return [{name: row[name] for name in row if name not in ("version", "last_seen")} for row in rows]


def recipe(desk: Desk) -> str | None:
    with desk.store() as store:
        return store.recipe(HELP)


@pytest.mark.parametrize("unchanged", [True, False], ids=["same page", "changed page"])
def test_one_that_matches_nothing_fails_at_once_and_until_it_is_mended(
    watched: Desk, capsys: Said, unchanged: bool
) -> None:
    before, text, way = standings(watched), current(watched, capsys), recipe(watched)
    if not unchanged:
        show(watched, TRAINS + "<p>You can ask our assistant for another draft as often as you like.</p>")
    select(watched, "#no-such-thing")
    for _ in range(2):
        capsys.readouterr()
        assert watched("check") == 1
        told = capsys.readouterr()
        assert "2 documents checked: 0 changed, 1 failed." in told.out
        [line] = told.err.splitlines()
        assert line.startswith("tracker: Acme/Help: ")
        assert "nothing on the page matches" in line
        watched("status")
        assert "nothing on the page matches" in " ".join(capsys.readouterr().out.split())
    assert (standings(watched), current(watched, capsys), recipe(watched)) == (before, text, way)
    assert gap(watched, capsys)["status"] == "open"
    select(watched, "")
    assert watched("check") == 0
    assert len(standings(watched)) == len(before) + (not unchanged)
    assert [post["kind"] for post in watched.posts if "gap" in post["kind"]] == ["gap-opened"]


@pytest.mark.parametrize("unchanged", [True, False], ids=["same page", "changed page"])
def test_one_that_matches_hardly_anything_does_not_take_the_texts_place(
    watched: Desk, capsys: Said, unchanged: bool
) -> None:
    before, text, found = standings(watched), current(watched, capsys), derived(watched, capsys)
    select(watched, "footer")
    for number in range(2):
        if not unchanged:
            show(watched, f"{TRAINS}<p>You can ask our assistant for {number + 2} more drafts of a post.</p>")
        capsys.readouterr()
        assert watched("check") == 1
        [line] = capsys.readouterr().err.splitlines()
        assert line.startswith("tracker: Acme/Help: is not the document: as it is read now, ")
        assert line.endswith(": check `select` and `remove`")
        assert watched("status") == 1
        assert "check `select`" in capsys.readouterr().out
    assert standings(watched) == [*before, (Cause.TECHNICAL, Standing.IMPLAUSIBLE)]
    assert current(watched, capsys) == text
    assert derived(watched, capsys) == found
    show(watched, TRAINS)
    select(watched, "")
    assert watched("check") == 0
    assert standings(watched) == [*before, (Cause.TECHNICAL, Standing.IMPLAUSIBLE)]
    assert watched("status") == 0
    assert derived(watched, capsys) == found
    assert watched("rebuild") == 0
    assert derived(watched, capsys) == found
    assert len(watched.posts) == 1


def test_what_it_shows_for_a_month_is_believed(watched: Desk, later: Callable[[timedelta], None], capsys: Said) -> None:
    select(watched, "footer")
    assert watched("check") == 1
    later(timedelta(days=31))
    capsys.readouterr()
    assert watched("check") == 0
    assert "Acme/Help: read otherwise now" in capsys.readouterr().out
    assert standings(watched)[-1] == (Cause.TECHNICAL, Standing.CONFIRMED)
    assert len(watched.posts) == 1


def test_a_mended_one_reads_the_changed_page_that_the_wrong_one_had_doubted(watched: Desk, capsys: Said) -> None:
    select(watched, "footer")
    show(watched, f"{TRAINS}<p>You can ask our assistant for another draft as often as you like.</p>")
    assert watched("check") == 1
    select(watched, "")
    assert watched("check") == 0
    assert "another draft" in current(watched, capsys)
    assert standings(watched)[-1] == (Cause.SOURCE, Standing.CONFIRMED)


def test_what_another_one_reads_is_told_in_one_line_and_no_news(watched: Desk, capsys: Said) -> None:
    found = derived(watched, capsys)
    select(watched, "h1, h2, main > p")
    capsys.readouterr()
    assert watched("check") == 0
    out = capsys.readouterr().out
    how = "read otherwise now, by another selection or extraction"
    assert f"Acme/Help: {how}: 0 words more, 5 words fewer\n" in out
    assert watched("check") == 0
    assert "read otherwise" not in capsys.readouterr().out
    assert standings(watched)[-1] == (Cause.TECHNICAL, Standing.CONFIRMED)
    assert derived(watched, capsys) == found
    assert watched("rebuild") == 0
    assert derived(watched, capsys) == found
    assert len(watched.posts) == 1


def test_a_page_made_anew_with_a_selection_for_it_is_held_against_the_stored_text(watched: Desk, capsys: Said) -> None:
    watched.site["/help"] = help_page(TRAINS).replace("main>", "article>")
    select(watched, "article")
    assert watched("check") == 0
    assert gap(watched, capsys)["status"] == "open"
    watched.site["/help"] = help_page(TRAINS).replace("main>", "section>").replace("</section>", "</section><i>Hi</i>")
    select(watched, "i")
    assert watched("check") == 1
    assert gap(watched, capsys)["status"] == "open"


def test_a_wall_stays_one_however_it_is_read(watched: Desk, capsys: Said) -> None:
    watched.site["/help"] = Page("<title>Sign in</title><main><h1>Sign in</h1><p>Please sign in to go on.</p></main>")
    assert watched("check") == 1
    select(watched, "h1, h2, p")
    for _ in range(2):
        assert watched("check") == 1
    assert gap(watched, capsys)["status"] == "open"


def test_an_undone_text_is_not_read_again_in_the_place_of_the_one_that_came_back(desk: Desk, capsys: Said) -> None:
    desk.usual(confirm=1)
    for extra in ("", TRAINS, ""):
        show(desk, extra)
        assert desk("check") == 0
    select(desk, "h1, h2, main > p")
    assert desk("check") == 0
    assert "train" not in current(desk, capsys)
    assert standings(desk)[1:] == [(Cause.SOURCE, Standing.UNDONE), (Cause.TECHNICAL, Standing.CONFIRMED)]
    assert desk.posts == []
