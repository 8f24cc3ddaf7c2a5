"""Random changes of who sees what, over a few devices, and what each must hold in the end."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import func, select

from telewelfare.domain.ids import WorkerId
from telewelfare.domain.kinds import KINDS
from telewelfare.domain.operations import Actor
from telewelfare.domain.rights import hides
from telewelfare.server import workers
from telewelfare.server.database import reading
from telewelfare.server.feed import shown_of
from telewelfare.server.scope import in_scope
from telewelfare.server.tables import LEDGER, QUARANTINE, RECORD
from tests.server.centre import OPENED, Centre, Phone

AREAS: Final = ("920201", "920202", "920601", "920602")
DISTRICTS: Final = ("9202", "9206")
CREW: Final = (
    ("volunteer", "9202"),
    ("volunteer", "9206"),
    ("volunteer_lead", "9202"),
    ("community_partner", "9206"),
    ("social_worker", "92"),
)
ROLES: Final = ("volunteer", "volunteer_lead", "community_partner", "social_worker", "mdt_guest")


@dataclass
class World:
    """A centre with five devices; `typed`: what each wrote itself, by record and path."""

    centre: Centre
    desk: Phone
    phones: list[Phone]
    chance: random.Random = field(default_factory=random.Random)
    typed: set[tuple[str, str, str]] = field(default_factory=set)
    refused: set[tuple[str, str]] = field(default_factory=set)
    changes: int = 0

    def pick(self, kind: str, device: Phone | None = None) -> str | None:
        """One of the records of a kind that a device holds."""
        held = sorted((device or self.desk).of(kind))
        return self.chance.choice(held) if held else None

    def write(self, device: Phone, kind: str, sets: dict[str, Any], record: str | None) -> str:
        """An edit, remembered."""
        made = device.edit(kind, sets, record)
        self.typed |= {(device.me.device, made, path) for path in sets}
        return made

    async def sync(self, device: Phone, limit: int = 1000) -> None:
        """A whole round, if the worker is let in."""
        while self.is_in(device):
            about = {op["n"]: op["id"] for op in device.outbox}
            reply = await device.round(limit=limit)
            self.refused |= {(device.me.device, about[one.n]) for one in reply.rejected}
            if not reply.more:
                return

    def is_in(self, device: Phone) -> bool:
        """Whether the worker works for the centre now."""
        (row,) = self.centre.rows("worker", id=device.me.worker)
        return bool(row["active"])

    def actor(self, device: Phone) -> Actor:
        """The worker as the centre knows them."""
        (row,) = self.centre.rows("worker", id=device.me.worker)
        worker = WorkerId(row["id"])
        return Actor("92", worker, row["role"], tuple(row["areas"]), device.me.device)  # type: ignore[arg-type]


async def world(centre: Centre) -> World:
    """Five workers with their devices, and a desk that never changes."""
    phones = [
        await centre.phone(role, area, name=f"คนที่ {n}") for n, (role, area) in enumerate(CREW)
    ]
    desk = await centre.phone("director", "92", name="โต๊ะ")
    return World(centre, desk, phones)


Step = Callable[[World, Phone], Awaitable[None]]


async def new_case(w: World, device: Phone) -> None:
    person = w.write(device, "person", {"first_name": "ดำ", "religion": "buddhist"}, None)
    sets: dict[str, Any] = {"area": w.chance.choice(AREAS), "opened_at": OPENED}
    sets |= {"state": "reported", "urgency": w.chance.choice(("critical", "normal"))}
    case = w.write(device, "case", sets | {"client": person}, None)
    w.write(device, "visit", {"case": case, "kind": "first"}, None)
    if w.chance.random() < 0.5:
        report = {"channel": "volunteer", "occurred_at": OPENED, "situation_text": "ใต้สะพาน"}
        home = w.chance.choice(AREAS)
        w.write(device, "incident_report", {**report, "area": home, "case": case}, None)
        w.write(device, "household", {"case": case, "area": w.chance.choice(AREAS)}, None)


async def new_report(w: World, device: Phone) -> None:
    sets = {"channel": "volunteer", "occurred_at": OPENED, "area": w.chance.choice(AREAS)}
    w.write(device, "incident_report", {**sets, "situation_text": "หน้าตลาด"}, None)


async def new_visit(w: World, device: Phone) -> None:
    if case := w.pick("case", device):
        w.write(device, "visit", {"case": case, "kind": "additional", "narrative": "ไปมา"}, None)


async def edit_case(w: World, device: Phone) -> None:
    if case := w.pick("case", device):
        w.write(device, "case", {"urgency": w.chance.choice(("urgent", "watch"))}, case)


async def edit_person(w: World, device: Phone) -> None:
    if person := w.pick("person", device):
        w.write(device, "person", {"alias": f"ชื่อ {w.chance.random()}"}, person)


async def assign(w: World, device: Phone) -> None:
    if case := w.pick("case"):
        path = w.chance.choice(("field_worker", "owner", f"watchers/{device.me.worker}"))
        value: Any = device.me.worker if "/" not in path else True
        given = w.chance.choice((value, None))
        w.write(w.desk, "case", {path: given}, case)


async def move_case(w: World, _: Phone) -> None:
    if case := w.pick("case"):
        w.write(w.desk, "case", {"area": w.chance.choice(AREAS)}, case)


async def seal(w: World, _: Phone) -> None:
    if case := w.pick("case"):
        state = w.chance.choice(("sealed", "sealed", "normal"))
        w.write(w.desk, "case", {"confidentiality": state}, case)


async def other_client(w: World, _: Phone) -> None:
    case, person = w.pick("case"), w.pick("person")
    if case and person:
        w.write(w.desk, "case", {"client": person}, case)


async def other_case(w: World, _: Phone) -> None:
    kind = w.chance.choice(("visit", "incident_report", "household"))
    record, case = w.pick(kind), w.pick("case")
    if record and case:
        w.write(w.desk, kind, {"case": case}, record)


async def settle_down(w: World, _: Phone) -> None:
    if household := w.pick("household"):
        w.write(w.desk, "household", {"area": w.chance.choice(AREAS)}, household)


async def partner(w: World, device: Phone) -> None:
    if not w.pick("partner") or w.chance.random() < 0.3:
        sets = {"name": "วัด", "kind": "temple", "area": w.chance.choice(AREAS)}
        w.write(w.desk, "partner", sets, None)
    elif (near := w.pick("partner", device)) and w.chance.random() < 0.5:
        sets = {"partner": near, "date": OPENED, "kind": "call", "summary": "คุยแล้ว"}
        w.write(device, "partner_contact_log", sets, None)
    elif moving := w.pick("partner"):
        w.write(w.desk, "partner", {"area": w.chance.choice(AREAS)}, moving)


async def two_at_once(w: World, device: Phone) -> None:
    """A conflict, about what others may or may not see."""
    kind = w.chance.choice(("person", "visit", "incident_report", "partner"))
    record = w.pick(kind)
    paths = {"person": "religion", "visit": "narrative", "incident_report": "place_text"}
    if record and record in device.records:
        path = paths.get(kind, "name")
        for side in (device, w.desk):
            w.write(side, kind, {path: f"ค่า {w.chance.random()}"}, record)
        await w.sync(w.desk)


async def change_worker(w: World, device: Phone) -> None:
    chance, now = w.chance, w.centre.clock.now
    areas = chance.sample((*DISTRICTS, *AREAS), chance.choice((1, 2)))
    told: dict[str, Any] = chance.choice(
        ({"areas": areas}, {"role": chance.choice(ROLES)}, {"active": not w.is_in(device)})
    )
    workers.set_worker(w.centre.engine, device.me.worker, now=now, **told)


STEPS: Final[tuple[Step, ...]] = (
    *(new_case, new_case, new_report, new_visit, edit_case, edit_person),
    *(assign, assign, move_case, seal, other_client, other_case, settle_down, partner),
    *(two_at_once, change_worker, change_worker),
)


async def step(w: World, seed: int) -> None:
    """One change, and now and then a device that syncs, or begins to."""
    w.chance = random.Random(seed)
    w.centre.clock.pass_(1_000)
    device = w.chance.choice(w.phones)
    await w.chance.choice(STEPS)(w, device)
    w.changes += 1
    await w.sync(w.desk)
    for one in w.phones:
        luck = w.chance.random()
        if luck < 0.3:
            await w.sync(one, limit=w.chance.choice((1, 2, 5, 1000)))
        elif luck < 0.45 and w.is_in(one):
            about = {op["n"]: op["id"] for op in one.outbox}
            reply = await one.round(limit=w.chance.choice((1, 3)))
            w.refused |= {(one.me.device, about[r.n]) for r in reply.rejected}


async def end(w: World) -> None:
    """Everyone is let in and syncs; then each holds what the policy says, and nothing is lost."""
    now = w.centre.clock.now
    for one in w.phones:
        if not w.is_in(one):
            workers.set_worker(w.centre.engine, one.me.worker, active=True, now=now)
    for one in (*w.phones, w.desk, *w.phones):
        await w.sync(one, limit=w.chance.choice((2, 7, 1000)))
    for one in (*w.phones, w.desk):
        same_as_policy(w, one)
        nothing_dropped(w, one)


def same_as_policy(w: World, device: Phone) -> None:
    """Exactly the records in scope, and of them what may be shown, or was typed on the device."""
    actor = w.actor(device)
    with reading(w.centre.engine) as db:
        rows = {row.id: row for row in db.execute(select(RECORD).where(in_scope(actor)))}
    mine = device.me.device
    refused = {record for who, record in w.refused if who == mine}
    assert device.records.keys() - refused == rows.keys() - refused, actor
    for id_ in rows.keys() - refused:
        shown, held = shown_of(actor, rows[id_]), device.records[id_]
        assert {path: held.get(path) for path in shown} == shown, (actor, rows[id_].kind)
        for path in held.keys() - shown.keys():
            assert (mine, id_, path) in w.typed, (actor, rows[id_].kind, path)
            declared = KINDS[rows[id_].kind].field(path)
            assert declared is not None
            assert hides(actor.role, declared.sensitivity)


def nothing_dropped(w: World, device: Phone) -> None:
    """Every operation is in the ledger, or refused and kept with its reason."""
    assert not device.outbox
    with reading(w.centre.engine) as db:
        taken = select(func.count()).where(LEDGER.c.device == device.me.device)
        refused = select(func.count()).where(QUARANTINE.c.device == device.me.device)
        assert (db.scalar(taken) or 0) + (db.scalar(refused) or 0) == device.n
