"""Everything a journal holds, opened: two journals are the same when these are equal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from telewelfare.domain.operations import Actor
from telewelfare.store.engine import open_engine
from telewelfare.store.journal import Journal
from telewelfare.store.rows import meta, operations, records
from telewelfare.store.seal import Seal

KEY = bytes(range(32))
Snapshot = dict[str, list[tuple[Any, ...]]]


def journal(folder: Path, actor: Actor) -> Journal:
    """The journal of a folder, with a key that every test knows."""
    return Journal(open_engine(folder / "journal.db"), Seal(KEY), actor)


def snapshot(kept: Journal) -> Snapshot:
    """All rows with opened bodies."""
    seal = Seal(KEY)
    with kept.engine.connect() as db:
        return {
            "record": [
                (*row[:-1], seal.open_json(row.body, f"{row.kind}:{row.id}"))
                for row in db.execute(records.select().order_by(records.c.id))
            ],
            "operation": [
                (*row[:-1], seal.open_json(row.body, f"op:{row.n}"))
                for row in db.execute(operations.select().order_by(operations.c.n))
            ],
            "meta": [tuple(row) for row in db.execute(meta.select().order_by(meta.c.key))],
        }
