"""How each device stands: what it still holds, since when, and when it was last heard of."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Select, delete, select, update

from telewelfare.domain.clock import Millis
from telewelfare.domain.operations import Actor
from telewelfare.server.tables import DEVICE, HEAD_START, WORKER
from telewelfare.sync.protocol import DeviceState

OWN = (
    *("centre_id", "id", "worker_id", "name", "app", "enrolled_at", "last_seen", "revoked_at"),
    *("acknowledged", "pending", "oldest", "files", "repaired", "last_repair", "alone"),
)


def devices() -> Select[*tuple[Any, ...]]:
    """Every device of every centre, with whose it is."""
    whose = (WORKER.c.centre_id == DEVICE.c.centre_id) & (WORKER.c.id == DEVICE.c.worker_id)
    worker = WORKER.c.name.label("worker_name"), WORKER.c.role, WORKER.c.active, WORKER.c.areas
    query = select(*(DEVICE.c[name] for name in OWN), *worker).join_from(DEVICE, WORKER, whose)
    return query.order_by(DEVICE.c.centre_id, DEVICE.c.enrolled_at, DEVICE.c.id)


def states(db: Connection, actor: Actor) -> tuple[DeviceState, ...]:
    """The devices of the worker's own centre that may still sync."""
    open_ones = DEVICE.c.centre_id == actor.centre, DEVICE.c.revoked_at.is_(None)
    rows = db.execute(devices().where(*open_ones, WORKER.c.active.is_(True))).mappings()
    return tuple(DeviceState.model_validate(dict(row), strict=False) for row in rows)


def shut_out(db: Connection, device: str, now: Millis) -> None:
    """Take its token's worth from a device. Doing it twice changes nothing."""
    open_one = DEVICE.c.id == device, DEVICE.c.revoked_at.is_(None)
    db.execute(update(DEVICE).where(*open_one).values(revoked_at=now))
    db.execute(delete(HEAD_START).where(HEAD_START.c.device == device))
