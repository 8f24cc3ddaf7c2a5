"""`GET /v1/devices`: for those who look after the devices of a centre."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from telewelfare.domain.rights import may_see_devices
from telewelfare.server.auth import caller, token_of
from telewelfare.server.database import reading
from telewelfare.server.devices import states
from telewelfare.server.problems import Refused
from telewelfare.server.routes import packed, service
from telewelfare.sync.protocol import DEVICES_PATH, DevicesReply

router = APIRouter()


@router.get(DEVICES_PATH)
async def list_devices(request: Request) -> Response:
    """How each device of the centre stands."""
    here, token = service(request), token_of(request.headers.get("authorization", ""))

    def read() -> DevicesReply:
        with reading(here.engine) as db:
            who = caller(db, token)
            if not may_see_devices(who.actor.role):
                raise Refused("forbidden")
            return DevicesReply(devices=states(db, who.actor), now=here.settings.clock())

    reply = await run_in_threadpool(read)
    return packed(reply, request.headers.get("accept-encoding", ""))
