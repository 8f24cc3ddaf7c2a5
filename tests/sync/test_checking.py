"""The check after a round: never a false alarm, and whatever is wrong on a device is mended."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from telewelfare.domain.clock import Millis
from telewelfare.domain.fields import Values
from telewelfare.domain.operations import Edit, Record
from telewelfare.server import checking as centre_checking
from telewelfare.server.database import reading
from telewelfare.store.checking import Span
from telewelfare.store.rows import Rows, records
from telewelfare.store.turns import WEEK
from telewelfare.sync import codec
from telewelfare.sync.engine import run_round
from telewelfare.sync.protocol import MAX_BODY
from tests import eg
from tests.sync.network import LOST, UNANSWERED, WORKS, Device
from tests.sync.test_delivery import (
    DEVICE,
    MODEST,
    PLACE,
    STEPS,
    TEXT,
    Server,
    World,
    _act,
    _play,
    _settle,
)
from tests.sync.test_old_copy import _bring_back, _copied

EVERYTHING = Span("", "")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("checking")
    made = Server(f"sqlite:///{folder / 'centre.db'}", folder)
    yield made
    made.app.state.service.engine.dispose()


@pytest.fixture
def world(server: Server) -> Iterator[World]:
    made = server.world()
    yield made
    _close(made)


def _close(world: World) -> None:
    for device in world.devices:
        device.close()


def _unlike(world: World, device: Device) -> list[str]:
    """Records that a check of everything would ask for."""
    with reading(world.engine) as db:
        theirs = centre_checking.digests(db, device.actor, "", "")
    return device.journal.differing(EVERYTHING, theirs)


async def _check_all(device: Device) -> None:
    device.journal.check_all()
    while device.journal.next_check(device.now()).large:
        assert await device.sync() is not None


def _opened(device: Device) -> dict[str, tuple[Values, dict[str, str]]]:
    """All records of a device, with their stamps."""
    with device.journal.engine.connect() as db:
        rows = device.journal._rows(db)  # noqa: SLF001 - as they lie in the file
        found = [rows.record(row) for row in db.execute(records.select())]
    return {one.id: (dict(one.values), dict(one.stamps)) for one in found}


# ------------------------------------------------------------------ no false alarm

OWN = st.one_of(
    st.tuples(st.just("hidden"), PLACE, TEXT),  # what a volunteer types and is not shown
    st.tuples(st.just("forbidden"), PLACE, TEXT),  # what only the office may write
    st.tuples(st.just("let be"), st.none()),
)
HIDDEN_STEPS = st.lists(st.tuples(st.just(0) | DEVICE, OWN), max_size=6)


def _type(device: Device, what: tuple[Any, ...]) -> None:
    if what[0] == "let be":
        for op, _ in device.journal.rejected()[:1]:
            device.journal.set_aside(op.n)
        return
    name, place, text = what
    known = device.known("person" if name == "hidden" else "case")
    if known:
        kind, path = ("person", "religion") if name == "hidden" else ("case", "owner")
        device.commit(Edit(kind, known[place % len(known)], {path: text}))


async def _play_and_hide(world: World, steps: list[Any], own: list[Any]) -> None:
    await _play(world, steps)
    for at, what in own:
        _type(world.devices[at], what)
        await world.devices[at].sync()
    await _settle(world)


@settings(MODEST)
@given(steps=STEPS, own=HIDDEN_STEPS)
@example(  # a move stamps on the device what it leaves as it was; the office writes over the hidden
    steps=[("edit", 0, ("move", 0, 0)), ("sync", 0, [], None)],
    own=[(0, ("hidden", 0, "ก")), (1, ("hidden", 0, "ข")), (0, ("forbidden", 0, "ก"))],
)
def test_after_a_quiet_round_a_check_finds_nothing(
    server: Server, steps: list[Any], own: list[Any]
) -> None:
    world = server.world()
    try:
        asyncio.run(_play_and_hide(world, steps, own))
        for device in world.devices:
            assert _unlike(world, device) == []
            assert device.journal.health().repaired == 0
    finally:
        _close(world)


# ------------------------------------------------------------------ what is wrong is mended


Fault = Callable[[Rows, Record], object]


def _with(rows: Rows, record: Record, values: Values, stamps: dict[str, str]) -> None:
    rows.store(replace(record, values=values, stamps=stamps), eg.NOW)


def _lose_a_path(rows: Rows, record: Record) -> None:
    _with(
        rows,
        record,
        {path: value for path, value in record.values.items() if path != "alias"},
        {path: stamp for path, stamp in record.stamps.items() if path != "alias"},
    )


def _change_a_stamp(by: str) -> Fault:
    def change(rows: Rows, record: Record) -> None:
        stamps = dict(record.stamps) | {"alias": by + record.stamps["alias"][len(by) :]}
        _with(rows, record, dict(record.values) | {"alias": "ผิด"}, stamps)

    return change


def _add_a_path(rows: Rows, record: Record) -> None:
    stamps = dict(record.stamps) | {"nickname_of_nobody": f"{eg.NOW:012x}0000dzzzzzzz"}
    _with(rows, record, dict(record.values) | {"nickname_of_nobody": "ผี"}, stamps)


def _lose_the_record(rows: Rows, record: Record) -> None:
    rows.db.execute(delete(records).where(records.c.id == record.id))


def _add_a_record(rows: Rows, record: Record) -> None:
    stamps = dict.fromkeys(record.stamps, f"{eg.NOW:012x}0000dzzzzzzz")
    rows.store(replace(record, id=eg.new_id(), stamps=stamps), eg.NOW, 1)


FAULTS: dict[str, Fault] = {
    "a path lost": _lose_a_path,
    "an older stamp": _change_a_stamp("000000000001"),
    "a newer stamp": _change_a_stamp("0fffffffffff"),
    "a path too many": _add_a_path,
    "a record lost": _lose_the_record,
    "a record of nobody": _add_a_record,
}


async def _some_people(world: World) -> None:
    for device in world.devices:
        for n in range(3):
            _act(world, device, ("report", f"คน {n}"))
    await _settle(world)


def _break(device: Device, fault: Fault, alias: str) -> None:
    """Do it behind the journal's back to a person whom another device wrote."""
    with device.journal._writing() as rows:  # noqa: SLF001 - no door is meant for this
        people = map(rows.record, rows.db.execute(records.select()))
        fault(rows, next(one for one in people if one.values.get("alias") == alias))


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
@pytest.mark.parametrize("place", [0, 1], ids=["volunteer", "office"])
def test_a_damaged_device_is_mended_and_what_waits_stays(
    world: World, place: int, fault: Fault
) -> None:
    device = world.devices[place]

    async def play() -> None:
        await _some_people(world)
        right = _opened(device)
        waits = device.new_id()
        device.commit(eg.edit("person", waits, alias="ยังไม่ได้ส่ง"))
        typed = _opened(device)[waits], device.journal.pending(10)
        _break(device, fault, "คน 1")
        await _check_all(device)
        now = _opened(device)
        assert (now.pop(waits), device.made()[-1][0]) == (typed[0], typed[1][0])
        assert now == right
        assert device.journal.health().repaired == 1
        assert _unlike(world, device) == []

    asyncio.run(play())


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_the_small_checks_of_ordinary_rounds_find_it_too(world: World, fault: Fault) -> None:
    desk = world.devices[1]

    async def play() -> None:
        await _some_people(world)
        while desk.journal.next_check(desk.now()).large:
            await desk.sync()
        right = _opened(desk)
        _break(desk, fault, "คน 1")
        await desk.sync()
        assert _opened(desk) == right

    asyncio.run(play())


def test_an_old_copy_of_the_file_is_brought_up_to_date(world: World) -> None:
    phone, desk, _ = world.devices

    async def play() -> None:
        await _some_people(world)
        old = _copied(phone)
        for person in phone.known("person"):
            phone.commit(Edit("person", person, {"alias": "ใหม่"}))
        desk.commit(Edit("case", desk.known("case")[0], {"urgency": "critical"}))
        await _settle(world)
        right = _opened(phone)
        _bring_back(phone, old)
        await _check_all(phone)
        assert _opened(phone) == right
        assert _unlike(world, phone) == []

    asyncio.run(play())


def test_damage_under_what_waits_is_mended_around_it(world: World) -> None:
    """The edit stays, with its stamp; the rest of its record comes from the centre."""
    phone, _, _ = world.devices

    async def play() -> None:
        await _some_people(world)
        person = phone.known("person")[0]
        phone.commit(Edit("person", person, {"first_name": "ใหม่"}))
        [typed] = phone.journal.pending(10)
        _break(phone, _lose_a_path, str(_opened(phone)[person][0]["alias"]))
        await _check_all(phone)
        values, stamps = _opened(phone)[person]
        assert (values["first_name"], stamps["first_name"]) == ("ใหม่", typed.stamp)
        assert _unlike(world, phone) == []

    asyncio.run(play())


# ------------------------------------------------------------------ what it costs


def test_a_round_with_nothing_to_do_asks_once(world: World) -> None:
    phone, _, _ = world.devices

    async def play() -> None:
        await _some_people(world)
        await _check_all(phone)
        for _ in range(3):
            assert await phone.sync([WORKS, LOST]) is not None

    asyncio.run(play())


def test_everything_is_checked_again_after_a_week(world: World) -> None:
    phone, _, _ = world.devices

    async def play() -> None:
        await _check_all(phone)
        now = phone.now()
        assert not phone.journal.next_check(now).large
        assert phone.journal.next_check(Millis(now + WEEK + 60_000)).large
        assert phone.journal.next_check(Millis(now - 2 * WEEK)).large  # one of the clocks was wrong

    asyncio.run(play())


def test_a_check_that_breaks_off_goes_on_with_the_next_round(world: World) -> None:
    phone, _, _ = world.devices

    async def play() -> None:
        await _some_people(world)
        _break(phone, _lose_a_path, "คน 1")
        phone.journal.check_all()
        for after in range(3):
            await phone.sync([*[WORKS] * after, UNANSWERED])
        await _check_all(phone)
        assert _unlike(world, phone) == []

    asyncio.run(play())


class _OldCentre(httpx.AsyncBaseTransport):
    """A centre from before there were checks: it does not see the question."""

    def __init__(self, app: FastAPI) -> None:
        self._centre = httpx.ASGITransport(app=app)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        asked = json.loads(codec.unpack(await request.aread(), codec.ZSTD, MAX_BODY))
        known = {name: asked[name] for name in ("protocol", "cursor", "ops", "limit")}
        headers = {**request.headers, "content-encoding": "identity"}
        del headers["content-length"]
        plain = httpx.Request(request.method, request.url, headers=headers, json=known)
        return await self._centre.handle_async_request(plain)


def test_a_check_of_everything_ends_at_a_centre_that_does_not_check(world: World) -> None:
    old, phone = _OldCentre(world.app), world.devices[2]
    phone.commit(eg.edit("person", phone.new_id(), alias="ลุงดำ"))

    async def play() -> None:
        async with httpx.AsyncClient(transport=old, base_url="http://centre") as http:
            central = phone._central(http)  # noqa: SLF001 - as the device itself makes it
            going = run_round(phone.journal, central, phone.now, everything=True)
            assert (await asyncio.wait_for(going, 20)).pushed == 1
            assert central.traffic.requests < 5

    asyncio.run(play())
