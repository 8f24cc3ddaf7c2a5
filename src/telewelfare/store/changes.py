"""Which records each write touched, noted in its transaction, for whoever keeps a copy of them.

`rev` counts the writes of a device. A note is small and clear: kinds and ids, no value.
"""

from __future__ import annotations

import json
from typing import Final

from sqlalchemy import delete

from telewelfare.domain.ids import RecordId
from telewelfare.store.rows import Rows, meta

Touched = set[tuple[str, RecordId]]

REV: Final = "rev"
NOTE: Final = "changed:"
MANY: Final = 5_000  # records; from so many on it is quicker to read everything


def rev(rows: Rows) -> int:
    """How many writes there were."""
    return int(rows.get(REV) or 0)


def note(rows: Rows, touched: Touched) -> int:
    """Note what this transaction wrote; gives the number of the write."""
    number = rev(rows) + 1
    kept = sorted(touched) if len(touched) < MANY else None
    rows.put(REV, str(number).encode())
    rows.put(_key(number), json.dumps(kept).encode())
    return number


def since(rows: Rows, mark: int) -> frozenset[tuple[str, RecordId]] | None:
    """What was written after write number `mark`; `None` when that is not known or too much."""
    if mark < 0:
        return None
    notes = _notes(rows, after=mark)
    if len(notes) != rev(rows) - mark:
        return None
    found: Touched = set()
    for one in notes:
        touched = json.loads(one)
        if touched is None:
            return None
        found |= {(kind, RecordId(record)) for kind, record in touched}
    return frozenset(found) if len(found) < MANY else None


def forget(rows: Rows, mark: int) -> None:
    """Drop the notes of the writes up to number `mark`."""
    old = meta.c.key.startswith(NOTE) & (meta.c.key <= _key(mark))
    rows.db.execute(delete(meta).where(old))


def _notes(rows: Rows, after: int) -> list[bytes]:
    newer = meta.c.key.startswith(NOTE) & (meta.c.key > _key(after))
    query = meta.select().where(newer).order_by(meta.c.key)
    return [bytes(row.value) for row in rows.db.execute(query)]


def _key(number: int) -> str:
    return f"{NOTE}{number:015d}"
