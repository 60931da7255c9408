"""Blocks in their contexts, each stored once however many versions hold it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter

from tracker.model import Block, BlockKind
from tracker.store.encoding import Row, list_text, strings_of
from tracker.store.file import DatabaseFile, Part

_Place = tuple[str, BlockKind, int, tuple[str, ...], str]
_place_of = attrgetter("id", "kind", "level", "headings", "lead")

# One version is some two hundred passages, most of them those of the version before it.
_CACHED_PASSAGES = 200_000


class Passages(Part):
    """Numbers are given here and not by SQLite, so that a whole version's rows go in at once: nobody else writes
    during a transaction.
    """

    def __init__(self, file: DatabaseFile) -> None:
        super().__init__(file)
        self._passage_ids: dict[_Place, int] = {}
        self._context_ids: dict[tuple[tuple[str, ...], str], int] = {}
        file.caches += [self._passage_ids, self._context_ids]

    def intern(self, blocks: Sequence[Block]) -> tuple[int, ...]:
        """The passage ids of the blocks, in their order, adding those not yet stored.  Belongs into a transaction.

        Blocks of the same id say the same: the text that was stored first stays.
        """
        self._file.require_transaction()
        # Nearly all are known; map and attrgetter keep that case out of the interpreter's loop.
        places: list[_Place] = list(map(_place_of, blocks))
        found = list(map(self._passage_ids.get, places))
        if None in found:
            if len(self._passage_ids) > _CACHED_PASSAGES:
                self._passage_ids.clear()
                self._context_ids.clear()
                found = [None] * len(found)
            self._load({p: block for p, block, number in zip(places, blocks, found, strict=True) if number is None})
        return tuple(map(self._passage_ids.__getitem__, places))

    def _load(self, missing: dict[_Place, Block]) -> None:
        """Find or add those whose ids are not at hand."""
        known = self._passage_ids
        block_ids = self._block_ids(missing.values())
        columns = {p: (block_ids[p[0]], self._context_id(p[3], p[4]), p[1].value, p[2]) for p in missing}
        places = list(columns)
        stored = self._file.rows(
            "SELECT w.key, p.id FROM json_each(?) w JOIN passages p ON p.block = w.value ->> 0"
            " AND p.context = w.value ->> 1 AND p.kind = w.value ->> 2 AND p.level = w.value ->> 3",
            (list_text(columns.values()),),
        )
        known.update((places[index], passage) for index, passage in stored)
        added = [place for place in places if place not in known]
        (last,) = self._file.rows("SELECT coalesce(max(id), 0) FROM passages")[0]
        numbers = range(last + 1, last + 1 + len(added))
        self._file.run_many(
            "INSERT INTO passages (id, block, context, kind, level) VALUES (?, ?, ?, ?, ?)",
            [(number, *columns[place]) for number, place in zip(numbers, added, strict=True)],
        )
        known.update(zip(added, numbers, strict=True))

    def _block_ids(self, blocks: Iterable[Block]) -> dict[str, int]:
        """The blocks' numbers by their ids, adding those not yet stored."""
        texts: dict[str, str] = {}
        for block in blocks:
            texts.setdefault(block.id, block.text)
        stored: dict[str, int] = dict(
            self._file.rows(
                "SELECT b.hash, b.id FROM json_each(?) w JOIN blocks b ON b.hash = w.value", (list_text(texts),)
            )
        )
        (last,) = self._file.rows("SELECT coalesce(max(id), 0) FROM blocks")[0]
        added = {identity: number for number, identity in enumerate((t for t in texts if t not in stored), last + 1)}
        self._file.run_many(
            "INSERT INTO blocks (id, hash, text) VALUES (?, ?, ?)",
            [(number, identity, texts[identity]) for identity, number in added.items()],
        )
        self._file.run_many(
            "INSERT INTO blocks_fts (rowid, text) VALUES (?, ?)",
            [(number, texts[identity]) for identity, number in added.items()],
        )
        return stored | added

    def _context_id(self, headings: tuple[str, ...], lead: str) -> int:
        found = self._context_ids.get((headings, lead))
        if found is None:
            columns = (list_text(headings), lead)
            added = self._file.run("INSERT OR IGNORE INTO contexts (headings, lead) VALUES (?, ?)", columns)
            found = added.lastrowid if added.rowcount else None
            if found is None:
                (found,) = self._file.rows("SELECT id FROM contexts WHERE headings = ? AND lead = ?", columns)[0]
            self._context_ids[headings, lead] = found
        return found

    def last_passage(self) -> int:
        """The highest id that a passage has; 0 if there is none."""
        return int(self._file.rows("SELECT coalesce(max(id), 0) FROM passages")[0][0])

    def blocks(self, passages: Iterable[int]) -> tuple[Block, ...]:
        """The blocks of these passages, in their order."""
        wanted = list(passages)
        found = self._blocks_of(set(wanted))
        return tuple([found[passage] for passage in wanted])

    def _blocks_of(self, passages: Iterable[int]) -> dict[int, Block]:
        rows = self._file.rows(
            "SELECT p.id, b.hash, b.text, p.kind, c.headings, c.lead, p.level FROM json_each(?) w"
            " JOIN passages p ON p.id = w.value JOIN blocks b ON b.id = p.block JOIN contexts c ON c.id = p.context",
            (list_text(passages),),
        )
        return {row[0]: _block(row[1:]) for row in rows}


def _block(row: Row) -> Block:
    identity, text, kind, headings, lead, level = row
    return Block(identity, text, BlockKind(kind), strings_of(headings), lead, level)
