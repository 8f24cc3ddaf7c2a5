"""What an administrator does with a centre: functions, so that the command line and the demo share them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, insert, select

from telewelfare.domain.areas import is_area
from telewelfare.domain.clock import Millis
from telewelfare.domain.codes import CODES
from telewelfare.domain.fields import Json, escape
from telewelfare.domain.ids import RecordId, WorkerId
from telewelfare.domain.operations import Actor, Operation, base_of
from telewelfare.server.batch import load
from telewelfare.server.database import reading, writing
from telewelfare.server.effects import new_id
from telewelfare.server.enrol import add_device
from telewelfare.server.keys import (
    code_hash,
    key_file,
    make_centre_key,
    new_code,
    new_token,
    randomness,
)
from telewelfare.server.ledger import settle
from telewelfare.server.numbering import broken
from telewelfare.server.stamps import SERVER, after
from telewelfare.server.tables import CENTRE, INVITATION, WORKER
from telewelfare.sync.protocol import EnrolRequest

BASE_URL: Final = "http://127.0.0.1:8000"
MINUTES: Final = 30  # an invitation is good for
_MINUTE: Final = 60_000  # milliseconds
_CENTRE_ID = re.compile(r"[0-9A-Za-z]{1,10}")


class AdminError(Exception):
    """An administrator asked for what cannot be. `code` has a sentence in `strings/*/admin.toml`."""

    def __init__(self, code: str, **detail: object) -> None:
        super().__init__(code)
        self.code, self.detail = code, detail


@dataclass(frozen=True, slots=True)
class Invited:
    """What to hand to the person. The code is nowhere stored."""

    code: str
    url: str
    expires_at: int
    worker: WorkerId


def init(engine: Engine, *, centre: str, name: str, keys: Path) -> str:
    """Make a centre with a key pair; return the file of its private key.

    Raises:
        AdminError: centre_id_bad, name_missing, centre_exists, key_exists
    """
    if not _CENTRE_ID.fullmatch(centre):
        raise AdminError("centre_id_bad", centre=centre)
    if not name.strip():
        raise AdminError("name_missing")
    file = key_file(keys, centre)
    with writing(engine) as db:
        if db.scalar(select(CENTRE.c.id).where(CENTRE.c.id == centre)) is not None:
            raise AdminError("centre_exists", centre=centre)
        try:
            public_key = make_centre_key(file)
        except FileExistsError as error:
            raise AdminError("key_exists", file=file) from error
        row = {"id": centre, "name": name, "seq": 0, "chain": "", "public_key": public_key}
        db.execute(insert(CENTRE).values(row | {"epoch": randomness(6).hex()}))
    return str(file)


def add_worker(
    db: Connection,
    *,
    centre: str,
    role: str,
    areas: Sequence[str],
    name: str,
    now: Millis,
    position: str = "",
) -> WorkerId:
    """Write a worker, and the record by which devices know their name.

    Raises:
        AdminError: centre_unknown, role_unknown, area_unknown, area_missing, name_missing
    """
    if db.scalar(select(CENTRE.c.id).where(CENTRE.c.id == centre)) is None:
        raise AdminError("centre_unknown", centre=centre)
    if not name.strip():
        raise AdminError("name_missing")
    check_scope(role, areas)
    worker = WorkerId(new_id(now))
    row = {"centre_id": centre, "id": worker, "name": name, "role": role, "areas": list(areas)}
    rest = {"position": position, "sdhsv_id": "", "active": True}
    db.execute(insert(WORKER).values(row | rest))
    sets: dict[str, Json] = {"display_name": name, "role": role, "active": True}
    sets |= {f"areas/{escape(area)}": True for area in areas}
    if position:
        sets["position"] = position
    write_worker(db, centre, worker, sets, now)
    return worker


def write_worker(
    db: Connection, centre: str, worker: WorkerId, sets: Mapping[str, Json], now: Millis
) -> None:
    """An edit of a worker's record by the centre itself, in its ledger; sent whole to who sees it."""
    actor = Actor(centre, WorkerId(SERVER), "admin", (), SERVER)
    batch = load(db, actor, [Operation(SERVER, 0, "worker", RecordId(worker), "", sets)], now)
    held = batch.held.get(worker)
    seen = held.record.stamps.values() if held else ()
    op = Operation(SERVER, 0, "worker", RecordId(worker), after(now, SERVER, *seen), sets)
    batch.write(replace(op, base=base_of(held.record, sets) if held else {}), n=None)
    if held:
        held.whole = True
    settle(batch)


def check_scope(role: str, areas: Sequence[str]) -> None:
    """Raises AdminError: role_unknown, area_missing, area_unknown."""
    if role not in CODES["role"]:
        raise AdminError("role_unknown", role=role, roles=", ".join(CODES["role"]))
    if not areas:
        raise AdminError("area_missing")
    for area in areas:
        if not is_area(area):
            raise AdminError("area_unknown", area=area)


def invite(
    engine: Engine,
    *,
    centre: str,
    role: str,
    areas: Sequence[str],
    name: str,
    now: Millis,
    base_url: str = BASE_URL,
    minutes: int = MINUTES,
) -> Invited:
    """Make a worker and a code that lets one device of theirs in.

    Raises:
        AdminError: as `add_worker`
    """
    with writing(engine) as db:
        worker = add_worker(db, centre=centre, role=role, areas=areas, name=name, now=now)
        return _invite(db, centre, worker, base_url, now + minutes * _MINUTE)


def invite_again(
    engine: Engine, worker: str, *, now: Millis, base_url: str = BASE_URL, minutes: int = MINUTES
) -> Invited:
    """A code for another device of a worker who is there already.

    Raises:
        AdminError: worker_unknown
    """
    with writing(engine) as db:
        found = db.scalar(select(WORKER.c.centre_id).where(WORKER.c.id == worker))
        if found is None:
            raise AdminError("worker_unknown", worker=worker)
        return _invite(db, found, WorkerId(worker), base_url, now + minutes * _MINUTE)


def _invite(
    db: Connection, centre: str, worker: WorkerId, base_url: str, expires_at: int
) -> Invited:
    code = new_code()
    row = {"centre_id": centre, "code_hash": code_hash(code), "worker_id": worker}
    db.execute(insert(INVITATION).values(row | {"expires_at": expires_at}))
    return Invited(code, f"{base_url.rstrip('/')}/enrol#{code}", expires_at, worker)


def add_actor(
    db: Connection, *, centre: str, role: str, areas: Sequence[str], name: str, now: Millis
) -> tuple[Actor, str]:
    """A worker with an enrolled device and its token, for data that no phone ever typed."""
    worker = add_worker(db, centre=centre, role=role, areas=areas, name=name, now=now)
    token = new_token()
    request = EnrolRequest(code="-", public_key=new_token())
    device = add_device(db, (centre, worker), request, token, now)
    return Actor(centre, worker, role, tuple(areas), device), token


def verify_ledger(engine: Engine) -> list[dict[str, Any]]:
    """For each centre: how many rows its ledger has, and at which number it was tampered with."""
    with reading(engine) as db:
        centres = db.execute(select(CENTRE.c.id, CENTRE.c.seq).order_by(CENTRE.c.id)).all()
        return [{"centre": c.id, "rows": c.seq, "broken_at": broken(db, c.id)} for c in centres]
