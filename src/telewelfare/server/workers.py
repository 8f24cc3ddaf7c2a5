"""What an administrator does with workers and their devices, told in the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, Row, func, select, update

from telewelfare.domain.clock import Millis
from telewelfare.domain.fields import Json, escape
from telewelfare.domain.ids import WorkerId
from telewelfare.domain.operations import Actor
from telewelfare.server.admin import AdminError, check_scope, write_worker
from telewelfare.server.database import reading, writing
from telewelfare.server.devices import devices as all_devices
from telewelfare.server.devices import shut_out
from telewelfare.server.scoping import change_scope
from telewelfare.server.stamps import SERVER
from telewelfare.server.tables import CENTRE, DEVICE, WORKER

SHOWN = ("centre_id", "id", "name", "role", "areas", "position", "active")


@dataclass(frozen=True, slots=True)
class Unsent:
    """What devices said last that they still hold."""

    operations: int
    files: int

    def __bool__(self) -> bool:
        return bool(self.operations or self.files)


def workers(engine: Engine) -> list[dict[str, Any]]:
    """Every worker of every centre."""
    query = select(*(WORKER.c[name] for name in SHOWN)).order_by(WORKER.c.centre_id, WORKER.c.id)
    with reading(engine) as db:
        return [dict(row) for row in db.execute(query).mappings()]


def worker(engine: Engine, id_: str) -> dict[str, Any]:
    """One worker with their devices.

    Raises:
        AdminError: worker_unknown
    """
    with reading(engine) as db:
        row = _worker(db, id_)
        own = all_devices().where(DEVICE.c.worker_id == id_)
        found = [dict(device) for device in db.execute(own).mappings()]
        return {name: getattr(row, name) for name in SHOWN} | {"devices": found}


def devices(engine: Engine) -> list[dict[str, Any]]:
    """Every device, and how its work stands: what it still holds and since when."""
    with reading(engine) as db:
        return [dict(row) for row in db.execute(all_devices()).mappings()]


def set_worker(
    engine: Engine,
    id_: str,
    *,
    now: Millis,
    role: str | None = None,
    areas: Sequence[str] | None = None,
    active: bool | None = None,
    even_unsent: bool = False,
) -> dict[str, Any]:
    """Change what a worker does, where, or whether at all; `None` leaves it.

    In one transaction with its ledger row: their devices gain and lose by it at their next sync.

    Raises:
        AdminError: worker_unknown, role_unknown, area_unknown, area_missing, unsent
    """
    with writing(engine) as db:
        row = _worker(db, id_)
        new_role = row.role if role is None else role
        new_areas = row.areas if areas is None else list(dict.fromkeys(areas))
        new_active = row.active if active is None else active
        check_scope(new_role, new_areas)
        unsent = _unsent(db, DEVICE.c.worker_id == id_)
        closes = row.active and not new_active
        if closes and unsent and not even_unsent:
            raise _would_strand(unsent)
        values = {"role": new_role, "areas": new_areas, "active": new_active}
        sets = _differences(row, values)
        if sets:
            if closes and unsent:
                sets["left_unsent"] = unsent.operations + unsent.files
            db.execute(update(WORKER).where(*_is(row)).values(values))
            write_worker(db, row.centre_id, WorkerId(id_), sets, now)
            reopened = new_active and not row.active
            _rescope(db, row, new_role, new_areas, anew=reopened)
    return worker(engine, id_)


def _differences(row: Row[Any], values: dict[str, Any]) -> dict[str, Json]:
    sets: dict[str, Json] = {
        name: values[name] for name in ("role", "active") if values[name] != getattr(row, name)
    }
    gone, come = set(row.areas) - set(values["areas"]), set(values["areas"]) - set(row.areas)
    sets |= {f"areas/{escape(area)}": None for area in sorted(gone)}
    return sets | {f"areas/{escape(area)}": True for area in sorted(come)}


def _rescope(db: Connection, row: Row[Any], role: str, areas: Sequence[str], *, anew: bool) -> None:
    """After the ledger row: nobody else of the centre writes until this is committed."""
    seq = db.scalar(select(CENTRE.c.seq).where(CENTRE.c.id == row.centre_id)) or 0
    before = Actor(row.centre_id, WorkerId(row.id), row.role, tuple(row.areas), SERVER)
    after = Actor(row.centre_id, WorkerId(row.id), role, tuple(areas), SERVER)
    change_scope(db, before, after, seq, anew=anew)


def revoke(engine: Engine, device: str, *, now: Millis, even_unsent: bool = False) -> None:
    """Shut a device out. Doing it twice changes nothing.

    Raises:
        AdminError: device_unknown; unsent, when it said it still holds work.
    """
    with writing(engine) as db:
        row = db.execute(select(DEVICE).where(DEVICE.c.id == device)).one_or_none()
        if row is None:
            raise AdminError("device_unknown", device=device)
        unsent = Unsent(row.pending, row.files)
        if row.revoked_at is not None:
            return
        if unsent and not even_unsent:
            raise _would_strand(unsent)
        shut_out(db, device, now)
        sets: dict[str, Json] = {f"closed_devices/{device}": unsent.operations + unsent.files}
        write_worker(db, row.centre_id, WorkerId(row.worker_id), sets, now)


def _worker(db: Connection, id_: str) -> Row[Any]:
    row = db.execute(select(WORKER).where(WORKER.c.id == id_).with_for_update()).one_or_none()
    if row is None:
        raise AdminError("worker_unknown", worker=id_)
    return row


def _is(row: Row[Any]) -> tuple[Any, Any]:
    return WORKER.c.centre_id == row.centre_id, WORKER.c.id == row.id


def _unsent(db: Connection, whose: Any) -> Unsent:  # noqa: ANN401 - a condition on DEVICE
    sums = func.coalesce(func.sum(DEVICE.c.pending), 0), func.coalesce(func.sum(DEVICE.c.files), 0)
    pending, files = db.execute(select(*sums).where(whose, DEVICE.c.revoked_at.is_(None))).one()
    return Unsent(int(pending), int(files))


def _would_strand(unsent: Unsent) -> AdminError:
    return AdminError("unsent", operations=unsent.operations, files=unsent.files)
