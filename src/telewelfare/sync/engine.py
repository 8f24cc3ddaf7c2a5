"""One round with the centre: send what waits, take in what is new, until neither is left."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final

from telewelfare.domain.clock import Millis
from telewelfare.domain.ids import RecordId
from telewelfare.domain.operations import Operation
from telewelfare.store.incoming import News, Reply
from telewelfare.store.journal import Journal, Waiting
from telewelfare.store.outgoing import Outgoing
from telewelfare.sync.checking import Question, first, following
from telewelfare.sync.failures import (
    Busy,
    CentreFault,
    Gap,
    Offline,
    SyncError,
    TooLarge,
    UnknownForm,
)
from telewelfare.sync.protocol import MAX_ASKED, RecordDelta, SyncReply, SyncRequest, WireOperation
from telewelfare.sync.transport import Central

SMALLEST: Final = 1
LARGEST: Final = 1_000
APP_VERSION: Final = "0.1.0"
IN_FLIGHT: Final = "in_flight"  # meta: up to this number much was sent and not answered yet
MUCH: Final = 20  # operations; to ask how far the centre is costs less than sending more again
SOON: Final = 0.3  # seconds after a break, at least
LATER: Final = 4.0  # seconds between attempts that get nowhere, at most
AT_ONCE: Final = 5_000  # operations in one request: only its reply acknowledges them


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a round is, in what a person counts: things sent, things received.

    `confirmed`: of those sent, how many the centre has said it holds. `today`: of those to come,
    how many are of the cases that matter today; a first sync brings them before all others.
    """

    sent: int
    to_send: int
    received: int
    to_receive: int
    confirmed: int = 0
    today: int = 0


@dataclass(frozen=True, slots=True)
class Round:
    """What a round did."""

    pushed: int
    pulled: int
    rejected: int
    conflicts: int
    pending: int


@dataclass(frozen=True, slots=True)
class Patience:
    """What to do when the network breaks a round off.

    A round that got somewhere is taken up again at once. For `seconds` it is also tried again
    when it gets nowhere. `jitter` gives 0 ≤ x < 1, `pause` waits for so many seconds.
    """

    seconds: float = 0.0
    jitter: Callable[[], float] = lambda: 0.5
    pause: Callable[[float], Awaitable[object]] = asyncio.sleep


async def run_round(
    journal: Journal,
    central: Central,
    wall: Callable[[], Millis],
    on_progress: Callable[[Progress], object] = lambda _: None,
    patience: Patience = Patience(),
    *,
    everything: bool = False,
) -> Round:
    """Bring the device and the centre to the same knowledge, and check it; `everything` at once.

    Safe to interrupt at any point and to run twice: the centre holds each operation once,
    and each line of a reply is taken in whole or not at all.

    Raises:
        SyncError: what was acknowledged until then stays acknowledged.
    """
    if everything:
        await asyncio.to_thread(journal.check_all)
    going = _Going(journal, central, wall, on_progress, everything=everything)
    retries = _Retries(patience, going)
    while True:
        try:
            if await going.exchange():
                return going.done()
        except SyncError as error:
            await retries.after(error)


class _Retries:
    """Whether to go on after a break, and when."""

    def __init__(self, patience: Patience, going: _Going) -> None:
        self._patience = patience
        self._going = going
        self._until = time.monotonic() + patience.seconds
        self._steps = self._idle = self._taken = 0
        self._hoping = False

    async def after(self, error: SyncError) -> None:
        """Wait a moment; raises the error when there is nothing to wait for."""
        jitter = self._patience.jitter()
        if isinstance(error, Offline) and self._got_somewhere():
            self._idle = 0
            await self._patience.pause(SOON + (1 - SOON) * jitter)
            return
        wait = min(LATER, SOON * 2**self._idle) * (1 + jitter)
        if isinstance(error, Busy):
            wait = error.wait
        mendable = isinstance(error, (Offline, Busy, CentreFault))
        if not mendable or time.monotonic() + wait > self._until:
            raise error
        self._idle += 1
        await self._patience.pause(wait)

    def _got_somewhere(self) -> bool:
        """Something was taken in since the last break; or, once, the network took what we sent."""
        steps, taken = self._going.steps, self._going.central.link.taken
        moved, sent = steps > self._steps, taken > self._taken
        self._steps, self._taken = steps, taken
        if moved:
            self._hoping = False
            return True
        hope = sent and not self._hoping
        self._hoping = hope
        return hope


class _Going:
    """A round under way."""

    def __init__(
        self,
        journal: Journal,
        central: Central,
        wall: Callable[[], Millis],
        on_progress: Callable[[Progress], object],
        *,
        everything: bool,
    ) -> None:
        self.central = central
        self.steps = 0  # replies that brought us further
        self._journal = journal
        self._wall = wall
        self._on_progress = on_progress
        self._most = LARGEST  # operations of a line, less when the centre found one too large
        self._pushed = self._pulled = self._rejected = self._conflicts = 0
        self._to_send = journal.waiting().pending
        self._first: int | None = None  # number of the first operation of this request
        self._handed = 0  # operations of this request that were given to the network
        self._sent = 0  # number of the last that was given to it, or was when a round broke off
        self._last: SyncReply | None = None
        self._everything = everything
        self._asked: Question | None = first(journal, wall())
        self._fresh = 0  # number of what is made from this request on

    def done(self) -> Round:
        """What it did."""
        pending = self._journal.waiting().pending
        return Round(self._pushed, self._pulled, self._rejected, self._conflicts, pending)

    async def exchange(self) -> bool:
        """One request and its reply; whether there is nothing left to do.

        Raises:
            SyncError
        """
        self._first, self._handed, self._last = None, 0, None
        self._fresh = await asyncio.to_thread(self._journal.next_number)
        asking = int(await asyncio.to_thread(self._journal.read_meta, IN_FLIGHT) or 0)
        self._sent = asking
        try:
            async with (
                aclosing(self._asking() if asking else self._lines()) as lines,
                aclosing(self.central.exchange(lines)) as replies,
            ):
                async for reply in replies:
                    if not await self._took(reply):
                        return False
        except Gap as gap:
            if not await asyncio.to_thread(_count_alike, self._journal, gap):
                raise
            return False
        except TooLarge:
            if self._most == SMALLEST:
                raise
            self._most = max(SMALLEST, self._most // 2)
            return False
        except UnknownForm:
            return False
        await asyncio.to_thread(self._check)
        return self._is_over()

    def _is_over(self) -> bool:
        if self._last is None:
            raise CentreFault("a reply without a line")
        if self._last.more:
            return False
        if self._asked is not None:
            return False
        waits = self._journal.pending(1)  # what was taken once may wait again: see `incoming`
        return not waits or (self._first is None and waits[0].n >= self._fresh)

    def _check(self) -> None:
        """What the end of a reply tells of what the device holds, and what to ask then."""
        if self._asked is None or self._last is None:
            return
        now = self._wall()
        asked = self._asked
        self._asked = following(self._journal, asked, self._last, now)
        if self._asked is None and self._everything:
            another = first(self._journal, now)
            further = another.turn.large and another.turn != asked.turn  # else it does not check
            self._asked = another if further else None

    # -------------------------------------------------------------- going up

    async def _asking(self) -> AsyncGenerator[SyncRequest, None]:
        """Much was sent, then the connection broke: how much of it is there?"""
        waits = await asyncio.to_thread(self._journal.pending, 1)
        yield SyncRequest(
            cursor=self._journal.read_meta("cursor") or "",
            brief=True,
            unanswered=waits[0].n if waits else None,
            pending=self._journal.waiting().pending,
        )

    async def _lines(self) -> AsyncGenerator[SyncRequest, None]:
        """The oldest that waits, and what is made meanwhile; the first line says all else."""
        ops = await self._next(0)
        yield await asyncio.to_thread(self._request, ops)
        while ops and self._handed < AT_ONCE:
            ops = await self._next(ops[-1].n)
            if ops:
                waiting = self._journal.waiting()
                self._on_progress(self._progress(waiting, 0))
                yield SyncRequest(
                    ops=tuple(map(_wire, ops)),
                    pending=max(0, waiting.pending - self._handed),
                    oldest=waiting.oldest,
                )

    async def _next(self, after: int) -> tuple[Operation, ...]:
        most = min(self._most, self.central.link.operations())
        ops = await asyncio.to_thread(self._journal.pending, most, after)
        if ops and self._first is None:
            self._first = ops[0].n
        self._handed += len(ops)
        self._sent = ops[-1].n if ops else self._sent
        if ops and self._handed > MUCH:
            await asyncio.to_thread(self._journal.write_meta, IN_FLIGHT, str(self._sent))
        return ops

    def _request(self, ops: tuple[Operation, ...]) -> SyncRequest:
        waiting, health = self._journal.waiting(), self._journal.health()
        return SyncRequest(
            cursor=self._journal.read_meta("cursor") or "",
            ops=tuple(map(_wire, ops)),
            app=APP_VERSION,
            pending=max(0, waiting.pending - len(ops)),
            oldest=waiting.oldest,
            pace=self.central.link.pace(),
            refused=self._journal.refused(MAX_ASKED),
            files=Outgoing(self._journal).counts().photos,
            repaired=health.repaired,
            alone=health.alone,
            **(self._asked.fields if self._asked else {}),
        )

    # ------------------------------------------------------------ coming down

    async def _took(self, reply: SyncReply) -> bool:
        """Take a line in; whether the rest of the reply is still of use."""
        if self._first is not None and reply.acknowledged < self._first:
            raise CentreFault("a reply that acknowledges nothing of what was sent")
        if reply.acknowledged >= await asyncio.to_thread(self._journal.next_number):
            await asyncio.to_thread(self._journal.count_past, reply.acknowledged)
            return False
        settled, refused = await asyncio.to_thread(self._take_in, reply)
        self._last = reply
        self._pushed += settled - refused
        self._rejected += refused
        self._pulled += len(reply.changes)
        self._conflicts += sum(delta.kind == "conflict" for delta in reply.changes)
        self.steps += bool(settled or reply.changes or reply.removed)
        self._handed = 0
        self._on_progress(self._progress(self._journal.waiting(), reply.left, reply.today_left))
        return True

    def _of_what_was_sent(self, reply: SyncReply) -> SyncReply:
        """A reply that acknowledges nothing it was not asked about.

        On an old copy the centre's count speaks of other work: what was not sent yet is sent first,
        and compared there.
        """
        known = max(self._sent, self._journal.last_settled())
        rejected = tuple(one for one in reply.rejected if one.n <= known)
        acknowledged = min(reply.acknowledged, known)
        return reply.model_copy(update={"acknowledged": acknowledged, "rejected": rejected})

    def _take_in(self, reply: SyncReply) -> tuple[int, int]:
        """Keep a line; give how many operations it settles, and how many of those it refuses."""
        reply = self._of_what_was_sent(reply)
        waits = self._journal.pending(1)
        first = waits[0].n if waits else reply.acknowledged + 1
        settled = max(0, reply.acknowledged - first + 1)
        refused = sum(one.n >= first for one in reply.rejected)
        answers = self._asked is not None and not reply.more
        wants = self._asked.wants if self._asked and answers else ()
        _take_in(self._journal, reply, self._wall(), wants)
        if self._journal.read_meta(IN_FLIGHT):
            self._journal.write_meta(IN_FLIGHT, "")
        return settled, refused

    def _progress(self, waiting: Waiting, left: int, today: int = 0) -> Progress:
        sent = self._pushed + self._rejected
        return Progress(
            sent + self._handed,
            max(self._to_send, sent + waiting.pending),
            self._pulled,
            self._pulled + left,
            sent,
            today,
        )


def _count_alike(journal: Journal, gap: Gap) -> int:
    """Go on from the number the centre expects; give how much that changes, 0 = nothing helps.

    What no file holds any more leaves a hole in the numbers: what comes after it moves up.
    """
    if gap.other is not None:
        return journal.renumber(gap.next, since=gap.other)
    return journal.send_again(gap.next) or journal.renumber(gap.next, since=gap.next)


def _wire(op: Operation) -> WireOperation:
    return WireOperation(
        n=op.n,
        kind=op.kind,
        id=op.record,
        stamp=op.stamp,
        sets=dict(op.sets),
        base=dict(op.base),
    )


def _take_in(journal: Journal, reply: SyncReply, wall: Millis, wants: tuple[str, ...]) -> None:
    journal.write_meta("clock_off", str(reply.now - wall))
    journal.take_in(
        Reply(
            acknowledged=reply.acknowledged,
            rejected={one.n: f"{one.code} {one.path}".strip() for one in reply.rejected},
            accepted=reply.accepted,
            news=tuple(_news(delta) for delta in reply.changes),
            removed=reply.removed,
            cursor=reply.cursor,
            now=Millis(reply.now),
            reset=reply.reset,
            wanted=wants,
            gone=reply.gone,
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
