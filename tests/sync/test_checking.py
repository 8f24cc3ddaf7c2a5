"""The check after a round: never a false alarm, and whatever is wrong on a device is mended."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telewelfare.domain.fields import Values
from telewelfare.domain.operations import Edit
from telewelfare.server import checking as centre_checking
from telewelfare.server.database import reading
from telewelfare.store.checking import Span
from telewelfare.store.rows import records
from tests.sync.network import Device
from tests.sync.test_delivery import (
    DEVICE,
    MODEST,
    PLACE,
    STEPS,
    TEXT,
    Server,
    World,
    _play,
    _settle,
)

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
