"""What German texts are read to say: positives in many wordings, denials, what misleads, what a claim carries."""

from __future__ import annotations

import pytest

from tracker.model import Block, Claim
from tracker.practices.detector import detector


def claims(text: str, lead: str = "", heading: str = "") -> tuple[Claim, ...]:
    block = Block(id="b", text=text, lead=lead, headings=(heading,) if heading else ())
    return detector().read(block, "de").claims


def said(text: str, lead: str = "", heading: str = "") -> set[tuple[str, str]]:
    return {(one.practice, one.polarity.value) for one in claims(text, lead, heading)}


def training(text: str) -> Claim:
    found = [one for one in claims(text) if one.practice == "ai-training"]
    assert len(found) == 1, text
    return found[0]


@pytest.mark.parametrize(
    ("text", "lead"),
    [
        ("Zu Zwecken des maschinellen Lernens verarbeiten wir Informationen über Ihre Nutzung unserer Dienste.", ""),
        ("Die Chatverläufe werden anonymisiert für das Training der KI verwendet.", ""),
        ("Ihre Sprachaufnahmen helfen uns dabei, unsere KI-Modelle besser zu machen.", ""),
        ("Die Daten werden zudem zum Trainieren und Testen von Algorithmen des maschinellen Lernens genutzt.", ""),
        ("Zur Verbesserung unserer KI-Funktionen können Ihre Anfragen gespeichert und ausgewertet werden.", ""),
        ("Wir setzen Ihre Feedbackdaten für die Feinabstimmung unserer Sprachmodelle ein.", ""),
        ("Aus Ihren Kommentaren lernt unsere KI.", ""),
        (
            "Entwicklung und Verbesserung unserer KI-Modelle",
            "Wir verarbeiten Ihre personenbezogenen Daten zu folgenden Zwecken:",
        ),
        ("Wir werten Ihre Eingaben aus, um unsere KI-Modelle weiterzuentwickeln.", ""),
        ("Ihre Chatinhalte können als Trainingsdaten für unsere KI verwendet werden.", ""),
        ("Sofern Sie nicht widersprechen, werden Ihre öffentlichen Beiträge zum Trainieren der KI herangezogen.", ""),
        ("Wir haben damit begonnen, deine öffentlichen Beiträge für das Training unserer KI zu nutzen.", ""),
        ("Ihre Daten werden, soweit gesetzlich zulässig, für die Entwicklung von KI-Modellen verwendet.", ""),
        ("Damit unsere KI Ihre Sprache besser versteht, trainieren wir sie mit Ihren Aufnahmen.", ""),
        ("Wir verwenden Ihre Beiträge für das Training unserer KI, nicht jedoch Ihre privaten Nachrichten.", ""),
        ("Wir behalten uns vor, Ihre Inhalte zum Anlernen unserer KI zu verwenden.", ""),
        ("Zur Schulung unserer KI nutzen wir anonymisierte Gesprächsprotokolle aus dem Kundenservice.", ""),
        ("Wir setzen Ihre Nutzungsdaten ein, um selbstlernende Algorithmen zu trainieren.", ""),
        ("Teile Ihrer Schadenmeldungen verwenden wir, um unser KI-Modell zur Betrugserkennung zu trainieren.", ""),
        ("Google verwendet Informationen, um die Google-Dienste zu verbessern und KI-Modelle zu trainieren.", ""),
    ],
)
def test_training_is_told(text: str, lead: str) -> None:
    assert ("ai-training", "asserts") in said(text, lead)


@pytest.mark.parametrize(
    ("text", "lead"),
    [
        ("Wir verwenden Ihre Daten nicht, um KI-Modelle zu trainieren.", ""),
        ("Zum Training unserer KI werden Ihre Daten nicht verwendet.", ""),
        ("Wir trainieren keine KI-Modelle mit Ihren Inhalten.", ""),
        ("Weder Ihre Eingaben noch die Ausgaben werden zum Training unserer KI-Modelle herangezogen.", ""),
        ("Wir verwenden Ihre Daten nicht mehr für das Training unserer KI.", ""),
        ("Wir haben das Training unserer KI mit Daten von Nutzern in der EU vorerst ausgesetzt.", ""),
        ("Unsere Dienstleister dürfen Ihre Daten nicht zum Training ihrer eigenen Modelle verwenden.", ""),
        ("Wir verzichten darauf, Ihre Daten zum Training von KI zu verwenden.", ""),
        ("Zu keinem Zeitpunkt nutzen wir Ihre Dateien für das Training von KI-Modellen.", ""),
        ("Es findet kein Training von KI-Modellen mit Ihren Daten statt.", ""),
        ("Wir haben mit OpenAI vereinbart, dass Ihre Eingaben nicht zum Training der Modelle verwendet werden.", ""),
        ("Wir stellen sicher, dass Ihre Daten nicht in das Training von KI-Modellen einfließen.", ""),
    ],
)
def test_denials_of_training(text: str, lead: str) -> None:
    assert said(text, lead) == {("ai-training", "denies")}


@pytest.mark.parametrize(
    ("text", "lead"),
    [
        ("Sie dürfen unsere Inhalte nicht verwenden, um KI-Modelle zu trainieren.", ""),
        ("Es ist untersagt, Inhalte dieser Website zum Training von KI-Systemen zu nutzen.", ""),
        ("Der Nutzer verpflichtet sich, die Ausgaben nicht zum Training eigener KI-Modelle zu verwenden.", ""),
        ("die Dienste zu nutzen, um konkurrierende KI-Modelle zu trainieren;", "Sie dürfen nicht:"),
        ("Unsere Mitarbeiter werden regelmäßig im Umgang mit KI und Datenschutz geschult.", ""),
        ("Wir bieten Schulungen zum Thema künstliche Intelligenz an.", ""),
        ("Schulen können unsere KI-Lernplattform kostenlos nutzen.", ""),
        ("Im Rahmen der Ausbildung lernen unsere Auszubildenden den Umgang mit KI-Modellen.", ""),
        ("Für Ihr persönliches Training erstellt die App Trainingspläne.", ""),
        ("Wie trainieren wir unsere KI-Modelle?", ""),
        ("Erfahren Sie mehr darüber, wie wir Ihre Daten zum Training unserer KI verwenden.", ""),
        ("In unserer Datenschutzerklärung erläutern wir, wie wir Daten zum Training von KI-Modellen verwenden.", ""),
        ("Training unserer KI-Modelle", ""),
        ("Gespräche können zu Schulungs- und Qualitätszwecken aufgezeichnet werden.", ""),
        ("Dies gilt für Streitigkeiten, die sich aus dem Training von KI-Modellen mit Inhalten ergeben.", ""),
        ("Mit unserem Dienst können Sie eigene KI-Modelle mit Ihren Daten trainieren.", ""),
        ("Wenn wir Ihre Daten künftig zum Training unserer KI verwenden, informieren wir Sie vorher.", ""),
        ("Unsere Website nutzt ein neues Modell zur Preisgestaltung.", ""),
    ],
)
def test_what_misleads_claims_nothing(text: str, lead: str) -> None:
    assert not said(text, lead)


@pytest.mark.parametrize(
    ("text", "practice", "polarity"),
    [
        (
            "Geschulte Prüfer können Ihre Gespräche mit der KI lesen, um die Qualität zu verbessern.",
            "ai-human-review",
            "asserts",
        ),
        (
            "Unsere Mitarbeiter können Ihre Eingaben einsehen, um unsere KI-Modelle zu prüfen.",
            "ai-human-review",
            "asserts",
        ),
        ("Wir übermitteln Ihre personenbezogenen Daten an Werbepartner.", "third-party-sharing", "asserts"),
        ("Wir teilen deine Informationen mit ausgewählten Partnern.", "third-party-sharing", "asserts"),
        ("Eine Weitergabe Ihrer Daten an Dritte findet nicht statt.", "third-party-sharing", "denies"),
        ("Ihre Daten werden niemals verkauft oder vermietet.", "data-sale", "denies"),
        ("Wir verwenden Ihre Daten, um Ihnen personalisierte Werbung anzuzeigen.", "targeted-advertising", "asserts"),
        ("Ihre Daten werden für die Personalisierung von Anzeigen genutzt.", "targeted-advertising", "asserts"),
        ("Ihre Daten werden nicht für Werbezwecke verwendet.", "targeted-advertising", "denies"),
        ("Zur Anmeldung verarbeiten wir Ihre Gesichtsgeometrie.", "biometric-data", "asserts"),
        ("Mithilfe von Gesichtserkennung identifizieren wir Personen auf Fotos.", "biometric-data", "asserts"),
        ("Wir sammeln wissentlich keine Daten von Minderjährigen.", "children-data", "denies"),
        ("Personen unter 16 Jahren dürfen unsere Dienste nicht nutzen.", "children-data", "denies"),
        (
            "Wir geben Ihre Daten an Strafverfolgungsbehörden weiter, wenn wir gesetzlich dazu verpflichtet sind.",
            "government-disclosure",
            "asserts",
        ),
        ("Aus Ihrem Nutzungsverhalten erstellen wir ein Interessenprofil.", "profiling", "asserts"),
        (
            "Menschliche Prüfer lesen, annotieren und verarbeiten Ihre Unterhaltungen mit Gemini.",
            "ai-human-review",
            "asserts",
        ),
        (
            "Ihre Daten werden an folgende Empfänger weitergegeben: Werbepartner und soziale Netzwerke.",
            "third-party-sharing",
            "asserts",
        ),
        ("Ihre Daten werden von uns grundsätzlich nicht an Dritte weitergegeben.", "third-party-sharing", "denies"),
        ("Eine Übermittlung an Dritte erfolgt nicht.", "third-party-sharing", "denies"),
        ("Wir verkaufen oder vermieten deine Daten nicht.", "data-sale", "denies"),
        (
            "Damit wir Ihnen für Sie relevante Werbung zeigen können, verarbeiten wir Ihr Nutzungsverhalten.",
            "targeted-advertising",
            "asserts",
        ),
        ("Die Werbung wird anhand Ihrer Interessen ausgewählt.", "targeted-advertising", "asserts"),
        ("Bei uns gibt es keine personalisierte Werbung.", "targeted-advertising", "denies"),
        (
            "Die App gleicht ein biometrisches Merkmal Ihres Gesichts mit dem Ausweisfoto ab.",
            "biometric-data",
            "asserts",
        ),
    ],
)
def test_other_practices(text: str, practice: str, polarity: str) -> None:
    assert said(text) == {(practice, polarity)}


def test_questions_are_answered() -> None:
    asked = "Werden meine Daten für das Training von KI-Modellen verwendet?"
    assert said("Nein.", heading=asked) == {("ai-training", "denies")}
    assert said("Ja.", heading=asked) == {("ai-training", "asserts")}


def test_who_trains() -> None:
    assert training("Wir trainieren KI-Modelle mit Ihren Daten.").actor.value == "service"
    ours = "Unsere Muttergesellschaft kann Ihre Fotos zum Training ihrer eigenen KI-Modelle verwenden."
    assert training(ours).actor.value == "affiliate"
    for others in (
        "Unsere Partner können Ihre Daten verwenden, um ihre eigenen KI-Modelle zu trainieren.",
        "Wir geben öffentliche Beiträge an Dritte weiter, die damit ihre KI-Modelle trainieren dürfen.",
        "Ihre Daten können von Dritten zum Training ihrer KI-Modelle verwendet werden.",
    ):
        assert training(others).actor.value == "third-party", others


def test_which_models() -> None:
    assert training("Wir verwenden Ihre Texte, um unsere Sprachmodelle zu trainieren.").models == "generative"
    assert training("Wir verwenden Ihre Nachrichten, um unsere Spamfilter zu trainieren.").models == "other"
    assert training("Wir verwenden Ihre Texte zum Training unserer KI-Modelle.").models == "unspecified"


def test_conditions_and_ways_out() -> None:
    assert training("Mit Ihrer ausdrücklichen Einwilligung nutzen wir Ihre Gespräche zum Training der KI.").conditional
    refused = training("Ohne Ihre ausdrückliche Zustimmung nutzen wir Ihre Daten nicht zum Training von KI.")
    assert refused.polarity == "denies"
    assert refused.conditional
    offered = training("Du kannst der Verwendung deiner Daten für das Training unserer KI jederzeit widersprechen.")
    assert offered.polarity == "asserts"
    assert offered.opt_out is not None
    assert offered.opt_out.offered


def test_regions_and_audiences() -> None:
    left_out = training("Außerhalb der EU verwenden wir Ihre Beiträge zum Training unserer KI.")
    assert left_out.except_regions == ("EU",)
    assert training("In den USA verwenden wir Ihre Beiträge zum Training unserer KI-Modelle.").only_regions == ("US",)
    firms = training("Wir nutzen Eingaben zum Training unserer Modelle, ausgenommen Eingaben von Unternehmenskunden.")
    assert firms.except_audiences == ("business-customers",)


def test_umlauts_written_apart_or_together_are_one() -> None:
    composed = "Wir übermitteln Ihre personenbezogenen Daten an Werbepartner."
    assert said(composed) == said(composed.replace("ü", "u\u0308")) == {("third-party-sharing", "asserts")}
