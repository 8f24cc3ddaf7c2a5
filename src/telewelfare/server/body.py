"""Reading a request: never more than the limit, and only what the protocol says."""

from __future__ import annotations

from http import HTTPStatus
from typing import TypeVar

from pydantic import ValidationError
from starlette.requests import Request

from telewelfare.server.problems import Refused
from telewelfare.sync.codec import TooLarge, Undecodable, UnknownCoding, unpack
from telewelfare.sync.protocol import CONTENT_TYPE, MAX_BODY, PROTOCOL, Message

M = TypeVar("M", bound=Message)


def printable(text: str) -> str:
    """What a device calls itself, without what a database or a terminal chokes on."""
    return "".join(letter for letter in text if letter.isprintable())


async def received(request: Request) -> bytes:
    """The body as it came, at most `MAX_BODY` bytes.

    Raises:
        Refused: wrong_content_type, too_large
    """
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type != CONTENT_TYPE:
        raise Refused("wrong_content_type")
    announced = request.headers.get("content-length", "0")
    if announced.isdecimal() and int(announced) > MAX_BODY:
        raise Refused("too_large", limit=MAX_BODY)
    body = bytearray()
    async for chunk in request.stream():
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
