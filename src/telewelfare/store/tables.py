"""The device's tables. They never leave this package; `docs/database.md` says what each is for."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, LargeBinary
from sqlmodel import Field, SQLModel


class RecordRow(SQLModel, table=True):
    """A record: in clear only what the device must sort, filter and sync by."""

    __tablename__ = "record"
    __table_args__ = (
        Index("record_by_kind", "kind", "updated_at"),
        Index("record_by_case", "case_id"),
    )

    id: str = Field(primary_key=True)
    kind: str
    area: str = ""
    case_id: str = ""
    state: str = ""
    urgency: str = ""
    due_at: int | None = Field(default=None, sa_column=Column(BigInteger))  # ms
    updated_at: int = Field(sa_column=Column(BigInteger, nullable=False))  # ms
    seq: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))  # 0 = never confirmed
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))  # sealed {values, stamps}


class OperationRow(SQLModel, table=True):
    """An edit: pending until a reply names its number, then kept a while as acknowledged."""

    __tablename__ = "operation"
    __table_args__ = (
        Index("operation_by_state", "state", "n"),
        Index("operation_by_record", "record_id"),
    )

    n: int = Field(primary_key=True)
    record_id: str
    kind: str
    made_at: int = Field(sa_column=Column(BigInteger, nullable=False))  # ms
    state: str  # pending, acknowledged, rejected
    code: str = ""  # why it was rejected
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))  # sealed {stamp, sets, base}


class OutgoingRow(SQLModel, table=True):
    """A file of this device: waiting until the centre says that it has all of it."""

    __tablename__ = "outgoing"
    __table_args__ = (Index("outgoing_by_state", "state"),)

    sha256: str = Field(primary_key=True)
    record_id: str
    size: int = Field(sa_column=Column(BigInteger, nullable=False))  # bytes
    small: bool  # the picture that travels ahead
    made_at: int = Field(sa_column=Column(BigInteger, nullable=False))  # ms
    state: str  # waiting, at_centre, refused
    code: str = ""  # why it was refused
    tries: int = 0
    not_before: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))  # ms


class MetaRow(SQLModel, table=True):
    """Small values of the device; secrets among them are sealed."""

    __tablename__ = "meta"

    key: str = Field(primary_key=True)
    value: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
