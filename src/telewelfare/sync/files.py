"""Brings photos to the centre after the text, a piece at a time, and fetches those of others.

Text always goes first: between two pieces the queue asks whether it should give way. What the
centre has of a file is asked, never assumed, so neither a killed app nor a dead signal makes a
file begin anew. One file that fails waits for itself; the others go on.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Final

from telewelfare.domain.clock import Millis
from telewelfare.domain.operations import Record
from telewelfare.store.home import SealedFiles
from telewelfare.store.outgoing import Outgoing, OutgoingFile
from telewelfare.sync.file_transport import FileCentral, FileRefused
from telewelfare.sync.schedule import next_attempt
from telewelfare.sync.transport import CaptivePortal, Offline, SyncError

log = logging.getLogger(__name__)

UNASKED: Final = 8_192  # bytes; a smaller file is sent without asking first how far it is
CORRECTIONS: Final = 4  # how often in one turn the centre may name another offset
ROOM: Final = 200 * 1024 * 1024  # bytes that stay free on the device
FOR_EVER: Final = frozenset({"wrong_media_type", "too_large", "malformed"})
TRIES: Final = {"wrong_hash": 4}  # each costs the whole file
LINK: Final = (Offline, CaptivePortal)  # what is wrong is the way there, not the file


@dataclass(frozen=True, slots=True)
class Brought:
    """What one turn of the queue did."""

    files: int = 0
    bytes: int = 0  # that the centre has more than before
    refused: int = 0
    waiting: int = 0
    gave_way: bool = False
    problem: str = ""  # why it stopped before the end; "" = it did not


def added(one: Brought, then: Brought) -> Brought:
    """What two turns did together; how it stands after the second."""
    return replace(
        then,
        files=one.files + then.files,
        bytes=one.bytes + then.bytes,
        refused=one.refused + then.refused,
    )


class FileQueue:
    """The files of this device, on their way. One turn at a time."""

    def __init__(
        self,
        outgoing: Outgoing,
        files: SealedFiles,
        central: FileCentral,
        wall: Callable[[], Millis],
        jitter: Callable[[], float] = lambda: 0.0,
    ) -> None:
        self.outgoing = outgoing
        self.wifi_only = False  # the worker's choice: photos wait for a line that costs nothing
        self.unmetered: bool | None = None  # whether the line costs nothing; None = nobody knows
        self._files, self._central = files, central
        self._wall, self._jitter = wall, jitter
        self._failures = 0  # turns in a row in which nothing came further
        self._hurried = False
        self._reached: dict[str, int] = {}  # of files on their way, what the centre has

    def choose(self, *, wifi_only: bool) -> None:
        """The worker chose anew; screens that show it are told."""
        self.wifi_only = wifi_only
        self.outgoing.announce()

    def hurry(self) -> None:
        """What failed may be tried at once: the worker asks, or the network came back."""
        self._failures, self._hurried = 0, True

    @property
    def only_small(self) -> bool:
        """Whether photos wait for another line; small pictures go always."""
        return self.wifi_only and not self.unmetered

    def _let_go(self) -> None:
        """Files of records that left this device go, too; first the file, that none stays unnamed."""
        for sha256 in self.outgoing.left_behind():
            self._files.forget(sha256)
            self.outgoing.forget(sha256)

    async def run(self, give_way: Callable[[], bool] = lambda: False) -> Brought:
        """Bring what waits until nothing does, the line breaks, or `give_way`."""
        await asyncio.to_thread(self.outgoing.catch_up, self._files.has, self._wall())
        await asyncio.to_thread(self._let_go)
        if self._hurried:
            self._hurried = False
            await asyncio.to_thread(self.outgoing.hurry)
        done = Brought()
        for one in await asyncio.to_thread(self._ready):
            if give_way():
                done = replace(done, gave_way=True)
            if done.gave_way:
                break
            try:
                done = await self._bring(one, done, give_way)
            except SyncError as error:
                self._failures += 1
                done = replace(done, problem=error.code)
                break
        left = await asyncio.to_thread(self.outgoing.counts)
        return replace(done, waiting=left.photos)

    def due(self, brought: Brought) -> Millis | None:
        """When to have the next turn; `None` when nothing waits for one."""
        now = self._wall()
        if brought.gave_way:
            return now
        if brought.problem:  # 1 s while each new connection brings it further
            return next_attempt(self._failures, now, self._jitter())
        return self.outgoing.next_try(only_small=self.only_small)

    def _ready(self) -> tuple[OutgoingFile, ...]:
        return self.outgoing.waiting(self._wall(), only_small=self.only_small)

    async def _bring(
        self, one: OutgoingFile, done: Brought, give_way: Callable[[], bool]
    ) -> Brought:
        """One file as far as it goes.

        Raises:
            SyncError: the line, or the centre, is the matter, not this file.
        """
        contents = await asyncio.to_thread(self._files.read, one.sha256)
        if contents is None or hashlib.sha256(contents).hexdigest() != one.sha256:
            await asyncio.to_thread(self.outgoing.refused, one.sha256, "missing")
            return replace(done, refused=done.refused + 1)
        try:
            gained, reached = await self._send(one, contents, give_way)
        except FileRefused as refused:
            return await self._refused(one, refused, done)
        except LINK:
            if self._failures:  # the second time without a byte: it may be this file's fault
                await self._later(one)
            raise
        total = replace(done, bytes=done.bytes + gained)
        if reached < one.size:
            return replace(total, gave_way=True)
        await asyncio.to_thread(self.outgoing.at_centre, one.sha256)
        self._reached.pop(one.sha256, None)
        return replace(total, files=total.files + 1)

    async def _send(
        self, one: OutgoingFile, contents: bytes, give_way: Callable[[], bool]
    ) -> tuple[int, int]:
        """How many bytes more the centre has, and how many now."""
        offset = 0 if one.size <= UNASKED else await self._central.offset(one.sha256)
        first = self._noted(one.sha256, offset)
        for _ in range(CORRECTIONS):
            if offset >= one.size:
                return offset - first, offset
            offset = await self._central.bring(one.sha256, contents, offset, give_way)
            self._noted(one.sha256, offset)
            if offset < one.size and give_way():
                return max(0, offset - first), offset
        raise FileRefused("wrong_offset")

    def _noted(self, sha256: str, offset: int) -> int:
        """A file that came further than ever proves that the line is worth another try."""
        if offset > self._reached.get(sha256, 0):
            self._reached[sha256] = offset
            self._failures = 0
        return offset

    async def _refused(self, one: OutgoingFile, why: FileRefused, done: Brought) -> Brought:
        log.info("a file was not taken: %s", why.code)
        if why.code in FOR_EVER or one.tries >= TRIES.get(why.code, one.tries + 1):
            await asyncio.to_thread(self.outgoing.refused, one.sha256, why.code)
            return replace(done, refused=done.refused + 1)
        await self._later(one)
        return done

    async def _later(self, one: OutgoingFile) -> None:
        then = next_attempt(one.tries + 1, self._wall(), self._jitter())
        await asyncio.to_thread(self.outgoing.later, one.sha256, then)


class NotHere(Exception):
    """A file could not be fetched; `code` names a sentence: not_yet, offline."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Fetcher:
    """Gets files of records that came from elsewhere, when somebody looks at them. One at a time."""

    def __init__(
        self,
        outgoing: Outgoing,
        files: SealedFiles,
        central: FileCentral,
        wall: Callable[[], Millis],
    ) -> None:
        self._outgoing, self._files, self._central, self._wall = outgoing, files, central, wall
        self._turn = asyncio.Lock()

    async def fetch(self, sha256: str, record: Record) -> bytes:
        """A file that the record names; kept sealed from then on.

        Raises:
            NotHere: what came of it is kept, and the next try goes on from there.
            StoreError: as in `store.errors`.
        """
        async with self._turn:
            known = await asyncio.to_thread(self._files.read, sha256)
            if known is not None:
                return known
            contents = await self._received(sha256)
            if hashlib.sha256(contents).hexdigest() != sha256:
                await asyncio.to_thread(self._files.forget_begun, sha256)
                raise NotHere("offline")
            await asyncio.to_thread(self._keep, sha256, contents, record)
            return contents

    async def _received(self, sha256: str) -> bytes:
        begun = bytearray(await asyncio.to_thread(self._files.begun, sha256))
        had = len(begun)
        if hashlib.sha256(begun).hexdigest() == sha256:  # whole, when the network broke it off
            return bytes(begun)
        try:
            async with aclosing(self._central.fetch(sha256, had)) as pieces:
                async for piece in pieces:
                    begun += piece
        except FileRefused as error:
            await asyncio.to_thread(self._files.forget_begun, sha256)
            raise NotHere("not_yet") from error
        except SyncError as error:
            if len(begun) > had:
                await asyncio.to_thread(self._files.keep_begun, sha256, bytes(begun))
            raise NotHere("offline") from error
        return bytes(begun)

    def _keep(self, sha256: str, contents: bytes, record: Record) -> None:
        self._files.make_room(ROOM, self._outgoing.may_go())
        self._files.keep(sha256, contents)
        self._outgoing.came(sha256, record, self._wall())
