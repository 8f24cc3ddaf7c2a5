"""How a reply of the centre becomes part of the device's records."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, update

from telewelfare.domain.clock import ClockAhead, Millis, observe, parse_stamp
from telewelfare.domain.fields import Path, Values
from telewelfare.domain.ids import DeviceId, RecordId
from telewelfare.domain.lifecycle import WRITTEN_BY_MOVE
from telewelfare.domain.operations import Record, author
from telewelfare.store.changes import Touched
from telewelfare.store.rows import (
    ACKNOWLEDGED,
    PENDING,
    REJECTED,
    SET_ASIDE,
    Rows,
    operations,
    records,
)


@dataclass(frozen=True, slots=True)
class News:
    """What changed of one record; `whole` = forget paths not named here."""

    kind: str
    id: RecordId
    sets: Values
    stamps: Mapping[Path, str]
    seq: int
    whole: bool


@dataclass(frozen=True, slots=True)
class Reply:
    """What a round brought, to be taken in as one piece."""

    acknowledged: int
    rejected: Mapping[int, str]  # operation number: code
    news: Sequence[News]
    removed: Sequence[str]  # cases, persons … out of reach
    cursor: str
    now: Millis  # the centre's clock


def take_in(rows: Rows, reply: Reply, device: DeviceId) -> Touched:
    """Apply a reply inside the caller's transaction; give what changed."""
    _settle(rows, reply)
    touched = {(news.kind, news.id) for news in reply.news if _merge(rows, news, reply.now, device)}
    touched |= _forget(rows, _out_of_reach(rows, reply))
    _observe(rows, reply)
    rows.put("cursor", reply.cursor.encode())
    return touched


def _settle(rows: Rows, reply: Reply) -> None:
    """Acknowledge by number; what was made since the request went out stays pending."""
    named = (operations.c.n <= reply.acknowledged) & (operations.c.state == PENDING)
    rows.db.execute(update(operations).where(named).values(state=ACKNOWLEDGED))
    for number, code in reply.rejected.items():
        refused = update(operations).where(operations.c.n == number)
        rows.db.execute(refused.values(state=REJECTED, code=code))
    _set_mended_aside(rows)


def _set_mended_aside(rows: Rows) -> None:
    """What was refused is mended once later edits of the same paths were taken."""
    refused = operations.select().where(operations.c.state == REJECTED)
    for row in rows.db.execute(refused).all():
        mine = operations.c.record_id == row.record_id
        later = mine & (operations.c.n > row.n) & (operations.c.state == ACKNOWLEDGED)
        taken = rows.db.execute(operations.select().where(later)).all()
        again = {path for one in taken for path in rows.operation(one).sets}
        if set(rows.operation(row).sets) <= again:
            here = update(operations).where(operations.c.n == row.n)
            rows.db.execute(here.values(state=SET_ASIDE))


def _merge(rows: Rows, news: News, now: Millis, device: DeviceId) -> bool:
    """The centre is right, except about what it has not been told yet."""
    had = rows.load(news.id) or Record(news.kind, news.id)
    unsent = _unsent(rows, news)
    values = {} if news.whole else dict(had.values)
    stamps = {} if news.whole else dict(had.stamps)
    values |= news.sets
    stamps |= news.stamps
    for path, stamp in had.stamps.items():
        newer_here = unsent.get(path, "") > stamps.get(path, "")
        typed_here = path not in stamps and author(stamp) == device
        if newer_here or typed_here:
            values[path], stamps[path] = had.values.get(path), stamp
    merged = Record(news.kind, news.id, values, stamps)
    rows.store(merged, now, news.seq)
    return merged != had


def _unsent(rows: Rows, news: News) -> dict[Path, str]:
    """For each path that the centre has not been told of, our newest stamp."""
    found: dict[Path, str] = {}
    for op in rows.pending_of(news.id):
        found |= dict.fromkeys(op.sets, op.stamp)
    if news.kind == "case":
        for event in rows.pending_moves_of(news.id):
            found |= dict.fromkeys(WRITTEN_BY_MOVE, event.stamp)
    return found


def _out_of_reach(rows: Rows, reply: Reply) -> list[str]:
    """What to remove: what was lost now, and what was lost before with work that was not sent."""
    found = rows.get("leaving")
    earlier: list[str] = json.loads(found) if found else []
    regained = {news.id for news in reply.news if news.whole}
    return sorted({*reply.removed, *(root for root in earlier if root not in regained)})


def _forget(rows: Rows, roots: Sequence[str]) -> Touched:
    """Remove what is out of reach now; whatever is unsent of it stays until it is sent."""
    touched: Touched = set()
    unsent = operations.select().with_only_columns(operations.c.record_id)
    unsent = unsent.where(operations.c.state == PENDING)
    for root in roots:
        gone = (records.c.id == root) | (records.c.case_id == root)
        gone &= records.c.id.not_in(unsent)
        found = rows.db.execute(records.select().where(gone)).all()
        touched |= {(row.kind, RecordId(row.id)) for row in found}
        rows.db.execute(delete(records).where(gone))
    _leave_later(rows, roots)
    return touched


def _leave_later(rows: Rows, roots: Sequence[str]) -> None:
    """Remember what is out of reach but holds unsent work: the centre says it only once."""
    staying = [root for root in roots if _has_any(rows, root)]
    if staying or rows.get("leaving"):
        rows.put("leaving", json.dumps(staying).encode())


def _has_any(rows: Rows, root: str) -> bool:
    here = records.select().where((records.c.id == root) | (records.c.case_id == root)).limit(1)
    return rows.db.execute(here).first() is not None


def _observe(rows: Rows, reply: Reply) -> None:
    """Move our clock past everything we have seen, so that our next edit sorts after it."""
    newest = max((stamp for news in reply.news for stamp in news.stamps.values()), default="")
    remote = parse_stamp(newest)
    if remote is None:
        return
    moved = observe(rows.clock(), remote, reply.now)
    if not isinstance(moved, ClockAhead):
        rows.put("clock", moved.text.encode())
