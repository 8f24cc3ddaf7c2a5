"""A streamed round trip over real sockets: what stalls is given up, what arrived is kept."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager

import pytest

from telewelfare.actions.enrolment import connect
from telewelfare.domain.clock import Millis
from telewelfare.domain.ids import uuid7
from telewelfare.sync import link as limits
from telewelfare.sync.failures import (
    AppTooOld,
    Busy,
    CaptivePortal,
    CentreFault,
    Gap,
    Offline,
    Slow,
    SyncError,
    UnknownForm,
)
from telewelfare.sync.lines import problem_line, read_request, reply_line
from telewelfare.sync.link import Link
from telewelfare.sync.protocol import MAX_BODY, Problem, SyncReply, SyncRequest, WireOperation
from telewelfare.sync.stream import Unpacker, packer
from telewelfare.sync.transport import Central

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
LINES = "Content-Type: application/x-ndjson\r\nContent-Encoding: x-tw1\r\n"


def reply(acknowledged: int, *, more: bool = False) -> SyncReply:
    return SyncReply(acknowledged=acknowledged, cursor="e.1.1.", more=more, epoch="e", now=5)


def operation(n: int, text: str = "ก") -> WireOperation:
    return WireOperation(
        n=n,
        kind="person",
        id=uuid7(Millis(n), n.to_bytes(10, "big")),
        stamp="0" * 16 + "daaaaaaa",
        sets={"alias": text},
    )


async def requests(*asked: SyncRequest) -> AsyncGenerator[SyncRequest, None]:
    for one in asked:
        yield one


@asynccontextmanager
async def serving(handler: Handler) -> AsyncIterator[Central]:
    """A centre of sockets, and a device that reaches it."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await handler(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with connect(f"http://127.0.0.1:{port}") as http:
        yield Central(http, "token")
    server.close()


async def request_of(reader: asyncio.StreamReader) -> tuple[dict[str, str], bytes]:
    """The headers and the body of a request."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[1:]
    headers = dict(line.lower().split(": ", 1) for line in head if line)
    if "content-length" in headers:
        return headers, await reader.readexactly(int(headers["content-length"]))
    body = b""
    while size := int(await reader.readline(), 16):
        body += await reader.readexactly(size)
        await reader.readexactly(2)
    await reader.readline()
    return headers, body


def answer(body: bytes, headers: str = LINES, status: str = "200 OK") -> bytes:
    head = f"HTTP/1.1 {status}\r\n{headers}Content-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def lines(*told: str, coding: str = "x-tw1") -> bytes:
    packing = packer(coding, 3)
    return b"".join(packing.line(line) for line in told) + packing.end()


def always(body: bytes, headers: str = LINES, status: str = "200 OK") -> Handler:
    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            await request_of(reader)
            writer.write(answer(body, headers, status))
            await writer.drain()

    return handler


async def replies_of(central: Central, *asked: SyncRequest) -> list[SyncReply]:
    async with aclosing(central.exchange(requests(*asked or (SyncRequest(),)))) as found:
        return [one async for one in found]


async def test_each_request_is_a_line_and_each_line_a_reply() -> None:
    got: list[tuple[dict[str, str], list[str]]] = []

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        headers, body = await request_of(reader)
        opening = Unpacker(headers["content-encoding"], MAX_BODY, MAX_BODY)
        got.append((headers, [*opening.feed(body), *opening.end()]))
        writer.write(answer(lines(reply_line(reply(1, more=True)), "", reply_line(reply(2)))))

    async with serving(handler) as central:
        two = (SyncRequest(ops=(operation(1),)), SyncRequest(ops=(operation(2),)))
        assert await replies_of(central, *two) == [reply(1, more=True), reply(2)]
    [(headers, sent)] = got
    assert [read_request(line) for line in sent] == list(two)
    assert headers["transfer-encoding"] == "chunked"


async def test_a_round_with_nothing_to_do_is_few_bytes() -> None:
    sizes: list[int] = []

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        raw = await reader.read(2_000)
        sizes.append(len(raw))
        writer.write(answer(lines(reply_line(reply(41_000)))))

    async with serving(handler) as central:
        central = Central(central._http, "h" * 43)  # noqa: PLW2901, SLF001
        asked = SyncRequest(cursor="4892c287919d.41000.41000.", app="0.1.0", check="")
        await replies_of(central, asked)
    assert sizes[0] <= 330
    assert central.traffic.requests == 1
    assert abs(central.traffic.bytes_up - sizes[0]) <= 30


async def test_what_arrived_before_the_line_broke_is_given() -> None:
    whole = lines(reply_line(reply(1, more=True)))
    torn = f"HTTP/1.1 200 OK\r\n{LINES}Content-Length: {len(whole) + 500}\r\n\r\n".encode() + whole

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request_of(reader)
        writer.write(torn)

    async with serving(handler) as central:
        found: list[SyncReply] = []
        with pytest.raises(Offline):  # noqa: PT012
            async with aclosing(central.exchange(requests(SyncRequest()))) as replies:
                async for one in replies:
                    found.append(one)  # noqa: PERF401 - what came before the error counts
    assert found == [reply(1, more=True)]


def hurry(link: Link) -> None:
    """The limits of a real link, in tenths of their seconds."""
    link.stall, link.unknown, link.heartbeat = 0.4, 1.5, 0.2


async def test_a_network_that_takes_nothing_is_given_up_soon() -> None:
    async def handler(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        sock = reader._transport.get_extra_info("socket")  # type: ignore[attr-defined]  # noqa: SLF001 - the only way to it
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        reader._transport.pause_reading()  # type: ignore[attr-defined]  # noqa: SLF001
        await asyncio.sleep(5)

    async with serving(handler) as central:
        hurry(central.link)
        central.link.up, central.link.rtt = 7_500.0, 0.01
        noise = "".join(chr(0x4E00 + n * 7 % 20_000) for n in range(200_000))
        began = time.monotonic()
        with pytest.raises(Slow):
            await replies_of(central, SyncRequest(ops=(operation(1, noise),)))
        assert time.monotonic() - began < 4


async def test_a_centre_that_does_not_answer_is_given_up_soon() -> None:
    async def handler(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await request_of(reader)
        await asyncio.sleep(5)

    async with serving(handler) as central:
        hurry(central.link)
        began = time.monotonic()
        with pytest.raises(Slow):
            await replies_of(central)
        assert time.monotonic() - began < 3


async def test_a_reply_that_does_not_come_on_is_given_up_soon_but_not_while_the_centre_is_heard() -> (
    None
):
    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request_of(reader)
        writer.write(f"HTTP/1.1 200 OK\r\n{LINES}Content-Length: 9999\r\n\r\n".encode())
        packing = packer("x-tw1", 3)
        for _ in range(8):
            writer.write(packing.line(""))
            await writer.drain()
            await asyncio.sleep(0.15)
        writer.write(packing.line(reply_line(reply(1, more=True))))
        await asyncio.sleep(5)

    async with serving(handler) as central:
        hurry(central.link)
        central.link.up, central.link.rtt = 7_500.0, 0.01
        began, found = time.monotonic(), list[SyncReply]()
        with pytest.raises(Slow):  # noqa: PT012
            async with aclosing(central.exchange(requests(SyncRequest()))) as replies:
                async for one in replies:
                    found.append(one)
        assert found == [reply(1, more=True)]
        assert 1.2 < time.monotonic() - began < 4


HTML = "Content-Type: text/html\r\n"
PROBLEM = "Content-Type: application/problem+json\r\n"
BUSY = Problem(title="no", status=503, code="busy")
GAP = b'{"title":"x","status":409,"code":"gap","next":7}'
GOOD = lines(reply_line(reply(1)))
OTHERS: dict[str, tuple[Handler, type[SyncError]]] = {
    "a page": (always(b"<html>", HTML), CaptivePortal),
    "no page": (always(b"<html>", HTML, "404 Not Found"), CaptivePortal),
    "busy": (always(BUSY.model_dump_json().encode(), PROBLEM, "503 Busy"), Busy),
    "gap": (always(GAP, PROBLEM, "409 Gap"), Gap),
    "busy in a line": (always(lines(problem_line(BUSY))), Busy),
    "no line": (always(lines("nonsense")), CentreFault),
    "a newer line": (always(lines('{"protocol":7}')), AppTooOld),
    "cut short": (always(GOOD[:-3]), CentreFault),
    "not packed": (always(b"x" * 100), CentreFault),
    "packed otherwise": (always(GOOD, LINES.replace("x-tw1", "br")), CentreFault),
}


@pytest.mark.parametrize("name", OTHERS)
async def test_another_answer_is_known_for_what_it_is(name: str) -> None:
    handler, error = OTHERS[name]
    async with serving(handler) as central:
        with pytest.raises(error):
            await replies_of(central)


async def test_a_centre_that_knows_less_is_spoken_to_as_it_understands() -> None:
    """First another dictionary, then zstd, then gzip, and at last one message at a time."""
    spoken: list[str] = []

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            headers, _ = await request_of(reader)
            kind, coding = headers["content-type"], headers["content-encoding"]
            spoken.append(coding if "ndjson" in kind else "message")
            if kind == "application/json":
                body = reply(1).model_dump_json().encode()
                writer.write(answer(body, "Content-Type: application/json\r\n"))
            else:
                code = "unknown_coding" if coding != "gzip" else "wrong_content_type"
                refusal = Problem(title="no", status=415, code=code)
                body = refusal.model_dump_json().encode()
                writer.write(answer(body, PROBLEM, "415 Unsupported Media Type"))
            await writer.drain()

    async with serving(handler) as central:
        for _ in range(3):
            with pytest.raises(UnknownForm):
                await replies_of(central)
        assert await replies_of(central) == [reply(1)]
        assert await replies_of(central) == [reply(1)]
    assert spoken == ["x-tw1", "zstd", "gzip", "message", "message"]


def test_lines_grow_to_three_seconds_on_the_air_and_shrink_when_the_line_breaks() -> None:
    link = Link()
    first = link.operations()
    for _ in range(3):
        link.packed(first, first * 200)
        link.sent(7_500, 1.0)
    full = link.operations()
    assert 90 <= full <= 130
    link.broke()
    assert link.operations() <= full / 2
    link.worked()
    link.packed(50, 50 * 200)
    link.packed(50, 50 * 200)
    assert link.operations() > full / 2


def test_a_measured_link_is_waited_for_as_long_as_it_needs() -> None:
    link = Link()
    assert link.to_answer(100) == limits.UNKNOWN
    link.answered(300, 0.6)
    link.sent(7_500, 1.0)
    assert limits.STALL <= link.to_write() < 6
    assert link.to_answer(30_000) > 6
    assert link.to_answer(10**9) <= limits.UNKNOWN
    assert link.to_read() < 8
