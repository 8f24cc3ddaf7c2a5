"""What a device is sent: what changed in its scope since its cursor, never what it wrote itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, case, func, or_, select

from telewelfare.domain.fields import Json, Path
from telewelfare.domain.ids import is_record_id
from telewelfare.domain.kinds import KINDS
from telewelfare.domain.operations import Actor, author
from telewelfare.domain.rights import hides, visible
from telewelfare.server.auth import Caller
from telewelfare.server.scope import in_scope
from telewelfare.server.tables import CENTRE, LEDGER, REACH, RECORD, REMOVAL
from telewelfare.server.versions import unpacked, version_of
from telewelfare.sync.protocol import RecordDelta

MARK: Final = 12  # hex digits of a ledger row's hash in a cursor
CONTENT: Final = ("kept", "other", "chosen")  # of a conflict: values of the path it is about


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a device has read. Devices do not look inside.

    It has everything up to `base`, and on its way to the present the page that ended at
    (`seq`, `id`); an empty `id` means all of `seq`. `mark` begins the hash of the ledger row at
    the higher of the two numbers: by it a ledger that went back is known, also when it has grown
    past that number again.
    """

    epoch: str = ""
    base: int = 0
    seq: int = 0
    id: str = ""
    mark: str = ""

    @property
    def text(self) -> str:
        """As it goes over the wire."""
        return f"{self.epoch}.{self.base}.{self.seq}.{self.id}.{self.mark}"

    @property
    def number(self) -> int:
        """The highest number of the ledger that it speaks of."""
        return max(self.base, self.seq)


def resume(db: Connection, caller: Caller, text: str) -> tuple[Cursor, bool]:
    """Where a device goes on, and whether it was told of a ledger that is not there any more.

    It then begins anew, for what it read may be at the centre no longer, or not yet again.
    """
    cursor = parse_cursor(text, caller.epoch)
    same_ledger = cursor.mark == mark_at(db, caller.actor.centre, cursor.number)
    if text and (cursor.text != text or not same_ledger):
        return Cursor(caller.epoch), True
    return cursor, False


def mark_at(db: Connection, centre: str, number: int) -> str:
    """What a cursor keeps of the ledger row at a number, or the last before it; "" = none."""
    upto = select(LEDGER.c.hash).where(LEDGER.c.centre_id == centre, LEDGER.c.seq <= number)
    found = db.scalar(upto.order_by(LEDGER.c.seq.desc()).limit(1)) if number else None
    return (found or "")[:MARK]


def parse_cursor(text: str, epoch: str) -> Cursor:
    """Read a cursor; one of another epoch, or none at all, is the beginning."""
    parts = text.split(".")
    if len(parts) != 5 or parts[0] != epoch:  # noqa: PLR2004 - fields of Cursor
        return Cursor(epoch)
    if not all(part.isascii() and part.isdecimal() and len(part) < 19 for part in parts[1:3]):  # noqa: PLR2004 - digits of 2**63
        return Cursor(epoch)
    if parts[3] and not is_record_id(parts[3]):
        return Cursor(epoch)
    return Cursor(epoch, int(parts[1]), int(parts[2]), *parts[3:])


@dataclass(frozen=True, slots=True)
class Page:
    """One reply's worth of changes."""

    changes: tuple[RecordDelta, ...]
    removed: tuple[str, ...]
    cursor: Cursor
    more: bool
    left: int


@dataclass(frozen=True, slots=True)
class Found:
    """A record of a page. `effective`: where it stands in the feed; `since`: assigned since when."""

    row: Row[Any]
    effective: int
    since: int


def pull(
    db: Connection, caller: Caller, cursor: Cursor, limit: int, made: frozenset[str] = frozenset()
) -> Page:
    """The next page. `made`: records the device wrote in this very request."""
    actor = caller.actor
    newest = db.scalar(select(CENTRE.c.seq).where(CENTRE.c.id == actor.centre)) or 0
    places = db.execute(_places(caller, cursor).limit(limit + 1)).all()
    page, more = places[:limit], len(places) > limit
    deltas = [_delta(caller, cursor, found, made) for found in _bodies(db, actor, page)]
    return Page(
        changes=tuple(delta for delta in deltas if delta is not None),
        removed=_removed(db, actor, cursor),  # read last: an older removal is then never missed
        cursor=_marked(db, actor, _next(cursor, page, newest, more=more)),
        more=more,
        left=places[0].total - len(page) if more else 0,
    )


def _next(cursor: Cursor, page: Sequence[Row[Any]], newest: int, *, more: bool) -> Cursor:
    """A device that read to the end has all that was numbered before the reading began."""
    if more:
        return Cursor(cursor.epoch, cursor.base, page[-1].effective, page[-1].id)
    seq = max(newest, page[-1].effective if page else 0, cursor.seq)
    return Cursor(cursor.epoch, seq, seq)


def _marked(db: Connection, actor: Actor, cursor: Cursor) -> Cursor:
    return replace(cursor, mark=mark_at(db, actor.centre, cursor.number))


def _places(caller: Caller, cursor: Cursor) -> Select[*tuple[Any, ...]]:
    """Records in scope beyond the cursor, in the order of their newest number; without bodies.

    The place to put today's and urgent cases first in a first sync is this order.
    """
    actor = caller.actor
    mine = and_(
        REACH.c.centre_id == actor.centre,
        REACH.c.worker_id == actor.worker,
        REACH.c.root == RECORD.c.root,
    )
    since = func.coalesce(REACH.c.since_seq, 0)
    newest = case((since > RECORD.c.seq, since), else_=RECORD.c.seq)
    effective = case((newest < caller.scope_seq, caller.scope_seq), else_=newest)
    beyond = effective > cursor.seq
    if cursor.id:
        beyond = or_(beyond, and_(effective == cursor.seq, RECORD.c.id > cursor.id))
    total = func.count().over().label("total")
    shown = (RECORD.c.id, effective.label("effective"), since.label("since"), total)
    query = select(*shown).select_from(RECORD.outerjoin(REACH, mine))
    query = query.where(in_scope(actor), *_recent(caller, cursor), beyond)
    return query.order_by(effective, RECORD.c.id)


def _recent(caller: Caller, cursor: Cursor) -> tuple[ColumnElement[bool], ...]:
    """A condition that indexes answer, so that nothing new costs nothing."""
    actor = caller.actor
    if caller.scope_seq >= cursor.seq:
        return ()
    here = RECORD.alias("recent")
    gained = and_(REACH.c.centre_id == here.c.centre_id, REACH.c.root == here.c.root)
    written = select(here.c.id).where(here.c.centre_id == actor.centre, here.c.seq >= cursor.seq)
    given = (
        select(here.c.id)
        .join_from(REACH, here, gained)
        .where(
            REACH.c.centre_id == actor.centre,
            REACH.c.worker_id == actor.worker,
            REACH.c.since_seq >= cursor.seq,
        )
    )
    return (RECORD.c.id.in_(written.union(given)),)


def _bodies(db: Connection, actor: Actor, page: Sequence[Row[Any]]) -> list[Found]:
    """The records of a page. One that changed since the page was laid out is sent as it is now."""
    wanted = select(RECORD).where(
        RECORD.c.centre_id == actor.centre, RECORD.c.id.in_([place.id for place in page])
    )
    rows = {row.id: row for row in db.execute(wanted)} if page else {}
    return [Found(rows[place.id], place.effective, place.since) for place in page]


def _removed(db: Connection, actor: Actor, cursor: Cursor) -> tuple[str, ...]:
    """What was lost since, and not won back; also while a first sync is under way."""
    gone = select(REMOVAL.c.root).where(
        REMOVAL.c.centre_id == actor.centre,
        REMOVAL.c.worker_id == actor.worker,
        REMOVAL.c.seq > cursor.base,
        ~select(RECORD.c.id).where(RECORD.c.id == REMOVAL.c.root, in_scope(actor)).exists(),
    )
    begun = cursor.base or cursor.seq
    return tuple(db.scalars(gone.order_by(REMOVAL.c.seq, REMOVAL.c.root))) if begun else ()


def _delta(
    caller: Caller, cursor: Cursor, found: Found, made: frozenset[str]
) -> RecordDelta | None:
    row, whole = found.row, _is_news(caller, cursor, found, made)
    device = caller.actor.device
    paths = {
        path: version
        for path, version in unpacked(row.versions, row.current).items()
        if whole or (version[1] > cursor.base and _is_foreign(device, version))
    }
    sets = _shown(caller.actor, row, {path: row.current[path] for path in paths})
    if not sets and not whole:
        return None
    stamps = {path: paths[path][0] for path in sets}
    return RecordDelta(
        kind=row.kind, id=row.id, sets=sets, stamps=stamps, seq=found.effective, whole=whole
    )


def _is_news(caller: Caller, cursor: Cursor, found: Found, made: frozenset[str]) -> bool:
    """Whether the device has nothing of a record yet and needs all of it."""
    row, gained = found.row, max(found.since, caller.scope_seq) > cursor.base
    mine = row.created_device == caller.actor.device and row.whole_seq == row.created_seq
    if mine and not gained and (cursor.base or row.id in made):
        return False
    return bool(gained or row.whole_seq > cursor.base)


def _is_foreign(device: str, version: Sequence[Any]) -> bool:
    """Another device's edit, or one of ours that the centre did not take as it was."""
    return bool(len(version) > 2 or author(version[0]) != device)  # noqa: PLR2004 - stamp, seq, corrected


def shown_of(actor: Actor, row: Row[Any]) -> dict[Path, Json]:
    """All that a worker's device holds of a record in its scope."""
    return _shown(actor, row, row.current)


def _shown(actor: Actor, row: Row[Any], sets: Mapping[Path, Json]) -> dict[Path, Json]:
    """What the worker may see; a device keeps what was typed on it."""
    shown = visible(actor.role, KINDS[row.kind], sets)
    own = {
        path: sets[path]
        for path in sets
        if author(version_of(row.versions, path)[0]) == actor.device
    }
    if row.kind == "conflict" and _is_hidden(actor, row.current):
        shown = {path: value for path, value in shown.items() if path not in CONTENT}
    return {path: value for path, value in sets.items() if path in shown or path in own}


def _is_hidden(actor: Actor, conflict: Mapping[Path, Json]) -> bool:
    """Whether a conflict is about a path that the worker may not see."""
    kind = KINDS.get(str(conflict.get("of_kind")))
    declared = kind.field(str(conflict.get("path"))) if kind else None
    return declared is not None and hides(actor.role, declared.sensitivity)
