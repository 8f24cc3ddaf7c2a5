"""What the case page says of the centre is true, whatever the network and the server do."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from telewelfare.server.database import reading
from telewelfare.server.tables import LEDGER
from telewelfare.store.index import Index
from telewelfare.store.queries import Receipts, case_detail
from tests import eg
from tests.server.centre import OPENED
from tests.sync.network import BROKEN, CUT, LOST, TWICE, UNANSWERED, Device
from tests.sync.test_delivery import Server, World, _settle

FAILS = "CREATE TRIGGER broken BEFORE {what} BEGIN SELECT RAISE(ABORT, 'the server died here'); END"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    server = Server(f"sqlite:///{tmp_path / 'centre.db'}", tmp_path)
    made = server.world()
    yield made
    for device in made.devices:
        device.close()
    server.app.state.service.engine.dispose()


def shown(device: Device, case: str) -> Receipts:
    """The receipts on a case's page, and of each of its records in the story."""
    index = Index(device.journal)
    index.load()
    detail = case_detail(device.journal, index, case)
    assert detail is not None
    unsent = device.journal.not_there()
    assert all(entry.sent == (entry.id not in unsent) for entry in detail.timeline)
    return detail.receipts


def in_ledger(world: World, record: str) -> int:
    with reading(world.engine) as db:
        query = select(LEDGER.c.seq).where(LEDGER.c.record_id == record, LEDGER.c.device != "srv")
        return len(db.execute(query).all())


def records_of(device: Device) -> tuple[str, list[str]]:
    """One record of each kind that a case's page shows."""
    case = device.new_id()
    at = {"of_kind": "case", "of": case, "captured_at": OPENED, "sha256": "0" * 64}
    edits = [
        eg.case(case),
        eg.edit("incident_report", device.new_id(), case=case, occurred_at=OPENED, area="920213"),
        eg.edit("visit", device.new_id(), case=case, kind="first", started_at=OPENED),
        eg.edit("assessment", device.new_id(), case=case, stage="baseline", date=OPENED),
        eg.edit("consent", device.new_id(), case=case, at=OPENED),
        eg.edit("attachment", device.new_id(), case=case, kind="99", **at),
        eg.edit("household", device.new_id(), case=case, housing_type="none"),
        eg.edit("status_event", device.new_id(), case=case, to="triaged", occurred_at=OPENED),
    ]
    device.commit(*edits)
    return case, [edit.record for edit in edits]


@pytest.mark.parametrize("fate", [LOST, CUT, UNANSWERED, BROKEN, TWICE])
def test_at_the_centre_is_said_when_the_centre_said_it_and_never_twice_there(
    world: World, fate: str
) -> None:
    phone = world.devices[0]

    async def play() -> None:
        await _settle(world)
        case, made = records_of(phone)
        assert not shown(phone, case).at_centre
        heard = await phone.sync([fate])
        if heard is None:
            assert not shown(phone, case).at_centre or all(in_ledger(world, id_) for id_ in made)
        await phone.sync()
        await phone.sync()
        after = shown(phone, case)
        assert phone.journal.rejected() == ()
        assert after.at_centre
        assert (after.opened_at, after.acted_at) == (None, None)
        assert [in_ledger(world, id_) for id_ in made] == [1] * len(made)

    asyncio.run(play())


@pytest.mark.parametrize("what", ["INSERT ON ledger", "UPDATE ON device"])
def test_a_server_that_dies_before_it_has_kept_it_leaves_the_receipt_open(
    world: World, what: str
) -> None:
    phone = world.devices[0]
    engine = world.engine

    async def play() -> None:
        await _settle(world)
        with engine.begin() as db:
            db.exec_driver_sql(FAILS.format(what=what))
        case, made = records_of(phone)
        assert await phone.sync() is None
        assert not shown(phone, case).at_centre
        assert not any(in_ledger(world, id_) for id_ in made)
        with engine.begin() as db:
            db.exec_driver_sql("DROP TRIGGER broken")
        await phone.sync()
        assert shown(phone, case).at_centre
        assert [in_ledger(world, id_) for id_ in made] == [1] * len(made)

    asyncio.run(play())


def test_what_was_refused_is_not_at_the_centre_though_nothing_waits(world: World) -> None:
    phone = world.devices[0]

    async def play() -> None:
        await _settle(world)
        case, _ = records_of(phone)
        await phone.sync()
        assert shown(phone, case).at_centre
        wrong = phone.new_id()
        phone.commit(eg.edit("assessment", wrong, case=case, date="20 November"))
        await phone.sync()
        assert phone.journal.waiting().pending == 0
        assert not shown(phone, case).at_centre
        phone.journal.set_aside(phone.journal.rejected()[0][0].n)
        await phone.sync()
        assert phone.journal.get(wrong) is None or not shown(phone, case).at_centre

    asyncio.run(play())


def test_opened_and_acted_on_are_the_office_s_words_after_the_centre_kept_them(
    world: World,
) -> None:
    phone, desk, _ = world.devices

    async def play() -> None:
        await _settle(world)
        case, _ = records_of(phone)
        await phone.sync()
        await desk.sync()
        for stage in ("opened", "acted"):
            desk.commit(eg.edit("receipt", desk.new_id(), case=case, stage=stage, at=OPENED))
            await desk.sync([UNANSWERED])
            said = shown(phone, case)
            assert (said.opened_at if stage == "opened" else said.acted_at) is None
            await desk.sync()
            await phone.sync()
        assert shown(phone, case).opened_at is not None
        assert shown(phone, case).acted_at is not None

    asyncio.run(play())
