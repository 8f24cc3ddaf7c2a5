"""What a device is told it should hold: only of its scope, at a cost that does not grow."""

from __future__ import annotations

from sqlalchemy import event

from telewelfare.domain.digest import total
from telewelfare.domain.operations import Actor
from telewelfare.server.auth import caller
from telewelfare.server.checking import WALK, check, digests
from telewelfare.server.database import reading
from telewelfare.sync.protocol import SyncReply
from tests.server.centre import Centre, Phone


def _actor(phone: Phone) -> Actor:
    with reading(phone.centre.engine) as db:
        return caller(db, phone.me.token).actor


async def _ask(phone: Phone, **asked: object) -> SyncReply:
    response = await phone.post(ops=phone.outbox, cursor=phone.cursor, **asked)
    assert response.status_code == 200, response.text
    return SyncReply.model_validate_json(response.content)


async def test_windows_follow_each_other_to_the_last_record(centre: Centre) -> None:
    desk = await centre.phone("social_worker", "92")
    ids = sorted(desk.person() for _ in range(9))
    await desk.sync()
    actor, seen, after = _actor(desk), 0, ""
    with reading(centre.engine) as db:
        whole = digests(db, actor, "", "")
        while True:
            told = check(db, actor, after, 4)
            within = [
                d for r, d in whole.items() if r > after and (not told.upto or r <= told.upto)
            ]
            assert told.count == len(within) <= 4
            assert told.digest == total(int(digest, 16) for digest in within)
            seen, after = seen + told.count, told.upto
            if not after:
                break
    assert seen == len(whole)
    assert set(ids) <= whole.keys()


async def test_a_worker_who_sees_little_costs_no_more_and_learns_of_no_id(centre: Centre) -> None:
    desk, phone = await centre.phone("social_worker", "92"), await centre.phone()
    others = {desk.person() for _ in range(3 * WALK)}
    await desk.sync()
    actor, after, windows = _actor(phone), "", 0
    with reading(centre.engine) as db:
        while True:
            told = check(db, actor, after, 1)
            after, windows = told.upto, windows + 1
            assert told.upto not in others
            if not after:
                break
    assert windows > 2  # the walk ends before it has seen all of the centre


async def test_a_check_asks_the_database_a_fixed_number_of_times(centre: Centre) -> None:
    desk = await centre.phone("social_worker", "92")
    asked: list[str] = []
    event.listen(centre.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))

    async def times() -> int:
        asked.clear()
        await _ask(desk, check="")
        return len(asked)

    few = await times()
    for _ in range(150):
        desk.person()
    await desk.sync()
    await desk.sync()
    assert await times() <= few + 2


async def test_what_is_wanted_comes_whole_or_is_gone_or_unknown(centre: Centre) -> None:
    desk, phone = await centre.phone("social_worker", "92"), await centre.phone()
    mine, theirs = phone.person(alias="ของฉัน"), desk.person()
    await phone.sync()
    await desk.sync()
    unknown = centre.id()
    reply = await _ask(phone, wants=[mine, theirs, unknown])
    assert [(one.id, one.whole) for one in reply.changes] == [(mine, True)]
    assert reply.changes[0].sets["alias"] == "ของฉัน"
    assert reply.gone == (theirs,)


async def test_a_page_that_is_not_the_last_answers_nothing_yet(centre: Centre) -> None:
    desk = await centre.phone("social_worker", "92")
    for _ in range(3):
        desk.person()
    await desk.sync()
    desk.cursor = ""
    reply = await _ask(desk, check="", compare=["", ""], limit=1)
    assert (reply.more, reply.check, reply.digests) == (True, None, None)


async def test_what_a_role_is_not_shown_changes_nothing_for_it(centre: Centre) -> None:
    desk, phone = await centre.phone("social_worker", "92"), await centre.phone()
    person = phone.person(alias="ก")
    await phone.sync()
    await desk.sync()
    actor = _actor(phone)
    with reading(centre.engine) as db:
        before = digests(db, actor, "", "")[person]
    desk.edit("person", {"religion": "พุทธ"}, record=person)
    await desk.sync()
    with reading(centre.engine) as db:
        assert digests(db, actor, "", "")[person] == before
        assert digests(db, _actor(desk), "", "")[person] != before
