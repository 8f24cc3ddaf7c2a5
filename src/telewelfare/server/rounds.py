"""One round of sync: take what the device brings, then read what it should have.

A round of one message is `sync_round`. A stream does `take` for each line that arrives and `give`
for each that it sends, with what it took so far.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import Connection, Engine, case, update

from telewelfare.domain.clock import Millis
from telewelfare.domain.ids import RecordId
from telewelfare.domain.operations import Actor, Operation
from telewelfare.server import today
from telewelfare.server.aside import drain
from telewelfare.server.auth import Caller, caller
from telewelfare.server.body import printable
from telewelfare.server.checking import Answer, answer
from telewelfare.server.cursors import resume
from telewelfare.server.database import reading, writing
from telewelfare.server.feed import Page, pull
from telewelfare.server.ledger import Pushed, append
from telewelfare.server.repeats import refused_since
from telewelfare.server.rules import RULES, Rules
from telewelfare.server.tables import DEVICE
from telewelfare.sync.protocol import MAX_RECORDS, Rejection, SyncReply, SyncRequest, WireOperation

LARGEST: Final = 2**62  # fits the columns


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of what a device brought so far."""

    who: Caller
    pushed: Pushed

    def and_then(self, later: Taken) -> Taken:
        """With what a later line of the same stream brought."""
        rejected = {one.n: one for one in self.pushed.rejected + later.pushed.rejected}
        pushed = replace(
            later.pushed,
            rejected=tuple(rejected.values()),
            made=self.pushed.made | later.pushed.made,
            accepted=self.pushed.accepted + later.pushed.accepted,
        )
        return replace(later, pushed=pushed)


def sync_round(
    engine: Engine, token: str, request: SyncRequest, now: Millis, rules: Rules = RULES
) -> SyncReply:
    """Do a round.

    What was brought is committed before anything is read, so that reading holds up no writer;
    a reply that then fails loses nothing, for the device may send all of it again.

    Raises:
        Refused: unauthorised, revoked, gap; nothing was changed.
    """
    taken = take(engine, token, request, now, rules)
    return give(engine, token, request, taken, now)


def take(
    engine: Engine, token: str, request: SyncRequest, now: Millis, rules: Rules = RULES
) -> Taken:
    """Keep what a message brings, and what was refused by older rules, in one transaction.

    Raises:
        Refused: unauthorised, revoked, gap; nothing was changed.
    """
    with writing(engine) as db:
        who = caller(db, token)
        ops = _operations(who.actor, request.ops)
        pushed = append(db, who.actor, ops, now, refused=request.refused, rules=rules)
        if request.ops:
            further = drain(db, who.actor, pushed.acknowledged, now)
            pushed = replace(pushed, acknowledged=further)
        _seen(db, who.actor, request, now)
        today.end(db, who, request.cursor)
        known = _refused_since(db, who.actor, request)
    told = {one.n: one for one in (*known, *pushed.rejected)}
    return Taken(who, replace(pushed, rejected=tuple(told.values())))


def give(engine: Engine, token: str, request: SyncRequest, taken: Taken, now: Millis) -> SyncReply:
    """A page of what the device should have, from the request's cursor on, and what became of its own.

    Raises:
        Refused: unauthorised, revoked, since it was let in.
    """
    if not request.brief:
        today.begin(engine, taken.who, request.cursor, now)
    with reading(engine) as db:
        who = caller(db, token)
        if request.brief:
            return _brief(who, taken.pushed, request, now)
        cursor, reset = resume(db, who, request.cursor)
        limit = min(request.limit, MAX_RECORDS - len(request.wants))
        page = pull(db, who, cursor, limit, taken.pushed.made)
        told = Answer() if page.more else answer(db, who, request)
    return _reply(who, taken.pushed, page, told, now, reset=reset)


def _operations(actor: Actor, wire: tuple[WireOperation, ...]) -> list[Operation]:
    return [
        Operation(actor.device, op.n, op.kind, RecordId(op.id), op.stamp, op.sets, op.base)
        for op in wire
    ]


def _refused_since(db: Connection, actor: Actor, request: SyncRequest) -> tuple[Rejection, ...]:
    """Whatever is acknowledged beyond what the device sent here, a bundle may have brought."""
    asked = () if request.unanswered is None else (request.unanswered,)
    first = min((*asked, *(op.n for op in request.ops)), default=None)
    return () if first is None else refused_since(db, actor, first)


def _seen(db: Connection, actor: Actor, request: SyncRequest, now: Millis) -> None:
    """What an administrator sees of a device: how much it still holds, and since when."""
    told: dict[str, object] = {
        "pending": min(request.pending, LARGEST),
        "oldest": None if request.oldest is None else min(request.oldest, LARGEST),
        "last_seen": now,
    }
    if request.app:  # the first line of a stream, which says all else
        told |= {"app": printable(request.app), "files": min(request.files, LARGEST)}
        told |= _found(request, now)
    mine = DEVICE.c.centre_id == actor.centre, DEVICE.c.id == actor.device
    db.execute(update(DEVICE).where(*mine).values(told))


def _found(request: SyncRequest, now: Millis) -> dict[str, object]:
    """What checks found on the device: sums of all that ever was, so that to hear it twice is well."""
    total = min(request.repaired, LARGEST)
    since = case((DEVICE.c.repaired < total, now), else_=DEVICE.c.last_repair)
    return {"repaired": total, "last_repair": since, "alone": min(request.alone, LARGEST)}


def _brief(who: Caller, pushed: Pushed, request: SyncRequest, now: Millis) -> SyncReply:
    return SyncReply(
        acknowledged=pushed.acknowledged,
        rejected=pushed.rejected,
        accepted=pushed.accepted,
        cursor=request.cursor,
        more=True,
        epoch=who.epoch,
        now=now,
    )


def _reply(
    who: Caller, pushed: Pushed, page: Page, told: Answer, now: Millis, *, reset: bool
) -> SyncReply:
    return SyncReply(
        acknowledged=pushed.acknowledged,
        rejected=pushed.rejected,
        accepted=pushed.accepted,
        changes=page.changes + told.wanted,
        removed=page.removed,
        cursor=page.cursor.text,
        more=page.more,
        epoch=who.epoch,
        now=now,
        left=page.left,
        today_left=page.today_left,
        reset=reset,
        check=told.check,
        digests=told.digests,
        gone=told.gone,
    )
