"""The records a transaction works on: locked, changed in memory, written at the end."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, select

from telewelfare.domain.clock import Millis
from telewelfare.domain.fields import Json, Path
from telewelfare.domain.ids import DeviceId, RecordId
from telewelfare.domain.kinds import KINDS
from telewelfare.domain.operations import Actor, Applied, Operation, Record, apply, base_of
from telewelfare.server.rules import RULES, Rules
from telewelfare.server.stamps import SERVER
from telewelfare.server.tables import LINK, REACH, RECORD, REMOVAL
from telewelfare.server.versions import unpacked

_ID = re.compile(r"[0-9a-f-]{36}")  # nothing else may reach a query before it was judged

CHUNK = 500  # ids in one IN (…)

# Paths that name a record which has to be at hand to judge an edit.
NEIGHBOURS = ("case", "client", "household", "partner")
MEMBERS = ("client", "household")  # of a case: whoever reaches it reaches them


@dataclass(slots=True)
class Held:
    """A record in hand. `stored` is its row as read; `None` = this transaction makes it."""

    record: Record
    root: str
    area: str | None = None
    case_id: str | None = None
    about: str | None = None
    sealed: bool = False
    places: tuple[str, ...] = ()  # of a person or household: where its cases are
    created_by: str = ""
    created_device: str = ""
    stored: Row[Any] | None = None
    touched: bool = False  # to be written, though perhaps no path changed
    whole: bool = False  # whoever has it in scope must be sent all of it


@dataclass(frozen=True, slots=True)
class Entry:
    """A ledger row to be: `n` is `None` for the centre's own."""

    device: str
    n: int | None
    kind: str
    record: str
    stamp: str
    sets: Mapping[Path, Json]
    changed: tuple[Path, ...]
    corrected: frozenset[Path] = frozenset()


@dataclass(slots=True)
class Batch:
    """What one transaction has read and done so far."""

    db: Connection
    actor: Actor
    now: Millis
    rules: Rules = RULES
    held: dict[str, Held] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    reached: set[str] = field(default_factory=set)  # roots the actor wrote or was given
    had: set[str] = field(default_factory=set)  # roots the actor lost

    def get(self, record: Json) -> Held | None:
        """A record in hand, by what a path says its id is."""
        return self.held.get(record) if isinstance(record, str) else None

    def case_of(self, held: Held) -> Held | None:
        """The case a record belongs to, itself if it is one."""
        return self.get(held.root) if held.root != held.record.id else _if_case(held)

    def write(
        self, op: Operation, *, n: int | None, corrected: frozenset[Path] = frozenset()
    ) -> Applied:
        """Merge an edit into its record and remember the ledger row that explains it."""
        held = self.held.get(op.record) or self._new(op)
        applied = apply(held.record, op)
        held.record, held.touched = applied.record, True
        device = op.device if n is not None else SERVER
        self.entries.append(
            Entry(device, n, op.kind, op.record, op.stamp, op.sets, applied.changed, corrected)
        )
        return applied

    def decide(self, held: Held, sets: Mapping[Path, Json], stamp: str, by: DeviceId) -> None:
        """Write what the centre itself decides, over whatever is there."""
        base = base_of(held.record, sets)
        self.write(Operation(by, 0, held.record.kind, held.record.id, stamp, sets, base), n=None)

    def _new(self, op: Operation) -> Held:
        made = Held(
            Record(op.kind, op.record),
            root=op.record,
            created_by=self.actor.worker,
            created_device=op.device,
        )
        self.held[op.record] = made
        return made


def _if_case(held: Held) -> Held | None:
    return held if held.record.kind == "case" else None


def stamp_of(held: Held, *paths: Path) -> tuple[str, ...]:
    """The stamps of those of the paths that were ever written."""
    return tuple(held.record.stamps[path] for path in paths if path in held.record.stamps)


def load(db: Connection, actor: Actor, ops: Sequence[Operation], now: Millis) -> Batch:
    """Lock every record the operations touch or name, in one order, so that nobody waits in a ring."""
    batch = Batch(db, actor, now)
    there: set[str] = set()
    looked: set[str] = set()
    wanted: set[str] = {op.record for op in ops} | _named(op.sets for op in ops)
    wanted |= _in_question(db, actor.centre, [op.record for op in ops if op.kind == "conflict"])
    while missing := wanted - looked:
        looked |= missing
        found = list(_neighbours(db, actor.centre, missing))
        there |= {row.id for row in found}
        wanted |= _named({path: getattr(row, path) for path in NEIGHBOURS} for row in found)
    take(batch, _locked(db, actor.centre, there))
    recall_reach(batch)
    return batch


def _named(many: Iterable[Mapping[Path, Json]]) -> set[RecordId]:
    found = (sets.get(path) for sets in many for path in NEIGHBOURS)
    return {RecordId(id_) for id_ in found if isinstance(id_, str) and _ID.fullmatch(id_)}


def _in_question(db: Connection, centre: str, conflicts: Iterable[str]) -> set[str]:
    """The records that conflicts are about: settling one writes them."""
    query = select(RECORD.c.about, RECORD.c.current["with"].as_string().label("other"))
    found: set[str] = set()
    for chunk in _chunks(conflicts):
        rows = db.execute(query.where(RECORD.c.centre_id == centre, RECORD.c.id.in_(chunk)))
        found |= {record for row in rows for record in row if record and _ID.fullmatch(record)}
    return found


def _neighbours(db: Connection, centre: str, records: Iterable[str]) -> Iterator[Row[Any]]:
    """Of each record that is there: its id, and whom it names."""
    named = (RECORD.c.current[path].as_string().label(path) for path in NEIGHBOURS)
    query = select(RECORD.c.id, *named)
    for chunk in _chunks(records):
        yield from db.execute(query.where(RECORD.c.centre_id == centre, RECORD.c.id.in_(chunk)))


def _locked(db: Connection, centre: str, records: Iterable[str]) -> Iterator[Row[Any]]:
    for chunk in _chunks(records):
        query = select(RECORD).where(RECORD.c.centre_id == centre, RECORD.c.id.in_(chunk))
        yield from db.execute(query.order_by(RECORD.c.id).with_for_update())


def _chunks(records: Iterable[str]) -> Iterator[list[str]]:
    ordered = sorted(records)
    return (ordered[start : start + CHUNK] for start in range(0, len(ordered), CHUNK))


def _held(row: Row[Any]) -> Held:
    versions = unpacked(row.versions, row.current)
    stamps = {path: version[0] for path, version in versions.items()}
    return Held(
        Record(row.kind, row.id, row.current, stamps),
        root=row.root,
        area=row.area,
        case_id=row.case_id,
        about=row.about,
        sealed=row.sealed,
        created_by=row.created_by,
        created_device=row.created_device,
        stored=row,
    )


def recall_reach(batch: Batch) -> None:
    """Read which of the roots in hand the actor has, and had, and where cases of persons are."""
    db, actor = batch.db, batch.actor
    roots = sorted({held.root for held in batch.held.values()})
    for start in range(0, len(roots), CHUNK):
        chunk = roots[start : start + CHUNK]
        for table, found in ((REACH, batch.reached), (REMOVAL, batch.had)):
            mine = table.c.centre_id == actor.centre, table.c.worker_id == actor.worker
            found |= set(db.scalars(select(table.c.root).where(*mine, table.c.root.in_(chunk))))
        _recall_places(batch, chunk)


def _recall_places(batch: Batch, roots: Sequence[str]) -> None:
    same_case = (RECORD.c.centre_id == LINK.c.centre_id) & (RECORD.c.id == LINK.c.case_id)
    query = select(LINK.c.root, RECORD.c.area).join_from(LINK, RECORD, same_case)
    mine = LINK.c.centre_id == batch.actor.centre, LINK.c.root.in_(roots)
    areas: dict[str, list[str]] = {}
    for root, area in batch.db.execute(query.where(*mine, RECORD.c.area.is_not(None))):
        areas.setdefault(root, []).append(area)
    for held in batch.held.values():
        held.places = (*held.places, *areas.get(held.root, ()))


def take(batch: Batch, rows: Iterable[Row[Any]]) -> list[Held]:
    """More records into the hand; those that are there already stay as they are."""
    return [batch.held.setdefault(row.id, _held(row)) for row in rows]


def needs_person(held: Held, path: Path) -> bool:
    """Whether a concurrent edit of this path waits for a person."""
    kind = KINDS.get(held.record.kind)
    declared = kind.field(path) if kind else None
    return declared is not None and declared.needs_person
