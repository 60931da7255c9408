"""What stands around a text is left out where no selector says what the text is; the text never is."""

from __future__ import annotations

import pytest

from tracker.config import Selection
from tracker.extract.page import extract_text

TEXT = ["Privacy Policy"] + [
    f"Section {number} says at some length what we do with what you tell us, and with whom we share it."
    for number in range(12)
]
BODY = f"<h1>{TEXT[0]}</h1>" + "".join(f"<p>{text}</p>" for text in TEXT[1:])
MENU = "".join(f'<li><a href="/{name}">{name}</a></li>' for name in ("Home", "Products", "Prices", "Jobs", "Sign in"))


def texts(html: str, *select: str) -> list[str]:
    return [block.text for block in extract_text(html, "text/html", Selection(select)).blocks]


@pytest.mark.parametrize(
    "around",
    [
        f"<div class='x1'><ul>{MENU}</ul></div>",
        f"<nav><ul>{MENU}</ul></nav>",
        f"<div class='related-articles'><h3>Related</h3><ul>{MENU}</ul></div>",
        "<div id='cookie-banner'><p>We use cookies to make this site better for you.</p></div>",
        "<div><p>We and our partners use cookies.</p><button>Accept</button><button>Reject</button></div>",
        "<div><span>Was this helpful?</span><button>Yes</button><button>No</button></div>",
        "<div class='article-votes'>3 out of 7 found this helpful</div>",
        "<div><p>Get our news</p><form><input type='email'><button>Subscribe</button></form></div>",
        "<ol class='breadcrumb'><li>Legal</li><li>Privacy</li></ol>",
        "<div><time datetime='2024-09-18'>3 days ago</time></div>",
        "<span>Updated 3 weeks ago</span>",
        "<div class='lang-picker' style='display: none'><h2>Language</h2><p>Choose a language for the site.</p></div>",
        "<div role='dialog'><p>Sign in to go on.</p></div>",
    ],
)
@pytest.mark.parametrize("page", ["<body>{0}<div>{1}</div></body>", "<body><div>{1}</div>{0}</body>"])
def test_what_stands_around_is_left_out(around: str, page: str) -> None:
    assert texts(page.format(around, BODY)) == TEXT


@pytest.mark.parametrize(
    "within",
    [
        "<div class='cookie-consent-section'><h2>Cookies</h2>{}</div>",
        "<section id='feedback'>{}</section>",
        "<div class='sidebar'>{}</div>",
        "<div><button>More</button><button>Less</button>{}</div>",
    ],
)
def test_a_good_part_of_the_text_is_never_furniture(within: str) -> None:
    found = texts(f"<body>{within.format(BODY)}</body>")
    assert [text for text in found if text in TEXT] == TEXT


def test_a_date_that_is_one_stays() -> None:
    assert "18 September 2024" in texts(f"<body><div><time>18 September 2024</time>{BODY}</div></body>")


def test_a_table_of_contents_stays() -> None:
    contents = "".join(f'<li><a href="#s{number}">Section {number}</a></li>' for number in range(5))
    assert "Section 4" in texts(f"<body><div><ul>{contents}</ul>{BODY}</div></body>")


@pytest.mark.parametrize("select", [(), ("main",)])
@pytest.mark.parametrize(
    "title", ["<h3>Sharing</h3>", "<button>Sharing</button>", "<div><h3>Sharing</h3><i>+</i></div>", "<dt>Sharing</dt>"]
)
def test_what_an_accordion_folds_away_is_read(title: str, select: tuple[str, ...]) -> None:
    page = f"<main>{BODY}{title}<div style='display:none'><p>We share it with nobody, not even if asked.</p></div>"
    assert "We share it with nobody, not even if asked." in texts(page, *select)


def test_what_nothing_unfolds_stays_hidden() -> None:
    page = f"<body><div>{BODY}</div><div style='display:none'><p>A text that nobody gets to see.</p></div></body>"
    assert texts(page) == TEXT
