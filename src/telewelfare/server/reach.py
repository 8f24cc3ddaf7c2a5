"""Who gains a root through a write, and what a case hands down; after the write has its numbers."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from telewelfare.domain.kinds import KINDS
from telewelfare.server.batch import CHUNK, Batch, Held
from telewelfare.server.database import upsert
from telewelfare.server.losses import forget, leaving, seal_members, tell
from telewelfare.server.place import follow, has_moved
from telewelfare.server.stamps import SERVER
from telewelfare.server.standing import Pair, Turn
from telewelfare.server.tables import LINK, REACH, RECORD


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
    for turn in news:
        _spread_people(batch, turn, seq)
    for held in [held for held in batch.held.values() if has_moved(held)]:
        if held.record.kind != "case":  # whose records were brought along above
            follow(batch, held)


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
    sent = {"seq": seq, "whole_seq": seq, "writer": SERVER, "sealed": case.sealed}
    batch.db.execute(update(RECORD).where(*here, RECORD.c.id != case.record.id).values(sent))
    derived = [kind.name for kind in KINDS.values() if kind.case and not kind.area]
    batch.db.execute(update(RECORD).where(*here, RECORD.c.kind.in_(derived)).values(area=case.area))
    case.whole = case.whole or case.stored is not None


def _spread_people(batch: Batch, turn: Turn, seq: int) -> None:
    """Send whole what is about people who joined a case: its area's leads have none of it."""
    for member in sorted(turn.after.members - turn.before.members):
        person = batch.held.get(member)
        if person is None or person.stored is None:
            continue
        here = RECORD.c.centre_id == batch.actor.centre, RECORD.c.root == member
        rest = update(RECORD).where(*here, RECORD.c.id.not_in(sorted(batch.held)))
        batch.db.execute(rest.values(seq=seq, whole_seq=seq, writer=SERVER))


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
    going = leaving(batch, changed)
    links = {(t.case.record.id, member) for t in changed for member in t.after.members}
    upsert(db, LINK, [{"centre_id": centre, "case_id": c, "root": r} for c, r in links], ())
    gained = _own(batch) | {pair for turn in changed for pair in _pairs(turn)}
    upsert(db, REACH, [_reach(batch, pair, seq) for pair in gained], ())
    for turn in changed:
        if turn.case.stored is not None:
            forget(batch, turn)
        if turn.seals:
            seal_members(batch, turn, seq)
    tell(batch, going, seq)


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
