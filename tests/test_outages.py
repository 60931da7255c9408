"""Pages that are lost: who is told, when their host is down and their schedules differ."""

from __future__ import annotations

from desk import Desk, policy
from website import Page

MORE = """
[[service]]
name = "Zeta"
[[service.document]]
name = "Terms"
kind = "terms"
urls = ["{url}"]
[[channel]]
name = "zeta"
type = "webhook"
url = "{hook}"
secret = "env:HOOK_SECRET"
allow_private = true
services = ["Zeta"]
"""
DOWN = Page("<p>oops", status=503)


def told(desk: Desk, path: str = "/hook") -> list[str]:
    return [post["summary"].partition(":")[0] for post in desk.posts_to(path)]


def test_a_page_that_was_told_alone_speaks_for_no_other_of_its_host(desk: Desk) -> None:
    desk.usual()
    desk("check")
    desk.site["/help"] = desk.site["/policy"] = DOWN
    for _ in range(3):
        desk("check", "Acme/Help")
    assert told(desk) == ["Acme/Help"]
    for _ in range(5):
        desk("check", "Acme/Privacy Policy")
    assert told(desk) == ["Acme/Help", "127.0.0.1 does not answer"]


def test_who_was_not_told_of_the_host_is_told_by_another_page_of_it(desk: Desk) -> None:
    desk.usual()
    desk.site["/terms"], desk.hooks["/zeta"] = policy(), Page(status=204)
    more = MORE.format(url=desk.site.url("/terms"), hook=desk.hooks.url("/zeta"))
    desk.config.write_text(desk.config.read_text() + more)
    desk("check")
    desk.site["/help"] = desk.site["/policy"] = desk.site["/terms"] = DOWN
    for _ in range(5):
        desk("check")
    assert told(desk) == ["127.0.0.1 does not answer"]
    assert told(desk, "/zeta") == ["127.0.0.1 does not answer"]
