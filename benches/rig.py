"""The product as processes: a centre that serves, devices that enrol and sync."""

from __future__ import annotations

import json
import os
import random
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx
from measure import PIN, now
from sqlalchemy import select
from workload import Written

from telewelfare.domain.clock import Millis, Stamp
from telewelfare.domain.fields import Json
from telewelfare.domain.kinds import KINDS
from telewelfare.server.database import connect
from telewelfare.server.tables import RECORD
from telewelfare.store.home import Home, Opened
from telewelfare.sync.protocol import HEALTH_PATH

PROGRAM: Final = Path(sys.executable).with_name("telewelfare")
AREA: Final = "92"
PORTS: Final = range(20_000, 30_000)  # below those Linux hands out by itself
LOOK_SECONDS: Final = 0.02
START_SECONDS: Final = 60.0
ENVIRONMENT: Final = {**os.environ, "TELEWELFARE_PIN": PIN, "TELEWELFARE_LANG": "en"}

_UNLOCKING: Final = threading.Lock()  # OpenSSL's Argon2 fails when two threads derive at once


class Broken(Exception):
    """The product did not do what the bench asked, or the two sides differ."""


@dataclass(frozen=True, slots=True)
class Centre:
    """A database with one centre in it, and the keys beside it."""

    folder: Path
    database: str
    id: str = "92"

    def admin(self, *words: str) -> dict[str, Any]:
        """Run `telewelfare admin`."""
        return told("admin", "--database", self.database, *words)

    def init(self) -> None:
        """Make the centre."""
        keys = str(self.folder / "keys")
        self.admin("init", "--centre", self.id, "--name", "ศูนย์ทดสอบ", "--keys", keys)

    def invite(self, name: str) -> str:
        """A code for a new office worker."""
        words = ("--centre", self.id, "--role", "social_worker", "--area", AREA, "--name", name)
        return str(self.admin("invite", *words)["code"])

    @contextmanager
    def serving(self) -> Iterator[int]:
        """`telewelfare serve` on a free port, until the block ends."""
        port = free_port()
        words = ("--database", self.database, "--files", str(self.folder / "files"))
        command = [str(PROGRAM), "serve", *words, "--port", str(port)]
        with (self.folder / "serve.log").open("ab") as log:
            server = subprocess.Popen(command, env=ENVIRONMENT, stdout=log, stderr=log)  # noqa: S603 - our own program
        try:
            _await(port, server)
            yield port
        finally:
            server.terminate()
            server.wait()

    def records(self) -> dict[str, dict[str, Json]]:
        """Every record's values."""
        engine = connect(self.database)
        with engine.connect() as db:
            rows = db.execute(select(RECORD).where(RECORD.c.centre_id == self.id))
            found = {row.id: dict(row.current) for row in rows}
        engine.dispose()
        return found


@dataclass(frozen=True, slots=True)
class Sync:
    """What a `device sync` said and took."""

    told: dict[str, Any]
    wall: float  # seconds of the process
    cpu: float
    peak_mb: float


@dataclass(frozen=True, slots=True)
class Device:
    """A device's folder."""

    home: Path

    def enrol(self, port: int, code: str) -> str:
        """Let it in; give its worker's id."""
        url = f"http://127.0.0.1:{port}"
        return str(told("device", "--home", str(self.home), "enrol", url, code)["worker"])

    def sync(self, *words: str) -> Sync:
        """Run `telewelfare device sync`; raise Broken when it fails."""
        command = [str(PROGRAM), "device", "--home", str(self.home), "sync", *words]
        began = time.perf_counter()
        process = subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE)  # noqa: S603 - our own program
        peak = 0.0
        while not (ended := os.wait4(process.pid, os.WNOHANG))[0]:
            peak = max(peak, _peak_mb(process.pid))
            time.sleep(LOOK_SECONDS)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(ended[1])
        output = process.stdout.read() if process.stdout else b""
        found = _document(output)
        if process.returncode or found.get("pending") or found.get("rejected"):
            raise Broken(f"sync: {found}")
        return Sync(found, wall, ended[2].ru_utime + ended[2].ru_stime, peak)

    @contextmanager
    def opened(self) -> Iterator[Opened]:
        """The device in this process."""
        with _UNLOCKING:
            found = Home(self.home).unlock(PIN, now())
        if not isinstance(found, Opened):
            raise Broken("the PIN does not open the device")
        try:
            yield found
        finally:
            found.journal.engine.dispose()

    def write(self, written: Sequence[Written], since: Millis) -> None:
        """Save each edit at its own time, as a worker who was offline since then."""
        with self.opened() as device:
            stamp = Stamp(since, 0, device.journal.actor.device)
            device.journal.write_meta("clock", stamp.text)
            for one in written:
                device.journal.commit([one.edit], one.at)

    def records(self) -> dict[str, dict[str, Json]]:
        """Every record's values."""
        with self.opened() as device:
            kinds = (device.journal.each(kind) for kind in KINDS)
            return {record.id: dict(record.values) for some in kinds for record in some}


def told(*words: str) -> dict[str, Any]:
    """Run a command of ours and read the document it prints; raise Broken when it fails."""
    ran = subprocess.run([str(PROGRAM), *words], env=ENVIRONMENT, capture_output=True)  # noqa: PLW1510, S603 - our own program, looked at below
    found = _document(ran.stdout or ran.stderr)
    if ran.returncode:
        raise Broken(f"{words[0]}: {found}")
    return found


def _peak_mb(pid: int) -> float:
    """The most memory a process had. What `wait4` tells counts its parent's too, from before."""
    try:
        told = Path(f"/proc/{pid}/status").read_text("ascii")
    except OSError:  # it has just ended, or this is no Linux
        return 0.0
    found = re.search(r"VmHWM:\s+(\d+) kB", told)
    return int(found[1]) / 1024 if found else 0.0


def _document(output: bytes) -> dict[str, Any]:
    try:
        found = json.loads(output)
    except ValueError as error:
        raise Broken(f"no document: {output[-300:].decode(errors='replace')}") from error
    if not isinstance(found, dict):
        raise Broken(f"no object: {output[:200]!r}")
    return found


def _await(port: int, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            if httpx.get(f"http://127.0.0.1:{port}{HEALTH_PATH}").is_success:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise Broken("serve did not start")


def free_port() -> int:
    """One that nobody listens on, and that no outgoing connection is given in the meantime."""
    for port in random.sample(PORTS, 100):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise Broken("no port is free")


def differing(centre: Centre, device: Device) -> str:
    """What is not the same on both sides; empty when nothing is."""
    theirs, ours = centre.records(), device.records()
    lost, extra = theirs.keys() - ours.keys(), ours.keys() - theirs.keys()
    other = [id_ for id_ in theirs.keys() & ours.keys() if theirs[id_] != ours[id_]]
    if not (lost or extra or other):
        return ""
    return f"{len(lost)} only at the centre, {len(extra)} only here, {len(other)} differ"
