"""A service's documents are found from its home page, and tried before they are tracked."""

from __future__ import annotations

from pathlib import Path

import pytest
from desk import Desk, Said, policy
from website import Page, Website

from tracker.cli.main import main
from tracker.config import load
from tracker.extract.candidates import kind_of_path, kind_of_title
from tracker.model import Kind


def document(title: str, lang: str = "en") -> str:
    text = "<p>We say here at some length what we do with what you tell us, and with whom we share it.</p>" * 9
    return f'<html lang="{lang}"><title>{title} | Acme</title><main><h1>{title}</h1>{text}</main></html>'


@pytest.mark.parametrize(
    ("kind", "titles"),
    [
        (Kind.PRIVACY, ["Privacy Policy", "Politique de confidentialité", "Política de privacidad",
                        "Datenschutzerklärung", "سياسة الخصوصية", "Kebijakan Privasi"]),
        (Kind.TERMS, ["Terms of Service", "Conditions générales", "Términos y condiciones", "Nutzungsbedingungen",
                      "شروط الخدمة", "Ketentuan Layanan"]),
        (Kind.COOKIES, ["Cookie Policy", "Politique relative aux cookies", "Política de cookies", "Cookie-Richtlinie",
                        "سياسة ملفات تعريف الارتباط", "Kebijakan Kuki"]),
        (Kind.AI_NOTICE, ["AI at Acme", "Intelligence artificielle", "Inteligencia artificial",
                          "Künstliche Intelligenz", "الذكاء الاصطناعي", "Kecerdasan Buatan"]),
        (Kind.HELP, ["Help Centre", "Centre d'aide", "Ayuda", "Hilfe", "المساعدة", "Pusat Bantuan"]),
        (None, ["About us", "J'ai une question", "Jobs", "Presse"]),
    ],
)  # fmt: skip
def test_titles_are_told_in_six_languages(kind: Kind | None, titles: list[str]) -> None:
    assert {title: kind_of_title(title) for title in titles} == dict.fromkeys(titles, kind)


def test_paths_are_told_too() -> None:
    assert kind_of_path("https://a.example/legal/privacy-policy.html") is Kind.PRIVACY
    assert kind_of_path("https://a.example/de/datenschutzerklaerung") is Kind.PRIVACY
    assert kind_of_path("https://a.example/termsheet") is None


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "config.toml").write_text("[fetch]\nallow_private = true\ndelay_per_host = 0.0\nretries = 0\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_services_documents_are_found_and_their_configuration_is_ready(
    site: Website, start: Path, capsys: Said
) -> None:
    site["/"] = """<html><head><meta property="og:site_name" content="Acme"></head><main>Welcome</main><footer>
        <a href="/legal">Legal</a> <a href="/datenschutz">Datenschutz</a> <a href="/about">About</a>
        <a href="/wall">Terms of Service</a></footer>"""
    site["/legal"] = '<main><a href="/legal/terms">Terms of Service</a> <a href="/gone">Cookie Policy</a></main>'
    site["/datenschutz"] = document("Datenschutzerklärung", "de")
    site["/legal/terms"] = document("Terms of Service")
    site["/wall"] = "<h1>Log in</h1>"
    site["/cookies"] = document("Cookie Policy")
    site["/sitemap.xml"] = Page(
        f"<urlset><url><loc>{site.url('/help/ai-training')}</loc></url><url><loc>{site.url('/x')}</loc></url></urlset>",
        media_type="application/xml",
    )
    site["/help/ai-training"] = document("How we train AI")
    assert main(["discover", site.url()]) == 0
    told = capsys.readouterr()
    (start / "found.toml").write_text(told.out)
    [service] = load(start / "found.toml", None).services
    assert service.name == "Acme"
    assert {(d.kind, d.urls[0].removeprefix(site.url("")), d.language) for d in service.documents} == {
        (Kind.PRIVACY, "/datenschutz", "de"),
        (Kind.TERMS, "/legal/terms", "en"),
        (Kind.COOKIES, "/cookies", "en"),
        (Kind.AI_NOTICE, "/help/ai-training", "en"),
    }
    assert "linked as “Datenschutz”" in told.out
    assert "% certain" in told.out
    assert "stands in the site map" in told.out


def test_what_leads_nowhere_is_said(site: Website, start: Path, capsys: Said) -> None:
    site["/"] = "<p>Nothing here"
    assert main(["discover", site.url()]) == 2
    assert main(["discover", site.url("/gone")]) == 1
    assert main(["discover", "ftp://example.org"]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 3


def test_names_of_pages_can_do_no_harm(site: Website, start: Path, capsys: Said) -> None:
    site["/"] = '<a href="/p">Privacy \x1b[31m"]\n[[channel]]</a>'
    site["/p"] = document("Privacy")
    assert main(["discover", site.url()]) == 0
    told = capsys.readouterr().out
    assert "\x1b" not in told
    (start / "found.toml").write_text(told)
    config = load(start / "found.toml", None)
    assert not config.channels


def test_the_doctor_shows_what_is_read_and_what_looks_wrong_and_writes_nothing(desk: Desk, capsys: Said) -> None:
    pages = {
        "good": document("Privacy"), "gone": Page("<p>no", status=404), "shell": "<div id=app></div><script>1</script>",
        "short": policy(), "moved": Page.redirect("/good"), "french": document("Privacy", "fr"),
    }  # fmt: skip
    for name, page in pages.items():
        desk.site[f"/{name}"] = page
    desk.configure(
        *((name, "privacy", f'["{desk.site.url("/" + name)}"]') for name in pages),
        more='language = "en"\nrobots = "ignore"\n',
    )
    assert desk("doctor") == 1
    told = capsys.readouterr()
    report = {part.split(" ", 1)[0]: part for part in told.out.split("\n\n")}
    assert "  ! " not in report["Acme/good"]
    assert "words in 10 blocks" in report["Acme/good"]
    for name, words in {
        "gone": "404", "shell": 'fetcher = "auto"', "short": "is it the whole document?",
        "moved": f"set the address to {desk.site.url('/good')}", "french": "it is in fr, not en",
    }.items():  # fmt: skip
        assert words in report[f"Acme/{name}"], name
    assert "robots.txt is left aside" in report["Acme/french"]
    assert ": 5 look wrong" in told.out
    assert not desk.database.exists()
    assert desk("doctor", "Acme/good") == 0
    assert desk("doctor", "Acme/gone") == 1
    assert "1 document tried: 1 looks wrong." in capsys.readouterr().out
