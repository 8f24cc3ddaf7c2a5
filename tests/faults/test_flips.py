"""A bit that tips on the way: HTTP has no checksum, so ours must see it in both directions."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from telewelfare.domain.operations import Edit
from tests import eg
from tests.faults import invariants
from tests.faults.proxy import DOWN, FLIP, UP, Fault
from tests.faults.scale import many
from tests.faults.stable import Stable
from tests.faults.world import Template, World

BYTES = {UP: 900, DOWN: 450}  # of a round with its headers; beyond the last nothing tips
STEP = many(9, 1)


@asynccontextmanager
async def running(staffed: Template, folder: Path, stable: Stable) -> AsyncIterator[World]:
    world = World(staffed, folder, stable)
    await world.start([0, 0])
    try:
        yield world
    finally:
        await world.stop()


@pytest.mark.parametrize("way", [UP, DOWN])
def test_a_bit_that_tips_anywhere_changes_nothing(
    way: str, staffed: Template, tmp_path: Path, stable: Stable
) -> None:
    async def play() -> None:
        async with running(staffed, tmp_path, stable) as world:
            phone, desk = world.devices
            case = phone.new_id()
            phone.commit(eg.case(case))
            await world.settle()
            for at in range(0, BYTES[way], STEP):
                for bit in range(at % 8, 8, many(8, 3)):
                    phone.commit(Edit("case", case, {"urgency_reason": world.new_text()}))
                    desk.commit(Edit("case", case, {"state_reason": world.new_text()}))
                    if at % 4 == 0:
                        await desk.sync()
                    await phone.sync([Fault(FLIP, way, at, bit)])
                    if at % 20 == 0:
                        invariants.nothing_is_claimed(world)
            await world.settle()
            invariants.check(world)
            assert world.proxy.fired[FLIP] > many(30, 500)

    asyncio.run(play())
