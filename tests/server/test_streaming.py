"""A round as lines: each is committed when it is there, and each of the reply can be kept alone."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from sqlalchemy import update
from starlette.requests import Request

from telewelfare.server.body import arriving
from telewelfare.server.database import writing
from telewelfare.server.problems import Refused
from telewelfare.server.tables import DEVICE
from telewelfare.sync.lines import ProblemLine, read_reply, request_line
from telewelfare.sync.protocol import (
    LINES_TYPE,
    MAX_BODY,
    SYNC_PATH,
    SyncReply,
    SyncRequest,
    WireOperation,
)
from telewelfare.sync.stream import STREAMED, Unpacker, packer
from tests.server.centre import Centre, Phone

CODING = "x-tw1"


def lines(*requests: SyncRequest, coding: str = CODING) -> bytes:
    packing = packer(coding, 3)
    return b"".join(packing.line(request_line(one)) for one in requests) + packing.end()


def headers(phone: Phone, coding: str = CODING) -> dict[str, str]:
    told = {"content-type": LINES_TYPE, "content-encoding": coding, "accept-encoding": coding}
    return phone.headers | told


async def send(
    phone: Phone, body: bytes | AsyncIterator[bytes], coding: str = CODING
) -> tuple[httpx.Response, bytes]:
    async with (
        phone.centre.client() as client,
        client.stream("POST", SYNC_PATH, content=body, headers=headers(phone, coding)) as response,
    ):
        return response, b"".join([part async for part in response.aiter_raw()])


async def stream(phone: Phone, *requests: SyncRequest, coding: str = CODING) -> list[SyncReply]:
    response, raw = await send(phone, lines(*requests, coding=coding), coding)
    assert response.status_code == 200, raw
    assert response.headers["content-type"] == LINES_TYPE
    opening = Unpacker(response.headers.get("content-encoding", ""), MAX_BODY, 50 * MAX_BODY)
    return [read_reply(line) for line in (*opening.feed(raw), *opening.end()) if line]


def parts(phone: Phone, *sizes: int, **first: Any) -> list[SyncRequest]:  # noqa: ANN401
    """What waits on a phone, so many operations a line."""
    ops = [WireOperation.model_validate(op) for op in phone.outbox]
    made, start = [], 0
    for size in sizes:
        made.append(SyncRequest(ops=tuple(ops[start : start + size]), **({} if start else first)))
        start += size
    return made


@pytest.mark.parametrize("coding", [*STREAMED, "identity"])
async def test_lines_travel_in_each_coding(centre: Centre, coding: str) -> None:
    phone = await centre.phone()
    for _ in range(3):
        phone.person()
    (reply,) = await stream(phone, *parts(phone, 1, 2), coding=coding)
    assert (reply.acknowledged, reply.more) == (3, False)
    assert len(centre.rows("ledger", device=phone.me.device)) == 3


async def test_empty_lines_mean_nothing(centre: Centre) -> None:
    phone = await centre.phone()
    for _ in range(2):
        phone.person()
    first, second = (request_line(one).encode() for one in parts(phone, 1, 1))
    body = b"\n" + first + b"\n\n\n" + second + b"\n\n"
    response, raw = await send(phone, body, "identity")
    assert response.status_code == 200, raw
    assert read_reply(raw.decode()).acknowledged == 2


async def test_a_short_line_that_stands_for_too_much_is_too_large_not_malformed(
    centre: Centre,
) -> None:
    phone = await centre.phone()
    answers = {f"answers/section_{n:02d}/question": "yes" for n in range(100)}
    for _ in range(1_000):
        phone.edit("incident_report", answers)
    body = lines(*parts(phone, 1_000))
    assert len(body) < 100_000
    response, raw = await send(phone, body)
    assert (response.status_code, json.loads(raw)["code"]) == (413, "too_large")
    reply, *_ = await stream(phone, *parts(phone, 500, 500))
    assert reply.acknowledged == 1_000


async def test_a_reply_is_as_many_lines_as_can_be_kept_one_by_one(centre: Centre) -> None:
    phone, desk = await centre.phone(), await centre.phone("social_worker", "92", name="วิภา")
    for _ in range(60):
        phone.case()
    await stream(phone, *parts(phone, 60))
    replies = await stream(desk, SyncRequest())
    assert len(replies) > 1
    assert [reply.more for reply in replies] == [True] * (len(replies) - 1) + [False]
    assert len(cases(*replies)) == 60
    rest = await stream(desk, SyncRequest(cursor=replies[0].cursor))
    assert cases(replies[0], *rest) == cases(*replies)
    assert not any(r.changes for r in await stream(desk, SyncRequest(cursor=rest[-1].cursor)))


def cases(*replies: SyncReply) -> set[str]:
    return {delta.id for reply in replies for delta in reply.changes if delta.kind == "case"}


async def test_what_was_refused_is_told_in_the_first_line_and_again_when_asked(
    centre: Centre,
) -> None:
    phone = await centre.phone()
    phone.edit("spaceship", {"name": "x"})
    phone.person()
    (reply,) = await stream(phone, *parts(phone, 1, 1))
    assert [one.n for one in reply.rejected] == [1]
    (again,) = await stream(phone, SyncRequest(brief=True, unanswered=1))
    assert [one.n for one in again.rejected] == [1]
    assert (again.acknowledged, again.more, again.changes) == (2, True, ())
    (later,) = await stream(phone, SyncRequest(brief=True, unanswered=2))
    assert not later.rejected


async def cut_off(phone: Phone, body: bytes) -> list[dict[str, Any]]:
    """So much of a body arrives, then the device is gone."""
    told = headers(phone).items()
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "method": "POST",
        "path": SYNC_PATH,
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in told],
    }
    messages = [
        {"type": "http.request", "body": body[:half], "more_body": True}
        for half in (len(body) // 2,)
    ]
    messages.append({"type": "http.request", "body": body[len(body) // 2 :], "more_body": True})
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    async def keep(message: Any) -> None:  # noqa: ANN401 - ASGI's
        sent.append(message)

    await phone.centre.app(scope, receive, keep)
    return sent


@pytest.mark.parametrize("whole", [0, 1, 2, 3])
async def test_a_request_that_dies_after_some_lines_has_those_in_the_ledger(
    centre: Centre, whole: int
) -> None:
    phone = await centre.phone()
    for _ in range(6):
        phone.person()
    packing = packer(CODING, 3)
    made = [packing.line(request_line(one)) for one in parts(phone, 2, 2, 2)]
    torn = b"".join(made[:whole]) + (made[whole][:-5] if whole < len(made) else b"")
    assert not await cut_off(phone, torn)
    assert len(centre.rows("ledger", device=phone.me.device)) == 2 * whole
    (reply,) = await stream(phone, SyncRequest(brief=True, unanswered=1))
    assert reply.acknowledged == 2 * whole
    (after,) = await stream(phone, *parts(phone, 6))
    assert after.acknowledged == 6
    assert len(centre.rows("ledger", device=phone.me.device)) == 6


async def test_while_a_body_is_on_its_way_others_can_write(centre: Centre) -> None:
    slow, quick = await centre.phone(), await centre.phone(name="วิภา")
    slow.person()
    slow.person()
    quick.person()
    packing = packer(CODING, 3)
    one, two = (packing.line(request_line(part)) for part in parts(slow, 1, 1))
    go_on = asyncio.Event()

    async def body() -> AsyncIterator[bytes]:
        yield one
        await go_on.wait()
        yield two + packing.end()

    sending = asyncio.create_task(send(slow, body()))
    async with asyncio.timeout(20):
        while not centre.rows("ledger", device=slow.me.device):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        (reply,) = await stream(quick, *parts(quick, 1))
        assert reply.acknowledged == 1
        go_on.set()
        response, _ = await sending
    assert response.status_code == 200
    assert len(centre.rows("ledger", device=slow.me.device)) == 2


async def test_a_gap_in_a_later_line_is_a_problem_document_and_keeps_the_lines_before(
    centre: Centre,
) -> None:
    phone = await centre.phone()
    for _ in range(3):
        phone.person()
    first, _, third = parts(phone, 1, 1, 1)
    response, raw = await send(phone, lines(first, third))
    assert (response.status_code, response.headers["content-type"]) == (
        409,
        "application/problem+json",
    )
    assert b'"next":2' in raw
    assert len(centre.rows("ledger", device=phone.me.device)) == 1


async def test_what_goes_wrong_after_the_first_line_is_told_in_the_last(
    centre: Centre,
) -> None:
    phone, desk = await centre.phone(), await centre.phone("social_worker", "92", name="วิภา")
    for _ in range(60):
        phone.case()
    await stream(phone, *parts(phone, 60))
    response, raw = await _revoked_under_way(desk)
    opening = Unpacker(response.headers["content-encoding"], MAX_BODY, MAX_BODY)
    first, *_, last = [line for line in (*opening.feed(raw), *opening.end()) if line]
    assert read_reply(first).changes
    with pytest.raises(ProblemLine, match="revoked"):
        read_reply(last)


async def _revoked_under_way(desk: Phone) -> tuple[httpx.Response, bytes]:
    """The first page is read; then the device is shut out."""
    centre = desk.centre
    seen = 0
    had = centre.clock.now

    def clock() -> Any:  # noqa: ANN401 - Millis
        nonlocal seen
        seen += 1
        if seen == 3:  # taken, given, given
            with writing(centre.engine) as db:
                here = DEVICE.c.id == desk.me.device
                db.execute(update(DEVICE).where(here).values(revoked_at=1))
        return had

    object.__setattr__(centre.app.state.service.settings, "clock", clock)
    return await send(desk, lines(SyncRequest()))


BOMB = packer(CODING, 3).line("x" * (MAX_BODY + 1))
BAD: dict[str, tuple[bytes, str, int, str]] = {
    "nothing": (b"", CODING, 422, "malformed"),
    "no packing": (b"{}\n", CODING, 400, "malformed"),
    "no line": (packer("zstd", 3).line("<html>"), "zstd", 422, "malformed"),
    "a newer dictionary": (b"{}", "x-tw2", 415, "unknown_coding"),
    "an old app": (b'{"protocol":0}', "identity", 426, "app_too_old"),
    "a wrong sum": (b'{"protocol":1,"sum":"00000000"}', "identity", 422, "malformed"),
    "a bomb": (BOMB, CODING, 413, "too_large"),
    "cut": (lines(SyncRequest())[:-3], CODING, 400, "malformed"),
}


@pytest.mark.parametrize("name", BAD)
async def test_a_bad_body_is_a_problem_document_and_changes_nothing(
    centre: Centre, name: str
) -> None:
    phone, (body, coding, status, code) = await centre.phone(), BAD[name]
    before = centre.counts()
    response, raw = await send(phone, body, coding)
    assert (response.status_code, code.encode() in raw) == (status, True), raw
    if code == "unknown_coding":
        assert response.headers["accept-encoding"] == "x-tw1, zstd, gzip"
    assert centre.counts() == before


async def test_a_body_that_stalls_is_given_up() -> None:
    async def receive() -> dict[str, Any]:
        await asyncio.sleep(60)
        raise AssertionError

    request = Request({"type": "http", "method": "POST", "headers": []}, receive)
    with pytest.raises(Refused, match="stalled"):  # noqa: PT012
        async for _ in arriving(request, 0.05):
            raise AssertionError
