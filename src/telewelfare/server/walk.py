"""The order in which a device is sent what is in its scope, one leg at a time; without bodies.

A first sync goes through the records: first those that matter today, then all others, the newest
first. Whatever is written or moved meanwhile comes after, as on any other day. On any other day it
goes by ledger number, and no leg looks at more than it gives.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    and_,
    exists,
    func,
    or_,
    select,
    tuple_,
)

from telewelfare.domain.operations import Actor
from telewelfare.server.cursors import Cursor
from telewelfare.server.scope import in_scope
from telewelfare.server.tables import GAIN, HEAD_START, REACH, RECORD, REMOVAL

FIRST: Final = "00000000-0000-0000-0000-000000000000"
LAST: Final = "ffffffff-ffff-ffff-ffff-ffffffffffff"

Places = Select[tuple[str, int, int, int]]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record stands in the feed; `since`: within the worker's reach since when."""

    id: str
    effective: int
    since: int


@dataclass(frozen=True, slots=True)
class Leg:
    """Some places, what was lost meanwhile, and where to go on; `more`: there may be more."""

    places: Sequence[Place]
    removed: Sequence[str]
    cursor: Cursor
    more: bool = True


def begun(db: Connection, actor: Actor, cursor: Cursor, newest: int) -> Cursor:
    """The cursor, or for a device that has none yet, where its first sync begins."""
    if not cursor.is_fresh:
        return cursor
    mine = HEAD_START.c.centre_id == actor.centre, HEAD_START.c.device == actor.device
    upto = db.scalar(select(HEAD_START.c.upto_seq).where(*mine).limit(1))
    left = db.scalar(select(func.count()).select_from(RECORD).where(in_scope(actor))) or 0
    seq = newest if upto is None else min(upto, newest)
    return replace(cursor, seq=seq, rank=0, id=FIRST, left=left)


def leg(db: Connection, actor: Actor, cursor: Cursor, limit: int, newest: int) -> Leg:
    """At most `limit` places from a cursor on."""
    if cursor.base or not cursor.seq:
        return _by_number(db, actor, cursor, limit, newest)
    step = _by_id if cursor.rank is None else _by_rank
    done = step(db, actor, cursor, limit)
    left = max(0, cursor.left - len(done.places))
    return replace(
        done,
        removed=_lost_meanwhile(db, actor, cursor, newest),
        cursor=replace(done.cursor, left=0 if done.cursor.base else left),
    )


def today_left(db: Connection, actor: Actor, cursor: Cursor) -> int:
    """How many records that matter today are still to come."""
    if cursor.base or cursor.rank is None:
        return 0
    rest = _today(actor, cursor).with_only_columns(func.count())
    return db.scalar(rest) or 0


def _by_rank(db: Connection, actor: Actor, cursor: Cursor, limit: int) -> Leg:
    query = _today(actor, cursor).order_by(HEAD_START.c.rank, RECORD.c.id).limit(limit + 1)
    rows = db.execute(query).all()
    page = [Place(row.id, row.seq, 0) for row in rows[:limit]]
    if len(rows) > limit:
        return Leg(page, (), replace(cursor, rank=rows[limit - 1].rank, id=page[-1].id))
    return Leg(page, (), replace(cursor, rank=None, id=LAST))


def _today(actor: Actor, cursor: Cursor) -> Select[tuple[str, int, int]]:
    here = HEAD_START.c.rank, RECORD.c.id
    query = select(RECORD.c.id, RECORD.c.seq, HEAD_START.c.rank).join_from(
        HEAD_START,
        RECORD,
        and_(HEAD_START.c.centre_id == RECORD.c.centre_id, HEAD_START.c.root == RECORD.c.root),
    )
    beyond = tuple_(*here) > tuple_(cursor.rank or 0, cursor.id)
    return query.where(_started(actor, cursor), in_scope(actor), beyond)


def _started(actor: Actor, cursor: Cursor) -> ColumnElement[bool]:
    """The head start of this first sync, not of an earlier one."""
    return and_(
        HEAD_START.c.centre_id == actor.centre,
        HEAD_START.c.device == actor.device,
        HEAD_START.c.upto_seq == cursor.seq,
    )


def _by_id(db: Connection, actor: Actor, cursor: Cursor, limit: int) -> Leg:
    """All that had no head start. What of it was not there then was written since, and comes later."""
    sent = exists().where(_started(actor, cursor), HEAD_START.c.root == RECORD.c.root)
    query = select(RECORD.c.id, RECORD.c.seq).where(in_scope(actor), RECORD.c.id < cursor.id, ~sent)
    rows = db.execute(query.order_by(RECORD.c.id.desc()).limit(limit + 1)).all()
    page = [Place(row.id, row.seq, 0) for row in rows[:limit]]
    if len(rows) > limit:
        return Leg(page, (), replace(cursor, id=page[-1].id))
    return Leg(page, (), Cursor(cursor.epoch, cursor.seq, cursor.seq))


def _by_number(db: Connection, actor: Actor, cursor: Cursor, limit: int, newest: int) -> Leg:
    if cursor.seq >= newest and not cursor.id:
        return Leg((), (), Cursor(cursor.epoch, cursor.seq, cursor.seq), more=False)
    found = [
        Place(row.id, row.effective, max(row.since, row.gained))
        for query in _streams(actor, cursor, newest)
        for row in db.execute(query.limit(limit + 1))
    ]
    found.sort(key=lambda place: (place.effective, place.id))
    page, more = found[:limit], len(found) > limit
    end = page[-1].effective if more else newest
    removed = _lost(db, actor, cursor.seq, end)
    if not more:
        seq = max(newest, cursor.seq)
        return Leg(page, removed, Cursor(cursor.epoch, seq, seq), more=False)
    left = cursor.left - len(page)
    if left <= 0:
        left = _count(db, actor, cursor, newest) - len(page)
    onward = Cursor(cursor.epoch, cursor.base, end, page[-1].id, left=left)
    return Leg(page, removed, onward)


def _count(db: Connection, actor: Actor, cursor: Cursor, newest: int) -> int:
    counts = (
        select(func.count()).select_from(query.order_by(None).subquery())
        for query in _streams(actor, cursor, newest)
    )
    return sum(db.scalar(count) or 0 for count in counts)


def _streams(actor: Actor, cursor: Cursor, newest: int) -> tuple[Places, Places, Places]:
    """Records by the newest of three numbers: written, assigned, or gained. Each has its index.

    Up to `newest` only, so that all three tell of one moment however long they take.
    """
    since, gained = func.coalesce(REACH.c.since_seq, 0), func.coalesce(GAIN.c.seq, 0)
    own_reach = and_(
        REACH.c.centre_id == actor.centre,
        REACH.c.worker_id == actor.worker,
        REACH.c.root == RECORD.c.root,
    )
    own_gain = and_(
        GAIN.c.centre_id == actor.centre,
        GAIN.c.worker_id == actor.worker,
        GAIN.c.record_id == RECORD.c.id,
    )
    written = RECORD.outerjoin(REACH, own_reach).outerjoin(GAIN, own_gain)
    given = REACH.join(RECORD, own_reach).outerjoin(GAIN, own_gain)
    won = GAIN.join(RECORD, own_gain).outerjoin(REACH, own_reach)

    def stream(
        source: FromClause, number: ColumnElement[int], *newer: ColumnElement[bool]
    ) -> Places:
        shown = RECORD.c.id, number.label("effective"), since.label("since"), gained.label("gained")
        query = select(*shown).select_from(source).where(_beyond(cursor, number, newest), *newer)
        return query.where(in_scope(actor)).order_by(number, RECORD.c.id)

    seq, base = RECORD.c.seq, cursor.base
    news = or_(
        RECORD.c.writer != actor.device,
        RECORD.c.others_seq > base,
        since > base,
        gained > base,
    )
    return (
        stream(written, seq, seq >= since, seq >= gained, news),
        stream(given, REACH.c.since_seq, REACH.c.since_seq > seq, REACH.c.since_seq >= gained),
        stream(won, GAIN.c.seq, GAIN.c.seq > seq, GAIN.c.seq > since),
    )


def _beyond(cursor: Cursor, number: ColumnElement[int], newest: int) -> ColumnElement[bool]:
    if not cursor.id:
        return and_(number > cursor.seq, number <= newest)
    rest = or_(number > cursor.seq, RECORD.c.id > cursor.id)
    return and_(number >= cursor.seq, number <= newest, rest)


def _lost(db: Connection, actor: Actor, after: int, upto: int) -> Sequence[str]:
    """What was lost, in the place where it was lost: what was won back since has a later one."""
    query = _removals(actor).where(REMOVAL.c.seq > after, REMOVAL.c.seq <= upto)
    return list(db.scalars(query.order_by(REMOVAL.c.seq, REMOVAL.c.root)))


def _lost_meanwhile(db: Connection, actor: Actor, cursor: Cursor, newest: int) -> Sequence[str]:
    """What went while a first sync is under way; when it begins, also what went before.

    It may be a device that asks for everything again.
    """
    begins = cursor.rank == 0 and cursor.id == FIRST
    here = select(RECORD.c.id).where(RECORD.c.id == REMOVAL.c.root, in_scope(actor))
    gone = _removals(actor).where(~here.exists(), REMOVAL.c.seq <= newest)
    if not begins:
        gone = gone.where(REMOVAL.c.seq > cursor.seq)
    return list(db.scalars(gone.order_by(REMOVAL.c.seq, REMOVAL.c.root)))


def _removals(actor: Actor) -> Select[tuple[str]]:
    mine = REMOVAL.c.centre_id == actor.centre, REMOVAL.c.worker_id == actor.worker
    return select(REMOVAL.c.root).where(*mine)
