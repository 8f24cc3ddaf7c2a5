"""Two people at one record: nothing is lost quietly, and a case moves by the rules."""

from __future__ import annotations

from telewelfare.server.versions import version_of
from tests.server.centre import Centre, Phone


async def two(centre: Centre) -> tuple[Phone, Phone, str]:
    """A phone and a desk that both hold a case."""
    phone, desk = await centre.phone(), await centre.phone("social_worker", "92", name="วิภา")
    case = phone.case()
    await phone.sync()
    await desk.sync()
    return phone, desk, case


async def test_edits_of_different_paths_both_stand(centre: Centre) -> None:
    phone, desk, case = await two(centre)
    phone.edit("case", {"problems/P61_01/severity": 3}, case)
    desk.edit("case", {"problems/P61_01/note": "ดูแลต่อ"}, case)
    for device in (phone, desk, phone):
        await device.sync()
    assert phone.records[case] == desk.records[case]
    assert not centre.rows("record", kind="conflict")


async def test_a_concurrent_edit_keeps_both_and_tells_both(centre: Centre) -> None:
    phone, desk, case = await two(centre)
    phone.edit("case", {"urgency": "urgent"}, case)
    centre.clock.pass_(1000)
    desk.edit("case", {"urgency": "watch"}, case)
    for device in (desk, phone, desk):
        await device.sync()
    assert phone.records[case] == desk.records[case]
    (conflict,) = phone.of("conflict").values()
    assert (conflict["kept"], conflict["other"]) == ("watch", "urgent")
    assert (conflict["kept_by"], conflict["other_by"]) == (desk.me.worker, phone.me.worker)
    assert (conflict["of"], conflict["path"], conflict["case"]) == (case, "urgency", case)
    assert conflict["needs_person"] is True
    assert desk.of("conflict") == phone.of("conflict")


async def test_an_open_conflict_is_renewed_and_a_settled_one_is_left_alone(
    centre: Centre,
) -> None:
    phone, desk, case = await two(centre)
    for urgency in ("urgent", "critical"):
        phone.edit("case", {"urgency": urgency}, case)
    desk.edit("case", {"urgency": "watch"}, case)
    await desk.sync()
    for op in list(phone.outbox):
        await phone.round([op])
    (conflict,) = centre.rows("record", kind="conflict")
    assert conflict["current"]["path"] == "urgency"
    await desk.sync()
    desk.edit("conflict", {"settled": "ours", "settled_by": desk.me.worker}, conflict["id"])
    assert not [r for reply in await desk.sync() for r in reply.rejected]
    await phone.sync()
    desk.edit("case", {"urgency": "normal"}, case)
    phone.edit("case", {"urgency": "critical"}, case)
    for device in (desk, phone):
        await device.sync()
    assert len(centre.rows("record", kind="conflict")) in (1, 2)


async def test_a_move_that_is_allowed_is_on_both_sides_the_same(centre: Centre) -> None:
    phone, desk, case = await two(centre)
    phone.move(case, "reported", "fact_finding")
    replies = await phone.sync()
    assert [d.id for reply in replies for d in reply.changes if d.kind != "worker"] == []
    await desk.sync()
    assert desk.records[case]["state"] == "fact_finding"
    stamp = version_of(centre.rows("record", id=case)[0]["versions"], "state")[0]
    assert stamp.endswith(phone.me.device)


async def test_a_move_that_came_too_late_is_refused_and_the_sender_set_right(
    centre: Centre,
) -> None:
    phone, desk, case = await two(centre)
    desk.move(case, "reported", "cancelled")
    await desk.sync()
    event = phone.move(case, "reported", "fact_finding")
    assert phone.records[case]["state"] == "fact_finding"
    (reply,) = await phone.sync()
    assert not reply.rejected
    assert phone.records[case]["state"] == "cancelled"
    assert phone.records[event]["refused"] is True
    (conflict,) = phone.of("conflict").values()
    assert (conflict["kept"], conflict["other"]) == ("cancelled", "fact_finding")
    assert conflict["needs_person"] is True
    await desk.sync()
    assert desk.records[case]["state"] == "cancelled"


async def test_two_who_make_the_same_move_are_not_bothered(centre: Centre) -> None:
    phone, desk, case = await two(centre)
    for device in (desk, phone):
        device.move(case, "reported", "triaged")
    for device in (desk, phone, desk):
        await device.sync()
    assert phone.records[case]["state"] == desk.records[case]["state"] == "triaged"
    assert not centre.rows("record", kind="conflict")


async def test_a_role_that_may_not_move_is_told_the_state_again(centre: Centre) -> None:
    phone, _, case = await two(centre)
    phone.move(case, "reported", "closed")
    await phone.sync()
    assert phone.records[case]["state"] == "reported"


async def test_an_event_for_a_case_nobody_knows_is_rejected(centre: Centre) -> None:
    phone = await centre.phone()
    fields = {"case": centre.id(), "from": "draft", "to": "reported"}
    phone.edit("status_event", fields | {"occurred_at": "2026-11-20T09:00:00.000+07:00"})
    (reply,) = await phone.sync()
    assert [(one.code, one.path) for one in reply.rejected] == [("wrong_record", "case")]
