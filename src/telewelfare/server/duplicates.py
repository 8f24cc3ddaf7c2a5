"""One person, one meeting, one last place recorded twice: both are kept, and a person is asked once.

The same transaction that takes the second asks. The card's id follows from the two records, so that
sending twice, or two requests at once, gives one card; and one that was answered is never asked again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from sqlalchemy import delete, select, text

from telewelfare.domain.clock import Millis
from telewelfare.domain.dates import bangkok_iso
from telewelfare.domain.duplicates import (
    IDENTITY,
    NEAR,
    meeting_day,
    person_keys,
    same_person,
)
from telewelfare.domain.fields import Json, Path
from telewelfare.domain.ids import RecordId, uuid7
from telewelfare.domain.operations import Operation
from telewelfare.domain.placements import WAITING, free_places, takes_place
from telewelfare.domain.settling import LAST_PLACE, SAME_MEETING, SAME_PERSON
from telewelfare.server.batch import CHUNK, Batch, Held, stamp_of, take
from telewelfare.server.database import SQLITE, upsert
from telewelfare.server.effects import worker_of
from telewelfare.server.stamps import SERVER, after
from telewelfare.server.tables import LIKENESS, LINK, RECORD

BOXES: Final = 64  # locks of a centre, among which the digests are spread
_BOX: Final = 4  # hex digits of a digest that say in which box it is
_LOCK: Final = text(
    "SELECT pg_advisory_xact_lock(hashtext('likeness ' || :centre), box)"
    " FROM (SELECT unnest(CAST(:boxes AS integer[])) AS box ORDER BY 1) AS sorted"
)
_MILLIS: Final = 12  # hex digits of an id that say when it was made


def find_duplicates(batch: Batch) -> None:
    """Look at what this transaction wrote; to be called before its rows are numbered."""
    written: dict[str, set[Path]] = {}
    for entry in batch.entries:
        if entry.kind in ("case", "person", "conference", "placement"):
            written.setdefault(entry.record, set()).update(entry.changed)
    looked_at = [batch.held[record] for record in written]
    _people(batch, _to_compare(batch, written))
    for held in looked_at:
        if held.record.kind == "conference":
            _meeting(batch, held)
        elif held.record.kind == "placement":
            _placement(batch, held)
        elif held.record.kind == "case":
            _lead_on(batch, held)


def _to_compare(batch: Batch, written: Mapping[str, set[Path]]) -> list[Held]:
    """Persons of whom something was learned, be it only where their case is."""
    found: dict[str, Held] = {}
    for record, paths in written.items():
        held = batch.held[record]
        if held.record.kind == "case" and paths & {"client", "area"}:
            client = batch.get(held.record.values.get("client"))
            if client is not None and client.record.kind == "person":
                found[client.record.id] = client
        elif held.record.kind == "person" and paths & IDENTITY:
            found[record] = held
    return list(found.values())


def _people(batch: Batch, people: Sequence[Held]) -> None:
    near: dict[str, set[str]] = {}
    digests: dict[RecordId, set[str]] = {}
    for held in people:
        keys = person_keys(held.record.values, _places(batch, held))
        digests[held.record.id] = {_digest(key) for key in keys}
        near[held.record.id] = {_digest(key) for key in keys if key.startswith(NEAR)}
    alike = _alike(batch, digests)
    others = _brought(batch, {other for found in alike.values() for other in found})
    for held in people:
        for other, shared in sorted(alike[held.record.id].items()):
            if other in others:
                is_near = bool(shared & near[held.record.id])
                _ask_about_people(batch, held, others[other], near=is_near)


def _places(batch: Batch, person: Held) -> tuple[str, ...]:
    """Where a person's cases are, those of this transaction too."""
    cases = (h for h in batch.held.values() if h.record.kind == "case")
    mine = (c.area for c in cases if c.record.values.get("client") == person.record.id)
    return (*person.places, *(area for area in mine if area))


def _ask_about_people(batch: Batch, held: Held, other: Held, *, near: bool) -> None:
    if held.record.values.get("merged_into") or other.record.values.get("merged_into"):
        return
    if not same_person(held.record.values, other.record.values, near=near):
        return
    first, second = _in_order(held, other)
    told: dict[Path, Json] = {"path": "merged_into"}
    if case := _case_of(batch, second.record.id):
        told["case"] = case
    _ask(batch, SAME_PERSON, first, second, told)


def _lead_on(batch: Batch, case: Held) -> None:
    """A case that names a person who was merged into another names that other one."""
    client = batch.get(case.record.values.get("client"))
    into = client.record.values.get("merged_into") if client else None
    if isinstance(into, str) and into:
        stamp = after(batch.now, SERVER, *stamp_of(case, "client"))
        batch.decide(case, {"client": into}, stamp, SERVER)


def _case_of(batch: Batch, person: str) -> str | None:
    """A case of this person, so that the card says what it is about."""
    for held in batch.held.values():
        if held.record.kind == "case" and held.record.values.get("client") == person:
            return held.record.id
    linked = select(LINK.c.case_id).where(
        LINK.c.centre_id == batch.actor.centre, LINK.c.root == person
    )
    return batch.db.scalar(linked.order_by(LINK.c.case_id).limit(1))


def _meeting(batch: Batch, held: Held) -> None:
    """The same case on the same day, noted on two devices."""
    day, case = meeting_day(held.record.values), held.case_id
    if not day or not case or held.record.values.get("merged_into"):
        return
    here = RECORD.c.root == case, RECORD.c.kind == "conference", RECORD.c.id != held.record.id
    stored = select(RECORD.c.id).where(RECORD.c.centre_id == batch.actor.centre, *here)
    for other in _brought(batch, set(batch.db.scalars(stored))).values():
        values = other.record.values
        is_apart = other.created_device != held.created_device and not values.get("merged_into")
        if is_apart and meeting_day(values) == day:
            first, second = _in_order(held, other)
            _ask(batch, SAME_MEETING, first, second, {"path": "merged_into", "case": case})


def _placement(batch: Batch, held: Held) -> None:
    """The second into the last place is kept and waits; its partner's row is locked since `load`."""
    values, partner = held.record.values, batch.get(held.record.values.get("partner"))
    if partner is None or partner.record.kind != "partner":
        return
    others = _placed_with(batch, held, partner.record.id)
    if not takes_place(values) or _had_place(held) or _is_settled(batch, held):
        return
    free = free_places(partner.record.values, [one.record.values for one in others])
    if free is None or free > 0:
        return
    there = [one for one in others if takes_place(one.record.values)]
    _make_wait(batch, held, max(there, key=_age, default=None), partner.record.id)


def _placed_with(batch: Batch, held: Held, partner: str) -> list[Held]:
    """The other placements with this partner."""
    alike = _alike(batch, {held.record.id: {_digest(f"placed with {partner}")}})
    return list(_brought(batch, set(alike[held.record.id])).values())


def _had_place(held: Held) -> bool:
    stored = held.stored
    if stored is None or not takes_place(stored.current):
        return False
    return bool(stored.current.get("partner") == held.record.values.get("partner"))


def _is_settled(batch: Batch, held: Held) -> bool:
    """Whether a person has just given this placement its place."""
    about = (c for c in batch.held.values() if c.record.kind == "conflict" and c.touched)
    return any(
        held.record.id in (c.about, c.record.values.get("with")) and c.record.values.get("settled")
        for c in about
    )


def _make_wait(batch: Batch, held: Held, early: Held | None, partner: str) -> None:
    wanted, (stamp,) = held.record.values.get("state"), stamp_of(held, "state")
    waits = after(batch.now, SERVER, stamp)
    batch.decide(held, {"state": WAITING}, waits, SERVER)
    told: dict[Path, Json] = {
        "path": "state",
        "case": held.case_id,
        "kept": WAITING,
        "kept_stamp": waits,
        "other": wanted,
        "other_by": worker_of(batch, stamp),
        "other_stamp": stamp,
    }
    _ask(batch, LAST_PLACE, held, early, told, partner, stamp)


def _in_order(one: Held, other: Held) -> tuple[Held, Held]:
    """The one that the centre had first, first."""
    first, second = sorted((one, other), key=_age)
    return first, second


def _age(held: Held) -> tuple[int, str]:
    """When the centre got a record; what comes in this transaction is newest."""
    return (held.stored.created_seq if held.stored else 2**62, held.record.id)


def _ask(
    batch: Batch, sort: str, of: Held, other: Held | None, told: dict[Path, Json], *again: str
) -> None:
    """Put a question to the office, unless it was put before; field roles are not sent it."""
    record = pair_id(sort, of.record.id, other.record.id if other else "", *again)
    if record in batch.held or _is_asked(batch, record):
        return
    sets: dict[Path, Json] = {
        "sort": sort,
        "of_kind": of.record.kind,
        "of": of.record.id,
        "needs_person": True,
        "recorded_at": bangkok_iso(batch.now),
        **told,
    }
    if other is not None:
        sets["with"] = other.record.id
    batch.write(Operation(SERVER, 0, "conflict", record, after(batch.now, SERVER), sets), n=None)
    made = batch.held[record]
    made.about, made.created_by = of.record.id, SERVER


def _is_asked(batch: Batch, record: str) -> bool:
    here = RECORD.c.centre_id == batch.actor.centre, RECORD.c.id == record
    return batch.db.scalar(select(RECORD.c.id).where(*here)) is not None


def pair_id(sort: str, one: str, other: str, *again: str) -> RecordId:
    """The id of the question about two records, whichever of them came first."""
    newest = max(one, other).replace("-", "")[:_MILLIS]
    said = " ".join((sort, *sorted((one, other)), *again))
    return RecordId(uuid7(Millis(int(newest, 16)), hashlib.sha256(said.encode()).digest()[:10]))


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:32]


def _alike(
    batch: Batch, digests: Mapping[RecordId, set[str]]
) -> dict[RecordId, dict[str, set[str]]]:
    """Which other records share which digests with each; from now on they are found by theirs."""
    wanted = sorted({digest for found in digests.values() for digest in found})
    _lock(batch, wanted)
    centre, owners = batch.actor.centre, sorted(digests)
    rows = [
        {"centre_id": centre, "digest": digest, "record_id": record}
        for record, found in digests.items()
        for digest in sorted(found)
    ]
    for some in _chunks(owners):
        mine = LIKENESS.c.centre_id == centre, LIKENESS.c.record_id.in_(some)
        batch.db.execute(delete(LIKENESS).where(*mine))
    upsert(batch.db, LIKENESS, rows, ())
    holders: dict[str, set[str]] = {}
    for some in _chunks(wanted):
        same = LIKENESS.c.centre_id == centre, LIKENESS.c.digest.in_(some)
        for row in batch.db.execute(select(LIKENESS.c.digest, LIKENESS.c.record_id).where(*same)):
            holders.setdefault(row.digest, set()).add(row.record_id)
    alike: dict[RecordId, dict[str, set[str]]] = {record: {} for record in digests}
    for record, found in digests.items():
        for digest in found:
            for other in holders[digest] - {record}:
                alike[record].setdefault(other, set()).add(digest)
    return alike


def _lock(batch: Batch, digests: Iterable[str]) -> None:
    """Of two transactions that bring the same person, the second waits and then sees the first.

    A lock stands for many digests: a request brings thousands, and the database holds few locks.
    """
    if batch.db.dialect.name == SQLITE:  # has one writer
        return
    boxes = sorted({int(digest[:_BOX], 16) % BOXES for digest in digests})
    if boxes:
        keys = {"centre": batch.actor.centre, "boxes": boxes}
        batch.db.execute(_LOCK, keys)


def _brought(batch: Batch, records: set[str]) -> dict[str, Held]:
    """Records to compare with; those not in hand are not locked, for asking does not change them."""
    aside = Batch(batch.db, batch.actor, batch.now)
    for some in _chunks(sorted(records - batch.held.keys())):
        here = RECORD.c.centre_id == batch.actor.centre, RECORD.c.id.in_(some)
        take(aside, batch.db.execute(select(RECORD).where(*here)))
    return aside.held | {record: batch.held[record] for record in records & batch.held.keys()}


def _chunks(wanted: Sequence[str]) -> Iterable[Sequence[str]]:
    return (wanted[start : start + CHUNK] for start in range(0, len(wanted), CHUNK))
