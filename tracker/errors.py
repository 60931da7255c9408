"""Every error the tracker raises, under one root.

An error names what it is about (service, document, address), keeps its cause through ``raise … from`` and
says whether trying again can help.  Its text is one line for a person; the command line adds the prefix.
"""

from __future__ import annotations

from pathlib import Path


def fault(error: BaseException) -> str:
    """An error that nobody foresaw, in one line: what it is and where it was raised, for a report to us."""
    last = error.__traceback__
    while last and last.tb_next:
        last = last.tb_next
    place = f" ({Path(last.tb_frame.f_code.co_filename).name}, line {last.tb_lineno})" if last else ""
    said = " ".join(str(error).split())[:300]
    return f"internal error: {type(error).__name__}: {said}{place}"


class TrackerError(Exception):
    """Root of all errors.

    ``retryable`` says whether the same call may succeed later without anybody changing anything.
    ``document`` (the name of a service or document, or its key) and ``url`` say what the error is about;
    None where it is about neither.
    """

    retryable = False

    def __init__(
        self,
        message: str,
        *,
        document: object = None,
        url: str | None = None,
        retryable: bool | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.document = None if document is None else str(document)
        self.url = url
        if retryable is not None:
            self.retryable = retryable

    def __str__(self) -> str:
        return f"{self.document}: {self.message}" if self.document else self.message


class UsageError(TrackerError):
    """The command's arguments are off: an unknown service, a date that is none.  Exit code 2."""


class ConfigError(TrackerError):
    """The configuration is off; ``problems`` holds every line found, each with its place.  Exit code 2."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class GateError(TrackerError):
    """An outgoing address is not allowed: a private network, a scheme other than http(s)."""


class FetchError(TrackerError):
    """A page could not be fetched.  Recorded; the round goes on."""


class ExtractError(TrackerError):
    """A page was fetched and no text could be taken from it.  Recorded; the round goes on."""


class StoreError(TrackerError):
    """The database cannot be read or written.  Stops the round."""


class DamageError(StoreError):
    """A stored page is missing, or no longer what was fetched.  Its document's failure; the round goes on."""


class HistoryError(TrackerError):
    """An archive of another tool cannot be read."""


class LexiconError(TrackerError):
    """A lexicon or the taxonomy is malformed; the message names file, key and what would be right."""


class DeliveryError(TrackerError):
    """A channel did not take a message.  Recorded in the outbox; tried again if ``retryable``.

    ``pause`` is how many seconds the channel asked to be left alone (Retry-After, RFC 9110, section 10.2.3); 0: it
    did not.
    """

    def __init__(self, message: str, *, retryable: bool, pause: float = 0.0) -> None:
        super().__init__(message, retryable=retryable)
        self.pause = pause
