"""Starts what the demo needs, and stops it again."""

from __future__ import annotations

import asyncio
import shutil
import signal
import socket
import tempfile
import time
from collections.abc import AsyncIterator, Generator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import uvicorn
from starlette.types import ASGIApp

from telewelfare.cli.demo import together
from telewelfare.cli.demo.build import Staff, device, fill, world
from telewelfare.cli.demo.headless import Device, Say, main_job
from telewelfare.server.app import create_app
from telewelfare.server.config import Settings, wall_clock
from telewelfare.server.database import connect

HOST: Final = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the demo is asked to be. `port` is the API's; the devices take the next two."""

    port: int = 8000
    seed: int = 7
    cases: int = 400
    partners: int = 150


@dataclass(frozen=True, slots=True)
class Demo:
    """A running demo: its API, and one device of a volunteer and one of an officer."""

    url: str
    folder: Path
    staff: Staff
    volunteer: Device
    officer: Device


@asynccontextmanager
async def running(wanted: Wanted, say: Say) -> AsyncIterator[Demo]:
    """Build the demo in a folder of its own that goes when it ends."""
    folder = Path(tempfile.mkdtemp(prefix="telewelfare-demo-"))
    try:
        async with _built(folder, wanted, say) as demo:
            yield demo
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@asynccontextmanager
async def _built(folder: Path, wanted: Wanted, say: Say) -> AsyncIterator[Demo]:
    began = time.monotonic()
    settings = Settings(database=str(folder / "centre.db"), keys=folder / "keys")
    api = create_app(settings)
    engine = connect(settings.database)
    invented = world(wanted.seed, wanted.cases, wanted.partners, wall_clock())
    staff = await asyncio.to_thread(fill, engine, invented, folder / "keys")
    took = time.monotonic() - began
    say(f"{wanted.cases} invented cases and {wanted.partners} partners, made in {took:.1f} s")
    async with serving(api, wanted.port) as actual:
        url = f"http://{HOST}:{actual}"
        made = [
            await device(
                engine, staff.actors[worker.key].worker, folder / worker.role, url, wall_clock
            )
            for worker in (staff.volunteer, staff.officer)
        ]
        try:
            yield Demo(url, folder, staff, *made)
        finally:
            for one in made:
                await one.close()
    engine.dispose()


@asynccontextmanager
async def serving(app: ASGIApp, port: int) -> AsyncIterator[int]:
    """Serve an application on the loopback address until the block ends; gives the port."""
    listener = socket.create_server((HOST, port))
    config = uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=2)
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started and not task.done():  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.02)
    try:
        yield int(listener.getsockname()[1])
    finally:
        server.should_exit = True
        await task


class _Server(uvicorn.Server):
    """Leaves the signals to the demo, which stops three servers at once."""

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Nothing is captured: see the class."""
        yield


def stop_asked_for() -> asyncio.Event:
    """An event that is set when the demo is told to stop, by Ctrl+C or by whoever started it."""
    asked, loop = asyncio.Event(), asyncio.get_running_loop()
    with suppress(NotImplementedError):  # Windows: Ctrl+C ends the loop there
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(name, asked.set)
    return asked


async def headless(wanted: Wanted, say: Say) -> None:
    """The main job without a screen.

    Raises:
        AssertionError: a step did not do what it says.
    """
    async with running(wanted, say) as demo:
        pair = demo.volunteer, demo.officer
        case = await main_job(*pair, say)
        await together.photo_arrives(*pair, case, say)
        await together.conflict_settled(*pair, case, say)
        await together.bundle_carried(*pair, say)
