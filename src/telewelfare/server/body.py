"""Reading a request: never more than the limit, and only what the protocol says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Final, TypeVar

from pydantic import ValidationError
from starlette.requests import Request

from telewelfare.server.problems import Refused
from telewelfare.sync.codec import TooLarge, Undecodable, UnknownCoding, unpack
from telewelfare.sync.protocol import CONTENT_TYPE, MAX_BODY, PROTOCOL, Message

M = TypeVar("M", bound=Message)
STALLED: Final = 30.0  # seconds without a byte after which a body is given up


def printable(text: str) -> str:
    """What a device calls itself, without what a database or a terminal chokes on."""
    return "".join(letter for letter in text if letter.isprintable())


def media_type(request: Request) -> str:
    """What a body says it is."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def arriving(request: Request, limit: float = STALLED) -> AsyncIterator[bytes]:
    """The pieces of a body as they come; `limit` is how many seconds without any are too long.

    Raises:
        Refused: stalled
        ClientDisconnect: the device is gone.
    """
    pieces = request.stream()
    while True:
        try:
            piece = await asyncio.wait_for(anext(pieces, None), limit)
        except TimeoutError as error:
            raise Refused("stalled") from error
        if piece is None:
            return
        yield piece


async def received(request: Request) -> bytes:
    """The body as it came, at most `MAX_BODY` bytes.

    Raises:
        Refused: wrong_content_type, too_large, stalled
    """
    if media_type(request) != CONTENT_TYPE:
        raise Refused("wrong_content_type")
    announced = request.headers.get("content-length", "0")
    if announced.isdecimal() and int(announced) > MAX_BODY:
        raise Refused("too_large", limit=MAX_BODY)
    body = bytearray()
    async for chunk in arriving(request):
        body += chunk
        if len(body) > MAX_BODY:
            raise Refused("too_large", limit=MAX_BODY)
    return bytes(body)


def understood(body: bytes, coding: str, message: type[M]) -> M:
    """The message in a body.

    Raises:
        Refused: unknown_coding, too_large, malformed, app_too_old
    """
    try:
        plain = unpack(body, coding.strip().lower(), MAX_BODY)
        read = message.model_validate_json(plain)
    except UnknownCoding as error:
        raise Refused("unknown_coding") from error
    except TooLarge as error:
        raise Refused("too_large", limit=MAX_BODY) from error
    except Undecodable as error:
        raise Refused("malformed", status=HTTPStatus.BAD_REQUEST) from error
    except ValidationError as error:
        raise Refused("malformed") from error
    if getattr(read, "protocol", PROTOCOL) < PROTOCOL:  # a newer app reads our version in the reply
        raise Refused("app_too_old")
    return read
