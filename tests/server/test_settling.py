"""People settle what met: one outcome everywhere, whoever spoke first, and no question twice."""

from __future__ import annotations

import json
from typing import Any

from tests.server.centre import Centre, Phone


def settle(device: Phone, choice: str, third: object = None) -> str:
    """One tap on the card, as the app does it: the word, and the value on this device at once."""
    ((conflict, values),) = [
        (record, values)
        for record, values in device.of("conflict").items()
        if not values.get("settled")
    ]
    about, path = values["of"], values["path"]
    stands = {"ours": device.records[about].get(path), "theirs": values["other"]}
    chosen = stands.get(choice, third)
    sets = {
        "settled": choice,
        "settled_by": device.me.worker,
        "chosen": chosen,
        "seen": device.stamps[about][path],
    }
    device.edit("conflict", sets, conflict)
    if device.records[about].get(path) != chosen:
        device.records[about][path] = chosen
        device.stamps[about][path] = device.stamps[conflict]["settled"]
    return conflict


async def met(centre: Centre) -> tuple[Phone, Phone, str]:
    """A phone wrote urgent, later a desk wrote watch; all know of it."""
    phone, desk = await centre.phone(), await centre.phone("social_worker", "92", name="วิภา")
    case = phone.case()
    await phone.sync()
    await desk.sync()
    phone.edit("case", {"urgency": "urgent"}, case)
    centre.clock.pass_(1000)
    desk.edit("case", {"urgency": "watch"}, case)
    for device in (desk, phone, desk):
        await device.sync()
    centre.clock.pass_(1000)
    return phone, desk, case


def values(centre: Centre, record: str) -> dict[str, Any]:
    """What the centre holds of a record."""
    found: dict[str, Any] = centre.rows("record", id=record)[0]["current"]
    return found


def open_ones(centre: Centre) -> list[dict[str, Any]]:
    rows = centre.rows("record", kind="conflict")
    return [row["current"] for row in rows if not row["current"].get("settled")]


async def test_meanwhile_the_newest_value_stands_and_a_person_is_waited_for(centre: Centre) -> None:
    phone, _, case = await met(centre)
    (conflict,) = phone.of("conflict").values()
    assert (conflict["sort"], conflict["needs_person"]) == ("edit", True)
    assert values(centre, case)["urgency"] == phone.records[case]["urgency"] == "watch"


async def test_one_word_settles_it_everywhere_after_one_sync_of_each(centre: Centre) -> None:
    phone, desk, case = await met(centre)
    settle(desk, "theirs")
    await desk.sync()
    await phone.sync()
    assert {d.records[case]["urgency"] for d in (phone, desk)} == {"urgent"}
    assert values(centre, case)["urgency"] == "urgent"
    assert not open_ones(centre)
    assert phone.of("conflict") == desk.of("conflict")


async def test_a_third_value_is_written_once(centre: Centre) -> None:
    phone, desk, case = await met(centre)
    settle(phone, "other", "critical")
    for device in (phone, desk):
        await device.sync()
    assert desk.records[case]["urgency"] == values(centre, case)["urgency"] == "critical"
    assert len(centre.rows("record", kind="conflict")) == 1


async def test_two_who_settle_it_apart_end_at_the_newer_word_without_a_loop(
    centre: Centre,
) -> None:
    for first, second in (("theirs", "ours"), ("ours", "theirs"), ("theirs", "other")):
        for desk_first in (True, False):
            phone, desk, case = await met(centre)
            settle(phone, first)
            centre.clock.pass_(1000)
            conflict = settle(desk, second, "critical")
            order = (desk, phone, desk) if desk_first else (phone, desk, phone)
            for device in order:
                await device.sync()
            stands = {"ours": "watch", "theirs": "urgent", "other": "critical"}[second]
            held = {d.records[case]["urgency"] for d in (phone, desk)}
            assert held == {stands} == {values(centre, case)["urgency"]}
            assert values(centre, conflict)["settled"] == second
            assert len(centre.rows("record", kind="conflict", about=case)) == 1
            told = [json.loads(row["sets"]) for row in centre.rows("ledger", record_id=conflict)]
            assert [t["settled"] for t in told if "settled" in t].count(first) == 1


async def test_what_was_written_again_is_what_the_card_shows_as_standing(centre: Centre) -> None:
    phone, desk, case = await met(centre)
    desk.edit("case", {"urgency": "critical"}, case)  # knowing of the conflict, but not settling
    await desk.sync()
    await phone.sync()
    (conflict,) = open_ones(centre)
    assert (conflict["kept"], conflict["other"]) == ("critical", "urgent")
    settle(phone, "ours")
    for device in (phone, desk):
        await device.sync()
    assert values(centre, case)["urgency"] == "critical"
    assert not open_ones(centre)


async def test_writing_the_other_value_settles_it(centre: Centre) -> None:
    phone, desk, case = await met(centre)
    desk.edit("case", {"urgency": "urgent"}, case)
    await desk.sync()
    await phone.sync()
    assert not open_ones(centre)
    (conflict,) = phone.of("conflict").values()
    assert (conflict["settled"], conflict["settled_by"]) == ("theirs", desk.me.worker)


async def test_who_settled_without_seeing_a_newer_edit_does_not_overwrite_it(
    centre: Centre,
) -> None:
    phone, desk, case = await met(centre)
    settle(phone, "theirs")  # offline; had not seen what follows
    centre.clock.pass_(1000)
    desk.edit("case", {"urgency": "critical"}, case)
    for device in (desk, phone, desk):
        await device.sync()
    assert {d.records[case]["urgency"] for d in (phone, desk)} == {"critical"}
    (conflict,) = open_ones(centre)
    assert (conflict["kept"], conflict["other"]) == ("critical", "urgent")


async def test_an_older_app_that_names_no_value_is_understood(centre: Centre) -> None:
    phone, desk, case = await met(centre)
    (conflict,) = phone.of("conflict")
    phone.edit("conflict", {"settled": "theirs", "settled_by": phone.me.worker}, conflict)
    phone.edit("case", {"urgency": "urgent"}, case)
    for device in (phone, desk):
        await device.sync()
    assert values(centre, case)["urgency"] == desk.records[case]["urgency"] == "urgent"
    assert len(centre.rows("record", kind="conflict")) == 1


async def test_nobody_settles_what_they_may_not_see_or_write(centre: Centre) -> None:
    phone, desk = await centre.phone(), await centre.phone("social_worker", "92", name="วิภา")
    person = phone.person(health="เบาหวาน")
    case = phone.case(client=person)
    await phone.sync()
    await desk.sync()
    desk.edit("person", {"health": "ความดัน"}, person)
    phone.edit("person", {"health": "หัวใจ"}, person)
    desk.edit("case", {"field_worker": phone.me.worker}, case)
    await desk.sync()
    await phone.sync()
    await phone.sync()
    (conflict,) = [row["id"] for row in centre.rows("record", kind="conflict")]
    assert not {"kept", "other", "chosen"} & phone.records.get(conflict, {}).keys()
    phone.edit("conflict", {"settled": "theirs"}, conflict)
    (reply,) = await phone.sync()
    assert [(one.code, one.path) for one in reply.rejected] == [("forbidden", "settled")]


async def test_a_choice_that_the_card_does_not_offer_is_refused(centre: Centre) -> None:
    phone, _, _ = await met(centre)
    (conflict,) = phone.of("conflict")
    phone.edit("conflict", {"settled": "both"}, conflict)
    phone.edit("conflict", {"settled": "other", "chosen": 7}, conflict)
    (reply,) = await phone.sync()
    assert [(one.code, one.path) for one in reply.rejected] == [
        ("malformed", "settled"),
        ("malformed", "chosen"),
    ]
