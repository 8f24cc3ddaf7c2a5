"""Servers and devices as processes that can be killed for good, made in some 20 ms.

`python -m tests.faults.forks` reads orders, one JSON object a line, and answers each with one.
It has one thread, so that its children, which need not load anything again, are sound.
"""

from __future__ import annotations

import asyncio
import ctypes
import json
import os
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import uvicorn

from telewelfare.actions.enrolment import connect
from telewelfare.cli.serve import log_as_json
from telewelfare.domain.clock import Millis
from telewelfare.domain.ids import DeviceId, RecordId, WorkerId
from telewelfare.domain.operations import Actor, Edit
from telewelfare.server.app import create_app
from telewelfare.server.config import Settings
from telewelfare.store.errors import StoreError
from telewelfare.store.journal import Journal
from telewelfare.sync.transport import SyncError
from tests.faults.marks import mark_of
from tests.faults.rounds import one_round
from tests.faults.shared import Shared
from tests.store import snapshots

Order = dict[str, Any]
PR_SET_PDEATHSIG: Final = 1
UNFINISHED: Final = 3  # exit status of a device whose round broke off


def die_with_parent() -> None:
    """No process outlives the test, whatever becomes of it."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def fork(work: Callable[[], int], log: str) -> int:
    """Do the work in a child, its output in a file; give its pid."""
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        die_with_parent()
        _redirect(log)
        status = work()
    finally:
        os._exit(status)


def _redirect(log: str) -> None:
    nothing = os.open(os.devnull, os.O_RDONLY)
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for place, file in ((0, nothing), (1, output), (2, output)):
        os.dup2(file, place)


def serve(order: Order) -> Order:
    """A server that listens before it is there, so that nobody has to wait for it."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=256)
    port = listener.getsockname()[1]
    pid = fork(lambda: _serve(order, listener), order["log"])
    listener.close()
    return {"pid": pid, "port": port}


def _serve(order: Order, listener: socket.socket) -> int:
    log_as_json()
    shared = Shared(Path(order["clock"]))
    settings = Settings(
        database=order["database"],
        files=order["files"],
        keys=Path(order["keys"]),
        clock=shared.now,
    )
    app = create_app(settings)
    shared.arm(app.state.service.engine)
    uvicorn.Server(uvicorn.Config(app, log_level="critical")).run(sockets=[listener])
    return 0


def device(order: Order) -> Order:
    """A device that does one thing, and dies before statement number `die` of it."""
    return {"pid": fork(lambda: _device(order), order["log"])}


def _device(order: Order) -> int:
    who = order["actor"]
    actor = Actor(
        who["centre"],
        WorkerId(who["worker"]),
        who["role"],
        tuple(who["areas"]),
        DeviceId(who["device"]),
    )
    shared, fuse = Shared(Path(order["clock"])), Shared(Path(order["folder"]) / "fuse")
    journal = snapshots.journal(Path(order["folder"]), actor)
    fuse.fuse = order["die"]
    fuse.arm(journal.engine)
    skew = order["skew"]
    edits = [Edit(kind, RecordId(record), sets) for kind, record, sets in order["edits"]]

    def wall() -> Millis:
        return Millis(shared.now() + skew)

    if order["every"]:
        asyncio.run(_day(journal, order, edits, wall))
        return 0
    if edits:
        journal.commit(edits, journal.corrected(wall()))
        return 0
    with suppress(SyncError, StoreError):
        asyncio.run(_round(journal, order, wall))
        return 0
    return UNFINISHED


async def _round(journal: Journal, order: Order, wall: Callable[[], Millis]) -> None:
    async with connect(order["url"]) as http:
        await one_round(journal, http, order["token"], wall)


async def _day(
    journal: Journal, order: Order, edits: list[Edit], wall: Callable[[], Millis]
) -> None:
    """One edit after another, and a round after some of them; the rest of the day is not lost."""
    for place, edit in enumerate(edits, start=1):
        journal.commit([edit], journal.corrected(wall()))
        _tell(Path(order["folder"]), mark_of(edit.sets))
        if place % order["every"] == 0:
            with suppress(SyncError, StoreError):
                await _round(journal, order, wall)


def _tell(folder: Path, mark: str) -> None:
    """What the worker sees: this is saved."""
    with (folder / "confirmed").open("a") as told:
        told.write(mark + "\n")


def wait(order: Order) -> Order:
    """Until a child ends; how it did, negative = by that signal."""
    _, status = os.waitpid(order["pid"], 0)
    return {"status": os.waitstatus_to_exitcode(status)}


def poll(order: Order) -> Order:
    """How a child ended; `null` while it lives."""
    pid, status = os.waitpid(order["pid"], os.WNOHANG)
    return {"status": os.waitstatus_to_exitcode(status) if pid else None}


def kill(order: Order) -> Order:
    """Kill a child for good, if it still lives."""
    with suppress(ProcessLookupError):
        os.kill(order["pid"], signal.SIGKILL)
    return wait(order)


WORKS: Final = {"serve": serve, "device": device, "wait": wait, "poll": poll, "kill": kill}


def main() -> None:
    """Do what standard input says, until it ends."""
    die_with_parent()
    for line in sys.stdin:
        order = json.loads(line)
        sys.stdout.write(json.dumps(WORKS[order["do"]](order)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
