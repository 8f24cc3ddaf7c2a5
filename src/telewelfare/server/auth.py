"""Who is asking: a device by its token, and through it a worker."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, select

from telewelfare.domain.ids import DeviceId, WorkerId
from telewelfare.domain.operations import Actor
from telewelfare.server.keys import digest
from telewelfare.server.problems import Refused
from telewelfare.server.tables import CENTRE, DEVICE, WORKER

SCHEME: Final = "bearer "
LONGEST_TOKEN: Final = 200


@dataclass(frozen=True, slots=True)
class Caller:
    """Who acts, in which epoch of the centre."""

    actor: Actor
    epoch: str


def token_of(authorization: str) -> str:
    """The token of an Authorization header.

    Raises:
        Refused: `unauthorised`, when there is none.
    """
    if not authorization.lower().startswith(SCHEME) or len(authorization) > LONGEST_TOKEN:
        raise Refused("unauthorised")
    return authorization[len(SCHEME) :].strip()


def caller(db: Connection, token: str) -> Caller:
    """The worker whose device holds a token.

    Raises:
        Refused: `unauthorised`; `revoked`, when device or worker was shut out.
    """
    whose = (WORKER.c.centre_id == DEVICE.c.centre_id) & (WORKER.c.id == DEVICE.c.worker_id)
    query = (
        select(DEVICE.c.id.label("device"), DEVICE.c.revoked_at, WORKER, CENTRE.c.epoch)
        .join_from(DEVICE, WORKER, whose)
        .join(CENTRE, CENTRE.c.id == DEVICE.c.centre_id)
        .where(DEVICE.c.token_hash == digest(token))
    )
    row = db.execute(query).one_or_none()
    if row is None:
        raise Refused("unauthorised")
    if row.revoked_at is not None or not row.active:
        raise Refused("revoked")
    areas = tuple(row.areas)
    actor = Actor(row.centre_id, WorkerId(row.id), row.role, areas, DeviceId(row.device))
    return Caller(actor, row.epoch)
