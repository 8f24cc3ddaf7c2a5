"""What the centre knows of its devices, who may ask, and what closing one leaves behind."""

from __future__ import annotations

import json

import pytest

from telewelfare.server import workers
from telewelfare.server.admin import AdminError
from telewelfare.sync.protocol import DEVICES_PATH, DevicesReply
from tests.server.centre import START, Centre, Phone


async def asked(centre: Centre, phone: Phone) -> tuple[int, DevicesReply | None]:
    async with centre.client() as client:
        response = await client.get(DEVICES_PATH, headers=phone.headers)
    found = response.status_code == 200
    return response.status_code, DevicesReply.model_validate_json(
        response.content
    ) if found else None


async def test_each_device_stands_there_as_it_told_of_itself(centre: Centre) -> None:
    desk, phone = await centre.phone("director", "92"), await centre.phone(name="สมศรี")
    told = {"pending": 7, "oldest": START - 60_000, "files": 2, "repaired": 3, "alone": 1}
    await phone.post(app="0.0.9", **told)
    status, reply = await asked(centre, desk)
    assert status == 200
    assert reply is not None
    (found,) = [one for one in reply.devices if one.id == phone.me.device]
    assert {name: getattr(found, name) for name in told} == told
    assert (found.app, found.worker_name, found.last_seen) == ("0.0.9", "สมศรี", START)
    assert reply.now == START


@pytest.mark.parametrize("role", ["volunteer", "volunteer_lead", "finance", "mdt_guest"])
async def test_who_does_not_look_after_devices_is_not_told(centre: Centre, role: str) -> None:
    status, _ = await asked(centre, await centre.phone(role, "92"))
    assert status == 403


async def test_a_device_with_unsent_work_is_closed_only_when_that_is_said(centre: Centre) -> None:
    phone = await centre.phone()
    await phone.post(app="0.1.0", pending=7, files=2)
    for close in (
        lambda **more: workers.revoke(centre.engine, phone.me.device, now=START, **more),
        lambda **more: workers.set_worker(
            centre.engine, phone.me.worker, now=START, active=False, **more
        ),
    ):
        with pytest.raises(AdminError) as refused:
            close()
        assert (refused.value.code, refused.value.detail) == (
            "unsent",
            {"operations": 7, "files": 2},
        )
    workers.set_worker(centre.engine, phone.me.worker, now=START, active=False, even_unsent=True)
    workers.revoke(centre.engine, phone.me.device, now=START, even_unsent=True)
    rows = centre.rows("ledger", record_id=phone.me.worker)
    told = [json.loads(row["sets"]) for row in rows[1:]]
    assert told == [
        {"active": False, "left_unsent": 9},
        {f"closed_devices/{phone.me.device}": 9},
    ]
    assert {row["device"] for row in rows} == {"srv"}


async def test_a_change_of_areas_is_a_difference_and_stands_in_the_ledger(centre: Centre) -> None:
    desk = await centre.phone("social_worker", "92")
    lead = await centre.phone("volunteer_lead", "9202")
    stays, goes, comes = desk.case("920201"), desk.case("920202"), desk.case("920601")
    for device in (desk, lead):
        await device.sync()
    areas = ["920201", "9206"]
    workers.set_worker(centre.engine, lead.me.worker, now=START, areas=areas)
    (reply,) = await lead.sync()
    assert reply.removed == (goes,)
    assert {delta.id for delta in reply.changes} == {comes, lead.me.worker}
    assert set(lead.of("case")) == {stays, comes}
    assert set(workers.worker(centre.engine, lead.me.worker)["areas"]) == set(areas)
    last = centre.rows("ledger", record_id=lead.me.worker)[-1]
    assert json.loads(last["sets"]) == {
        "areas/9202": None,
        "areas/920201": True,
        "areas/9206": True,
    }


async def test_another_role_takes_hidden_fields_off_but_not_what_was_typed_there(
    centre: Centre,
) -> None:
    desk, worker = await centre.phone("director", "92"), await centre.phone("social_worker", "92")
    person = desk.person(religion="buddhist")
    case = desk.case(client=person, field_worker=worker.me.worker)
    await desk.sync()
    await worker.sync()
    worker.edit("person", {"ethnicity": "มอแกลน"}, person)
    await worker.sync()
    assert worker.records[person]["religion"] == "buddhist"
    workers.set_worker(centre.engine, worker.me.worker, now=START, role="volunteer")
    await worker.sync()
    assert case in worker.records
    assert "religion" not in worker.records[person]
    assert worker.records[person]["ethnicity"] == "มอแกลน"
