"""What a device is sent: what changed in its scope since its cursor, never what it wrote itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import Connection, Row, select

from telewelfare.domain.fields import Json, Path
from telewelfare.domain.kinds import KINDS
from telewelfare.domain.operations import Actor, author
from telewelfare.domain.rights import hides, visible
from telewelfare.server import walk
from telewelfare.server.auth import Caller
from telewelfare.server.cursors import Cursor, marked
from telewelfare.server.tables import CENTRE, RECORD, WORKER
from telewelfare.server.versions import unpacked, version_of
from telewelfare.server.walk import Leg, Place
from telewelfare.sync.protocol import RecordDelta

CONTENT: Final = ("kept", "other")  # of a conflict: values of the path it is about


@dataclass(frozen=True, slots=True)
class Page:
    """One reply's worth of changes. `today_left`: records still to come of what matters today."""

    changes: tuple[RecordDelta, ...]
    removed: tuple[str, ...]
    cursor: Cursor
    more: bool
    left: int
    today_left: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """A record of a page, and where it stands in the feed."""

    row: Row[Any]
    place: Place


def pull(
    db: Connection, caller: Caller, cursor: Cursor, limit: int, made: frozenset[str] = frozenset()
) -> Page:
    """The next page. `made`: records the device wrote in this very request.

    A page may hold the end of a first sync and what changed while it ran.
    """
    newest = db.scalar(select(CENTRE.c.seq).where(CENTRE.c.id == caller.actor.centre)) or 0
    actor = _as_now(db, caller.actor)
    changes: list[RecordDelta] = []
    removed: list[str] = []
    room, at, more = limit, walk.begun(db, actor, cursor, newest), True
    while more and room:
        leg = walk.leg(db, actor, at, room, newest)
        changes += _deltas(db, actor, at, leg, made)
        removed += leg.removed
        room, at, more = room - len(leg.places), leg.cursor, leg.more
    return Page(
        changes=tuple(changes),
        removed=tuple(dict.fromkeys(removed)),
        cursor=marked(db, actor, at),
        more=more,
        left=max(at.left, 1) if more else 0,
        today_left=walk.today_left(db, actor, at) if more else 0,
    )


def _as_now(db: Connection, actor: Actor) -> Actor:
    """The worker as known after `newest` was read.

    What a change of scope gives them has then a place that this page cannot pass over.
    """
    whose = WORKER.c.centre_id == actor.centre, WORKER.c.id == actor.worker
    row = db.execute(select(WORKER.c.role, WORKER.c.areas).where(*whose)).one()
    return replace(actor, role=row.role, areas=tuple(row.areas))


def _deltas(
    db: Connection, actor: Actor, cursor: Cursor, leg: Leg, made: frozenset[str]
) -> list[RecordDelta]:
    found = (_delta(actor, cursor, one, made) for one in _bodies(db, actor, leg.places))
    return [delta for delta in found if delta is not None]


def _bodies(db: Connection, actor: Actor, page: Sequence[Place]) -> list[Found]:
    """The records of a page. One that changed since the page was laid out is sent as it is now."""
    wanted = select(RECORD).where(
        RECORD.c.centre_id == actor.centre, RECORD.c.id.in_([place.id for place in page])
    )
    rows = {row.id: row for row in db.execute(wanted)} if page else {}
    return [Found(rows[place.id], place) for place in page]


def _delta(actor: Actor, cursor: Cursor, found: Found, made: frozenset[str]) -> RecordDelta | None:
    row, whole = found.row, _is_news(actor, cursor, found, made)
    paths = {
        path: version
        for path, version in unpacked(row.versions, row.current).items()
        if whole or (version[1] > cursor.base and _is_foreign(actor.device, version))
    }
    sets = _shown(actor, row, {path: row.current[path] for path in paths})
    if not sets and not whole:
        return None
    stamps = {path: paths[path][0] for path in sets}
    return RecordDelta(
        kind=row.kind, id=row.id, sets=sets, stamps=stamps, seq=found.place.effective, whole=whole
    )


def _is_news(actor: Actor, cursor: Cursor, found: Found, made: frozenset[str]) -> bool:
    """Whether the device has nothing of a record yet and needs all of it."""
    row, gained = found.row, found.place.since > cursor.base
    mine = row.created_device == actor.device and row.whole_seq == row.created_seq
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
