"""Documents of several pages, and pages in whose place something else stands."""

from __future__ import annotations

from desk import HELP, Desk, Said, help_page, policy
from website import Page

from tracker.model import DocumentKey, Standing

CENTRE = DocumentKey("Acme", "Help Centre")
INDEX = """<html><title>Help</title><nav><a href="/about">About</a></nav><ul class="topics">
    <li><a href="/help/1#top">One</a><li><a href="/help/2">Two</a><li><a href="help/1">One again</a>
    <li><a href="/help/3?x=1">Three</a><li><a href="javascript:void(0)">Feedback</a></ul>"""


def centre(desk: Desk, more: str = "") -> None:
    desk.site["/help"] = INDEX
    for number, path in enumerate(("/help/1", "/help/2", "/help/3?x=1"), 1):
        desk.site[path] = help_page(f"<p>This is what answer number {number} says of it.</p>")
    index = f'["{desk.site.url("/help")}"]'
    desk.configure(("Help Centre", "help", index), more=f'links = ".topics a"\n{more}')


def texts(desk: Desk, key: DocumentKey) -> list[str]:
    """The texts of its versions that stand or stood."""
    with desk.store() as store:
        rows = [row for row in store.versions(key) if row.standing is not Standing.IMPLAUSIBLE]
        return ["\n".join(block.text for block in store.blocks(row.passages)) for row in rows]


def test_the_pages_of_an_index_are_one_document(desk: Desk) -> None:
    centre(desk)
    assert desk("check") == 0
    [text] = texts(desk, CENTRE)
    assert [text.count(f"number {number} says") for number in (1, 2, 3)] == [1, 1, 1]
    assert [path for path in desk.site.paths if "robots" not in path] == ["/help", "/help/1", "/help/2", "/help/3?x=1"]
    assert desk("check") == 0
    desk.site["/help/2"] = help_page("<p>Answer number 2 now says something else of it.</p>")
    assert desk("check") == 0
    assert len(texts(desk, CENTRE)) == 2
    assert desk("rebuild") == 0
    assert len(texts(desk, CENTRE)) == 2


def test_no_more_pages_are_read_than_allowed(desk: Desk) -> None:
    centre(desk, "limit = 2\n")
    assert desk("check") == 0
    [text] = texts(desk, CENTRE)
    assert "number 3" not in text


def test_a_page_that_fails_is_no_deletion(desk: Desk, capsys: Said) -> None:
    centre(desk)
    desk("check")
    for page in (Page("<p>gone", status=404), Page("<p>Loading"), Page("")):
        desk.site["/help/2"] = page
        assert desk("check") == 1
        assert "Acme/Help Centre" in capsys.readouterr().err
        assert len(texts(desk, CENTRE)) == 1
    desk.site["/help/2"] = help_page("<p>This is what answer number 2 says of it.</p>")
    assert desk("check") == 0
    assert len(texts(desk, CENTRE)) == 1


def test_an_index_that_leads_nowhere_is_no_deletion(desk: Desk, capsys: Said) -> None:
    centre(desk)
    desk("check")
    desk.site["/help"] = "<p>Log in</p>"
    assert desk("check") == 1
    assert "check `links`" in capsys.readouterr().err
    assert len(texts(desk, CENTRE)) == 1


def test_a_page_that_left_the_index_is_a_deletion(desk: Desk) -> None:
    centre(desk)
    desk("check")
    desk.site["/help"] = INDEX.replace('<li><a href="/help/2">Two</a>', "")
    assert desk("check") == 0
    before, after = texts(desk, CENTRE)
    assert "number 2" in before
    assert "number 2" not in after


def test_what_stands_in_a_pages_place_is_told_after_three_rounds_and_its_return_once(desk: Desk, capsys: Said) -> None:
    desk.usual()
    desk("check")
    desk.site["/help"] = '<h1>Log in</h1><form><input name=u><input type="password"></form><p>Welcome back to us!</p>'
    for _ in range(4):
        assert desk("check") == 1
    assert [post["kind"] for post in desk.posts] == ["document-unreachable"]
    assert "replaced by something else since" in desk.posts[0]["summary"]
    assert "a form to log in" in desk.posts[0]["summary"]
    capsys.readouterr()
    desk("status")
    assert "replaced by something else since" in capsys.readouterr().out
    desk.site["/help"] = help_page()
    for _ in range(3):
        assert desk("check") == 0
    assert [post["kind"] for post in desk.posts] == ["document-unreachable", "document-back"]
    capsys.readouterr()
    desk("status")
    assert "replaced" not in capsys.readouterr().out
    with desk.store() as store:
        assert [row.standing for row in store.versions(HELP)] == [Standing.CONFIRMED, Standing.IMPLAUSIBLE]


def test_a_redirect_home_is_not_the_policy(desk: Desk, capsys: Said) -> None:
    desk.usual()
    desk("check")
    desk.site["/policy"] = Page.redirect("/en/")
    desk.site["/en/"] = policy().replace("Privacy", "Product").replace("We ", "They ").replace("Write", "Call")
    assert desk("check") == 1
    assert "led to a home page" in capsys.readouterr().err


def test_a_page_in_another_language_is_not_the_document(desk: Desk, capsys: Said) -> None:
    desk.usual()
    desk("check")
    desk.site["/policy"] = """<html lang="fr"><main><h1>Politique de confidentialité</h1>
        <p>Nous recueillons votre nom et votre adresse lorsque vous ouvrez un compte chez nous.</p>
        <h2>Usage</h2><p>Nous utilisons ce que nous savons de vous pour fournir le service et le garder sûr.</p>
        <h2>Contact</h2><p>Écrivez-nous si vous avez des questions sur cette politique ou sur vos données.</p></main>"""
    assert desk("check") == 1
    assert "in another language (fr, not en)" in capsys.readouterr().err


def test_leaving_robots_txt_aside_is_warned_of(desk: Desk, capsys: Said) -> None:
    centre(desk, 'robots = "ignore"\n')
    assert desk("config", "check") == 0
    told = capsys.readouterr()
    assert told.out.startswith("Fine")
    assert (
        told.err == "tracker: Acme/Help Centre: robots.txt is left aside: keep that only with the site's permission\n"
    )
    desk.site["/robots.txt"] = "User-agent: *\nDisallow: /"
    assert desk("check") == 0
