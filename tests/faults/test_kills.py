"""Phones and the server are killed at any moment (SIGKILL), under load, over a bad network.

What was confirmed to a worker before the phone died is at the centre once, when all is over.
"""

from __future__ import annotations

import asyncio
import random
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from telewelfare.domain.ids import RecordId
from telewelfare.domain.operations import Edit
from tests import eg
from tests.faults import invariants
from tests.faults.machine import QUICK, History
from tests.faults.marks import mark_of
from tests.faults.proxy import CUT, DELAY, DOWN, LATE, RESET, UP, Fault
from tests.faults.scale import seeds
from tests.faults.stable import Stable
from tests.faults.world import Device, Template, World

EDITS = 24  # of each phone
EVERY = 2  # edits, then a round
SKEWS = [0, 30_000, -40_000]


@pytest.fixture
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="tw-kills-", dir=QUICK))
    yield made
    shutil.rmtree(made)


def _typed(world: World, device: Device, case: RecordId, chance: random.Random) -> list[Edit]:
    """A day's work: words about a case that all have, and visits of one's own."""
    found = []
    for _ in range(EDITS):
        text = world.new_text()
        visit = {"case": case, "kind": "first", "narrative": text}
        word = Edit("case", case, {"urgency_reason": text})
        found.append(chance.choice([word, Edit("visit", device.new_id(), visit)]))
    return [world.marked(edit) for edit in found]


async def _work_and_die(world: World, device: Device, case: RecordId, seed: int) -> int:
    """Start the phone again and again, until all is typed; how often it was killed."""
    chance, deaths = random.Random(seed), 0
    left = _typed(world, device, case, chance)
    while left:
        device.close()
        pid = await device.start(left, every=EVERY)
        await asyncio.sleep(chance.uniform(0.03, 0.3 + deaths / 10))
        deaths += await world.killed(pid)
        device.open()
        device.note()
        known = device.states()
        left = [edit for edit in left if mark_of(edit.sets) not in known]
        confirmed = device.folder / "confirmed"
        told = set(confirmed.read_text().split()) if confirmed.exists() else set()
        assert told <= known.keys(), "confirmed, and gone after the phone died"
    return deaths


async def _kill_the_server(world: World, seed: int) -> None:
    chance, ways = random.Random(seed), [UP, DOWN]
    while True:
        whats = chance.choices([CUT, RESET, DELAY, LATE], k=2)
        world.proxy.plan(Fault(what, chance.choice(ways), chance.randrange(900)) for what in whats)
        await asyncio.sleep(chance.uniform(0.05, 0.4))
        world.kill_server()
        world.start_server()
        world.injected["server killed"] += 1


@pytest.mark.parametrize("seed", seeds(3, 500))
def test_killed_at_any_moment_nothing_confirmed_is_lost_or_doubled(
    seed: int, staffed: Template, folder: Path, stable: Stable
) -> None:
    async def play() -> World:
        world = World(staffed, folder, stable, seed)
        await world.start(SKEWS)
        try:
            first, *_ = world.devices
            case, lead = first.new_id(), world.devices[2].actor.worker
            first.commit(eg.case(case, watchers=[lead]))
            await world.settle()
            killer = asyncio.create_task(_kill_the_server(world, seed))
            lives = [
                _work_and_die(world, device, case, seed * 10 + place)
                for place, device in enumerate(world.devices)
            ]
            deaths = await asyncio.gather(*lives)
            killer.cancel()
            await asyncio.gather(killer, return_exceptions=True)
            world.injected["device killed"] += sum(deaths)
            await world.settle()
            invariants.check(world)
            assert len(world.confirmed) >= len(SKEWS) * EDITS
        finally:
            await world.stop()
        return world

    History.count_in(asyncio.run(play()))
