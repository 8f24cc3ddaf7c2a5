"""Records and operations as rows of one open transaction: sealing on the way in, opening on the way out."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, Table, bindparam, func, select
from sqlalchemy.dialects.sqlite import Insert, insert
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
SET_ASIDE: Final = "set_aside"  # refused, and mended or seen by a person; kept as it was

records = SQLModel.metadata.tables[tables.RecordRow.__tablename__]
operations = SQLModel.metadata.tables[tables.OperationRow.__tablename__]
meta = SQLModel.metadata.tables[tables.MetaRow.__tablename__]


def _upsert(table: Table, *kept: str) -> Insert:
    """Write a row; of one that is there the key and the `kept` columns stay."""
    made = insert(table)
    key = [column.name for column in table.primary_key]
    rest = {c.name: made.excluded[c.name] for c in table.columns if c.name not in (*key, *kept)}
    return made.on_conflict_do_update(index_elements=key, set_=rest)


# Built once: putting a statement together costs several times what SQLite takes to do it.
_LOAD: Final = records.select().where(records.c.id == bindparam("record"))
_STORE_OURS: Final = _upsert(records, "seq")
_STORE_THEIRS: Final = _upsert(records)
_FILE: Final = insert(operations)
_PENDING: Final = operations.select().where(operations.c.state == PENDING).order_by(operations.c.n)
_PENDING_OF: Final = _PENDING.where(operations.c.record_id == bindparam("record"))
_OF_CASE: Final = select(records.c.id).where(records.c.case_id == bindparam("case"))
_PENDING_MOVES: Final = _PENDING.where(
    operations.c.kind == "status_event", operations.c.record_id.in_(_OF_CASE)
)
_GET: Final = meta.select().where(meta.c.key == bindparam("wanted"))
_PUT: Final = _upsert(meta)


class Rows:
    """The device's rows, seen through one transaction."""

    def __init__(self, db: Connection, seal: Seal, device: DeviceId) -> None:
        self.db = db
        self.device = device
        self._seal = seal

    def load(self, record: str) -> Record | None:
        """One record, opened."""
        row = self.db.execute(_LOAD, {"record": record}).first()
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
            self.device, row.n, row.kind, RecordId(row.record_id), body["t"], sets, base
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
        statement = _STORE_OURS if seq is None else _STORE_THEIRS
        self.db.execute(statement, {**row, "seq": seq or 0})

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
        self.db.execute(_FILE, row)

    def pending_of(self, record: str) -> Iterable[Operation]:
        """What the centre has not been told of a record, oldest first."""
        return (self.operation(row) for row in self.db.execute(_PENDING_OF, {"record": record}))

    def pending_moves_of(self, case: str) -> Iterable[Operation]:
        """Status events of a case that the centre has not been told of, oldest first."""
        return (self.operation(row) for row in self.db.execute(_PENDING_MOVES, {"case": case}))

    def clock(self) -> Stamp:
        """The stamp of the last edit made or seen here."""
        last = parse_stamp((self.get("clock") or b"").decode())
        if last is None:
            return Stamp(Millis(0), 0, self.device)
        return replace(last, device=self.device)

    def get(self, key: str) -> bytes | None:
        """A value of `meta`."""
        found = self.db.execute(_GET, {"wanted": key}).first()
        return None if found is None else bytes(found.value)

    def put(self, key: str, value: bytes) -> None:
        """Write a value of `meta`."""
        self.db.execute(_PUT, {"key": key, "value": value})


def among(column: ColumnElement[str], ids: Collection[str]) -> ColumnElement[bool]:
    """Whether a column is one of these, however many: SQLite takes 32,766 values at once."""
    listed = func.json_each(json.dumps(sorted(ids))).table_valued("value")
    return column.in_(select(listed.c.value))


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
