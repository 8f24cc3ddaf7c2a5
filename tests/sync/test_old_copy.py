"""A device whose file was brought back from an old copy: its new work arrives, the old comes back."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from telewelfare.domain.operations import Edit
from telewelfare.server.database import reading
from telewelfare.server.tables import RECORD
from tests import eg
from tests.sync.network import UNANSWERED, Device
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


def test_a_lost_reply_is_no_old_copy(world: World) -> None:
    phone, *_ = world.devices

    async def play() -> None:
        for n in range(3):
            phone.commit(eg.edit("person", phone.new_id(), alias=f"{n}", weight=1.50))
        assert await phone.sync([UNANSWERED]) is None
        phone.commit(eg.edit("person", phone.new_id(), alias="3"))
        done = await phone.sync()
        assert done is not None
        assert done.pushed == 4

    asyncio.run(play())
    assert [op.n for op, _ in phone.made()] == [1, 2, 3, 4]
