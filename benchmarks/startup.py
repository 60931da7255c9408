"""How long `tracker --help` takes, as a multiple of `python -c pass`.  Bar: 4."""

from __future__ import annotations

import subprocess
import sys
import time

ROUNDS = 25


def best(command: list[str]) -> float:
    """The least of many runs, in seconds: what the machine can do when nothing else disturbs it."""
    least = float("inf")
    for _ in range(ROUNDS):
        started = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        least = min(least, time.perf_counter() - started)
    return least


def main() -> None:
    idle = best([sys.executable, "-c", "pass"])
    ours = best([sys.executable, "-c", "import sys; from tracker.cli.main import main; sys.exit(main(['--help']))"])
    print("| command | seconds | ratio |\n| --- | ---: | ---: |")
    print(f"| `python -c pass` | {idle:.3f} | 1.0 |\n| `tracker --help` | {ours:.3f} | {ours / idle:.1f} (bar 4) |")


if __name__ == "__main__":
    main()
