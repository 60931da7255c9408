"""A dossier as the files of one archive."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime

from tracker.model import Dossier, Exhibit
from tracker.views import exports, gaps, records

EARLIEST = datetime(1980, 1, 1, tzinfo=UTC)  # the ZIP format cannot say an earlier time (APPNOTE.TXT, 4.4.6)
ENDINGS = {"text/html": "html", "application/pdf": "pdf", "text/markdown": "md", "application/xhtml+xml": "html"}
HOW = """How to verify

1. `sha256sum --check SHA256SUMS` shows damage.  It is no seal: who can change a page can change that list as well.
   The command that wrote the archive printed the archive's own SHA-256; what was noted elsewhere then proves it now.
2. Each page lies in pages/ as the server sent it (decoded from its transfer encoding), with its address, the time of
   the fetch, the status and all headers in the .json file beside it.  Its SHA-256 is that of the database it was
   exported from, where every later page is kept as well.
3. Pages whose origin begins with "ota:" come from an Open Terms Archive repository; the rest of the origin is the
   commit there, whose date is the time given here.  They are that archive's Markdown, not the page itself.
4. The quotations stand literally in the pages' texts; changes/ shows how the texts became what they are.
5. The times are those of the machine that fetched; compare them with independent archives of the same addresses.
"""


def files(dossier: Dossier) -> dict[str, bytes]:
    """The files by name, with a README and the checksums of all others."""
    out: dict[str, bytes] = {"gap.json": json_file(records.gap(dossier.gap))}
    listed = []
    for number, exhibit in enumerate(dossier.exhibits, 1):
        page = exhibit.page
        name = f"pages/{number:02}-{slug(page.document.document)}-{page.fetched_at:%Y%m%dT%H%M%SZ}"
        out[f"{name}.{ENDINGS.get(page.media_type, 'txt')}"] = page.body
        out[f"{name}.json"] = json_file(about(exhibit))
        seen = f"version {exhibit.version}, observed {exhibit.observed_at:%Y-%m-%d %H:%M} UTC: {exhibit.role}"
        listed.append(f"{number:02}  {page.document}, {seen}\n    {page.url or page.origin}\n    SHA-256 {page.digest}")
    for number, (title, change) in enumerate(dossier.changes, 1):
        out[f"changes/{number:02}.html"] = exports.html(change, title).encode()
    out["README.txt"] = "\n\n".join(["Evidence", gaps.gap(dossier.gap), "Pages\n\n" + "\n".join(listed), HOW]).encode()
    sums = "".join(f"{hashlib.sha256(body).hexdigest()}  {name}\n" for name, body in sorted(out.items()))
    return {**out, "SHA256SUMS": sums.encode()}


def about(exhibit: Exhibit) -> dict[str, object]:
    page = exhibit.page
    return {
        "document": str(page.document),
        "role": exhibit.role,
        "version": exhibit.version,
        "url": page.url,
        "final_url": page.final_url,
        "fetched_at": page.fetched_at,
        "status": page.status,
        "media_type": page.media_type,
        "origin": page.origin,
        "sha256": page.digest,
        "headers": [list(pair) for pair in page.headers],
    }


def json_file(record: Mapping[str, object]) -> bytes:
    return (json.dumps(records.plain(record), ensure_ascii=False, indent=2) + "\n").encode("utf-8", "replace")


def slug(text: str) -> str:
    """A name that is safe in any file system: hostile names never reach a path."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:60] or "document"


def archive(contents: Mapping[str, bytes], at: datetime) -> bytes:
    """A ZIP file; the same contents and time give the same bytes."""
    stamp = max(at.astimezone(UTC), EARLIEST).timetuple()[:6]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name, body in sorted(contents.items()):
            target.writestr(zipfile.ZipInfo(name, stamp), body, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
