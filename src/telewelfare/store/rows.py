"""Records and operations as rows of one open transaction: sealing on the way in, opening on the way out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import Connection, Row
from sqlalchemy.dialects.sqlite import insert
from sqlmodel import SQLModel

from telewelfare.domain.clock import Millis, Stamp, parse_stamp
from telewelfare.domain.fields import Path, Values
from telewelfare.domain.ids import DeviceId, RecordId
from telewelfare.domain.kinds import KINDS
from telewelfare.domain.operations import Operation, Record
from telewelfare.domain.tasks import case_due
from telewelfare.store import tables
from telewelfare.store.seal import Seal

PENDING: Final = "pending"
ACKNOWLEDGED: Final = "acknowledged"
REJECTED: Final = "rejected"

records = SQLModel.metadata.tables[tables.RecordRow.__tablename__]
operations = SQLModel.metadata.tables[tables.OperationRow.__tablename__]
meta = SQLModel.metadata.tables[tables.MetaRow.__tablename__]


class Rows:
    """The device's rows, seen through one transaction."""

    def __init__(self, db: Connection, seal: Seal, device: DeviceId) -> None:
        self.db = db
        self._seal = seal
        self._device = device

    def load(self, record: str) -> Record | None:
        """One record, opened."""
        row = self.db.execute(records.select().where(records.c.id == record)).first()
        return None if row is None else self.record(row)

    def record(self, row: Row[Any]) -> Record:
        """Open a row of `record`."""
        body = self._seal.open_json(row.body, f"{row.kind}:{row.id}")
        return Record(row.kind, RecordId(row.id), body["v"], body["s"])

    def operation(self, row: Row[Any]) -> Operation:
        """Open a row of `operation`."""
        body = self._seal.open_json(row.body, f"op:{row.n}")
        sets, base = body["v"], body["b"]
        return Operation(
            self._device, row.n, row.kind, RecordId(row.record_id), body["t"], sets, base
        )

    def store(self, record: Record, now: Millis, seq: int | None = None) -> None:
        """Write a record; `seq` is the centre's number for it, if this comes from the centre."""
        body = {"v": record.values, "s": record.stamps}
        row: dict[str, object] = {
            "id": record.id,
            "kind": record.kind,
            "updated_at": now,
            "body": self._seal.close_json(body, f"{record.kind}:{record.id}"),
            **_clear(record),
        }
        if seq is not None:
            row["seq"] = seq
        values = insert(records).values(**{"seq": 0, **row})
        self.db.execute(values.on_conflict_do_update(index_elements=["id"], set_=row))

    def file(self, op: Operation, now: Millis) -> None:
        """Keep an operation until the centre has named it."""
        body = {"t": op.stamp, "v": op.sets, "b": op.base}
        row = {
            "n": op.n,
            "record_id": op.record,
            "kind": op.kind,
            "made_at": now,
            "state": PENDING,
            "code": "",
            "body": self._seal.close_json(body, f"op:{op.n}"),
        }
        self.db.execute(insert(operations).values(**row))

    def pending_of(self, record: str) -> Iterable[Operation]:
        """What the centre has not been told of a record, oldest first."""
        mine = (operations.c.record_id == record) & (operations.c.state == PENDING)
        query = operations.select().where(mine).order_by(operations.c.n)
        return (self.operation(row) for row in self.db.execute(query))

    def pending_moves_of(self, case: str) -> Iterable[Operation]:
        """Status events of a case that the centre has not been told of, oldest first."""
        mine = (
            (operations.c.state == PENDING)
            & (operations.c.kind == "status_event")
            & operations.c.record_id.in_(
                records.select().with_only_columns(records.c.id).where(records.c.case_id == case)
            )
        )
        query = operations.select().where(mine).order_by(operations.c.n)
        return (self.operation(row) for row in self.db.execute(query))

    def clock(self) -> Stamp:
        """The stamp of the last edit made or seen here."""
        last = parse_stamp((self.get("clock") or b"").decode())
        if last is None:
            return Stamp(Millis(0), 0, self._device)
        return replace(last, device=self._device)

    def get(self, key: str) -> bytes | None:
        """A value of `meta`."""
        found = self.db.execute(meta.select().where(meta.c.key == key)).first()
        return None if found is None else bytes(found.value)

    def put(self, key: str, value: bytes) -> None:
        """Write a value of `meta`."""
        values = insert(meta).values(key=key, value=value)
        self.db.execute(values.on_conflict_do_update(index_elements=["key"], set_={"value": value}))


def _clear(record: Record) -> dict[str, object]:
    """The few columns that stay in clear."""
    values = record.values
    kind = KINDS.get(record.kind)
    found: dict[str, object] = {
        "area": _text(values, kind.area if kind else ""),
        "case_id": _text(values, kind.case if kind else ""),
        "state": _text(values, "state"),
        "urgency": _text(values, "urgency"),
        "due_at": case_due(values) if record.kind == "case" else None,
    }
    return found


def _text(values: Values, path: Path) -> str:
    return str(values.get(path) or "") if path else ""


def stamped(record: Record, sets: Values, stamps: Mapping[Path, str]) -> Record:
    """A record with these paths written."""
    return replace(record, values={**record.values, **sets}, stamps={**record.stamps, **stamps})
