"""What a device brings: kept once, in its order, each edit judged by itself."""

from __future__ import annotations

import json

import pytest

from telewelfare.domain.clock import MAX_DRIFT
from telewelfare.server import admin
from telewelfare.server.versions import version_of
from tests.server.centre import OPENED, Centre

YEAR = 365 * 24 * 3600 * 1000


async def test_sending_the_same_twice_changes_nothing(centre: Centre) -> None:
    phone = await centre.phone()
    phone.case()
    ops = list(phone.outbox)
    first = await phone.round()
    await phone.round()  # the first sync is over, and with it what it was begun with
    before = centre.counts()
    again = await phone.round(ops)
    assert (first.acknowledged, again.acknowledged) == (1, 1)
    assert centre.counts() == before


async def test_the_order_within_a_request_does_not_matter(centre: Centre) -> None:
    phone = await centre.phone()
    case = phone.case()
    phone.move(case, "reported", "triaged")
    reply = await phone.round(list(reversed(phone.outbox)))
    assert reply.acknowledged == 2
    assert centre.rows("record", id=case)[0]["current"]["state"] == "triaged"


async def test_a_gap_is_told_with_the_number_that_is_missing(centre: Centre) -> None:
    phone = await centre.phone()
    for _ in range(3):
        phone.person()
    before = centre.counts()
    response = await phone.post(ops=phone.outbox[1:])
    assert response.status_code == 409
    assert (response.json()["code"], response.json()["next"]) == ("gap", 1)
    assert centre.counts() == before
    within = await phone.post(ops=[phone.outbox[0], phone.outbox[2]])
    assert within.json()["code"] == "gap"


async def test_a_bad_operation_is_set_aside_whole_and_the_rest_go_on(centre: Centre) -> None:
    phone = await centre.phone()
    phone.person()
    phone.edit("case", {"area": "920201", "state": "reported", "case_no": "92-1"})
    phone.edit("moon_landing", {"crater": {"deep": True}})
    phone.edit("person", {"first_name": "nul \0 inside"})
    phone.edit("person", {"age_estimated": 131})
    phone.edit("worker", {"display_name": "me", "role": "director"})
    last = phone.person()
    reply = await phone.round()
    assert reply.acknowledged == 7
    codes = [(one.n, one.code, one.path) for one in reply.rejected]
    assert codes[0] == (2, "forbidden", "case_no")
    assert codes[1] == (3, "unknown_kind", "")
    assert [code for _, code, _ in codes[2:]] == ["malformed", "malformed", "forbidden"]
    aside = centre.rows("quarantine", device=phone.me.device)
    assert [row["n"] for row in aside] == [2, 3, 4, 5, 6]
    assert json.loads(aside[1]["body"])["sets"] == {"crater": {"deep": True}}
    assert json.loads(aside[2]["body"])["sets"] == {"first_name": "nul \0 inside"}
    assert centre.rows("record", id=last)


async def test_a_device_that_never_heard_of_a_refusal_is_told_again(centre: Centre) -> None:
    phone = await centre.phone()
    phone.person()
    phone.edit("case", {"area": "920201", "opened_at": OPENED, "state": "closed"})
    phone.person()
    waiting = list(phone.outbox)
    first = await phone.round(waiting)
    again = await phone.round(waiting)  # the reply was lost on the way
    assert [(one.n, one.code, one.path) for one in again.rejected] == [(2, "forbidden", "state")]
    assert again.rejected == first.rejected
    assert again.acknowledged == 3
    later = await phone.round(waiting[2:])  # what it does not send, it need not hear of
    assert later.rejected == ()


async def test_values_are_kept_exactly_as_sent(centre: Centre) -> None:
    phone, desk = await centre.phone(), await centre.phone("social_worker", "92")
    sets = {"first_name": "น้ำ\u200bผึ้ง  ", "new_field": {"b": 1.5, "a": [None, "ก"]}, "new/x": 7}
    person = phone.edit("person", sets)
    assert not (await phone.round()).rejected
    await desk.sync()
    assert desk.records[person] == sets


async def test_a_clock_that_runs_ahead_does_not_win_for_a_year(centre: Centre) -> None:
    phone, desk = await centre.phone(), await centre.phone("social_worker", "92")
    case = phone.edit("case", {"area": "920201", "urgency": "normal"}, ahead=YEAR)
    (reply,) = await phone.sync()
    stored = version_of(centre.rows("record", id=case)[0]["versions"], "urgency")[0]
    assert int(stored[:12], 16) <= centre.clock.now + MAX_DRIFT
    assert stored.endswith(phone.me.device)
    assert [delta.stamps["urgency"] for delta in reply.changes if delta.id == case] == [stored]
    await desk.sync()
    centre.clock.pass_(60_000)
    desk.edit("case", {"urgency": "critical"}, case)
    await desk.sync()
    await phone.sync()
    assert phone.records[case]["urgency"] == "critical"


async def test_a_clock_that_lags_does_not_lose_what_its_worker_saw_and_changed(
    centre: Centre,
) -> None:
    phone, desk = await centre.phone(), await centre.phone("social_worker", "92")
    case = phone.case()
    await phone.sync()
    await desk.sync()
    desk.edit("case", {"urgency": "critical"}, case, ahead=-YEAR)
    await desk.sync()
    assert centre.rows("record", id=case)[0]["current"]["urgency"] == "critical"
    assert not centre.rows("record", kind="conflict")


async def test_what_is_only_added_to_cannot_be_rewritten(centre: Centre) -> None:
    phone = await centre.phone()
    case = phone.case()
    event = phone.move(case, "reported", "triaged")
    phone.edit("status_event", {"to": "closed"}, event)
    phone.edit("visit", {"case": case, "kind": "first"}, event)
    reply = await phone.round()
    assert [(one.n, one.code) for one in reply.rejected] == [
        (3, "append_only"),
        (4, "wrong_record"),
    ]


async def test_the_state_of_a_case_cannot_be_written_directly(centre: Centre) -> None:
    phone = await centre.phone()
    phone.edit("case", {"area": "920201", "state": "closed"})
    case = phone.case()
    phone.edit("case", {"state": "closed"}, case)
    reply = await phone.round()
    refused = [(one.n, one.code, one.path) for one in reply.rejected]
    assert refused == [(1, "forbidden", "state"), (3, "forbidden", "state")]


@pytest.mark.parametrize("tampered", ["sets", "worker_id", "stamp"])
async def test_a_tampered_ledger_is_found_where_it_was_tampered_with(
    centre: Centre, tampered: str
) -> None:
    phone = await centre.phone()
    for _ in range(5):
        phone.person()
    await phone.sync()
    assert admin.verify_ledger(centre.engine) == [{"centre": "92", "rows": 6, "broken_at": None}]
    with centre.engine.begin() as db:
        db.exec_driver_sql(f"UPDATE ledger SET {tampered} = '{{}}' WHERE seq = 4")  # noqa: S608
    assert admin.verify_ledger(centre.engine)[0]["broken_at"] == 4


async def test_a_ledger_cut_short_is_found(centre: Centre) -> None:
    phone = await centre.phone()
    phone.person()
    await phone.sync()
    with centre.engine.begin() as db:
        db.exec_driver_sql("DELETE FROM ledger WHERE seq = 2")
    assert admin.verify_ledger(centre.engine)[0]["broken_at"] == 2


async def test_case_numbers_count_up_within_a_fiscal_year(centre: Centre) -> None:
    phone = await centre.phone()
    cases = [phone.case(), phone.case(), phone.case(opened_at="2026-09-30T23:59:00.000+07:00")]
    cases.append(phone.edit("case", {"area": "920201", "opened_at": OPENED, "state": "draft"}))
    await phone.sync()
    numbers = [phone.records[case].get("case_no") for case in cases]
    assert numbers == ["92-2570-000001", "92-2570-000002", "92-2569-000001", None]
    phone.move(cases[3], "draft", "reported")
    await phone.sync()
    assert phone.records[cases[3]]["case_no"] == "92-2570-000003"
