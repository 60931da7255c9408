"""`tracker check`: one round now, then the deliveries that are due."""

from __future__ import annotations

import argparse
import threading
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor

from tracker.alerts.ping import ping
from tracker.cli.context import clock, count, progress, watching, writing_store
from tracker.cli.journal import Journal
from tracker.config import Config, Document
from tracker.errors import DeliveryError, StoreError, TrackerError, UsageError, fault
from tracker.fetch import HttpFetcher
from tracker.model import DeliveryStatus, Event
from tracker.pipeline.assessment import Assessor
from tracker.pipeline.deliveries import deliver_due
from tracker.pipeline.outcomes import Change
from tracker.pipeline.rounds import Round
from tracker.store import Store

NEWS = (Change.HELD, Change.CONFIRMED, Change.RETURNED)


def arguments(parser: argparse.ArgumentParser, _: str) -> None:
    parser.add_argument("names", nargs="*", metavar="SERVICE[/DOCUMENT]", help="only these (default: all)")


def run(options: argparse.Namespace) -> int:
    config = watching(options)
    documents = chosen(config, options.names)
    with writing_store(options, config) as store:
        journal = Journal(config)
        try:
            failed = check(config, store, documents, journal)
        except TrackerError:
            deliver(config, store, journal)  # what was found so far, and what waits from before
            raise
        failed |= deliver(config, store, journal)
        sign_of_life(config, journal)
    journal.finish()
    return 1 if failed else 0


def chosen(config: Config, names: Sequence[str]) -> list[Document]:
    """The documents of these services, or these documents; all if none is named."""
    every = [document for service in config.services for document in service.documents]
    if not names:
        return every
    picked: list[Document] = []
    for name in names:
        wanted = name.casefold()
        found = [d for d in every if wanted in (d.key.service.casefold(), str(d.key).casefold())]
        if not found:
            own = [d.key.document for d in every if d.key.service.casefold() == wanted.partition("/")[0]]
            known = ", ".join(own or [service.name for service in config.services]) or "none"
            what = "its documents" if own else "services"
            raise UsageError(f"{name!r} is not in the configuration: {what} are {known}")
        picked += [document for document in found if document not in picked]
    return picked


def check(config: Config, store: Store, documents: Sequence[Document], journal: Journal) -> bool:
    """One round, each outcome printed as it comes; returns whether anything failed."""
    stop, found, failed = threading.Event(), Counter[Change](), 0
    assessor = Assessor(config, store)
    learned = caught_up(assessor, journal)
    past = [*(learned or ())]
    fetcher = HttpFetcher(config.fetch, clock, stop)
    executor = ThreadPoolExecutor(config.fetch.workers)
    try:
        with progress("documents checked") as tell:
            outcomes = Round(config, store, assessor, fetcher.fetch, clock).check(documents, executor)
            for number, outcome in enumerate(outcomes, 1):
                tell(number)
                journal.outcome(outcome)
                failed += bool(outcome.errors)
                found[outcome.change] += 1
                past += outcome.past
    finally:
        stop.set()  # ends every wait, so that Ctrl-C does not have to wait for hosts' turns
        executor.shutdown(cancel_futures=True)
        fetcher.close()
        learnt(past, journal)
    new, changed = found[Change.FIRST], sum(found[each] for each in NEWS)
    first = f"{new} for the first time, " if new else ""
    journal.note(f"{count(len(documents), 'document')} checked: {first}{changed} changed, {failed} failed.")
    return failed > 0 or learned is None


def caught_up(assessor: Assessor, journal: Journal) -> tuple[Event, ...] | None:
    """What is recorded of what better rules or an import have brought; None if a fault of ours prevents it.

    That is told, and the round goes on: a service of which nothing can be worked out keeps no other from being watched.
    """
    try:
        return assessor.catch_up(clock())
    except StoreError:
        raise
    except Exception as error:
        journal.error(f"what is stored cannot be worked out anew: {fault(error)}")
        return None


def learnt(events: Sequence[Event], journal: Journal) -> None:
    """One line for all that follows from better rules, another configuration or an import that was cut short."""
    if events:
        number = count(len(events), "event")
        journal.note(f"Read anew what is stored: {number} recorded, none told (`tracker events`).")


def deliver(
    config: Config,
    store: Store,
    journal: Journal,
    stopped: Callable[[], bool] = lambda: False,
    *,
    complete: bool = True,
    only: Collection[str] | None = None,
) -> bool:
    """Sends what is due; returns whether anything could not be sent.  ``complete``: the round is over."""
    failed = False
    for attempt in deliver_due(store, config, clock, stopped, complete=complete, only=only):
        failed |= attempt.status is not DeliveryStatus.SENT
        journal.attempt(attempt)
    return failed


def sign_of_life(config: Config, journal: Journal) -> None:
    """A round went through: whoever waits for it hears of it.  That nobody can be reached is told, and no failure."""
    if config.ping:
        try:
            ping(config.ping, allow_private=config.fetch.allow_private)
        except DeliveryError as error:
            journal.error(str(error))
