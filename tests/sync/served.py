"""A centre in processes of its own, which can be killed; and wires to it that can be cut."""

from __future__ import annotations

import asyncio
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import httpx

from telewelfare.actions.enrolment import Invitation, connect, enrol
from telewelfare.server import admin
from telewelfare.server.config import wall_clock
from telewelfare.server.database import connect as database
from telewelfare.server.database import migrate
from telewelfare.store.home import Home, Opened
from tests import eg

START_SECONDS: Final = 30.0


def free_port() -> int:
    """A port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


@dataclass
class Served:
    """A centre: its database, its files, and the processes that serve it."""

    folder: Path
    database: str
    port: int = field(default_factory=free_port)
    running: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def files(self) -> Path:
        return self.folder / "files"

    def start(self) -> None:
        """Serve, and wait until it answers."""
        words = ["--database", self.database, "--files", str(self.files), "--port", str(self.port)]
        with (self.folder / "serve.log").open("ab") as log:
            self.running = subprocess.Popen(
                [sys.executable, "-m", "telewelfare", "serve", *words], stdout=log, stderr=log
            )
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            with suppress(httpx.HTTPError):
                if httpx.get(f"{self.url}/healthz").is_success:
                    return
            time.sleep(0.05)
        raise TimeoutError("the centre does not answer")

    def kill(self) -> None:
        """As a power cut would."""
        if self.running is not None:
            self.running.send_signal(signal.SIGKILL)
            self.running.wait()
            self.running = None

    def beside(self) -> Served:
        """Another worker process of the same centre."""
        return Served(self.folder, self.database)

    def invite(self, role: str = "volunteer", *areas: str) -> admin.Invited:
        """An invitation for a new worker."""
        engine = database(self.database)
        try:
            return admin.invite(
                engine,
                centre="92",
                role=role,
                areas=areas or ("920213",),
                name="สมใจ ใจดี",
                now=wall_clock(),
            )
        finally:
            engine.dispose()

    def device(self, home: Path, role: str = "volunteer", *areas: str, url: str = "") -> Opened:
        """A new worker's device, enrolled here; it knows the centre by `url`."""
        code = self.invite(role, *areas).code

        async def let_in() -> Opened:
            async with connect(self.url) as http:
                return await enrol(Home(home), Invitation(url or self.url, code), eg.PIN, http)

        return asyncio.run(let_in())


@contextmanager
def served(folder: Path, url: str = "") -> Iterator[Served]:
    """A running centre of Trang with nobody in it."""
    found = Served(folder, url or f"sqlite:///{folder / 'centre.db'}")
    engine = database(found.database)
    migrate(engine)
    admin.init(engine, centre="92", name="ศูนย์ตรัง", keys=folder)
    engine.dispose()
    found.start()
    try:
        yield found
    finally:
        found.kill()


class Wire:
    """Passes bytes on to a centre; counts them, slows them, and goes dead when it is told."""

    def __init__(self, port: int) -> None:
        self.to, self.up, self.down = port, 0, 0
        self.connections = 0
        self.rate = 0.0  # bytes a second upwards; 0 = as fast as can be
        self.cut_after: int | None = None  # bytes upwards on a connection, then it is reset
        self.silent_after: int | None = None  # the same, then nothing comes through any more
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self._closing = False
        self._threads: list[threading.Thread] = []
        self._begin(self._accept)

    def _begin(self, work: Callable[..., None], *given: socket.socket) -> None:
        thread = threading.Thread(target=work, args=given, daemon=True)
        self._threads.append(thread)
        thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    def close(self) -> None:
        """End everything."""
        self._closing = True
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for one in self._open:
            _end(one)
        for thread in self._threads:
            thread.join(5)

    def _accept(self) -> None:
        with suppress(OSError):
            while not self._closing:
                near, _ = self._listening.accept()
                near.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8_192)
                self._open.append(near)
                self.connections += 1
                try:
                    far = socket.create_connection(("127.0.0.1", self.to))
                except OSError:
                    _end(near)
                    continue
                self._open.append(far)
                self._begin(self._up, near, far)
                self._begin(self._down, far, near)

    def _up(self, near: socket.socket, far: socket.socket) -> None:
        passed = 0
        with suppress(OSError):
            while data := near.recv(2_048):
                if self.silent_after is not None and passed > self.silent_after:
                    while not self._closing:
                        time.sleep(0.05)
                passed += len(data)
                self.up += len(data)
                if self.rate:
                    time.sleep(len(data) / self.rate)
                far.sendall(data)
                if self.cut_after is not None and passed > self.cut_after:
                    break
        _end(near, far)

    def _down(self, far: socket.socket, near: socket.socket) -> None:
        with suppress(OSError):
            while data := far.recv(16_384):
                self.down += len(data)
                near.sendall(data)
        _end(near, far)


def _end(*both: socket.socket) -> None:
    for one in both:
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
        one.close()


@contextmanager
def wire_to(port: int) -> Iterator[Wire]:
    """A wire to a centre."""
    made = Wire(port)
    try:
        yield made
    finally:
        made.close()
