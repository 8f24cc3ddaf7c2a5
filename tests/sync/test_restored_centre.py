"""A centre brought back from an older backup: whatever any device ever confirmed is there, once."""

from __future__ import annotations

import asyncio
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, delete, insert, select

from telewelfare.domain.operations import Edit
from telewelfare.server import backup
from telewelfare.server.admin import AdminError
from telewelfare.server.database import address, reading, writing
from telewelfare.server.tables import LEDGER, METADATA, RECORD
from telewelfare.server.workers import set_worker
from tests import eg
from tests.sync.network import Device
from tests.sync.test_checking import _check_all, _opened, _unlike
from tests.sync.test_delivery import (
    Server,
    World,
    _act,
    _each_operation_arrived_once,
    _settle,
    _taken,
)

Restore = Callable[[], object]


class Backups:
    """Ways to take a copy of a running server's database, and to bring it back."""

    def __init__(self, url: str, engine: Engine, folder: Path) -> None:
        self._url, self._engine, self._folder = url, engine, folder

    def by_command(self) -> Restore:
        """`telewelfare admin backup` and `restore`: a new epoch."""
        file = self._folder / "copy.backup"
        backup.backup(address(self._url), file)
        return lambda: backup.restore(address(self._url), file)

    def by_hand(self) -> Restore:
        """Somebody copies the file, or the tables, and knows of no epoch."""
        return self._tables() if "postgresql" in self._url else self._file()

    def _file(self) -> Restore:
        self._engine.dispose()  # the last connection empties the log into the file
        file = Path(str(address(self._url).database))
        kept = self._folder / "copy.db"
        shutil.copy(file, kept)

        def bring_back() -> None:
            self._engine.dispose()
            for beside in file.parent.glob(f"{file.name}-*"):
                beside.unlink()
            shutil.copy(kept, file)

        return bring_back

    def _tables(self) -> Restore:
        with reading(self._engine) as db:
            kept = [
                (table, [dict(row) for row in db.execute(select(table)).mappings()])
                for table in METADATA.sorted_tables
            ]

        def bring_back() -> None:
            with writing(self._engine) as db:
                for table, rows in kept:
                    db.execute(delete(table))
                    if rows:
                        db.execute(insert(table), rows)

        return bring_back


BOTH = [
    pytest.param("sqlite", id="sqlite"),
    pytest.param("postgres", id="postgres", marks=pytest.mark.postgres),
]
WAYS = pytest.mark.parametrize(
    "way", [Backups.by_command, Backups.by_hand], ids=lambda w: w.__name__
)


@pytest.fixture(params=BOTH)
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Server, Backups]]:
    url = f"sqlite:///{tmp_path / 'centre.db'}"
    if request.param == "postgres":
        url = request.getfixturevalue("fresh_postgres_url")
    made = Server(url, tmp_path)
    engine: Engine = made.app.state.service.engine
    yield made, Backups(url, engine, tmp_path)
    engine.dispose()


@pytest.fixture
def world(server: tuple[Server, Backups]) -> Iterator[World]:
    made = server[0].world()
    yield made
    for device in made.devices:
        device.close()


@pytest.fixture
def backups(server: tuple[Server, Backups]) -> Backups:
    return server[1]


def _aliases(world: World) -> Counter[Any]:
    with reading(world.engine) as db:
        people = RECORD.c.centre_id == world.centre, RECORD.c.kind == "person"
        found = db.scalars(select(RECORD.c.current).where(*people)).all()
    return Counter(current.get("alias") for current in found)


def _told_once(world: World) -> None:
    """No edit stands in the ledger twice."""
    with reading(world.engine) as db:
        rows = db.execute(select(LEDGER).where(LEDGER.c.centre_id == world.centre)).all()
    told = Counter((row.device, row.record_id, row.stamp, row.sets) for row in rows)
    assert max(told.values()) == 1


def _report(device: Device, *aliases: str) -> None:
    for alias in aliases:
        device.commit(eg.edit("person", device.new_id(), alias=alias))


@WAYS
@pytest.mark.parametrize("later", [0, 2], ids=["", "others wrote since"])
def test_everything_is_sent_again_also_by_who_has_nothing_to_send(
    world: World, backups: Backups, way: Callable[[Backups], Restore], later: int
) -> None:
    phone, desk, manager = world.devices

    async def play() -> None:
        _report(phone, "ก่อน 1")
        _report(desk, "ก่อน 2")
        await _settle(world)
        bring_back = way(backups)
        _report(phone, "หลัง 1")
        phone.commit(Edit("person", phone.known("person")[0], {"alias": "แก้หลัง"}))
        _report(desk, "หลัง 2")
        _report(manager, "หลัง 3")
        await _settle(world)
        right = {device.actor.role: _opened(device) for device in world.devices}
        bring_back()
        for n in range(later):  # the ledger grows past where it was
            _report(manager, *(f"นานแล้ว {n} {m}" for m in range(8)))
            await manager.sync()
        await _settle(world)
        for device in world.devices:
            await _check_all(device)
        expected = {"แก้หลัง", "ก่อน 2", "หลัง 1", "หลัง 2", "หลัง 3"}
        expected |= {f"นานแล้ว {n} {m}" for n in range(later) for m in range(8)}
        assert _aliases(world) == dict.fromkeys(expected, 1)
        for device in world.devices:
            assert _unlike(world, device) == []
            assert device.journal.health().alone == 0
            kept = _opened(device)
            for record, before in right[device.actor.role].items():
                assert kept[record][0] == before[0]

    asyncio.run(play())
    _told_once(world)


@WAYS
def test_what_only_a_lost_device_wrote_stays_where_it_is_and_is_counted(
    world: World, backups: Backups, way: Callable[[Backups], Restore]
) -> None:
    _phone, desk, manager = world.devices

    async def play() -> None:
        _report(desk, "ก่อน")
        await _settle(world)
        bring_back = way(backups)
        _report(desk, "เครื่องหาย")
        [old, new] = desk.known("person")
        desk.commit(Edit("person", old, {"first_name": "ใหม่กว่า"}))
        await _settle(world)
        bring_back()  # and the desk never comes back
        for _ in range(3):
            await manager.sync()
        await _check_all(manager)
        await _check_all(manager)
        here = _opened(manager)
        assert here[new][0]["alias"] == "เครื่องหาย"
        assert here[old][0]["first_name"] == "ใหม่กว่า"
        assert manager.journal.health().alone == 2
        assert manager.journal.health().repaired == 0
        await desk.sync()  # it was found after all
        await _settle(world)
        await _check_all(manager)
        assert manager.journal.health().alone == 0
        assert _unlike(world, manager) == []

    asyncio.run(play())
    assert set(_aliases(world)) == {"ก่อน", "เครื่องหาย"}


@WAYS
def test_areas_and_roles_are_those_of_the_restored_centre(
    world: World, backups: Backups, way: Callable[[Backups], Restore]
) -> None:
    """Who may see what is the centre's word alone, also when it is an older one."""
    phone, *_ = world.devices
    me = phone.actor.worker

    async def play() -> None:
        await _settle(world)
        bring_back = way(backups)
        set_worker(world.engine, me, now=world.now(), areas=["920213", "9203"])
        await _settle(world)
        bring_back()
        await _settle(world)
        for device in world.devices:
            await _check_all(device)
            told = device.journal.get(me)
            assert told is not None
            assert not told.values.get("areas/9203")
            assert device.journal.health().alone == 0

    asyncio.run(play())


@WAYS
def test_cases_moves_and_assignments_come_back_too(
    world: World, backups: Backups, way: Callable[[Backups], Restore]
) -> None:
    phone, desk, _ = world.devices

    async def play() -> None:
        for device in world.devices:
            _act(world, device, ("report", "คน"))
        await _settle(world)
        bring_back = way(backups)
        _act(world, desk, ("report", "มอบหมาย"))
        await _settle(world)
        for case in range(4):
            _act(world, desk, ("assign", case, 0))
        await _settle(world)
        for case in range(4):
            _act(world, phone, ("visit", case, f"เยี่ยม {case}"))
            _act(world, phone, ("move", case, 0))
            _act(world, desk, ("change", case, ("urgency", "critical")))
        await _settle(world)
        bring_back()
        await phone.sync()  # whoever was given the cases comes before who gave them
        await _settle(world)
        for device in world.devices:
            await _check_all(device)
        await _settle(world)
        with reading(world.engine) as db:
            _each_operation_arrived_once(db, world, _taken(db, world))
        for device in world.devices:
            assert not device.journal.rejected()
            assert _unlike(world, device) == []
            assert device.journal.health().alone == 0

    asyncio.run(play())


def test_a_backup_is_its_owners_alone_and_overwrites_nothing(
    world: World, backups: Backups, tmp_path: Path
) -> None:
    backups.by_command()
    file = tmp_path / "copy.backup"
    assert file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(AdminError) as refused:
        backups.by_command()
    assert refused.value.code == "file_exists"
    assert not list(tmp_path.glob(".copy.backup*"))
    assert world.devices
