"""The central API as an ASGI application."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import structlog
from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from telewelfare.server.bundles import router as bundles_router
from telewelfare.server.config import Settings
from telewelfare.server.database import connect, migrate
from telewelfare.server.device_routes import router as device_router
from telewelfare.server.files import router as files_router
from telewelfare.server.files import store_of
from telewelfare.server.problems import Refused, answer
from telewelfare.server.routes import Attempts, Service, router
from telewelfare.server.rules import RULES, Rules
from telewelfare.sync.protocol import (
    BUNDLES_PATH,
    DEVICES_PATH,
    ENROL_PATH,
    FILES_PATH,
    HEALTH_PATH,
    LINES_TYPE,
    SYNC_PATH,
)

log = structlog.get_logger("telewelfare.server")

PATHS = frozenset({SYNC_PATH, ENROL_PATH, HEALTH_PATH, BUNDLES_PATH, DEVICES_PATH})
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}


def create_app(settings: Settings, rules: Rules = RULES) -> FastAPI:
    """The API over a database, whose schema is brought up to date first.

    `rules`: by which it judges what devices bring.
    """
    engine = connect(settings.database)
    migrate(engine)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        engine.dispose()

    bare: dict[str, Any] = {"openapi_url": None, "docs_url": None, "redoc_url": None}
    app = FastAPI(**bare, redirect_slashes=False, lifespan=lifespan)
    app.state.service = Service(
        engine, settings, Attempts(settings.enrol_attempts_per_minute), rules
    )
    app.state.files = store_of(settings)
    app.include_router(router)
    app.include_router(files_router)
    app.include_router(bundles_router)
    app.include_router(device_router)
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(HTTPException, _no_route)
    app.add_middleware(Guard)
    return app


async def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)  # noqa: S101 - registered for this class alone
    return answer(error)


async def _no_route(_request: Request, error: Exception) -> Response:
    """What the framework itself refuses: no such address, not this method."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    return answer(Refused("method_not_allowed" if status == 405 else "not_found"))  # noqa: PLR2004


class Guard:
    """Outermost: strict headers, one log line a request, and no traceback ever leaves.

    The line has no query, no token, no body, no address but our own: nothing of a person.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, status = time.monotonic(), 0

        async def guarded(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _harden(MutableHeaders(scope=message))
            await send(message)

        try:
            await self.app(scope, receive, guarded)
        except ClientDisconnect:
            log.info("client_gone")  # a signal lost while it sent; it will send again
        except Exception as error:  # noqa: BLE001 - the edge: whatever it is, the device gets a problem
            log.warning("fault", kind=type(error).__name__, place=_place(error))
            if not status:
                await answer(Refused("server_fault"))(scope, receive, guarded)
        took = round((time.monotonic() - began) * 1000)
        path = _address(scope["path"])
        log.info("request", method=scope["method"], path=path, status=status, ms=took)


def _harden(headers: MutableHeaders) -> None:
    """A stream of lines is for devices alone; no browser asks for one, and headers cost air time."""
    if headers.get("content-type") != LINES_TYPE:
        headers.update(HEADERS)


def _address(path: str) -> str:
    """The address without what names a file."""
    if path.startswith(f"{FILES_PATH}/"):
        return FILES_PATH
    return path if path in PATHS else "other"


def _place(error: BaseException) -> str:
    """File and line of a fault; its message may hold what a worker typed."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""
