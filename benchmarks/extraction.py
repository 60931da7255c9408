"""How much of 50 real policies in realistic pages is read, and how much that is not theirs, beside three others.

    python -m benchmarks.extraction

Recall: the share of a policy's words that are read.  Noise: the share of what is read that is not the policy's.
Bars: recall 0.99 with a selector and 0.97 without, noise 0.03.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.furniture import Furnished, furnished
from tracker.config import Selection
from tracker.extract.markdown import blocks
from tracker.extract.page import extract_text

SHARED = Path(__file__).parents[2] / "shared" / "data" / "ota"
# Services whose texts may be looked at; the others are kept for measuring how practices are read.
SERVICES = ("LinkedIn", "Facebook", "Instagram", "X", "Reddit", "Pinterest", "Quora", "TikTok", "WhatsApp", "Threads",
            "Parler", "LINE", "Twitter", "TruthSocial", "Badoo", "Bumble", "Grindr", "happn", "Hinge")  # fmt: skip
POLICIES = 50
WORD = re.compile(r"[^\W_]+")
Reader = Callable[[Furnished], str]


def policies() -> Iterator[tuple[str, str]]:
    """The latest text of each document that is long enough to be one, the services in turn."""
    with tempfile.TemporaryDirectory() as folder:
        for bundle in ("pga-versions.bundle", "dating-versions.bundle"):
            clone = ["git", "clone", "--quiet", str(SHARED / bundle), f"{folder}/{bundle}"]
            subprocess.run(clone, check=True, capture_output=True)
        paths = [path for path in sorted(Path(folder).glob("*/*/*.md")) if path.parent.name in SERVICES]
        for path in sorted(paths, key=lambda path: (path.name, path.parent.name)):
            text = path.read_text(encoding="utf-8")
            if 3_000 < len(text) < 200_000:
                yield path.stem, text


def readers() -> dict[str, Reader]:
    found: dict[str, Reader] = {
        "`select` as configured": lambda page: ours(page.html, Selection((page.selector,))),
        "no selector": lambda page: ours(page.html, Selection()),
        "plain stripping": lambda page: stripped(page.html),
    }
    try:
        import trafilatura
        from readability import Document
    except ImportError:
        return found
    found["trafilatura"] = lambda page: trafilatura.extract(page.html, favor_recall=True, include_tables=True) or ""
    found["readability"] = lambda page: stripped(Document(page.html).summary())
    return found


def ours(html: str, selection: Selection) -> str:
    return "\n".join(block.text for block in extract_text(html, "text/html", selection).blocks)


def stripped(html: str) -> str:
    html = re.sub(r"(?s)<(script|style|head)\b.*?</\1>", " ", html)
    return re.sub(r"<[^>]+>", " ", html)


def words(text: str) -> Counter[str]:
    return Counter(WORD.findall(text.lower()))


def main() -> None:
    if not SHARED.is_dir():
        print("skipped: the histories in ../shared/data/ota are not there")
        return
    chosen = [page for page, _ in zip(policies(), range(POLICIES), strict=False)]
    pages = [(words("\n".join(b.text for b in blocks(text.encode()))), furnished(text, title, number))
             for number, (title, text) in enumerate(chosen)]  # fmt: skip
    print("| reader | recall, mean | recall, worst | noise, mean | noise, worst | CPU a page, ms |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    for name, reader in readers().items():
        recall, noise, begun = [], [], time.process_time()
        for truth, page in pages:
            read = words(reader(page))
            common = (truth & read).total()
            recall.append(common / truth.total())
            noise.append(1 - common / max(1, read.total()))
        spent = 1000 * (time.process_time() - begun) / len(pages)
        figures = (sum(recall) / len(recall), min(recall), sum(noise) / len(noise), max(noise))
        print(f"| {name} | {' | '.join(f'{figure:.3f}' for figure in figures)} | {spent:.0f} |")


if __name__ == "__main__":
    main()
