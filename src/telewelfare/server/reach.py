"""Who gains and who loses a root through a write; after it has its numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Table, delete, insert, select, update

from telewelfare.domain.fields import Json, Path, elements
from telewelfare.domain.kinds import KINDS
from telewelfare.domain.operations import Actor
from telewelfare.domain.rights import OFFICE_ROLES, Reach
from telewelfare.domain.rights import case_reach as reach_of
from telewelfare.server.batch import CHUNK, MEMBERS, Batch, Held
from telewelfare.server.database import upsert
from telewelfare.server.place import SEALED
from telewelfare.server.scope import in_scope
from telewelfare.server.stamps import SERVER
from telewelfare.server.tables import LINK, REACH, RECORD, REMOVAL, WORKER

Pair = tuple[str, str]  # worker, root


@dataclass(frozen=True, slots=True)
class Standing:
    """What of a case decides who reaches what."""

    workers: frozenset[str] = frozenset()
    members: frozenset[str] = frozenset()
    area: str = ""
    sealed: bool = False


def standing(created_by: str, values: Mapping[Path, Json]) -> Standing:
    """Who has a case by writing or assignment, and who belongs to it."""
    given = (created_by, values.get("field_worker"), values.get("owner"))
    watching = elements(values, "watchers")
    return Standing(
        workers=frozenset(w for w in (*given, *watching) if isinstance(w, str) and w),
        members=frozenset(m for m in map(values.get, MEMBERS) if isinstance(m, str) and m),
        area=str(values.get("area") or ""),
        sealed=values.get("confidentiality") == SEALED,
    )


@dataclass(frozen=True, slots=True)
class Turn:
    """A case before and after the transaction."""

    case: Held
    before: Standing
    after: Standing

    @property
    def has_moved(self) -> bool:
        """Whether another area's people see it now, or field roles do not any more."""
        return self.before.area != self.after.area or self.before.sealed != self.after.sealed

    @property
    def is_news(self) -> bool:
        """Whether some of its records must be sent whole to some who had none of them."""
        return self.has_moved or bool(self.after.members - self.before.members)


def turns(batch: Batch) -> list[Turn]:
    """The cases whose standing this transaction changed."""
    found = []
    for held in batch.held.values():
        if held.record.kind == "case" and held.touched:
            stored = held.stored
            before = standing(held.created_by, stored.current) if stored else Standing()
            after = standing(held.created_by, held.record.values)
            if before != after or not stored:
                found.append(Turn(held, before, after))
    return found


def spread(batch: Batch, changed: list[Turn], seq: int) -> None:
    """Hand area and seal of a case down to its records, before those in hand are written."""
    news = [turn for turn in changed if turn.is_news]
    waiting = _with_records(batch, [turn.case.record.id for turn in news])
    for turn in news:
        if turn.has_moved and turn.case.record.id in waiting:
            _spread_stored(batch, turn.case, seq)
    by_root: dict[str, Turn] = {turn.case.record.id: turn for turn in news}
    by_root |= {member: turn for turn in news for member in turn.after.members}
    for held in list(batch.held.values()):
        turn_of = by_root.get(held.root)
        if turn_of is not None and held is not turn_of.case:
            _inherit(held, turn_of.case)


def _with_records(batch: Batch, cases: list[str]) -> set[str]:
    """Which of the cases had records in the database before."""
    found: set[str] = set()
    for start in range(0, len(cases), CHUNK):
        chunk = cases[start : start + CHUNK]
        here = RECORD.c.centre_id == batch.actor.centre, RECORD.c.root.in_(chunk)
        found |= set(batch.db.scalars(select(RECORD.c.root).where(*here).distinct()))
    return found


def _spread_stored(batch: Batch, case: Held, seq: int) -> None:
    """What is not in hand is changed where it lies; what is in hand is written after."""
    here = RECORD.c.centre_id == batch.actor.centre, RECORD.c.root == case.record.id
    sent = {"seq": seq, "whole_seq": seq, "sealed": case.sealed}
    batch.db.execute(update(RECORD).where(*here, RECORD.c.id != case.record.id).values(sent))
    derived = [kind.name for kind in KINDS.values() if kind.case and not kind.area]
    batch.db.execute(update(RECORD).where(*here, RECORD.c.kind.in_(derived)).values(area=case.area))
    case.whole = case.whole or case.stored is not None


def _inherit(held: Held, case: Held) -> None:
    held.whole = held.whole or held.stored is not None
    held.touched = held.touched or held.stored is not None
    if held.root == case.record.id:
        held.sealed = case.sealed
        if not KINDS[held.record.kind].area:
            held.area = case.area


def hand_out(batch: Batch, changed: list[Turn], seq: int) -> None:
    """Write who reaches what now, and tell devices what they must let go."""
    centre, db = batch.actor.centre, batch.db
    links = {(t.case.record.id, member) for t in changed for member in t.after.members}
    upsert(db, LINK, [{"centre_id": centre, "case_id": c, "root": r} for c, r in links], ())
    gained = _own(batch) | {pair for turn in changed for pair in _pairs(turn)}
    upsert(db, REACH, [_reach(batch, pair, seq) for pair in gained], ())
    for turn in changed:
        if turn.before.sealed != turn.after.sealed:
            _seal_members(batch, turn, seq)
        if turn.case.stored is not None:
            _take_back(batch, turn, seq)


def _own(batch: Batch) -> set[Pair]:
    """Whoever writes what stands alone reaches it."""
    return {
        (held.created_by, held.root)
        for held in batch.held.values()
        if held.stored is None and held.root == held.record.id and held.created_by != SERVER
    }


def _pairs(turn: Turn) -> set[Pair]:
    roots = {turn.case.record.id, *turn.after.members}
    return {(worker, root) for worker in turn.after.workers for root in roots}


def _reach(batch: Batch, pair: Pair, seq: int) -> dict[str, Any]:
    """`since_seq` 0: the record itself is new and is sent anyway."""
    worker, root = pair
    held = batch.held.get(root)
    since = 0 if held is not None and held.stored is None else seq
    return {"centre_id": batch.actor.centre, "root": root, "worker_id": worker, "since_seq": since}


def _take_back(batch: Batch, turn: Turn, seq: int) -> None:
    db, centre, case = batch.db, batch.actor.centre, turn.case.record.id
    gone = turn.before.workers - turn.after.workers
    dropped = turn.before.members - turn.after.members
    watched = _watched(batch, turn)
    _forget(db, REACH, centre, {(worker, case) for worker in gone})
    for member in dropped:
        where = LINK.c.centre_id == centre, LINK.c.case_id == case, LINK.c.root == member
        db.execute(delete(LINK).where(*where))
    members = turn.before.members | turn.after.members
    loose = {(worker, member) for worker in gone for member in members}
    loose |= {(worker, member) for worker in turn.before.workers for member in dropped}
    _forget(db, REACH, centre, {pair for pair in loose if not _still_held(db, centre, pair)})
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


def _forget(db: Connection, table: Table, centre: str, pairs: Iterable[Pair]) -> None:
    for worker, root in sorted(pairs):
        where = (table.c.worker_id == worker, table.c.root == root)
        db.execute(delete(table).where(table.c.centre_id == centre, *where))


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


def _seal_members(batch: Batch, turn: Turn, seq: int) -> None:
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
