"""What Indonesian texts are read to say: positives in many wordings, denials, what misleads, what a claim carries."""

from __future__ import annotations

import pytest

from tracker.model import Block, Claim
from tracker.practices.detector import detector


def claims(text: str, lead: str = "", heading: str = "") -> tuple[Claim, ...]:
    block = Block(id="b", text=text, lead=lead, headings=(heading,) if heading else ())
    return detector().read(block, "id").claims


def said(text: str, lead: str = "", heading: str = "") -> set[tuple[str, str]]:
    return {(one.practice, one.polarity.value) for one in claims(text, lead, heading)}


def training(text: str) -> Claim:
    found = [one for one in claims(text) if one.practice == "ai-training"]
    assert len(found) == 1, text
    return found[0]


@pytest.mark.parametrize(
    ("text", "lead"),
    [
        ("Untuk keperluan pembelajaran mesin, kami memproses informasi tentang penggunaan layanan oleh Anda.", ""),
        ("Kami memproses data pribadi Anda untuk melatih algoritma pembelajaran mesin kami.", ""),
        ("Data Anda kami gunakan untuk melatih model AI.", ""),
        ("Rekaman suara Anda membantu kami membuat model AI lebih akurat.", ""),
        ("Lisensi ini mencakup hak untuk menggunakan konten Anda guna melatih model AI.", ""),
        ("Anda setuju bahwa kami dapat menggunakan ulasan Anda untuk melatih model pembelajaran mesin.", ""),
        ("Kami menggunakan umpan balik Anda untuk penyetelan halus model bahasa kami.", ""),
        ("untuk melatih model AI kami;", "Kami menggunakan data Anda untuk tujuan berikut:"),
        ("melatih model pembelajaran mesin", "Kami dapat menggunakan informasi yang dikumpulkan untuk:"),
        ("Isi obrolan Anda dapat dijadikan data pelatihan bagi AI kami.", ""),
        ("Kami telah mulai menggunakan postingan publik Anda untuk melatih AI kami.", ""),
        ("Pemrosesan data Anda untuk pelatihan model AI kami akan dimulai bulan depan.", ""),
        ("Apakah data saya digunakan untuk melatih AI? Ya, masukan Anda digunakan untuk itu.", ""),
        ("Informasi yang kamu bagikan akan kami pakai untuk mengajari model AI kami.", ""),
        ("Kami tidak hanya menggunakan postingan Anda, tetapi juga foto Anda untuk melatih AI kami.", ""),
        ("Kami berhak menggunakan konten yang Anda unggah untuk melatih sistem kecerdasan buatan kami.", ""),
        ("Percakapan Anda dengan layanan pelanggan dapat digunakan untuk melatih chatbot kami.", ""),
        ("Foto profil pengguna dipakai untuk melatih algoritma pengenalan gambar kami.", ""),
        ("Data pribadi Anda akan diproses untuk keperluan pelatihan dan pengujian model AI.", ""),
        ("Tulisan dan gambar yang diposting pengguna menjadi bahan pelatihan AI kami.", ""),
    ],
)
def test_training_is_told(text: str, lead: str) -> None:
    assert ("ai-training", "asserts") in said(text, lead)


@pytest.mark.parametrize(
    ("text", "lead"),
    [
        ("Kami tidak menggunakan data Anda untuk melatih model AI.", ""),
        ("Konten Anda tidak digunakan untuk melatih model AI kami.", ""),
        ("Kami tidak akan menggunakan data Anda untuk melatih AI.", ""),
        ("Kami tidak melatih model AI dengan konten Anda.", ""),
        ("Data pelanggan tidak pernah digunakan untuk melatih model kami.", ""),
        ("Baik input maupun output Anda tidak digunakan untuk melatih model AI kami.", ""),
        ("Kami tidak lagi menggunakan data Anda untuk melatih AI kami.", ""),
        ("Saat ini kami tidak menggunakan postingan Anda untuk melatih AI.", ""),
        ("Kami belum menggunakan data Anda untuk melatih AI.", ""),
        ("Kami menghentikan sementara pelatihan AI kami dengan data pengguna di Uni Eropa.", ""),
        ("Kami tidak mengizinkan pihak ketiga menggunakan data Anda untuk melatih model AI.", ""),
        ("Penyedia layanan kami tidak boleh menggunakan data Anda untuk melatih model mereka.", ""),
    ],
)
def test_denials_of_training(text: str, lead: str) -> None:
    assert said(text, lead) == {("ai-training", "denies")}


@pytest.mark.parametrize(
    ("text", "lead"),
    [
        ("Anda tidak boleh menggunakan konten kami untuk melatih model AI.", ""),
        ("Dilarang menggunakan konten situs ini untuk melatih sistem AI.", ""),
        ("Pengguna setuju untuk tidak menggunakan output untuk melatih model AI sendiri.", ""),
        ("menggunakan layanan untuk melatih model AI pesaing;", "Anda tidak boleh:"),
        ("Karyawan kami mengikuti pelatihan rutin tentang AI dan pelindungan data.", ""),
        ("Kami menawarkan pelatihan mengenai kecerdasan buatan bagi guru.", ""),
        ("Tim kami dilatih untuk menggunakan model AI dengan aman.", ""),
        ("Pembelajaran mesin adalah cabang kecerdasan buatan di mana model dilatih dengan data.", ""),
        ("Bagaimana kami melatih model AI kami?", ""),
        ("Pelajari lebih lanjut tentang cara kami menggunakan data Anda untuk melatih AI.", ""),
        ("Kebijakan ini menjelaskan bagaimana kami menggunakan data untuk melatih model AI.", ""),
        ("Pelatihan model AI kami", ""),
        ("Panggilan dapat direkam untuk tujuan pelatihan dan kualitas.", ""),
        ("Anda dapat melatih model AI Anda sendiri dengan data Anda melalui layanan kami.", ""),
        ("Jika kami akan menggunakan data Anda untuk melatih AI, kami akan memberi tahu Anda terlebih dahulu.", ""),
        ("Kami memproses data pesanan Anda untuk pengiriman barang.", ""),
        ("Model bisnis kami berfokus pada pelatihan kerja.", ""),
        ("Tiket kereta dapat dibeli di aplikasi.", ""),
    ],
)
def test_what_misleads_claims_nothing(text: str, lead: str) -> None:
    assert not said(text, lead)


@pytest.mark.parametrize(
    ("text", "practice", "polarity"),
    [
        (
            "Peninjau manusia dapat membaca percakapan Anda dengan AI untuk meningkatkan kualitas.",
            "ai-human-review",
            "asserts",
        ),
        (
            "Karyawan kami yang berwenang dapat melihat input Anda untuk memeriksa model AI kami.",
            "ai-human-review",
            "asserts",
        ),
        ("Kami membagikan data pribadi Anda kepada mitra periklanan.", "third-party-sharing", "asserts"),
        ("Kami dapat mengungkapkan informasi Anda kepada mitra bisnis kami.", "third-party-sharing", "asserts"),
        ("Data Anda tidak diberikan kepada pihak ketiga.", "third-party-sharing", "denies"),
        ("Mitra kami dapat menerima data pribadi Anda.", "third-party-sharing", "asserts"),
        ("Data Anda tidak pernah dijual atau disewakan.", "data-sale", "denies"),
        ("Kami dapat menjual data agregat kepada perusahaan riset.", "data-sale", "asserts"),
        ("Berdasarkan aktivitas Anda, kami menayangkan iklan yang relevan.", "targeted-advertising", "asserts"),
        ("Kami tidak menampilkan iklan yang dipersonalisasi.", "targeted-advertising", "denies"),
        ("Kami mengumpulkan data biometrik seperti sidik jari.", "biometric-data", "asserts"),
        ("Kami tidak mengumpulkan data biometrik.", "biometric-data", "denies"),
        ("Layanan kami tidak ditujukan untuk anak di bawah usia 13 tahun.", "children-data", "denies"),
        ("Kami juga memproses data anak-anak yang menggunakan layanan kami.", "children-data", "asserts"),
        ("Dasar hukum pemrosesan ini adalah kepentingan sah kami.", "legitimate-interest", "asserts"),
        (
            "Kami dapat mengungkapkan data Anda kepada penegak hukum jika diwajibkan oleh hukum.",
            "government-disclosure",
            "asserts",
        ),
        ("Kami membuat profil tentang Anda berdasarkan perilaku Anda.", "profiling", "asserts"),
        ("Tidak ada manusia yang membaca percakapan Anda dengan AI.", "ai-human-review", "denies"),
        ("Data Anda akan kami teruskan ke mitra bisnis kami.", "third-party-sharing", "asserts"),
        ("Kami tidak akan mengungkapkan data pribadi Anda kepada pihak lain.", "third-party-sharing", "denies"),
        ("Kami tidak pernah menjual informasi pribadi Anda kepada siapa pun.", "data-sale", "denies"),
        ("Kami menyesuaikan iklan dengan minat Anda.", "targeted-advertising", "asserts"),
        ("Kami menyimpan data sidik jari dan wajah Anda untuk autentikasi.", "biometric-data", "asserts"),
        ("Kami tidak menyimpan sidik jari Anda.", "biometric-data", "denies"),
    ],
)
def test_other_practices(text: str, practice: str, polarity: str) -> None:
    assert said(text) == {(practice, polarity)}


def test_questions_are_answered() -> None:
    asked = "Apakah data saya digunakan untuk melatih model AI?"
    assert said("Tidak.", heading=asked) == {("ai-training", "denies")}
    assert said("Ya.", heading=asked) == {("ai-training", "asserts")}


def test_who_trains() -> None:
    assert training("Kami melatih model AI dengan data Anda.").actor.value == "service"
    ours = "Perusahaan induk kami dapat menggunakan foto Anda untuk melatih model AI miliknya."
    assert training(ours).actor.value == "affiliate"
    for others in (
        "Mitra kami dapat menggunakan data Anda untuk melatih model AI mereka sendiri.",
        "Jika Anda tidak menolak, penerima data dapat menggunakan data Anda untuk melatih AI mereka sendiri.",
    ):
        assert training(others).actor.value == "third-party", others


def test_which_models() -> None:
    assert training("Kami memakai tulisan Anda untuk melatih model bahasa besar kami.").models == "generative"
    assert training("Kami menggunakan pesan Anda untuk melatih filter spam kami.").models == "other"
    assert training("Kami menggunakan pesan Anda untuk melatih model AI kami.").models == "unspecified"


def test_conditions_and_ways_out() -> None:
    assert training("Dengan persetujuan Anda, kami menggunakan percakapan Anda untuk melatih AI kami.").conditional
    refused = training("Tanpa persetujuan Anda, kami tidak menggunakan data Anda untuk melatih AI.")
    assert refused.polarity == "denies"
    assert refused.conditional
    offered = training("Anda dapat menolak penggunaan data Anda untuk pelatihan model AI kami melalui Pengaturan.")
    assert offered.polarity == "asserts"
    assert offered.opt_out is not None
    assert offered.opt_out.offered


def test_regions_and_audiences() -> None:
    left_out = training("Di luar Uni Eropa, kami menggunakan postingan Anda untuk melatih AI kami.")
    assert left_out.except_regions == ("EU",)
    assert training("Di Indonesia, kami menggunakan postingan Anda untuk melatih AI kami.").only_regions == ("ID",)
    firms = training("Kami menggunakan input untuk melatih model kami, kecuali input dari pelanggan bisnis.")
    assert firms.except_audiences == ("business-customers",)


def test_pronouns_after_a_noun_own_it() -> None:
    assert training("Data Anda kami gunakan untuk melatih model AI kami.").actor.value == "service"
    assert not said("Anda tidak akan menggunakan layanan kami untuk melatih model AI.")
    assert said("Data Anda tidak akan kami gunakan untuk melatih AI.") == {("ai-training", "denies")}
