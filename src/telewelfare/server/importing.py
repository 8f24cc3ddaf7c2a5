"""Take finished records into a centre's ledger: seed data, and lists an administrator vouches for.

Nothing is judged and no event moves a case: the records say themselves how they stand.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, case, update

from telewelfare.domain.clock import Millis, Stamp
from telewelfare.domain.operations import Actor, Edit, Operation
from telewelfare.server.batch import load
from telewelfare.server.database import sqlite_or_postgresql
from telewelfare.server.ledger import settle
from telewelfare.server.place import place
from telewelfare.server.tables import CASE_COUNTER, DEVICE


def take_finished(
    db: Connection, actor: Actor, edits: Sequence[tuple[Millis, Edit]], first: int
) -> int:
    """Write records that are whole and new, as operations `first`, `first + 1` … of the actor's device.

    Each comes with the moment it was written. To be called in a writing transaction, cases before
    what belongs to them; gives the number the next operation must have.
    """
    ops = [_operation(actor, first + place, at, edit) for place, (at, edit) in enumerate(edits)]
    if not ops:
        return first
    batch = load(db, actor, ops, max(at for at, _ in edits))
    for op in ops:
        batch.write(op, n=op.n)
        place(batch, batch.held[op.record])
    settle(batch)
    for centre_no in (str(op.sets.get("case_no") or "") for op in ops if op.kind == "case"):
        _count(db, actor.centre, centre_no)
    mine = DEVICE.c.centre_id == actor.centre, DEVICE.c.id == actor.device
    db.execute(update(DEVICE).where(*mine).values(acknowledged=ops[-1].n))
    return ops[-1].n + 1


def _operation(actor: Actor, n: int, at: Millis, edit: Edit) -> Operation:
    stamp = Stamp(at, n % 0xFFFF, actor.device).text
    return Operation(actor.device, n, edit.kind, edit.record, stamp, edit.sets)


def _count(db: Connection, centre: str, case_no: str) -> None:
    """The next number the centre gives comes after those it takes in."""
    issuer, _, rest = case_no.partition("-")
    year, _, number = rest.partition("-")
    if issuer != centre or not (year.isdigit() and number.isdigit()):
        return
    insert = sqlite_or_postgresql(db, CASE_COUNTER)
    seen = {"centre_id": centre, "fiscal_year": int(year), "last": int(number)}
    higher = case(
        (insert.excluded.last > CASE_COUNTER.c.last, insert.excluded.last),
        else_=CASE_COUNTER.c.last,
    )
    key = ["centre_id", "fiscal_year"]
    db.execute(insert.values(seen).on_conflict_do_update(index_elements=key, set_={"last": higher}))
