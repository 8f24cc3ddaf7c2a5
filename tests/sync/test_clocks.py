"""Clocks that are years off: nothing typed is lost, nothing fails, and afterwards all hold the same."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from telewelfare.domain.ids import RecordId
from telewelfare.domain.operations import Edit
from telewelfare.server.database import reading
from telewelfare.server.tables import LEDGER, RECORD
from tests import eg
from tests.sync.test_delivery import Server, World, _check, _settle

DAY = 86_400_000
YEAR = 365 * DAY
OFF = [-56 * YEAR, -3 * YEAR, DAY, 543 * YEAR]  # 1970, a dead battery, one day, the era as the year


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    server = Server(f"sqlite:///{tmp_path / 'centre.db'}", tmp_path)
    made = server.world()
    yield made
    for device in made.devices:
        device.close()
    server.app.state.service.engine.dispose()


def _skew(world: World, *skews: int) -> None:
    for device, skew in zip(world.devices, skews, strict=True):
        device._skew = skew  # noqa: SLF001 - a worker sets the clock of the phone


async def _shared_case(world: World) -> tuple[RecordId, RecordId]:
    phone, desk, _ = world.devices
    person, case = phone.new_id(), phone.new_id()
    phone.commit(
        eg.edit("person", person, area="920213", alias="เริ่ม"),
        eg.case(case, client=person, field_worker=None),
    )
    await _settle(world)
    assert desk.journal.get(case) is not None
    return person, case


def _holds(world: World, record: str, path: str) -> set[object]:
    with reading(world.engine) as db:
        here = RECORD.c.centre_id == world.centre, RECORD.c.id == record
        current = db.execute(select(RECORD.c.current).where(*here)).scalar_one()
    found: set[object] = {current.get(path)}
    for device in world.devices[:2]:
        held = device.journal.get(record)
        assert held is not None
        found.add(held.values.get(path))
    return found


@pytest.mark.parametrize("off", OFF)
@pytest.mark.parametrize("began_wrong", [True, False], ids=["from the first", "later"])
def test_two_who_edit_the_same_field_with_clocks_years_apart_end_equal(
    world: World, off: int, *, began_wrong: bool
) -> None:
    async def play() -> None:
        phone, desk, _ = world.devices
        if began_wrong:
            _skew(world, off, 0, 0)
        person, _case = await _shared_case(world)
        _skew(world, off, 0, 0)
        for turn in range(3):  # meet, one answers the other, and again
            phone.commit(Edit("person", person, {"alias": f"จากโทรศัพท์ {turn}"}))
            desk.commit(Edit("person", person, {"alias": f"จากโต๊ะ {turn}"}))
            await _settle(world)
            assert len(_holds(world, person, "alias")) == 1
            answer = f"แก้ให้ถูก {turn}"
            (phone if turn % 2 else desk).commit(Edit("person", person, {"alias": answer}))
            await _settle(world)
            assert _holds(world, person, "alias") == {answer}
        _skew(world, 0, 0, 0)  # somebody sets the clock right
        phone.commit(Edit("person", person, {"alias": "นาฬิกาตรงแล้ว"}))
        await _settle(world)
        assert _holds(world, person, "alias") == {"นาฬิกาตรงแล้ว"}
        with reading(world.engine) as db:
            sets = [json.loads(s) for s in db.scalars(select(LEDGER.c.sets))]
        typed = {one.get("alias") for one in sets}
        expected = {f"จาก{where} {n}" for where in ("โทรศัพท์", "โต๊ะ") for n in range(3)}
        assert expected <= typed
        assert all(not device.refusals for device in world.devices)

    asyncio.run(play())
    _check(world)


@pytest.mark.parametrize("off", [-3 * YEAR, 543 * YEAR])
def test_after_the_centre_s_own_clock_was_years_off_work_goes_on(world: World, off: int) -> None:
    async def play() -> None:
        phone, desk, _ = world.devices
        person, _case = await _shared_case(world)
        world.clock += off
        _skew(world, -off, -off, -off)  # the phones are right
        desk.commit(Edit("person", person, {"alias": "ขณะนาฬิกาศูนย์ผิด"}))
        await _settle(world)
        world.clock -= off
        _skew(world, 0, 0, 0)
        phone.commit(Edit("person", person, {"alias": "หลังแก้"}))
        await _settle(world)
        assert _holds(world, person, "alias") == {"หลังแก้"}
        desk.commit(Edit("person", person, {"alias": "และต่อไป"}))
        await _settle(world)
        assert _holds(world, person, "alias") == {"และต่อไป"}

    asyncio.run(play())
    for device in world.devices:
        assert device.journal.waiting().pending == 0
