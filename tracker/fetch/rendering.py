"""A page as Chromium draws it: a program of its own, which can be stopped at any point.

Reads one JSON object with an order from standard input, writes one with the page to standard output: ``url``,
``status``, ``headers`` and ``html``; or ``error``, a line for a person.  `fetch.browser` starts it.
"""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from typing import Any

from playwright.sync_api import Error, Page, Response, sync_playwright

_QUIET = 700  # milliseconds without a change to the page after which it has settled
_SETTLED_AFTER = 8_000  # milliseconds after which it is taken as it is
_ARGUMENTS = [
    "--blink-settings=imagesEnabled=false",
    "--disable-background-networking",
    "--disable-breakpad",
    "--disable-gpu",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",  # nothing goes around the proxy
    "--js-flags=--max-old-space-size=512",  # megabytes for one page's scripts
    "--mute-audio",
]
_SETTLE = """([quiet, most]) => new Promise(done => {
    let timer;
    const over = () => { observer.disconnect(); done(); };
    const again = () => { clearTimeout(timer); timer = setTimeout(over, quiet); };
    const observer = new MutationObserver(again);
    observer.observe(document, {subtree: true, childList: true, characterData: true});
    setTimeout(over, most);
    again();
})"""
# What folds text away is opened; menus, links that lead elsewhere and what frames the page are left alone.
_UNFOLD = """() => {
    for (const each of document.querySelectorAll('details:not([open])')) each.open = true;
    const folded = document.querySelectorAll('[aria-expanded="false"]:not([aria-haspopup])');
    for (const each of [...folded].slice(0, 300)) {
        const leads = each.closest('a[href]')?.getAttribute('href');
        if (each.closest('nav, header, footer, form, [role=navigation], [role=dialog]')) continue;
        if (leads && !leads.startsWith('#') && !leads.startsWith('javascript:')) continue;
        try { each.click(); } catch {}
    }
}"""
# Text in open shadow trees stands where it is seen.
_SERIALISE = """() => {
    const flatten = root => {
        for (const each of root.querySelectorAll('*')) {
            if (!each.shadowRoot) continue;
            flatten(each.shadowRoot);
            for (const slot of each.shadowRoot.querySelectorAll('slot')) slot.append(...slot.assignedNodes());
            each.append(...[...each.shadowRoot.childNodes].filter(node => node.nodeName !== 'STYLE'));
        }
    };
    flatten(document);
    return '<!DOCTYPE html>' + document.documentElement.outerHTML;
}"""
_LENGTH = "() => document.body ? document.body.innerText.length : 0"


def main() -> None:
    order = json.load(sys.stdin)
    try:
        found = render(order)
    except Error as error:
        found = {"error": error.message.splitlines()[0]}
    json.dump(found, sys.stdout)


def render(order: dict[str, Any]) -> dict[str, Any]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=order["executable"],
            chromium_sandbox=order["sandbox"],
            proxy={"server": order["proxy"]},
            args=_ARGUMENTS,
        )
        agent = browser.new_page().evaluate("navigator.userAgent")
        context = browser.new_context(
            user_agent=f"{agent} {order['user_agent']}",
            locale=order["language"] or None,
            service_workers="block",
            accept_downloads=False,
        )
        context.set_default_timeout(order["seconds"] * 1000)
        page = context.new_page()
        context.on("page", lambda other: other.close())
        page.on("dialog", lambda dialog: dialog.dismiss())
        response = page.goto(order["url"], wait_until="domcontentloaded")
        html = _drawn(page)
        found = {"url": page.url, "html": html, "browser": f"Chromium {browser.version}", **_answer(response)}
        browser.close()
        return found


def _drawn(page: Page) -> str:
    """The settled page with everything unfolded; as it was before where that shows less, or leads elsewhere."""
    _settle(page)
    where, length, html = page.url, page.evaluate(_LENGTH), page.content()
    page.evaluate(_UNFOLD)
    _settle(page)
    if page.url.partition("#")[0] != where.partition("#")[0] or page.evaluate(_LENGTH) < length:
        return html
    return str(page.evaluate(_SERIALISE))


def _settle(page: Page) -> None:
    with suppress(Error):  # a page that never ends loading, or goes on to another while we look
        page.wait_for_load_state("networkidle", timeout=_SETTLED_AFTER)
    for _ in range(3):
        with suppress(Error):
            page.evaluate(_SETTLE, [_QUIET, _SETTLED_AFTER])
            return
        with suppress(Error):
            page.wait_for_load_state("domcontentloaded", timeout=_SETTLED_AFTER)


def _answer(response: Response | None) -> dict[str, Any]:
    if response is None:
        return {"status": 0, "headers": []}
    return {"status": response.status, "headers": [[each["name"], each["value"]] for each in response.headers_array()]}


if __name__ == "__main__":
    main()
