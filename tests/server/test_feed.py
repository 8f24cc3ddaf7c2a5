"""What a device is sent: each thing once, never its own, whatever happens in between."""

from __future__ import annotations

import pytest

from telewelfare.domain.ids import DeviceId, RecordId
from telewelfare.domain.operations import Operation
from telewelfare.server import admin, ledger
from telewelfare.server.database import writing
from tests.server.centre import Centre

BATCH = 500
YEAR = 365 * 24 * 3600 * 1000


async def test_a_device_is_not_sent_what_it_wrote(centre: Centre) -> None:
    phone = await centre.phone()
    await phone.sync()
    phone.person()
    phone.report()
    (reply,) = await phone.sync()
    assert reply.changes == ()
    (reply,) = await phone.sync()
    assert reply.changes == ()


async def test_only_the_paths_that_changed_are_sent(centre: Centre) -> None:
    phone, desk = await centre.phone(), await centre.phone("social_worker", "92")
    case = phone.case()
    await phone.sync()
    await desk.sync()
    desk.edit("case", {"urgency": "critical"}, case)
    await desk.sync()
    (reply,) = await phone.sync()
    (delta,) = reply.changes
    assert delta.sets == {"urgency": "critical"}
    assert delta.stamps.keys() == delta.sets.keys()
    assert not delta.whole


async def test_what_another_wrote_before_ones_own_edit_still_comes(centre: Centre) -> None:
    phone, desk = await centre.phone(), await centre.phone("social_worker", "92")
    case = phone.case()
    await phone.sync()
    await desk.sync()
    desk.edit("case", {"urgency": "critical"}, case)
    await desk.sync()
    phone.edit("case", {"target_groups/homeless": True}, case)
    (reply,) = await phone.sync()
    assert [delta.sets for delta in reply.changes] == [{"urgency": "critical"}]


async def test_what_the_centre_corrected_comes_back_to_its_writer(centre: Centre) -> None:
    phone = await centre.phone()
    case = phone.case()
    await phone.sync()
    phone.edit("case", {"urgency": "critical"}, case, ahead=YEAR)
    (reply,) = await phone.sync()
    assert [delta.sets for delta in reply.changes] == [{"urgency": "critical"}]


async def test_another_epoch_gives_everything_again_own_work_too(centre: Centre) -> None:
    phone = await centre.phone()
    person = phone.person()
    await phone.sync()
    with writing(centre.engine) as db:
        db.exec_driver_sql("UPDATE centre SET epoch = 'restored'")
    kept = phone.records.pop(person)
    (reply,) = await phone.sync()
    assert reply.epoch == "restored"
    assert phone.records[person] == kept


async def test_nonsense_as_a_cursor_is_the_beginning(centre: Centre) -> None:
    phone = await centre.phone()
    for cursor in ("x", "....", f"{phone.me.epoch}.-1.2.x", f"{phone.me.epoch}.{'9' * 30}.2.x"):
        response = await phone.post(cursor=cursor)
        assert [one["kind"] for one in response.json()["changes"]] == ["worker"]


async def test_pages_bring_each_record_once_while_someone_writes(centre: Centre) -> None:
    desk, phone = await centre.phone("social_worker", "92"), await centre.phone()
    with writing(centre.engine) as db:
        actor, _ = admin.add_actor(
            db, centre="92", role="volunteer", areas=("92",), name="ก", now=centre.clock.now
        )
    ids = [centre.id() for _ in range(2_500)]
    for start in range(0, len(ids), BATCH):
        ops = [person(centre, actor.device, start + i + 1, ids[start + i]) for i in range(BATCH)]
        with writing(centre.engine) as db:
            assert ledger.append(db, actor, ops, centre.clock.now).rejected == ()
    seen: list[str] = []
    first = await desk.round(limit=100)
    assert first.left == 2_500 + 3 - 100
    replies, edited = [first], desk.records.keys() & set(ids)
    while replies[-1].more:
        late = ids[len(replies)]
        desk_free = {"last_name": f"แก้ {len(replies)}"}
        phone_op = person(centre, actor.device, 2_500 + len(replies), late, **desk_free)
        with writing(centre.engine) as db:
            ledger.append(db, actor, [phone_op], centre.clock.now)
        replies.append(await desk.round(limit=100))
    seen = [delta.id for reply in replies for delta in reply.changes]
    assert set(ids) <= set(seen)
    once = [record for record in ids if record not in ids[: len(replies) + 1]]
    assert all(seen.count(record) == 1 for record in once)
    assert edited
    stored = {row["id"]: row["current"] for row in centre.rows("record", kind="person")}
    assert {record: desk.records[record] for record in ids} == stored
    await phone.sync()
    assert not phone.of("person")


def person(centre: Centre, device: DeviceId, n: int, record: str, **more: str) -> Operation:
    """A person as an operation; a later one of the same record changes only `more`."""
    sets = more or {"first_name": f"คน {n}", "last_name": "ทดสอบ"}
    stamp = f"{centre.clock.now:012x}{n % 65_536:04x}{device}"
    return Operation(device, n, "person", RecordId(record), stamp, dict(sets))


@pytest.mark.parametrize("limit", [1, 2, 3])
async def test_what_comes_within_reach_at_once_comes_over_many_pages(
    centre: Centre, limit: int
) -> None:
    """All of a case has one place in the feed when it is handed over; a page may end within it."""
    author, phone = await centre.phone(), await centre.phone()
    desk = await centre.phone("social_worker", "92")
    person = author.person()
    case = author.case(client=person)
    visits = {author.edit("visit", {"case": case, "kind": "additional"}) for _ in range(5)}
    for device in (author, phone, desk):
        await device.sync()
    desk.edit("case", {"field_worker": phone.me.worker}, case)
    await desk.sync()
    replies = await phone.sync(limit=limit)
    assert len(replies) > 1
    sent = [delta.id for reply in replies for delta in reply.changes]
    assert len(sent) == len(set(sent))
    assert {case, person} | visits <= phone.records.keys()


async def test_what_changed_between_pages_of_a_first_sync_comes_whole(centre: Centre) -> None:
    desk, phone = await centre.phone("social_worker", "92"), await centre.phone()
    people = [phone.person() for _ in range(5)]
    await phone.sync()
    await desk.round(limit=4)
    phone.edit("person", {"alias": "ดำ"}, people[4])
    await phone.sync()
    await desk.sync(limit=2)
    assert desk.records[people[4]] == phone.records[people[4]]


async def test_a_second_device_of_a_worker_gets_what_the_first_one_wrote(centre: Centre) -> None:
    phone = await centre.phone()
    person = phone.person()
    case = phone.case(client=person)
    await phone.sync()
    again = admin.invite_again(centre.engine, phone.me.worker, now=centre.clock.now)
    second = await centre.enrolled(again)
    await second.sync()
    assert second.records[case] == phone.records[case]
    third_person = second.person()
    await second.sync()
    await phone.sync()
    assert phone.records[third_person] == second.records[third_person]
