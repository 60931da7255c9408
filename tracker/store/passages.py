"""Blocks in their contexts, each stored once however many versions hold it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter

from tracker.model import Block, BlockKind, DocumentKey, Hit
from tracker.store.encoding import Row, list_text, strings_of
from tracker.store.file import DatabaseFile, Part

_Context = tuple[str, BlockKind, int, tuple[str, ...], str]
_context_of = attrgetter("id", "kind", "level", "headings", "lead")

# One version is some two hundred passages, most of them those of the version before it.
_CACHED_PASSAGES = 200_000


class Passages(Part):
    """Numbers are given here and not by SQLite, so that a whole version's rows go in at once: nobody else writes
    during a transaction.
    """

    def __init__(self, file: DatabaseFile) -> None:
        super().__init__(file)
        self._passage_ids: dict[_Context, int] = {}
        file.caches.append(self._passage_ids)

    def intern(self, blocks: Sequence[Block]) -> tuple[int, ...]:
        """The passage ids of the blocks, in their order, adding those not yet stored.  Belongs into a transaction.

        Of blocks with the same id the text first seen is kept, as they say the same.
        """
        self._file.require_transaction()
        # Nearly all are known; map and attrgetter keep that case out of the interpreter's loop.
        contexts: list[_Context] = list(map(_context_of, blocks))
        found = list(map(self._passage_ids.get, contexts))
        if None in found:
            if len(self._passage_ids) > _CACHED_PASSAGES:
                self._passage_ids.clear()
                found = [None] * len(found)
            self._load({c: block for c, block, number in zip(contexts, blocks, found, strict=True) if number is None})
        return tuple(map(self._passage_ids.__getitem__, contexts))

    def _load(self, missing: dict[_Context, Block]) -> None:
        """Find or add those whose ids are not at hand."""
        known = self._passage_ids
        block_ids, is_new = self._add_blocks(missing.values())
        columns = {c: (block_ids[c[0]], c[1].value, c[2], list_text(c[3]), c[4]) for c in missing}
        order = [context for context in columns if context[0] not in is_new]
        stored = self._file.rows(
            "SELECT w.key, p.id FROM json_each(?) w JOIN passages p ON p.block = w.value ->> 0"
            " AND p.kind = w.value ->> 1 AND p.level = w.value ->> 2 AND p.headings = w.value ->> 3"
            " AND p.lead = w.value ->> 4",
            (list_text(columns[context] for context in order),),
        )
        known.update((order[index], passage) for index, passage in stored)
        added = [context for context in columns if context not in known]
        (last,) = self._file.rows("SELECT coalesce(max(id), 0) FROM passages")[0]
        numbers = range(last + 1, last + 1 + len(added))
        self._file.run_many(
            "INSERT INTO passages (id, block, kind, level, headings, lead) VALUES (?, ?, ?, ?, ?, ?)",
            [(number, *columns[context]) for number, context in zip(numbers, added, strict=True)],
        )
        known.update(zip(added, numbers, strict=True))

    def _add_blocks(self, blocks: Iterable[Block]) -> tuple[dict[str, int], set[str]]:
        """The blocks' numbers by their ids, and the ids of those that were not yet stored."""
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
        return stored | added, set(added)

    def blocks(self, passages: Iterable[int]) -> tuple[Block, ...]:
        """The blocks of these passages, in their order."""
        wanted = list(passages)
        found = self._blocks_of(set(wanted))
        return tuple([found[passage] for passage in wanted])

    def _blocks_of(self, passages: Iterable[int]) -> dict[int, Block]:
        rows = self._file.rows(
            "SELECT p.id, b.hash, b.text, p.kind, p.headings, p.lead, p.level FROM json_each(?) w"
            " JOIN passages p ON p.id = w.value JOIN blocks b ON b.id = p.block",
            (list_text(passages),),
        )
        return {row[0]: _block(row[1:]) for row in rows}

    def search(self, text: str, limit: int = 50) -> tuple[Hit, ...]:
        """Blocks of documents' latest versions that hold all these words, best first (accents and case aside).

        Words in double quotes must follow each other; nothing else in the text has a special meaning.
        """
        parts = text.split('"')  # every second one stood in quotes
        phrases = [p for i, part in enumerate(parts) for p in ([part] if i % 2 else part.split()) if p.strip()]
        if not phrases:
            return ()
        rows = self._file.rows(
            "SELECT l.service, l.document, l.number, l.block, l.text, l.kind, l.headings, l.lead, l.level"
            " FROM blocks_fts f JOIN blocks b ON b.id = f.rowid JOIN latest_blocks l ON l.block = b.hash"
            " WHERE blocks_fts MATCH ? ORDER BY f.rank, l.service, l.document, l.position LIMIT ?",
            (" ".join(f'"{phrase}"' for phrase in phrases), limit),
        )
        return tuple(Hit(DocumentKey(row[0], row[1]), row[2], _block(row[3:])) for row in rows)


def _block(row: Row) -> Block:
    identity, text, kind, headings, lead, level = row
    return Block(identity, text, BlockKind(kind), strings_of(headings), lead, level)
