"""The network ends here: httpx on one side, messages and `SyncError` on the other.

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
├── CentreTooOld        the centre does not know our protocol yet
└── CentreFault         an answer, but not in our protocol
"""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final, TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from telewelfare.sync import codec
from telewelfare.sync.protocol import (
    BUNDLE_TYPE,
    BUNDLES_PATH,
    CONTENT_TYPE,
    ENROL_PATH,
    MAX_BODY,
    PROBLEM_TYPE,
    PROTOCOL,
    SYNC_PATH,
    BundleReply,
    EnrolReply,
    EnrolRequest,
    Problem,
    SyncReply,
    SyncRequest,
)

TIMEOUT: Final = httpx.Timeout(30.0, connect=10.0)
MAX_REPLY: Final = 64 * MAX_BODY
WAIT: Final = 60.0  # seconds, when we are asked to come back later without saying when
LONGEST_WAIT: Final = 3_600.0
CUT_OFF: Final = (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError)  # the line broke
ROUTES: Final = (  # addresses for documentation: nobody is there, and nothing is sent
    (socket.AF_INET, "192.0.2.1"),
    (socket.AF_INET6, "2001:db8::1"),
)

M = TypeVar("M", bound=BaseModel)


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
    """The centre lacks operations from number `next` on, though it once had them."""

    code = "gap"

    def __init__(self, next_number: int) -> None:
        super().__init__(str(next_number))
        self.next = next_number


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


class CentreFault(SyncError):
    """An answer, but not one we can use. Trying again at once is useless."""

    code = "fault"


@dataclass(slots=True)
class Traffic:
    """What went over the wire: bodies and headers, without TLS and TCP."""

    bytes_up: int = 0
    bytes_down: int = 0
    requests: int = 0


class Central:
    """The centre, as a device sees it."""

    def __init__(self, http: httpx.AsyncClient, token: str = "") -> None:
        self._http = http
        self._token = token
        self.traffic = Traffic()

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

    async def carry(self, bundle: bytes) -> str:
        """Give the centre a bundle that somebody else sealed; what it says became of it.

        Raises:
            SyncError: giving it again is safe.
        """
        headers = {"Content-Type": BUNDLE_TYPE, "Authorization": f"Bearer {self._token}"}
        told = await self._exchange(BUNDLES_PATH, bundle, headers)
        return _understood(BUNDLES_PATH, told, BundleReply).outcome

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
        self, path: str, body: bytes, headers: dict[str, str]
    ) -> tuple[int, str, bytes, float | None]:
        """Status, content type, unpacked body, seconds the other side asks us to wait."""
        request = self._http.build_request("POST", path, content=body, headers=headers)
        self.traffic.requests += 1
        self.traffic.bytes_up += len(body) + _header_bytes(request.headers)
        try:
            response = await self._http.send(request, stream=True)
            try:
                raw = await _read(response)
            finally:
                await response.aclose()
        except httpx.TransportError as error:
            raise _unreachable(error) from error
        self.traffic.bytes_down += len(raw) + _header_bytes(response.headers)
        kind = response.headers.get("content-type", "").split(";")[0].strip()
        plain = _unpacked(raw, response.headers)
        return response.status_code, kind, plain, _retry_after(response.headers)


def _understood(path: str, told: tuple[int, str, bytes, float | None], expected: type[M]) -> M:
    status, kind, plain, wait = told
    if status != HTTPStatus.OK:
        raise _refusal(status, kind, plain, wait)
    if kind != CONTENT_TYPE:
        raise CaptivePortal(f"{path} answered {kind}")
    return _parse(plain, expected)


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


def _header_bytes(headers: httpx.Headers) -> int:
    return sum(len(name) + len(value) + 4 for name, value in headers.raw)


def _retry_after(headers: httpx.Headers) -> float | None:
    """Seconds the other side asks us to wait; `None` when it does not say, or says a date."""
    told = headers.get("retry-after", "").strip()
    if not (told.isascii() and told.isdecimal()):
        return None
    return min(max(float(told[:9]), 1.0), LONGEST_WAIT)


def _unreachable(error: httpx.TransportError) -> SyncError:
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


def _refusal(status: int, kind: str, plain: bytes, wait: float | None = None) -> SyncError:
    if kind != PROBLEM_TYPE:
        return _from_a_stranger(status, wait)
    problem = _parse(plain, Problem)
    named: dict[str, SyncError] = {
        "unauthorised": SignedOut(),
        "revoked": Revoked(),
        "too_large": TooLarge(),
        "busy": Busy(wait or WAIT),
        "app_too_old": AppTooOld(),
        "not_found": CentreTooOld(),
        "gap": Gap(problem.next or 1),
    }
    if problem.code.startswith("invitation_"):
        return Refused(problem.code)
    return named.get(problem.code) or CentreFault(f"{status} {problem.code}")


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


def _parse(plain: bytes, expected: type[M]) -> M:
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
