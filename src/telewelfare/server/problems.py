"""Why a request is refused: RFC 9457 documents, the same shape for every refusal."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from starlette.responses import Response

from telewelfare.sync.codec import dump
from telewelfare.sync.protocol import PROBLEM_TYPE, Problem, ProblemCode
from telewelfare.sync.stream import LINE_CODINGS

# For whoever reads a log or writes a client; the app has its own sentence for each code.
KNOWN: Final[dict[ProblemCode, tuple[HTTPStatus, str]]] = {
    "malformed": (HTTPStatus.UNPROCESSABLE_ENTITY, "The body is not what this address takes"),
    "stalled": (HTTPStatus.REQUEST_TIMEOUT, "Nothing came for too long"),
    "wrong_content_type": (
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        "The body must be JSON, or lines of it",
    ),
    "unknown_coding": (
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        "Use a coding of Accept-Encoding, or none",
    ),
    "too_large": (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The body is larger than the limit"),
    "unauthorised": (HTTPStatus.UNAUTHORIZED, "No device has this token"),
    "revoked": (HTTPStatus.FORBIDDEN, "This device or its worker was shut out"),
    "invitation_unknown": (HTTPStatus.FORBIDDEN, "There is no such invitation"),
    "invitation_used": (HTTPStatus.GONE, "The invitation was used already"),
    "invitation_expired": (HTTPStatus.GONE, "The invitation is too old"),
    "invitation_other": (HTTPStatus.FORBIDDEN, "The invitation is for another worker"),
    "gap": (HTTPStatus.CONFLICT, "Operations are missing before the first one"),
    "app_too_old": (HTTPStatus.UPGRADE_REQUIRED, "This version of the protocol is not spoken"),
    "busy": (HTTPStatus.SERVICE_UNAVAILABLE, "Try again in a moment"),
    "forbidden": (HTTPStatus.FORBIDDEN, "Your role does not look after this"),
    "not_found": (HTTPStatus.NOT_FOUND, "There is nothing at this address"),
    "method_not_allowed": (HTTPStatus.METHOD_NOT_ALLOWED, "This address takes another method"),
    "no_file": (HTTPStatus.NOT_FOUND, "No such file for this device, or not here yet"),
    "wrong_offset": (HTTPStatus.CONFLICT, "The file does not end at Upload-Offset"),
    "superseded": (HTTPStatus.CONFLICT, "A later request goes on with this file"),
    "wrong_hash": (HTTPStatus.UNPROCESSABLE_ENTITY, "These bytes are another file; begin anew"),
    "wrong_media_type": (HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Not what its record says it is"),
    "server_fault": (HTTPStatus.INTERNAL_SERVER_ERROR, "The centre failed; nothing was changed"),
}

RETRY_SECONDS: Final = "5"


class Refused(Exception):
    """A request that is answered with a problem document. Nothing of it was kept."""

    def __init__(
        self,
        code: ProblemCode,
        *,
        status: HTTPStatus | None = None,
        limit: int | None = None,
        next_n: int | None = None,
        other: int | None = None,
    ) -> None:
        """`status` where it is not the usual one of the code."""
        super().__init__(code)
        usual, title = KNOWN[code]
        self.problem = Problem(
            title=title, status=status or usual, code=code, limit=limit, next=next_n, other=other
        )


def answer(refused: Refused) -> Response:
    """The problem as a response."""
    problem = refused.problem
    headers = {}
    if problem.code == "unauthorised":
        headers["WWW-Authenticate"] = "Bearer"
    if problem.code == "busy":
        headers["Retry-After"] = RETRY_SECONDS
    if problem.code == "unknown_coding":
        headers["Accept-Encoding"] = LINE_CODINGS  # RFC 7694; x-tw1 for lines only
    if problem.code == "stalled":
        headers["Connection"] = "close"
    body = dump(problem.model_dump(exclude_none=True))
    return Response(body, problem.status, headers, media_type=PROBLEM_TYPE)
