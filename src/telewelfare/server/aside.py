"""Operations of hand-carry bundles that cannot be appended yet: kept whole until they can."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final

from sqlalchemy import Connection, Engine, Row, delete, select, update

from telewelfare.domain.clock import Millis
from telewelfare.domain.ids import DeviceId, RecordId
from telewelfare.domain.operations import Actor, Operation
from telewelfare.server.database import reading, upsert
from telewelfare.server.ledger import append
from telewelfare.server.repeats import are_other_work
from telewelfare.server.tables import CARRIED

EARLY: Final = "early"  # operations before these have not arrived yet
REVOKED: Final = "revoked"  # its device or worker was shut out
OTHER_WORK: Final = "other_work"  # the ledger holds other work under these numbers
WAITING: Final = (EARLY, REVOKED)  # may be appended later


def set_aside(
    db: Connection, actor: Actor, bundle: str, ops: Sequence[Operation], why: tuple[str, Millis]
) -> int:
    """Keep operations that cannot be appended now, whole."""
    code, now = why
    rows = [
        {
            "centre_id": actor.centre,
            "device": actor.device,
            "n": op.n,
            "bundle": bundle,
            "code": code,
            "body": json.dumps(asdict(op)),
            "received_at": now,
        }
        for op in ops
    ]
    upsert(db, CARRIED, rows, ())
    return len(rows)


def drain(db: Connection, actor: Actor, held: int, now: Millis) -> int:
    """Append what was set aside and can be now; the number up to which the device's work is here.

    `held` is that number before. To be called whenever a device's work has come further.
    """
    mine = CARRIED.c.centre_id == actor.centre, CARRIED.c.device == actor.device
    query = select(CARRIED).where(*mine, CARRIED.c.code.in_(WAITING))
    rows = db.execute(query.order_by(CARRIED.c.n, CARRIED.c.bundle)).all()
    for row in rows:
        op = _kept(row)
        if row.n == held + 1:
            held = append(db, actor, [op], now).acknowledged
        if row.n <= held:
            this = *mine, CARRIED.c.n == row.n, CARRIED.c.bundle == row.bundle
            if are_other_work(db, actor, [op]):
                db.execute(update(CARRIED).where(*this).values(code=OTHER_WORK))
            else:
                db.execute(delete(CARRIED).where(*this))
    return held


def _kept(row: Row[Any]) -> Operation:
    kept = json.loads(row.body)
    return Operation(
        DeviceId(kept["device"]),
        kept["n"],
        kept["kind"],
        RecordId(kept["record"]),
        kept["stamp"],
        kept["sets"],
        kept["base"],
    )


def kept_aside(engine: Engine) -> list[dict[str, Any]]:
    """Which devices' carried work waits, since when and why; nothing of what is in it."""
    columns = [CARRIED.c[name] for name in ("centre_id", "device", "n", "code", "received_at")]
    with reading(engine) as db:
        query = select(*columns).order_by(CARRIED.c.centre_id, CARRIED.c.device, CARRIED.c.n)
        return [dict(row) for row in db.execute(query).mappings()]
