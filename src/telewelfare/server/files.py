"""`/v1/files/{sha256}`: bytes of attachments come and go in pieces, each under its hash.

HEAD tells how much is here, PATCH appends from there (the words are those of tus 1.0), GET gives
a whole file or a range of it. Only records decide: who reaches an attachment that names a file
may have it, and may bring it as long as it is not here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Final, TypeVar

import structlog
from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from telewelfare.server.auth import Caller, caller, token_of
from telewelfare.server.config import Settings
from telewelfare.server.database import address, reading
from telewelfare.server.file_names import Named, named
from telewelfare.server.file_store import (
    FileStore,
    Superseded,
    TooLong,
    Upload,
    Wanted,
    WrongHash,
    WrongOffset,
    WrongType,
)
from telewelfare.server.keys import folder
from telewelfare.server.problems import Refused, answer
from telewelfare.server.routes import again, service
from telewelfare.sync.protocol import FILES_PATH, MAX_FILE, PIECE_TYPE

T = TypeVar("T")
PLACE: Final = FILES_PATH + "/{sha256}"
NAME: Final = re.compile(r"[0-9a-f]{64}")
UNKEPT: Final = {"Cache-Control": "no-store"}
DIGITS: Final = 15  # of a number in a header

log = structlog.get_logger("telewelfare.server")
router = APIRouter()


def store_of(settings: Settings) -> FileStore:
    """The folder that was named; else one beside the database's file, or in the user's data.

    Raises:
        ValueError: another kind of store was named.
    """
    if "://" in settings.files:
        raise ValueError("attachments lie in a folder; other stores are not known")
    if settings.files:
        return FileStore(Path(settings.files).expanduser())
    return FileStore(folder(None, address(settings.database)) / "files")


@router.head(PLACE)
async def tell(request: Request, sha256: str) -> Response:
    """How much of a file is here."""
    who, said = await run_in_threadpool(_asked, request, sha256, to_bring=True)
    wanted = _wanted(who, sha256, said, max(one.size for one in said))
    offset = await run_in_threadpool(_translated, lambda: _files(request).offset(wanted))
    return Response(headers=_places(offset, wanted.length))


@router.patch(PLACE)
async def take(request: Request, sha256: str) -> Response:
    """Append what arrives, piece by piece; what arrived stays, however the request ends."""
    who, said = await run_in_threadpool(_asked, request, sha256, to_bring=True)
    offset, wanted = _announced(request, who, sha256, said)
    try:
        upload = await run_in_threadpool(_translated, lambda: _files(request).begin(wanted, offset))
        reached = await _received(request, upload)
    except WrongOffset as wrong:
        refused = answer(Refused("wrong_offset"))
        refused.headers.update(_places(wrong.offset, wanted.length))
        return refused
    return Response(status_code=int(HTTPStatus.NO_CONTENT), headers=_places(reached, wanted.length))


@router.get(PLACE)
async def give(request: Request, sha256: str) -> Response:
    """A whole file, or the range of it that is asked for."""
    who, said = await run_in_threadpool(_asked, request, sha256, to_bring=False)
    found = _files(request).found(who.actor.centre, sha256)
    if found is None:
        raise Refused("no_file")
    headers = {**UNKEPT, "Content-Disposition": "attachment"}
    return FileResponse(found, media_type=said[0].media_type, headers=headers)


def _files(request: Request) -> FileStore:
    found = request.app.state.files
    if not isinstance(found, FileStore):
        raise TypeError("this app was not made by create_app")
    return found


def _asked(request: Request, sha256: str, *, to_bring: bool) -> tuple[Caller, tuple[Named, ...]]:
    """Who asks, and what the records they reach say of the file.

    Raises:
        Refused: unauthorised, revoked; no_file, also when others have it.
    """
    token = token_of(request.headers.get("authorization", ""))

    def ask() -> tuple[Caller, tuple[Named, ...]]:
        with reading(service(request).engine) as db:
            who = caller(db, token)
            known = NAME.fullmatch(sha256)
            return who, named(db, who.actor, sha256, to_bring=to_bring) if known else ()

    who, said = again(ask)
    if not said:
        raise Refused("no_file")
    return who, said


def _wanted(who: Caller, sha256: str, said: tuple[Named, ...], length: int) -> Wanted:
    one = next(one for one in said if one.size == length)
    return Wanted(who.actor.centre, sha256, length, one.media_type)


def _announced(
    request: Request, who: Caller, sha256: str, said: tuple[Named, ...]
) -> tuple[int, Wanted]:
    """From where on the request brings which file.

    Raises:
        Refused: wrong_content_type, unknown_coding, malformed, too_large
    """
    headers = request.headers
    if headers.get("content-type", "").partition(";")[0].strip().lower() != PIECE_TYPE:
        raise Refused("wrong_content_type")
    if headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise Refused("unknown_coding")
    offset, length = _number(headers.get("upload-offset")), _number(headers.get("upload-length"))
    sizes = {one.size for one in said}
    if offset is None or (length is None and offset == 0):
        raise Refused("malformed")
    if length is None:
        length = max(sizes)
    if length > min(max(sizes), MAX_FILE):
        raise Refused("too_large", limit=min(max(sizes), MAX_FILE))
    if length not in sizes:
        raise Refused("malformed")
    coming = _number(headers.get("content-length")) or 0
    if offset + coming > length:
        raise Refused("too_large", limit=length)
    return offset, _wanted(who, sha256, said, length)


def _number(text: str | None) -> int | None:
    usual = text is not None and text.isascii() and text.isdecimal() and len(text) <= DIGITS
    return int(text) if usual and text is not None else None


async def _received(request: Request, upload: Upload) -> int:
    async for piece in request.stream():
        if piece:
            await run_in_threadpool(_translated, lambda piece=piece: upload.write(piece))
    return await run_in_threadpool(_translated, upload.finish)


def _translated(work: Callable[[], T]) -> T:
    """Say as a problem why bytes were not taken; `WrongOffset` passes, its number is needed.

    Raises:
        Refused: superseded, too_large, wrong_hash, wrong_media_type; busy when the disk is full.
    """
    try:
        return work()
    except Superseded as error:
        raise Refused("superseded") from error
    except TooLong as error:
        raise Refused("too_large") from error
    except WrongHash as error:
        raise Refused("wrong_hash") from error
    except WrongType as error:
        raise Refused("wrong_media_type") from error
    except OSError as error:
        log.error("files", errno=error.errno)  # noqa: TRY400 - where a file lies is nobody's business
        raise Refused("busy") from error


def _places(offset: int, length: int) -> dict[str, str]:
    return {**UNKEPT, "Upload-Offset": str(offset), "Upload-Length": str(length)}
