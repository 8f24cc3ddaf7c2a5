"""Whoever gains or loses cases, areas, a role or their leave holds what the policy says, exactly."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telewelfare.server import admin
from telewelfare.server.app import create_app
from telewelfare.server.config import Settings
from tests.faults.scale import many, seeds
from tests.server.centre import Centre, Clock
from tests.server.moving import end, step, world

CHANGES = 300


async def test_after_300_changes_five_devices_hold_what_the_policy_says(centre: Centre) -> None:
    w = await world(centre)
    for seed in range(CHANGES):
        await step(w, seed)
    await end(w)
    assert w.changes == CHANGES


@settings(max_examples=many(4, 200))
@given(st.lists(st.integers(0, 2**32 - 1), min_size=5, max_size=25))
def test_any_few_changes_end_in_what_the_policy_says(seeds: list[int]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_changes(Path(folder), seeds))


async def _changes(folder: Path, seeds: list[int]) -> None:
    clock = Clock()
    app = create_app(Settings(database=f"sqlite:///{folder / 'centre.db'}", clock=clock))
    made = Centre(app, clock)
    admin.init(made.engine, centre="92", name="ตรัง", keys=folder)
    try:
        w = await world(made)
        for seed in seeds:
            await step(w, seed)
        await end(w)
    finally:
        made.engine.dispose()


@pytest.mark.parametrize("seed", seeds(2, 20))
async def test_whatever_the_beginning(centre: Centre, seed: int) -> None:
    w = await world(centre)
    for n in range(60):
        await step(w, (seed + 1) * 10_000 + n)
    await end(w)
