"""A round as a stream of lines: each that arrives is committed, each that leaves can be kept at once.

A body that dies after k lines has those k lines in the ledger. Nothing is locked while the network
is waited for: a line is a transaction of its own, and so is the reading of a page.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any, Final, Protocol, TypeVar

import structlog
from sqlalchemy import Engine
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from telewelfare.domain.clock import Millis
from telewelfare.server.body import arriving
from telewelfare.server.problems import Refused
from telewelfare.server.rounds import Taken, give, take
from telewelfare.server.rules import RULES, Rules
from telewelfare.sync.codec import TooLarge, Undecodable, UnknownCoding
from telewelfare.sync.lines import BadLine, problem_line, read_request, reply_line
from telewelfare.sync.protocol import (
    LINES_TYPE,
    MAX_BODY,
    MAX_RECORDS,
    PROTOCOL,
    SyncReply,
    SyncRequest,
)
from telewelfare.sync.stream import Packer, Unpacker, choose_line_coding, packer

T = TypeVar("T")

log = structlog.get_logger("telewelfare.server")

LONG: Final = 10_000  # letters of a line
MAX_STREAM: Final = 64 * MAX_BODY  # bytes of all lines of one request, unpacked
SECONDS: Final = 60.0  # of one reply; then the device asks again
RECORDS: Final = 20_000  # of one reply
PATIENCE: Final = 2.0  # seconds after which a device is told that we are still here
FIRST_PAGE: Final = 25  # records in the first line, so that something is usable soon
USUAL_PAGE: Final = 250  # the most in one line for a device that does not tell its pace
AIR_SECONDS: Final = 3.0  # of the network, that one line may take
RECORD_BYTES: Final = 200  # of a record in a reply, about
SLOW: Final = 100_000  # bytes a second; a faster device is better served by a quick centre
LEVELS: Final = ((4, 19), (16, 12), (64, 6))  # up to so many requests in hand: zstd's level
BUSY_LEVEL: Final = 3
FAST_LEVEL: Final = 5
SMALL_LEVEL: Final = 9


class Again(Protocol):
    """Does a transaction, and once more when the database gave way to another one."""

    def __call__(self, work: Callable[[], T], /) -> T: ...


@dataclass(frozen=True, slots=True)
class Desk:
    """What serves one device: the database, its token, the clock, the rules."""

    engine: Engine
    token: str
    clock: Callable[[], Millis]
    again: Again
    rules: Rules = RULES

    def take(self, request: SyncRequest) -> Taken:
        """Commit a line."""
        return self.again(lambda: take(self.engine, self.token, request, self.clock(), self.rules))

    def give(self, request: SyncRequest, taken: Taken) -> SyncReply:
        """Read a page."""
        return self.again(lambda: give(self.engine, self.token, request, taken, self.clock()))


@dataclass(slots=True)
class InHand:
    """How many streams this process answers now."""

    now: int = 0

    @contextmanager
    def one(self) -> Iterator[None]:
        """Count a stream while it is worked on."""
        self.now += 1
        try:
            yield
        finally:
            self.now -= 1

    def level(self, pace: int | None) -> int:
        """How hard to pack: a slow link is worth it, unless many wait for the processor."""
        if pace is not None and pace > SLOW:
            return FAST_LEVEL
        return next((level for most, level in LEVELS if self.now <= most), BUSY_LEVEL)


IN_HAND: Final = InHand()


async def answer_lines(request: Request, desk: Desk) -> Response:
    """Commit each line of a request, then stream what the device should have.

    Raises:
        Refused: before anything was sent; lines before the refused one are committed.
    """
    incoming = _Incoming(desk)
    try:
        async for line in _lines(request):
            await incoming.commit(await _read(line))
    except BaseException:
        await incoming.rest()
        raise
    with IN_HAND.one():
        coding = choose_line_coding(request.headers.get("accept-encoding", ""))
        reply = _Reply(desk, coding, incoming.pace)
        begun = asyncio.create_task(reply.first_line(incoming))
        if (await asyncio.wait({begun}, timeout=PATIENCE))[0]:
            line = begun.result()  # a refusal is still a problem document
            if reply.ended:
                packing = reply.packing()
                return reply.response(packing.line(line) + packing.end())
    return reply.response(reply.stream(begun))


class _Incoming:
    """The lines of one request: one is committed while the next arrives."""

    def __init__(self, desk: Desk) -> None:
        self.first: SyncRequest | None = None
        self._desk = desk
        self._taken: Taken | None = None
        self._under_way: asyncio.Task[Taken] | None = None

    @property
    def pace(self) -> int | None:
        """What the device said of its network."""
        return self.first.pace if self.first else None

    async def commit(self, asked: SyncRequest) -> None:
        """Begin to commit a line; the one before is committed by then.

        Raises:
            Refused: the one before was refused.
        """
        await self._settle()
        self.first = self.first or asked
        self._under_way = asyncio.create_task(run_in_threadpool(self._desk.take, asked))

    async def rest(self) -> None:
        """Until nothing is under way. What becomes of it, the device will ask."""
        if self._under_way is not None:
            await asyncio.gather(self._under_way, return_exceptions=True)

    async def taken(self) -> tuple[SyncRequest, Taken]:
        """The first line, and what became of all.

        Raises:
            Refused
        """
        await self._settle()
        if self.first is None or self._taken is None:
            raise Refused("malformed")
        return self.first, self._taken

    async def _settle(self) -> None:
        under_way, self._under_way = self._under_way, None
        if under_way is not None:
            taken = await under_way
            self._taken = self._taken.and_then(taken) if self._taken else taken


async def _lines(request: Request) -> AsyncIterator[str]:
    """Raises Refused: unknown_coding, too_large, malformed, stalled."""
    coding = request.headers.get("content-encoding", "").strip().lower()
    try:
        unpacker = Unpacker(coding, MAX_BODY, MAX_STREAM)
        async for piece in arriving(request):
            for line in filter(None, unpacker.feed(piece)):
                yield line
        for line in filter(None, unpacker.end()):
            yield line
    except UnknownCoding as error:
        raise Refused("unknown_coding") from error
    except TooLarge as error:
        raise Refused("too_large", limit=MAX_BODY) from error
    except Undecodable as error:
        raise Refused("malformed", status=HTTPStatus.BAD_REQUEST) from error


async def _read(line: str) -> SyncRequest:
    """A long line is read beside the others' requests, not before them."""
    return _understood(line) if len(line) < LONG else await run_in_threadpool(_understood, line)


def _understood(line: str) -> SyncRequest:
    try:
        asked = read_request(line)
    except TooLarge as error:
        raise Refused("too_large", limit=MAX_BODY) from error
    except BadLine as error:
        raise Refused("malformed") from error
    if asked.protocol < PROTOCOL:
        raise Refused("app_too_old")
    return asked


@dataclass(slots=True)
class _Reply:
    """The lines of one reply, made one after the other."""

    desk: Desk
    coding: str
    pace: int | None  # bytes a second that the device can receive, by its own measure
    ended: bool = False
    sent: int = 0  # records
    size: int = FIRST_PAGE
    began: float = field(default_factory=time.monotonic)
    asked: SyncRequest = field(init=False)
    taken: Taken = field(init=False)

    async def first_line(self, incoming: _Incoming) -> str:
        """Once all that was brought is committed.

        Raises:
            Refused
        """
        self.asked, self.taken = await incoming.taken()
        self.size = min(FIRST_PAGE, self.asked.limit)
        return await run_in_threadpool(self.next_line)

    def packing(self) -> Packer:
        """For one body."""
        return packer(self.coding, IN_HAND.level(self.pace))

    def next_line(self) -> str:
        """Read a page. What was told once is not told again."""
        page = self.desk.give(self.asked.model_copy(update={"limit": self.size}), self.taken)
        self.sent += self.size
        self.ended = not page.more or self.asked.brief or self._spent()
        self.asked = self.asked.model_copy(update={"cursor": page.cursor})
        self.taken = replace(
            self.taken, pushed=replace(self.taken.pushed, rejected=(), accepted=())
        )
        self.size = min(self.size * 2, self._most(), self.asked.limit)
        return reply_line(page)

    def _spent(self) -> bool:
        return self.sent >= RECORDS or time.monotonic() - self.began > SECONDS

    def _most(self) -> int:
        """Records that a line may hold: about three seconds of the device's network."""
        if self.pace is None:
            return USUAL_PAGE
        return max(FIRST_PAGE, min(MAX_RECORDS, int(self.pace * AIR_SECONDS) // RECORD_BYTES))

    def response(self, body: bytes | AsyncIterator[bytes]) -> Response:
        """Only the headers that a device reads: each costs it time on the air."""
        headers: dict[str, Any] = (
            {} if self.coding == "identity" else {"Content-Encoding": self.coding}
        )
        if isinstance(body, bytes):
            return Response(body, headers=headers, media_type=LINES_TYPE)
        return StreamingResponse(body, headers=headers, media_type=LINES_TYPE)

    async def stream(self, line: asyncio.Task[str]) -> AsyncIterator[bytes]:
        """Line after line; an empty one while the next takes its time."""
        packing = self.packing()
        with IN_HAND.one():
            try:
                while True:
                    while not (await asyncio.wait({line}, timeout=PATIENCE))[0]:
                        yield packing.line("")
                    yield await run_in_threadpool(packing.line, line.result())
                    if self.ended:
                        break
                    line = asyncio.create_task(run_in_threadpool(self.next_line))
            except Refused as refused:
                yield packing.line(problem_line(refused.problem))
            except Exception as error:  # noqa: BLE001 - the edge: the status has been sent
                log.warning("fault", kind=type(error).__name__)
                yield packing.line(problem_line(Refused("server_fault").problem))
        yield packing.end()
