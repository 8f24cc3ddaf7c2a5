"""A line of a body: one message as JSON, its rows as columns, with a sum that shows a flipped bit."""

from __future__ import annotations

import json
import zlib
from typing import Any, Final, NoReturn, TypeVar

from pydantic import ValidationError

from telewelfare.sync.codec import TooLarge
from telewelfare.sync.columns import (
    pack_changes,
    pack_operations,
    unpack_changes,
    unpack_operations,
)
from telewelfare.sync.protocol import (
    MAX_BODY,
    MAX_OPERATIONS,
    MAX_RECORDS,
    Message,
    Problem,
    SyncReply,
    SyncRequest,
)
from telewelfare.sync.stream import in_thai
from telewelfare.sync.values import Misshapen, Oversized

SUM: Final = ',"sum":"'
TAIL: Final = len(SUM) + 8 + 2  # characters of the sum at the end of a line
MAX_REPLY_LINE: Final = 16 * MAX_BODY  # bytes of one reply line, unpacked

M = TypeVar("M", bound=Message)


class BadLine(Exception):
    """This is no line of ours. `protocol` is the version it was written in, if it says."""

    def __init__(self, why: str, protocol: int | None = None) -> None:
        super().__init__(why)
        self.protocol = protocol


class ProblemLine(Exception):
    """The other side could not go on."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


def request_line(request: SyncRequest) -> str:
    """A request as a line."""
    told = request.model_dump(exclude={"ops"}, exclude_defaults=True)
    told = {"protocol": request.protocol, **told}
    return _line(told | ({"ops": pack_operations(request.ops)} if request.ops else {}))


def reply_line(reply: SyncReply) -> str:
    """A reply as a line."""
    told = reply.model_dump(exclude={"changes"}, exclude_defaults=True)
    told = {"protocol": reply.protocol, **told}
    return _line(told | ({"changes": pack_changes(reply.changes)} if reply.changes else {}))


def problem_line(problem: Problem) -> str:
    """Why a stream ends before its time."""
    return _line({"problem": problem.model_dump(exclude_none=True)})


def read_request(line: str) -> SyncRequest:
    """Undo `request_line`.

    Raises:
        BadLine
        TooLarge: its columns stand for more than a body may hold.
    """
    told = _told(line)
    try:
        if "ops" in told:
            told["ops"] = unpack_operations(told["ops"], MAX_OPERATIONS, MAX_BODY)
        return _read(told, SyncRequest)
    except Oversized as error:
        raise TooLarge from error
    except Misshapen as error:
        raise BadLine("columns", _spoken(told)) from error


def read_reply(line: str) -> SyncReply:
    """Undo `reply_line`.

    Raises:
        BadLine
        ProblemLine: it is no reply, but says why there is none.
    """
    told = _told(line)
    if "problem" in told:
        raise ProblemLine(_read(told["problem"], Problem))
    try:
        if "changes" in told:
            told["changes"] = unpack_changes(told["changes"], MAX_RECORDS, MAX_REPLY_LINE)
        return _read(told, SyncReply)
    except Misshapen as error:
        raise BadLine("columns", _spoken(told)) from error


def _line(told: dict[str, Any]) -> str:
    text = in_thai(json.dumps(told, ensure_ascii=False, separators=(",", ":")))
    return f'{text[:-1]}{SUM}{_sum(text[:-1])}"}}'


def _sum(text: str) -> str:
    return f"{zlib.crc32(text.encode('utf-8', 'surrogatepass')):08x}"


def _told(line: str) -> dict[str, Any]:
    """The object of a line; its sum, where it has one, is right."""
    if line[-TAIL:].startswith(SUM) and _sum(line[:-TAIL]) != line[-10:-2]:
        raise BadLine("sum")
    try:
        told = json.loads(line, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise BadLine("json") from error
    if not isinstance(told, dict):
        raise BadLine("object")
    told.pop("sum", None)
    return told


def _no_number(constant: str) -> NoReturn:
    raise ValueError(constant)


def _read(told: object, message: type[M]) -> M:
    """Text is validated, not objects: strictness then means what JSON has, as in the other form."""
    try:
        text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
        return message.model_validate_json(text.encode())
    except (ValidationError, ValueError, RecursionError) as error:
        raise BadLine(message.__name__, _spoken(told)) from error


def _spoken(told: object) -> int | None:
    spoken = told.get("protocol") if isinstance(told, dict) else None
    return spoken if type(spoken) is int else None
