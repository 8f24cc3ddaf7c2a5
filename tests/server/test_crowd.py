"""Fifty devices at once against four processes of the API on one PostgreSQL."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx
import pytest
from sqlalchemy import Engine, func, select

from telewelfare.actions.enrolment import connect as connect_to
from telewelfare.domain.clock import Millis
from telewelfare.domain.ids import RecordId, uuid7
from telewelfare.domain.kinds import KINDS
from telewelfare.domain.operations import Actor, Edit
from telewelfare.server import admin
from telewelfare.server.database import connect, migrate, reading, writing
from telewelfare.server.numbering import broken
from telewelfare.server.tables import LEDGER, QUARANTINE, RECORD
from telewelfare.store.journal import Journal
from telewelfare.store.migrations import migrate as migrate_device
from telewelfare.sync.engine import Patience, Round, run_round
from telewelfare.sync.protocol import HEALTH_PATH
from telewelfare.sync.transport import Central
from tests import eg
from tests.store import snapshots

CENTRE: Final = "92"
WORKERS, DEVICES, TURNS, SHARED = 4, 50, 2, 5
START_SECONDS: Final = 60.0
MOST_ROUNDS: Final = 10
SECONDS: Final = 120.0  # of patience with a machine that is busy with other tests

Worker = tuple[Actor, str, Journal]
Held = dict[str, dict[str, tuple[object, str]]]


@contextmanager
def four_workers(database: str, folder: Path) -> Iterator[str]:
    """`telewelfare serve --workers 4`; its address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    words = ["serve", "--workers", str(WORKERS), "--port", str(port)]
    command = [sys.executable, "-m", "telewelfare", *words, "--database", database]
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [*command, "--files", str(folder / "files")], stderr=log, start_new_session=True
        )
    try:
        _await_health(server, f"http://127.0.0.1:{port}")
        yield f"http://127.0.0.1:{port}"
        assert server.poll() is None, (folder / "server.log").read_text()
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(START_SECONDS)


def _await_health(server: subprocess.Popen[bytes], url: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            if httpx.get(url + HEALTH_PATH).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("the server did not start")


@pytest.fixture
def engine(fresh_postgres_url: str, tmp_path: Path) -> Iterator[Engine]:
    made = connect(fresh_postgres_url)
    migrate(made)
    admin.init(made, centre=CENTRE, name="ศูนย์ทดสอบ", keys=tmp_path)
    yield made
    made.dispose()


def crowd(engine: Engine, folder: Path) -> list[Worker]:
    """Fifty workers of the office, who all see and write everything."""
    terms = {"centre": CENTRE, "role": "social_worker", "name": "ก"}
    with writing(engine) as db:
        actors = [
            admin.add_actor(db, **terms, areas=("92",), now=eg.wall()) for _ in range(DEVICES)
        ]
    staff = []
    for actor, token in actors:
        place = folder / actor.device
        place.mkdir()
        journal = snapshots.journal(place, actor)
        migrate_device(journal.engine)
        staff.append((actor, token, journal))
    return staff


@dataclass(frozen=True)
class Phone:
    """A worker's device with a connection of its own."""

    journal: Journal
    central: Central

    async def sync(self) -> Round:
        """A round. On a machine that is busy a connection may take its time."""
        return await run_round(self.journal, self.central, eg.wall, patience=Patience(SECONDS))


async def work(phone: Phone, place: int, shared: list[RecordId]) -> None:
    """A case of one's own, words about everybody's, and a round; twice."""
    journal = phone.journal
    for turn in range(TURNS):
        own = RecordId(uuid7(Millis(eg.NOW + turn), f"{place:>10}".encode()))
        words = [
            Edit("case", shared[(place + i) % SHARED], {"urgency_reason": f"{place} {turn} {i}"})
            for i in range(3)
        ]
        await asyncio.to_thread(journal.commit, [eg.case(own), *words], eg.wall())
        await phone.sync()


async def poll(engine: Engine, done: asyncio.Event) -> list[int]:
    """Read the ledger as it grows, always from the last number seen."""
    seen: list[int] = []

    def look() -> list[int]:
        query = select(LEDGER.c.seq).where(LEDGER.c.seq > (seen[-1] if seen else 0))
        with reading(engine) as db:
            return list(db.scalars(query.order_by(LEDGER.c.seq)))

    while not done.is_set():
        seen += await asyncio.to_thread(look)
        await asyncio.sleep(0.005)
    return seen + await asyncio.to_thread(look)


async def play(engine: Engine, url: str, staff: list[Worker]) -> list[int]:
    """Everybody works and syncs at once, until nobody hears anything new; what a poll saw."""
    async with AsyncExitStack() as stack:
        phones = [
            Phone(journal, Central(await stack.enter_async_context(connect_to(url)), token))
            for _, token, journal in staff
        ]
        first, shared = phones[0], [eg.new_id() for _ in range(SHARED)]
        first.journal.commit([eg.case(case) for case in shared], eg.wall())
        await first.sync()
        done = asyncio.Event()
        polling = asyncio.create_task(poll(engine, done))
        await asyncio.gather(*(work(one, place, shared) for place, one in enumerate(phones)))
        for _ in range(MOST_ROUNDS):
            told = await asyncio.gather(*(phone.sync() for phone in phones))
            if not any(one.pulled or one.pushed or one.pending for one in told):
                break
        done.set()
        return await polling


def held_by(journal: Journal) -> Held:
    return {
        record.id: {p: (v, record.stamps[p]) for p, v in record.values.items() if v is not None}
        for kind in KINDS
        for record in journal.of_kind(kind)
    }


@pytest.mark.postgres
def test_fifty_devices_at_once_get_through_and_end_equal(
    engine: Engine, fresh_postgres_url: str, tmp_path: Path
) -> None:
    staff = crowd(engine, tmp_path)
    with four_workers(fresh_postgres_url, tmp_path) as url:
        seen = asyncio.run(play(engine, url, staff))
    answers = [json.loads(line) for line in (tmp_path / "server.log").read_text().splitlines()]
    assert {one["status"] for one in answers if one["event"] == "request"} == {200}
    devices = [actor.device for actor, _, _ in staff]
    with reading(engine) as db:
        newest = db.scalar(select(func.max(LEDGER.c.seq)))
        assert seen == list(range(1, (newest or 0) + 1)), "a number was skipped or seen twice"
        assert broken(db, CENTRE) is None
        assert db.scalar(select(func.count()).select_from(QUARANTINE)) == 0
        typed = select(func.count()).where(LEDGER.c.device.in_(devices))
        assert db.scalar(typed) == DEVICES * TURNS * 4 + SHARED
        cases = select(RECORD.c.current).where(RECORD.c.kind == "case")
        numbers = [current["case_no"] for current in db.scalars(cases)]
        assert len(set(numbers)) == len(numbers) == DEVICES * TURNS + SHARED
        records = db.scalar(select(func.count()).select_from(RECORD))
    everything = held_by(staff[0][2])
    assert len(everything) == records
    for _, _, journal in staff:
        assert held_by(journal) == everything
        journal.engine.dispose()
