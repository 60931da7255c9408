"""What in a page's source, or on the way to it, hints that it stands in front of another.

Hints only: many a policy has a form to log in at its top.  What they mean is weighed with the text.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from tracker.model import Snapshot

_PASSWORD = re.compile(rb"<input\b[^>]{0,400}\btype\s*=\s*[\"']?password", re.IGNORECASE)
# What the widespread services that tell people from programs put into a page: Cloudflare, DataDome, HUMAN,
# Imperva, AWS WAF, Akamai, reCAPTCHA, hCaptcha, Turnstile.
_CHALLENGE = re.compile(
    rb"/cdn-cgi/challenge-platform|cf-challenge|captcha-delivery\.com|px-captcha|_Incapsula_Resource|awswaf\.com"
    rb"|/_sec/cp_challenge|class=[\"'][^\"']*\b(?:g-recaptcha|h-captcha|cf-turnstile)\b"
)
_HOME = re.compile(r"/?(?:[a-z]{2}(?:[-_][A-Za-z]{2,4})?/?)?(?:index\.\w+|home)?")


def suspicion(page: Snapshot) -> str:
    """The strongest hint in a few words; "" where there is none."""
    if _CHALLENGE.search(page.body):
        return "a check that visitors are people"
    if _moved_home(page):
        return "led to a home page"
    if _PASSWORD.search(page.body):
        return "a form to log in"
    return ""


def _moved_home(page: Snapshot) -> bool:
    asked, got = urlsplit(page.url), urlsplit(page.final_url)
    return not _HOME.fullmatch(asked.path) and _HOME.fullmatch(got.path) is not None and not got.query
