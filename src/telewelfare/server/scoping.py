"""A worker's areas, role or leave to work change: what they gain and lose, as a difference.

All in SQL, for it may be tens of thousands of records, and no body has to be read.
"""

from __future__ import annotations

from sqlalchemy import (
    ColumnElement,
    Connection,
    Insert,
    Select,
    and_,
    insert,
    literal,
    or_,
    select,
    true,
)

from telewelfare.domain.fields import Sensitivity
from telewelfare.domain.operations import Actor
from telewelfare.domain.rights import OFFICE_ROLES, hides
from telewelfare.server.database import sqlite_or_postgresql
from telewelfare.server.losses import by_name
from telewelfare.server.scope import in_scope
from telewelfare.server.tables import GAIN, RECORD, REMOVAL, WORKER


def change_scope(
    db: Connection, before: Actor, after: Actor, seq: int, *, anew: bool = False
) -> None:
    """Let a worker's devices know what they gained and lost by ledger row `seq`.

    `anew`: they may hold nothing any more, so all comes whole. So it does when the new role is
    shown other fields: what is not for it any more must leave the device.
    """
    whole = anew or _hidden(before.role) != _hidden(after.role)
    saw, sees = in_scope(before), in_scope(after)
    lost = and_(saw, sees.is_not(true()))
    in_lost_root = _told(after, seq, RECORD.c.root)
    db.execute(_removals(after, seq, and_(lost, RECORD.c.id == RECORD.c.root)))
    alone = or_(~in_lost_root, by_name())
    db.execute(_removals(after, seq, and_(lost, RECORD.c.id != RECORD.c.root, alone)))
    news = true() if whole else or_(saw.is_not(true()), in_lost_root)
    _gain(db, after, seq, and_(sees, news))
    if before.role in OFFICE_ROLES and after.role not in OFFICE_ROLES:
        db.execute(_unknown_to_the_field(after, seq))


def _hidden(role: str) -> set[Sensitivity]:
    return {sensitivity for sensitivity in Sensitivity if hides(role, sensitivity)}


def _told(actor: Actor, seq: int, root: ColumnElement[str]) -> ColumnElement[bool]:
    mine = REMOVAL.c.centre_id == actor.centre, REMOVAL.c.worker_id == actor.worker
    return (
        select(REMOVAL.c.root).where(*mine, REMOVAL.c.seq == seq, REMOVAL.c.root == root).exists()
    )


def _removals(actor: Actor, seq: int, lost: ColumnElement[bool]) -> Insert:
    shown = literal(actor.centre), literal(actor.worker), literal(seq), RECORD.c.id
    return insert(REMOVAL).from_select(_names("seq", "root"), select(*shown).where(lost))


def _gain(db: Connection, actor: Actor, seq: int, gained: ColumnElement[bool]) -> None:
    shown = literal(actor.centre), literal(actor.worker), RECORD.c.id, literal(seq)
    rows: Select[tuple[str, str, str, int]] = select(*shown).where(gained)
    into = sqlite_or_postgresql(db, GAIN)
    made = into.from_select(_names("record_id", "seq"), rows)
    key = ["centre_id", "worker_id", "record_id"]
    db.execute(made.on_conflict_do_update(index_elements=key, set_={"seq": into.excluded.seq}))


def _names(*own: str) -> tuple[str, ...]:
    return ("centre_id", "worker_id", *own)


def _unknown_to_the_field(worker: Actor, seq: int) -> Insert:
    """Whoever works outside the office knows the names of the office alone."""
    field = (
        WORKER.c.centre_id == worker.centre,
        WORKER.c.role.not_in(sorted(OFFICE_ROLES)),
        WORKER.c.id != worker.worker,
    )
    shown = WORKER.c.centre_id, WORKER.c.id, literal(seq), literal(worker.worker)
    return insert(REMOVAL).from_select(_names("seq", "root"), select(*shown).where(*field))
