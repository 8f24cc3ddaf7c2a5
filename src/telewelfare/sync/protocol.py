"""The messages between a device and the centre. Knows neither side; `docs/protocol.md` shows each.

`POST /v1/sync` is one round: what the device has goes up, what it should have comes down.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

PROTOCOL: Final = 1
SYNC_PATH: Final = "/v1/sync"
ENROL_PATH: Final = "/v1/enrol"
FILES_PATH: Final = "/v1/files"  # /{sha256}
BUNDLES_PATH: Final = "/v1/bundles"
DEVICES_PATH: Final = "/v1/devices"
HEALTH_PATH: Final = "/healthz"
PROBLEM_TYPE: Final = "application/problem+json"
CONTENT_TYPE: Final = "application/json"
LINES_TYPE: Final = "application/x-ndjson"  # a stream of messages, a line each
PIECE_TYPE: Final = "application/offset+octet-stream"  # of bytes that are appended to a file

MAX_OPERATIONS: Final = 1_000  # in one request
MAX_BODY: Final = 4_000_000  # bytes of one request, as received and after decompression
MAX_RECORDS: Final = 1_000  # in one reply
MAX_CARRIED: Final = 50_000  # operations in one hand-carry bundle
BUNDLE_TYPE: Final = "application/octet-stream"
MAX_FILE: Final = 50_000_000  # bytes of an attachment
MAX_ASKED: Final = 500  # ids in `wants`, numbers in `refused`
SPAN: Final = 64  # records in a check, at most, unless more are asked for
MAX_SPAN: Final = 2_000
MAX_FORMER: Final = 20  # names a device had before

RecordIdText = Annotated[str, Field(pattern=r"^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$")]
LATEST: Final = 250_000_000_000_000  # ms; a moment beyond has no calendar date

Moment = Annotated[int, Field(ge=0, le=LATEST)]
Number = Annotated[int, Field(ge=0, le=2**53)]
OperationNumber = Annotated[int, Field(ge=1, le=2**53)]
KindName = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[a-z][a-z0-9_]*$")]
StampText = Annotated[str, Field(pattern=r"^[0-9a-f]{16}[a-z0-9]{1,16}$")]
PathText = Annotated[str, Field(min_length=1, max_length=200)]


class Message(BaseModel):
    """Fields of a newer version are ignored, never an error."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)


IdBound = Annotated[
    str, Field(max_length=36, pattern=r"^([0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12})?$")
]


class WireOperation(Message):
    """One edit; the device is known from the token."""

    n: OperationNumber
    kind: KindName
    id: RecordIdText
    stamp: StampText
    sets: Annotated[dict[PathText, JsonValue], Field(max_length=2_000)]
    base: dict[PathText, StampText] = {}


class SyncRequest(Message):
    """What a device says at the beginning of a round."""

    protocol: int = PROTOCOL
    cursor: Annotated[str, Field(max_length=200)] = ""  # "" = never synced
    ops: Annotated[tuple[WireOperation, ...], Field(max_length=MAX_OPERATIONS, strict=False)] = ()
    limit: Annotated[int, Field(ge=1, le=MAX_RECORDS)] = MAX_RECORDS
    app: Annotated[str, Field(max_length=40)] = ""
    pending: Annotated[int, Field(ge=0)] = 0  # operations left on the device after this request
    oldest: Annotated[int, Field(ge=0)] | None = None  # when the oldest of them was made, ms
    check: IdBound | None = None  # tell me what I should hold after this id ("" = from the first)
    compare: tuple[IdBound, IdBound] | None = (
        None  # each digest after the first id, up to the second
    )
    wants: Annotated[tuple[RecordIdText, ...], Field(max_length=MAX_ASKED, strict=False)] = ()
    refused: Annotated[tuple[OperationNumber, ...], Field(max_length=MAX_ASKED, strict=False)] = ()
    check_span: Annotated[int, Field(ge=1, le=MAX_SPAN)] = SPAN  # records in `check`, at most
    files: Annotated[int, Field(ge=0)] = 0  # photos and papers that still wait on the device
    repaired: Annotated[int, Field(ge=0)] = 0  # records checks found wrong here and mended, in all
    alone: Annotated[int, Field(ge=0)] = 0  # held here, lost by the centre (an old backup of it)
    pace: Annotated[int, Field(ge=0)] | None = None  # bytes a second the device can receive
    brief: bool = False  # only say how far you are; changes can wait
    unanswered: OperationNumber | None = None  # say again what was refused from here on


class Rejection(Message):
    """An operation the centre will not apply, and why. It stays on the device for a person."""

    n: int
    code: str
    path: str = ""


class RecordDelta(Message):
    """What changed of one record since the cursor.

    `whole`: the paths are all there are, forget others of this record.
    `stamps` has an entry for every path in `sets`.
    """

    kind: str
    id: str
    sets: dict[str, JsonValue]
    stamps: dict[str, str]
    seq: int
    whole: bool = False


class Check(Message):
    """What the device should hold after this page, of the ids in (`after`, `upto`].

    `digest` is the sum, modulo 2**64, of the records' digests, as 16 hex digits.
    An empty `upto` means to the last there is: the next check begins anew. It need not be the id
    of a record.
    """

    after: str
    upto: str
    count: int
    digest: str


class SyncReply(Message):
    """What the centre holds and sends."""

    protocol: int = PROTOCOL
    acknowledged: Number  # every operation up to this number is in the ledger or rejected
    rejected: Annotated[tuple[Rejection, ...], Field(strict=False)] = ()
    changes: Annotated[tuple[RecordDelta, ...], Field(strict=False)] = ()
    removed: Annotated[tuple[str, ...], Field(strict=False)] = ()  # roots out of reach now
    cursor: str
    more: bool = False  # ask again at once
    epoch: str
    now: Moment  # the centre's clock, ms
    left: int = 0  # records still to come after this page, for the progress line
    today_left: int = 0  # of those, how many are of the cases that matter today
    reset: bool = False  # the cursor is not of this ledger: everything comes again
    accepted: Annotated[tuple[int, ...], Field(strict=False)] = ()  # once refused, now taken
    check: Check | None = None
    digests: dict[str, str] | None = None  # what `compare` asked for: record id to digest
    gone: Annotated[tuple[str, ...], Field(strict=False)] = ()  # of `wants`: not yours to hold


class DeviceState(Message):
    """How a device of the centre stands, by what it said itself when it was last heard of."""

    id: str
    worker_id: str
    worker_name: str
    role: str
    name: str = ""
    app: str = ""
    enrolled_at: Moment
    last_seen: Moment | None = None  # None = it never synced
    pending: Number = 0  # operations that wait there
    oldest: Moment | None = None  # when the first of them was made
    files: Number = 0  # that wait there
    repaired: Number = 0  # records that checks found wrong there, and mended
    alone: Number = 0  # records that the centre does not know


class DevicesReply(Message):
    """What `GET /v1/devices` gives: every device of the centre that may sync."""

    devices: Annotated[tuple[DeviceState, ...], Field(strict=False)] = ()
    now: Moment  # the centre's clock, ms


FormerId = Annotated[str, Field(max_length=40)]


class EnrolRequest(Message):
    """A device presents an invitation and the public half of the key it just made.

    `former`: what this device was called before, when it is let in again with its work.
    """

    protocol: int = PROTOCOL
    code: Annotated[str, Field(min_length=1, max_length=64)]
    public_key: Annotated[str, Field(min_length=43, max_length=88)]  # Ed25519, base64url
    name: Annotated[str, Field(max_length=100)] = ""  # of the device: "Android 13"
    app: Annotated[str, Field(max_length=40)] = ""
    worker: Annotated[str, Field(max_length=40)] = ""  # let in again: for nobody else; "" = anybody
    former: Annotated[tuple[FormerId, ...], Field(max_length=MAX_FORMER, strict=False)] = ()


class EnrolReply(Message):
    """Who this device works for from now on."""

    device: str
    token: str
    epoch: str
    centre: str
    centre_name: str
    centre_key: str  # X25519 public key, base64url: what is sealed to it only the centre opens
    worker: str
    worker_name: str
    role: str
    areas: Annotated[tuple[str, ...], Field(strict=False)]
    now: Moment
    held: dict[str, Number] = {}  # of `former` that the centre knows: acknowledged up to here


class Bundle(Message):
    """What a device writes into a hand-carry bundle, before it is packed, signed and sealed.

    The operations are those of a round; `left` more did not go into this file.
    """

    protocol: int = PROTOCOL
    centre: Annotated[str, Field(max_length=10)]
    device: Annotated[str, Field(max_length=40)]
    made: Moment
    app: Annotated[str, Field(max_length=40)] = ""
    ops: Annotated[tuple[WireOperation, ...], Field(max_length=MAX_CARRIED, strict=False)]
    left: Annotated[int, Field(ge=0)] = 0


class BundleReply(Message):
    """All that whoever carried a bundle is told: `taken`, `unreadable` or `other_centre`."""

    outcome: str


class Problem(Message):
    """Why a request was refused (RFC 9457). Nothing was changed."""

    type: str = "about:blank"
    title: str
    status: int
    code: str
    limit: int | None = None
    next: int | None = None  # after a gap: the operation number the centre expects
    other: int | None = None  # and the first sent that stands for other work there, if one does


ProblemCode = Literal[
    "malformed",
    "stalled",
    "wrong_content_type",
    "unknown_coding",
    "too_large",
    "unauthorised",
    "revoked",
    "invitation_unknown",
    "invitation_used",
    "invitation_expired",
    "invitation_other",
    "gap",
    "app_too_old",
    "busy",
    "forbidden",
    "not_found",
    "method_not_allowed",
    "no_file",
    "wrong_offset",
    "superseded",
    "wrong_hash",
    "wrong_media_type",
    "server_fault",
]
