"""Three devices and the real API over a bad network: everything typed arrives exactly once.

Hypothesis chooses who edits what, who syncs, and what becomes of each message. At the end the
network is quiet, and the centre and all devices must hold the same.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count, pairwise
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, select

from telewelfare.domain.clock import Millis
from telewelfare.domain.dates import bangkok_iso
from telewelfare.domain.fields import Json
from telewelfare.domain.fields import Path as FieldPath
from telewelfare.domain.kinds import KINDS
from telewelfare.domain.lifecycle import moves_from
from telewelfare.domain.operations import Edit, Operation, author
from telewelfare.domain.rights import visible
from telewelfare.server import admin
from telewelfare.server.app import create_app
from telewelfare.server.config import Settings
from telewelfare.server.database import reading, writing
from telewelfare.server.scope import in_scope
from telewelfare.server.tables import LEDGER, QUARANTINE, RECORD
from telewelfare.server.versions import unpacked
from telewelfare.store.rows import REJECTED
from telewelfare.sync.engine import Round
from tests import eg
from tests.sync.network import FATES, Device

STAFF = (  # role, areas, how far the clock is off
    ("volunteer", ("920213",), -40_000),
    ("social_worker", ("92",), 30_000),
    ("case_manager", ("92",), 0),
)
JSON_SPEAKER = 2  # of these, the one that sends one message at a time
MANY = 20


@dataclass
class World:
    """A centre of its own on a shared server, with three devices."""

    app: FastAPI
    centre: str
    folder: Path
    clock: int = eg.NOW
    devices: list[Device] = field(default_factory=list)

    def now(self) -> Millis:
        """The centre's clock; every look takes a moment."""
        self.clock += 7
        return Millis(self.clock)

    @property
    def engine(self) -> Engine:
        """The server's database."""
        found: Engine = self.app.state.service.engine
        return found


class Server:
    """One server for all examples: each gets a centre of its own."""

    def __init__(self, database: str, folder: Path) -> None:
        self.now: Callable[[], Millis] = lambda: eg.NOW
        self._numbers, self._folder = count(1), folder
        self.app = create_app(Settings(database=database, clock=self._clock))

    def _clock(self) -> Millis:
        return self.now()

    def world(self) -> World:
        number = next(self._numbers)
        made = World(self.app, f"c{number}", self._folder / f"{number}")
        made.folder.mkdir()
        self.now = made.now
        engine = self.app.state.service.engine
        admin.init(engine, centre=made.centre, name="ศูนย์ทดสอบ", keys=made.folder)
        for place, (role, areas, skew) in enumerate(STAFF):
            with writing(engine) as db:
                actor, token = admin.add_actor(
                    db, centre=made.centre, role=role, areas=areas, name=role, now=made.now()
                )
            folder = made.folder / f"{place}"
            lines = place != JSON_SPEAKER
            made.devices.append(
                Device(folder, actor, token, self.app, clock=made.now, skew=skew, lines=lines)
            )
        return made


@pytest.fixture(scope="module")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("delivery")
    server = Server(f"sqlite:///{folder / 'centre.db'}", folder)
    yield server
    server.app.state.service.engine.dispose()


@pytest.fixture(scope="module")
def postgres(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(postgres_url, tmp_path_factory.mktemp("delivery"))
    yield server
    server.app.state.service.engine.dispose()


# ------------------------------------------------------------------ what happens

DEVICE = st.integers(0, len(STAFF) - 1)
PLACE = st.integers(0, 3)
TEXT = st.sampled_from(["ก", "ข", "น้ำ", None])
FIELDS = st.one_of(
    st.tuples(st.just("closure_reason"), st.sampled_from(["returned_family", "deceased", None])),
    st.tuples(st.just("urgency"), st.sampled_from(["urgent", "normal", "critical"])),
    st.tuples(st.sampled_from(["target_groups/homeless", "target_groups/beggar"]), st.booleans()),
    st.tuples(st.sampled_from(["problems/p1", "problems/p2"]), st.booleans()),
    st.tuples(st.sampled_from(["problems/p1/severity"]), st.integers(1, 4)),
    st.tuples(st.just("a_newer_apps_field"), TEXT),
)
EDIT = st.one_of(
    st.tuples(st.just("report"), TEXT),
    st.tuples(st.just("change"), PLACE, FIELDS),
    st.tuples(st.just("change"), PLACE, FIELDS),
    st.tuples(st.just("name"), PLACE, TEXT),
    st.tuples(st.just("move"), PLACE, st.integers(0, 5)),
    st.tuples(st.just("visit"), PLACE, TEXT),
    st.tuples(st.just("assign"), PLACE, DEVICE),
)
NETWORK = st.lists(st.sampled_from(FATES), max_size=3)
STEP = st.one_of(
    st.tuples(st.just("edit"), DEVICE, EDIT),
    st.tuples(st.just("edit"), DEVICE, EDIT),
    st.tuples(st.just("sync"), DEVICE, NETWORK, st.none() | EDIT),
)
STEPS = st.lists(STEP, min_size=6, max_size=30)


def _edits(device: Device, what: tuple[Any, ...]) -> list[Edit]:
    """What a worker does on a device, by what the device knows; nothing where it knows nothing."""
    name, *rest = what
    if name == "report":
        person = device.new_id()
        case = eg.case(device.new_id(), client=person)
        return [eg.edit("person", person, area="920213", alias=rest[0]), case]
    known = device.known("person" if name == "name" else "case")
    if not known:
        return []
    record, value = known[rest[0] % len(known)], rest[1]
    if name == "move":
        return _move(device, record, value)
    if name == "visit":
        return [
            Edit("visit", device.new_id(), {"case": record, "kind": "first", "narrative": value})
        ]
    if name == "name":
        return [Edit("person", record, {"first_name": value})]
    path, typed = value if name == "change" else ("field_worker", f"worker {value}")
    return [Edit("case", record, {path: typed})]


def _move(device: Device, case: str, choice: int) -> list[Edit]:
    record = device.journal.get(case)
    state = str(record.values.get("state")) if record else ""
    moves = moves_from(state, device.actor.role)
    if not moves:
        return []
    sets: dict[FieldPath, Json] = {"case": case, "from": state, "to": moves[choice % len(moves)]}
    sets |= {"occurred_at": bangkok_iso(device.now()), "reason": "เหตุผล" if choice % 2 else None}
    return [Edit("status_event", device.new_id(), {p: v for p, v in sets.items() if v is not None})]


def _act(world: World, device: Device, what: tuple[Any, ...]) -> None:
    workers = {f"worker {n}": one.actor.worker for n, one in enumerate(world.devices)}
    for edit in _edits(device, what):
        sets = {path: workers.get(str(value), value) for path, value in edit.sets.items()}
        device.commit(Edit(edit.kind, edit.record, sets))


async def _play(world: World, steps: list[tuple[Any, ...]]) -> None:
    for device in world.devices:  # a case of each to begin with, as an ordinary day has
        _act(world, device, ("report", "เริ่ม"))
    await _settle(world)
    for step in steps:
        device = world.devices[step[1]]
        if step[0] == "edit":
            _act(world, device, step[2])
        else:
            if step[3] is not None:
                typed = step[3]
                device.network.meanwhile = lambda d=device, t=typed: _act(world, d, t)
            await device.sync(step[2])
            device.network.meanwhile = lambda: None
    await _settle(world)


async def _settle(world: World) -> None:
    """Quiet rounds, until a whole turn of them brings nothing new."""
    rounds: list[Round | None] = []
    for _ in range(MANY):
        rounds = [await device.sync() for device in world.devices]
        if not any(done is None or done.pushed or done.pulled or done.pending for done in rounds):
            return
    raise AssertionError(f"{MANY} quiet turns did not settle it: {rounds}")


# ------------------------------------------------------------------ what must hold


def _check(world: World) -> None:
    with reading(world.engine) as db:
        taken = _taken(db, world)
        _each_operation_arrived_once(db, world, taken)
        for device in world.devices:
            _same_as_the_centre(db, device)
        _both_sides_of_every_collision_are_kept(db, world)


def _taken(db: Connection, world: World) -> dict[tuple[str, int], dict[str, Json]]:
    mine = [device.actor.device for device in world.devices]
    rows = db.execute(
        select(LEDGER).where(LEDGER.c.centre_id == world.centre, LEDGER.c.device.in_(mine))
    ).all()
    assert max(Counter((row.device, row.n) for row in rows).values(), default=1) == 1
    return {(row.device, row.n): json.loads(row.sets) for row in rows}


def _each_operation_arrived_once(
    db: Connection, world: World, taken: dict[tuple[str, int], dict[str, Json]]
) -> None:
    here = QUARANTINE.c.centre_id == world.centre
    refused = {(row.device, row.n) for row in db.execute(select(QUARANTINE).where(here))}
    assert not refused & taken.keys()
    made: dict[tuple[str, int], tuple[Operation, str]] = {}
    for device in world.devices:
        assert device.journal.waiting().pending == 0
        made |= {(op.device, op.n): (op, state) for op, state in device.made()}
    assert made.keys() == refused | taken.keys()
    assert {key for key, (_, state) in made.items() if state == REJECTED} == refused
    for key, sets in taken.items():
        typed = {path: v for path, v in made[key][0].sets.items() if path != "created_by"}
        assert {path: v for path, v in sets.items() if path != "created_by"} == typed


def _plain(values: dict[str, Json]) -> dict[str, Json]:
    return {path: value for path, value in values.items() if value is not None}


def _same_as_the_centre(db: Connection, device: Device) -> None:
    """What the device has is what the centre has in its scope, less what it refused to take."""
    actor = device.actor
    refused = {(op.record, path) for op, _ in device.journal.rejected() for path in op.sets}
    theirs: dict[str, dict[str, Json]] = {}
    for row in db.execute(select(RECORD).where(in_scope(actor))):
        shown = visible(actor.role, KINDS[row.kind], row.current)
        held = unpacked(row.versions, row.current)
        own = {p: row.current[p] for p, v in held.items() if author(v[0]) == actor.device}
        theirs[row.id] = {p: v for p, v in (shown | own).items() if (row.id, p) not in refused}
    ours = {
        record.id: {p: v for p, v in record.values.items() if (record.id, p) not in refused}
        for kind in KINDS
        for record in device.journal.of_kind(kind)
    }
    only_refused = {record for record, _ in refused}
    for record in (ours.keys() | theirs.keys()) - only_refused:
        assert record in ours, f"{actor.role} lacks {record}"
        assert record in theirs, f"{actor.role} still has {record}"
    for record in ours.keys() & theirs.keys():
        assert _plain(ours[record]) == _plain(theirs[record]), (actor.role, record)


def _both_sides_of_every_collision_are_kept(db: Connection, world: World) -> None:
    """Two values of one path, neither written with the other in sight: a conflict record tells."""
    here = RECORD.c.centre_id == world.centre
    told = {
        (row.current.get("of"), row.current.get("path"))
        for row in db.execute(select(RECORD).where(here, RECORD.c.kind == "conflict"))
    }
    writes: dict[tuple[str, str], list[Operation]] = {}
    for device in world.devices:
        for op, state in device.made():
            for path in op.sets if state != REJECTED else ():
                writes.setdefault((op.record, path), []).append(op)
    for (record, path), ops in writes.items():
        ops.sort(key=lambda op: op.stamp)
        for first, second in pairwise(ops):
            unseen = second.base.get(path) != first.stamp and first.device != second.device
            if unseen and first.sets[path] != second.sets[path]:
                assert (record, path) in told, (record, path)


def _run(server: Server, steps: list[tuple[Any, ...]]) -> None:
    world = server.world()
    try:
        asyncio.run(_play(world, steps))
        _check(world)
    finally:
        for device in world.devices:
            device.close()


MODEST = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@settings(MODEST, max_examples=max(1, settings().max_examples * 4 // 5))
@given(steps=STEPS)
def test_everything_typed_arrives_once_and_all_hold_the_same(
    sqlite: Server, steps: list[tuple[Any, ...]]
) -> None:
    _run(sqlite, steps)


@pytest.mark.postgres
@settings(MODEST, max_examples=max(1, settings().max_examples // 5))
@given(steps=STEPS)
def test_everything_typed_arrives_once_on_postgresql_too(
    postgres: Server, steps: list[tuple[Any, ...]]
) -> None:
    _run(postgres, steps)
