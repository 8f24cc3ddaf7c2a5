"""Whatever answers in the centre's place, the device knows what it was and loses nothing."""

from __future__ import annotations

import asyncio
import json
import ssl

import httpx
import pytest

from telewelfare.sync import codec
from telewelfare.sync.protocol import SyncReply, SyncRequest
from telewelfare.sync.transport import (
    AppTooOld,
    Busy,
    CaptivePortal,
    Central,
    CentreFault,
    CentreTooOld,
    ClockWrong,
    Gap,
    Offline,
    Refused,
    Revoked,
    SignedOut,
    SyncError,
    TooLarge,
    Untrusted,
)
from tests import eg
from tests.sync.bad_centre import Answer, answering

PAGE = b"<html><body>Welcome to free WiFi</body></html>"
HTML = "text/html; charset=utf-8"
REPLY = {"acknowledged": 3, "cursor": "e.1.1.", "epoch": "e", "now": 5}


def good(**more: object) -> bytes:
    return json.dumps(REPLY | more).encode()


def problem(status: int, code: str, **more: object) -> Answer:
    body = json.dumps({"title": "no", "status": status, "code": code, **more}).encode()
    return Answer(status, "application/problem+json", body)


def ask(answer: Answer, seconds: float = 5.0) -> SyncReply:
    async def exchange(url: str) -> SyncReply:
        async with httpx.AsyncClient(base_url=url, timeout=seconds) as http:
            return await Central(http, "token").sync(SyncRequest())

    with answering(answer) as url:
        return asyncio.run(exchange(url))


def test_a_good_answer_is_understood() -> None:
    assert ask(Answer(body=good(a_newer_field=1))).acknowledged == 3


@pytest.mark.parametrize("coding", ["zstd", "gzip"])
def test_a_packed_answer_is_understood(coding: str) -> None:
    packed = Answer(body=codec.pack(good(), coding), headers={"Content-Encoding": coding})
    assert ask(packed).cursor == "e.1.1."


STRANGERS: list[tuple[Answer, type[SyncError]]] = [
    (Answer(200, HTML, PAGE), CaptivePortal),
    (Answer(302, HTML, PAGE, {"Location": "http://login.example"}), CaptivePortal),
    (Answer(511, HTML, PAGE), CaptivePortal),
    (Answer(403, HTML, PAGE), CaptivePortal),
    (Answer(404, HTML, PAGE), CaptivePortal),
    (Answer(500, HTML, PAGE), CentreFault),
    (Answer(502, HTML, PAGE), Offline),
    (Answer(503, HTML, PAGE), Offline),
    (Answer(504, HTML, PAGE), Offline),
    (Answer(429, HTML, PAGE), Busy),
]


@pytest.mark.parametrize(
    ("answer", "error"), STRANGERS, ids=lambda one: str(getattr(one, "status", ""))
)
def test_an_answer_of_a_stranger_is_known_as_one(answer: Answer, error: type[SyncError]) -> None:
    with pytest.raises(error):
        ask(answer)


PROBLEMS: list[tuple[Answer, type[SyncError]]] = [
    (problem(401, "unauthorised"), SignedOut),
    (problem(403, "revoked"), Revoked),
    (problem(404, "not_found"), CentreTooOld),
    (problem(409, "gap", next=7), Gap),
    (problem(410, "invitation_used"), Refused),
    (problem(413, "too_large", limit=9), TooLarge),
    (problem(426, "app_too_old"), AppTooOld),
    (problem(429, "busy"), Busy),
    (problem(500, "server_fault"), CentreFault),
    (problem(503, "busy"), Busy),
    (problem(418, "something_new"), CentreFault),
    (Answer(400, "application/problem+json", b"not json"), CentreFault),
    (Answer(400, "application/problem+json", b"{}"), CentreFault),
]


@pytest.mark.parametrize(("answer", "error"), PROBLEMS)
def test_a_refusal_of_the_centre_is_known_for_what_it_is(
    answer: Answer, error: type[SyncError]
) -> None:
    with pytest.raises(error):
        ask(answer)


def test_a_gap_says_which_number_the_centre_wants() -> None:
    with pytest.raises(Gap) as met:
        ask(problem(409, "gap", next=7))
    assert met.value.next == 7


@pytest.mark.parametrize(
    "answer",
    [
        Answer(body=b"not json"),
        Answer(body=b""),
        Answer(body=b"[]"),
        Answer(body=b"{}"),
        Answer(body=good(acknowledged="3")),
        Answer(body=good(acknowledged=10**30)),
        Answer(body=good(acknowledged=-1)),
        Answer(body=good(now=10**15)),
        Answer(body=good(now=-1)),
        Answer(body=b"\xff\xfe"),
        Answer(body=b"\x28\xb5\x2f\xfd cut", headers={"Content-Encoding": "zstd"}),
        Answer(body=codec.pack(good(), "gzip")[:-4], headers={"Content-Encoding": "gzip"}),
        Answer(body=b"x", headers={"Content-Encoding": "br"}),
    ],
)
def test_an_answer_that_is_not_in_our_protocol_is_a_fault_of_the_centre(answer: Answer) -> None:
    with pytest.raises(CentreFault):
        ask(answer)


def test_an_answer_of_a_newer_protocol_asks_for_a_newer_app() -> None:
    with pytest.raises(AppTooOld):
        ask(Answer(body=good(protocol=99)))
    with pytest.raises(AppTooOld):  # though nothing else of it can be read
        ask(Answer(body=b'{"protocol": 2, "changes": {"all": "new"}}'))


def test_half_a_body_is_no_answer() -> None:
    with pytest.raises(Offline):
        ask(Answer(body=good()[:20], length=len(good())))


def test_an_answer_that_does_not_come_is_no_answer() -> None:
    with pytest.raises(Offline):
        ask(Answer(body=good(), wait=0.6), seconds=0.2)


def test_where_nobody_listens_the_device_is_offline() -> None:
    async def exchange() -> None:
        async with httpx.AsyncClient(base_url=eg.NOWHERE) as http:
            await Central(http).sync(SyncRequest())

    with pytest.raises(Offline):
        asyncio.run(exchange())


@pytest.mark.parametrize(("code", "error"), [(9, ClockWrong), (10, ClockWrong), (18, Untrusted)])
def test_a_certificate_of_another_time_means_that_our_clock_is_wrong(
    code: int, error: type[SyncError]
) -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        cause = ssl.SSLCertVerificationError()
        cause.verify_code = code
        raise httpx.ConnectError("certificate", request=request) from cause

    async def exchange() -> None:
        transport = httpx.MockTransport(refuse)
        async with httpx.AsyncClient(transport=transport, base_url="https://centre") as http:
            await Central(http).sync(SyncRequest())

    with pytest.raises(error):
        asyncio.run(exchange())


def test_what_goes_over_the_wire_is_counted() -> None:
    async def exchange(url: str) -> Central:
        async with httpx.AsyncClient(base_url=url) as http:
            central = Central(http, "token")
            await central.sync(SyncRequest())
            return central

    with answering(Answer(body=good())) as url:
        traffic = asyncio.run(exchange(url)).traffic
    assert traffic.requests == 1
    assert traffic.bytes_down > len(good())
    assert traffic.bytes_up > 100
