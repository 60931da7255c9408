"""Blocks in their contexts, each stored once however many versions hold it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from tracker.model import Block, BlockKind, DocumentKey, Hit
from tracker.store.encoding import Row, list_text, strings_of
from tracker.store.file import DatabaseFile, Part

_Context = tuple[str, str, int, tuple[str, ...], str]

# One version is some two hundred passages, most of them those of the version before it.
_CACHED_PASSAGES = 200_000


class Passages(Part):
    def __init__(self, file: DatabaseFile) -> None:
        super().__init__(file)
        self._passage_ids: dict[_Context, int] = {}
        file.caches.append(self._passage_ids)

    def intern(self, blocks: Sequence[Block]) -> tuple[int, ...]:
        """The passage ids of the blocks, in their order, adding those not yet stored.  Belongs into a transaction.

        Of blocks with the same id the text first seen is kept, as they say the same.
        """
        self._file.require_transaction()
        known = self._passage_ids
        contexts: list[_Context] = [(b.id, b.kind, b.level, b.headings, b.lead) for b in blocks]
        missing = {context: block for context, block in zip(contexts, blocks, strict=True) if context not in known}
        if missing:
            if len(known) > _CACHED_PASSAGES:
                known.clear()
                missing = dict(zip(contexts, blocks, strict=True))
            self._find(missing)
            self._add({context: block for context, block in missing.items() if context not in known})
        return tuple([known[context] for context in contexts])

    def _find(self, missing: dict[_Context, Block]) -> None:
        contexts = list(missing)
        rows = self._file.rows(
            "SELECT w.key, p.id FROM json_each(?) w JOIN blocks b ON b.hash = w.value ->> 0"
            " JOIN passages p ON p.block = b.id AND p.kind = w.value ->> 1 AND p.level = w.value ->> 2"
            " AND p.headings = w.value ->> 3 AND p.lead = w.value ->> 4",
            (json.dumps([(h, kind, level, list_text(headings), lead) for h, kind, level, headings, lead in contexts]),),
        )
        self._passage_ids.update((contexts[index], passage) for index, passage in rows)

    def _add(self, missing: dict[_Context, Block]) -> None:
        # Numbers are given here and not by SQLite, so that all rows go in at once: the transaction is the only writer.
        (last,) = self._file.rows("SELECT coalesce(max(id), 0) FROM passages")[0]
        self._file.run_many(
            "INSERT OR IGNORE INTO blocks (hash, text) VALUES (?, ?)",
            [(block.id, block.text) for block in missing.values()],
        )
        self._file.run_many(
            "INSERT INTO passages (id, block, kind, level, headings, lead)"
            " VALUES (?, (SELECT id FROM blocks WHERE hash = ?), ?, ?, ?, ?)",
            [
                (number, block.id, block.kind.value, block.level, list_text(block.headings), block.lead)
                for number, block in enumerate(missing.values(), last + 1)
            ],
        )
        self._passage_ids.update(zip(missing, range(last + 1, last + 1 + len(missing)), strict=True))

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
