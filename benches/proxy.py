"""Real sockets on the model link: `proxy.py --profile EDGE --to 8000` prints where it listens.

A device that connects here reaches the centre at `--to` as over the link. What the sockets of this
machine hide: a connect succeeds at once (nothing flows before the model's handshake), and a few kB
wait in the socket between device and proxy. Bytes are read only as the model's send buffer has room.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from random import Random
from typing import Any, Final

from flows import Flow
from link import NO_CUTS, PROFILES, Cuts, Fate, Link, Profile, Timeline
from tcp import MSS, End

HOST: Final = "127.0.0.1"
RECEIVE_BUFFER: Final = 4_096  # of the socket towards the device; the kernel doubles it
WATCH_SECONDS: Final = 0.05
SETTLE_SECONDS: Final = 5.0
TCP_STATE_CLOSED: Final = 7  # first byte of TCP_INFO
RESET_ON_CLOSE: Final = struct.pack("ii", 1, 0)  # SO_LINGER


class Driver:
    """Lets the model's time pass with the machine's."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.timeline = Timeline()
        self._began: float | None = None
        self._alarm: asyncio.TimerHandle | None = None

    def catch_up(self) -> None:
        """Do all that is due; call before telling the model anything. The first call is time 0."""
        if self._began is None:
            self._began = self.loop.time()
        self.timeline.run(self.loop.time() - self._began)

    def wake(self) -> None:
        """Set the alarm for what comes next; call after telling the model anything."""
        if self._alarm:
            self._alarm.cancel()
        moment = self.timeline.next()
        if moment < float("inf") and self._began is not None:
            self._alarm = self.loop.call_at(self._began + moment, self._ring)

    def _ring(self) -> None:
        self.catch_up()
        self.wake()

    @contextmanager
    def telling(self) -> Iterator[None]:
        """A moment in which something from outside happens to the model."""
        self.catch_up()
        yield
        self.wake()


class Side:
    """One end of a connection and the socket of the program that uses it."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._inbox: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._room = asyncio.Event()
        self._socket: socket.socket | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._end: End | None = None
        self._open = 2  # directions
        self.last_heard = 0.0  # when the program was given bytes

    def use(self, end: End, used: socket.socket) -> None:
        """Begin to carry bytes."""
        self._end, self._socket = end, used
        self._room.set()
        jobs = (lambda: self._read(end, used), lambda: self._write(used), lambda: self._watch(used))
        self._tasks = [self._driver.loop.create_task(self._until_broken(job)) for job in jobs]

    async def _until_broken(self, job: Callable[[], Awaitable[None]]) -> None:
        try:
            await job()
        except OSError:
            self.abort()

    def connected(self) -> None:
        """What waits in the send buffer goes by itself."""

    def arrived(self, data: bytes) -> None:
        """Bytes for the program."""
        self._inbox.put_nowait(data)

    def ended(self) -> None:
        """No more bytes for the program."""
        self._inbox.put_nowait(None)

    def failed(self) -> None:
        """The program sees its connection reset."""
        self.close(reset=True)

    def roomy(self) -> None:
        """More may be read from the program."""
        self._room.set()

    async def _read(self, end: End, used: socket.socket) -> None:
        while True:
            await self._room.wait()
            data = await self._driver.loop.sock_recv(used, max(1, end.room))
            with self._driver.telling():
                if not data:
                    end.close()
                    break
                end.write(data)
            if not end.is_roomy:
                self._room.clear()
        self._open -= 1

    async def _write(self, used: socket.socket) -> None:
        while (data := await self._inbox.get()) is not None:
            await self._driver.loop.sock_sendall(used, data)
            self.last_heard = self._driver.loop.time()
        used.shutdown(socket.SHUT_WR)
        self._open -= 1

    async def _watch(self, used: socket.socket) -> None:
        """Notice the end of the program's connection, also while nothing is read from it.

        The kernel may have closed it in both directions while bytes are still to be read.
        """
        while self._open:
            await asyncio.sleep(WATCH_SECONDS)
            if error := used.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                raise OSError(error, "broken")
        while not _is_closed(used):  # noqa: ASYNC110 - the kernel tells nobody
            await asyncio.sleep(WATCH_SECONDS)
        self.close(reset=False)

    def abort(self) -> None:
        """The program's side is gone: tell the other."""
        with self._driver.telling():
            if self._end is not None:
                self._end.abort()
        self.close(reset=True)

    def close(self, *, reset: bool) -> None:
        """Let go of the program's socket."""
        for task in self._tasks:
            if task is not asyncio.current_task(self._driver.loop):
                task.cancel()
        if self._socket is not None:
            if reset:
                with suppress(OSError):
                    self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
            self._socket.close()


def _is_closed(used: socket.socket) -> bool:
    return used.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] == TCP_STATE_CLOSED


class Proxy:
    """Listens for devices and reaches the centre for them."""

    def __init__(self, profile: Profile, to: int, *, seed: int = 0, cuts: Cuts = NO_CUTS) -> None:
        self._driver, self._to = Driver(), to
        self.link = Link(self._driver.timeline, profile, seed=seed, cuts=cuts)
        self._opened: list[float] = []  # when, by the loop's clock
        self._devices: list[Side] = []
        self._centres: list[Side] = []
        self._jobs: set[asyncio.Task[None]] = set()

    async def serve(self, listener: socket.socket) -> None:
        """Take connections until cancelled; then drop them all."""
        try:
            while True:
                used, _ = await self._driver.loop.sock_accept(listener)
                used.setblocking(False)  # noqa: FBT003 - the standard library wants it so
                used.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._opened.append(self._driver.loop.time())
                self._connect(used)
        finally:
            for job in self._jobs:
                job.cancel()
            for side in (*self._devices, *self._centres):
                side.close(reset=True)

    def _connect(self, used: socket.socket) -> None:
        side = Side(self._driver)
        self._devices.append(side)
        with self._driver.telling():
            flow = Flow(self.link, side, lambda: self._centre(flow))
            flow.device.connect()
        side.use(flow.device, used)

    def _centre(self, flow: Flow) -> Side:
        side = Side(self._driver)
        self._centres.append(side)
        job = self._driver.loop.create_task(self._reach(side, flow))
        self._jobs.add(job)
        job.add_done_callback(self._jobs.discard)
        return side

    async def _reach(self, side: Side, flow: Flow) -> None:
        used = socket.socket()
        used.setblocking(False)  # noqa: FBT003 - the standard library wants it so
        try:
            await self._driver.loop.sock_connect(used, (HOST, self._to))
        except asyncio.CancelledError:
            used.close()
            raise
        except OSError:
            used.close()
            if flow.centre is not None:
                with self._driver.telling():
                    flow.centre.abort()
            return
        used.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if flow.centre is not None:
            side.use(flow.centre, used)

    @property
    def is_busy(self) -> bool:
        """Whether packets are on their way or waited for."""
        return self._driver.timeline.next() < float("inf")

    def told(self) -> dict[str, Any]:
        """What went over the link until now."""
        began = self._opened[0] if self._opened else 0.0
        heard = max((side.last_heard for side in self._devices), default=0.0)
        return {
            "connections": len(self._opened),
            "opened": [round(moment - began, 2) for moment in self._opened],
            "link_seconds": round(max(0.0, heard - began), 3),
            "up": asdict(self.link.up.counts),
            "down": asdict(self.link.down.counts),
        }


def listening(port: int = 0) -> socket.socket:
    """A socket whose buffer does not hide from a program that its bytes do not move."""
    listener = socket.create_server((HOST, port), backlog=64)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, MSS)
    listener.setblocking(False)  # noqa: FBT003 - the standard library wants it so
    return listener


@dataclass(slots=True)
class Emulated:
    """A link that runs in a thread of its own."""

    port: int
    _proxy: list[Proxy] = field(default_factory=list)

    def told(self) -> dict[str, Any]:
        """What went over the link until now."""
        return self._proxy[0].told() if self._proxy else {}

    def settle(self, patience: float) -> None:
        """Wait until the last packets have come through, at most so many seconds."""
        deadline = time.monotonic() + patience
        while self._proxy and self._proxy[0].is_busy and time.monotonic() < deadline:
            time.sleep(WATCH_SECONDS)


@contextmanager
def emulated(
    profile: Profile, to: int, *, port: int = 0, seed: int = 0, cuts: Cuts = NO_CUTS
) -> Iterator[Emulated]:
    """Such a link to a port of this machine, until the block ends; 0 = listen on any port."""
    listener = listening(port)
    made = Emulated(listener.getsockname()[1])
    loop = asyncio.new_event_loop()

    started = threading.Event()

    async def work() -> None:
        made._proxy.append(Proxy(profile, to, seed=seed, cuts=cuts))  # noqa: SLF001 - its own
        started.set()
        await made._proxy[0].serve(listener)  # noqa: SLF001 - its own

    def run() -> None:
        with suppress(asyncio.CancelledError):
            loop.run_until_complete(job)
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()

    job = loop.create_task(work())
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    started.wait()
    try:
        yield made
    finally:
        loop.call_soon_threadsafe(job.cancel)
        thread.join()
        listener.close()


def cuts_of(fate: str, first: float, seed: int) -> Cuts:
    """Cuts as the command line names them; without a `first`, one of the seed's."""
    if not fate:
        return NO_CUTS
    return Cuts(Fate(fate), first=first if first >= 0 else Random(f"{seed}/cut").uniform(2, 15))


def main(words: list[str]) -> None:
    """Run until interrupted; print the figures then."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--profile", choices=PROFILES, default="EDGE")
    parser.add_argument("--to", type=int, required=True, help="the centre's port")
    parser.add_argument("--port", type=int, default=0, help="where to listen; 0 = any")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--cuts", choices=["", *Fate], default="")
    parser.add_argument(
        "--first-cut", type=float, default=-1.0, help="seconds after the first connection"
    )
    given = parser.parse_args(words)
    asyncio.run(_serve(given))


async def _serve(given: argparse.Namespace) -> None:
    """Until interrupted or told to end; then what is on its way may still arrive."""
    listener = listening(given.port)
    cuts = cuts_of(given.cuts, given.first_cut, given.seed)
    proxy = Proxy(PROFILES[given.profile], given.to, seed=given.seed, cuts=cuts)
    loop = asyncio.get_running_loop()
    serving = loop.create_task(proxy.serve(listener))
    over = asyncio.Event()
    for ending in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(ending, over.set)
    print(json.dumps({"port": listener.getsockname()[1]}), flush=True)
    await over.wait()
    deadline = loop.time() + SETTLE_SECONDS
    while proxy.is_busy and loop.time() < deadline:  # noqa: ASYNC110 - the model tells nobody
        await asyncio.sleep(WATCH_SECONDS)
    print(json.dumps(proxy.told()), flush=True)
    serving.cancel()
    await asyncio.wait([serving])


@contextmanager
def apart(
    profile: Profile, to: int, *, port: int = 0, seed: int = 0, cuts: Cuts = NO_CUTS
) -> Iterator[Callable[[], dict[str, Any]]]:
    """Such a link in a process of its own, undisturbed by this one; gives how to end and ask it."""
    words = ["--profile", profile.name, "--to", str(to), "--port", str(port), "--seed", str(seed)]
    if math.isfinite(cuts.first):
        words += ["--cuts", cuts.fate, "--first-cut", str(cuts.first)]
    command = [sys.executable, __file__, *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - this file itself

        def read() -> dict[str, Any]:
            found: dict[str, Any] = json.loads(process.stdout.readline() if process.stdout else "")
            return found

        went: list[dict[str, Any]] = []

        def finish() -> dict[str, Any]:
            if not went:
                process.terminate()
                went.append(read())
            return went[0]

        read()
        try:
            yield finish
        finally:
            finish()


if __name__ == "__main__":
    main(sys.argv[1:])
