"""What can go wrong between a device and the centre, and what each thing that happens means.

SyncError               the round could not finish; nothing was lost
├── Offline             no answer: no network, or the centre is away; try later
│   ├── NameUnknown     there is a network, but it does not know the centre's name
│   ├── Slow            the connection stands, but nothing comes through in time
│   └── CentreDown      a gateway answered in place of a centre that is down
├── CaptivePortal       somebody else answered: a Wi-Fi that wants a sign-in
├── ClockWrong          the connection cannot be trusted because our clock is off
├── Untrusted           the certificate is not the centre's, or TLS failed otherwise
├── SignedOut           the centre does not accept our token
├── Revoked             this device may not work for the centre any more
├── Refused             an invitation that does not count
├── Gap                 the centre lacks operations that it once acknowledged
├── TooLarge            the request is larger than the centre takes
├── Busy                the centre asks us to come back later
├── AppTooOld           the centre speaks a newer protocol only
├── UnknownForm         the centre does not know this form of body; another is used next
├── CentreTooOld        the centre does not know our protocol yet
└── CentreFault         an answer, but not in our protocol
"""

from __future__ import annotations

import socket
import ssl
from http import HTTPStatus
from typing import Any, Final, TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from telewelfare.sync.protocol import PROBLEM_TYPE, PROTOCOL, Problem

M = TypeVar("M", bound=BaseModel)

WAIT: Final = 60.0  # seconds, when we are asked to come back later without saying when
LONGEST_WAIT: Final = 3_600.0
CUT_OFF: Final = (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError)  # the line broke
ROUTES: Final = (  # addresses for documentation: nobody is there, and nothing is sent
    (socket.AF_INET, "192.0.2.1"),
    (socket.AF_INET6, "2001:db8::1"),
)


class SyncError(Exception):
    """A round could not finish. The outbox is untouched; `code` names a sentence for the user."""

    code = "fault"


class Offline(SyncError):
    """No answer: no network, or the centre is away. Try later."""

    code = "offline"


class NameUnknown(Offline):
    """There is a network, but it does not know the centre's name."""

    code = "dns"


class Slow(Offline):
    """Connected, or nearly, but nothing comes through in time."""

    code = "slow"


class CentreDown(Offline):
    """A gateway answered in the centre's place, which is down."""

    code = "centre_down"


class CaptivePortal(SyncError):
    """Somebody else answered, as a Wi-Fi does that wants a sign-in first."""

    code = "captive_portal"


class ClockWrong(SyncError):
    """The certificate is not valid at the time our clock shows."""

    code = "clock"


class Untrusted(SyncError):
    """The certificate is not the centre's, or TLS failed otherwise. Nothing was sent."""

    code = "tls"


class SignedOut(SyncError):
    """The centre does not accept our token. Only people can mend this."""

    code = "signed_out"


class Revoked(SyncError):
    """This device may not work for the centre any more."""

    code = "revoked"


class Refused(SyncError):
    """The invitation does not count: unknown, used, or too old."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Gap(SyncError):
    """Device and centre do not count alike: the centre expects number `next`.

    It lacks operations that it once had, or number `other` stands for other work there.
    """

    code = "gap"

    def __init__(self, next_number: int, other: int | None = None) -> None:
        super().__init__(str(next_number))
        self.next, self.other = next_number, other


class TooLarge(SyncError):
    """The request is larger than the centre takes. Send less at once."""

    code = "too_large"


class Busy(SyncError):
    """The centre asks us to come back after `wait` seconds."""

    code = "busy"

    def __init__(self, wait: float) -> None:
        super().__init__(str(wait))
        self.wait = wait


class AppTooOld(SyncError):
    """The centre has moved on; the app must be renewed. Nothing is lost meanwhile."""

    code = "app_too_old"


class CentreTooOld(SyncError):
    """The centre does not know our protocol yet."""

    code = "centre_too_old"


class UnknownForm(SyncError):
    """The centre does not know the form of the body, or (`lines`) no streams at all."""

    code = "fault"

    def __init__(self, *, lines: bool) -> None:
        super().__init__("lines" if lines else "coding")
        self.lines = lines


class CentreFault(SyncError):
    """An answer, but not one we can use. Trying again at once is useless."""

    code = "fault"


def retry_after(headers: httpx.Headers) -> float | None:
    """Seconds the other side asks us to wait; `None` when it does not say, or says a date."""
    told = headers.get("retry-after", "").strip()
    if not (told.isascii() and told.isdecimal()):
        return None
    return min(max(float(told[:9]), 1.0), LONGEST_WAIT)


def unreachable(error: httpx.TransportError) -> SyncError:
    """What a failure of httpx means to a device."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            late_or_early = cause.verify_code in {9, 10}  # not yet valid, expired (OpenSSL)
            return ClockWrong() if late_or_early else Untrusted("certificate")
        if isinstance(cause, ssl.SSLError) and not isinstance(cause, CUT_OFF):
            return Untrusted(cause.reason or "ssl")
        if isinstance(cause, socket.gaierror):
            return NameUnknown() if has_route() else Offline("no route")
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, httpx.TimeoutException):
        return Slow(type(error).__name__)
    return Offline(type(error).__name__)


def has_route() -> bool:
    """Whether this machine has a network at all; looks into its own tables, sends nothing."""
    return any(_routed(family, to) for family, to in ROUTES)


def _routed(family: int, to: str) -> bool:
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as asking:
            asking.connect((to, 53))
    except OSError:
        return False
    return True


def refusal(status: int, kind: str, plain: bytes, wait: float | None = None) -> SyncError:
    """What an answer that is not a success means."""
    if kind != PROBLEM_TYPE:
        return _from_a_stranger(status, wait)
    return refused(parse(plain, Problem), wait)


def refused(problem: Problem, wait: float | None = None) -> SyncError:
    """What a problem of the centre means."""
    named: dict[str, SyncError] = {
        "unauthorised": SignedOut(),
        "revoked": Revoked(),
        "too_large": TooLarge(),
        "busy": Busy(wait or WAIT),
        "app_too_old": AppTooOld(),
        "not_found": CentreTooOld(),
        "gap": Gap(problem.next or 1, problem.other),
        "unknown_coding": UnknownForm(lines=False),
        "wrong_content_type": UnknownForm(lines=True),
        "stalled": Slow("stalled"),
    }
    if problem.code.startswith("invitation_"):
        return Refused(problem.code)
    return named.get(problem.code) or CentreFault(f"{problem.status} {problem.code}")


def _from_a_stranger(status: int, wait: float | None = None) -> SyncError:
    """An answer without our problem document: a gateway, or a portal's page."""
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return Busy(wait or WAIT)
    if status == HTTPStatus.SERVICE_UNAVAILABLE and wait:
        return Busy(wait)
    if status in {
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    }:
        return CentreDown(str(status))
    if status == HTTPStatus.NETWORK_AUTHENTICATION_REQUIRED:
        return CaptivePortal(str(status))
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return CentreFault(str(status))
    return CaptivePortal(str(status))


def parse(plain: bytes, expected: type[M]) -> M:
    """A message of the centre, or a newer version of one, or none.

    Raises:
        AppTooOld, CentreFault
    """
    try:
        parsed: Any = expected.model_validate_json(plain)
    except ValidationError as error:
        if _protocol_of(plain) > PROTOCOL:
            raise AppTooOld from error
        raise CentreFault(f"not a {expected.__name__}") from error
    if getattr(parsed, "protocol", PROTOCOL) > PROTOCOL:
        raise AppTooOld
    found: M = parsed
    return found


class _Spoken(BaseModel):
    """Of a message that we cannot read, the version it was written in."""

    protocol: int = PROTOCOL


def _protocol_of(plain: bytes) -> int:
    try:
        return _Spoken.model_validate_json(plain).protocol
    except ValidationError:
        return PROTOCOL
