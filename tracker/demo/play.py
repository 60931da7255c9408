"""The founding case, played: the clock is set from day to day, and the real pipeline looks, judges and tells."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from email.message import EmailMessage
from pathlib import Path

from tracker.config import Channel, Config, Document, FetchSettings, Service
from tracker.demo.sinks import Mailbox, Post, receiver
from tracker.demo.site import days, site
from tracker.errors import DeliveryError, FetchError, UsageError
from tracker.fetch import HttpFetcher, PageRequest
from tracker.gaps.announcements import REMINDERS
from tracker.model import DeliveryStatus, DocumentKey, Kind, NotModified, Snapshot
from tracker.pipeline.assessment import Assessor
from tracker.pipeline.deliveries import deliver_due
from tracker.pipeline.outcomes import Change, Outcome
from tracker.pipeline.rounds import Round
from tracker.store import Store

SERVICE = "LinkedIn"
HOME = "https://linkedin.example"
"""Where the pages are said to be.  Nobody can own a name below .example (RFC 2606, section 2): what is written for
the demonstration is never taken for the service's own words, and what is stored names no port of this machine."""

POLICY = DocumentKey(SERVICE, "Privacy Policy")
AGREEMENT = DocumentKey(SERVICE, "User Agreement")
HELP = DocumentKey(SERVICE, "AI help")
FAQ = DocumentKey(SERVICE, "AI FAQ")
PAGES = {
    POLICY: (Kind.PRIVACY, "privacy-policy"),
    AGREEMENT: (Kind.TERMS, "user-agreement"),
    HELP: (Kind.HELP, "ai-help"),
    FAQ: (Kind.FAQ, "ai-faq"),
}

AGREED = date(2024, 11, 20)
"""The day for which the User Agreement announces its new text: on some days before it a reminder is due."""

MORNING = time(6, tzinfo=UTC)
QUIET = (Change.NONE, Change.FIRST)


@dataclass(frozen=True, slots=True)
class Day:
    """What one day brought: the documents found changed, and the alerts received, in the order of their arrival."""

    at: datetime
    changed: tuple[DocumentKey, ...]
    mails: tuple[EmailMessage, ...]
    posts: tuple[Post, ...]


class Clock:
    """Shows the time that it was last set to."""

    def __init__(self) -> None:
        self.now = datetime.min.replace(tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def calendar() -> tuple[date, ...]:
    """The days that are played: those on which a page changed, and those on which a reminder is due."""
    return tuple(sorted({*days(), *(AGREED - timedelta(days=ahead) for ahead in REMINDERS)}))


def signing_secret() -> str:
    """A new secret for webhooks, as Standard Webhooks writes it."""
    return "whsec_" + base64.b64encode(os.urandom(32)).decode()


def clear(path: Path) -> None:
    """Removes the database of an earlier demonstration.

    Raises UsageError, and removes nothing, if the file holds anything that a demonstration did not write.
    """
    if not path.exists():
        return
    with Store.open(path, readonly=True) as store:
        addresses = [record.urls or ("",) for record in store.documents()]
    if not all(url.startswith(f"{HOME}/") for urls in addresses for url in urls):
        raise UsageError(f"{path}: holds more than a demonstration: name another file with --db")
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def play(path: Path, secret: str) -> Iterator[Day]:
    """Lives through the case from its first day to its last, with a database made anew at ``path``.

    The pages come over HTTP, the alerts go out by SMTP and as webhooks signed with ``secret``; servers and
    receivers are on loopback.  Raises UsageError (see :func:`clear`), StoreError, and FetchError or DeliveryError
    if loopback does not work.
    """
    clear(path)
    clock, received = Clock(), list[Post]()
    with ExitStack() as stack:
        pages, posts = stack.enter_context(site(clock)), stack.enter_context(receiver(received))
        mailbox = stack.enter_context(Mailbox())
        config = configuration(mailbox.address, f"{posts.address}/", secret)
        fetcher = stack.enter_context(HttpFetcher(config.fetch, clock))
        executor = stack.enter_context(ThreadPoolExecutor(config.fetch.workers))
        store = stack.enter_context(Store.open(path))
        assessor = Assessor(config, store)
        for day in calendar():
            clock.now = datetime.combine(day, MORNING)
            mails_before, posts_before = len(mailbox.messages), len(received)
            round_ = Round(config, store, assessor, housed(fetcher.fetch, pages.address), clock)
            outcomes = [sound(outcome) for outcome in round_.check(config.services[0].documents, executor)]
            deliver(store, config, clock)
            yield Day(
                clock.now,
                tuple(outcome.document for outcome in outcomes if outcome.change not in QUIET),
                tuple(mailbox.messages[mails_before:]),
                tuple(received[posts_before:]),
            )


def configuration(smtp: str, hook: str, secret: str) -> Config:
    """The service, its documents and two channels.  One worker: what is told does not depend on who is faster."""
    documents = tuple(
        Document(key, kind, (f"{HOME}/{page}",), language="en") for key, (kind, page) in PAGES.items()
    )  # fmt: skip
    mail = Channel("privacy-team", "email", to=("privacy@team.example",), sender="tracker@team.example", smtp=smtp)
    webhook = Channel("case-system", "webhook", url=hook, secret=secret, allow_private=True)
    fetch = FetchSettings(workers=1, delay_per_host=0.0, confirm=0, allow_private=True)
    return Config(fetch=fetch, services=(Service(SERVICE, documents, homepage=HOME),), channels=(mail, webhook))


Fetch = Callable[[PageRequest], Snapshot | NotModified]


def housed(fetch: Fetch, address: str) -> Fetch:
    """Fetches what is said to be at HOME from where it really is served."""

    def relocated(request: PageRequest) -> Snapshot | NotModified:
        answer = fetch(replace(request, url=address + request.url.removeprefix(HOME)))
        if isinstance(answer, NotModified):
            return replace(answer, url=request.url)
        return replace(answer, url=request.url, final_url=request.url)

    return relocated


def sound(outcome: Outcome) -> Outcome:
    """An outcome without errors.  Raises FetchError for one that has some."""
    if outcome.errors:
        raise FetchError(outcome.errors[0])
    return outcome


def deliver(store: Store, config: Config, clock: Clock) -> None:
    """Sends what is due.  Raises DeliveryError for what is not taken."""
    for attempt in deliver_due(store, config, clock):
        if attempt.status is not DeliveryStatus.SENT:
            raise DeliveryError(attempt.error, retryable=False)
