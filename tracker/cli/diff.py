"""`tracker diff`: what changed between two versions, two documents or two files."""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from heapq import nlargest
from pathlib import Path

from tracker.cli.context import STOOD, beginning, colour, configuration, document_key, reading_store, version_at, width
from tracker.cli.paging import show
from tracker.config import Config, Selection
from tracker.diff import diff
from tracker.diff.links import with_targets
from tracker.errors import UsageError
from tracker.model import Block, Claim, Diff, DocumentKey, Op, VersionRecord
from tracker.store import Store
from tracker.views import diffs
from tracker.views.changes import Look
from tracker.views.tables import minute

FORMATS = ("terminal", "side-by-side", "html", "json", "patch")
LONGEST = 12  # blocks that say which language a text is in …
MOST_READ = 1_000_000  # characters in which practices are looked for in two files: a few seconds' work
LEAST_TOLD = 200  # … if they have so many letters


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two texts.  ``version`` is "" for a file; ``language`` None where nobody said; ``claims`` by block.

    ``links`` says where links lead if that was asked for.
    """

    name: str
    version: str
    blocks: tuple[Block, ...]
    claims: dict[Block, tuple[Claim, ...]]
    language: str | None
    links: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def title(self) -> str:
        return f"{self.name}, {self.version}" if self.version else self.name


def arguments(parser: argparse.ArgumentParser, _: str) -> None:
    parser.usage = (
        "%(prog)s SERVICE/DOCUMENT [FROM [TO]] | SERVICE/DOCUMENT OTHER/DOCUMENT [AT] | FILE FILE   [options]"
    )
    parser.add_argument("document", metavar="SERVICE/DOCUMENT", help="or a file")
    parser.add_argument(
        "old",
        nargs="?",
        metavar="FROM",
        help="a number, date or time (default: the one before TO); or another document",
    )
    parser.add_argument("new", nargs="?", metavar="TO", help="likewise (default: the last); a date means its end")
    parser.add_argument(
        "--since", metavar="DATE", help="from what stood as this day began, or so long ago: 12h, 30d, 8w, 6m, 1y"
    )
    parser.add_argument("--format", choices=FORMATS, default="terminal")
    parser.add_argument("--json", action="store_const", dest="format", const="json", help="the same as --format json")
    parser.add_argument("--stat", action="store_true", help="only how much changed in which section")
    parser.add_argument("--only", metavar="PRACTICE", help="only changes that touch it, such as ai-training")
    parser.add_argument("-U", "--unified", type=int, metavar="N", help="paragraphs of unchanged text around a change")
    parser.add_argument("--links", action="store_true", help="also links that lead elsewhere where the words stayed")
    parser.add_argument("--exit-code", action="store_true", help="exit with 1 if there are differences")


def run(options: argparse.Namespace) -> int:
    checked(options)
    old, new = sides(options)
    if old.name != new.name and old.version:
        comparable(old, new)
    look = Look(options.unified or 0, options.only, {**old.claims, **new.claims})
    found = with_targets(diff(old.blocks, new.blocks), old.links, new.links)
    title = f"{old.title} → {new.version if new.name == old.name and new.version else new.title}"
    if options.stat:
        show(diffs.stat(found, look, colour=colour(), width=width(), title=title))
    elif options.format == "terminal":
        show(diffs.terminal(found, look, colour=colour(), width=width(), title=title))
    elif options.format == "side-by-side":
        show(diffs.side_by_side(found, look, colour=colour(), width=width(), title=title))
    else:
        print(exported(found, look, options, title, new), end="")
    return int(options.exit_code and any(change.op is not Op.EQUAL for change in found.changes))


def exported(found: Diff, look: Look, options: argparse.Namespace, title: str, new: Side) -> str:
    """What goes into a file, unpaged.  Imported here: what makes pages takes longer to load than a diff takes."""
    from tracker.views import exports

    if options.format == "html":
        look = look if options.unified is not None else Look(1, look.only, look.claims)
        return exports.html(found, title, look, language=new.language)
    if options.format == "patch":
        return exports.patch(found, exports.file_name(new.name))
    return exports.json(found, look)


def checked(options: argparse.Namespace) -> None:
    """Refuses what cannot be meant."""
    if options.only:
        from tracker.practices.detector import detector

        practices = detector().taxonomy.practices
        if options.only not in practices:
            raise UsageError(f"{options.only!r} is no practice: known are {', '.join(sorted(practices))}")
    if options.unified is not None and options.unified < 0:
        raise UsageError(f"-U {options.unified}: give a number of paragraphs, 0 or more")
    if options.only and options.format == "patch":
        raise UsageError("a patch of some changes would make a text that nobody published: leave out --only")
    if options.links and options.format == "patch":
        raise UsageError("a patch is of the text, which holds no links: leave out --links")
    if options.since and (options.old or options.new):
        raise UsageError("--since says where to begin: leave out FROM and TO")


def sides(options: argparse.Namespace) -> tuple[Side, Side]:
    if options.old and Path(options.document).is_file() and Path(options.old).is_file():
        if options.new:
            raise UsageError("two files have no versions: leave out the third argument")
        if options.links:
            raise UsageError("--links is for documents whose pages are kept: leave it out for files")
        old, new = from_file(options.document), from_file(options.old)
        comparable(old, new)
        return read_where_changed(old, new, whatever=options.only is not None)
    if options.old and Path(options.document).is_file() and Path(options.old).suffix:
        raise UsageError(f"{options.old}: no such file to compare {options.document} with")
    missing = Path(options.document).suffix and not Path(options.document).is_file()
    if options.old and missing and files_meant(options.document, options.old):
        raise UsageError(f"{options.document}: no such file to compare with {options.old}")
    with reading_store(options) as store:
        records = versions(store, options)
        old, new = (from_store(store, record) for record in records)
        if options.links:
            config = configuration(options, required=False)
            old, new = (
                replace(side, links=links(store, config, of)) for side, of in zip((old, new), records, strict=True)
            )
        return old, new


def files_meant(*names: str) -> bool:
    """Whether each of the names is a file's, be it there or not."""
    from tracker.cli.detect import SUFFIXES

    return all(Path(name).is_file() or Path(name).suffix.lower() in SUFFIXES for name in names)


def from_file(name: str) -> Side:
    from tracker.cli.detect import SUFFIXES, content, read, sniffed

    body = content(name)
    found = read(body, SUFFIXES.get(Path(name).suffix.lower()) or sniffed(body), name)
    blocks = tuple(passage.block for passage in found)
    return Side(name, "", blocks, {}, None)


def read_where_changed(old: Side, new: Side, *, whatever: bool) -> tuple[Side, Side]:
    """The sides with what they claim: read in full only if a block claims something that the other side lacks.

    Where more than ``MOST_READ`` changed, nothing is read, and the user told so; unless it is wanted ``whatever`` it
    takes.
    """
    from tracker.practices.detector import detector

    ids = [{block.id for block in side.blocks} for side in (old, new)]
    changed = [block for side in (old, new) for block in side.blocks if not (block.id in ids[0] and block.id in ids[1])]
    if sum(len(block.text) for block in changed) > MOST_READ and not whatever:
        print("tracker: so much differs that practices were not looked for: --only PRACTICE does", file=sys.stderr)
        return old, new
    if not any(found.claims for found in detector().read_all(changed)):
        return old, new
    first, second = (replace(side, claims=claims_of(side.blocks)) for side in (old, new))
    return first, second


def claims_of(blocks: Sequence[Block]) -> dict[Block, tuple[Claim, ...]]:
    from tracker.practices.detector import detector

    said = detector().read_all(blocks)
    return {block: found.claims for block, found in zip(blocks, said, strict=True) if found.claims}


def from_store(store: Store, record: VersionRecord) -> Side:
    version = store.with_blocks(record)
    found = store.findings(record.passages)
    passages = zip(record.passages, version.blocks, strict=True)
    taken_back = {(each.block, each.practice) for each in store.rejections()}
    claims = {
        block: tuple(each for each in found[passage].claims if (block.id, each.practice) not in taken_back)
        for passage, block in passages
        if passage in found
    }
    number = f"version {record.number} of {minute(record.observed_at)}"
    return Side(str(record.document), number, version.blocks, claims, record.language)


def links(store: Store, config: Config, record: VersionRecord) -> Mapping[str, tuple[str, ...]]:
    """Where the links of a version lead, out of its pages."""
    from tracker.extract.targets import targets

    configured = [each for service in config.services for each in service.documents if each.key == record.document]
    selection = configured[0].selection_of if configured else lambda _: Selection()
    found: defaultdict[str, tuple[str, ...]] = defaultdict(tuple)
    for digest in record.snapshots:
        page = store.snapshot(digest, record.document)
        if page is None:
            message = f"the page of version {record.number} is not kept any more: where its links led is not known"
            raise UsageError(message)
        for block, texts in targets(page, selection(page.url)).items():
            found[block] += texts
    return found


def versions(store: Store, options: argparse.Namespace) -> tuple[VersionRecord, VersionRecord]:
    key = document_key(store, options.document)
    if options.old and "/" in options.old:
        return version_at(store, key, options.new), version_at(store, document_key(store, options.old), options.new)
    new = version_at(store, key, options.new)
    if options.since:
        return since(store, key, options.since), new
    if options.old is None:
        if new.number == 1:
            raise UsageError(f"{key} has one version only: there is nothing to compare")
        return version_at(store, key, str(new.number - 1)), new
    return version_at(store, key, options.old), new


def since(store: Store, key: DocumentKey, text: str) -> VersionRecord:
    """What stood then, or else the first that is known."""
    then = beginning(text)
    first = next((row for row in store.versions(key) if row.standing in STOOD), None) or version_at(store, key, None)
    return version_at(store, key, then.isoformat()) if first.observed_at <= then else first


def comparable(old: Side, new: Side) -> None:
    """Refuses texts in different languages: word by word, all of it would have changed."""
    languages = [language(side) for side in (old, new)]
    if all(languages) and languages[0] != languages[1]:
        raise UsageError(
            f"{old.title} is in another language ({languages[0]}) than {new.title} ({languages[1]}):"
            " compare texts in one language"
        )


def language(side: Side) -> str | None:
    """What a text's longest blocks are in; None where there is too little of it to say."""
    from tracker.practices.language import classify

    text = " ".join(block.text for block in nlargest(LONGEST, side.blocks, key=lambda block: len(block.text)))
    return classify(text) if len(text) >= LEAST_TOLD else None
