"""`tracker detect`: any text, from a file or a pipe, one or many."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tracker.cli.batch import Request, read
from tracker.cli.detect import sniffed
from tracker.cli.main import main
from tracker.extract.page import extract_text
from tracker.practices.detector import detector

SAID = "We use your posts to train generative AI models."
DENIED = "We do not use your private messages to train AI models."
Answers = tuple[int, list[dict[str, object]], str]
ITALIAN = "Noi raccogliamo i dati personali che ci fornisci quando crei un account, come il nome e la data di nascita."
READ = (
    "We collect the personal data that you give us when you create an account, such as your name.",
    "Nous recueillons les données que vous nous fournissez lorsque vous créez un compte, comme votre nom.",
    "Wir erheben die personenbezogenen Daten, die Sie uns geben, wenn Sie ein Konto anlegen.",
    "Recopilamos los datos personales que nos proporcionas cuando creas una cuenta, como tu nombre.",
    "Kami mengumpulkan data pribadi yang Anda berikan kepada kami ketika Anda membuat akun, seperti nama.",
    "نجمع البيانات الشخصية التي تقدمها إلينا عند إنشاء حساب مثل اسمك وعنوان بريدك الإلكتروني وتاريخ ميلادك.",
)


@pytest.fixture
def detect(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Runs the command with bytes on standard input."""

    def call(*words: str, given: bytes = b"") -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(given), "utf-8"))
        code = main(["detect", *words])
        return code, *capsys.readouterr()

    return call


@pytest.fixture
def batch(detect: Callable[..., tuple[int, str, str]]) -> Callable[..., Answers]:
    """Gives lines to --jsonl."""

    def call(*lines: object) -> Answers:
        given = b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines)
        code, out, err = detect("--jsonl", given=given)
        return code, [json.loads(line) for line in out.splitlines()], err

    return call


@pytest.mark.parametrize(
    ("name", "body", "headings"),
    [
        ("page.html", f"<html lang=en><body><h1>AI</h1><p>{SAID}</p></body>", ["AI"]),
        ("page.md", f"AI\n==\n\n{SAID}\n", ["AI"]),
        ("page.txt", SAID, []),
        ("page", f"# AI\n\n{SAID}\n", ["AI"]),
        ("page.unknown", f"<div><h2>AI</h2><p>{SAID}</p></div>", ["AI"]),
    ],
)
def test_a_file_is_read_as_what_it_is(
    name: str, body: str, headings: list[str], tmp_path: Path, detect: Callable[..., tuple[int, str, str]]
) -> None:
    (tmp_path / name).write_text(body, encoding="utf-8")
    code, out, _ = detect(str(tmp_path / name), "--json")
    [claim] = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert (claim["practice"], claim["polarity"], claim["headings"]) == ("ai-training", "asserts", headings)
    assert claim["quote"] == SAID == claim["text"][slice(claim["start"], claim["end"])]


@pytest.mark.parametrize("words", [(), ("-",), ("--type", "text")])
def test_standard_input_is_read(words: tuple[str, ...], detect: Callable[..., tuple[int, str, str]]) -> None:
    text = f"About us.\n\n{SAID}\n"
    code, out, _ = detect(*words, "--json", given=text.encode())
    claim = json.loads(out)
    assert code == 0
    assert text[claim["start"] : claim["end"]] == SAID


def test_a_person_is_told_where_and_what(detect: Callable[..., tuple[int, str, str]]) -> None:
    _, out, _ = detect(given=f"# AI\n\n{SAID}\n".encode())
    assert out.startswith("ai-training asserts; by service; generative models")
    assert "    in: AI\n" in out
    assert f"“{SAID}”" in out
    for nothing in (b"", b"\n\n", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"1 2 3"):
        assert detect(given=nothing) == (1, "", "tracker: -: there is no text in it to read\n")
    assert "ai-training" in detect(given=SAID.encode("utf-16"))[1]


def test_a_near_miss_is_explained(detect: Callable[..., tuple[int, str, str]]) -> None:
    code, out, _ = detect("--explain", given=b"You may not use our content to train AI models.\n\n" + SAID.encode())
    assert code == 0
    assert ": stopped by " in out
    assert ": a claim" in out
    rows = [json.loads(line) for line in detect("--explain", "--json", given=SAID.encode())[1].splitlines()]
    assert rows
    assert {None} == {row["gate"] for row in rows}


def test_possible_misses_are_listed(detect: Callable[..., tuple[int, str, str]]) -> None:
    code, out, _ = detect("--near", given=b"You may not use our content to train AI models.\n\n" + SAID.encode())
    assert code == 0
    assert "You may not use our content" in out
    rows = [
        json.loads(line)
        for line in detect("--near", "--json", given=b"You may not train AI on our content.")[1].splitlines()
    ]
    assert [row["practice"] for row in rows] == ["ai-training"]
    assert detect("--near", given=b"Hello.")[1] == "Nothing may have been missed.\n"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"%PDF-1.7\n", "pdf"),
        (b"\xef\xbb\xbf <!DOCTYPE html><p>x", "html"),
        (b"<!-- saved --><html>", "html"),
        (b"<p>x</p>", "html"),
        (b"# Title\n\ntext", "markdown"),
        (b"see [this](https://example.org)", "markdown"),
        (b"Title\n=====\n", "markdown"),
        (b"We use < 5 of them.\n- one\n- two", "text"),
        (b"", "text"),
    ],
)
def test_what_has_no_name_is_sniffed(body: bytes, kind: str) -> None:
    assert sniffed(body) == kind


def test_many_texts_are_answered_in_order(batch: Callable[..., Answers]) -> None:
    texts = [SAID, "Nothing here.", DENIED, ""]
    code, rows, err = batch(*({"id": number, "text": text} for number, text in enumerate(texts)))
    assert (code, err) == (0, "")
    assert [row["id"] for row in rows] == [0, 1, 2, 3]
    assert [list(row) for row in rows] == [["id", "lang", "claims"]] * 4
    said = [[claim["polarity"] for claim in row["claims"]] for row in rows]  # type: ignore[attr-defined]  # JSON
    assert said == [["asserts"], [], ["denies"], []]


def test_no_text_no_answer(batch: Callable[..., Answers]) -> None:
    assert batch() == (0, [], "")
    assert batch(b"", b"  ") == (0, [], "")


def test_the_heading_gives_context(batch: Callable[..., Answers]) -> None:
    asked = "Do you use my posts to train AI models?"
    _, rows, _ = batch(*({"id": 0, "text": "No.", "heading": each} for each in (asked, ["Help", asked], [], None)))
    assert [bool(row["claims"]) for row in rows] == [True, True, False, False]


def test_bad_lines_are_named_and_the_others_go_on(batch: Callable[..., Answers]) -> None:
    bad: list[object] = [
        b"{",
        [1],
        {"text": SAID},
        {"id": "a"},
        {"id": None, "text": SAID},
        {"id": 1, "text": 5},
        {"id": 1, "text": SAID, "lang": 3},
        {"id": 1, "text": SAID, "heading": [3]},
        b'{"id": NaN, "text": ""}',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"id": "\x1b[2J", "text": ""}',
    ]
    code, rows, err = batch(*bad, {"id": "last", "text": SAID})
    assert code == 1
    assert [row["id"] for row in rows] == ["last"]
    assert [line.split(":")[1] for line in err.splitlines()] == [f" line {number}" for number in range(1, len(bad) + 1)]
    assert "\x1b" not in err


def test_what_json_cannot_write_comes_back(batch: Callable[..., Answers]) -> None:
    odd = "é\ud800\u2028\x9b\U0001f600"
    _, rows, _ = batch({"id": odd, "text": f"{odd} {SAID}"})
    assert rows[0]["id"] == odd
    assert len(rows[0]["claims"]) == 1  # type: ignore[arg-type]  # JSON


BETWEEN = st.sampled_from(
    [" ", "\n", "\n\n", "  ", "\r\n", "\n- ", "\u00a0", "\u2028", " **", "\n\n# ", "\t", "\u202e", "\u00ad"]
)
WORDS = st.sampled_from(
    [*SAID.split(), *DENIED.split(), "[posts](https://example.org/x)", "é", "\U0001f600", "No.", "?"]
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(BETWEEN, st.one_of(WORDS, st.sampled_from([SAID, DENIED]))), max_size=25))
def test_offsets_slice_the_quotation_out_of_the_given_text(pieces: list[tuple[str, str]]) -> None:
    text = "".join(space + word for space, word in pieces)
    claims = read(detector(), Request(1, text, "en", ()))["claims"]
    assert isinstance(claims, list)
    for claim in claims:
        assert text[claim["start"] : claim["end"]] == claim["quote"] != ""


@pytest.mark.parametrize("shape", ["{}", "Start.\n\n{}", "- one\n- {}\n", "\u202e{}", "> {}", "**{}**", "\n\n1. {}"])
def test_a_sentence_is_found_wherever_it_stands(shape: str, batch: Callable[..., Answers]) -> None:
    text = shape.format(SAID.replace(" ", "\n  ", 3))
    _, rows, _ = batch({"id": 1, "text": text})
    [claim] = rows[0]["claims"]  # type: ignore[misc]  # JSON
    assert claim["quote"].split()[0] == "We"
    assert claim["quote"].split()[-1].startswith("models.")


def test_a_language_that_is_not_read_is_told_and_not_taken_for_silence(
    detect: Callable[..., tuple[int, str, str]],
) -> None:
    code, out, err = detect(given=f"{ITALIAN}\n".encode())
    assert (code, out) == (0, "")
    assert "its language (it) is not read" in err
    assert "not read" not in detect(given=f"{SAID}\n".encode())[2]


@pytest.mark.parametrize("text", READ)
def test_each_language_that_is_read_is_known_as_such(text: str) -> None:
    assert detector().unread(extract_text(text, "text/plain").blocks) is None
