"""What the centre itself does because of an edit: conflicts, moves of a case, case numbers."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from telewelfare.domain.clock import Millis
from telewelfare.domain.dates import bangkok_date, bangkok_iso, fiscal_year, parse_instant
from telewelfare.domain.fields import Json, Path
from telewelfare.domain.ids import RecordId, uuid7
from telewelfare.domain.lifecycle import WRITTEN_BY_MOVE, NotAllowed, move
from telewelfare.domain.operations import Concurrent, Operation, author, base_of
from telewelfare.domain.settling import EDIT, STATE, is_open, sides_known, sort_of
from telewelfare.server.batch import CHUNK, Batch, Held, needs_person, stamp_of, take
from telewelfare.server.database import sqlite_or_postgresql
from telewelfare.server.keys import randomness
from telewelfare.server.stamps import SERVER, after
from telewelfare.server.tables import CASE_COUNTER, DEVICE, RECORD

NUMBER_DIGITS: Final = 6


def keep_both(batch: Batch, held: Held, met: Concurrent, *, person: bool | None = None) -> None:
    """Write what two people wrote of one path into a `conflict` record, for a person to settle.

    While one about the same path is open, only its sides are renewed: the ledger has them all.
    Two people who settle the same conflict are not asked once more: the later word stands.
    """
    if held.record.kind == "conflict":
        return
    about = held.record.id
    told = _sides(batch, met)
    opened = _open_conflict(batch, about, met.path)
    if opened is not None:
        _write(batch, opened.record.id, told, stamp_of(opened, *told))
        return
    needed = needs_person(held, met.path) if person is None else person
    case = held.record.id if held.record.kind == "case" else held.case_id
    whole = told | {
        "sort": STATE if person else EDIT,
        "of_kind": held.record.kind,
        "of": about,
        "path": met.path,
        "needs_person": needed,
        "recorded_at": bangkok_iso(batch.now),
    }
    _write(batch, new_id(batch.now), whole | ({"case": case} if case else {}), ())
    made = batch.held[batch.entries[-1].record]
    made.root, made.about, made.case_id = held.root, about, case
    made.area, made.sealed, made.created_by = held.area, held.sealed, SERVER


def _write(batch: Batch, record: RecordId, sets: dict[Path, Json], seen: tuple[str, ...]) -> None:
    held, stamp = batch.held.get(record), after(batch.now, SERVER, *seen)
    base = base_of(held.record, sets) if held else {}
    batch.write(Operation(SERVER, 0, "conflict", record, stamp, sets, base), n=None)


def new_id(now: Millis) -> RecordId:
    """A fresh id for a record of the centre's own."""
    return RecordId(uuid7(now, randomness(10)))


def _sides(batch: Batch, met: Concurrent) -> dict[Path, Json]:
    return {
        "kept": met.kept,
        "kept_by": worker_of(batch, met.kept_stamp),
        "kept_stamp": met.kept_stamp,
        "other": met.other,
        "other_by": worker_of(batch, met.other_stamp),
        "other_stamp": met.other_stamp,
    }


def worker_of(batch: Batch, stamp: str) -> str | None:
    """Whose device made a stamp; the centre's own edits are nobody's."""
    device = author(stamp)
    if device == batch.actor.device:
        return batch.actor.worker
    found = select(DEVICE.c.worker_id).where(
        DEVICE.c.centre_id == batch.actor.centre, DEVICE.c.id == device
    )
    return batch.db.scalar(found)


def _open_conflict(batch: Batch, about: str, path: Path) -> Held | None:
    stored = select(RECORD).where(RECORD.c.centre_id == batch.actor.centre, RECORD.c.about == about)
    take(batch, batch.db.execute(stored.order_by(RECORD.c.id).with_for_update()))
    for held in batch.held.values():
        values = held.record.values
        is_same = held.about == about and values.get("path") == path
        if is_same and is_open(values) and sort_of(values) in (EDIT, STATE):
            return held
    return None


def renew_conflicts(batch: Batch) -> None:
    """Let open conflicts show what stands now: someone may have written the same path again.

    One whose other value stands now is settled by that; nobody needs to be asked any more.
    """
    written = {e.record: e for e in batch.entries if e.changed and e.kind != "conflict"}
    about = sorted(r for r in written if batch.held[r].stored is not None)
    for start in range(0, len(about), CHUNK):
        mine = RECORD.c.centre_id == batch.actor.centre, RECORD.c.about.in_(about[start:][:CHUNK])
        query = select(RECORD).where(*mine).order_by(RECORD.c.id).with_for_update()
        take(batch, batch.db.execute(query))
    for held in list(batch.held.values()):
        if held.record.kind == "conflict" and held.about in written:
            _renew(batch, held, batch.held[held.about])


def _renew(batch: Batch, conflict: Held, target: Held) -> None:
    values, path = conflict.record.values, str(conflict.record.values.get("path"))
    stamp = target.record.stamps.get(path, "")
    if not is_open(values) or sort_of(values) != EDIT or stamp in {"", *sides_known(values)}:
        return
    stands, by = target.record.values.get(path), worker_of(batch, stamp)
    sets: dict[Path, Json] = {"kept": stands, "kept_by": by, "kept_stamp": stamp}
    if stands == values.get("other"):
        sets = {"settled": "theirs", "settled_by": by, "settled_at": bangkok_iso(batch.now)}
    _write(batch, conflict.record.id, sets, stamp_of(conflict, *sets))


def move_case(batch: Batch, event: Held, sent: Operation, *, anew: bool = False) -> None:
    """Let a new `status_event` move its case, or mark it as refused and tell the sender.

    `anew`: the sender was refused once and has not shown the move since.
    """
    case = batch.get(event.record.values.get("case"))
    if case is None:
        return
    moved = move(case.record.values, event.record.values, batch.actor.role)
    if isinstance(moved, NotAllowed):
        if moved.state == moved.to:  # two people did the same; nobody is to be bothered
            _correct(batch, case, sent)
            return
        _refuse(batch, case, event, sent, moved)
        return
    seen = stamp_of(case, *moved.sets)
    if not anew and max(seen, default="") < sent.stamp:  # the same edit the device made for itself
        batch.decide(case, moved.sets, sent.stamp, sent.device)
    elif moved.sets:
        batch.decide(case, moved.sets, after(batch.now, SERVER, *seen), SERVER)


def _refuse(batch: Batch, case: Held, event: Held, sent: Operation, refused: NotAllowed) -> None:
    had = stamp_of(case, "state")
    stamp = _correct(batch, case, sent)
    batch.decide(event, {"refused": True}, stamp, SERVER)
    kept = had[0] if had else stamp
    met = Concurrent("state", refused.state, kept, refused.to, sent.stamp)
    keep_both(batch, case, met, person=True)


def _correct(batch: Batch, case: Held, sent: Operation) -> str:
    """Tell the sender, who showed its move at once, how the case really stands; give the stamp."""
    stamp = after(batch.now, SERVER, sent.stamp, *stamp_of(case, *WRITTEN_BY_MOVE))
    truth = {path: case.record.values.get(path) for path in WRITTEN_BY_MOVE}
    batch.decide(case, truth, stamp, SERVER)
    return stamp


def number_cases(batch: Batch) -> None:
    """Give each case that was reported its number of the fiscal year it was opened in."""
    for held in list(batch.held.values()):
        values = held.record.values
        reported = held.record.kind == "case" and values.get("state") not in (None, "draft")
        if reported and held.touched and not values.get("case_no"):
            _number(batch, held)


def _number(batch: Batch, case: Held) -> None:
    opened = parse_instant(str(case.record.values.get("opened_at") or "")) or batch.now
    year = fiscal_year(bangkok_date(opened))
    number = f"{batch.actor.centre}-{year}-{_next_number(batch, year):0{NUMBER_DIGITS}d}"
    sets: dict[Path, Json] = {"case_no": number, "fiscal_year": year}
    batch.decide(case, sets, after(batch.now, SERVER, *stamp_of(case, *sets)), SERVER)


def _next_number(batch: Batch, year: int) -> int:
    insert = sqlite_or_postgresql(batch.db, CASE_COUNTER)
    one_more = insert.values(
        centre_id=batch.actor.centre, fiscal_year=year, last=1
    ).on_conflict_do_update(
        index_elements=["centre_id", "fiscal_year"], set_={"last": CASE_COUNTER.c.last + 1}
    )
    return int(batch.db.execute(one_more.returning(CASE_COUNTER.c.last)).scalar_one())
