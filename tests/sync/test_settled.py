"""Two workers settle one conflict without signal: one outcome on every device, and no new question."""

from __future__ import annotations

from itertools import permutations

import pytest

from telewelfare.domain.fields import Json
from telewelfare.domain.ids import RecordId
from telewelfare.domain.operations import Edit
from telewelfare.domain.settling import settlement
from tests.sync.network import Device
from tests.sync.test_refused import Place, case, place

__all__ = ["place"]

HELD = {"ours": "watch", "theirs": "urgent", "other": "critical"}


def settle(device: Device, choice: str) -> None:
    """As `actions.casework.settle` does it."""
    (conflict,) = device.journal.of_kind("conflict")
    about = device.journal.get(str(conflict.values["of"]))
    sets = settlement(conflict.values, choice, "critical", about)
    by: dict[str, Json] = {"settled_by": device.actor.worker}
    device.commit(Edit("conflict", conflict.id, {**sets, **by}))


def urgency(device: Device, record: RecordId) -> Json:
    found = device.journal.get(record)
    assert found is not None
    return found.values["urgency"]


@pytest.mark.parametrize("choices", list(permutations(HELD, 2)), ids="-then-".join)
@pytest.mark.parametrize("later_sends_first", [True, False])
async def test_the_newer_word_stands_on_both(
    place: Place, choices: tuple[str, str], later_sends_first: bool
) -> None:
    phone, desk = await place.device(), await place.device("social_worker", "92")
    record = case(phone)
    await phone.sync()
    await desk.sync()
    phone.commit(Edit("case", record, {"urgency": "urgent"}))
    place.clock.pass_(1_000)
    desk.commit(Edit("case", record, {"urgency": "watch"}))
    for device in (phone, desk, phone):
        await device.sync()
    for device, choice in zip((phone, desk), choices, strict=True):
        place.clock.pass_(1_000)
        settle(device, choice)
        assert urgency(device, record) == HELD[choice]  # at once, without signal
    order = (desk, phone, desk) if later_sends_first else (phone, desk, phone)
    for device in order:
        await device.sync()
    assert {urgency(device, record) for device in (phone, desk)} == {HELD[choices[1]]}
    assert [len(device.journal.of_kind("conflict")) for device in (phone, desk)] == [1, 1]
    (conflict,) = place.rows("record", kind="conflict")
    assert conflict["current"]["settled"] == choices[1]
    told = place.rows("ledger", record_id=conflict["id"])
    assert sum('"settled"' in row["sets"] for row in told) == 2
