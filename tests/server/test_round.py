"""One round: what a device brings is kept once, what it should have comes back, nothing twice."""

from __future__ import annotations

from tests.server.centre import Centre


async def test_a_report_reaches_the_office_and_the_answer_comes_back(centre: Centre) -> None:
    phone, desk = await centre.phone(), await centre.phone("social_worker", "92", name="วิภา")
    person = phone.person()
    case = phone.case(client=person, created_by="somebody else")
    report = phone.report(case=case)
    (pushed,) = await phone.sync()
    assert pushed.acknowledged == 3
    assert not pushed.rejected
    assert phone.records[case]["case_no"] == "92-2570-000001"
    assert phone.records[case]["created_by"] == phone.me.worker
    await desk.sync()
    assert desk.records[report]["situation_text"] == "นอนใต้สะพาน"
    assert desk.records[person] == phone.records[person]
    assert desk.records[case] == phone.records[case]
    desk.move(case, "reported", "triaged")
    await desk.sync()
    await phone.sync()
    assert phone.records[case]["state"] == "triaged"
    assert len(phone.of("status_event")) == 1
