"""Let a device in: an invitation and the key it made become a token."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from telewelfare.domain.clock import Millis
from telewelfare.domain.ids import DeviceId, new_device_id
from telewelfare.server.body import printable
from telewelfare.server.devices import shut_out
from telewelfare.server.keys import code_hash, digest, is_public_key, new_token, randomness
from telewelfare.server.problems import Refused
from telewelfare.server.tables import CENTRE, DEVICE, INVITATION, WORKER
from telewelfare.sync.protocol import EnrolReply, EnrolRequest

DEVICE_BYTES = 5


def enrol(db: Connection, request: EnrolRequest, now: Millis) -> EnrolReply:
    """Use an invitation up.

    A device whose reply was lost on the way may ask again with the same key until its first sync.

    Raises:
        Refused: `malformed` key, or what is wrong with the invitation; nothing was changed.
    """
    if not is_public_key(request.public_key):
        raise Refused("malformed")
    invitation = _invitation(db, request.code)
    if invitation.expires_at <= now:
        raise Refused("invitation_expired")
    if request.worker and request.worker != invitation.worker_id:
        raise Refused("invitation_other")
    token = new_token()
    if invitation.used_at is None:
        device = _admit(db, invitation, request, token, now)
    else:
        device = _again(db, invitation, request, token)
    held = _held(db, invitation, request.former, now)
    return _welcome(db, invitation, device, token, now).model_copy(update={"held": held})


def _held(
    db: Connection, invitation: Row[Any], former: Sequence[str], now: Millis
) -> dict[str, int]:
    """How much the centre has of what the device was before; nothing more is taken under that name.

    Locked first: a request of the old name that is under way is waited for, and counted.
    """
    if not former:
        return {}
    own = DEVICE.c.centre_id == invitation.centre_id, DEVICE.c.worker_id == invitation.worker_id
    query = select(DEVICE.c.id, DEVICE.c.acknowledged).where(*own, DEVICE.c.id.in_(former))
    held = {row.id: row.acknowledged for row in db.execute(query.with_for_update())}
    for device in held:
        shut_out(db, device, now)
    return held


def _invitation(db: Connection, code: str) -> Row[Any]:
    wanted = select(INVITATION).where(INVITATION.c.code_hash == code_hash(code))
    found = db.execute(wanted.with_for_update()).one_or_none()
    if found is None:
        raise Refused("invitation_unknown")
    return found


def _admit(
    db: Connection, invitation: Row[Any], request: EnrolRequest, token: str, now: Millis
) -> DeviceId:
    centre, worker = invitation.centre_id, invitation.worker_id
    device = add_device(db, (centre, worker), request, token, now)
    mine = INVITATION.c.centre_id == centre, INVITATION.c.code_hash == invitation.code_hash
    db.execute(update(INVITATION).where(*mine).values(used_at=now, device_id=device))
    return device


def add_device(
    db: Connection, whose: tuple[str, str], request: EnrolRequest, token: str, now: Millis
) -> DeviceId:
    """Write a device that holds `token`. `whose`: the centre and the worker."""
    centre, worker = whose
    device = new_device_id(randomness(DEVICE_BYTES))
    values = {
        "centre_id": centre,
        "id": device,
        "worker_id": worker,
        "public_key": request.public_key,
        "token_hash": digest(token),
        "name": printable(request.name),
        "app": printable(request.app),
        "enrolled_at": now,
        "acknowledged": 0,
        "pending": 0,
    }
    db.execute(insert(DEVICE).values(values))
    return device


def _again(db: Connection, invitation: Row[Any], request: EnrolRequest, token: str) -> DeviceId:
    mine = (
        DEVICE.c.centre_id == invitation.centre_id,
        DEVICE.c.id == invitation.device_id,
        DEVICE.c.public_key == request.public_key,
        DEVICE.c.last_seen.is_(None),
        DEVICE.c.revoked_at.is_(None),
    )
    renewed = update(DEVICE).where(*mine).values(token_hash=digest(token))
    if db.execute(renewed).rowcount != 1:
        raise Refused("invitation_used")
    return DeviceId(invitation.device_id)


def _welcome(
    db: Connection, invitation: Row[Any], device: DeviceId, token: str, now: Millis
) -> EnrolReply:
    centre = db.execute(select(CENTRE).where(CENTRE.c.id == invitation.centre_id)).one()
    whose = WORKER.c.centre_id == centre.id, WORKER.c.id == invitation.worker_id
    worker = db.execute(select(WORKER).where(*whose)).one()
    if not worker.active:
        raise Refused("revoked")
    return EnrolReply(
        device=device,
        token=token,
        epoch=centre.epoch,
        centre=centre.id,
        centre_name=centre.name,
        centre_key=centre.public_key,
        worker=worker.id,
        worker_name=worker.name,
        role=worker.role,
        areas=tuple(worker.areas),
        now=now,
    )
