"""All benchmarks, or those named, as Markdown.

python -m benchmarks [NAME]…
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

TITLES = {
    "startup": "Start-up of `tracker --help`",
    "extraction": "Policies in realistic pages",
    "round": "A round over unchanged and changed pages",
    "imports": "The import of an archive",
    "noise": "What is told of four years of twenty-six services",
    "durability": "What becomes of changes when something fails",
    "diff": "Diffs of real versions",
    "practices": "Reading practices",
}


def main() -> int:
    """Each runs in a process of its own, so that none pays for another; one that fails does not stop the others."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(TITLES)} (default: all)")
    names = parser.parse_args().names or list(TITLES)
    if unknown := [name for name in names if name not in TITLES]:
        parser.error(f"{unknown[0]} is no benchmark: they are {', '.join(TITLES)}")
    failed = False
    for name in names:
        print(f"## {TITLES[name]}\n", flush=True)
        command = [sys.executable, "-m", f"benchmarks.{name}"]
        failed |= subprocess.run(command, cwd=Path(__file__).parents[1]).returncode != 0
        print(flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
