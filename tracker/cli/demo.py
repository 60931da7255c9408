"""`tracker demo`: the founding case, played through the real pipeline on loopback."""

from __future__ import annotations

import argparse
import json
import shlex
import textwrap
from datetime import date
from email.message import EmailMessage
from pathlib import Path

from tracker.cli.context import colour
from tracker.config import Config
from tracker.demo.play import POLICY, SERVICE, Day, calendar, play, signing_secret
from tracker.demo.sinks import Post
from tracker.diff import diff
from tracker.pipeline.assessment import Assessor
from tracker.store import Store
from tracker.views import diffs, gaps
from tracker.views.terminal import safe

DEFAULT = Path("snapshots/demo.db")
DISCLOSED = date(2024, 9, 18)  # the day whose change is shown word by word
QUOTED = 300  # characters of a quotation

BEGINNING = """\
The founding case: LinkedIn trained AI models on its members' data before its policies said so. A small web
site on this machine shows its pages as they read from day to day (written for this demonstration, after the
facts), and the tracker looks at them, judges what it finds and tells it by e-mail and by webhook."""
END = """\
The database is left behind. To look at it:

  tracker --db {db} gaps
  tracker --db {db} practices
  tracker --db {db} events
  tracker --db {db} log "LinkedIn/User Agreement"
  tracker --db {db} show "LinkedIn/AI FAQ"
  tracker --db {db} diff "LinkedIn/AI FAQ" 2024-09-19 2024-09-20"""


def arguments(parser: argparse.ArgumentParser, _: str) -> None:
    del parser  # it has no arguments of its own


def run(options: argparse.Namespace) -> int:
    path: Path = options.db or DEFAULT
    print(BEGINNING)
    mails = posts = 0
    for day in play(path, signing_secret()):
        print(f"\n{told(day)}", flush=True)
        if day.at.date() == DISCLOSED:
            print(f"\n{policy_change(path)}", end="")
        mails, posts = mails + len(day.mails), posts + len(day.posts)
    print(f"\n{headed('What came of it')}\n{outcome(path)}")
    print(f"{mails} e-mails and {posts} signed webhooks were received.\n")
    print(END.format(db=shlex.quote(str(path))))
    return 0


def told(day: Day) -> str:
    """What a user was told on a day, ends without a newline."""
    out = [headed(f"{day.at.day} {day.at:%B %Y}")]
    if day.at.date() == calendar()[0]:
        out.append("First look at four documents: nothing is news yet.")
    elif not day.changed:
        out.append("No page changed.")
    else:
        out.append(f"Changed: {', '.join(key.document for key in day.changed)}.")
    out += (alert(mail, post) for mail, post in zip(day.mails, day.posts, strict=True))
    return "\n".join(out)


def alert(mail: EmailMessage, post: Post) -> str:
    """One alert: the headline of its e-mail, and the quotations out of its webhook."""
    event = json.loads(post.body)["data"]
    out = ["", f"  {event['kind'].replace('-', ' ').capitalize()} [{event['severity']}]"]
    out.append(textwrap.indent(textwrap.fill(safe(headline(mail)), gaps.WIDTH - 4), "    "))
    for label, quote in (("before", event["before"]), ("now", event["quote"])):
        if quote:
            out += [f"      {label}:"] * bool(event["before"]) + [gaps.quoted(quote, " " * 8, QUOTED)]
    return "\n".join([*out, f"        {safe(event['url'])}"])


def headline(mail: EmailMessage) -> str:
    """The first paragraph of an e-mail's text."""
    body = mail.get_body(("plain",))
    text: str = body.get_content() if isinstance(body, EmailMessage) else ""
    return " ".join(text.replace("\r\n", "\n").partition("\n\n")[0].split())


def policy_change(path: Path) -> str:
    with Store.open(path, readonly=True) as store:
        old, new = (store.with_blocks(version) for version in store.versions(POLICY)[-2:])
    shown = diffs.terminal(diff(old.blocks, new.blocks), colour=colour(), width=gaps.WIDTH)
    return f"  The change of the {POLICY.document}, word by word:\n\n" + textwrap.indent(shown, "  ")


def outcome(path: Path) -> str:
    with Store.open(path, readonly=True) as store:
        now = max(check.last_attempt for check in store.checks())
        found = Assessor(Config(), store).assessment(SERVICE, now).gaps
    return f"{gaps.table(found, width=120)}\n{gaps.listing(found)}"


def headed(text: str) -> str:
    return f"── {text} {'─' * (gaps.WIDTH - len(text) - 4)}"
