"""Bundles that somebody carried by hand: opened, verified, and appended as if their device had sent them.

Whoever carries one is told `taken`, `unreadable` or `other_centre`, and nothing else.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from fastapi import APIRouter
from pydantic import ValidationError
from sqlalchemy import Connection, Engine, Row, select
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from telewelfare.domain.clock import Millis
from telewelfare.domain.ids import DeviceId, RecordId, WorkerId
from telewelfare.domain.operations import Actor, Operation
from telewelfare.server import keys
from telewelfare.server.aside import EARLY, OTHER_WORK, REVOKED, drain, set_aside
from telewelfare.server.auth import caller, token_of
from telewelfare.server.database import reading, writing
from telewelfare.server.ledger import append
from telewelfare.server.problems import Refused
from telewelfare.server.routes import again, packed, service
from telewelfare.server.tables import CENTRE, DEVICE, WORKER
from telewelfare.sync import twb
from telewelfare.sync.protocol import (
    BUNDLE_TYPE,
    BUNDLES_PATH,
    MAX_OPERATIONS,
    PROTOCOL,
    Bundle,
    BundleReply,
)

log = structlog.get_logger("telewelfare.server")
router = APIRouter()


class UnknownDevice(twb.BadBundle):
    """It names a device this centre never let in."""

    code = "bundle_unknown_device"


class KeyMissing(Exception):
    """The private key of a centre is not on this machine: it may be the one that opens this."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a bundle's operations: numbers for the centre's own eyes."""

    centre: str
    device: str
    operations: int
    acknowledged: int  # of the device, after this
    kept: int  # set aside until they can be appended, or for a person


def take(engine: Engine, folder: Path, bundle: bytes, now: Millis) -> Taken:
    """Open a bundle and append its operations; doing it twice changes nothing.

    `folder` holds the private keys of centres.

    Raises:
        BadBundle: not taken; nothing was changed.
        KeyMissing: it cannot be opened here today.
    """
    centre, opened = _opened(engine, folder, bundle)
    with reading(engine) as db:
        row = _device(db, centre, opened.device)
    told = _told(twb.contents(opened, _decoded(row.public_key)), centre, opened.device)
    ops = sorted(_operations(told), key=lambda op: op.n)
    acknowledged = kept = 0
    for start in range(0, max(len(ops), 1), MAX_OPERATIONS):  # a writer holds up all others
        with writing(engine) as db:
            chunk = ops[start : start + MAX_OPERATIONS]
            acknowledged, aside = _append(db, centre, opened, chunk, now)
            kept += aside
    return Taken(centre, opened.device, len(ops), acknowledged, kept)


def _opened(engine: Engine, folder: Path, bundle: bytes) -> tuple[str, twb.Opened]:
    twb.look(bundle)
    with reading(engine) as db:
        centres = db.scalars(select(CENTRE.c.id).order_by(CENTRE.c.id)).all()
    missing = False
    for centre in centres:
        private = private_key(keys.key_file(folder, centre))
        missing = missing or private is None
        if private is not None:
            try:
                return centre, twb.unseal(bundle, private)
            except twb.OtherCentre:
                continue
    if missing:
        raise KeyMissing
    raise twb.OtherCentre


def private_key(file: Path) -> X25519PrivateKey | None:
    """A centre's private key; `None` where it does not lie."""
    try:
        return X25519PrivateKey.from_private_bytes(_decoded(file.read_text("ascii").strip()))
    except (OSError, ValueError):
        return None


def _decoded(key: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(key + "=" * (-len(key) % 4))
    except binascii.Error:
        return b""


def _device(db: Connection, centre: str, device: str, *, lock: bool = False) -> Row[Any]:
    whose = (WORKER.c.centre_id == DEVICE.c.centre_id) & (WORKER.c.id == DEVICE.c.worker_id)
    columns = DEVICE.c.public_key, DEVICE.c.revoked_at, DEVICE.c.acknowledged, WORKER
    query = select(*columns).join_from(DEVICE, WORKER, whose)
    query = query.where(DEVICE.c.centre_id == centre, DEVICE.c.id == device)
    row = db.execute(query.with_for_update(of=DEVICE) if lock else query).one_or_none()
    if row is None:
        raise UnknownDevice
    return row


def _told(plain: bytes, centre: str, device: str) -> Bundle:
    try:
        told = Bundle.model_validate_json(plain)
    except ValidationError as error:
        raise twb.Unusable from error
    if told.protocol > PROTOCOL:
        raise twb.Newer
    if (told.centre, told.device) != (centre, device):
        raise twb.Unusable
    return told


def _operations(told: Bundle) -> Iterator[Operation]:
    for op in told.ops:
        device = DeviceId(told.device)
        yield Operation(device, op.n, op.kind, RecordId(op.id), op.stamp, op.sets, op.base)


def _append(
    db: Connection, centre: str, opened: twb.Opened, ops: Sequence[Operation], now: Millis
) -> tuple[int, int]:
    """How far the device's work is at the centre afterwards, and how many were set aside."""
    row = _device(db, centre, opened.device, lock=True)
    areas = tuple(row.areas)
    actor = Actor(centre, WorkerId(row.id), row.role, areas, DeviceId(opened.device))
    if row.revoked_at is not None or not row.active:
        fresh = [op for op in ops if op.n > row.acknowledged]
        return row.acknowledged, set_aside(db, actor, opened.id, fresh, (REVOKED, now))
    next_ones = _run(ops, row.acknowledged)
    try:
        held = append(db, actor, next_ones, now).acknowledged
    except Refused:  # before anything was written: the device is an old copy of itself
        return row.acknowledged, set_aside(db, actor, opened.id, ops, (OTHER_WORK, now))
    early = [op for op in ops if op.n > held]
    kept = set_aside(db, actor, opened.id, early, (EARLY, now))
    return drain(db, actor, held, now), kept


def _run(ops: Sequence[Operation], held: int) -> list[Operation]:
    """What the centre has already, and what follows on it without a gap."""
    run = [op for op in ops if op.n <= held]
    for op in ops:
        if op.n == held + 1:
            run.append(op)
            held += 1
    return run


@router.post(BUNDLES_PATH)
async def carry(request: Request) -> Response:
    """A device brings what another one gave it."""
    here, token = service(request), token_of(request.headers.get("authorization", ""))

    def known() -> None:
        with reading(here.engine) as db:
            caller(db, token)

    await run_in_threadpool(known)
    bundle = await _received(request)

    def work() -> BundleReply:
        folder = keys.folder(here.settings.keys, here.engine.url)
        return again(lambda: BundleReply(outcome=_outcome(here.engine, folder, bundle, now)))

    now = here.settings.clock()
    return packed(await run_in_threadpool(work), "")


def _outcome(engine: Engine, folder: Path, bundle: bytes, now: Millis) -> str:
    try:
        taken = take(engine, folder, bundle, now)
    except twb.OtherCentre:
        return "other_centre"
    except twb.BadBundle as error:
        log.info("bundle_refused", code=error.code)
        return "unreadable"
    except KeyMissing as error:
        log.warning("bundle_key_missing")
        raise Refused("busy") from error
    log.info("bundle", operations=taken.operations, kept=taken.kept)
    return "taken"


async def _received(request: Request) -> bytes:
    """The bytes as they came.

    Raises:
        Refused: wrong_content_type, too_large
    """
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type != BUNDLE_TYPE:
        raise Refused("wrong_content_type")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > twb.LARGEST:
            raise Refused("too_large", limit=twb.LARGEST)
    return bytes(body)
