"""What the centre stores. Every key begins with the centre, so that a nation can be spread by it.

Tables are storage only: sqlmodel does not validate them, `protocol` and `domain` do.
Moments are milliseconds since 1970, as everywhere on the wire.
"""

from __future__ import annotations

from typing import Any, ClassVar, Final

from sqlalchemy import JSON, BigInteger, Index, MetaData, String, Table, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine
from sqlmodel import Field, SQLModel

METADATA: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
ZERO: Final = {"server_default": "0"}  # of a column that was added later
DOCUMENT: Final[TypeEngine[Any]] = JSON().with_variant(JSONB(), "postgresql")

# Everything the feed asks before it knows what to send: read from the index, without the bodies
# (a first page of 30,000 records: 0.08 s instead of 0.8 s).
FEED: Final = ("centre_id", "seq", "id", "kind", "root", "area", "sealed", "created_by")


class Base(SQLModel):
    """Metadata of its own: a device's tables may live in the same process."""

    metadata: ClassVar[MetaData] = METADATA


class Centre(Base, table=True):
    """`seq` is the newest number of its ledger, `chain` the hash of that row."""

    id: str = Field(primary_key=True)
    name: str
    seq: int = Field(sa_type=BigInteger)
    epoch: str  # another one after a restore: devices then ask for everything again
    chain: str
    public_key: str  # X25519, base64url


class Worker(Base, table=True):
    """Who works for the centre."""

    centre_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    name: str
    role: str
    areas: list[str] = Field(sa_type=DOCUMENT)
    position: str = ""
    sdhsv_id: str = ""
    active: bool = True


class Device(Base, table=True):
    """`acknowledged`: every operation up to this number was taken or refused.

    What it said last of itself: `pending` operations and `files` that wait there, records that
    checks `repaired`, records that it holds `alone`.
    """

    __table_args__ = (UniqueConstraint("token_hash"), Index(None, "centre_id", "worker_id"))

    centre_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    worker_id: str
    public_key: str  # Ed25519, base64url
    token_hash: str  # SHA-256
    name: str
    app: str
    enrolled_at: int = Field(sa_type=BigInteger)
    revoked_at: int | None = Field(default=None, sa_type=BigInteger)
    last_seen: int | None = Field(default=None, sa_type=BigInteger)
    acknowledged: int = Field(default=0, sa_type=BigInteger)
    pending: int = Field(default=0, sa_type=BigInteger)
    oldest: int | None = Field(default=None, sa_type=BigInteger)
    files: int = Field(default=0, sa_type=BigInteger, sa_column_kwargs=ZERO)  # waiting there
    repaired: int = Field(default=0, sa_type=BigInteger, sa_column_kwargs=ZERO)
    last_repair: int | None = Field(default=None, sa_type=BigInteger)
    alone: int = Field(default=0, sa_type=BigInteger, sa_column_kwargs=ZERO)


class Invitation(Base, table=True):
    """A code that lets one device in, once."""

    __table_args__ = (UniqueConstraint("code_hash"),)

    centre_id: str = Field(primary_key=True)
    code_hash: str = Field(primary_key=True)
    worker_id: str
    expires_at: int = Field(sa_type=BigInteger)
    used_at: int | None = Field(default=None, sa_type=BigInteger)
    device_id: str | None = None


class Ledger(Base, table=True):
    """Everything that was ever done, in the centre's order: the audit log.

    `sets` is kept as the text that was hashed: JSONB would write 1e16 another way.
    """

    __table_args__ = (
        UniqueConstraint("centre_id", "device", "n"),
        Index(None, "centre_id", "record_id"),
    )

    centre_id: str = Field(primary_key=True)
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    device: str
    n: int = Field(sa_type=BigInteger)  # of the centre's own rows: `seq`
    kind: str
    record_id: str
    worker_id: str
    stamp: str
    sets: str = Field(sa_type=Text)
    received_at: int = Field(sa_type=BigInteger)
    hash: str


class Record(Base, table=True):
    """`current` values; `versions` of their paths, see `versions`.

    `root` is the case a record belongs to, else its own id. `seq`: its newest number, `writer` the
    device of that edit, the centre if everybody must be sent it; `others_seq`: the newest that is not
    the writer's. `whole_seq`: since when whoever has it in scope must be sent all of it.
    """

    __table_args__ = (
        Index("ix_record_feed", *FEED),
        Index(None, "centre_id", "root"),
        Index(None, "centre_id", "about"),
    )

    centre_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    kind: str
    root: str
    area: str | None = None
    case_id: str | None = None
    about: str | None = None  # of a conflict: the record it is about; of a contact: its partner
    sealed: bool = False  # its case is kept from field roles
    seq: int = Field(sa_type=BigInteger)
    created_seq: int = Field(sa_type=BigInteger)
    whole_seq: int = Field(sa_type=BigInteger)
    writer: str
    others_seq: int = Field(sa_type=BigInteger)
    created_by: str
    created_device: str
    current: dict[str, Any] = Field(sa_type=DOCUMENT)
    versions: dict[str, Any] = Field(sa_type=DOCUMENT)


class Link(Base, table=True):
    """The client and the household of a case: whoever reaches the case reaches them."""

    __table_args__ = (Index(None, "centre_id", "root"),)

    centre_id: str = Field(primary_key=True)
    case_id: str = Field(primary_key=True)
    root: str = Field(primary_key=True)


class Reach(Base, table=True):
    """A worker who wrote a root or was given it."""

    __table_args__ = (Index(None, "centre_id", "worker_id", "since_seq"),)

    centre_id: str = Field(primary_key=True)
    root: str = Field(primary_key=True)
    worker_id: str = Field(primary_key=True)
    since_seq: int = Field(sa_type=BigInteger)


class Gain(Base, table=True):
    """A record that came within a worker's reach at `seq`, though nothing of it was written then."""

    __table_args__ = (Index(None, "centre_id", "worker_id", "seq", "record_id"),)

    centre_id: str = Field(primary_key=True)
    worker_id: str = Field(primary_key=True)
    record_id: str = Field(primary_key=True)
    seq: int = Field(sa_type=BigInteger)


class Removal(Base, table=True):
    """A root, with all that belongs to it, or a single record that went out of a worker's reach."""

    centre_id: str = Field(primary_key=True)
    worker_id: str = Field(primary_key=True)
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    root: str = Field(primary_key=True)


class HeadStart(Base, table=True):
    """Roots that a device's first sync brings first. `upto_seq`: the ledger when it began."""

    __tablename__ = "head_start"

    centre_id: str = Field(primary_key=True)
    device: str = Field(primary_key=True)
    root: str = Field(primary_key=True)
    upto_seq: int = Field(sa_type=BigInteger)
    rank: int


class Quarantine(Base, table=True):
    """A refused operation, whole, for a person to look at. `body` is its JSON, ASCII only."""

    centre_id: str = Field(primary_key=True)
    device: str = Field(primary_key=True)
    n: int = Field(primary_key=True, sa_type=BigInteger)
    code: str
    path: str = Field(sa_type=String)
    body: str = Field(sa_type=Text)
    received_at: int = Field(sa_type=BigInteger)
    rules: str = Field(default="", sa_column_kwargs={"server_default": ""})  # that refused it


class Likeness(Base, table=True):
    """What a record shares with others that may be the same: digests, for an indexed look-up."""

    __table_args__ = (Index(None, "centre_id", "record_id"),)

    centre_id: str = Field(primary_key=True)
    digest: str = Field(primary_key=True)
    record_id: str = Field(primary_key=True)


class CaseCounter(Base, table=True):
    """The last case number given out in a fiscal year."""

    __tablename__ = "case_counter"

    centre_id: str = Field(primary_key=True)
    fiscal_year: int = Field(primary_key=True)
    last: int


class FileName(Base, table=True):
    """An attachment that names a file. The record says what it is; this only finds it."""

    __tablename__ = "file_name"

    centre_id: str = Field(primary_key=True)
    sha256: str = Field(primary_key=True)
    record_id: str = Field(primary_key=True)


class Carried(Base, table=True):
    """An operation of a hand-carry bundle that cannot be appended yet, or only by a person, whole.

    `code`: `early`, `revoked`, `other_work`. `bundle` is the bundle's random id.
    """

    centre_id: str = Field(primary_key=True)
    device: str = Field(primary_key=True)
    n: int = Field(primary_key=True, sa_type=BigInteger)
    bundle: str = Field(primary_key=True)
    code: str
    body: str = Field(sa_type=Text)
    received_at: int = Field(sa_type=BigInteger)


def _table(name: str) -> Table:
    return METADATA.tables[name]


CENTRE: Final = _table("centre")
WORKER: Final = _table("worker")
DEVICE: Final = _table("device")
INVITATION: Final = _table("invitation")
LEDGER: Final = _table("ledger")
RECORD: Final = _table("record")
LINK: Final = _table("link")
REACH: Final = _table("reach")
GAIN: Final = _table("gain")
REMOVAL: Final = _table("removal")
HEAD_START: Final = _table("head_start")
QUARANTINE: Final = _table("quarantine")
LIKENESS: Final = _table("likeness")
CASE_COUNTER: Final = _table("case_counter")
FILE_NAME: Final = _table("file_name")
CARRIED: Final = _table("carried")
