"""What must not be taken for a document's silence at the first look at it."""

import json

import pytest
from desk import TRAINS, Desk, help_page, policy
from website import Page

Said = pytest.CaptureFixture[str]
ITALIAN = """<html><title>Informativa</title><main><h1>Informativa sulla privacy</h1>
    <p>Noi raccogliamo i dati personali che ci fornisci quando crei un account, come il nome e la data di nascita.</p>
    <p>Utilizziamo i tuoi contenuti per addestrare i nostri modelli di intelligenza artificiale generativa.</p>
    <p>Puoi chiedere la cancellazione dei tuoi dati in qualsiasi momento scrivendo al nostro responsabile.</p></main>"""


def gaps(desk: Desk, said: Said) -> list[tuple[str, str]]:
    said.readouterr()
    assert desk("gaps", "--json") == 0
    rows = [json.loads(line) for line in said.readouterr().out.splitlines()]
    return [(row["status"], row["reason"]) for row in rows if row["practice"] == "ai-training"]


def first_look(desk: Desk, answer: Page | str, said: Said, more: str = "") -> list[tuple[str, str]]:
    desk.usual()
    desk.site["/help"], desk.site["/policy"] = help_page(TRAINS), answer
    if more:
        desk.config.write_text(desk.config.read_text().replace('kind = "privacy"', f'kind = "privacy"\n{more}'))
    desk("check")
    return gaps(desk, said)


def test_a_policy_in_a_language_that_is_not_read_is_unknown(desk: Desk, capsys: Said) -> None:
    assert first_look(desk, ITALIAN, capsys, 'language = "it"') == [
        ("undecided", "Privacy Policy: its language (it) is not read")
    ]
    assert desk("config", "check") == 0
    assert "key \"language\": 'it' is not read" in capsys.readouterr().err


@pytest.mark.parametrize(
    "text",
    [
        "<title>Just a moment…</title><p>Just a moment… Checking your browser…"
        "<p>Please enable JavaScript and cookies to continue. Verifying you are human.",
        "<title>Not found</title><h1>Page not found</h1><p>404<p>Sorry, this page does not exist any more.",
    ],
)
def test_a_challenge_or_an_error_page_served_as_a_success_is_no_silent_policy(
    text: str, desk: Desk, capsys: Said
) -> None:
    assert not any(status == "open" for status, _ in first_look(desk, text, capsys))
    assert desk("log", "Acme/Privacy Policy", "--all") == 0
    assert "characters are too few for such a document" in capsys.readouterr().out
    desk.site["/policy"] = policy()
    desk("check")
    assert [status for status, _ in gaps(desk, capsys)] == ["open"]
