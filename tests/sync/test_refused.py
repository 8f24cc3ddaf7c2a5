"""One bad edit never stops the rest, says why, and goes by itself when the centre's rules change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from telewelfare.domain.fields import Json
from telewelfare.domain.ids import DeviceId, RecordId, WorkerId
from telewelfare.domain.kinds import KINDS
from telewelfare.domain.operations import Actor, Edit
from telewelfare.server import admin
from telewelfare.server.app import create_app
from telewelfare.server.config import Settings
from telewelfare.server.rules import RULES, Rules, rules_of
from telewelfare.store.rows import ACKNOWLEDGED, REJECTED
from tests import eg
from tests.server.centre import Centre, Clock
from tests.sync.network import UNANSWERED, BadNetwork, Device

LONG_NAME = "ทองดี" * 8


def strict() -> Rules:
    """Rules of a centre that knows only short first names."""
    person = KINDS["person"]
    fields = tuple(
        replace(f, max_length=20) if f.name == "first_name" else f for f in person.fields
    )
    return rules_of({**KINDS, "person": replace(person, fields=fields, _by_name={})})


class Place:
    """A centre whose rules can change: another service over the same database."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.clock = folder, Clock()
        self.app = self.with_rules(strict())
        self.centre = Centre(self.app, self.clock)
        admin.init(self.centre.engine, centre="92", name="ศูนย์ทดสอบ", keys=folder)

    def with_rules(self, rules: Rules) -> FastAPI:
        settings = Settings(database=f"sqlite:///{self.folder / 'centre.db'}", clock=self.clock)
        return create_app(settings, rules)

    async def device(self, role: str = "volunteer", *areas: str) -> Device:
        """An enrolled device of a new worker."""
        me = (await self.centre.phone(role, *areas)).me
        actor = Actor("92", WorkerId(me.worker), role, me.areas, DeviceId(me.device))
        return Device(self.folder / me.device, actor, me.token, self.app, clock=self.clock, skew=0)

    def change_rules(self, *devices: Device) -> None:
        """The centre is started anew with today's rules."""
        for device in devices:
            device.network = BadNetwork(self.with_rules(RULES))

    def rows(self, table: str, **where: object) -> list[dict[str, Any]]:
        return self.centre.rows(table, **where)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = Place(tmp_path)
    yield made
    made.centre.engine.dispose()


def person(device: Device, name: str, record: RecordId | None = None, **more: Json) -> RecordId:
    record = record or eg.new_id()
    device.commit(Edit("person", record, {"first_name": name, **more}))
    return record


def case(device: Device) -> RecordId:
    record = eg.new_id()
    fields: dict[str, Json] = {"area": "920201", "opened_at": "2026-11-20T09:15:00.000+07:00"}
    device.commit(Edit("case", record, {**fields, "state": "reported", "urgency": "normal"}))
    return record


def states(device: Device) -> list[str]:
    return [state for _, state in device.made()]


async def test_of_a_hundred_one_is_refused_and_goes_when_the_rules_change(place: Place) -> None:
    device = await place.device()
    for n in range(100):
        person(device, LONG_NAME if n == 40 else f"คนที่ {n}")
    await device.sync()
    assert device.refusals == []
    assert len(place.rows("record", kind="person")) == 99
    ((op, reason),) = device.journal.rejected()
    assert (op.n, reason) == (41, "malformed first_name")
    before = device.journal.get(op.record)
    await device.sync()  # the same rules: it waits
    assert states(device).count(REJECTED) == 1
    place.change_rules(device)
    await device.sync()
    assert states(device) == [ACKNOWLEDGED] * 100
    (row,) = place.rows("ledger", device=device.actor.device, n=41)
    assert row["stamp"] == op.stamp
    assert not place.rows("quarantine")
    assert device.journal.get(op.record) == before
    assert len(place.rows("record", kind="person")) == 100


async def test_a_lost_reply_takes_it_once_all_the_same(place: Place) -> None:
    device = await place.device()
    person(device, LONG_NAME)
    await device.sync()
    place.change_rules(device)
    await device.sync([UNANSWERED, UNANSWERED])
    await device.sync()
    assert states(device) == [ACKNOWLEDGED]
    assert len(place.rows("ledger", device=device.actor.device)) == 1


async def test_what_is_still_wrong_stays_with_a_fresh_reason(place: Place) -> None:
    device = await place.device()
    person(device, LONG_NAME, sex=7)
    await device.sync()
    ((_, first),) = device.journal.rejected()
    place.change_rules(device)
    await device.sync()
    ((_, then),) = device.journal.rejected()
    assert (first, then) == ("malformed first_name", "malformed sex")
    (row,) = place.rows("quarantine")
    assert (row["path"], row["rules"]) == ("sex", RULES.version)


async def test_what_others_wrote_meanwhile_is_told_to_the_one_who_was_refused(place: Place) -> None:
    device, desk = await place.device(), await place.device("social_worker", "92")
    record = person(device, "ทองดี")
    await device.sync()
    await desk.sync()
    person(device, LONG_NAME, record)
    await device.sync()
    place.clock.pass_(1_000)
    person(desk, "ทองใบ", record)
    await desk.sync()
    place.change_rules(device, desk)
    for one in (device, desk, device):
        await one.sync()
    held = [one.journal.get(record) for one in (device, desk)]
    assert [found.values["first_name"] for found in held if found] == ["ทองใบ", "ทองใบ"]
    (conflict,) = [r["current"] for r in place.rows("record", kind="conflict")]
    assert (conflict["kept"], conflict["other"]) == ("ทองใบ", LONG_NAME)


async def test_a_refused_edit_that_is_newest_shows_everywhere_once_it_is_taken(
    place: Place,
) -> None:
    device, desk = await place.device(), await place.device("social_worker", "92")
    record = person(device, "ทองดี")
    await device.sync()
    await desk.sync()
    person(desk, "ทองใบ", record)
    place.clock.pass_(1_000)
    person(device, LONG_NAME, record)
    await device.sync()
    await desk.sync()
    await device.sync()
    place.change_rules(device, desk)
    await device.sync()
    await desk.sync()
    for one in (device, desk):
        found = one.journal.get(record)
        assert found is not None
        assert found.values["first_name"] == LONG_NAME


async def test_a_refused_move_leaves_no_guessed_state(place: Place) -> None:
    device = await place.device()
    record = case(device)
    await device.sync()
    moved: dict[str, Json] = {"case": record, "from": "reported", "to": "fact_finding"}
    event = eg.new_id()
    when = "2026-11-20T10:00:00.000+07:00"
    device.commit(Edit("status_event", event, {**moved, "occurred_at": when, "reason": 7}))
    shown = device.journal.get(record)
    assert shown is not None
    assert shown.values["state"] == "fact_finding"
    await device.sync()
    assert states(device)[-1] == REJECTED
    now = device.journal.get(record)
    assert now is not None
    assert now.values["state"] == "reported"
    assert device.journal.wanted(10) == ()


async def test_what_a_person_lets_be_shows_what_the_centre_has_without_asking_for_all(
    place: Place,
) -> None:
    device = await place.device()
    record = person(device, "ทองดี")
    await device.sync()
    person(device, LONG_NAME, record)
    await device.sync()
    cursor = device.journal.read_meta("cursor")
    ((op, _),) = device.journal.rejected()
    device.journal.set_aside(op.n)
    assert device.journal.read_meta("cursor") == cursor
    await device.sync()
    found = device.journal.get(record)
    assert found is not None
    assert found.values["first_name"] == "ทองดี"
    assert device.journal.health().repaired == 0


def test_rules_are_named_by_what_they_say() -> None:
    assert rules_of(KINDS).version == RULES.version
    assert strict().version != RULES.version
    assert rules_of(KINDS, code=99).version != RULES.version
