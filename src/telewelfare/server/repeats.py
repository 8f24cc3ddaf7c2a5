"""Operations that come again: told what became of them, and whether they really are the same."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, select

from telewelfare.domain.fields import Json
from telewelfare.domain.operations import Actor, Operation, author
from telewelfare.server.tables import LEDGER, QUARANTINE
from telewelfare.sync.protocol import Rejection

CHUNK: Final = 500  # ids in one IN (…)
SIGNED: Final = "created_by"  # the centre writes its own

Said = tuple[str, str, dict[str, Json]]  # kind, record, what it sets


def are_other_work(db: Connection, actor: Actor, ops: Sequence[Operation]) -> bool:
    """Whether a number stands for something else here."""
    return first_other(db, actor, ops) is not None


def first_other(db: Connection, actor: Actor, ops: Sequence[Operation]) -> int | None:
    """The first number that stands for something else here: the device is an old copy of itself.

    To take its new work for what the ledger holds would lose it without a word.
    """
    held = dict(_held(db, actor, [op.n for op in ops]))
    unlike = (op.n for op in ops for said in (_said_by(op),) if held.get(op.n, said) != said)
    return min(unlike, default=None)


def taken_before(db: Connection, actor: Actor, ops: Sequence[Operation]) -> frozenset[int]:
    """Numbers of what is there since the device had another name: it wrote the name into the stamp."""
    earlier = [op for op in ops if author(op.stamp) != actor.device]
    found: set[tuple[str, str]] = set()
    for start in range(0, len(earlier), CHUNK):
        chunk = earlier[start : start + CHUNK]
        mine = LEDGER.c.centre_id == actor.centre, LEDGER.c.worker_id == actor.worker
        about = LEDGER.c.record_id.in_({op.record for op in chunk})
        named = LEDGER.c.stamp.in_({op.stamp for op in chunk})
        for row in db.execute(
            select(LEDGER.c.record_id, LEDGER.c.stamp).where(*mine, about, named)
        ):
            found.add((row.record_id, row.stamp))
    return frozenset(op.n for op in earlier if (op.record, op.stamp) in found)


def refused_before(db: Connection, actor: Actor, ops: Sequence[Operation]) -> tuple[Rejection, ...]:
    """What was refused when it came first: a device that sends again never heard of it."""
    rows = _quarantined(db, actor, [op.n for op in ops])
    return tuple(Rejection(n=row.n, code=row.code, path=row.path) for row in rows)


def refused_since(db: Connection, actor: Actor, first: int) -> tuple[Rejection, ...]:
    """What was refused from number `first` on: the device never heard what became of it."""
    mine = QUARANTINE.c.centre_id == actor.centre, QUARANTINE.c.device == actor.device
    query = select(QUARANTINE.c.n, QUARANTINE.c.code, QUARANTINE.c.path)
    rows = db.execute(query.where(*mine, QUARANTINE.c.n >= first).order_by(QUARANTINE.c.n))
    return tuple(Rejection(n=row.n, code=row.code, path=row.path) for row in rows)


def _said_by(op: Operation) -> Said:
    return op.kind, op.record, _unsigned(op.sets)


def _unsigned(sets: Mapping[str, Json]) -> dict[str, Json]:
    return {path: value for path, value in sets.items() if path != SIGNED}


def _held(db: Connection, actor: Actor, numbers: Sequence[int]) -> Iterator[tuple[int, Said]]:
    if not numbers:
        return
    mine = LEDGER.c.centre_id == actor.centre, LEDGER.c.device == actor.device
    within = LEDGER.c.n.between(min(numbers), max(numbers))
    for row in db.execute(select(LEDGER).where(*mine, within)):
        yield row.n, (row.kind, row.record_id, _unsigned(json.loads(row.sets)))
    for row in _quarantined(db, actor, numbers):
        body = json.loads(row.body)
        yield row.n, (body["kind"], body["record"], _unsigned(body["sets"]))


def _quarantined(db: Connection, actor: Actor, numbers: Sequence[int]) -> Sequence[Any]:
    if not numbers:
        return ()
    mine = QUARANTINE.c.centre_id == actor.centre, QUARANTINE.c.device == actor.device
    query = select(QUARANTINE).where(*mine, QUARANTINE.c.n.between(min(numbers), max(numbers)))
    return db.execute(query.order_by(QUARANTINE.c.n)).all()
