"""Why nothing comes through: the way to the centre, step by step, each with a short limit of time."""

from __future__ import annotations

import asyncio
import ipaddress
import os
import shutil
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx
from pydantic import ValidationError

from telewelfare.domain.clock import Millis
from telewelfare.store.errors import StoreError, translated
from telewelfare.store.journal import CLOCK_WRONG, Journal
from telewelfare.sync.failures import (
    Busy,
    CaptivePortal,
    CentreDown,
    CentreFault,
    SyncError,
    has_route,
    unreachable,
)
from telewelfare.sync.protocol import CONTENT_TYPE, HEALTH_PATH, PROTOCOL, Message, SyncRequest
from telewelfare.sync.transport import Central

SECONDS: Final = 6.0  # for each step
ROOM: Final = 20_000_000  # bytes; with less a day's photos do not fit
PROBE: Final = 65_536  # bytes that are written and taken away again
GATEWAYS: Final = (
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
)

StepName = Literal["space", "file", "network", "name", "connection", "centre", "clock", "device"]
STEPS: Final[tuple[StepName, ...]] = (
    "space",
    "file",
    "network",
    "name",
    "connection",
    "centre",
    "clock",
    "device",
)
State = Literal["ok", "warn", "bad", "skipped"]


@dataclass(frozen=True, slots=True)
class Step:
    """One step and how it went. `code` names a sentence where it did not; `ms` it took."""

    name: StepName
    state: State
    code: str = ""
    ms: int = 0


@dataclass(frozen=True, slots=True)
class Patient:
    """What is looked at. `sign_in` is a plain address a portal would answer at."""

    journal: Journal
    home: Path
    url: str
    token: str
    connect: Callable[[str], httpx.AsyncClient]
    wall: Callable[[], Millis]
    sign_in: str = ""
    seconds: float = SECONDS
    routed: Callable[[], bool] = has_route


class Health(Message):
    """What the centre says at `/healthz`."""

    status: str
    protocol: int


@dataclass(frozen=True, slots=True)
class _Reached:
    protocol: int
    clock: Millis | None  # the centre's, to a second; `None` when it did not say


async def diagnose(patient: Patient) -> AsyncIterator[Step]:
    """Each step as it is done. After one that is bad the rest of the way is skipped.

    Nothing is changed here or at the centre, but that the centre hears of this device.
    """
    broken = False
    async with patient.connect(patient.url) as http:
        for name in STEPS:
            if broken:
                yield Step(name, "skipped")
                continue
            began = time.monotonic()
            step = await _done(name, patient, http)
            yield replace(step, ms=round((time.monotonic() - began) * 1000))
            broken = step.state == "bad" and name not in ("space", "file")


def verdict(steps: tuple[Step, ...]) -> str:
    """The code of what is wrong; "" when nothing is."""
    bad = next((step.code for step in steps if step.state == "bad"), "")
    return bad or next((step.code for step in steps if step.state == "warn"), "")


async def _done(name: StepName, patient: Patient, http: httpx.AsyncClient) -> Step:
    try:
        async with asyncio.timeout(patient.seconds + 1):
            found: Step | None = await _STEPS[name](patient, http)
    except TimeoutError:
        return Step(name, "bad", "slow")
    except (SyncError, StoreError) as error:
        return Step(name, "bad", error.code)
    return found or Step(name, "ok")


async def _space(patient: Patient, _http: httpx.AsyncClient) -> Step | None:
    await asyncio.to_thread(_write_and_remove, patient.home / "probe.tmp")
    free = await asyncio.to_thread(shutil.disk_usage, patient.home)
    return Step("space", "warn", "disk_low") if free.free < ROOM else None


def _write_and_remove(file: Path) -> None:
    try:
        with translated(file.name), file.open("wb") as probe:
            probe.write(bytes(PROBE))
            probe.flush()
            os.fsync(probe.fileno())
    finally:
        with suppress(OSError):
            file.unlink(missing_ok=True)


async def _file(patient: Patient, _http: httpx.AsyncClient) -> Step | None:
    await asyncio.to_thread(patient.journal.waiting)
    return None


async def _network(patient: Patient, _http: httpx.AsyncClient) -> Step | None:
    return None if patient.routed() else Step("network", "bad", "offline")


async def _name(patient: Patient, _http: httpx.AsyncClient) -> Step | None:
    host, _ = _address(patient.url)
    if _by_proxy(patient.url) or _is_number(host):
        return Step("name", "skipped")
    try:
        await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError):
        return Step("name", "bad", "dns")
    return None


async def _connection(patient: Patient, _http: httpx.AsyncClient) -> Step | None:
    if _by_proxy(patient.url):
        return Step("connection", "skipped")
    try:
        async with asyncio.timeout(patient.seconds):
            _, writer = await asyncio.open_connection(*_address(patient.url))
    except TimeoutError:
        return Step("connection", "bad", "slow")
    except OSError:
        return Step("connection", "bad", "offline")
    writer.close()
    return None


async def _centre(patient: Patient, http: httpx.AsyncClient) -> Step | None:
    try:
        reached = await _reach(http, patient.seconds)
    except SyncError as error:
        if error.code in ("tls", "clock") and await _is_portal(patient):
            return Step("centre", "bad", "captive_portal")
        raise
    if reached.protocol == PROTOCOL:
        return None
    newer = reached.protocol > PROTOCOL
    return Step("centre", "bad", "app_too_old" if newer else "centre_too_old")


async def _clock(patient: Patient, http: httpx.AsyncClient) -> Step | None:
    told = (await _reach(http, patient.seconds)).clock
    if told is None:
        return Step("clock", "skipped")
    return Step("clock", "warn", "clock") if abs(told - patient.wall()) > CLOCK_WRONG else None


async def _device(patient: Patient, http: httpx.AsyncClient) -> Step | None:
    """Ask as a round does, and leave aside what comes: nothing is taken in, nothing acknowledged."""
    waiting = await asyncio.to_thread(patient.journal.waiting)
    asked = SyncRequest(
        cursor=patient.journal.read_meta("cursor") or "",
        limit=1,
        pending=waiting.pending,
        oldest=waiting.oldest,
    )
    await Central(http, patient.token).sync(asked)
    return None


_STEPS: Final[dict[StepName, Callable[[Patient, httpx.AsyncClient], Awaitable[Step | None]]]] = {
    "space": _space,
    "file": _file,
    "network": _network,
    "name": _name,
    "connection": _connection,
    "centre": _centre,
    "clock": _clock,
    "device": _device,
}


async def _reach(http: httpx.AsyncClient, seconds: float) -> _Reached:
    """Raises SyncError: nobody answered, or somebody else."""
    try:
        answer = await http.get(HEALTH_PATH, timeout=seconds)
    except httpx.TransportError as error:
        raise unreachable(error) from error
    except httpx.HTTPError as error:
        raise CentreFault(type(error).__name__) from error
    if answer.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        raise Busy(60.0)
    kind = answer.headers.get("content-type", "").partition(";")[0].strip()
    if kind != CONTENT_TYPE and answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
        raise CaptivePortal(str(answer.status_code))
    if answer.status_code in GATEWAYS:
        raise CentreDown(str(answer.status_code))
    try:
        health = Health.model_validate_json(answer.content)
    except ValidationError as error:
        raise CentreFault(str(answer.status_code)) from error
    return _Reached(health.protocol, _clock_of(answer.headers.get("date", "")))


def _clock_of(date: str) -> Millis | None:
    try:
        return Millis(int(parsedate_to_datetime(date).timestamp() * 1000))
    except (ValueError, OverflowError):
        return None


async def _is_portal(patient: Patient) -> bool:
    """Whether a Wi-Fi's sign-in page answers where nothing is sealed; a portal breaks TLS."""
    host = urlsplit(patient.url).hostname or ""
    try:
        async with patient.connect(patient.sign_in or f"http://{host}") as plain:
            answer = await plain.get("/", timeout=patient.seconds)
    except httpx.HTTPError:
        return False
    if answer.is_redirect:
        return urlsplit(answer.headers.get("location", "")).hostname not in (host, None)
    page = answer.headers.get("content-type", "").startswith("text/html")
    return answer.status_code == HTTPStatus.NETWORK_AUTHENTICATION_REQUIRED or page


def _address(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _by_proxy(url: str) -> bool:
    """Whether an office's proxy goes the way for us; then it finds names and connects."""
    parts = urlsplit(url)
    return parts.scheme in getproxies() and not proxy_bypass(parts.hostname or "")
