"""When device and centre do not count alike: one of the two was brought back from an old copy."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from sqlalchemy import delete, select, update

from telewelfare.domain.clock import Millis
from telewelfare.store.rows import (
    ACKNOWLEDGED,
    PENDING,
    REJECTED,
    SET_ASIDE,
    Rows,
    operations,
)

FIRST: Final = 1


def send_again(rows: Rows, first: int) -> int:
    """Make what was acknowledged or refused from number `first` on wait again; give how much.

    For a centre that lacks what it once acknowledged. What it refused goes too, for it takes
    no number before it has seen the one below.
    """
    lost = (operations.c.n >= first) & (operations.c.state != PENDING)
    return rows.db.execute(update(operations).where(lost).values(state=PENDING)).rowcount


def last_settled(rows: Rows) -> int:
    """The highest number of which the centre has said what became of it; 0 = none."""
    newest = (
        select(operations.c.n)
        .where(operations.c.state == state)
        .order_by(operations.c.n.desc())
        .limit(1)
        for state in (ACKNOWLEDGED, REJECTED, SET_ASIDE)
    )
    return max((rows.db.scalar(query) or 0 for query in newest), default=0)


def renumber(rows: Rows, first: int, since: int = FIRST) -> int:
    """Count what waits from number `since` on anew, from `first` on; give how much that is.

    For a device whose file is an old copy: the centre knows its next numbers already, as other
    work, and would take what waits for that. What waits below `since` keeps its numbers: the
    centre may have it. The centre is asked for everything.
    """
    waits = (operations.c.state == PENDING) & (operations.c.n >= since)
    found = rows.db.execute(operations.select().where(waits).order_by(operations.c.n)).all()
    kept = [(rows.operation(row), Millis(row.made_at)) for row in found]
    rows.db.execute(delete(operations).where(waits))
    for number, (op, made_at) in enumerate(kept, start=first):
        rows.file(replace(op, n=number), made_at)
    rows.put("next_n", str(max(next_number(rows), first + len(kept))).encode())
    rows.put("cursor", b"")
    return len(kept)


def next_number(rows: Rows) -> int:
    """The number of the next operation made here."""
    return int(rows.get("next_n") or FIRST)
