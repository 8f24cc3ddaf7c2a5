"""One round of sync: take what the device brings, then read what it should have."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from sqlalchemy import Connection, Engine, update

from telewelfare.domain.clock import Millis
from telewelfare.domain.ids import RecordId
from telewelfare.domain.operations import Actor, Operation
from telewelfare.server.aside import drain
from telewelfare.server.auth import Caller, caller
from telewelfare.server.body import printable
from telewelfare.server.database import reading, writing
from telewelfare.server.feed import Page, pull, resume
from telewelfare.server.ledger import Pushed, append
from telewelfare.server.tables import DEVICE
from telewelfare.sync.protocol import SyncReply, SyncRequest, WireOperation

LARGEST: Final = 2**62  # fits the columns


def sync_round(engine: Engine, token: str, request: SyncRequest, now: Millis) -> SyncReply:
    """Do a round.

    What was brought is committed before anything is read, so that reading holds up no writer;
    a reply that then fails loses nothing, for the device may send all of it again.

    Raises:
        Refused: unauthorised, revoked, gap; nothing was changed.
    """
    with writing(engine) as db:
        who = caller(db, token)
        pushed = append(db, who.actor, _operations(who.actor, request.ops), now)
        if request.ops:
            further = drain(db, who.actor, pushed.acknowledged, now)
            pushed = replace(pushed, acknowledged=further)
        _seen(db, who.actor, request, now)
    with reading(engine) as db:
        cursor, reset = resume(db, who, request.cursor)
        page = pull(db, who, cursor, request.limit, pushed.made)
    return _reply(who, pushed, page, now, reset=reset)


def _operations(actor: Actor, wire: tuple[WireOperation, ...]) -> list[Operation]:
    return [
        Operation(actor.device, op.n, op.kind, RecordId(op.id), op.stamp, op.sets, op.base)
        for op in wire
    ]


def _seen(db: Connection, actor: Actor, request: SyncRequest, now: Millis) -> None:
    """What an administrator sees of a device: how much it still holds, and since when."""
    told: dict[str, int | str | None] = {
        "pending": min(request.pending, LARGEST),
        "oldest": None if request.oldest is None else min(request.oldest, LARGEST),
        "last_seen": now,
    }
    if request.app:
        told["app"] = printable(request.app)
    mine = DEVICE.c.centre_id == actor.centre, DEVICE.c.id == actor.device
    db.execute(update(DEVICE).where(*mine).values(told))


def _reply(who: Caller, pushed: Pushed, page: Page, now: Millis, *, reset: bool) -> SyncReply:
    return SyncReply(
        acknowledged=pushed.acknowledged,
        rejected=pushed.rejected,
        changes=page.changes,
        removed=page.removed,
        cursor=page.cursor.text,
        more=page.more,
        epoch=who.epoch,
        now=now,
        left=page.left,
        reset=reset,
    )
