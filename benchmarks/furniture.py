"""Real policies in pages such as services build them: what stands around a text, in five manners."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass

from markdown_it import MarkdownIt

NAVIGATION = ["Home", "Products", "Pricing", "Customers", "Blog", "Sign in", "Start for free", "About us", "Careers"]
FOOTER = [
    "Imprint",
    "Status",
    "Press",
    "Investors",
    "Accessibility",
    "Site map",
    "Do not sell my information",
    "Cookies",
]
RELATED = ["How do I reset my password?", "Change who can see your profile", "Download a copy of your data",
           "Report a problem with a post", "Two-step verification: an overview"]  # fmt: skip
CONSENT = (
    "We value your privacy. We and our partners use cookies and similar techniques to show you personalised content,"
    " to measure how our site is used and to improve it. You can change your choice at any time."
)
NEWS = "Get the latest product news in your inbox. No spam, and you can leave whenever you like."


@dataclass(frozen=True, slots=True)
class Furnished:
    """A page; ``selector`` finds the policy in it."""

    html: str
    selector: str


def furnished(markdown: str, title: str, number: int) -> Furnished:
    """The policy in the manner that its number falls to, with its own choice of furniture."""
    rng = random.Random(number)
    body = MarkdownIt("commonmark", {"html": False}).enable("table").render(markdown)
    manners: list[Callable[[str, str, random.Random], Furnished]] = [semantic, soup, help_centre, accordion, columns]
    return manners[number % len(manners)](body, title, rng)


def links(texts: list[str], rng: random.Random) -> str:
    return "".join(f'<li><a href="/{rng.randrange(99)}">{text}</a></li>' for text in rng.sample(texts, len(texts) - 1))


def consent(rng: random.Random) -> str:
    buttons = "<button>Accept all</button><button>Reject all</button><button>Manage choices</button>"
    name = rng.choice(['id="cookie-banner"', 'class="cc-window cc-banner"', 'class="consent__bar"', 'role="dialog"'])
    return f"<div {name}><p>{CONSENT}</p><div>{buttons}</div></div>"


def page(title: str, body: str) -> str:
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title} | Example</title>'
        f"<style>.x{{color:red}}</style><script>window.data = {{a: 1}};</script></head><body>{body}</body></html>"
    )


def semantic(body: str, title: str, rng: random.Random) -> Furnished:
    return Furnished(
        page(title, f"""<a class="skip" href="#main">Skip to main content</a>
        <header><nav><ul>{links(NAVIGATION, rng)}</ul></nav></header>{consent(rng)}
        <main id="main"><ol class="breadcrumb"><li><a href="/">Home</a></li><li><a href="/legal">Legal</a></li></ol>
        <div class="policy">{body}</div>
        <section class="related-articles"><h2>Related articles</h2><ul>{links(RELATED, rng)}</ul></section></main>
        <footer><ul>{links(FOOTER, rng)}</ul><p>© 2024 Example, Inc. All rights reserved.</p></footer>"""),
        ".policy",
    )  # fmt: skip


def soup(body: str, title: str, rng: random.Random) -> Furnished:
    """Nothing but div elements, with names of a tool's making."""
    return Furnished(
        page(title, f"""<div class="css-1x2"><div class="css-nav"><ul>{links(NAVIGATION, rng)}</ul></div></div>
        <div class="css-9"><div class="css-10"><span><a href="/">Home</a> / <a href="/legal">Legal</a></span></div>
        <div class="css-11 content-z">{body}</div>
        <div class="css-12"><div>Share this page</div><a href="#">Facebook</a> <a href="#">Mail</a></div>
        </div><div class="css-13"><p>{NEWS}</p><form><input name="mail"><button>Subscribe</button></form></div>
        <div class="css-14"><ul>{links(FOOTER, rng)}</ul><div>© 2024 Example, Inc.</div></div>{consent(rng)}"""),
        ".content-z",
    )  # fmt: skip


def help_centre(body: str, title: str, rng: random.Random) -> Furnished:
    return Furnished(
        page(title, f"""<header class="site-header"><form role="search"><input><button>Go</button></form></header>
        <div class="layout"><aside class="sidebar"><h3>In this section</h3><ul>{links(RELATED, rng)}</ul></aside>
        <article><div class="meta"><span class="author">Example Help Team</span>
        <time datetime="2024-05-01T10:00:00Z" title="2024-05-01">{rng.randrange(2, 20)} days ago</time>
        <span>Updated</span></div><div class="article-body">{body}</div>
        <div class="article-votes"><span>Was this article helpful?</span><button>Yes</button><button>No</button>
        <span>{rng.randrange(900)} out of 1024 found this helpful</span></div>
        <div class="article-return-to-top"><a href="#top">Return to top</a></div></article></div>
        <section class="recent-articles"><h3>Recently viewed articles</h3><ul>{links(RELATED, rng)}</ul></section>
        <footer><ul>{links(FOOTER, rng)}</ul></footer>{consent(rng)}"""),
        ".article-body",
    )  # fmt: skip


def accordion(body: str, title: str, rng: random.Random) -> Furnished:
    """Each section folded away behind its title, by a style and a script that knows of it."""
    sections = re.split(r"(?=<h[12]>)", body)
    folded = sections[0]
    for section in sections[1:]:
        heading, _, rest = section.partition("\n")
        button = '<button class="toggle">+</button>' if rng.random() < 0.5 else ""
        folded += f'<div class="item">{heading}{button}<div class="panel" style="display: none">{rest}</div></div>'
    return Furnished(
        page(title, f"""<div class="topbar"><ul>{links(NAVIGATION, rng)}</ul></div>
        <div class="mobile-menu" style="display:none"><ul>{links(NAVIGATION, rng)}</ul></div>
        <div class="wrap"><div class="policy-accordion">{folded}</div></div>
        <div class="modal" style="display:none"><h2>Sign up</h2><p>Make an account to go on. It is free.</p></div>
        <div class="bottom"><ul>{links(FOOTER, rng)}</ul><p>© 2024 Example</p></div>{consent(rng)}"""),
        ".policy-accordion",
    )  # fmt: skip


def columns(body: str, title: str, rng: random.Random) -> Furnished:
    """A text in several boxes beside a table of contents."""
    parts = re.split(r"(?=<h2>)", body)
    boxes = "".join(f'<div class="box">{part}</div>' for part in parts)
    return Furnished(
        page(title, f"""<div class="header"><a href="/">Example</a><ul>{links(NAVIGATION, rng)}</ul></div>
        <div class="row"><div class="col-3"><div class="side-nav"><ul>{links(RELATED, rng)}</ul></div></div>
        <div class="col-9" id="text">{boxes}</div></div>
        <div class="feedback"><p>Did this page answer your question?</p><button>Yes</button><button>No</button></div>
        <div class="language-picker"><ul>{links(["Deutsch", "Français", "Español", "日本語", "Polski"], rng)}</ul></div>
        <div class="footer">{links(FOOTER, rng)} <p>© 2024 Example</p></div>{consent(rng)}"""),
        "#text",
    )  # fmt: skip
