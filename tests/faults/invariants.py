"""What must hold whatever happened; said in terms of what a worker was told."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Row, select

from telewelfare.domain.fields import Json
from telewelfare.domain.kinds import KINDS
from telewelfare.domain.lifecycle import WRITTEN_BY_MOVE
from telewelfare.domain.operations import Actor, author
from telewelfare.domain.rights import FIELD_ROLES, visible
from telewelfare.server.database import reading
from telewelfare.server.file_store import FileStore
from telewelfare.server.numbering import broken
from telewelfare.server.scope import in_scope
from telewelfare.server.stamps import SERVER
from telewelfare.server.tables import DEVICE, LEDGER, QUARANTINE, RECORD, WORKER
from telewelfare.server.versions import unpacked
from telewelfare.store.rows import PENDING
from tests.faults.marks import mark_of
from tests.faults.world import CENTRE, Device, World

BY_CENTRE = frozenset({"created_by", "recorded_at"})  # the journal or the centre adds them

# A copy, made while work waited, of a file that was itself brought back: that work may have been
# sent under another number since, and nobody can tell.
COPY_OF_A_COPY = 2


@dataclass(frozen=True, slots=True)
class Arrived:
    """What the centre has taken or refused of one device's operations."""

    device: str
    n: int
    record: str
    sets: dict[str, Json]
    refused: bool
    seq: int = 0
    stamp: str = ""


def arrived(db: Connection) -> list[Arrived]:
    """Everything that ever came from a device, in the order in which the centre took it."""
    ledger = select(LEDGER).where(LEDGER.c.centre_id == CENTRE).order_by(LEDGER.c.seq)
    taken = [
        Arrived(
            r.device, r.n, r.record_id, json.loads(r.sets), refused=False, seq=r.seq, stamp=r.stamp
        )
        for r in db.execute(ledger)
    ]
    bodies = select(QUARANTINE).where(QUARANTINE.c.centre_id == CENTRE)
    for row in db.execute(bodies):
        body = json.loads(row.body)
        taken.append(Arrived(row.device, row.n, body["record"], body["sets"], refused=True))
    return taken


def at_centre(world: World) -> set[str]:
    """The marks the centre has, taken or refused."""
    with reading(world.engine) as db:
        return {mark_of(one.sets) for one in arrived(db)} - {""}


def reckon(world: World) -> None:
    """After a disaster: what no file holds any more is gone, and nobody can ask for it."""
    alive = at_centre(world)
    for device in world.devices:
        alive |= device.states().keys()
    world.destroyed |= world.confirmed.keys() - alive


def nothing_is_claimed(world: World) -> None:
    """What a device shows as sent is at the centre."""
    here = at_centre(world)
    for device in world.devices:
        if device.place in world.unaware:
            continue
        for mark, state in device.states().items():
            claimed = state != PENDING and mark
            assert not claimed or mark in here, f"{device.actor.role} says {mark} was sent"


def check(world: World) -> None:
    """Everything that must hold once the network was quiet for a while."""
    with reading(world.engine) as db:
        came = arrived(db)
        _the_ledger_is_sound(db, came)
        _each_operation_arrived_once(world, came)
        _nothing_was_overwritten_unseen(world, came)
        gone = _gone(world, came)
        for device in world.devices:
            _nothing_waits(device)
            _same_as_the_centre(db, device, gone)
            _nothing_out_of_scope(db, device)
    _photos_are_whole(world, came)
    nothing_is_claimed(world)


def _photos_are_whole(world: World, came: list[Arrived]) -> None:
    """Of each record that names a file the centre has the file, once nothing waits."""
    store = FileStore(world.files)
    for one in came:
        sha256 = one.sets.get("sha256")
        if not one.refused and isinstance(sha256, str):
            found = store.found(CENTRE, sha256)
            assert found is not None, f"the centre lacks a file of {one}"
            assert hashlib.sha256(found.read_bytes()).hexdigest() == sha256


def _the_ledger_is_sound(db: Connection, came: list[Arrived]) -> None:
    assert broken(db, CENTRE) is None, "the hash chain is broken or a number is missing"
    twice = [
        key for key, times in Counter((one.device, one.n) for one in came).items() if times > 1
    ]
    own = {device for (device,) in db.execute(select(DEVICE.c.id))}
    assert not [key for key in twice if key[0] in own], f"numbers taken twice: {twice}"


def _nothing_waits(device: Device) -> None:
    waiting = device.journal.waiting()
    assert waiting.pending == 0, f"{device.actor.role} still holds {waiting}"


def _each_operation_arrived_once(world: World, came: list[Arrived]) -> None:
    by_mark: dict[str, list[Arrived]] = {}
    for one in came:
        if mark := mark_of(one.sets):
            by_mark.setdefault(mark, []).append(one)
    for mark, op in world.confirmed.items():
        found = by_mark.get(mark, [])
        if mark in world.destroyed and not found:
            continue
        assert found, f"lost: {mark} {op}"
        if world.brought_back[op.device] < COPY_OF_A_COPY:
            assert len(found) == 1, f"doubled: {mark} {found}"
        assert found[0].device == op.device
        assert _typed(found[0].sets) == _typed(op.sets), f"changed on the way: {mark}"


def _typed(sets: Mapping[str, Json]) -> dict[str, Json]:
    return {path: value for path, value in sets.items() if path not in BY_CENTRE}


def _nothing_was_overwritten_unseen(world: World, came: list[Arrived]) -> None:
    """A value that gave way to one whose writer did not know of it stands in a conflict record.

    Not what people said about conflicts: of two words about one the later counts, both stay in the
    ledger, and what the first had written is asked about like any other value.
    """
    told = _told(came)
    conflicts = {one.record for one in came if "of" in one.sets and "path" in one.sets}
    now: dict[tuple[str, str], tuple[str, Json]] = {}
    for one in came:
        op = world.confirmed.get(mark_of(one.sets))
        for path, value in one.sets.items():
            place = (one.record, path)
            had, current = now.get(place, ("", None))
            unseen = op and had and op.base.get(path) != had and author(had) != one.device
            if not one.refused and unseen and current != value and one.record not in conflicts:
                both = told.get(place, [])
                loser = current if one.stamp > had else value
                assert loser in both, f"{place}: {loser!r} was overwritten without a word"
            if not one.refused and one.stamp > had:
                now[place] = (one.stamp, value)


def _told(came: list[Arrived]) -> dict[tuple[str, str], list[Json]]:
    """All the values that conflict records ever held, by record and path."""
    about: dict[str, tuple[str, str]] = {}
    told: dict[tuple[str, str], list[Json]] = {}
    for one in came:
        if "of" in one.sets and "path" in one.sets:
            about[one.record] = (str(one.sets["of"]), str(one.sets["path"]))
        if one.record in about:
            sides = [one.sets[side] for side in ("kept", "other") if side in one.sets]
            told.setdefault(about[one.record], []).extend(sides)
    return told


def _actor_now(db: Connection, device: Device) -> Actor:
    """The worker as the centre knows them now: areas and role may have changed."""
    found = db.execute(select(WORKER).where(WORKER.c.id == device.actor.worker)).one()
    return replace(device.actor, role=found.role, areas=tuple(found.areas))


def _shown(actor: Actor, row: Row[Any], device: str) -> dict[str, tuple[Json, str]]:
    """What the device should hold of a record: each value with its stamp."""
    stamps = {p: str(version[0]) for p, version in unpacked(row.versions, row.current).items()}
    own = {path for path, stamp in stamps.items() if author(stamp) == device}
    shown = set(visible(actor.role, KINDS[row.kind], row.current)) | own
    found = ((path, row.current[path]) for path in shown)
    return {path: _held(path, v, stamps[path]) for path, v in found if v is not None}


def _held(path: str, value: Json, stamp: str) -> tuple[Json, str]:
    return value, "" if path in WRITTEN_BY_MOVE else stamp


def _same_as_the_centre(db: Connection, device: Device, gone: Gone) -> None:
    """Values and their stamps, less what the centre refused to take from this device.

    What a restored centre lost, and its own device too, this one may be the last to hold.
    """
    actor = _actor_now(db, device)
    refused = {(op.record, path) for op in device.refused() for path in op.sets}
    theirs = {
        row.id: {
            path: held
            for path, held in _shown(actor, row, device.actor.device).items()
            if (row.id, path) not in refused
        }
        for row in db.execute(select(RECORD).where(in_scope(actor)))
    }
    ours = {
        record.id: {
            path: _held(path, value, record.stamps.get(path, ""))
            for path, value in record.values.items()
            if (record.id, path) not in refused and value is not None
        }
        for kind in KINDS
        for record in device.journal.of_kind(kind)
    }
    only_refused = {record for record, _ in refused}
    for record in (ours.keys() | theirs.keys()) - only_refused:
        assert record in ours, f"{actor.role} lacks {record}"
        kept = record in theirs or record in device.alone()
        assert kept, f"{actor.role} still has {device.journal.get(record)}"
    for record in ours.keys() & theirs.keys():
        known = theirs[record]
        mine = {
            path: held
            for path, held in ours[record].items()
            if path in known or not gone.holds(record, path, held)
        }.items()
        right = known.items()
        assert mine == right, f"{actor.role}, {record}: has {mine - right}, not {right - mine}"


@dataclass(frozen=True, slots=True)
class Gone:
    """What the centre once had, and does not have since it was restored from an old copy."""

    values: frozenset[tuple[str, str, str]]  # record, path, value as JSON
    ever: bool  # whether it was restored at all
    workers: frozenset[str]  # of them the centre's word counts

    def holds(self, record: str, path: str, held: tuple[Json, str]) -> bool:
        """Whether a device may be the last to hold this: what the centre wrote, nobody sends again."""
        value, stamp = held
        by_centre = self.ever and author(stamp) == SERVER and record not in self.workers
        return by_centre or (record, path, json.dumps(value)) in self.values


def _gone(world: World, came: list[Arrived]) -> Gone:
    """Of operations that no file holds any more, or that stand alone now and are refused."""
    marks, ever = set(world.destroyed), bool(world.injected["centre restored"])
    if ever:
        marks |= {mark_of(one.sets) for one in came if one.refused}
    lost = (world.confirmed[mark] for mark in marks & world.confirmed.keys())
    values = ((op.record, path, json.dumps(v)) for op in lost for path, v in op.sets.items())
    workers = frozenset(actor.worker for actor, _ in world.template.staff.actors)
    return Gone(frozenset(values), ever, workers)


def _nothing_out_of_scope(db: Connection, device: Device) -> None:
    """Asked another way than the feed does: whose case is it, and is it kept from field roles?"""
    actor = _actor_now(db, device)
    if actor.role not in FIELD_ROLES:
        return
    held = {record.id: record for record in device.journal.of_kind("case")}
    for row in db.execute(select(RECORD).where(RECORD.c.id.in_(held))):
        values = row.current
        given = {row.created_by, values.get("owner"), values.get("field_worker")}
        mine = actor.worker in given or values.get(f"watchers/{actor.worker}") is True
        near = actor.role == "volunteer_lead" and any(
            str(values.get("area", "")).startswith(area) for area in actor.areas
        )
        assert mine or near, f"{actor.role} holds a stranger's case {row.id}"
        assert values.get("confidentiality") != "sealed", f"{actor.role} holds a sealed case"
