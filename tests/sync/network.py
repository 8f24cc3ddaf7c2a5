"""Devices and a network that loses requests and replies, sends twice and delivers late."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from pathlib import Path
from typing import Final

import httpx
from fastapi import FastAPI

from telewelfare.domain.clock import Millis
from telewelfare.domain.ids import RecordId, uuid7
from telewelfare.domain.operations import Actor, Edit, Operation
from telewelfare.store.migrations import migrate
from telewelfare.store.rows import operations
from telewelfare.sync.engine import Patience, Round, run_round
from telewelfare.sync.transport import Central, SyncError
from tests.store import snapshots

WORKS: Final = "works"
LOST: Final = "lost"  # the centre never sees the request
UNANSWERED: Final = "unanswered"  # the centre does it, the reply is lost
TWICE: Final = "twice"  # the request arrives twice, the second reply is the one that comes back
LATE: Final = "late"  # lost, but a copy arrives before the next request that gets through
CUT: Final = "cut"  # the connection dies in the middle of the request: its first lines arrive
BROKEN: Final = "broken"  # it dies in the middle of the reply
FATES: Final = (WORKS, LOST, UNANSWERED, TWICE, LATE, CUT, BROKEN)
FEW: Final = 2  # operations of a line, so that a body has several


class BadNetwork(httpx.AsyncBaseTransport):
    """Does with each request what `fates` says, in order; when none is left it works."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self._centre = httpx.ASGITransport(app=app)
        self._late: list[httpx.Request] = []
        self.fates: list[str] = []
        self.meanwhile: Callable[[], object] = lambda: None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Deliver, or not."""
        fate = self.fates.pop(0) if self.fates else WORKS
        copy = await _copied(request)
        if fate in (LOST, LATE):
            self._late += [copy] if fate == LATE else []
            raise httpx.ConnectError("the network lost the request")
        for late in self._late:
            await self._deliver(late)
        self._late.clear()
        if fate == CUT:
            await self._cut_off(copy)
            raise httpx.WriteError("the network broke in the middle of the request")
        if fate == TWICE:
            await self._deliver(await _copied(copy))
        reply = await self._deliver(copy)
        if fate == UNANSWERED:
            raise httpx.ReadTimeout("the network lost the reply")
        meanwhile, self.meanwhile = self.meanwhile, lambda: None
        meanwhile()  # somebody types while the reply is on its way
        return await _half(reply) if fate == BROKEN else reply

    async def _cut_off(self, request: httpx.Request) -> None:
        """Deliver two thirds of a body; then the device is gone."""
        body = await request.aread()
        arriving: list[dict[str, object]] = [
            {"type": "http.request", "body": body[: len(body) * 2 // 3], "more_body": True},
            {"type": "http.disconnect"},
        ]
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "method": request.method,
            "path": request.url.path,
            "query_string": b"",
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
            "client": ("127.0.0.1", 1),
        }

        async def receive() -> dict[str, object]:
            return arriving.pop(0) if arriving else {"type": "http.disconnect"}

        async def send(_message: object) -> None:
            """Nobody is there to be answered."""

        await self._app(scope, receive, send)

    async def _deliver(self, request: httpx.Request) -> httpx.Response:
        reply = await self._centre.handle_async_request(request)
        body = await reply.aread()
        return httpx.Response(
            reply.status_code, headers=reply.headers, stream=httpx.ByteStream(body)
        )


async def _copied(request: httpx.Request) -> httpx.Request:
    """The same bytes again: a request's stream can be read once."""
    body = await request.aread()
    return httpx.Request(request.method, request.url, headers=request.headers, content=body)


class _Torn(httpx.AsyncByteStream):
    """A body that ends where no body may end."""

    def __init__(self, part: bytes) -> None:
        self._part = part

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._part
        raise httpx.ReadError("the network broke in the middle of the reply")


async def _half(reply: httpx.Response) -> httpx.Response:
    body = await reply.aread()
    torn = _Torn(body[: len(body) * 2 // 3])
    return httpx.Response(reply.status_code, headers=reply.headers, stream=torn)


async def _no_pause(_seconds: float) -> None:
    """The network of a test is back at once."""


class Device:
    """A worker's device without a screen, its clock off by `skew` ms."""

    def __init__(
        self,
        folder: Path,
        actor: Actor,
        token: str,
        app: FastAPI,
        *,
        clock: Callable[[], Millis],
        skew: int,
        lines: bool = True,
    ) -> None:
        folder.mkdir()
        self.actor, self.journal = actor, snapshots.journal(folder, actor)
        migrate(self.journal.engine)
        self.network = BadNetwork(app)
        self.refusals: list[str] = []
        self._token, self._skew, self._clock = token, skew, clock
        self._made, self._lines = 0, lines

    def now(self) -> Millis:
        """What this device's clock shows."""
        return Millis(self._clock() + self._skew)

    def commit(self, *edits: Edit) -> None:
        """Save what was typed."""
        self.journal.commit(edits, self.now())

    def new_id(self) -> RecordId:
        """An id nobody else makes."""
        self._made += 1
        mark = f"{self.actor.device:>8.8}".encode()
        return RecordId(uuid7(self.now(), self._made.to_bytes(2, "big") + mark))

    def known(self, kind: str) -> list[RecordId]:
        """Ids of the records of a kind that this device has, in order."""
        return sorted(record.id for record in self.journal.of_kind(kind))

    def made(self) -> list[tuple[Operation, str]]:
        """Every operation ever made here, and its state."""
        with self.journal.engine.connect() as db:
            rows = db.execute(operations.select().order_by(operations.c.n)).all()
            opened = self.journal._rows(db)  # noqa: SLF001 - no screen ever needs acknowledged ones
            return [(opened.operation(row), row.state) for row in rows]

    async def sync(self, fates: Iterable[str] = ()) -> Round | None:
        """A round; `None` when the network broke it off."""
        self.network.fates = list(fates)
        async with httpx.AsyncClient(transport=self.network, base_url="http://centre") as http:
            try:
                return await run_round(
                    self.journal, self._central(http), self.now, patience=Patience(pause=_no_pause)
                )
            except SyncError as error:
                self.refusals.append(error.code)
                return None
            finally:
                self.network.fates = []

    def _central(self, http: httpx.AsyncClient) -> Central:
        central = Central(http, self._token)
        central.link.grown = FEW
        if not self._lines:
            central._codings = []  # noqa: SLF001 - as when the centre knows no lines
        return central

    def close(self) -> None:
        """Let go of the file."""
        self.journal.engine.dispose()
