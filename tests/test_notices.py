"""What texts say of their own days and successors, in six languages; and what only looks like it."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.errors import LexiconError
from tracker.model import Block, BlockKind, Notice, NoticeKind
from tracker.practices.dates import days, read_day
from tracker.practices.deferrals import read_deferrals
from tracker.practices.detector import detector
from tracker.practices.notices import NoticeReader, dated
from tracker.practices.phrases import Hints, Phrases, shipped
from tracker.practices.taxonomy import read_source, read_taxonomy

EFFECTIVE, UPDATED, COMING, UNTIL = NoticeKind.EFFECTIVE, NoticeKind.UPDATED, NoticeKind.COMING, NoticeKind.UNTIL
LANGUAGES = shipped(read_taxonomy())
READER = NoticeReader(LANGUAGES)
HINTS = Hints(LANGUAGES)
MAY = date(2031, 5, 4)


def told(text: str, prior: str | None = None) -> list[tuple[NoticeKind, date | None]]:
    notices = READER.read(text, HINTS.of(text), prior)
    assert all(text[each.start : each.end] == each.quote for each in notices)
    return [(each.kind, each.day) for each in notices]


OWN_DAYS = [
    ("Effective May 4, 2031", EFFECTIVE),
    ("Effective: May 4th, 2031 | Print this page", EFFECTIVE),
    ("EFFECTIVE DATE: 4 MAY 2031", EFFECTIVE),
    ("Privacy Policy – effective as of 2031-05-04", EFFECTIVE),
    ("These Terms of Service are effective from 4 May 2031.", EFFECTIVE),
    ("This Cookie Policy has been in force since 4 May 2031", EFFECTIVE),
    ("Last updated on May 4, 2031", UPDATED),
    ("Last modified: 5/4/2031", UPDATED),
    ("We last updated our Privacy Policy on May 4, 2031. See the previous one.", UPDATED),
    ("On May 4, 2031, we updated our User Agreement.", UPDATED),
    ("On May 4, 2031, we are updating our User Agreement. Click below for more.", COMING),
    ("We’re updating our Privacy Policy, effective May 4, 2031.", COMING),
    ("We're updating our Terms. The updates go into effect on 4 May 2031. Read the new terms.", COMING),
    ("Our Terms of Service will change on May 4, 2031.", COMING),
    ("Effective until May 4, 2031", UNTIL),
    ("We made updates. The updated Privacy Policy will go into effect on May 4, 2031. The current Privacy Policy is "
     "located below.", UNTIL),
    ("We have made some updates to our Terms. This version of the Terms will go into effect on May 4, 2031.",
     EFFECTIVE),
    ("We've updated our User Agreement. Please take a look before the changes take effect on May 4, 2031. This page "
     "is the updated User Agreement; for the version effective until May 4, 2031, click here.", EFFECTIVE),
    ("Our new Privacy Policy comes into effect on 4th May 2031. Click here to view our current Privacy Policy.",
     EFFECTIVE),
    ("Date d’entrée en vigueur : 4 mai 2031", EFFECTIVE),
    ("En vigueur depuis le 4 mai 2031", EFFECTIVE),
    ("Dernière mise à jour : 04/05/2031", UPDATED),
    ("Nous avons mis à jour notre politique de confidentialité le 4 mai 2031.", UPDATED),
    ("Le 4 mai 2031, nous mettons à jour nos conditions d’utilisation.", COMING),
    ("Nos nouvelles conditions d’utilisation entreront en vigueur le 4 mai 2031.", COMING),
    ("En vigueur jusqu’au 4 mai 2031", UNTIL),
    ("Fecha de entrada en vigor: 4 de mayo de 2031", EFFECTIVE),
    ("Vigente desde el 4 de mayo de 2031", EFFECTIVE),
    ("Última actualización: 4 de mayo de 2031", UPDATED),
    ("El 4 de mayo de 2031 actualizaremos nuestras Condiciones de uso.", COMING),
    ("La nueva Política de privacidad entrará en vigor el 4 de mayo de 2031.", COMING),
    ("Vigente hasta el 4 de mayo de 2031", UNTIL),
    ("Gültig ab 4. Mai 2031", EFFECTIVE),
    ("Diese Datenschutzerklärung gilt seit dem 4. Mai 2031.", EFFECTIVE),
    ("Stand: 04.05.2031", UPDATED),
    ("Zuletzt aktualisiert am 4. Mai 2031", UPDATED),
    ("Am 4. Mai 2031 aktualisieren wir unsere Nutzungsbedingungen.", COMING),
    ("Unsere neue Datenschutzrichtlinie finden Sie hier. Sie tritt am 4. Mai 2031 in Kraft.", COMING),
    ("Gültig bis zum 4. Mai 2031", UNTIL),
    ("Berlaku mulai 4 Mei 2031", EFFECTIVE),
    ("Tanggal berlaku: 4 Mei 2031", EFFECTIVE),
    ("Terakhir diperbarui: 4 Mei 2031", UPDATED),
    ("Pada 4 Mei 2031, kami akan memperbarui Kebijakan Privasi kami.", COMING),
    ("Ketentuan Layanan baru akan mulai berlaku pada 4 Mei 2031.", COMING),
    ("Berlaku hingga 4 Mei 2031", UNTIL),
    ("تاريخ السريان: 4 مايو 2031", EFFECTIVE),
    ("سارية اعتبارًا من ٤ مايو ٢٠٣١", EFFECTIVE),
    ("آخر تحديث: 4 مايو 2031", UPDATED),
    ("آخر تحديث: 4 أيار 2031", UPDATED),
    ("في 4 مايو 2031، سنقوم بتحديث اتفاقية المستخدم.", COMING),
    ("ستدخل شروط الخدمة الجديدة حيز التنفيذ في 4 مايو 2031.", COMING),
    ("سارية حتى 4 مايو 2031", UNTIL),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind"), OWN_DAYS)
def test_a_text_tells_its_day(text: str, kind: NoticeKind) -> None:
    assert told(text) == [(kind, MAY)]


TRAPS = [
    "We have processed data collected since May 4, 2018 under these terms.",
    "We take effective measures, reviewed on May 4, 2031 by auditors.",
    "© 2004–2031 Example Inc. All rights reserved.",
    "The Data Protection Act 2018, dated 21 March 2022, applies to transfers.",
    "The California Consumer Privacy Act takes effect on January 1, 2020.",
    "The effective date of termination is the day on which you close your account, e.g. May 4, 2031.",
    "Any clauses entered into under the Data Transfer Addendum effective 31 August 2020 shall be deemed terminated.",
    "If you accepted our Terms of May 4, 2020, they still bind you.",
    "These terms originally went into effect on August 31, 2020.",
    "Effective as of December 15, 2031, the Platform will require monthly activity.",
    "For the version effective until June 28, 2031, click here.",
    "Your subscription is effective until May 4, 2031.",
    "As of June 2017 persons under the age of 16 are not eligible.",
    "We'll send notice when we update our Terms. If you do not agree, stop using the service by May 4, 2031.",
    "We are updating our servers.",
    "When we are updating our Privacy Policy, we tell you.",
    "We may change these terms from time to time.",
    "Why are we updating our Terms?",
    "Les données collectées depuis le 4 mai 2018 sont supprimées.",
    "Datos recogidos desde el 4 de mayo de 2018.",
    "Das Gesetz vom 4. Mai 2018 gilt weiterhin.",
    "Undang-undang tanggal 4 Mei 2018 tentang data.",
    "القانون الصادر في 4 مايو 2018 بشأن البيانات.",
]


@pytest.mark.parametrize("text", TRAPS)
def test_other_days_are_none_of_its_own(text: str) -> None:
    assert told(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "We're updating our Privacy Policy. Learn more.",
        "Upcoming update: We’ll soon be updating the Privacy Policy.",
        "Nous mettons à jour notre politique de confidentialité.",
        "Estamos actualizando nuestras Condiciones de uso.",
        "Wir aktualisieren unsere Nutzungsbedingungen.",
        "Kami sedang memperbarui Kebijakan Privasi kami.",
        "نقوم بتحديث سياسة الخصوصية.",
    ],
)
def test_an_announcement_may_name_no_day(text: str) -> None:
    assert told(text) == [(COMING, None)]


def test_two_labels_on_one_line() -> None:
    assert told("Effective May 4, 2031. Last Revised April 3, 2031") == [(EFFECTIVE, MAY), (UPDATED, date(2031, 4, 3))]


def test_a_month_names_no_day() -> None:
    assert told("Last updated: May 2031") == [(UPDATED, None)]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Last updated: 18 days ago", "en"),
        ("Dernière mise à jour : il y a 18 jours", "fr"),
        ("Última actualización: hace 18 días", "es"),
        ("Zuletzt aktualisiert: vor 18 Tagen", "de"),
        ("Terakhir diperbarui: 18 hari yang lalu", "id"),
    ],
)
def test_relative_words_name_a_day_only_when_it_is_known_when_they_were_seen(text: str, language: str) -> None:
    (notice,) = READER.read(text, HINTS.of(text), language)
    assert (notice.kind, notice.day) == (UPDATED, None)
    assert dated(notice, language, date(2031, 5, 22)).day == MAY


def test_a_day_that_is_named_is_left_alone() -> None:
    text = "Last updated May 4, 2031"
    (notice,) = READER.read(text, HINTS.of(text))
    assert dated(notice, "en", date(2040, 1, 1)) == notice
    coming = Notice(COMING, "We're updating our Terms", 0, 24)
    assert dated(coming, "en", date(2040, 1, 1)).day is None


def test_the_language_orders_day_and_month() -> None:
    assert told("Last updated: 04/05/2031", "en") == [(UPDATED, date(2031, 4, 5))]
    assert told("Última actualización: 04/05/2031", "en") == [(UPDATED, MAY)]


def test_headings_are_read_and_practices_do_not_matter() -> None:
    heading = Block("h", "Effective until May 4, 2031", BlockKind.HEADING, level=3)
    (notice,) = detector().read(heading, "en").notices
    assert (notice.kind, notice.day) == (UNTIL, MAY)


@given(st.text(max_size=40), st.sampled_from([text for text, _ in OWN_DAYS]), st.text(max_size=40))
def test_quotes_are_slices(before: str, middle: str, after: str) -> None:
    told(f"{before}\n{middle}\n{after}")


@given(st.text(max_size=200))
def test_anything_can_be_read(text: str) -> None:
    told(text)
    list(days(text))


def test_a_long_passage_is_no_trouble() -> None:
    assert told("effective 12 " * 20_000 + "2031") == []
    assert told("2031 " * 40_000) == []


def test_what_is_no_day_is_none() -> None:
    assert read_day("Section 12, 2031", "en", False) == (False, None)
    assert read_day("31 February 2031", "en", False)[1] is None


LEFT = [
    ("See our FAQ for how we use your data for AI.", "ai-training"),
    ("For more information on how we use your posts to train AI, see our Help Center.", "ai-training"),
    ("How do we use your data for generative AI? Read our blog.", "ai-training"),
    ("To learn how we share your data with partners, visit our help center.", "third-party-sharing"),
    ("Consultez notre FAQ pour savoir comment nous utilisons vos données pour l’IA.", "ai-training"),
    ("Consulta nuestras preguntas frecuentes para saber cómo usamos tus datos para la IA.", "ai-training"),
    ("Wie wir Ihre Daten für KI verwenden, erfahren Sie in unseren FAQ.", "ai-training"),
    ("Lihat FAQ kami tentang cara kami menggunakan data Anda untuk AI.", "ai-training"),
    ("راجع الأسئلة الشائعة لمعرفة كيف نستخدم بياناتك في الذكاء الاصطناعي.", "ai-training"),
]


@pytest.mark.parametrize(("text", "practice"), LEFT)
def test_a_practice_may_be_left_to_another_page(text: str, practice: str) -> None:
    (notice,) = read_deferrals(text, HINTS.of(text), ())
    assert (notice.kind, notice.practice, notice.day) == (NoticeKind.DEFERS, practice, None)
    assert text[notice.start : notice.end] == notice.quote
    assert read_deferrals(text, HINTS.of(text), {practice}) == ()


@pytest.mark.parametrize(
    "text",
    [
        "Your use is subject to our Privacy Policy.",
        "See our Privacy Policy for how we use your data for AI.",
        "See our Help Center if you cannot log in.",
        "We use your data to train AI.",
        "Our blog is written by people. " + "We like it here very much. " * 20 + "See how data are used for AI.",
    ],
)
def test_other_pointers_leave_nothing(text: str) -> None:
    assert read_deferrals(text, HINTS.of(text), ()) == ()


def test_every_language_has_well_formed_phrases() -> None:
    assert {each.language for each in LANGUAGES} == {"en", "fr", "es", "de", "ar", "id"}
    for each in LANGUAGES:
        assert each.dates.texts.pattern and each.defers.topics["ai-training"].pattern


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (("[dates]", "[dated]"), "dated"),
        (('until = ["', 'untill = ["'), "until"),
        (("ai-training = ", "ai-dreaming = "), "ai-dreaming"),
        (("day-first = false", 'day-first = "no"'), "day-first"),
    ],
)
def test_a_malformed_file_is_named(change: tuple[str, str], complaint: str) -> None:
    text = read_source("phrases/en.toml").text.replace(*change)
    with pytest.raises(LexiconError, match=rf"(?s)phrases/xx\.toml.*{complaint}"):
        Phrases(read_source("phrases/xx.toml", text), read_taxonomy())
