"""What is too much for one message arrives in several; nothing that can be saved stands in the way."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from telewelfare.domain.fields import Json
from telewelfare.store.parts import LARGEST, MOST
from tests import eg
from tests.sync.test_delivery import Server, World, _settle


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    server = Server(f"sqlite:///{tmp_path / 'centre.db'}", tmp_path)
    made = server.world()
    yield made
    for device in made.devices:
        device.close()
    server.app.state.service.engine.dispose()


MANY: dict[str, Json] = {f"target_groups/{n}": True for n in range(2 * MOST + 1)}
LARGE: dict[str, Json] = {f"newer_{n}": f"{n} {'x' * 19_000}" for n in range(250)}


@pytest.mark.parametrize("sets", [MANY, LARGE], ids=["many paths", "many bytes"])
@pytest.mark.parametrize("place", [0, 2], ids=["lines", "one message"])
def test_an_edit_that_no_message_carries_arrives_in_parts(
    world: World, sets: dict[str, Json], place: int
) -> None:
    phone, other = world.devices[place], world.devices[1]
    report = phone.new_id()
    situation: dict[str, Json] = {
        "channel": "volunteer",
        "occurred_at": "2026-11-20T09:00:00.000+07:00",
        "area": "920213",
        "situation_text": "นอนใต้สะพาน",
    }

    async def play() -> None:
        phone.commit(eg.edit("incident_report", report, **sets, **situation))
        phone.commit(eg.edit("person", phone.new_id(), alias="คนต่อไป"))
        await _settle(world)

    asyncio.run(play())
    assert (phone.journal.waiting().pending, phone.journal.rejected()) == (0, ())
    there = other.journal.get(report)
    assert there is not None
    assert (sets | situation).items() <= there.values.items()
    for op, _ in phone.made():
        assert len(op.sets) <= MOST + 2
        assert len(json.dumps(dict(op.sets))) <= 2 * LARGEST
    assert {record.values["alias"] for record in other.journal.of_kind("person")} == {"คนต่อไป"}
