"""Whatever is sent, the answer is a problem document and the tables stay as they were."""

from __future__ import annotations

import gzip
import json
from collections.abc import AsyncIterator

import httpx
import pytest

from telewelfare.server.database import writing
from telewelfare.sync.codec import pack, unpack
from telewelfare.sync.protocol import MAX_BODY, SYNC_PATH, Problem
from tests.server.centre import Centre, Phone

OP = {
    "n": 1,
    "kind": "person",
    "id": "01a1f97b-d22f-7142-9ccd-9dcf30aac44c",
    "stamp": "0" * 16 + "daaaaaaa",
    "sets": {"first_name": "ก"},
}
JSON = {"content-type": "application/json"}
ZSTD, GZIP = {"content-encoding": "zstd"}, {"content-encoding": "gzip"}
BOMB = b" " * (MAX_BODY + 1)

BAD: dict[str, tuple[bytes, dict[str, str], int, str]] = {
    "no JSON": (b"<html>", {}, 422, "malformed"),
    "empty": (b"", {}, 422, "malformed"),
    "an array": (b"[]", {}, 422, "malformed"),
    "deep": (b'{"ops":' + b"[" * 5_000, {}, 422, "malformed"),
    "half a letter": (b'{"cursor":"\\ud800"}', {}, 422, "malformed"),
    "not UTF-8": (b'{"cursor":"\xff"}', {}, 422, "malformed"),
    "wrong type": (json.dumps({"ops": [OP | {"n": "1"}]}).encode(), {}, 422, "malformed"),
    "no number": (json.dumps({"ops": [OP | {"n": 0}]}).encode(), {}, 422, "malformed"),
    "a bad id": (json.dumps({"ops": [OP | {"id": "1"}]}).encode(), {}, 422, "malformed"),
    "a bad stamp": (json.dumps({"ops": [OP | {"stamp": "x"}]}).encode(), {}, 422, "malformed"),
    "too many": (json.dumps({"ops": [OP] * 1_001}).encode(), {}, 422, "malformed"),
    "no such number": (b'{"ops":[{"n":9223372036854775808}]}', {}, 422, "malformed"),
    "refused nowhere": (b'{"refused":[9223372036854775808]}', {}, 422, "malformed"),
    "unanswered nowhere": (b'{"unanswered":9223372036854775808}', {}, 422, "malformed"),
    "limit": (b'{"limit":100000}', {}, 422, "malformed"),
    "old": (b'{"protocol":0}', {}, 426, "app_too_old"),
    "form": (
        b"a=b",
        {"content-type": "application/x-www-form-urlencoded"},
        415,
        "wrong_content_type",
    ),
    "brotli": (b"{}", {"content-encoding": "br"}, 415, "unknown_coding"),
    "not gzip": (b"{}", GZIP, 400, "malformed"),
    "not zstd": (b"{}", ZSTD, 400, "malformed"),
    "half zstd": (pack(b"{}" * 99, "zstd")[:-3], ZSTD, 400, "malformed"),
    "large": (BOMB, {}, 413, "too_large"),
    "zstd bomb": (pack(BOMB, "zstd"), ZSTD, 413, "too_large"),
    "gzip bomb": (gzip.compress(BOMB), GZIP, 413, "too_large"),
}


async def send(
    phone: Phone, body: bytes | AsyncIterator[bytes], headers: dict[str, str]
) -> httpx.Response:
    async with phone.centre.client() as client:
        return await client.post(SYNC_PATH, content=body, headers=JSON | phone.headers | headers)


@pytest.mark.parametrize("name", BAD)
async def test_a_bad_body_changes_nothing(centre: Centre, name: str) -> None:
    phone, (body, headers, status, code) = await centre.phone(), BAD[name]
    before = centre.counts()
    response = await send(phone, body, headers)
    problem = Problem.model_validate_json(response.content)
    assert (response.status_code, problem.status, problem.code) == (status, status, code)
    assert problem.limit == (MAX_BODY if code == "too_large" else None)
    assert response.headers["content-type"] == "application/problem+json"
    assert centre.counts() == before
    assert centre.rows("device")[0]["last_seen"] is None


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer x", "Basic eDp5", "Bearer " + "x" * 999])
async def test_who_is_not_known_changes_nothing(centre: Centre, header: str) -> None:
    phone = await centre.phone()
    before = centre.counts()
    body = json.dumps({"ops": [OP]}).encode()
    response = await send(phone, body, {"authorization": header})
    assert (response.status_code, response.json()["code"]) == (401, "unauthorised")
    assert response.headers["www-authenticate"] == "Bearer"
    assert centre.counts() == before


async def test_a_body_without_end_is_cut_off(centre: Centre) -> None:
    phone = await centre.phone()
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 10 * MAX_BODY:
            sent += 100_000
            yield b" " * 100_000

    response = await send(phone, endless(), {})
    assert response.json()["code"] == "too_large"
    assert sent <= MAX_BODY + 200_000 or response.status_code == 413


async def test_texts_that_no_database_takes_do_no_harm(centre: Centre) -> None:
    phone = await centre.phone()
    await phone.sync()
    epoch = phone.me.epoch
    phone.edit("visit", {"case": "\0", "kind": "first"})
    phone.edit("visit", {"case": "x" * 5_000, "kind": "first"})
    phone.edit("person", {"big": 10**4_000, "alias": None})
    response = await phone.post(
        ops=phone.outbox, app="\0x", pending=10**30, oldest=10**30, cursor=f"{epoch}.1.1.\0"
    )
    assert response.status_code == 200, response.text
    assert [one["n"] for one in response.json()["rejected"]][:2] == [1, 2]
    assert centre.rows("device")[0]["app"] == "x"


async def test_a_signal_lost_while_sending_is_no_fault_and_changes_nothing(
    centre: Centre, capsys: pytest.CaptureFixture[str]
) -> None:
    phone = await centre.phone()
    before, headers = centre.counts(), JSON | phone.headers
    scope: dict[str, object] = {
        "type": "http",
        "method": "POST",
        "path": SYNC_PATH,
        "query_string": b"",
    }
    scope["headers"] = [(name.encode(), value.encode()) for name, value in headers.items()]
    messages: list[dict[str, object]] = [
        {"type": "http.request", "body": b'{"ops":[', "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> dict[str, object]:
        return messages.pop(0)

    async def send(_message: object) -> None:
        raise AssertionError("nobody is there to be answered")

    await centre.app(scope, receive, send)
    logged = capsys.readouterr().out
    assert "client_gone" in logged
    assert "fault" not in logged
    assert centre.counts() == before


async def test_other_addresses_and_methods_are_problems_too(centre: Centre) -> None:
    async with centre.client() as client:
        nowhere, wrong = await client.get("/v1/other"), await client.get("/v1/sync")
        slash = await client.post("/v1/sync/")
    assert (slash.status_code, slash.json()["code"]) == (404, "not_found")
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "not_found")
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method_not_allowed")
    for response in (nowhere, wrong):
        assert response.headers["x-content-type-options"] == "nosniff"
        assert "access-control-allow-origin" not in response.headers


async def test_a_fault_of_the_centre_shows_nothing_of_itself(
    centre: Centre, capsys: pytest.CaptureFixture[str]
) -> None:
    phone = await centre.phone()
    phone.person(first_name="ความลับ")
    with writing(centre.engine) as db:
        db.exec_driver_sql("DROP TABLE ledger")
    response = await phone.post(ops=phone.outbox)
    problem = Problem.model_validate_json(response.content)
    assert (response.status_code, problem.code) == (500, "server_fault")
    assert "ledger" not in response.text
    assert "ความลับ" not in capsys.readouterr().out


async def test_the_log_knows_neither_token_nor_query_nor_person(
    centre: Centre, capsys: pytest.CaptureFixture[str]
) -> None:
    phone = await centre.phone()
    phone.person(first_name="ความลับ")
    await phone.round()
    async with centre.client() as client:
        await client.get("/v1/sync?name=ความลับ", headers=phone.headers)
        await client.get("/v1/ความลับ", headers=phone.headers)
    logged = capsys.readouterr().out
    assert "/v1/sync" in logged
    assert phone.me.token not in logged
    assert "ความลับ" not in logged
    assert "name=" not in logged


@pytest.mark.parametrize("coding", ["zstd", "gzip", "identity"])
async def test_bodies_travel_in_each_coding(centre: Centre, coding: str) -> None:
    phone = await centre.phone()
    body = pack(json.dumps({"ops": [OP]}).encode(), coding)
    headers = JSON | phone.headers | {"content-encoding": coding, "accept-encoding": coding}
    async with (
        centre.client() as client,
        client.stream("POST", SYNC_PATH, content=body, headers=headers) as response,
    ):
        raw = b"".join([chunk async for chunk in response.aiter_raw()])
    assert response.headers.get("content-encoding", "identity") == coding
    assert json.loads(unpack(raw, coding, MAX_BODY))["acknowledged"] == 1


async def test_the_centre_answers_when_its_database_does(centre: Centre) -> None:
    async with centre.client() as client:
        response = await client.get("/healthz")
    assert response.json() == {"status": "ok", "protocol": 1}
