"""A first sync: what matters today before all else, each record once, whatever happens meanwhile."""

from __future__ import annotations

import asyncio
import random
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telewelfare.server import admin
from telewelfare.server.app import create_app
from telewelfare.server.config import Settings
from telewelfare.sync.protocol import SyncReply
from tests.faults.scale import many
from tests.server.centre import Centre, Clock, Phone
from tests.server.moving import World, end, same_as_policy, step, world

LONG_AGO = "2025-01-05T09:00:00.000+07:00"


async def test_what_presses_comes_before_what_is_newer(centre: Centre) -> None:
    desk, phone = await centre.phone("director", "92"), await centre.phone("social_worker", "92")
    person = desk.person()
    pressing = desk.case(urgency="critical", opened_at=LONG_AGO, client=person)
    visit = desk.edit("visit", {"case": pressing, "kind": "first"})
    await desk.sync()
    for _ in range(5):
        await desk_closed(desk)
    reply = await phone.round(limit=8)
    sent = [delta.id for delta in reply.changes]
    assert {pressing, person, visit} <= set(sent)
    assert reply.more
    assert reply.today_left == 0
    await phone.sync()
    assert len(phone.of("case")) == 6


async def desk_closed(desk: Phone) -> str:
    """A case that is over."""
    case = desk.case(opened_at=LONG_AGO, urgency="watch")
    await desk.sync()
    desk.move(case, "reported", "closed")
    await desk.sync()
    return case


async def test_a_worker_s_own_cases_have_the_head_start(centre: Centre) -> None:
    desk, phone = await centre.phone("director", "92"), await centre.phone("volunteer_lead", "9202")
    mine = desk.case(opened_at=LONG_AGO, urgency="watch", field_worker=phone.me.worker)
    others = [desk.case(opened_at=LONG_AGO, urgency="watch") for _ in range(6)]
    await desk.sync()
    for case in (mine, *others):
        desk.move(case, "reported", "assigned")
    await desk.sync()
    first = await phone.round(limit=4)
    assert mine in {delta.id for delta in first.changes}
    await phone.sync()
    assert set(others) <= phone.records.keys()


async def test_the_progress_of_today_is_told(centre: Centre) -> None:
    desk, phone = await centre.phone("director", "92"), await centre.phone("social_worker", "92")
    cases = [desk.case(urgency="critical") for _ in range(6)]
    for _ in range(4):
        await desk_closed(desk)
    replies = await phone.sync(limit=2)
    told = [(reply.today_left, reply.left) for reply in replies]
    assert told[0][0] > 0
    assert [today for today, _ in told] == sorted((today for today, _ in told), reverse=True)
    assert [left for _, left in told] == sorted((left for _, left in told), reverse=True)
    assert told[-1] == (0, 0)
    ready = next(n for n, (today, _) in enumerate(told) if not today)
    sent = {delta.id for reply in replies[: ready + 1] for delta in reply.changes}
    assert set(cases) <= sent


async def test_what_was_chosen_is_forgotten_when_the_first_sync_is_over(centre: Centre) -> None:
    desk, phone = await centre.phone("director", "92"), await centre.phone("social_worker", "92")
    for _ in range(4):
        desk.case(urgency="critical")
    await desk.sync()
    assert (await phone.round(limit=3)).more
    assert centre.rows("head_start", device=phone.me.device)
    while (await phone.round(limit=3)).more:
        pass
    await phone.round()
    assert not centre.rows("head_start", device=phone.me.device)
    phone.cursor = ""
    await phone.sync(limit=3)
    same_as_policy(World(centre, desk, [phone]), phone)


async def test_each_record_comes_once(centre: Centre) -> None:
    desk, phone = await centre.phone("director", "92"), await centre.phone("social_worker", "92")
    for n in range(8):
        person = desk.person()
        desk.case(urgency="critical" if n % 2 else "watch", client=person)
    await desk.sync()
    replies = await phone.sync(limit=3)
    sent = [delta.id for reply in replies for delta in reply.changes]
    assert len(sent) == len(set(sent)) == len(phone.records)


async def test_what_is_written_or_lost_meanwhile_is_not_missed(centre: Centre) -> None:
    """Into a case that had the head start, after it was sent: by its root alone it would be left out."""
    desk, phone = await centre.phone("director", "92"), await centre.phone("volunteer_lead", "9202")
    cases = [desk.case(urgency="critical") for _ in range(4)]
    people = [desk.person() for _ in range(3)]
    await desk.sync()
    first = await phone.round(limit=3)
    late = desk.edit("visit", {"case": cases[0], "kind": "additional"})
    desk.edit("case", {"client": people[0]}, cases[0])
    desk.edit("case", {"area": "920601"}, cases[1])
    desk.edit("case", {"urgency": "watch"}, cases[2])
    await desk.sync()
    await phone.sync(limit=2)
    assert first.more
    assert {late, people[0]} <= phone.records.keys()
    assert cases[1] not in phone.records
    assert phone.records[cases[2]]["urgency"] == "watch"
    same_as_policy(World(centre, desk, [phone]), phone)


async def test_a_first_page_asked_for_twice_goes_on_as_if_once(centre: Centre) -> None:
    desk, phone = await centre.phone("director", "92"), await centre.phone("social_worker", "92")
    for _ in range(6):
        desk.case(urgency="critical")
    await desk.sync()
    lost = await phone.post(cursor="", limit=2)
    again = await phone.round(limit=2)
    assert SyncReply.model_validate_json(lost.content).cursor == again.cursor
    desk.case(urgency="critical")
    await desk.sync()
    phone.cursor = ""
    await phone.round(limit=2)
    phone.cursor = again.cursor  # of the first sync that was begun before
    await phone.sync(limit=3)
    same_as_policy(World(centre, desk, [phone]), phone)


@settings(max_examples=many(4, 200))
@given(
    st.lists(st.integers(0, 2**32 - 1), min_size=5, max_size=12),
    st.lists(st.integers(0, 2**32 - 1), min_size=3, max_size=12),
    st.integers(1, 9),
)
def test_whatever_others_do_meanwhile_nothing_is_missed_and_nothing_unchanged_comes_twice(
    before: list[int], meanwhile: list[int], limit: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_first_sync(Path(folder), before, meanwhile, limit))


async def _first_sync(folder: Path, before: list[int], meanwhile: list[int], limit: int) -> None:
    clock = Clock()
    app = create_app(Settings(database=f"sqlite:///{folder / 'centre.db'}", clock=clock))
    made = Centre(app, clock)
    admin.init(made.engine, centre="92", name="ตรัง", keys=folder)
    try:
        w = await world(made)
        for seed in before:
            await step(w, seed)
        await _join(w, meanwhile, limit)
    finally:
        made.engine.dispose()


async def _join(w: World, meanwhile: list[int], limit: int) -> None:
    """Another device of one of them begins, while the others go on; a reply is lost now and then."""
    chance = random.Random(len(meanwhile))
    whose = chance.choice([one for one in w.phones if w.is_in(one)] or [w.desk])
    again = admin.invite_again(w.centre.engine, whose.me.worker, now=w.centre.clock.now)
    fresh = await w.centre.enrolled(again)
    begun = {row["id"]: row["seq"] for row in w.centre.rows("record")}
    w.phones.append(fresh)
    sent: list[str] = []
    for seed in meanwhile:
        if not w.is_in(fresh):
            break
        if chance.random() < 0.3:
            await fresh.post(cursor=fresh.cursor, limit=limit)  # the reply never arrives
        reply = await fresh.round(limit=limit)
        sent += [delta.id for delta in reply.changes]
        await step(w, seed)
    await end(w)
    now = {row["id"]: row["seq"] for row in w.centre.rows("record")}
    unchanged = {id_ for id_, seq in now.items() if begun.get(id_) == seq}
    gained = {row["record_id"] for row in w.centre.rows("gain")}
    for id_ in unchanged - gained:
        assert sent.count(id_) <= 1


@pytest.mark.parametrize("limit", [1, 4])
async def test_a_first_sync_stopped_anywhere_goes_on(centre: Centre, limit: int) -> None:
    desk, phone = await centre.phone("director", "92"), await centre.phone("social_worker", "92")
    for n in range(5):
        desk.case(urgency="critical" if n % 2 else "watch", client=desk.person())
    await desk.sync()
    while (await phone.round(limit=limit)).more:
        copy = Phone(centre, phone.me, cursor=phone.cursor)
        await copy.sync(limit=limit)
        for id_, values in phone.records.items():
            assert copy.records.get(id_, values) == values
        assert phone.records.keys() | copy.records.keys() >= {
            row["id"] for row in centre.rows("record")
        }
