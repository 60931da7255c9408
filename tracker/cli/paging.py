"""Output that is longer than the screen goes through the user's pager."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys


def show(text: str) -> None:
    """Print a text; if it goes to a terminal that is too low for it, by $PAGER (default: less), as git does.

    ``PAGER=cat`` and an empty PAGER mean none.  It is no error to close the pager early.
    """
    pager = os.environ.get("PAGER", "less")
    high = sys.stdout.isatty() and text.count("\n") >= shutil.get_terminal_size((100, 40)).lines
    command = _words(pager) if high and pager != "cat" else []
    if not command or shutil.which(command[0]) is None:
        print(text, end="")
        return
    sys.stdout.flush()
    # What git sets: colours pass (R), the screen stays (X), and less ends by itself where all fits (F).
    environment = {"LESS": "FRX", "LV": "-c", **os.environ}
    with subprocess.Popen(command, stdin=subprocess.PIPE, env=environment) as process:  # noqa: S603 - the user's own
        try:
            process.communicate(text.encode("utf-8", "replace"))
        except KeyboardInterrupt:
            process.wait()  # the pager's own affair: it restores the terminal before it ends


def _words(command: str) -> list[str]:
    try:
        return shlex.split(command)
    except ValueError:  # an open quotation mark
        return []
