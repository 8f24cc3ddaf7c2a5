"""Who loses what through a write, and is told so."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, insert, or_, select, update

from telewelfare.domain.kinds import KINDS
from telewelfare.domain.operations import Actor
from telewelfare.domain.rights import CASE_REACH, OFFICE_ROLES, Reach
from telewelfare.server.batch import CHUNK, Batch, Held
from telewelfare.server.database import upsert
from telewelfare.server.place import has_moved
from telewelfare.server.scope import DISTRICT, PARTNER_KINDS, in_scope
from telewelfare.server.stamps import SERVER
from telewelfare.server.standing import Pair, Turn
from telewelfare.server.tables import GAIN, LINK, REACH, RECORD, REMOVAL, WORKER

LEADS = sorted(role for role, reach in CASE_REACH.items() if reach is Reach.AREA)


@dataclass(frozen=True, slots=True)
class Left:
    """A record that some may see no more: those who reached `root`, or work where it was."""

    record: str
    root: str
    areas: frozenset[str] = frozenset()
    workers: frozenset[str] = frozenset()
    near: bool = False  # of a partner: whoever works in the district saw it


@dataclass(frozen=True, slots=True)
class Leaving:
    """For each worker, what they may have lost."""

    workers: list[Row[Any]]
    records: dict[str, set[str]]


def leaving(batch: Batch, changed: list[Turn]) -> Leaving:
    """Who may lose what; to be asked before anybody's reach is forgotten."""
    left = [one for turn in changed for one in _of_turn(batch, turn)]
    left += _moved(batch) + _shut(batch, changed)
    records: dict[str, set[str]] = {}
    for id_, record in _unseen(batch):
        records.setdefault(id_, set()).add(record)
    if not left and not records:
        return Leaving([], {})
    for id_, record in _reaching(batch, left):
        records.setdefault(id_, set()).add(record)
    workers = _workers(batch, records, near=any(one.near for one in left))
    for worker in workers:
        mine = {one.record for one in left if _worked_there(worker, one)}
        if mine:
            records.setdefault(worker.id, set()).update(mine)
    return Leaving(workers, records)


def _of_turn(batch: Batch, turn: Turn) -> Iterator[Left]:
    """The case itself and the people of it."""
    before, after, case = turn.before, turn.after, turn.case.record.id
    lost = turn.case.stored is not None and turn.takes_away
    if lost:
        yield Left(case, case, frozenset({before.area}), before.workers)
    for member in sorted(before.members | after.members):
        dropped = member in before.members - after.members
        shut = after.sealed and (member not in before.members or not before.sealed)
        if dropped or shut or (lost and member in before.members):
            held = batch.held.get(member)
            places = frozenset({before.area, *(held.places if held else ())})
            yield Left(member, member, places, before.workers)


def _shut(batch: Batch, changed: list[Turn]) -> list[Left]:
    """Of cases sealed now, what others than those of the case saw: by its own place, or as theirs."""
    shut = [t.case.record.id for t in changed if t.after.sealed and not t.before.sealed]
    kinds = [kind.name for kind in KINDS.values() if kind.case and kind.area]
    query = select(RECORD.c.id, RECORD.c.area, RECORD.c.created_by)
    query = query.where(RECORD.c.centre_id == batch.actor.centre, RECORD.c.kind.in_(kinds))
    rows = [
        row
        for chunk in _chunks(shut)
        for row in batch.db.execute(query.where(RECORD.c.root.in_(chunk)))
    ]
    return [
        Left(row.id, row.id, frozenset(filter(None, (row.area,))), frozenset({row.created_by}))
        for row in rows
    ]


def _moved(batch: Batch) -> list[Left]:
    """Records that went to another case or area, or got a case."""
    moved = [held for held in batch.held.values() if has_moved(held) and not _is_case(held)]
    stored = [held.stored for held in moved if held.stored is not None]
    areas = _areas(batch, {row.root for row in stored})
    return [
        Left(
            row.id,
            row.root,
            frozenset(filter(None, (row.area, areas.get(row.root)))),
            frozenset({row.created_by}),
            near=row.kind in PARTNER_KINDS,
        )
        for row in stored
    ]


def _is_case(held: Held) -> bool:
    return held.record.kind == "case"


def _areas(batch: Batch, roots: Collection[str]) -> dict[str, str]:
    """Where cases were before this transaction."""
    found = {r: h.stored.area for r in roots if (h := batch.held.get(r)) and h.stored is not None}
    for chunk in _chunks(set(roots) - found.keys()):
        here = RECORD.c.centre_id == batch.actor.centre, RECORD.c.id.in_(chunk)
        found |= {row.id: row.area for row in batch.db.execute(select(RECORD).where(*here))}
    return found


def _unseen(batch: Batch) -> Iterator[Pair]:
    """What the actor wrote just now in a case that they have lost: taken, but not theirs to keep."""
    actor = batch.actor
    if actor.role in OFFICE_ROLES or actor.device == SERVER:
        return
    for held in batch.held.values():
        fresh = held.stored is None and held.created_by == actor.worker
        if fresh and (held.sealed or held.root not in batch.reached):
            yield actor.worker, held.record.id


def _reaching(batch: Batch, left: list[Left]) -> Iterator[Pair]:
    """Who was given a root, or had it."""
    by_root: dict[str, set[str]] = {}
    for one in left:
        by_root.setdefault(one.root, set()).add(one.record)
        yield from ((worker, one.record) for worker in one.workers)
    for chunk in _chunks(by_root):
        here = REACH.c.centre_id == batch.actor.centre, REACH.c.root.in_(chunk)
        for row in batch.db.execute(select(REACH.c.worker_id, REACH.c.root).where(*here)):
            yield from ((row.worker_id, record) for record in by_root[row.root])


def _workers(batch: Batch, named: Iterable[str], *, near: bool) -> list[Row[Any]]:
    """Those named, who lead an area, or, for a partner, work outside the office.

    Also who is shut out now: they may be let in again, and must not keep what they lost meanwhile.
    """
    asked = WORKER.c.id.in_(sorted(named))
    others = WORKER.c.role.not_in(sorted(OFFICE_ROLES)) if near else WORKER.c.role.in_(LEADS)
    query = select(WORKER).where(WORKER.c.centre_id == batch.actor.centre, or_(asked, others))
    return [row for row in batch.db.execute(query) if row.role not in OFFICE_ROLES]


def _worked_there(worker: Row[Any], left: Left) -> bool:
    own = [area[:DISTRICT] for area in worker.areas] if left.near else worker.areas
    by_area = left.near or worker.role in LEADS
    return by_area and any(place.startswith(area) for place in left.areas for area in own)


def tell(batch: Batch, leaving: Leaving, seq: int) -> None:
    """A removal of everything that a worker really does not see any more.

    A root takes all that belongs to it off the device. What of it they may keep, such as a report
    of their own, is sent again after. What a device may not know to belong to the root is named
    as well: what is about a person or a partner, and what came from elsewhere, by a move of which
    the device may not have heard.
    """
    for worker in leaving.workers:
        ids = leaving.records.get(worker.id, set())
        actor = Actor(batch.actor.centre, worker.id, worker.role, tuple(worker.areas), SERVER)
        lost = ids - _seen(batch.db, actor, ids)
        kept = _kept(batch.db, actor, lost)
        named = lost | (_named(batch.db, actor.centre, lost) - kept)
        mine = {"centre_id": actor.centre, "worker_id": worker.id, "seq": seq}
        if named:
            batch.db.execute(insert(REMOVAL), [{**mine, "root": root} for root in sorted(named)])
        upsert(batch.db, GAIN, [{**mine, "record_id": record} for record in kept], ("seq",))


def _seen(db: Connection, actor: Actor, ids: Collection[str]) -> set[str]:
    query = select(RECORD.c.id).where(in_scope(actor))
    chunks = _chunks(ids)
    return {id_ for chunk in chunks for id_ in db.scalars(query.where(RECORD.c.id.in_(chunk)))}


def _kept(db: Connection, actor: Actor, roots: Collection[str]) -> set[str]:
    query = select(RECORD.c.id).where(in_scope(actor))
    chunks = _chunks(roots)
    return {id_ for chunk in chunks for id_ in db.scalars(query.where(RECORD.c.root.in_(chunk)))}


def by_name() -> ColumnElement[bool]:
    """Of a record of a lost root: whether the device has to be told of it, too."""
    moved = RECORD.c.whole_seq > RECORD.c.created_seq
    return or_(moved, RECORD.c.case_id.is_distinct_from(RECORD.c.root))


def _named(db: Connection, centre: str, roots: Collection[str]) -> set[str]:
    query = select(RECORD.c.id).where(RECORD.c.centre_id == centre, by_name())
    chunks = _chunks(roots)
    return {id_ for chunk in chunks for id_ in db.scalars(query.where(RECORD.c.root.in_(chunk)))}


def _chunks(ids: Iterable[str]) -> Iterator[list[str]]:
    ordered = sorted(ids)
    return (ordered[start : start + CHUNK] for start in range(0, len(ordered), CHUNK))


def forget(batch: Batch, turn: Turn) -> None:
    """End the reach of those the case was taken from, and of all to whom left it."""
    db, centre, case = batch.db, batch.actor.centre, turn.case.record.id
    gone = turn.before.workers - turn.after.workers
    dropped = turn.before.members - turn.after.members
    _unreach(db, centre, {(worker, case) for worker in gone})
    for member in dropped:
        where = LINK.c.centre_id == centre, LINK.c.case_id == case, LINK.c.root == member
        db.execute(delete(LINK).where(*where))
    members = turn.before.members | turn.after.members
    loose = {(worker, member) for worker in gone for member in members}
    loose |= {(worker, member) for worker in turn.before.workers for member in dropped}
    _unreach(db, centre, {pair for pair in loose if not _still_held(db, centre, pair)})


def _unreach(db: Connection, centre: str, pairs: Iterable[Pair]) -> None:
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


def seal_members(batch: Batch, turn: Turn, seq: int) -> None:
    """A person is kept from field roles while one of their cases is."""
    centre = batch.actor.centre
    for member in sorted(turn.after.members | turn.before.members):
        cases = select(LINK.c.case_id).where(LINK.c.centre_id == centre, LINK.c.root == member)
        sealed = select(RECORD.c.id).where(
            RECORD.c.centre_id == centre, RECORD.c.id.in_(cases), RECORD.c.sealed.is_(True)
        )
        shut = batch.db.scalar(sealed.limit(1)) is not None
        here = RECORD.c.centre_id == centre, RECORD.c.root == member, RECORD.c.sealed.is_not(shut)
        news = {"sealed": shut, "seq": seq, "whole_seq": seq, "writer": SERVER}
        batch.db.execute(update(RECORD).where(*here).values(news))
