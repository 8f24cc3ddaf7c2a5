"""Who loses a root through a write, and is told so."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from telewelfare.domain.operations import Actor
from telewelfare.domain.rights import OFFICE_ROLES, Reach
from telewelfare.domain.rights import case_reach as reach_of
from telewelfare.server.batch import Batch
from telewelfare.server.scope import in_scope
from telewelfare.server.stamps import SERVER
from telewelfare.server.standing import Pair, Turn
from telewelfare.server.tables import LINK, REACH, RECORD, REMOVAL, WORKER


def take_back(batch: Batch, turn: Turn, seq: int) -> None:
    """Forget the reach of those the case was taken from, and let their devices know."""
    db, centre, case = batch.db, batch.actor.centre, turn.case.record.id
    gone = turn.before.workers - turn.after.workers
    dropped = turn.before.members - turn.after.members
    watched = _watched(batch, turn)
    _forget(db, centre, {(worker, case) for worker in gone})
    for member in dropped:
        where = LINK.c.centre_id == centre, LINK.c.case_id == case, LINK.c.root == member
        db.execute(delete(LINK).where(*where))
    members = turn.before.members | turn.after.members
    loose = {(worker, member) for worker in gone for member in members}
    loose |= {(worker, member) for worker in turn.before.workers for member in dropped}
    _forget(db, centre, {pair for pair in loose if not _still_held(db, centre, pair)})
    lost = {(worker, case) for worker in gone} | loose | watched
    _tell(db, centre, lost, seq)


def _watched(batch: Batch, turn: Turn) -> set[Pair]:
    """Who saw the case where it was, or before it was sealed, and may not see it any more."""
    before, after = turn.before, turn.after
    sealed_now = after.sealed and not before.sealed
    if before.area == after.area and not sealed_now:
        return set()
    found = set()
    for worker in _workers(batch.db, batch.actor.centre):
        leads = reach_of(worker.role) is Reach.AREA
        in_area = leads and any(before.area.startswith(area) for area in worker.areas)
        if in_area or (sealed_now and worker.id in before.workers):
            found |= {(worker.id, root) for root in (turn.case.record.id, *before.members)}
    return found


def _workers(db: Connection, centre: str) -> list[Row[Any]]:
    active = WORKER.c.centre_id == centre, WORKER.c.active.is_(True)
    return list(db.execute(select(WORKER).where(*active)))


def _forget(db: Connection, centre: str, pairs: Iterable[Pair]) -> None:
    for worker, root in sorted(pairs):
        where = (REACH.c.worker_id == worker, REACH.c.root == root)
        db.execute(delete(REACH).where(REACH.c.centre_id == centre, *where))


def _still_held(db: Connection, centre: str, pair: Pair) -> bool:
    """Whether a worker has a person by writing it, or through another case."""
    worker, root = pair
    wrote = select(RECORD.c.id).where(
        RECORD.c.centre_id == centre, RECORD.c.id == root, RECORD.c.created_by == worker
    )
    same_case = (REACH.c.centre_id == LINK.c.centre_id) & (REACH.c.root == LINK.c.case_id)
    other = select(LINK.c.root).join_from(LINK, REACH, same_case)
    other = other.where(
        LINK.c.centre_id == centre, LINK.c.root == root, REACH.c.worker_id == worker
    )
    return db.scalar(wrote.union_all(other).limit(1)) is not None


def _tell(db: Connection, centre: str, pairs: set[Pair], seq: int) -> None:
    """A removal for each root that its worker really does not see any more."""
    workers = {row.id: row for row in _workers(db, centre)} if pairs else {}
    rows = [
        {"centre_id": centre, "worker_id": worker, "seq": seq, "root": root}
        for worker, root in sorted(pairs)
        if worker in workers and not _sees(db, centre, workers[worker], root)
    ]
    if rows:
        db.execute(insert(REMOVAL), rows)


def _sees(db: Connection, centre: str, worker: Row[Any], root: str) -> bool:
    if worker.role in OFFICE_ROLES:
        return True
    actor = Actor(centre, worker.id, worker.role, tuple(worker.areas), SERVER)
    return db.scalar(select(RECORD.c.id).where(in_scope(actor), RECORD.c.id == root)) is not None


def seal_members(batch: Batch, turn: Turn, seq: int) -> None:
    """A person is kept from field roles while one of their cases is."""
    centre = batch.actor.centre
    for member in sorted(turn.after.members | turn.before.members):
        cases = select(LINK.c.case_id).where(LINK.c.centre_id == centre, LINK.c.root == member)
        sealed = select(RECORD.c.id).where(
            RECORD.c.centre_id == centre, RECORD.c.id.in_(cases), RECORD.c.sealed.is_(True)
        )
        shut = batch.db.scalar(sealed.limit(1)) is not None
        here = RECORD.c.centre_id == centre, RECORD.c.root == member
        news = {"sealed": shut, "seq": seq, "whole_seq": seq}
        batch.db.execute(update(RECORD).where(*here).values(news))
