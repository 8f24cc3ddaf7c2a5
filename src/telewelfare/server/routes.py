"""The addresses of the central API. Each says who, whether and what; the work is elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeVar

from fastapi import APIRouter
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from telewelfare.server.auth import caller, token_of
from telewelfare.server.body import media_type, received, understood
from telewelfare.server.config import Settings
from telewelfare.server.database import is_transient, reading, writing
from telewelfare.server.enrol import enrol
from telewelfare.server.problems import Refused
from telewelfare.server.rounds import sync_round
from telewelfare.server.rules import RULES, Rules
from telewelfare.server.streaming import Desk, answer_lines
from telewelfare.sync.codec import IDENTITY, choose, dump, pack
from telewelfare.sync.protocol import (
    CONTENT_TYPE,
    ENROL_PATH,
    HEALTH_PATH,
    LINES_TYPE,
    PROTOCOL,
    SYNC_PATH,
    EnrolReply,
    EnrolRequest,
    Message,
    SyncRequest,
)

T = TypeVar("T")
TRIES = 4
SMALL = 200  # bytes; below, packing makes a reply larger

router = APIRouter()


class Attempts:
    """How often an address may present an invitation. Per process, which is enough for 49 bits."""

    def __init__(self, per_minute: int) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._item = RateLimitItemPerMinute(per_minute)

    def count(self, address: str) -> None:
        """Raises Refused `busy` when it was too often."""
        if not self._limiter.hit(self._item, address):
            raise Refused("busy", status=HTTPStatus.TOO_MANY_REQUESTS)


@dataclass(frozen=True, slots=True)
class Service:
    """What the routes work with; made once by `create_app`."""

    engine: Engine
    settings: Settings
    attempts: Attempts
    rules: Rules = RULES


def service(request: Request) -> Service:
    """The service an app was made with."""
    found = request.app.state.service
    if not isinstance(found, Service):
        raise TypeError("this app was not made by create_app")
    return found


@router.post(SYNC_PATH)
async def sync(request: Request) -> Response:
    """A device's round."""
    here, token = service(request), token_of(request.headers.get("authorization", ""))
    await run_in_threadpool(_known, here.engine, token)  # before a stranger's body costs anything
    if media_type(request) == LINES_TYPE:
        desk = Desk(here.engine, token, here.settings.clock, again, here.rules)
        return await answer_lines(request, desk)
    body, coding = await received(request), request.headers.get("content-encoding", "")

    def answer() -> Response:
        asked = understood(body, coding, SyncRequest)
        now = here.settings.clock()
        reply = again(lambda: sync_round(here.engine, token, asked, now, here.rules))
        return packed(reply, request.headers.get("accept-encoding", ""))

    return await run_in_threadpool(answer)


def _known(engine: Engine, token: str) -> None:
    with reading(engine) as db:
        caller(db, token)


@router.post(ENROL_PATH)
async def enrol_device(request: Request) -> Response:
    """A device presents an invitation."""
    here = service(request)
    here.attempts.count(request.client.host if request.client else "")
    body, coding = await received(request), request.headers.get("content-encoding", "")

    def let_in() -> EnrolReply:
        asked = understood(body, coding, EnrolRequest)
        with writing(here.engine) as db:
            return enrol(db, asked, here.settings.clock())

    reply = await run_in_threadpool(again, let_in)
    return packed(reply, request.headers.get("accept-encoding", ""))


@router.get(HEALTH_PATH)
async def health(request: Request) -> Response:
    """Answers when the database does."""

    def ask() -> None:
        with reading(service(request).engine) as db:
            db.execute(text("SELECT 1"))

    await run_in_threadpool(again, ask)
    return Response(dump({"status": "ok", "protocol": PROTOCOL}), media_type=CONTENT_TYPE)


def again(work: Callable[[], T]) -> T:
    """Do a transaction, and once more when the database gave way to another one.

    Raises:
        Refused: `busy`, when it did so several times.
    """
    for _ in range(TRIES):
        try:
            return work()
        except IntegrityError:
            continue  # the same record was made elsewhere in the same instant
        except PoolTimeout:
            break
        except DBAPIError as error:
            if not is_transient(error):
                raise
    raise Refused("busy")


def packed(message: Message, accept: str) -> Response:
    """A message as a response, packed as the other side likes it best."""
    body: bytes = dump(message.model_dump(mode="json", exclude_defaults=False))
    coding = choose(accept) if len(body) > SMALL else IDENTITY
    headers: dict[str, Any] = {"Vary": "Accept-Encoding", "Cache-Control": "no-store"}
    if coding != IDENTITY:
        headers["Content-Encoding"] = coding
    return Response(pack(body, coding), headers=headers, media_type=CONTENT_TYPE)
