"""One streamed round trip: lines go out in small pieces, replies are given as they arrive.

A piece that the network does not take in time, or a reply that does not come on, ends the exchange
at once: on a link that was cut, a new connection is quicker than waiting for the old one.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from http import HTTPStatus
from typing import Final

import httpx

from telewelfare.sync import codec
from telewelfare.sync.failures import (
    AppTooOld,
    CaptivePortal,
    CentreFault,
    SyncError,
    refusal,
    refused,
    retry_after,
    unreachable,
)
from telewelfare.sync.lines import (
    MAX_REPLY_LINE,
    BadLine,
    ProblemLine,
    read_reply,
    request_line,
)
from telewelfare.sync.link import PIECE, SWALLOWED, UNKNOWN, WEIGHED, Link, Traffic, weight
from telewelfare.sync.protocol import (
    LINES_TYPE,
    MAX_BODY,
    PROTOCOL,
    SYNC_PATH,
    SyncReply,
    SyncRequest,
)
from telewelfare.sync.stream import Unpacker, packer

CONNECT: Final = 5.0  # seconds
SLOW: Final = 100_000  # bytes a second; below, packing harder is quicker than sending more
HARD: Final = 17  # of zstd
LIGHT: Final = 5
BLOCKED: Final = 0.2  # seconds; a piece that took longer met full buffers
MAX_REPLIES: Final = 512 * MAX_BODY
TICK: Final = 0.5  # seconds between two looks at a request that waits for its reply
MAX_PROBLEM: Final = 64_000  # bytes of a refusal
INLINE: Final = 20  # operations that are packed without another thread


class Exchange:
    """One request with its reply."""

    def __init__(
        self, http: httpx.AsyncClient, token: str, coding: str, link: Link, traffic: Traffic
    ) -> None:
        self._http = http
        self._token = token
        self._coding = coding
        self._link = link
        self._traffic = traffic
        self._packing = packer(coding, LIGHT if (link.up or 0) > SLOW else HARD)
        self._limits: dict[str, float] = {}
        self._writing = False
        self._began = self._moved = time.monotonic()  # to send; when a piece was taken last
        self._first, self._size = self._began, 0  # when the body was begun; bytes of it

    async def replies(
        self, requests: AsyncIterator[SyncRequest]
    ) -> AsyncGenerator[SyncReply, None]:
        """Send the requests as lines; give each reply.

        Raises:
            SyncError
        """
        self._traffic.requests += 1
        try:
            response = await self._sent(await self._request(requests))
            try:
                async with aclosing(self._lines(response)) as lines:
                    async for line in lines:
                        yield _reply(line)
            finally:
                await response.aclose()
        except httpx.TransportError as error:
            self._link.broke()
            raise unreachable(error) from error
        except (codec.Undecodable, codec.TooLarge, codec.UnknownCoding) as error:
            raise CentreFault("a body that cannot be unpacked") from error
        self._link.worked()

    async def _sent(self, request: httpx.Request) -> httpx.Response:
        """The beginning of the reply; watches meanwhile that the body is taken.

        The limit for a write is httpx's for a whole request; what the link can do is learned in it.
        """
        self._moved = self._began = time.monotonic()
        sending = asyncio.create_task(self._http.send(request, stream=True))
        try:
            while not sending.done():
                late = self._moved + self._link.to_write() - time.monotonic()
                if self._writing and late <= 0:
                    raise httpx.WriteTimeout("the network takes nothing")
                await asyncio.wait({sending}, timeout=late if late > 0 else TICK)
            return await sending
        finally:
            if not sending.done():
                sending.cancel()
                await asyncio.wait({sending})

    async def _request(self, requests: AsyncIterator[SyncRequest]) -> httpx.Request:
        """A body of one line says its length; a longer one is made while it is sent."""
        first, second = await anext(requests), await anext(requests, None)
        body = await self._packed(first)
        headers = {
            "Content-Type": LINES_TYPE,
            "Content-Encoding": self._coding,
            "Accept-Encoding": self._coding,
            "Authorization": f"Bearer {self._token}",
        }
        if second is None:
            body += self._packing.end()
            headers["Content-Length"] = str(len(body))
        self._limits |= {"connect": CONNECT, "pool": CONNECT, "write": UNKNOWN}
        self._limits["read"] = self._link.to_answer(len(body))
        request = httpx.Request(
            "POST",
            self._http.base_url.join(SYNC_PATH),
            headers=headers,
            content=self._pieces(body, second, requests),
            extensions={"timeout": self._limits},
        )
        self._traffic.bytes_up += weight(request.headers.raw)
        return request

    async def _pieces(
        self, body: bytes, second: SyncRequest | None, requests: AsyncIterator[SyncRequest]
    ) -> AsyncIterator[bytes]:
        """The body, so little at once that it shows whether the network takes it."""
        self._writing, self._first = True, time.monotonic()
        self._link.connected(time.monotonic() - self._began)
        gauge = _Gauge(self._link)
        async for part in self._bodies(body, second, requests):
            for start in range(0, len(part), PIECE):
                piece = part[start : start + PIECE]
                began = time.monotonic()
                yield piece
                self._traffic.bytes_up += len(piece)
                gauge.wrote(len(piece), began)
                self._moved = time.monotonic()
        self._writing = False
        self._limits["read"] = self._link.to_answer(gauge.size)
        self._size = gauge.size

    async def _bodies(
        self, body: bytes, second: SyncRequest | None, requests: AsyncIterator[SyncRequest]
    ) -> AsyncIterator[bytes]:
        yield body
        if second is None:
            return
        yield await self._packed(second)
        async for request in requests:
            yield await self._packed(request)
        yield self._packing.end()

    async def _packed(self, request: SyncRequest) -> bytes:
        if len(request.ops) <= INLINE:
            return self._packing.line(request_line(request))
        packed = await asyncio.to_thread(lambda: self._packing.line(request_line(request)))
        self._link.packed(len(request.ops), len(packed))
        return packed

    async def _lines(self, response: httpx.Response) -> AsyncGenerator[str, None]:
        """The lines of a reply; empty ones only say that the centre is still there."""
        began, size = time.monotonic(), 0
        self._link.answered(self._size, began - self._first)
        self._limits["read"] = self._link.to_read()
        self._traffic.bytes_down += weight(response.headers.raw)
        kind = response.headers.get("content-type", "").split(";")[0].strip()
        if response.status_code != HTTPStatus.OK or kind != LINES_TYPE:
            raise await self._refusal(response, kind)
        unpacker = Unpacker(
            response.headers.get("content-encoding", ""), MAX_REPLY_LINE, MAX_REPLIES
        )
        async for raw in response.aiter_raw():
            size += len(raw)
            self._traffic.bytes_down += len(raw)
            for line in unpacker.feed(raw):
                if line:
                    yield line
        for line in unpacker.end():
            yield line
        if size >= WEIGHED:
            self._link.received(size, time.monotonic() - began)

    async def _refusal(self, response: httpx.Response, kind: str) -> SyncError:
        plain = bytearray()
        async for raw in response.aiter_raw():
            self._traffic.bytes_down += len(raw)
            plain += raw
            if len(plain) > MAX_PROBLEM:
                break
        if response.status_code == HTTPStatus.OK:
            return CaptivePortal(f"{SYNC_PATH} answered {kind}")
        wait = retry_after(response.headers)
        return refusal(response.status_code, kind, bytes(plain), wait)


class _Gauge:
    """Watches how fast the network takes what it is given."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._first = time.monotonic()
        self.size = 0

    def wrote(self, size: int, began: float) -> None:
        """A piece was taken, that was given at `began`."""
        now = time.monotonic()
        self.size += size
        self._link.taken += size
        if now - began > BLOCKED:
            self._link.blocked = True
        if self.size >= SWALLOWED + WEIGHED:
            self._link.up = (self.size - SWALLOWED) / max(now - self._first, 1e-3)


def _reply(line: str) -> SyncReply:
    """Raises AppTooOld, CentreFault, and what the centre says that went wrong."""
    try:
        reply = read_reply(line)
    except ProblemLine as told:
        raise refused(told.problem) from told
    except BadLine as error:
        if (error.protocol or PROTOCOL) > PROTOCOL:
            raise AppTooOld from error
        raise CentreFault("not a line of a reply") from error
    if reply.protocol > PROTOCOL:
        raise AppTooOld
    return reply
