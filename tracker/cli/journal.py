"""What a command tells while it works, as text for people or as JSON Lines for machines; never a secret.

That a line cannot be written (a full disk, a reader that went away) stops no work: whoever is done can ask.
"""

from __future__ import annotations

import sys
from typing import TextIO

from tracker.cli.context import clock
from tracker.config import Config
from tracker.model import Attempt, DeliveryStatus
from tracker.pipeline.outcomes import Change, Outcome
from tracker.views import records, tables
from tracker.views.terminal import safe

_ENDS = {DeliveryStatus.DEAD: "given up", DeliveryStatus.WAITING: "will be tried again"}


class Journal:
    """Notes go to standard output, errors to standard error, each in one line."""

    def __init__(self, config: Config, *, as_json: bool = False) -> None:
        held = (secret for channel in config.channels for secret in (channel.password, channel.secret, channel.address))
        self._secrets = [secret for secret in (*held, config.ping) if secret]
        self._json = as_json
        self._failure: OSError | None = None

    def note(self, text: str, **more: object) -> None:
        self._write(sys.stdout, "info", text, text, more)

    def error(self, text: str, **more: object) -> None:
        self._write(sys.stderr, "error", text, f"tracker: {text}", more)

    def outcome(self, outcome: Outcome) -> None:
        """What a check of a document came to; nothing is said of one that is unchanged."""
        document = str(outcome.document)
        for error in outcome.errors:
            self.error(error, document=document)
        for note in outcome.notes:
            self.note(note, document=document)
        if outcome.change not in (Change.NONE, Change.FAILED):
            self.note(f"{document}: {outcome.change}", document=document, change=outcome.change)
        if self._json:
            for event in outcome.events:
                self.note(event.summary, event=event.id, kind=event.kind, severity=event.severity)
        elif outcome.events:
            self._print(tables.events(outcome.events), sys.stdout)

    def attempt(self, attempt: Attempt) -> None:
        """What came of an attempt to deliver; nothing is said, as text, of one that went well."""
        channel = attempt.dispatch.channel
        more = {"channel": channel, "message": attempt.dispatch.id, "status": attempt.status}
        if attempt.error:
            end = f": {_ENDS[attempt.status]}" if attempt.status in _ENDS else ""
            self.error(f"channel {channel}: {attempt.error}{end}", **more)
        elif self._json:
            self.note(f"channel {channel}: {attempt.answer}", **more)

    def _write(self, stream: TextIO, level: str, text: str, line: str, more: dict[str, object]) -> None:
        record = {"time": clock(), "level": level, "text": text, **more}
        line = records.line(record) if self._json else safe(line)
        for secret in self._secrets:
            line = line.replace(secret, "***")
        self._print(f"{line}\n", stream)

    def _print(self, text: str, stream: TextIO) -> None:
        try:
            print(text, end="", file=stream, flush=True)
        except OSError as error:
            self._failure = error

    def finish(self) -> None:
        """Raises what kept the last of the lines that could not be written from being so, if there was any."""
        if self._failure:
            raise self._failure
