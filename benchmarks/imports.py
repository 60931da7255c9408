"""The import of a whole archive, as a multiple of `git log -p` over the same repository.  Bars: 15; again: 1.

python -m benchmarks.imports
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BUNDLE = Path(__file__).parents[2] / "shared" / "data" / "ota" / "pga-versions.bundle"


def timed(command: list[str], cwd: Path) -> float:
    started = time.perf_counter()
    subprocess.run(command, check=True, cwd=cwd, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def main() -> None:
    if not BUNDLE.exists():
        print(f"skipped: {BUNDLE.name} is not there")
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        subprocess.run(["git", "clone", "--quiet", "--bare", str(BUNDLE), "versions.git"], check=True, cwd=folder)
        git = timed(["git", "-C", "versions.git", "log", "-p"], folder)
        tracker = [sys.executable, "-m", "tracker.cli", "import", "ota", str(BUNDLE), "--db", "tracker.db"]
        first = timed(tracker, folder)
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        again = timed(tracker, folder)
        size = (folder / "tracker.db").stat().st_size / 1e6
    print("| what | seconds | ratio to `git log -p` |\n| --- | ---: | ---: |")
    print(f"| `git log -p` | {git:.1f} | 1.0 |")
    print(f"| import of all | {first:.1f} | {first / git:.1f} (bar 15) |")
    print(f"| import again | {again:.1f} | {again / git:.1f} (bar 1) |")
    print(f"\nPeak memory {peak:.0f} MB; database {size:.0f} MB.")


if __name__ == "__main__":
    main()
