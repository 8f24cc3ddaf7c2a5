"""What was refused by other rules than today's is tried again, without anybody touching it.

The operation keeps its number and stamp: the ledger holds (device, number) once, so a reply that is
lost, or two requests, take it once.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, delete, or_, select, update

from telewelfare.domain.ids import RecordId
from telewelfare.domain.operations import Actor, Operation
from telewelfare.server.judge import Refusal
from telewelfare.server.rules import Rules
from telewelfare.server.tables import LEDGER, QUARANTINE

# It lay with what others had done by then: given the case since, or, after a restore, sent it again.
BY_OTHERS: Final = ("forbidden", "wrong_record")


@dataclass(frozen=True, slots=True)
class Due:
    """Of the numbers a device still holds as refused: what to try, and what was taken already."""

    ops: tuple[Operation, ...] = ()
    taken: tuple[int, ...] = ()


def due(db: Connection, actor: Actor, numbers: Sequence[int], rules: Rules) -> Due:
    """Which refused operations of a device are to be judged anew."""
    if not numbers:
        return Due()
    otherwise = or_(QUARANTINE.c.rules != rules.version, QUARANTINE.c.code.in_(BY_OTHERS))
    older = select(QUARANTINE.c.body).where(*_mine(actor, numbers), otherwise)
    in_ledger = select(LEDGER.c.n).where(
        LEDGER.c.centre_id == actor.centre, LEDGER.c.device == actor.device, LEDGER.c.n.in_(numbers)
    )
    bodies = db.scalars(older.order_by(QUARANTINE.c.n))
    return Due(
        tuple(_operation(actor, json.loads(body)) for body in bodies),
        tuple(db.scalars(in_ledger.order_by(LEDGER.c.n))),
    )


def _operation(actor: Actor, body: dict[str, Any]) -> Operation:
    """An operation as `quarantine` keeps it."""
    kept = Operation(**body)
    return replace(kept, device=actor.device, record=RecordId(kept.record))


def release(db: Connection, actor: Actor, numbers: Sequence[int]) -> None:
    """The ledger has them now."""
    if numbers:
        db.execute(delete(QUARANTINE).where(*_mine(actor, numbers)))


def keep(db: Connection, actor: Actor, op: Operation, why: Refusal, rules: Rules) -> None:
    """Still refused, by these rules, for this reason."""
    fresh = {"code": why.code, "path": why.path, "rules": rules.version}
    db.execute(update(QUARANTINE).where(*_mine(actor, [op.n])).values(fresh))


def _mine(actor: Actor, numbers: Sequence[int]) -> tuple[ColumnElement[bool], ...]:
    return (
        QUARANTINE.c.centre_id == actor.centre,
        QUARANTINE.c.device == actor.device,
        QUARANTINE.c.n.in_(list(numbers)),
    )
