"""A pull must not empty a device: whatever the reason, a person is asked first.

A mistake at the centre (a wrong area, a restored database, a fault of ours) looks to the device like
an order to let go. Small losses are the ordinary day; most of what is here at once is not.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Final

from sqlalchemy import func, or_, select

from telewelfare.domain.clock import Millis
from telewelfare.store.checking import HELD, ids_in, keep_ids
from telewelfare.store.rows import Rows, among, records

LEAST: Final = 20  # cases, persons …; below, a person finds out by themselves
LATELY: Final = "gone_lately"  # meta: what was let go within the last day
DAY: Final = 24 * 60 * 60 * 1000  # ms; a loss in many small steps is one loss


@dataclass(frozen=True, slots=True)
class Lately:
    """What was taken away since a moment."""

    since: int
    roots: int
    records: int


def let_through(rows: Rows, losses: Collection[str], now: Millis) -> frozenset[str]:
    """Which of these may be removed; none of them when it is too much, and they are noted.

    `losses` are roots, or single records.
    """
    here = _present(rows, losses)
    if not here:
        return frozenset()
    held, lately = ids_in(rows, HELD), _lately(rows, now)
    roots = len(here | held) + lately.roots
    doomed = _count(rows, here | held) + lately.records
    if roots >= LEAST and 2 * doomed > _count(rows) + lately.records:
        keep_ids(rows, HELD, here | held)
        return frozenset()
    gone = Lately(lately.since, lately.roots + len(here), lately.records + _count(rows, here))
    rows.put(LATELY, json.dumps(asdict(gone)).encode())
    return frozenset(here)


def regain(rows: Rows, roots: Collection[str]) -> None:
    """What the centre gives again is not to be let go any more."""
    held = ids_in(rows, HELD)
    if held & set(roots):
        keep_ids(rows, HELD, held - set(roots))


def let_go(rows: Rows) -> frozenset[str]:
    """A person allows it; give what is to be removed now."""
    held = ids_in(rows, HELD)
    keep_ids(rows, HELD, ())
    return frozenset(held)


def _present(rows: Rows, losses: Collection[str]) -> set[str]:
    within = records.select().with_only_columns(records.c.id, records.c.case_id)
    within = within.where(or_(among(records.c.id, losses), among(records.c.case_id, losses)))
    found = {id_ for row in rows.db.execute(within) for id_ in row}
    return found & set(losses)


def _lately(rows: Rows, now: Millis) -> Lately:
    found = rows.get(LATELY)
    kept = Lately(**json.loads(found)) if found else None
    return kept if kept and 0 <= now - kept.since < DAY else Lately(now, 0, 0)


def _count(rows: Rows, roots: Collection[str] | None = None) -> int:
    counting = select(func.count()).select_from(records)
    if roots is not None:
        counting = counting.where(or_(among(records.c.id, roots), among(records.c.case_id, roots)))
    return int(rows.db.execute(counting).scalar_one())
