"""The service that keeps a device in step: soon after an edit, patient after a failure, never dead."""

from __future__ import annotations

import asyncio
import functools
import selectors
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import ParamSpec, cast

import pytest

from telewelfare.domain.clock import Millis
from telewelfare.domain.operations import Edit
from telewelfare.store.errors import DiskFull
from telewelfare.store.journal import Journal
from telewelfare.store.migrations import migrate
from telewelfare.sync.link import Link
from telewelfare.sync.protocol import SyncReply, SyncRequest
from telewelfare.sync.service import SyncService, SyncStatus
from telewelfare.sync.transport import Central, Offline, SignedOut
from tests import eg
from tests.store import snapshots

PERSON = eg.new_id()
HURRY = 200  # how many times faster the clock of these tests runs


def hurried() -> Millis:
    return Millis(eg.NOW + int(time.monotonic() * 1000 * HURRY))


class HurriedSelector(selectors.DefaultSelector):
    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        return super().select(None if timeout is None else timeout / HURRY)


class HurriedLoop(asyncio.SelectorEventLoop):
    """An event loop for which an hour passes in 18 seconds."""

    def __init__(self) -> None:
        super().__init__(HurriedSelector())

    def time(self) -> float:
        return time.monotonic() * HURRY


P = ParamSpec("P")


def in_a_hurry(test: Callable[P, Coroutine[object, object, None]]) -> Callable[P, None]:
    @functools.wraps(test)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        with asyncio.Runner(loop_factory=HurriedLoop) as runner:
            runner.run(test(*args, **kwargs))

    return run


Reaction = Callable[[SyncRequest], Awaitable[None]]


class Centre:
    """A small real centre: remembers what it was sent; `react` may fail or take its time."""

    def __init__(self) -> None:
        self.asked: list[SyncRequest] = []
        self.taken: list[int] = []
        self.react: Reaction | None = None
        self.link = Link()

    async def exchange(
        self, requests: AsyncIterator[SyncRequest]
    ) -> AsyncGenerator[SyncReply, None]:
        async for request in requests:
            self.asked.append(request)
            if self.react is not None:
                await self.react(request)
            self.taken += [op.n for op in request.ops if op.n not in self.taken]
        newest = max(self.taken, default=0)
        yield SyncReply(acknowledged=newest, cursor="e.1.1.", epoch="e", now=hurried())


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    kept = snapshots.journal(tmp_path, eg.identity().actor)
    migrate(kept.engine)
    return kept


@asynccontextmanager
async def running(journal: Journal, centre: Centre) -> AsyncIterator[SyncService]:
    service = SyncService(journal, cast("Central", centre), hurried, lambda: 0.0)
    service.start()
    service.start()
    try:
        yield service
    finally:
        await service.stop()


async def until(holds: Callable[[], bool], seconds: float = 5.0) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not happen"
        await asyncio.sleep(0.5)


def alias(journal: Journal, text: str) -> None:
    journal.commit([Edit("person", PERSON, {"alias": text})], hurried())


@in_a_hurry
async def test_it_asks_at_once_and_then_says_when_it_was_well(journal: Journal) -> None:
    centre, heard = Centre(), list[SyncStatus]()
    async with running(journal, centre) as service:
        stop = service.listen(heard.append)
        await until(lambda: service.status.last_ok is not None)
        assert not service.status.running
        assert service.status.problem == ""
        stop()
    assert journal.read_meta("last_ok")
    assert SyncService(journal, cast("Central", centre), hurried, lambda: 0.0).status.last_ok


@in_a_hurry
async def test_an_edit_is_sent_soon(journal: Journal) -> None:
    centre = Centre()
    async with running(journal, centre) as service:
        await until(lambda: service.status.last_ok is not None)
        alias(journal, "ก")
        await until(lambda: journal.waiting().pending == 0)
    assert centre.taken == [1]


@in_a_hurry
async def test_an_edit_made_during_a_round_is_sent_in_the_next(journal: Journal) -> None:
    centre, gate = Centre(), asyncio.Event()

    async def slowly(request: SyncRequest) -> None:
        if request.ops and not gate.is_set():
            await gate.wait()

    centre.react = slowly
    alias(journal, "ก")
    async with running(journal, centre):
        await until(lambda: len(centre.asked) == 1)
        alias(journal, "ข")  # the request with the first is on its way
        gate.set()
        await until(lambda: centre.taken == [1, 2])
    assert [len(request.ops) for request in centre.asked][:2] == [1, 1]


@in_a_hurry
async def test_news_are_asked_for_again_and_again(journal: Journal) -> None:
    centre = Centre()
    async with running(journal, centre):
        await until(lambda: len(centre.asked) >= 3)


@in_a_hurry
async def test_it_backs_off_while_offline_and_a_nudge_tries_at_once(journal: Journal) -> None:
    centre, failures = Centre(), 9

    async def away(_: SyncRequest) -> None:
        if len(centre.asked) <= failures:
            raise Offline("test")

    centre.react = away
    async with running(journal, centre) as service:
        began = time.monotonic()
        await until(lambda: len(centre.asked) == failures)
        waited = (time.monotonic() - began) * 1000 * HURRY
        assert waited >= 1_000 * (2**8 - 1)  # ms on the clock of these tests
        await until(lambda: service.status.problem == "offline")
        before = time.monotonic()
        service.nudge()
        await until(lambda: service.status.last_ok is not None)
        assert (time.monotonic() - before) * 1000 * HURRY < 256_000
    assert service.status.problem == ""


@in_a_hurry
async def test_signed_out_it_waits_long_but_keeps_the_work(journal: Journal) -> None:
    centre = Centre()

    async def refuse(_: SyncRequest) -> None:
        raise SignedOut

    centre.react = refuse
    alias(journal, "ก")
    async with running(journal, centre) as service:
        await until(lambda: service.status.problem == "signed_out")
        await asyncio.sleep(60)
        assert len(centre.asked) == 1
    assert journal.waiting().pending == 1


@pytest.mark.parametrize(
    ("fault", "code"), [(DiskFull("x"), "disk_full"), (KeyError("x"), "fault")]
)
@in_a_hurry
async def test_whatever_happens_in_a_round_it_lives_on(
    journal: Journal, fault: Exception, code: str
) -> None:
    centre = Centre()

    async def break_once(_: SyncRequest) -> None:
        if len(centre.asked) == 1:
            raise fault

    centre.react = break_once
    async with running(journal, centre) as service:
        codes: list[str] = []
        service.listen(lambda status: codes.append(status.problem))
        await until(lambda: service.status.last_ok is not None)
    assert code in codes


@in_a_hurry
async def test_a_screen_that_fails_does_not_stop_it(journal: Journal) -> None:
    centre = Centre()

    def broken(_: SyncStatus) -> None:
        raise ValueError("a screen")

    async with running(journal, centre) as service:
        service.listen(broken)
        service.nudge()
        await until(lambda: service.status.last_ok is not None)


@in_a_hurry
async def test_stopped_in_the_middle_of_a_round_nothing_is_lost(journal: Journal) -> None:
    centre = Centre()

    async def hang(_: SyncRequest) -> None:
        await asyncio.sleep(10**6)

    centre.react = hang
    alias(journal, "ก")
    async with running(journal, centre):
        await until(lambda: len(centre.asked) == 1)
    assert journal.waiting().pending == 1
    centre.react = None
    async with running(journal, centre):
        await until(lambda: journal.waiting().pending == 0)


@in_a_hurry
async def test_edits_from_another_thread_are_noticed(journal: Journal) -> None:
    centre = Centre()
    async with running(journal, centre) as service:
        await until(lambda: service.status.last_ok is not None)
        await asyncio.to_thread(alias, journal, "ก")
        await until(lambda: centre.taken == [1])
