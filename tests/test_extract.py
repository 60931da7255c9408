"""Pages become blocks: structure, what is seen, encodings, hostile input."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.config import Selection
from tracker.errors import ExtractError
from tracker.extract.normalise import block_id, clean, fingerprint
from tracker.extract.page import decode, extract, extract_text
from tracker.history import ota
from tracker.model import Block, BlockKind, DocumentKey, Extract, Snapshot

SHARED = Path(__file__).parents[2] / "shared/data/ota"
HTML, MARKDOWN, TEXT = "text/html", "text/markdown", "text/plain"


def snapshot(body: bytes, media_type: str = HTML, content_type: str | None = None) -> Snapshot:
    headers = (("Content-Type", content_type or media_type),)
    key = DocumentKey("S", "Terms of Service")
    url = "https://example.org/terms"
    return Snapshot(key, url, url, datetime(2024, 9, 18, tzinfo=UTC), 200, headers, media_type, body)


def texts(page: Extract) -> list[str]:
    return [block.text for block in page.blocks]


def outline(page: Extract) -> list[tuple[str, int, str]]:
    return [(block.kind.value, block.level, block.text) for block in page.blocks]


def find(page: Extract, text: str) -> Block:
    (block,) = [block for block in page.blocks if block.text == text]
    return block


PAGE = """<!doctype html><html lang="en_GB"><head><title> Terms &amp;
 more</title><style>p {}</style></head><body>
<h1>User <em>Agreement</em></h1><p>Effective <b>1</b>8 September</p>
<h2>Your content</h2><p>You keep it. You agree that:</p>
<ul><li>we may show it;<ul><li>to <a href="/m">members</a>, and</li><li>to others</li></ul></li>
<li>you may delete it.</li></ul>
<p><strong>2. AI</strong></p><p>We use <b>A</b>I.</p>
<table><tr><th>Why</th><th>What</th></tr><tr><td>To train</td><td>Posts</td></tr></table>
</body></html>"""
SAME = """User _Agreement_
================

Effective **1**8 September

## Your content

You keep it. You agree that:

*   we may show it;
    *   to [members](/m), and
    *   to others
*   you may delete it.

**2\\. AI**

We use **A**I.

| Why | What |
| --- | --- |
| To train | Posts |
"""


def test_html_and_markdown_of_one_text_give_the_same_blocks() -> None:
    page = extract_text(PAGE, HTML)
    assert page.blocks == extract_text(SAME, MARKDOWN).blocks
    assert (page.title, page.language) == ("Terms & more", "en-GB")
    assert outline(page) == [
        ("heading", 1, "User Agreement"),
        ("paragraph", 0, "Effective 18 September"),
        ("heading", 2, "Your content"),
        ("paragraph", 0, "You keep it. You agree that:"),
        ("item", 1, "we may show it;"),
        ("item", 2, "to members, and"),
        ("item", 2, "to others"),
        ("item", 1, "you may delete it."),
        ("heading", 3, "2. AI"),
        ("paragraph", 0, "We use AI."),
        ("row", 0, "Why | What"),
        ("row", 0, "To train | Posts"),
    ]
    assert find(page, "to others").lead == "You agree that: we may show it;"
    assert find(page, "you may delete it.").lead == "You agree that:"
    assert find(page, "To train | Posts").lead == "Why | What"
    assert find(page, "We use AI.").headings == ("User Agreement", "Your content", "2. AI")
    assert find(page, "2. AI").headings == ("User Agreement", "Your content")


def test_words_are_neither_glued_nor_parted() -> None:
    page = extract_text(
        "<p>a<b>b</b><i> c</i><br>d<span>e</span>\n<a>f</a><wbr>g</p><div>h</div>i<p>soft&shy;ly</p>", HTML
    )
    assert texts(page) == ["ab c de fg", "h", "i", "softly"]


def test_doubled_line_breaks_part_paragraphs() -> None:
    assert texts(extract_text("<p>one<br>same<br> <br>two</p><pre>three\nsame\n\nfour</pre>", HTML)) == [
        "one same",
        "two",
        "three same",
        "four",
    ]


def test_only_what_a_reader_can_see_counts() -> None:
    page = extract_text(
        """<script>let a = "<p>script</p>"</script><noscript>noscript</noscript><template><p>template</p></template>
        <svg><title>svg</title></svg><p hidden>hidden</p><p style="display: none">styled</p><!-- comment -->
        <p aria-hidden="true">aria</p><button aria-controls="panel">Question</button><div id="panel" hidden>Answer</div>
        <p hidden="until-found">Found by search</p><details><summary>More?</summary><p>Unfolded</p></details>
        <p>After</p>""",
        HTML,
    )
    assert texts(page) == ["Question", "Answer", "Found by search", "More?", "Unfolded", "After"]
    assert find(page, "Unfolded").headings == ("More?",)
    assert find(page, "After").headings == ()


FRAMED = """<body><header>Logo<nav>Menu</nav></header><div id="onetrust-consent-sdk">Accept cookies</div>
<main><header><h1>Policy</h1></header><nav>Contents</nav><p>Text</p><footer>Signed</footer></main>
<aside>Related</aside><footer>Imprint</footer></body>"""


def test_what_frames_the_page_is_left_out_but_never_inside_its_main_part() -> None:
    assert texts(extract_text(FRAMED, HTML)) == ["Policy", "Contents", "Text", "Signed"]


def test_a_header_that_holds_the_title_stays() -> None:
    assert texts(extract_text("<header><h1>Policy</h1><p>Effective today</p></header><p>Text</p>", HTML)) == [
        "Policy",
        "Effective today",
        "Text",
    ]


def test_a_selection_is_taken_as_asked_for() -> None:
    keep = Selection(select=("footer", "main p", "main"), remove=("nav", "header"))
    assert texts(extract_text(FRAMED, HTML, keep)) == ["Text", "Signed", "Imprint"]
    with pytest.raises(ExtractError, match=r"'\.gone'"):
        extract_text(FRAMED, HTML, Selection(select=(".gone",)))
    with pytest.raises(ExtractError, match=r"selector 'p\['"):
        extract_text(FRAMED, HTML, Selection(select=("p[",)))


def test_lists_of_questions_and_definitions() -> None:
    page = extract_text(
        """<ol><li><h2>Title</h2><p>Body</p></li><li><p>First</p><p>Second</p><ul><li>Deep</li></ul>Third</li></ol>
        <dl><dt>Controller</dt><dd>The company</dd><dd>Its parent</dd></dl>
        <div role="heading" aria-level="3">Aria</div>""",
        HTML,
    )
    assert outline(page) == [
        ("heading", 2, "Title"),
        ("paragraph", 0, "Body"),
        ("item", 1, "First"),
        ("item", 1, "Second"),
        ("item", 2, "Deep"),
        ("item", 1, "Third"),
        ("paragraph", 0, "Controller"),
        ("item", 1, "The company"),
        ("item", 1, "Its parent"),
        ("heading", 3, "Aria"),
    ]
    assert find(page, "Its parent").lead == "Controller"
    assert find(page, "Deep").lead.endswith("Second")


def test_tables_of_data_are_rows_and_tables_for_layout_are_not_there() -> None:
    page = extract_text(
        """<table><tr><td><h2>Left</h2><p>Text</p></td></tr></table>
        <table><tr><td><table><tr><td><b>A</b></td><td><b>B</b></td></tr><tr><td>1<br><br>2</td>
        <td><ul><li>x</li><li>y</li></ul></td></tr></table></td><td>Side</td></tr></table>""",
        HTML,
    )
    assert texts(page) == ["Left", "Text", "A | B", "1 2 | x y", "Side"]
    assert find(page, "1 2 | x y").lead == "A | B"


def test_markdown_as_archives_write_it() -> None:
    page = extract_text(
        "[\n\n### Linked\n\nBody\n\n](https://example.org/a_(b))\n\n![](data:image/png;base64,x y)\n\n"
        "*   **Run in.** Text\n    \n    more\n    \n"
        "*     \n    **a. Sub**\n    \n    *     \n        i. Item\n\n* * *\n\n"
        '|     |     |\n| --- | --- |\n| **Who** | **What** |\n| A\\|B<br><br>*   c | [d](e "t") |\n\n'
        "61. **11\\. CHILDREN**\n\n> Quoted\n> text\n\nsnake_case \\*kept\\* 2 * 3 <u>u</u> &amp;  \n  \nnext\n\n"
        "**A whole sentence in bold.**\n",
        MARKDOWN,
    )
    assert outline(page) == [
        ("heading", 3, "Linked"),
        ("paragraph", 0, "Body"),
        ("item", 1, "Run in. Text"),
        ("item", 1, "more"),
        ("item", 1, "a. Sub"),
        ("item", 2, "i. Item"),
        ("row", 0, "Who | What"),
        ("row", 0, "A|B c | d"),
        ("heading", 4, "11. CHILDREN"),
        ("paragraph", 0, "Quoted text"),
        ("paragraph", 0, "snake_case *kept* 2 * 3 u &"),
        ("paragraph", 0, "next"),
        ("paragraph", 0, "A whole sentence in bold."),
    ]
    assert find(page, "i. Item").lead == "Body a. Sub"
    assert find(page, "A|B c | d").lead == "Who | What"


def test_a_markdown_chunk_is_read_by_its_place() -> None:
    before = extract_text("# One\n\nYou may:\n\n* share\n", MARKDOWN)
    after = extract_text("# One\n\nYou may not:\n\n* share\n", MARKDOWN)
    assert before.blocks[0] is after.blocks[0]
    assert [page.blocks[-1].lead for page in (before, after)] == ["You may:", "You may not:"]


def test_plain_text() -> None:
    page = extract_text(
        "1. Data we collect\n=====\n\nWe collect\nposts:\n - one\n   goes on\n • two\n\n2. Use\nWe use it.",
        TEXT,
    )
    assert outline(page) == [
        ("paragraph", 0, "1. Data we collect"),
        ("paragraph", 0, "We collect posts:"),
        ("item", 1, "one goes on"),
        ("item", 1, "two"),
        ("paragraph", 0, "2. Use We use it."),
    ]
    assert find(page, "two").lead == "We collect posts:"


def pdf(content: str) -> bytes:
    stream = content.encode("latin-1")
    objects = [
        b"<</Type/Catalog/Pages 2 0 R/Lang(en-US)>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    body = b"%PDF-1.4\n"
    offsets = []
    for number, content_ in enumerate(objects, 1):
        offsets.append(len(body))
        body += b"%d 0 obj%sendobj\n" % (number, content_)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return body + b"xref\n0 6\n0000000000 65535 f \n%strailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (
        table,
        len(body),
    )


def test_pdf_headings_are_told_by_size_and_compounds_keep_their_hyphen() -> None:
    lines = [
        (20, "Privacy Policy"),
        (15, "What we share with"),
        (15, "third parties"),
        (11, "We share what you post with any third-"),
        (11, "party that helps us, and with every other third-party ser-"),
        (11, "vice that you connect to your account."),
        (15, "Contact"),
        (11, "Write to us."),
    ]
    drawn = "".join(f"/F {size} Tf ({line}) Tj 0 -24 Td " for size, line in lines)
    page = extract(snapshot(pdf(f"BT 50 700 Td {drawn}ET"), "application/pdf"))
    text = "We share what you post with any third-party that helps us, and with every other third-party service that"
    assert [(block.level, block.text) for block in page.blocks] == [
        (1, "Privacy Policy"),
        (2, "What we share with third parties"),
        (0, f"{text} you connect to your account."),
        (2, "Contact"),
        (0, "Write to us."),
    ]
    assert page.blocks[2].headings == ("Privacy Policy", "What we share with third parties")


def test_pdf_paragraphs_are_rebuilt_from_lines() -> None:
    lines = [
        "Terms",
        "We use the posts of our members to de-",
        "velop the service and to make it better.",
        "You can opt out.",
        "1",
    ]
    drawn = "".join(f"({line}) Tj 0 -20 Td " for line in lines)
    page = extract(snapshot(pdf(f"BT /F 12 Tf 50 700 Td {drawn}ET"), "application/pdf"))
    assert texts(page) == [
        "Terms",
        "We use the posts of our members to develop the service and to make it better. You can opt out.",
    ]
    assert page.language == "en-US"
    with pytest.raises(ExtractError, match="the PDF cannot be read"):
        extract(snapshot(b"%PDF-1.4 nonsense", "application/pdf"))


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        ("<p>größer".encode("cp1252"), "text/html; charset=ISO-8859-1", "größer"),
        ('<meta charset="windows-1251"><p>Привет'.encode("cp1251"), "text/html", "Привет"),
        ("<p>größer".encode(), "text/html", "größer"),
        ("<p>größer".encode("cp1252"), "text/html", "größer"),
        ("\ufeff<p>größer".encode("utf-16-le"), "text/html; charset=utf-8", "größer"),
        ("<p>größer".encode(), "text/html; charset=no-such-thing", "größer"),
        ("<p>größer".encode(), "text/html; charset=unicode_escape", "größer"),
        ("<p>日本語".encode("shift_jis"), 'text/html; charset="Shift_JIS"', "日本語"),
        (b"<p>" + b"plain " * 50 + b"\xff\x00<b>end</b>", "text/html; charset=utf-8", "plain " * 50 + "\ufffdend"),
    ],
)
def test_encodings(body: bytes, content_type: str, expected: str) -> None:
    assert texts(extract(snapshot(body, content_type=content_type))) == [expected]


@pytest.mark.parametrize(
    ("body", "media_type", "words"),
    [
        (b"", HTML, "no text"),
        (b"<html><body><script>app()</script><div id=root></div>", HTML, "no text"),
        (b"\x89PNG\0\0", "image/png", "image/png"),
        (b"\0\1\2\3", "application/octet-stream", "binary"),
        (b"{}", "application/json", "application/json"),
    ],
)
def test_a_page_without_text_is_an_error_that_names_it(body: bytes, media_type: str, words: str) -> None:
    with pytest.raises(ExtractError, match=words) as caught:
        extract(snapshot(body, media_type))
    assert (caught.value.document, caught.value.url) == ("S/Terms of Service", "https://example.org/terms")
    assert not caught.value.retryable


def test_markdown_is_read_from_its_bytes_in_any_encoding() -> None:
    assert texts(extract(snapshot(b"\xef\xbb\xbf# Gr\xc3\xb6\xc3\x9fe\r\n\r\nbad \xff", MARKDOWN))) == [
        "Größe",
        "bad \ufffd",
    ]
    latin = snapshot("# Größe".encode("cp1252"), MARKDOWN, "text/markdown; charset=windows-1252")
    assert texts(extract(latin)) == ["Größe"]


def test_an_unnamed_type_is_found_out() -> None:
    assert texts(extract(snapshot(b"<!-- x --><!DOCTYPE html><p>Text", ""))) == ["Text"]
    assert texts(extract(snapshot(b"Just text", "application/octet-stream"))) == ["Just text"]


@pytest.mark.parametrize(
    "text",
    [
        *("<ul><li>a" * 1500, "<div>" * 5000 + "x", "<table><tr><td>" * 1500 + "x", "<dl><dt>a<dd>b" * 1500),
        *("<details><summary>q</summary>" * 1500, "<p>a<br> " * 1500, "word " * 200_000, "<header>x" * 1500),
    ],
)
def test_hostile_html_is_read_in_one_pass(text: str) -> None:
    extract_text(text, HTML)


@pytest.mark.parametrize(
    "mark", ["[", "![a](", "[a](b ", "[a](x(", "**a", "`", "> ", "* ", "\\", "| a ", "<!--", "<a ", "# ", "_a "]
)
def test_hostile_markdown_is_read_in_one_pass(mark: str) -> None:
    extract_text(mark * 20_000, MARKDOWN)
    extract_text("# " + " " * 50_000 + mark, MARKDOWN)


@given(st.text(alphabet=st.sampled_from("ab1 \n\t*_#|[]()<>!\\-=`~&;:.\u200f\u00ad\ud800é"), max_size=80))
def test_no_text_breaks_it_and_what_comes_out_is_clean(text: str) -> None:
    for media_type in (HTML, MARKDOWN, TEXT):
        for block in extract_text(text, media_type).blocks:
            assert block.text == clean(block.text)
            assert block.id == block_id(block.text)


def test_clean_leaves_out_what_no_reader_sees() -> None:
    assert clean(" a\u00a0\t b\u200b\u00adc\u202ed\u2066e\x1b[0m\ue001 e\u0301 ") == "a bcde[0m é"
    assert clean("می\u200cخواهم") == "می\u200cخواهم"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("We  use it", "We use\u00a0it"),
        ("• We use it", "We use it"),
        ("We use “it”", 'We use "it"'),
        ("Terms ofService", "Terms of Service"),
        ("ﬁles", "files"),
        ("opt – out", "opt - out"),
    ],
)
def test_what_says_the_same_has_one_id(one: str, other: str) -> None:
    assert block_id(one) == block_id(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("16 and older", "18 and older"),
        ("1 5 days", "15 days"),
        ("Do not", "do not"),
        ("we may", "we may not"),
        ("-5 %", "5 %"),
    ],
)
def test_what_says_something_else_has_another_id(one: str, other: str) -> None:
    assert block_id(one) != block_id(other)


def test_a_fingerprint_sets_the_order_of_a_list_aside_and_nothing_else() -> None:
    def of(text: str) -> str:
        return fingerprint(extract_text(text, MARKDOWN).blocks)

    base = "We may:\n\n* sell\n    * data\n* show\n\nWe may not:\n\n* share\n* lend\n\nEnd"
    assert of(base) == of(base.replace("* sell\n    * data\n* show", "* show\n* sell\n    * data"))
    assert of(base) != of(base.replace("* share", "* show").replace("* data\n* show", "* data\n* share"))
    assert of(base) != of(base.replace("* sell\n    * data\n* show", "* sell\n* show\n    * data"))
    assert of("One\n\nTwo") != of("Two\n\nOne")
    assert of("See [terms](/a?x=1)") == of("See [terms](/b?y=2)")


@pytest.mark.skipif(not (SHARED / "dating-versions.bundle").exists(), reason="needs the histories in ../shared")
def test_a_real_history_reads_as_text_without_marks() -> None:
    records = [record for record in ota.read(SHARED / "dating-versions.bundle", ["Tinder"]) if record.body]
    blocks = {block for record in records[::3] for block in extract_text(record.body.decode(), MARKDOWN).blocks}
    assert len({block.id for block in blocks}) > 500
    assert {block.kind for block in blocks} >= {BlockKind.HEADING, BlockKind.PARAGRAPH, BlockKind.ITEM}
    marked = [block.text for block in blocks if "](" in block.text or "**" in block.text or "<br" in block.text]
    assert marked == []


def test_a_page_need_not_write_its_body_tag() -> None:
    # valid HTML, whose <main> the parser leaves in the head
    text = "<!doctype html><meta charset=utf-8><title>Help</title><main><p>We ask.</p></main>"
    page = extract_text(text, "text/html")
    assert [block.text for block in page.blocks] == ["We ask."]
    assert page.title == "Help"


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        ("<p>Déjà vu, café à la crème — “Paris” naïve</p>", "cp1252"),
        (
            "<p>Мы собираем ваше имя и адрес, чтобы предоставлять наши услуги. Политика конфиденциальности.</p>" * 3,
            "cp1251",
        ),
        ("<p>我们收集您的姓名和地址，以便提供服务。隐私政策适用于所有用户。</p>" * 5, "gb18030"),
    ],
    ids=["French", "Russian", "Chinese"],
)
def test_a_charset_that_nobody_states_is_recognised(text: str, codec: str) -> None:
    assert decode(text.encode(codec), None) == text


def test_a_page_that_claims_to_be_utf_16_and_is_not_is_read_all_the_same() -> None:
    assert decode(b"<p>We collect your name.</p>", "utf-16") == "<p>We collect your name.</p>"
