"""What this device holds, in the terms in which the centre says what it should hold."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, func, or_, select

from telewelfare.domain.digest import is_hidden, record_digest, total, written
from telewelfare.domain.fields import Path
from telewelfare.domain.lifecycle import WRITTEN_BY_MOVE
from telewelfare.domain.operations import Record, author
from telewelfare.store.rows import (
    ACKNOWLEDGED,
    PENDING,
    REJECTED,
    SET_ASIDE,
    Rows,
    among,
    operations,
    records,
)

ALONE: Final = "alone"  # meta: ids of what the centre lost and only this device is known to hold
LEAVING: Final = "leaving"  # meta: roots out of reach of which something was not sent yet
HELD: Final = "held_back"  # meta: roots that `guard` did not let go
ROOTS: Final = (LEAVING, HELD)

_OPEN: Final = (PENDING, REJECTED)


@dataclass(frozen=True, slots=True)
class Span:
    """Ids after `after`, up to `upto`; an empty `upto` = to the last."""

    after: str
    upto: str

    def holds(self, record: str) -> bool:
        """Whether an id is one of these."""
        return record > self.after and (not self.upto or record <= self.upto)

    @property
    def condition(self) -> ColumnElement[bool]:
        """The same, of rows."""
        beyond = records.c.id > self.after
        return beyond & (records.c.id <= self.upto) if self.upto else beyond


@dataclass(frozen=True, slots=True)
class Told:
    """What the centre says of a span."""

    span: Span
    count: int
    digest: str


def agrees(rows: Rows, role: str, told: Told) -> bool | None:
    """Whether the device holds what the centre says; `None` where neither can know.

    That is where something was not sent, was refused, or is kept though it is out of reach.
    """
    if any(told.span.holds(record) for record in unsettled(rows)):
        return None
    counting = records.select().with_only_columns(func.count()).where(told.span.condition)
    if rows.db.execute(counting).scalar_one() != told.count:
        return False
    return total(digest for _, digest in _digests(rows, role, told.span)) == told.digest


def differing(rows: Rows, role: str, span: Span, theirs: Mapping[str, str]) -> list[str]:
    """Records that the two hold differently, or only one of them holds."""
    left_out = unsettled(rows)
    ours = {record: written(digest) for record, digest in _digests(rows, role, span)}
    unlike = (record for record in ours.keys() | theirs if ours.get(record) != theirs.get(record))
    return sorted(record for record in unlike if span.holds(record) and record not in left_out)


def _digests(rows: Rows, role: str, span: Span) -> Iterator[tuple[str, int]]:
    for row in rows.db.execute(records.select().where(span.condition).order_by(records.c.id)):
        yield row.id, digest_of(rows.record(row), role, rows.device)


def digest_of(record: Record, role: str, device: str) -> int:
    """A record's digest, without what was typed here and is not shown to this role."""
    stamps = {
        path: stamp
        for path, stamp in record.stamps.items()
        if not is_own_and_hidden(record.kind, path, stamp, role, device)
    }
    return record_digest(record.kind, record.id, stamps, record.values)


def is_own_and_hidden(kind: str, path: Path, stamp: str, role: str, device: str) -> bool:
    """Whether a path was typed here and the centre does not say how it stands now."""
    return author(stamp) == device and is_hidden(role, kind, path)


def unsettled(rows: Rows) -> frozenset[str]:
    """Records that may differ from the centre's for a reason that is known."""
    waiting = select(operations.c.record_id).where(operations.c.state.in_(_OPEN)).distinct()
    found = set(rows.db.execute(waiting).scalars())
    found |= _moved(rows) | _settled(rows) | let_be(rows) | ids_in(rows, ALONE)
    roots = {root for key in ROOTS for root in ids_in(rows, key)}
    return frozenset(found | (_under(rows, roots) if roots else set()))


def _moved(rows: Rows) -> set[str]:
    """Cases that show a move of which the centre was not told, or that it did not take."""
    events = select(operations.c.record_id).where(
        operations.c.state.in_(_OPEN), operations.c.kind == "status_event"
    )
    cases = select(records.c.case_id).where(records.c.id.in_(events)).distinct()
    return set(rows.db.execute(cases).scalars())


def _settled(rows: Rows) -> set[str]:
    """Records that show what a person settled, of which the centre was not told."""
    words = select(operations.c.record_id).where(
        operations.c.state.in_(_OPEN), operations.c.kind == "conflict"
    )
    found = rows.db.execute(records.select().where(records.c.id.in_(words))).all()
    return {str(rows.record(row).values.get("of")) for row in found}


def let_be(rows: Rows) -> set[str]:
    """Records that the centre never took, and a person has seen that."""
    taken = select(operations.c.record_id).where(operations.c.state == ACKNOWLEDGED)
    refused = select(operations.c.record_id).where(
        operations.c.state == SET_ASIDE, operations.c.record_id.not_in(taken)
    )
    never = select(records.c.id).where(records.c.seq == 0, records.c.id.in_(refused))
    return set(rows.db.execute(never).scalars())


def _under(rows: Rows, roots: Collection[str]) -> set[str]:
    here = or_(among(records.c.id, roots), among(records.c.case_id, roots))
    return set(rows.db.execute(select(records.c.id).where(here)).scalars())


def ids_in(rows: Rows, key: str) -> set[str]:
    """A list of ids that is kept in `meta`."""
    found = rows.get(key)
    return set(json.loads(found)) if found else set()


def keep_ids(rows: Rows, key: str, ids: Collection[str]) -> None:
    """Keep a list of ids in `meta`."""
    rows.put(key, json.dumps(sorted(ids)).encode())


def unsent(rows: Rows, kind: str, record: str) -> dict[Path, str]:
    """For each path that the centre has not been told of, our newest stamp."""
    found: dict[Path, str] = {}
    for op in rows.pending_of(record):
        found |= dict.fromkeys(op.sets, op.stamp)
    if kind == "case":
        for event in rows.pending_moves_of(record):
            found |= dict.fromkeys(WRITTEN_BY_MOVE, event.stamp)
    return found


def own_taken(rows: Rows, record: str) -> Row[Any] | None:
    """An edit of ours that the centre once took of a record."""
    mine = operations.c.record_id == record
    taken = operations.select().where(mine, operations.c.state == ACKNOWLEDGED)
    return rows.db.execute(taken.limit(1)).first()
