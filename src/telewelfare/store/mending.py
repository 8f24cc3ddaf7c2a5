"""Records that a check found wrong, made right; nothing that the centre was not told is touched."""

from __future__ import annotations

import json
from typing import Final

from sqlalchemy import delete, select

from telewelfare.domain.ids import RecordId
from telewelfare.domain.operations import Actor, Record
from telewelfare.store import guard
from telewelfare.store.changes import Touched
from telewelfare.store.checking import ALONE, ids_in, keep_ids, own_taken, unsettled
from telewelfare.store.merging import RESTORED, lost_there, merged
from telewelfare.store.replies import News, Reply
from telewelfare.store.rows import Rows, among, records

REPAIRED: Final = "repaired"  # meta: how many records were ever mended here, and when the last was


def mend(rows: Rows, reply: Reply, actor: Actor) -> Touched:
    """Make the records that were asked for as the centre has them; give what changed."""
    if not reply.wanted:
        return set()
    told = wanted(reply)
    touched = {(n.kind, n.id) for n in told.values() if _mend_one(rows, n, reply, actor)}
    touched |= _remove(rows, reply, frozenset(told))
    if touched:
        _count(rows, len(touched), reply)
    return touched


def wanted(reply: Reply) -> dict[RecordId, News]:
    """The records that were asked for, the last that the reply says of each."""
    asked = set(reply.wanted)
    return {news.id: news for news in reply.news if news.whole and news.id in asked}


def _mend_one(rows: Rows, news: News, reply: Reply, actor: Actor) -> bool:
    had = rows.load(news.id) or Record(news.kind, news.id)
    if lost_there(rows, news, had, actor):
        keep_ids(rows, ALONE, ids_in(rows, ALONE) | {news.id})
    right = merged(rows, news, had, actor)
    if right == had:
        return False
    rows.store(right, reply.now, news.seq)
    return True


def _remove(rows: Rows, reply: Reply, told: frozenset[RecordId]) -> Touched:
    """Let go what is not the worker's to hold, and what nobody knows, unless it may be the last."""
    missing = set(reply.wanted) - told - unsettled(rows)
    unknown = missing - set(reply.gone)
    last = {id_ for id_ in unknown if rows.get(RESTORED) or own_taken(rows, id_) is not None}
    here = _here(rows, last)
    if here:
        keep_ids(rows, ALONE, ids_in(rows, ALONE) | here.keys())
    going = _here(rows, guard.let_through(rows, missing - last, reply.now))
    rows.db.execute(delete(records).where(among(records.c.id, going)))
    return {(kind, RecordId(id_)) for id_, kind in going.items()}


def _here(rows: Rows, ids: set[str] | frozenset[str]) -> dict[str, str]:
    found = select(records.c.id, records.c.kind).where(among(records.c.id, ids))
    return {row.id: row.kind for row in rows.db.execute(found)}


def _count(rows: Rows, mended_now: int, reply: Reply) -> None:
    total = repaired(rows)[0] + mended_now
    rows.put(REPAIRED, json.dumps([total, reply.now]).encode())


def repaired(rows: Rows) -> tuple[int, int | None]:
    """How many records were ever mended here, and when the last was, in ms."""
    found = rows.get(REPAIRED)
    total, last = json.loads(found) if found else (0, None)
    return total, last
