"""One round with the centre: send what waits, take in what is new, until neither is left."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from telewelfare.domain.clock import Millis
from telewelfare.domain.ids import RecordId
from telewelfare.domain.operations import Operation
from telewelfare.store.incoming import News, Reply
from telewelfare.store.journal import Journal
from telewelfare.sync.protocol import RecordDelta, SyncReply, SyncRequest, WireOperation
from telewelfare.sync.transport import Central, CentreFault, Gap, TooLarge

BATCH: Final = 200  # operations in the first request of a round
SMALLEST: Final = 1
LARGEST: Final = 1_000
APP_VERSION: Final = "0.1.0"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a round is, in what a person counts: things sent, things received."""

    sent: int
    to_send: int
    received: int
    to_receive: int


@dataclass(frozen=True, slots=True)
class Round:
    """What a round did."""

    pushed: int
    pulled: int
    rejected: int
    conflicts: int
    pending: int


async def run_round(
    journal: Journal,
    central: Central,
    wall: Callable[[], Millis],
    on_progress: Callable[[Progress], object] = lambda _: None,
) -> Round:
    """Bring the device and the centre to the same knowledge.

    Safe to interrupt at any point and to run twice: the centre holds each operation once,
    and a reply is taken in whole or not at all.

    Raises:
        SyncError: what was acknowledged until then stays acknowledged.
    """
    pushed = pulled = rejected = conflicts = 0
    batch, to_send = BATCH, journal.waiting().pending
    while True:
        ops = await asyncio.to_thread(journal.pending, batch)
        try:
            reply = await central.sync(await asyncio.to_thread(_request, journal, ops))
        except Gap as gap:
            if not await asyncio.to_thread(_count_alike, journal, ops, gap.next):
                raise
            continue
        except TooLarge:
            if batch == SMALLEST:
                raise
            batch = max(SMALLEST, min(batch, len(ops)) // 2)
            continue
        if ops and reply.acknowledged < ops[0].n:
            raise CentreFault("a reply that acknowledges nothing of what was sent")
        if reply.acknowledged >= await asyncio.to_thread(journal.next_number):
            await asyncio.to_thread(journal.renumber, reply.acknowledged + 1)
            continue
        await asyncio.to_thread(_take_in, journal, reply, wall())
        pushed += sum(op.n <= reply.acknowledged for op in ops) - len(reply.rejected)
        rejected += len(reply.rejected)
        pulled += len(reply.changes)
        conflicts += sum(delta.kind == "conflict" for delta in reply.changes)
        waiting = journal.waiting()
        on_progress(
            Progress(
                pushed + rejected,
                max(to_send, pushed + waiting.pending),
                pulled,
                pulled + reply.left,
            )
        )
        if not reply.more and (not waiting.pending or not ops):
            return Round(pushed, pulled, rejected, conflicts, waiting.pending)
        batch = min(batch * 2, LARGEST)


def _count_alike(journal: Journal, ops: tuple[Operation, ...], expected: int) -> int:
    """Go on from the number the centre expects; give how much that changes, 0 = nothing helps."""
    if ops and ops[0].n < expected:
        return journal.renumber(expected)
    return journal.send_again(expected)


def _request(journal: Journal, ops: tuple[Operation, ...]) -> SyncRequest:
    waiting = journal.waiting()
    return SyncRequest(
        cursor=journal.read_meta("cursor") or "",
        ops=tuple(_wire(op) for op in ops),
        app=APP_VERSION,
        pending=max(0, waiting.pending - len(ops)),
        oldest=waiting.oldest,
    )


def _wire(op: Operation) -> WireOperation:
    return WireOperation(
        n=op.n,
        kind=op.kind,
        id=op.record,
        stamp=op.stamp,
        sets=dict(op.sets),
        base=dict(op.base),
    )


def _take_in(journal: Journal, reply: SyncReply, wall: Millis) -> None:
    journal.write_meta("clock_off", str(reply.now - wall))
    journal.take_in(
        Reply(
            acknowledged=reply.acknowledged,
            rejected={rejection.n: rejection.code for rejection in reply.rejected},
            news=tuple(_news(delta) for delta in reply.changes),
            removed=reply.removed,
            cursor=reply.cursor,
            now=Millis(reply.now),
        )
    )


def _news(delta: RecordDelta) -> News:
    return News(
        kind=delta.kind,
        id=RecordId(delta.id),
        sets=delta.sets,
        stamps=delta.stamps,
        seq=delta.seq,
        whole=delta.whole,
    )
