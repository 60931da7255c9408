"""Deliveries → an Atom feed in a file (RFC 4287)."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile

from feedgenerator import Atom1Feed

from tracker.alerts.compose import entry
from tracker.alerts.receipt import Receipt
from tracker.config import Channel
from tracker.errors import DeliveryError
from tracker.model import Delivery

LENGTH = 100  # entries


def write(channel: Channel, deliveries: Sequence[Delivery], _: datetime) -> Receipt:
    """Writes the feed anew, or the feed of each service, with the last of these deliveries, oldest first.

    A reader finds the former feed or the new one, never half of one.  The folder must be there: one that is not may be
    a disk that is not mounted.  Raises DeliveryError.
    """
    by_path: dict[Path, list[Delivery]] = {}
    for delivery in deliveries:
        name = channel.path.replace("{service}", file_name(delivery.event.service))
        by_path.setdefault(Path(name), []).append(delivery)
    for path, found in by_path.items():
        title = found[0].event.service if "{service}" in channel.path else channel.name
        try:
            _replace(path, _atom(channel.name, title, found[-LENGTH:]))
        except FileNotFoundError as error:
            raise DeliveryError(f"{path}: its folder does not exist: make it", retryable=True) from error
        except OSError as error:
            raise DeliveryError(f"{path}: cannot be written: {error.strerror}", retryable=True) from error
    return Receipt(f"{', '.join(map(str, by_path))}: written")


def file_name(service: str) -> str:
    """A service's name as one part of a path, whatever it holds; different names give different ones."""
    plain = re.sub(r"[^A-Za-z0-9]+", "-", service).strip("-").lower()
    return plain if plain == service.lower() else f"{plain}-{hashlib.sha256(service.encode()).hexdigest()[:6]}"


def _atom(channel: str, title: str, deliveries: Sequence[Delivery]) -> str:
    identity = hashlib.sha256(f"{channel}\n{title}".encode()).hexdigest()[:32]
    feed = Atom1Feed(f"Policy Tracker: {title}", "", "", feed_guid=f"urn:policy-tracker:feed:{identity}")
    for delivery in reversed(deliveries):
        event = delivery.event
        headline, content, link = entry(delivery)
        feed.add_item(
            headline,
            link,
            content,
            unique_id=f"urn:policy-tracker:{delivery.id}",
            pubdate=event.at,
            updateddate=event.at,
            author_name="policy-tracker",
            categories=[event.service, event.kind.value, event.severity.value],
        )
    text: str = feed.writeString("utf-8")
    return text


def _replace(path: Path, text: str) -> None:
    with NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        try:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).chmod(0o644)  # a web server is to read it
            Path(file.name).replace(path)
        except BaseException:
            with suppress(OSError):
                Path(file.name).unlink()
            raise
