"""A payload → a program's standard input."""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import suppress
from datetime import datetime
from tempfile import TemporaryFile
from typing import IO

from tracker.alerts.compose import cut, one_line
from tracker.alerts.receipt import Receipt
from tracker.config import Channel
from tracker.errors import DeliveryError
from tracker.model import Payload

SECONDS = 60.0
_KEPT = ("PATH", "HOME", "LANG", "TZ", "TMPDIR")  # of the environment: the secrets of other channels are in it
_READ, _SHOWN = 400, 120  # bytes of the output that are read, characters of it that are shown


def send(channel: Channel, payload: Payload, _: datetime) -> Receipt:
    """Runs the program, without a shell, with the webhook's JSON on its standard input; exit code 0: it was taken.

    The variable TRACKER_DELIVERY holds the stable id.  A program that takes too long is killed with all that it
    started.  Raises DeliveryError; every failure of a program may pass.
    """
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ} | {"TRACKER_DELIVERY": payload.id}
    with TemporaryFile() as output:
        try:
            process = subprocess.Popen(  # noqa: S603 - the user's own program, named in their configuration
                channel.command,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=environment,
                start_new_session=True,
            )
        except OSError as error:
            raise DeliveryError(f"{channel.command[0]}: cannot be run: {error.strerror}", retryable=True) from error
        try:
            process.communicate(payload.body.encode() + b"\n", timeout=SECONDS)
        except subprocess.TimeoutExpired as error:
            raise DeliveryError(f"{channel.command[0]}: took over {SECONDS:g} seconds", retryable=True) from error
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        said = _said(output)
    if process.returncode:
        raise DeliveryError(f"{channel.command[0]}: exit code {process.returncode}{said}", retryable=True)
    return Receipt(f"{channel.command[0]}: exit code 0{said}")


def _said(output: IO[bytes]) -> str:
    """How the program's output begins, in quotation marks, or ""."""
    output.seek(0)
    said = cut(one_line(output.read(_READ).decode("utf-8", "replace")), _SHOWN)
    return f" (“{said}”)" if said else ""
