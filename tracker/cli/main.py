"""The command line: finds the command, loads only its module, turns errors into one line and an exit code."""

from __future__ import annotations

import argparse
import errno
import io
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import NoReturn

from tracker import __version__
from tracker.errors import ConfigError, TrackerError, UsageError

# command → (module below tracker.cli, what it does)
COMMANDS = {
    "demo": ("demo", "play the founding case through the real pipeline, offline"),
    "init": ("config", "write a commented config.toml to start from"),
    "config": ("config", "check the configuration"),
    "discover": ("discover", "find a service's documents and print the configuration for them"),
    "doctor": ("doctor", "try every document once, show what is read and what looks wrong"),
    "check": ("check", "check documents once, now (for cron)"),
    "run": ("run", "check every document on its schedule until stopped"),
    "status": ("status", "how each document and the deliveries stand"),
    "log": ("log", "the versions of a document"),
    "show": ("show", "the text of a version"),
    "diff": ("diff", "what changed between two versions"),
    "practices": ("practices", "which document discloses which practice since when"),
    "gaps": ("gaps", "practices that help pages assert and the terms do not disclose"),
    "events": ("events", "what happened"),
    "alerts": ("alerts", "what was sent, failed or waits"),
    "claims": ("claims", "reject a claim that is wrong"),
    "evidence": ("evidence", "put what a gap rests on into one archive, with how to verify it"),
    "detect": ("detect", "the claims in any HTML, Markdown, PDF or text"),
    "import": ("history", "read another archive's history, with its dates"),
    "export": ("export", "events, gaps, claims or versions as JSON Lines or CSV"),
    "rebuild": ("rebuild", "recompute everything derived from the snapshots"),
    "thin": ("thin", "drop old raw pages that stand between others of the same version"),
    "backup": ("backup", "copy the database into one consistent file"),
}

EXIT_FINE, EXIT_FAILED, EXIT_USAGE = 0, 1, 2
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)  # what writing to a full or failing disk ends with


class Parser(argparse.ArgumentParser):
    """Tells what is wrong with the arguments in one line, as every other error is told."""

    def error(self, message: str) -> NoReturn:
        complain(f"{message}: see `{self.prog} --help`")
        sys.exit(EXIT_USAGE)


def parser() -> argparse.ArgumentParser:
    """The parser of the first word; each command's own arguments are parsed by its module."""
    listing = "\n".join(f"  {name:<10} {text}" for name, (_, text) in COMMANDS.items())
    top = Parser(
        prog="tracker",
        description="Tracks what services disclose about people's data, and where they disclose it first.",
        usage="tracker [--version] [--config PATH] [--db PATH] COMMAND …",
        epilog=f"commands:\n{listing}\n\n`tracker COMMAND --help` tells more.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"policy-tracker {__version__}")
    common(top)
    top.add_argument("command", nargs="?", help=argparse.SUPPRESS)
    top.add_argument("rest", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    return top


def common(target: argparse.ArgumentParser, *, default: object = None) -> None:
    """The options that stand before or behind the command."""
    target.add_argument(
        "--config", type=Path, metavar="PATH", default=default, help="the configuration (default: config.toml)"
    )
    target.add_argument(
        "--db", type=Path, metavar="PATH", default=default, help="the database (default: the configuration's)"
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command.  0: fine; 1: something failed; 2: usage or configuration."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # it was closed (`>&-`): the next file opened would take its place
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - it stays open to the end
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that lacks a letter still gets the rest
    top = parser()
    first = top.parse_args(argv)
    if first.command is None:
        top.print_help()
        return EXIT_USAGE
    if first.command not in COMMANDS:
        complain(f"unknown command {first.command!r}: see `tracker --help`")
        return EXIT_USAGE
    name, text = COMMANDS[first.command]
    module = import_module(f"tracker.cli.{name}")
    own = Parser(prog=f"tracker {first.command}", description=text[0].upper() + text[1:] + ".")
    own.set_defaults(command=first.command)
    common(own, default=argparse.SUPPRESS)
    module.arguments(own, first.command)
    arguments = own.parse_args(first.rest, argparse.Namespace(config=first.config, db=first.db))
    return guarded(module.run, arguments)


def guarded(run: Callable[[argparse.Namespace], int], arguments: argparse.Namespace) -> int:
    """Calls a command and turns what it raises into lines on standard error."""
    try:
        code = run(arguments)
        sys.stdout.flush()
    except ConfigError as error:
        for problem in error.problems:
            complain(problem)
        return EXIT_USAGE
    except UsageError as error:
        complain(str(error))
        return EXIT_USAGE
    except TrackerError as error:
        complain(str(error))
        return EXIT_FAILED
    except BrokenPipeError:
        leave_unwritten()  # the reader of our output went away (`tracker log … | head`): not an error
        return EXIT_FINE
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        complain(f"the output cannot be written: {os.strerror(error.errno)}: make room on its disk")
        leave_unwritten()
        return EXIT_FAILED
    except KeyboardInterrupt:
        return 130  # 128 + SIGINT, as shells report it
    return code


def leave_unwritten() -> None:
    """Sends what a stream could not write nowhere: else Python flushes it again at its end, and fails."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def complain(text: str) -> None:
    """One line on standard error, if it can be written; control characters of hostile text never reach the terminal."""
    shown = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)
    with suppress(OSError):  # the exit code still tells
        print(f"tracker: {shown}", file=sys.stderr)
