"""What one API worker bears: changed records a second, a district coming back into coverage, no news.

    PYTHONPATH=. python benches/bench_server.py                 # a throw-away PostgreSQL
    PYTHONPATH=. python benches/bench_server.py --database URL  # one of your own, empty

The API is `telewelfare serve` in a process of its own; devices speak HTTP to it.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from typing import Final

import httpx
from sqlalchemy import Engine

from benches.measure import now, tell
from telewelfare.domain.clock import Stamp
from telewelfare.domain.codes import CODES
from telewelfare.domain.fields import Field, Json, Kind, Type
from telewelfare.domain.fields import Path as FieldPath
from telewelfare.domain.ids import DeviceId, RecordId, uuid7
from telewelfare.domain.kinds import KINDS
from telewelfare.domain.operations import Actor
from telewelfare.server import admin
from telewelfare.server.database import connect, migrate, writing
from telewelfare.sync import codec
from telewelfare.sync.protocol import CONTENT_TYPE, HEALTH_PATH, SYNC_PATH, SyncReply
from tests.postgres import programs, running

CENTRE: Final = "92"
FIELDS: Final = 44  # of a record, as in the workload of the link bench
BATCH: Final = 500
WRITERS: Final = 4
DEVICES: Final = 1_500
MINUTE: Final = 60.0
READY_SECONDS: Final = 30.0
SAMPLES: Final[Mapping[Type, Json]] = {
    Type.TEXT: "บ้านไม้ชั้นเดียวหลังวัด",
    Type.LONG_TEXT: "อยู่คนเดียวมาหลายปี เดินไม่สะดวก มีเพื่อนบ้านเอาข้าวมาให้บ้าง",
    Type.BOOL: True,
    Type.INT: 3,
    Type.DECIMAL: 1.5,
    Type.MONEY: 120_000,
    Type.DATE: {"iso": "1958-01-02", "precision": "day"},
    Type.INSTANT: "2026-11-20T09:00:00.000+07:00",
    Type.GEO: {"lat": 7.5563, "lon": 99.6114, "accuracy_m": 12},
    Type.AREA: "920101",
    Type.PHONE: "0812345678",
}


@dataclass
class Phone:
    """A device that knows the protocol and keeps nothing."""

    actor: Actor
    token: str
    chance: random.Random
    number: int = 0
    cursor: str = ""
    written: list[tuple[RecordId, str]] = field(default_factory=list)

    def operation(
        self, kind: str, record: RecordId, sets: dict[FieldPath, Json]
    ) -> dict[str, Json]:
        """The next operation, as it goes over the wire."""
        self.number += 1
        stamp = Stamp(now(), self.number % 65_536, DeviceId(self.actor.device)).text
        self.written.append((record, stamp))
        return {
            "n": self.number,
            "kind": kind,
            "id": record,
            "stamp": stamp,
            "sets": dict(sets),
            "base": {},
        }

    def new_id(self) -> RecordId:
        """An id nobody else makes."""
        return RecordId(uuid7(now(), self.chance.randbytes(10)))

    def body(self, ops: list[dict[str, Json]], limit: int = 1_000) -> bytes:
        """A request, for a reply of so many records."""
        message = {
            "protocol": 1,
            "cursor": self.cursor,
            "ops": ops,
            "app": "bench",
            "limit": limit,
        }
        return codec.pack(codec.dump(message), codec.ZSTD)


def sample(kind: Kind, most: int = FIELDS) -> dict[FieldPath, Json]:
    """Values for so many paths of a kind."""
    found = dict(pair for declared in kind.fields for pair in _sampled(kind, declared))
    return dict(list(found.items())[:most])


def _sampled(kind: Kind, declared: Field) -> Iterator[tuple[FieldPath, Json]]:
    name = declared.name
    if name in ("created_by", "recorded_at", kind.case):
        return
    if declared.type is Type.SET:
        yield from ((f"{name}/{code}", True) for code in list(CODES.get(declared.codes, ()))[:2])
    elif declared.type is Type.CODE:
        yield name, next(iter(CODES[declared.codes]))
    elif declared.type is Type.STRUCT:
        yield from (
            (f"{name}/{sub.name}", SAMPLES[sub.type])
            for sub in declared.fields
            if sub.type in SAMPLES
        )
    elif declared.type in SAMPLES:
        yield name, SAMPLES[declared.type]


async def send(http: httpx.AsyncClient, phone: Phone, body: bytes) -> SyncReply:
    """One request; what the centre refuses ends the bench."""
    headers = {
        "Authorization": f"Bearer {phone.token}",
        "Content-Type": CONTENT_TYPE,
        "Content-Encoding": codec.ZSTD,
    }
    answered = await http.post(SYNC_PATH, content=body, headers=headers)
    answered.raise_for_status()
    reply = SyncReply.model_validate_json(answered.content)
    if reply.rejected:
        raise SystemExit(f"refused: {reply.rejected[0]}")
    phone.cursor = reply.cursor
    return reply


@contextmanager
def served(database: str) -> Iterator[str]:
    """`telewelfare serve` over a database; gives its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    command = [sys.executable, "-m", "telewelfare", "serve", "--database", database, "--port", port]
    with tempfile.TemporaryDirectory() as files:
        api = subprocess.Popen(  # noqa: S603 - our own program
            [*command, "--files", files], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            await_ready(f"http://127.0.0.1:{port}")
            yield f"http://127.0.0.1:{port}"
        finally:
            api.terminate()
            api.wait()


def await_ready(url: str) -> None:
    """Until the API answers."""
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        try:
            if httpx.get(url + HEALTH_PATH).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise SystemExit("the API did not start")


def phones(engine: Engine, count: int, role: str, areas: tuple[str, ...]) -> list[Phone]:
    """So many devices, each with a worker of its own."""
    with writing(engine) as db:
        made = [
            admin.add_actor(
                db, centre=CENTRE, role=role, areas=areas, name=f"{role} {n}", now=now()
            )
            for n in range(count)
        ]
    return [Phone(actor, token, random.Random(n)) for n, (actor, token) in enumerate(made)]


def case(phone: Phone, area: str) -> dict[str, Json]:
    """A new case, reported."""
    sets: dict[FieldPath, Json] = {
        "area": area,
        "opened_at": "2026-11-20T09:00:00.000+07:00",
        "state": "reported",
        "urgency": "normal",
    }
    return phone.operation("case", phone.new_id(), sets)


async def changed_records(url: str, writers: list[Phone], batches: int) -> None:
    """New records of 44 fields, then edits of two fields of each, from a few devices at once."""
    async with httpx.AsyncClient(base_url=url, timeout=120) as http:
        for phone in writers:
            opened = case(phone, "920101")
            while (await send(http, phone, phone.body([opened]))).more:
                opened["n"] = phone.number
        created = [_creations(phone, batches) for phone in writers]
        await _pushed("server_new_records", http, writers, created)
        edited = [_edits(phone, batches) for phone in writers]
        await _pushed("server_edited_records", http, writers, edited)


def _creations(phone: Phone, batches: int) -> list[list[dict[str, Json]]]:
    visit, (root, _stamp) = sample(KINDS["visit"]), phone.written[0]
    many = [
        phone.operation("visit", phone.new_id(), visit | {"case": root})
        for _ in range(batches * BATCH)
    ]
    return [many[start : start + BATCH] for start in range(0, len(many), BATCH)]


def _edits(phone: Phone, batches: int) -> list[list[dict[str, Json]]]:
    many = []
    for record, stamp in phone.written[1 : 1 + batches * BATCH]:
        edit = phone.operation("visit", record, {"summary": "ไปเยี่ยมอีกครั้ง", "place_note": "ข้างวัด"})
        many.append(edit | {"base": {"summary": stamp}})
    return [many[start : start + BATCH] for start in range(0, len(many), BATCH)]


async def _pushed(
    name: str,
    http: httpx.AsyncClient,
    writers: list[Phone],
    work: list[list[list[dict[str, Json]]]],
) -> None:
    bodies = [[(phone, ops) for ops in mine] for phone, mine in zip(writers, work, strict=True)]
    began, records = time.perf_counter(), sum(len(ops) for mine in work for ops in mine)

    async def push(mine: list[tuple[Phone, list[dict[str, Json]]]]) -> None:
        for phone, ops in mine:
            await send(http, phone, phone.body(ops, limit=1))  # what others wrote is another figure

    await asyncio.gather(*map(push, bodies))
    rate = records / (time.perf_counter() - began)
    tell(name, records=records, writers=len(writers), records_per_s=rate, target=5_000)


async def coming_back(url: str, fleet: list[Phone]) -> None:
    """Everyone within one minute: a day's work up, what is new down."""
    chance = random.Random(1_500)
    limits = httpx.Limits(max_connections=300, max_keepalive_connections=0)
    took: list[float] = []
    refused = 0

    window = MINUTE * len(fleet) / DEVICES  # as many a second, however few there are

    async with httpx.AsyncClient(base_url=url, timeout=60, limits=limits) as http:
        for phone in fleet:  # they were here before
            while (await send(http, phone, phone.body([]))).more:
                pass
        began = time.perf_counter()

        async def visit(phone: Phone) -> None:
            nonlocal refused
            await asyncio.sleep(chance.random() * window)
            ops = [case(phone, "920101")]
            root = RecordId(str(ops[0]["id"]))
            ops += [
                phone.operation("visit", phone.new_id(), sample(KINDS["visit"]) | {"case": root})
                for _ in range(2)
            ]
            start = time.perf_counter()
            try:
                await send(http, phone, phone.body(ops))
            except (httpx.HTTPError, SystemExit):
                refused += 1
            took.append(time.perf_counter() - start)

        await asyncio.gather(*map(visit, fleet))
        lasted = time.perf_counter() - began
    cuts = quantiles(took, n=100, method="inclusive")
    tell(
        "server_coming_back",
        devices=len(fleet),
        seconds=lasted,
        p50_s=cuts[49],
        p99_s=cuts[98],
        target_p99_s=5,
        refused=refused,
    )


async def no_news(url: str, phone: Phone, held: int) -> None:
    """A sync with nothing to do, by how much the centre holds."""
    async with httpx.AsyncClient(base_url=url, timeout=120) as http:
        while (await send(http, phone, phone.body([]))).more:
            pass
        took = []
        for _ in range(50):
            began = time.perf_counter()
            await send(http, phone, phone.body([]))
            took.append((time.perf_counter() - began) * 1e3)
    cuts = quantiles(took, n=100, method="inclusive")
    tell("server_no_news", records=held, p50_ms=cuts[49], p95_ms=cuts[94])


def run(database: str, *, devices: int, batches: int) -> None:
    """All of it over one database."""
    engine = connect(database)
    migrate(engine)
    with tempfile.TemporaryDirectory() as keys:
        admin.init(engine, centre=CENTRE, name="ศูนย์ทดสอบ", keys=Path(keys))
    desk, *writers = phones(engine, WRITERS + 1, "social_worker", ("92",))
    fleet = phones(engine, devices, "volunteer", ("920101",))
    with served(database) as url:
        asyncio.run(no_news(url, desk, 0))
        asyncio.run(changed_records(url, writers, batches))
        asyncio.run(no_news(url, desk, WRITERS * batches * BATCH))
        asyncio.run(coming_back(url, fleet))
    engine.dispose()


def main() -> None:
    """Run over the database that was named, or over one of its own."""
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--database", default="")
    words.add_argument("--devices", type=int, default=DEVICES)
    words.add_argument("--batches", type=int, default=4, help="of 500 records, for each writer")
    told = words.parse_args()
    found = programs()
    if told.database:
        run(told.database, devices=told.devices, batches=told.batches)
    elif found is None:
        print('{"bench": "server", "skipped": "no PostgreSQL on this machine"}')
    else:
        with running(found) as cluster, cluster.database("bench") as url:
            run(url, devices=told.devices, batches=told.batches)


if __name__ == "__main__":
    main()
