"""`tracker discover`: finds a service's documents and prints the configuration that tracks them."""

from __future__ import annotations

import argparse
import sys

from tracker.cli.context import clock, configuration, count
from tracker.config.write import written
from tracker.errors import FetchError, UsageError
from tracker.fetch import HttpFetcher
from tracker.pipeline.discovery import Discovery
from tracker.views.terminal import safe_lines


def arguments(parser: argparse.ArgumentParser, _: str) -> None:
    parser.add_argument("address", metavar="URL|DOMAIN", help="a service's home page, such as example.org")


def run(options: argparse.Namespace) -> int:
    config = configuration(options, required=False)
    address = options.address if "://" in options.address else f"https://{options.address}"
    with HttpFetcher(config.fetch, clock) as fetcher:
        try:
            service, found = Discovery(fetcher.fetch, allow_private=config.fetch.allow_private).run(address)
        except FetchError as error:
            hint = "" if address == options.address else f": write http://{options.address} if it has no https"
            raise FetchError(f"{address}: {error.message}{hint}") from error
    if not found:
        raise UsageError(f"{address}: leads to no document that could be told: write its addresses yourself")
    remarks = {each.document.key: f"{each.confidence:.0%} certain: {each.why}" for each in found}
    print(safe_lines(written([service], remarks)), end="")
    print(f"{count(len(found), 'document')} found: look before you track", file=sys.stderr)
    return 0
