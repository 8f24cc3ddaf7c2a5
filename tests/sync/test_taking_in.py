"""A reply is taken in whole or not at all: what a device could not keep, it asks for again."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError

from telewelfare.domain.operations import Edit
from tests import eg
from tests.sync.test_delivery import Server, World, _settle

BROKEN = """CREATE TRIGGER broken BEFORE {what} ON {table}
    BEGIN SELECT RAISE(ABORT, 'the phone died here'); END"""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    server = Server(f"sqlite:///{tmp_path / 'centre.db'}", tmp_path)
    made = server.world()
    yield made
    for device in made.devices:
        device.close()
    server.app.state.service.engine.dispose()


@pytest.mark.parametrize(
    ("what", "table"), [("INSERT", "record"), ("UPDATE", "operation"), ("UPDATE", "record")]
)
def test_a_device_that_dies_while_it_takes_a_reply_in_asks_for_it_again(
    world: World, what: str, table: str
) -> None:
    phone, desk, _ = world.devices
    person, case = phone.new_id(), phone.new_id()

    async def play() -> None:
        phone.commit(eg.edit("person", person, area="920213", alias="เริ่ม"))
        phone.commit(eg.case(case, client=person))
        await _settle(world)
        phone.commit(Edit("person", person, {"alias": "ใหม่"}))
        phone.commit(eg.edit("person", phone.new_id(), alias="อีกคน"))
        await phone.sync()
        desk.commit(Edit("case", case, {"urgency": "urgent"}))
        before = desk.journal.read_meta("cursor"), desk.journal.waiting()
        with desk.journal.engine.begin() as db:
            db.exec_driver_sql(BROKEN.format(what=what, table=table))
        with pytest.raises(DBAPIError):
            await desk.sync()
        assert (desk.journal.read_meta("cursor"), desk.journal.waiting()) == before
        assert {record.values.get("alias") for record in desk.journal.of_kind("person")} == {"เริ่ม"}
        with desk.journal.engine.begin() as db:
            db.exec_driver_sql("DROP TRIGGER broken")
        await _settle(world)
        here = {record.values.get("alias") for record in desk.journal.of_kind("person")}
        assert here == {"ใหม่", "อีกคน"}
        assert desk.journal.waiting().pending == 0

    asyncio.run(play())
