"""A TCP proxy that does to a connection what bad links, phones and providers do.

It sits between real devices and a real server. Each new connection takes the next fault of the
plan; without one it is a plain pipe. Whole requests are kept, so that they can be delivered again.
"""

from __future__ import annotations

import asyncio
import random
import socket
import struct
from collections import Counter, deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

from tests.faults import wire

UP: Final = "up"
DOWN: Final = "down"

CUT: Final = "cut"  # both sides see the end of the stream after byte `at`
RESET: Final = "reset"  # both sides get a RST after byte `at`
HANG: Final = "half-open"  # from byte `at` on nothing arrives, and nobody is told
FLIP: Final = "flip"  # one bit of byte `at` is another one
DELAY: Final = "delay"  # byte `at` waits for a moment
LATE: Final = "late"  # the request does not arrive now; it may when it is delivered again
WHATS: Final = (CUT, RESET, HANG, FLIP, DELAY, LATE)

PIECE: Final = 65_536
MOMENT: Final = 0.03  # seconds
CLOSING: Final = 1.0  # seconds for what was written to go out
PATIENCE: Final = 10.0  # seconds for a request that is delivered again to be answered
NO_LINGER: Final = struct.pack("ii", 1, 0)


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to one connection, in which direction, at which of its bytes."""

    what: str
    way: str = UP
    at: int = 0
    bit: int = 0


class Broken(Exception):
    """The connection ends here. `rudely`: with a RST."""

    def __init__(self, *, rudely: bool = False) -> None:
        self.rudely = rudely


class ChaosProxy:
    """Listens on a port of its own while it is entered; `upstream` may change meanwhile."""

    def __init__(self, upstream: Callable[[], int], seed: int = 0) -> None:
        self.chance = random.Random(seed)
        self.fired: Counter[str] = Counter()
        self._lines: list[_Line] = []
        self.port = 0
        self._upstream = upstream
        self._plan: deque[Fault] = deque()
        self._open: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        """Where devices find the centre."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def requests(self) -> list[bytes]:
        """The whole requests that went out."""
        return [request for line in self._lines for request in wire.messages(bytes(line.sent))]

    def plan(self, faults: Iterable[Fault]) -> None:
        """What the next connections meet, one each; what was planned before is forgotten."""
        self._plan = deque(faults)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _e: BaseException | None, _t: TracebackType | None
    ) -> None:
        self._server.close()
        await self.hang_up()

    async def hang_up(self) -> None:
        """End every connection that is open, also those that hang."""
        for task in tuple(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def deliver_again(self, count: int) -> int:
        """Send `count` of the kept requests once more, in any order; give how many were answered."""
        kept = self.requests
        again = [self.chance.choice(kept) for _ in range(count) if kept]
        answered = 0
        for request in again:
            with suppress(OSError, TimeoutError, asyncio.IncompleteReadError):
                await asyncio.wait_for(self._exchange(request), PATIENCE)
                answered += 1
        self.fired["delivered again"] += answered
        return answered

    async def _exchange(self, request: bytes) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._upstream())
        try:
            writer.write(request)
            reply = b""
            while wire.length(reply) is None:
                piece = await reader.read(PIECE)
                if not piece:
                    raise asyncio.IncompleteReadError(reply, None)
                reply += piece
            return reply
        finally:
            await _closed(writer)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        fault = self._plan.popleft() if self._plan else None
        try:
            await self._join((reader, writer), fault)
        except asyncio.CancelledError:
            pass  # hung up, or the loop ends; the task ends here in any case
        finally:
            self._open.discard(task)
            await _closed(writer)

    async def _join(
        self, client: tuple[asyncio.StreamReader, asyncio.StreamWriter], fault: Fault | None
    ) -> None:
        try:
            server = await asyncio.open_connection("127.0.0.1", self._upstream())
        except OSError:  # the server is dead just now
            return
        line = _Line(self, fault)
        self._lines.append(line)
        up = asyncio.create_task(line.carry(client[0], server[1], UP))
        down = asyncio.create_task(line.carry(server[0], client[1], DOWN))
        rudely = False
        try:
            done, _ = await asyncio.wait({up, down}, return_when=asyncio.FIRST_COMPLETED)
            rudely = any(_ended_rudely(task) for task in done)
        finally:
            for task in (up, down):
                task.cancel()
            for writer in (client[1], server[1]):
                _shut(writer, rudely=rudely)
            await asyncio.gather(up, down, return_exceptions=True)
            for writer in (client[1], server[1]):
                await _closed(writer)


def _ended_rudely(task: asyncio.Task[None]) -> bool:
    error = task.exception()
    return isinstance(error, Broken) and error.rudely


def _shut(writer: asyncio.StreamWriter, *, rudely: bool = False) -> None:
    if rudely and not writer.is_closing():
        found: socket.socket = writer.get_extra_info("socket")
        found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
        writer.transport.abort()
    writer.close()


async def _closed(writer: asyncio.StreamWriter) -> None:
    _shut(writer)
    with suppress(OSError, TimeoutError):
        await asyncio.wait_for(writer.wait_closed(), CLOSING)


class _Line:
    """One connection: both directions, and the one fault it meets."""

    def __init__(self, proxy: ChaosProxy, fault: Fault | None) -> None:
        self.sent = bytearray()
        self._proxy = proxy
        self._fault = fault
        self._dead = ""  # the fault after which nothing arrives any more

    async def carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: str
    ) -> None:
        """Move bytes one way until the stream ends or breaks.

        Raises:
            Broken: the fault ends the connection.
        """
        count = 0
        with suppress(ConnectionError):
            while data := await reader.read(PIECE):
                if way == UP:
                    self.sent += data
                here, count = await self._met(data, count, way, writer), count + len(data)
                if not self._dead:
                    writer.write(here)
                    await writer.drain()
                elif self._dead == LATE and wire.length(bytes(self.sent)) is not None:
                    raise Broken
        if self._dead == HANG:  # who gave up is not heard either
            await asyncio.Event().wait()

    async def _met(self, data: bytes, count: int, way: str, writer: asyncio.StreamWriter) -> bytes:
        """Let the fault happen if this is its place; give the bytes that go on from here."""
        fault = self._fault
        if fault is None or fault.way != way or fault.at >= count + len(data):
            return data
        self._fault = None
        self._proxy.fired[fault.what] += 1
        place = fault.at - count
        if fault.what == FLIP:
            return data[:place] + bytes([data[place] ^ 1 << fault.bit % 8]) + data[place + 1 :]
        writer.write(data[:place])
        await writer.drain()
        if fault.what in (CUT, RESET):
            raise Broken(rudely=fault.what == RESET)
        if fault.what == DELAY:
            await asyncio.sleep(MOMENT)
        else:
            self._dead = fault.what
        return data[place:]
