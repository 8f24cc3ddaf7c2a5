"""The one door to write on a device: rows and the operations that explain them, together or neither."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Engine, func, select, update

from telewelfare.domain import lifecycle
from telewelfare.domain.clock import Millis, Stamp, tick
from telewelfare.domain.dates import bangkok_iso
from telewelfare.domain.fields import Json, Path
from telewelfare.domain.ids import RecordId
from telewelfare.domain.operations import (
    STAMP_CLOCK,
    Actor,
    Edit,
    Operation,
    Record,
    apply,
    base_of,
)
from telewelfare.store import (
    changes,
    checking,
    file_notes,
    incoming,
    mending,
    renewal,
    replies,
    resending,
    settled,
    turns,
    wanting,
)
from telewelfare.store.changes import Touched
from telewelfare.store.engine import IMMEDIATE
from telewelfare.store.errors import translated
from telewelfare.store.identity import WORKER, Identity, as_told, named, plain
from telewelfare.store.parts import parts
from telewelfare.store.rows import (
    PENDING,
    REJECTED,
    SET_ASIDE,
    Rows,
    operations,
    records,
    stamped,
)
from telewelfare.store.seal import Seal
from telewelfare.store.turns import Turn

MILLIS_DIGITS: Final = 12  # of a stamp's text, before the counter
CHUNK: Final = 500  # ids in one IN (…)
BETWEEN: Final = 0.002  # seconds
IDENTITY: Final = "identity"  # meta, sealed
CLOCK_WRONG: Final = 5 * 60 * 1000  # ms by which the device may differ from the centre unnoticed


@dataclass(frozen=True, slots=True)
class Changes:
    """What was written, so that open screens know whether to read again."""

    records: frozenset[tuple[str, RecordId]]  # kind, id

    def touches(self, *kinds: str) -> bool:
        """Whether a record of one of these kinds was written."""
        return any(kind in kinds for kind, _ in self.records)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Work that is not at the centre."""

    pending: int  # operations
    rejected: int
    oldest: Millis | None  # when the first of the pending was made
    records: int  # that the pending are about: what a person counts


@dataclass(frozen=True, slots=True)
class Health:
    """How the records stand against the centre's."""

    repaired: int  # records that checks ever found wrong here, and mended
    last_repair: int | None  # ms
    alone: int  # records held here that a restored centre lacks
    held_back: int  # cases, persons … that the centre wants removed, for a person to allow


class Journal:
    """A worker's records on this device. Safe to use from several threads."""

    def __init__(
        self, engine: Engine, seal: Seal, actor: Actor, identity: Identity | None = None
    ) -> None:
        """`identity`: whose journal it is, where that is known; it follows the centre's word."""
        self.engine = engine
        self.actor = actor
        self._identity = identity
        self._seal = seal
        self._writer = threading.RLock()
        self._listeners: list[Callable[[Changes], object]] = []
        self._rev: int | None = None  # the last write, while nobody else writes to the file

    def commit(self, edits: Iterable[Edit], now: Millis) -> Changes:
        """Save edits and the operations that will carry them, or neither.

        Paths that would not change are left out; an edit without any leaves no trace.
        `now` is the time by the centre's clock, see `corrected`.

        Raises:
            DiskFull: nothing of it was saved; what was there before is safe.
            StoreError: as in `errors`; nothing of it was saved.
        """
        touched: Touched = set()
        with self._changing(touched) as rows:
            stamp, number = rows.clock(), resending.next_number(rows)
            for edit in parts(edits):
                had = rows.load(edit.record)
                stamp = tick(_past(stamp, _overwritten(rows, edit, had)), now)
                wrote = self._commit_one(rows, had, edit, stamp, number=number, now=now)
                number += bool(wrote)
                touched |= wrote
            rows.put("clock", stamp.text.encode())
            rows.put("next_n", str(number).encode())
        return Changes(frozenset(touched))

    def _commit_one(
        self, rows: Rows, had: Record | None, edit: Edit, stamp: Stamp, *, number: int, now: Millis
    ) -> Touched:
        record = had or Record(edit.kind, edit.record)
        sets = {path: value for path, value in edit.sets.items() if _differs(record, path, value)}
        if not sets:
            return set()
        if had is None:
            sets |= {"created_by": self.actor.worker, "recorded_at": bangkok_iso(now)}
        base = base_of(record, sets)
        op = Operation(self.actor.device, number, edit.kind, edit.record, stamp.text, sets, base)
        merged = apply(record, op).record
        rows.store(merged, now)
        rows.file(op, now)
        if edit.kind == file_notes.ATTACHMENT:
            file_notes.note(rows.db, merged, now)
        moved = self._move_case(rows, merged, stamp, now)
        return {(edit.kind, edit.record)} | moved | settled.follow(rows, had, merged, stamp, now)

    def _move_case(self, rows: Rows, event: Record, stamp: Stamp, now: Millis) -> Touched:
        """What the centre will make of a status event, shown before it has answered."""
        if event.kind != "status_event":
            return set()
        case = rows.load(str(event.values.get("case")))
        if case is None:
            return set()
        moved = lifecycle.move(case.values, event.values, self.actor.role)
        if isinstance(moved, lifecycle.NotAllowed):
            return set()
        # All of them get the stamp: news older than this move must not fill one it left empty.
        known = {path: case.values.get(path) for path in lifecycle.WRITTEN_BY_MOVE}
        sets = known | dict(moved.sets)
        rows.store(stamped(case, sets, dict.fromkeys(sets, stamp.text)), now)
        return {("case", case.id)}

    def take_in(self, reply: incoming.Reply) -> Changes:
        """Apply a reply: acknowledgements, news, losses and the cursor, or nothing of it.

        A long page of mere news goes in parts, and whoever saves something comes in between; the
        cursor moves with the last of them, so that a page broken off comes again.
        """
        touched: Touched = set()
        *first, last = replies.parts(reply)
        for part in first:
            touched |= self._take_in(replace(part, cursor=self.read_meta("cursor") or ""))
            time.sleep(BETWEEN)  # a lock that is taken again at once is never given to who waits
        return Changes(frozenset(touched | self._take_in(last)))

    def _take_in(self, reply: incoming.Reply) -> Touched:
        touched: Touched = set()
        with self._changing(touched) as rows:
            touched |= incoming.take_in(rows, reply, self.actor)
            if self._is_about_me(touched):
                self._keep_identity(rows)
        return touched

    def next_check(self, now: Millis) -> Turn:
        """Which records are to be checked next."""
        with self._reading() as rows:
            return turns.next_turn(rows, now)

    def checked(self, turn: Turn, upto: str, now: Millis) -> None:
        """A check came up to an id; "" = to the last record."""
        with self._writing() as rows:
            turns.ended(rows, turn, upto, now)

    def check_all(self) -> None:
        """Let the next checks go through everything, from the first record on."""
        self.write_meta(turns.CHECK_ALL, turns.DUE)

    def agrees(self, told: checking.Told) -> bool | None:
        """Whether records are as the centre says; `None` where that cannot be known."""
        with self._reading() as rows:
            return checking.agrees(rows, self.actor.role, told)

    def differing(self, span: checking.Span, theirs: Mapping[str, str]) -> list[str]:
        """Which records of a span differ from the centre's digests."""
        with self._reading() as rows:
            return checking.differing(rows, self.actor.role, span, theirs)

    def health(self) -> Health:
        """What checks have found so far."""
        with self._reading() as rows:
            total, last = mending.repaired(rows)
            alone, held = (checking.ids_in(rows, key) for key in (checking.ALONE, checking.HELD))
            return Health(total, last, len(alone), len(held))

    def let_go(self) -> Changes:
        """Remove what the centre wants removed and the guard held back: a person allows it."""
        touched: Touched = set()
        with self._changing(touched) as rows:
            touched |= incoming.let_go(rows)
        return Changes(frozenset(touched))

    def changed_since(self, mark: int) -> frozenset[tuple[str, RecordId]] | None:
        """What was written after write number `mark`; `None` when that is not known.

        From now on this journal knows whether somebody else writes to its file.
        """
        with self._writer, self._reading() as rows:
            self._rev = changes.rev(rows)
            return changes.since(rows, mark)

    @contextmanager
    def at_rest(self) -> Iterator[int | None]:
        """Nothing is written here meanwhile, and all listeners know of every write.

        Gives the number of the last write; `None` when somebody else wrote to the file as well.
        """
        with self._writer:
            with self._reading() as rows:
                number = changes.rev(rows)
            yield number if number == self._rev else None

    def forget_changes(self, mark: int) -> None:
        """What was written up to number `mark` needs not be known any more."""
        with self._writing() as rows:
            changes.forget(rows, mark)

    def pending(self, limit: int, after: int = 0) -> tuple[Operation, ...]:
        """The oldest operations that no reply has named yet, of those with a number beyond `after`."""
        query = operations.select().where(operations.c.state == PENDING, operations.c.n > after)
        with self._reading() as rows:
            found = rows.db.execute(query.order_by(operations.c.n).limit(limit))
            return tuple(rows.operation(row) for row in found)

    def send_again(self, first: int) -> int:
        """For a centre that lacks operations from number `first` on; see `resending`."""
        with self._writing() as rows:
            return resending.send_again(rows, first)

    def renumber(self, first: int, since: int = resending.FIRST) -> int:
        """For a device that is an old copy: what waits from number `since` on counts from `first`."""
        with self._writing() as rows:
            return resending.renumber(rows, first, since)

    def count_past(self, number: int) -> None:
        """For a device that is an old copy: what is made from now on has a number above this one."""
        with self._writing() as rows:
            resending.renumber(rows, number + 1, since=number + 1)

    def last_settled(self) -> int:
        """The highest number of which the centre has said what became of it; 0 = none."""
        with self._reading() as rows:
            return resending.last_settled(rows)

    def names(self) -> tuple[str, ...]:
        """Every name this device ever had at its centre, the one it has now last."""
        with self._reading() as rows:
            return renewal.names(rows)

    def renew(
        self, identity: Identity, secrets: Mapping[str, Json], held: Mapping[str, int]
    ) -> int:
        """Go on under another name, see `renewal`; give how many operations are sent again.

        With the identity and what is kept `secret`, or nothing of it is changed.
        """
        with self._changing(set()) as rows:
            again = renewal.renew(rows, held)
            for key, value in {**secrets, IDENTITY: plain(identity)}.items():
                rows.put(key, self._seal.close_json(value, f"meta:{key}"))
        self.actor, self._identity = identity.actor, identity
        return again

    def next_number(self) -> int:
        """The number of the next operation made here."""
        with self._reading() as rows:
            return resending.next_number(rows)

    def waiting(self) -> Waiting:
        """How much the centre does not have. Costs no more when much was acknowledged."""
        with self._reading() as rows:
            oldest = operations.select().with_only_columns(operations.c.made_at)
            oldest = oldest.where(operations.c.state == PENDING).order_by(operations.c.n).limit(1)
            return Waiting(
                _count(rows, PENDING),
                _count(rows, REJECTED),
                rows.db.execute(oldest).scalar(),
                _count(rows, PENDING, of=operations.c.record_id.distinct()),
            )

    def unsent(self) -> frozenset[RecordId]:
        """Records of which the centre has not been told everything."""
        query = operations.select().with_only_columns(operations.c.record_id)
        with self._reading() as rows:
            found = rows.db.execute(query.where(operations.c.state == PENDING).distinct())
            return frozenset(RecordId(record) for record in found.scalars())

    def not_there(self) -> frozenset[str]:
        """Records of which the centre lacks something: it waits, was refused, or never was taken."""
        query = select(operations.c.record_id).where(operations.c.state.in_((PENDING, REJECTED)))
        with self._reading() as rows:
            found = frozenset(rows.db.execute(query.distinct()).scalars())
            return found | checking.let_be(rows)

    def unsent_cases(self) -> frozenset[str]:
        """Cases of which something waits to be sent, and all records that wait. Opens nothing."""
        pending = select(operations.c.record_id).where(operations.c.state == PENDING)
        query = select(records.c.id, records.c.case_id).where(records.c.id.in_(pending))
        with self._reading() as rows:
            return frozenset(id_ for row in rows.db.execute(query) for id_ in row if id_)

    def rejected(self) -> tuple[tuple[Operation, str], ...]:
        """Operations the centre refused, with its reason, oldest first.

        A reason is a code; where it is about one path, a space and the path follow.
        """
        query = operations.select().where(operations.c.state == REJECTED).order_by(operations.c.n)
        with self._reading() as rows:
            return tuple((rows.operation(row), row.code) for row in rows.db.execute(query))

    def refused(self, limit: int) -> tuple[int, ...]:
        """The numbers of what the centre refused and nobody let be, oldest first."""
        query = operations.select().with_only_columns(operations.c.n)
        query = query.where(operations.c.state == REJECTED).order_by(operations.c.n).limit(limit)
        with self._reading() as rows:
            return tuple(rows.db.execute(query).scalars())

    def wanted(self, limit: int) -> tuple[str, ...]:
        """Records to ask the centre for: what is shown of them here was a guess."""
        with self._reading() as rows:
            return wanting.wanted(rows)[:limit]

    def were_told(self, ids: Collection[str]) -> None:
        """The centre has answered for records that were asked for."""
        with self._writing() as rows:
            wanting.were_told(rows, ids)

    def set_aside(self, number: int) -> None:
        """A person has seen that operation `number` was refused and lets it be.

        What the centre holds instead of it comes with the next round.
        """
        here = (operations.c.n == number) & (operations.c.state == REJECTED)
        touched: Touched = set()
        with self._changing(touched) as rows:
            found = rows.db.execute(operations.select().where(here)).first()
            if found is None:
                return
            rows.db.execute(update(operations).where(here).values(state=SET_ASIDE))
            op = rows.operation(found)
            wanting.ask_for(rows, {op.record, *wanting.guessed(rows, op)})
            touched.add((op.kind, op.record))

    def get(self, record: str) -> Record | None:
        """One record."""
        with self._reading() as rows:
            return rows.load(record)

    def of_case(self, case: str) -> tuple[Record, ...]:
        """Everything recorded for a case except the case itself, oldest change first."""
        return self._select(records.c.case_id == case)

    def of_kind(self, *kinds: str) -> tuple[Record, ...]:
        """All records of these kinds, oldest change first."""
        return self._select(records.c.kind.in_(kinds))

    def each(self, kind: str) -> Iterator[Record]:
        """All records of a kind, one in memory at a time; in no order."""
        query = records.select().where(records.c.kind == kind)
        with self._reading() as rows:
            for row in rows.db.execute(query.execution_options(yield_per=CHUNK)):
                yield rows.record(row)

    def some(self, ids: Collection[str]) -> tuple[Record, ...]:
        """Those of these records that are here, oldest change first within some hundreds."""
        wanted = list(ids)
        chunks = (wanted[start : start + CHUNK] for start in range(0, len(wanted), CHUNK))
        return tuple(r for chunk in chunks for r in self._select(records.c.id.in_(chunk)))

    def _select(self, condition: ColumnElement[bool]) -> tuple[Record, ...]:
        query = records.select().where(condition).order_by(records.c.updated_at, records.c.id)
        with self._reading() as rows:
            return tuple(rows.record(row) for row in rows.db.execute(query))

    def count(self, kind: str) -> int:
        """How many records of a kind are here."""
        query = records.select().with_only_columns(func.count()).where(records.c.kind == kind)
        with self._reading() as rows:
            return int(rows.db.execute(query).scalar_one())

    def corrected(self, wall: Millis) -> Millis:
        """The device's clock, corrected by what the centre's said when it is far off.

        Never before 1970: a clock that was set right since the last round is corrected too much.
        """
        off = int(self.read_meta("clock_off") or 0)
        return Millis(max(0, wall + off)) if abs(off) > CLOCK_WRONG else wall

    def read_meta(self, key: str) -> str | None:
        """A small clear value of the device."""
        with self._reading() as rows:
            found = rows.get(key)
        return None if found is None else found.decode()

    def write_meta(self, key: str, value: str) -> None:
        """Keep a small clear value; never personal data."""
        with self._writing() as rows:
            rows.put(key, value.encode())

    def read_secret(self, key: str) -> Any:  # noqa: ANN401 - JSON is whatever was sealed
        """A small sealed value, or `None`."""
        with self._reading() as rows:
            found = rows.get(key)
        return None if found is None else self._seal.open_json(found, f"meta:{key}")

    def write_secret(self, key: str, value: Json) -> None:
        """Keep a small value sealed."""
        with self._writing() as rows:
            rows.put(key, self._seal.close_json(value, f"meta:{key}"))

    def listen(self, listener: Callable[[Changes], object]) -> Callable[[], None]:
        """Call `listener` after each change, in the thread that made it; give back how to stop."""
        self._listeners.append(listener)

        def stop() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return stop

    @property
    def who(self) -> Identity:
        """Who works here, as the centre said last."""
        if self._identity is None:
            raise LookupError("a journal that was opened for nobody")
        return self._identity

    def follow(self) -> None:
        """Act from now on in the role and areas that the worker's own record gives."""
        record = self.get(self.actor.worker)
        self.actor = as_told(self.actor, record)
        if self._identity is not None:
            self._identity = named(self._identity, self.actor, record)

    def _is_about_me(self, touched: Touched) -> bool:
        return (WORKER, RecordId(self.actor.worker)) in touched

    def _keep_identity(self, rows: Rows) -> None:
        """What the centre says of the worker outlives this run, though the record may go again."""
        if self._identity is None:
            return
        record = rows.load(self.actor.worker)
        told = named(self._identity, as_told(self.actor, record), record)
        rows.put(IDENTITY, self._seal.close_json(plain(told), f"meta:{IDENTITY}"))

    @contextmanager
    def _changing(self, touched: Touched) -> Iterator[Rows]:
        """A write that puts into `touched` what it wrote, and everyone is told before the next."""
        with self._writer:
            with self._writing() as rows:
                yield rows
                number = changes.note(rows, touched) if touched else None
            if self._is_about_me(touched):
                self.follow()
            if number is not None and self._rev is not None:
                self._rev = number if number == self._rev + 1 else None
            for listener in tuple(self._listeners):
                listener(Changes(frozenset(touched)))

    @contextmanager
    def _writing(self) -> Iterator[Rows]:
        with translated("journal"), self._writer, self.engine.connect() as connection:
            db = connection.execution_options(**IMMEDIATE)
            with db.begin():
                yield self._rows(db)

    @contextmanager
    def _reading(self) -> Iterator[Rows]:
        with translated("journal"), self.engine.connect() as db, db.begin():
            yield self._rows(db)

    def _rows(self, db: Connection) -> Rows:
        return Rows(db, self._seal, self.actor.device)


def _count(rows: Rows, state: str, of: ColumnElement[str] | None = None) -> int:
    counted = func.count() if of is None else func.count(of)
    query = operations.select().with_only_columns(counted)
    return int(rows.db.execute(query.where(operations.c.state == state)).scalar_one())


def _overwritten(rows: Rows, edit: Edit, had: Record | None) -> list[str]:
    """The stamps of what an edit writes over, a status event over its case's state too."""
    found = [had.stamps[path] for path in edit.sets if path in had.stamps] if had else []
    if edit.kind == "status_event" and (case := rows.load(str(edit.sets.get("case")))):
        found += [case.stamps[p] for p in lifecycle.WRITTEN_BY_MOVE if p in case.stamps]
    return found


def _past(last: Stamp, seen: Iterable[str]) -> Stamp:
    """Our clock moved past what an edit writes over: by a clock that lags it would lose unseen."""
    newest = max(seen, default="")[:STAMP_CLOCK]
    if newest <= last.text:
        return last
    millis, counter = newest[:MILLIS_DIGITS], newest[MILLIS_DIGITS:]
    return Stamp(Millis(int(millis, 16)), int(counter, 16), last.device)


def _differs(record: Record, path: Path, value: Json) -> bool:
    """Clearing what was never there is not an edit."""
    return record.values.get(path) != value or (value is not None and path not in record.stamps)
