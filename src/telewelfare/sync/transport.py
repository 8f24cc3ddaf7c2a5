"""The network ends here: httpx on one side, messages and `SyncError` (`failures`) on the other."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from http import HTTPStatus
from typing import Final, TypeVar

import httpx
from pydantic import BaseModel

from telewelfare.sync import codec
from telewelfare.sync.exchange import Exchange
from telewelfare.sync.failures import (
    ROUTES,
    AppTooOld,
    Busy,
    CaptivePortal,
    CentreDown,
    CentreFault,
    CentreTooOld,
    ClockWrong,
    Gap,
    NameUnknown,
    Offline,
    Refused,
    Revoked,
    SignedOut,
    Slow,
    SyncError,
    TooLarge,
    UnknownForm,
    Untrusted,
    has_route,
    parse,
    refusal,
    retry_after,
    unreachable,
)
from telewelfare.sync.link import Link, Traffic, weight
from telewelfare.sync.protocol import (
    BUNDLE_TYPE,
    BUNDLES_PATH,
    CONTENT_TYPE,
    DEVICES_PATH,
    ENROL_PATH,
    MAX_BODY,
    SYNC_PATH,
    BundleReply,
    DevicesReply,
    EnrolReply,
    EnrolRequest,
    SyncReply,
    SyncRequest,
)
from telewelfare.sync.stream import STREAMED

__all__ = [
    "ROUTES",
    "AppTooOld",
    "Busy",
    "CaptivePortal",
    "Central",
    "CentreDown",
    "CentreFault",
    "CentreTooOld",
    "ClockWrong",
    "Gap",
    "NameUnknown",
    "Offline",
    "Refused",
    "Revoked",
    "SignedOut",
    "Slow",
    "SyncError",
    "TooLarge",
    "Traffic",
    "Untrusted",
    "has_route",
    "unreachable",
]

TIMEOUT: Final = httpx.Timeout(30.0, connect=10.0)
MAX_REPLY: Final = 64 * MAX_BODY

M = TypeVar("M", bound=BaseModel)


class Central:
    """The centre, as a device sees it."""

    def __init__(self, http: httpx.AsyncClient, token: str = "") -> None:
        self._http = http
        self._token = token
        self.traffic = Traffic()
        self.link = Link()
        self._codings = list(STREAMED)  # that the centre has not refused, best first

    def sign_in(self, token: str) -> None:
        """From now on as the device of this token."""
        self._token = token

    async def enrol(self, request: EnrolRequest) -> EnrolReply:
        """Present an invitation. Repeating it with the same key gives the same device.

        Raises:
            Refused: the invitation does not count.
            SyncError: as in the module's tree.
        """
        return await self._post(ENROL_PATH, request, EnrolReply)

    async def sync(self, request: SyncRequest) -> SyncReply:
        """One round trip.

        Raises:
            SyncError: nothing was acknowledged; sending the same again is safe.
        """
        return await self._post(SYNC_PATH, request, SyncReply)

    async def exchange(
        self, requests: AsyncIterator[SyncRequest]
    ) -> AsyncGenerator[SyncReply, None]:
        """One round trip as a stream: a line for each request, replies as they arrive.

        Raises:
            UnknownForm: the centre does not know this form; another is used from now on. Ask again.
            SyncError: nothing is lost; ask the centre how far it is.
        """
        if not self._codings:
            yield await self.sync(await anext(requests))
            return
        exchange = Exchange(self._http, self._token, self._codings[0], self.link, self.traffic)
        try:
            async with aclosing(exchange.replies(requests)) as replies:
                async for reply in replies:
                    yield reply
        except UnknownForm as refused:
            self._codings = [] if refused.lines else self._codings[1:]
            raise

    async def carry(self, bundle: bytes) -> str:
        """Give the centre a bundle that somebody else sealed; what it says became of it.

        Raises:
            SyncError: giving it again is safe.
        """
        headers = {"Content-Type": BUNDLE_TYPE, "Authorization": f"Bearer {self._token}"}
        told = await self._exchange(BUNDLES_PATH, bundle, headers)
        return _understood(BUNDLES_PATH, told, BundleReply).outcome

    async def devices(self) -> DevicesReply:
        """How the devices of the centre stand; for those who look after them.

        Raises:
            SyncError: as in the module's tree.
        """
        headers = {"Accept-Encoding": codec.ACCEPTED, "Authorization": f"Bearer {self._token}"}
        told = await self._exchange(DEVICES_PATH, b"", headers, method="GET")
        return _understood(DEVICES_PATH, told, DevicesReply)

    async def _post(self, path: str, message: BaseModel, expected: type[M]) -> M:
        body = codec.pack(codec.dump(message.model_dump(mode="json")), codec.ZSTD)
        headers = {
            "Content-Type": CONTENT_TYPE,
            "Content-Encoding": codec.ZSTD,
            "Accept-Encoding": codec.ACCEPTED,
        }
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        return _understood(path, await self._exchange(path, body, headers), expected)

    async def _exchange(
        self, path: str, body: bytes, headers: dict[str, str], *, method: str = "POST"
    ) -> tuple[int, str, bytes, float | None]:
        """Status, content type, unpacked body, seconds the other side asks us to wait."""
        request = self._http.build_request(method, path, content=body, headers=headers)
        self.traffic.requests += 1
        self.traffic.bytes_up += len(body) + weight(request.headers.raw)
        try:
            response = await self._http.send(request, stream=True)
            try:
                raw = await _read(response)
            finally:
                await response.aclose()
        except httpx.TransportError as error:
            raise unreachable(error) from error
        self.traffic.bytes_down += len(raw) + weight(response.headers.raw)
        kind = response.headers.get("content-type", "").split(";")[0].strip()
        plain = _unpacked(raw, response.headers)
        return response.status_code, kind, plain, retry_after(response.headers)


def _understood(path: str, told: tuple[int, str, bytes, float | None], expected: type[M]) -> M:
    status, kind, plain, wait = told
    if status != HTTPStatus.OK:
        raise refusal(status, kind, plain, wait)
    if kind != CONTENT_TYPE:
        raise CaptivePortal(f"{path} answered {kind}")
    return parse(plain, expected)


async def _read(response: httpx.Response) -> bytes:
    raw = bytearray()
    async for part in response.aiter_raw():
        raw += part
        if len(raw) > MAX_REPLY:
            raise CentreFault("an endless body")
    return bytes(raw)


def _unpacked(raw: bytes, headers: httpx.Headers) -> bytes:
    try:
        return codec.unpack(raw, headers.get("content-encoding", ""), MAX_REPLY)
    except (codec.Undecodable, codec.TooLarge, codec.UnknownCoding) as error:
        raise CentreFault("a body that cannot be unpacked") from error
