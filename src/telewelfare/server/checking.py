"""What a device should hold, in few bytes; and records whole, when it finds that it does not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, select

from telewelfare.domain.digest import is_hidden, record_digest, total, written
from telewelfare.domain.operations import Actor
from telewelfare.server.auth import Caller
from telewelfare.server.feed import shown_of
from telewelfare.server.scope import in_scope
from telewelfare.server.tables import RECORD
from telewelfare.server.versions import unpacked
from telewelfare.sync.protocol import MAX_SPAN, Check, RecordDelta, SyncRequest

COMPARED: Final = (RECORD.c.id, RECORD.c.kind, RECORD.c.current, RECORD.c.versions)
WALK: Final = 8  # records of the centre that are looked at, for each that is asked for
TIME: Final = 13  # letters of an id that tell when it was made, to the millisecond
REST: Final = "-ffff-ffff-ffffffffffff"


@dataclass(frozen=True, slots=True)
class Answer:
    """To what a request asked about what the device holds."""

    check: Check | None = None
    digests: dict[str, str] | None = None
    wanted: tuple[RecordDelta, ...] = ()
    gone: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Window:
    """Records in scope with an id after `after`, up to `upto`; "" = to the last."""

    after: str
    upto: str
    rows: Sequence[Row[Any]] = field(default=())


def answer(db: Connection, caller: Caller, request: SyncRequest) -> Answer:
    """What was asked; in the transaction that read the last page, so that both tell of one moment."""
    actor = caller.actor
    wanted, gone = _wanted(db, actor, request.wants)
    return Answer(
        check=None
        if request.check is None
        else check(db, actor, request.check, request.check_span),
        digests=None if request.compare is None else digests(db, actor, *request.compare),
        wanted=wanted,
        gone=gone,
    )


def check(db: Connection, actor: Actor, after: str, span: int) -> Check:
    """The sum over the next records in scope.

    However few of the centre's records a worker sees, no more than `WALK` times `span` are
    looked at: a window may hold none, and costs the same in a small centre and a large one.
    """
    window = _window(db, actor, after, span)
    found = [_digest(actor, row) for row in window.rows]
    return Check(after=after, upto=window.upto, count=len(found), digest=total(found))


def digests(db: Connection, actor: Actor, after: str, upto: str) -> dict[str, str]:
    """Each record's digest, of the ids after `after` up to `upto`, as many as a check may hold."""
    rows = _between(db, actor, after, upto, MAX_SPAN)
    return {row.id: written(_digest(actor, row)) for row in rows}


def _window(db: Connection, actor: Actor, after: str, span: int) -> Window:
    end = _end(db, actor, after, span * WALK)
    rows = _between(db, actor, after, end, span)
    return Window(after, rows[-1].id if len(rows) == span else end, rows)


def _end(db: Connection, actor: Actor, after: str, steps: int) -> str:
    """Where a walk over the centre's records ends; "" = past the last.

    Not the id it came to, which may be of a record that is not the worker's to know of.
    """
    walk = select(RECORD.c.id).where(RECORD.c.centre_id == actor.centre, RECORD.c.id > after)
    found = db.scalar(walk.order_by(RECORD.c.id).offset(steps).limit(1))
    return f"{found[:TIME]}{REST}" if found else ""


def _between(db: Connection, actor: Actor, after: str, upto: str, limit: int) -> Sequence[Row[Any]]:
    within = _within(actor, after, upto)
    query: Select[*tuple[Any, ...]] = (
        select(*COMPARED).where(within, in_scope(actor)).order_by(RECORD.c.id).limit(limit)
    )
    return db.execute(query).all()


def _within(actor: Actor, after: str, upto: str) -> ColumnElement[bool]:
    bounds = [RECORD.c.centre_id == actor.centre, RECORD.c.id > after]
    return and_(*bounds, *([RECORD.c.id <= upto] if upto else []))


def _digest(actor: Actor, row: Row[Any]) -> int:
    shown = row.current if row.kind != "conflict" else shown_of(actor, row)
    stamps = {
        path: version[0]
        for path, version in unpacked(row.versions, shown).items()
        if path in shown and not is_hidden(actor.role, row.kind, path)
    }
    return record_digest(row.kind, row.id, stamps, row.current)


def _wanted(
    db: Connection, actor: Actor, ids: Sequence[str]
) -> tuple[tuple[RecordDelta, ...], tuple[str, ...]]:
    """Records whole, and which of the others the centre knows: these are not the worker's to hold."""
    if not ids:
        return (), ()
    here = RECORD.c.centre_id == actor.centre, RECORD.c.id.in_(ids)
    rows = db.execute(select(RECORD).where(*here, in_scope(actor)).order_by(RECORD.c.id)).all()
    mine = {row.id for row in rows}
    known = db.scalars(select(RECORD.c.id).where(*here).order_by(RECORD.c.id))
    return tuple(_whole(actor, rows)), tuple(id_ for id_ in known if id_ not in mine)


def _whole(actor: Actor, rows: Iterable[Row[Any]]) -> Iterable[RecordDelta]:
    for row in rows:
        versions, sets = unpacked(row.versions, row.current), shown_of(actor, row)
        stamps = {path: str(versions[path][0]) for path in sets}
        yield RecordDelta(
            kind=row.kind, id=row.id, sets=sets, stamps=stamps, seq=row.seq, whole=True
        )
