"""Bytes of files over HTTP: how far the centre is, what follows, and what it has.

The other half of `transport`, whose errors it raises; no other module speaks HTTP.
"""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Final

import httpx

from telewelfare.sync.failures import parse, refusal, retry_after
from telewelfare.sync.link import BUFFER, PIECE, SWALLOWED, WEIGHED, Link, weight
from telewelfare.sync.protocol import FILES_PATH, PIECE_TYPE, PROBLEM_TYPE, Problem
from telewelfare.sync.transport import (
    CaptivePortal,
    CentreFault,
    SyncError,
    Traffic,
    unreachable,
)

CONNECTED: Final = 10.0  # seconds
LARGEST_PROBLEM: Final = 20_000  # bytes


class FileRefused(SyncError):
    """The centre does not take or have a file; `code` is that of its problem document."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class FileCentral:
    """The centre's files, as a device sees them."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        token: str,
        traffic: Traffic | None = None,
        link: Link | None = None,
    ) -> None:
        self._http, self._token = http, token
        self.traffic = traffic or Traffic()
        self.link = link or Link()

    def sign_in(self, token: str) -> None:
        """From now on as the device of this token."""
        self._token = token

    async def offset(self, sha256: str) -> int:
        """How many bytes of a file the centre has.

        Raises:
            FileRefused: no_file – no record that the centre knows names it.
            SyncError: as in `transport`.
        """
        async with self._asking("HEAD", sha256) as response:
            if response.status_code == HTTPStatus.OK:
                return _offset(response)
            raise await self._refusal(response, "no_file")

    async def bring(
        self, sha256: str, contents: bytes, offset: int, give_way: Callable[[], bool]
    ) -> int:
        """Send a file from `offset` on, until `give_way`; gives how far the centre has it.

        Raises:
            FileRefused: nothing more of it was taken.
            SyncError: some of it may have come; ask for the offset.
        """
        headers = {
            "Content-Type": PIECE_TYPE,
            "Upload-Offset": str(offset),
            "Upload-Length": str(len(contents)),
        }
        if len(contents) - offset <= PIECE:  # no time to stop: say how long it is
            headers["Content-Length"] = str(len(contents) - offset)
        body = self._pieces(contents, offset, give_way)
        async with self._asking("PATCH", sha256, headers, body) as response:
            told = response.status_code in (HTTPStatus.NO_CONTENT, HTTPStatus.CONFLICT)
            if told and "upload-offset" in response.headers:
                return _offset(response)
            raise await self._refusal(response)

    async def fetch(self, sha256: str, offset: int) -> AsyncGenerator[bytes, None]:
        """The bytes of a file from `offset` on, as they come.

        Raises:
            FileRefused: no_file – not there yet, or not for this device.
            SyncError: what came until then is good.
        """
        headers = {"Range": f"bytes={offset}-"} if offset else {}
        async with self._asking("GET", sha256, headers) as response:
            whole = response.status_code == HTTPStatus.OK and not offset
            if not whole and response.status_code != HTTPStatus.PARTIAL_CONTENT:
                raise await self._refusal(response)
            async for piece in response.aiter_raw():
                self.traffic.bytes_down += len(piece)
                yield piece

    async def _pieces(
        self, contents: bytes, offset: int, give_way: Callable[[], bool]
    ) -> AsyncIterator[bytes]:
        """Each is asked for once the socket has taken the one before."""
        first, began = offset + SWALLOWED, time.monotonic()
        while offset < len(contents):
            piece = contents[offset : offset + PIECE]
            self.traffic.bytes_up += len(piece)
            yield piece
            offset += len(piece)
            if offset <= first:
                began = time.monotonic()
            elif offset - first >= WEIGHED:
                self.link.sent(offset - first, time.monotonic() - began)
                first, began = offset, time.monotonic()
            if give_way():
                return

    @asynccontextmanager
    async def _asking(
        self,
        method: str,
        sha256: str,
        headers: dict[str, str] | None = None,
        body: AsyncIterator[bytes] | None = None,
    ) -> AsyncIterator[httpx.Response]:
        told = {
            "Accept-Encoding": "identity",
            "Authorization": f"Bearer {self._token}",
            **(headers or {}),
        }
        patience = httpx.Timeout(
            connect=CONNECTED,
            write=self.link.to_write(),
            read=self.link.to_answer(BUFFER if body else 0),
            pool=CONNECTED,
        )
        request = self._http.build_request(
            method, f"{FILES_PATH}/{sha256}", content=body, headers=told, timeout=patience
        )
        self.traffic.requests += 1
        self.traffic.bytes_up += weight(request.headers.raw)
        try:
            response = await self._http.send(request, stream=True)
            try:
                self.traffic.bytes_down += weight(response.headers.raw)
                yield response
            finally:
                await response.aclose()
        except httpx.TransportError as error:
            raise unreachable(error) from error

    async def _refusal(self, response: httpx.Response, usual: str = "") -> SyncError:
        """Why the centre refuses; `usual` for an answer without a body."""
        kind = response.headers.get("content-type", "").split(";")[0].strip()
        plain = b""
        async for piece in response.aiter_raw():
            plain += piece
            if len(plain) > LARGEST_PROBLEM:
                raise CentreFault("an endless body")
        if kind == PROBLEM_TYPE and not plain and response.status_code == HTTPStatus.NOT_FOUND:
            return FileRefused(usual)
        if kind == PROBLEM_TYPE and plain:
            problem = parse(plain, Problem)
            if problem.code in FILE_CODES:
                return FileRefused(problem.code)
        wait = retry_after(response.headers)
        return refusal(response.status_code, kind, plain, wait)


FILE_CODES: Final = frozenset(
    {
        "no_file",
        "wrong_offset",
        "superseded",
        "wrong_hash",
        "wrong_media_type",
        "too_large",
        "malformed",
    }
)


def _offset(response: httpx.Response) -> int:
    told = response.headers.get("upload-offset", "")
    if not (told.isascii() and told.isdecimal()):
        raise CaptivePortal("an answer about a file without an offset")
    return int(told)
