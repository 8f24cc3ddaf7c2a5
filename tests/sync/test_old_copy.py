"""A device whose file was brought back from an old copy: its new work arrives, the old comes back."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from telewelfare.domain.operations import Edit
from telewelfare.server.database import reading
from telewelfare.server.tables import LEDGER, RECORD
from telewelfare.sync.engine import MUCH
from tests import eg
from tests.sync.network import LOST, UNANSWERED, Device
from tests.sync.test_delivery import Server, World, _settle


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    server = Server(f"sqlite:///{tmp_path / 'centre.db'}", tmp_path)
    made = server.world()
    yield made
    for device in made.devices:
        device.close()
    server.app.state.service.engine.dispose()


def _file(device: Device) -> Path:
    return Path(str(device.journal.engine.url.database))


def _copied(device: Device) -> Path:
    """The file as it is now, kept elsewhere."""
    device.close()  # the last connection empties the log into the file
    kept = _file(device).with_suffix(".old")
    shutil.copy(_file(device), kept)
    return kept


def _bring_back(device: Device, kept: Path) -> None:
    device.close()
    for beside in _file(device).parent.glob(_file(device).name + "-*"):
        beside.unlink()
    shutil.copy(kept, _file(device))


def _aliases(world: World) -> set[object]:
    with reading(world.engine) as db:
        here = RECORD.c.centre_id == world.centre, RECORD.c.kind == "person"
        return {
            current.get("alias") for current in db.scalars(select(RECORD.c.current).where(*here))
        }


@pytest.mark.parametrize("fresh", [0, 1, 3, 5], ids=["none", "fewer", "as many", "more"])
def test_work_after_an_old_copy_was_brought_back_arrives(world: World, fresh: int) -> None:
    phone, *_ = world.devices
    person = phone.new_id()

    async def play() -> None:
        phone.commit(eg.edit("person", person, alias="หนึ่ง"))
        await _settle(world)
        old = _copied(phone)
        for text in ("สอง", "สาม"):
            phone.commit(Edit("person", person, {"alias": text}))
        phone.commit(eg.edit("person", phone.new_id(), alias="หายจากเครื่อง"))
        await _settle(world)
        _bring_back(phone, old)
        for n in range(fresh):
            phone.commit(eg.edit("person", phone.new_id(), alias=f"ใหม่ {n}"))
        await _settle(world)
        assert _aliases(world) == {"สาม", "หายจากเครื่อง", *(f"ใหม่ {n}" for n in range(fresh))}
        here = {record.values.get("alias") for record in phone.journal.of_kind("person")}
        assert here == _aliases(world)
        phone.commit(Edit("person", person, {"alias": "และต่อไป"}))
        await _settle(world)
        assert "และต่อไป" in _aliases(world)

    asyncio.run(play())
    assert phone.journal.waiting().pending == 0
    assert not phone.journal.rejected()


def _times(world: World, alias: str) -> int:
    """How often somebody's word stands in the ledger."""
    with reading(world.engine) as db:
        sets = db.scalars(select(LEDGER.c.sets).where(LEDGER.c.centre_id == world.centre))
        return sum(json.loads(one).get("alias") == alias for one in sets)


@pytest.mark.parametrize("fresh", [0, 1, 5], ids=["none", "one", "more"])
def test_what_waited_in_the_copy_and_was_sent_since_arrives_once(world: World, fresh: int) -> None:
    phone, *_ = world.devices
    person = phone.new_id()

    async def play() -> None:
        phone.commit(eg.edit("person", person, alias="หนึ่ง"))
        await _settle(world)
        phone.commit(Edit("person", person, {"alias": "สอง"}))
        old = _copied(phone)
        await _settle(world)
        phone.commit(Edit("person", person, {"alias": "สาม"}))
        await _settle(world)
        _bring_back(phone, old)
        for n in range(fresh):
            phone.commit(eg.edit("person", phone.new_id(), alias=f"ใหม่ {n}"))
        await _settle(world)
        phone.commit(eg.edit("person", phone.new_id(), alias="และต่อไป"))
        await _settle(world)

    asyncio.run(play())
    assert _aliases(world) == {"สาม", "และต่อไป", *(f"ใหม่ {n}" for n in range(fresh))}
    assert _times(world, "สอง") == 1
    assert _times(world, "ใหม่ 0") == min(fresh, 1)
    assert phone.journal.waiting().pending == 0


@pytest.mark.parametrize("fresh", [3, 30], ids=["fewer", "more"])
def test_to_ask_how_far_the_centre_is_acknowledges_nothing_that_was_not_sent(
    world: World, fresh: int
) -> None:
    """Much was under way when the copy was made; the centre's count speaks of other work now."""
    phone, *_ = world.devices

    async def play() -> None:
        for n in range(MUCH + 5):
            phone.commit(eg.edit("person", phone.new_id(), alias=f"เดิม {n}"))
        assert await phone.sync([UNANSWERED, LOST]) is None
        old = _copied(phone)
        for n in range(5):
            phone.commit(eg.edit("person", phone.new_id(), alias=f"หายจากเครื่อง {n}"))
        await _settle(world)
        _bring_back(phone, old)
        for n in range(fresh):
            phone.commit(eg.edit("person", phone.new_id(), alias=f"ใหม่ {n}"))
        await _settle(world)

    asyncio.run(play())
    assert phone.journal.waiting().pending == 0
    for n in range(fresh):
        assert _times(world, f"ใหม่ {n}") == 1
    for n in range(MUCH + 5):
        assert _times(world, f"เดิม {n}") == 1


def test_a_hole_that_nobody_can_fill_does_not_stop_a_device(world: World) -> None:
    """The device is an old copy, and the centre, too: what counted between them is nowhere."""
    phone, *_ = world.devices

    async def play() -> None:
        phone.commit(eg.edit("person", phone.new_id(), alias="หนึ่ง"))
        await _settle(world)
        phone.journal.renumber(7)  # the numbers 2 to 6 lie in no file any more
        phone.commit(eg.edit("person", phone.new_id(), alias="สอง"))
        await _settle(world)

    asyncio.run(play())
    assert _aliases(world) == {"หนึ่ง", "สอง"}


def test_a_lost_reply_is_no_old_copy(world: World) -> None:
    phone, *_ = world.devices

    async def play() -> None:
        for n in range(3):
            phone.commit(eg.edit("person", phone.new_id(), alias=f"{n}", weight=1.50))
        assert await phone.sync([UNANSWERED, LOST]) is None
        phone.commit(eg.edit("person", phone.new_id(), alias="3"))
        done = await phone.sync()
        assert done is not None
        assert done.pushed == 4

    asyncio.run(play())
    assert [op.n for op, _ in phone.made()] == [1, 2, 3, 4]
