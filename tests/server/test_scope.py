"""Who is sent what: by centre, area, role and assignment, and what is taken back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from telewelfare.server import admin
from tests.server.centre import Centre

KANTANG, HUAI_YOT = "920201", "920601"


async def test_another_centre_sees_nothing(centre: Centre, tmp_path: Path) -> None:
    admin.init(centre.engine, centre="36", name="ศูนย์ชัยภูมิ", keys=tmp_path)
    phone = await centre.phone()
    stranger = await centre.phone("director", "36", centre="36")
    case = phone.case()
    await phone.sync()
    await stranger.sync()
    assert set(stranger.kinds.values()) == {"worker"}
    assert set(stranger.records) == {stranger.me.worker}
    stranger.edit("case", {"urgency": "critical"}, case)
    await stranger.sync()
    assert centre.rows("record", id=case, centre_id="92")[0]["current"]["urgency"] == "normal"


async def test_each_role_is_sent_its_part(centre: Centre) -> None:
    mine, other = await centre.phone(), await centre.phone(name="สมศรี")
    lead = await centre.phone("volunteer_lead", "9202", name="หัวหน้า")
    elsewhere = await centre.phone("volunteer_lead", "9206", name="หัวหน้าอีกอำเภอ")
    desk, money = await centre.phone("social_worker", "92"), await centre.phone("finance", "92")
    person = mine.person()
    case = mine.case(client=person)
    visit = mine.edit("visit", {"case": case, "kind": "first"})
    await mine.sync()
    for device in (other, lead, elsewhere, desk, money):
        await device.sync()
    expected = {person, case, visit}
    assert not expected & other.records.keys()
    assert not expected & elsewhere.records.keys()
    for device in (lead, desk, money):
        assert expected <= device.records.keys()


async def test_partners_are_sent_by_district_and_colleagues_by_role(centre: Centre) -> None:
    near, far = await centre.phone("volunteer", "920203"), await centre.phone("volunteer", "9206")
    desk = await centre.phone("social_worker", "92", name="วิภา")
    partner = desk.edit("partner", {"name": "วัดกันตัง", "kind": "temple", "area": KANTANG})
    await desk.sync()
    await near.sync()
    log = near.edit(
        "partner_contact_log",
        {"partner": partner, "date": "2026-11-20T09:00:00.000+07:00", "kind": "call"},
    )
    assert not [r for reply in await near.sync() for r in reply.rejected]
    await far.sync()
    await desk.sync()
    assert partner in near.records
    assert partner not in far.records
    assert log in desk.records
    assert set(near.of("worker")) == {near.me.worker, desk.me.worker}
    assert set(desk.of("worker")) == {near.me.worker, far.me.worker, desk.me.worker}


async def test_sensitive_values_stay_away_from_volunteers_but_not_from_who_typed_them(
    centre: Centre,
) -> None:
    phone, desk = await centre.phone(), await centre.phone("social_worker", "92")
    person = phone.person(religion="buddhist")
    case = phone.case(client=person)
    report = phone.report(case=case)
    await phone.sync()
    await desk.sync()
    desk.edit("person", {"ethnicity": "มอแกลน"}, person)
    desk.edit("incident_report", {"reporter_name": "ไม่บอก"}, report)
    await desk.sync()
    await phone.sync()
    assert phone.records[person]["religion"] == "buddhist"
    assert "ethnicity" not in phone.records[person]
    assert "reporter_name" not in phone.records[report]
    second = await centre.enrolled(
        admin.invite_again(centre.engine, phone.me.worker, now=centre.clock.now)
    )
    await second.sync()
    assert "religion" not in second.records[person]
    assert "religion" in desk.records[person]


async def test_a_conflict_does_not_tell_what_its_path_may_not(centre: Centre) -> None:
    phone, lead = await centre.phone(), await centre.phone("volunteer_lead", "9202")
    desk, other = await centre.phone("social_worker", "92"), await centre.phone("director", "92")
    person = phone.person()
    phone.case(client=person)
    for device in (phone, lead, desk, other):
        await device.sync()
    desk.edit("person", {"religion": "x"}, person)
    other.edit("person", {"religion": "y"}, person)
    for device in (desk, other, lead, desk):
        await device.sync()
    (seen,), (masked,) = desk.of("conflict").values(), lead.of("conflict").values()
    assert {seen["kept"], seen["other"]} == {"x", "y"}
    assert not {"kept", "other"} & masked.keys()


@pytest.mark.parametrize(
    "sets", [{"path": "alias"}, {"of_kind": "person"}, {"kept": "ไม่จริง"}, {"case": None}], ids=str
)
async def test_only_the_centre_says_which_edits_met(centre: Centre, sets: dict[str, Any]) -> None:
    """Else a volunteer could name a harmless path and be sent what a hidden one held."""
    phone, desk = await centre.phone(), await centre.phone("social_worker", "92")
    case = phone.case()
    await phone.sync()
    await desk.sync()
    phone.edit("case", {"urgency": "urgent"}, case)
    desk.edit("case", {"urgency": "watch"}, case)
    await desk.sync()
    await phone.sync()
    (met,) = phone.of("conflict")
    phone.edit("conflict", sets, met)
    phone.edit("conflict", {"of_kind": "case", "of": case, "path": "urgency", "kept": "critical"})
    (reply,) = await phone.sync()
    assert [one.code for one in reply.rejected] == ["forbidden", "forbidden"]
    (kept,) = centre.rows("record", kind="conflict")
    assert kept["current"]["path"] == "urgency"
    assert kept["current"]["of_kind"] == "case"


async def test_an_assignment_brings_the_whole_case_and_another_takes_it_back(
    centre: Centre,
) -> None:
    author, first, second = (
        await centre.phone(name="ผู้แจ้ง"),
        await centre.phone(name="คนแรก"),
        await centre.phone(name="คนที่สอง"),
    )
    desk = await centre.phone("social_worker", "92")
    person = author.person()
    case = author.case(client=person)
    visit = author.edit("visit", {"case": case, "kind": "first"})
    for device in (author, first, second, desk):
        await device.sync()
    assert case not in first.records
    desk.edit("case", {"field_worker": first.me.worker}, case)
    await desk.sync()
    await first.sync()
    assert {case, person, visit} <= first.records.keys()
    assert first.records[person] == author.records[person]
    desk.edit("case", {"field_worker": second.me.worker}, case)
    await desk.sync()
    late = first.edit("visit", {"case": case, "kind": "additional", "narrative": "ไปก่อนรู้"})
    (reply,) = await first.sync()
    assert set(reply.removed) == {case, person, late}
    assert not reply.rejected, "a visit made before the phone could know is kept"
    assert not {case, person, visit} & first.records.keys()
    await second.sync()
    assert {case, person, visit} <= second.records.keys()
    await author.sync()
    assert {case, person} <= author.records.keys()
    first.edit("case", {"urgency": "critical"}, case)
    (reply,) = await first.sync()
    assert [one.code for one in reply.rejected] == ["forbidden"]


async def test_what_is_lost_during_a_first_sync_is_taken_back(centre: Centre) -> None:
    phone, desk = await centre.phone(), await centre.phone("social_worker", "92")
    cases = {desk.case(field_worker=phone.me.worker) for _ in range(4)}
    await desk.sync()
    await phone.round(limit=3)
    lost = min(cases & phone.records.keys())
    desk.edit("case", {"field_worker": None}, lost)
    await desk.sync()
    await phone.sync(limit=2)
    assert cases & phone.records.keys() == cases - {lost}
    desk.edit("case", {"field_worker": phone.me.worker}, lost)
    await desk.sync()
    await phone.sync()
    assert phone.records[lost] == desk.records[lost]


async def test_a_person_of_two_cases_stays_while_one_of_them_does(centre: Centre) -> None:
    phone, desk = await centre.phone(), await centre.phone("social_worker", "92")
    person = desk.person()
    cases = [desk.case(client=person, field_worker=phone.me.worker) for _ in range(2)]
    await desk.sync()
    await phone.sync()
    assert {person, *cases} <= phone.records.keys()
    desk.edit("case", {"field_worker": None}, cases[0])
    await desk.sync()
    (reply,) = await phone.sync()
    assert reply.removed == (cases[0],)
    desk.edit("case", {"field_worker": None}, cases[1])
    await desk.sync()
    (reply,) = await phone.sync()
    assert set(reply.removed) == {cases[1], person}


async def test_a_sealed_case_leaves_the_field_and_comes_back_whole(centre: Centre) -> None:
    phone, lead = await centre.phone(), await centre.phone("volunteer_lead", "9202")
    desk = await centre.phone("director", "92")
    person = phone.person()
    case = phone.case(client=person)
    visit = phone.edit("visit", {"case": case, "kind": "first"})
    for device in (phone, lead, desk):
        await device.sync()
    before = phone.records[person]
    desk.edit("case", {"confidentiality": "sealed"}, case)
    await desk.sync()
    for device in (phone, lead):
        await device.sync()
        assert not {case, visit, person} & device.records.keys()
    desk.edit("case", {"confidentiality": "normal"}, case)
    await desk.sync()
    for device in (phone, lead):
        await device.sync()
        assert {case, visit, person} <= device.records.keys()
    assert phone.records[person] == before


async def test_a_case_that_moves_to_another_district_changes_leads(centre: Centre) -> None:
    here = await centre.phone("volunteer_lead", "9202")
    there = await centre.phone("volunteer_lead", "9206")
    desk = await centre.phone("social_worker", "92")
    person = desk.person()
    case = desk.case(client=person)
    visit = desk.edit("visit", {"case": case, "kind": "first"})
    for device in (desk, here, there):
        await device.sync()
    assert {case, person, visit} <= here.records.keys()
    desk.edit("case", {"area": HUAI_YOT}, case)
    for device in (desk, here, there):
        await device.sync()
    assert not {case, person, visit} & here.records.keys()
    assert {case, person, visit} <= there.records.keys()


async def test_a_report_that_gets_its_case_goes_where_the_case_is(centre: Centre) -> None:
    author, worker = await centre.phone(name="ผู้แจ้ง"), await centre.phone(name="ผู้ดูแล")
    desk = await centre.phone("social_worker", "92")
    report = author.report()
    await author.sync()
    await desk.sync()
    case = desk.case(field_worker=worker.me.worker)
    await desk.sync()
    await worker.sync()
    assert report not in worker.records
    desk.edit("incident_report", {"case": case, "result": "new_case"}, report)
    await desk.sync()
    await worker.sync()
    await author.sync()
    assert worker.records[report]["situation_text"] == "นอนใต้สะพาน"
    assert author.records[report]["case"] == case


async def test_naming_a_stranger_s_record_does_not_open_it(centre: Centre) -> None:
    phone, desk = await centre.phone(), await centre.phone("social_worker", "92")
    person, case = desk.person(), desk.case()
    await desk.sync()
    phone.case(client=person)
    phone.edit("visit", {"case": case, "kind": "first"})
    (reply,) = await phone.sync()
    assert [(one.code, one.path) for one in reply.rejected] == [
        ("forbidden", "client"),
        ("forbidden", ""),
    ]
    assert person not in phone.of("person") or "last_name" not in phone.records[person]
