"""What the centre does when a person has settled a conflict: one outcome, whoever spoke first."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from telewelfare.domain.duplicates import united
from telewelfare.domain.fields import SEPARATOR, Json, Path, Values
from telewelfare.domain.ids import RecordId
from telewelfare.domain.operations import Applied, Operation, Record, base_of
from telewelfare.domain.placements import WAITING
from telewelfare.domain.settling import (
    EDIT,
    LAST_PLACE,
    OF_TWO,
    SAME_PERSON,
    decided,
    follows,
    is_newer,
    sort_of,
)
from telewelfare.server.batch import Batch, Held, stamp_of, take
from telewelfare.server.effects import keep_both
from telewelfare.server.stamps import SERVER, after
from telewelfare.server.tables import LINK, RECORD


def carry_out(batch: Batch, conflict: Held, before: Record, sent: Operation) -> None:
    """Do what a settlement says, and undo what an earlier one did.

    The word with the newest stamp stands. Whoever's word came too late is set right.
    """
    won = conflict.record.stamps.get("settled") == sent.stamp
    of, other = batch.get(conflict.record.values.get("of")), batch.get(before.values.get("with"))
    if of is None:
        return
    if sort_of(before.values) == EDIT:
        _carry_out_edit(batch, conflict, of, before, sent, won=won)
    elif won and sort_of(before.values) in OF_TWO:
        _decide(batch, conflict, {"done": _carry_out_two(batch, conflict, of, other)})


def _carry_out_two(batch: Batch, conflict: Held, of: Held, other: Held | None) -> Json:
    sort = sort_of(conflict.record.values)
    if sort == LAST_PLACE:
        return _last_place(batch, conflict, of, other)
    if other is None:
        return None
    return (_same_person if sort == SAME_PERSON else _same_meeting)(batch, conflict, of, other)


def _carry_out_edit(
    batch: Batch, conflict: Held, target: Held, before: Record, sent: Operation, *, won: bool
) -> None:
    values, earlier = conflict.record.values, before.stamps.get("settled", "")
    path = str(values.get("path"))
    if not won:  # the sender shows its own choice already
        _decide(batch, target, {path: target.record.values.get(path)})
    elif by_person(target, path) and is_newer(values, earlier, target.record):
        _meet(batch, conflict, target, sent)
    elif sets := follows(values, earlier, _as_known(target, path, earlier)):
        known = stamp_of(target, path)
        if max(known, default="") < sent.stamp:  # the same edit the device made for itself
            _write(batch, target, sent, sets, base_of(target.record, sets))
        else:
            _decide(batch, target, sets)


def by_person(target: Held, path: Path) -> bool:
    """Whether a device wrote what stands; the centre itself writes such a path only in settling."""
    return not target.record.stamps.get(path, "").endswith(SERVER)


def _as_known(target: Held, path: Path, earlier: str) -> Record:
    """The record as if what the centre settled itself were the earlier settlement."""
    if by_person(target, path):
        return target.record
    stamps = {**target.record.stamps, path: earlier}
    return Record(target.record.kind, target.record.id, target.record.values, stamps)


def _meet(batch: Batch, conflict: Held, target: Held, sent: Operation) -> None:
    """Somebody wrote the path again and the settler had not seen it: an edit like any other."""
    found = decided(conflict.record.values)
    if found is None or conflict.record.values.get("settled") == "ours":
        return
    path, value = found
    seen = {path: str(conflict.record.values.get("seen"))}
    for met in _write(batch, target, sent, {path: value}, seen).concurrent:
        keep_both(batch, target, met)


def _write(
    batch: Batch, target: Held, sent: Operation, sets: Values, base: Mapping[Path, str]
) -> Applied:
    """Write as the settler did, and tell its device all the same: news may have come between."""
    kind, record = target.record.kind, target.record.id
    op = Operation(sent.device, 0, kind, record, sent.stamp, sets, base)
    return batch.write(op, n=None, corrected=frozenset(sets))


def _decide(batch: Batch, held: Held, sets: dict[Path, Json]) -> None:
    """Write as the centre, so that every device is told, the sender's too."""
    if sets:
        batch.decide(held, sets, after(batch.now, SERVER, *stamp_of(held, *sets)), SERVER)


def _same_person(batch: Batch, conflict: Held, first: Held, second: Held) -> Json:
    """Let the second's cases name the first; nothing of the second is lost."""
    if conflict.record.values.get("settled") == "same":
        cases = _cases_of(batch, second.record.id)
        for case in cases:
            _decide(batch, case, {"client": first.record.id})
        _decide(batch, second, {"merged_into": first.record.id})
        return [case.record.id for case in cases]
    if second.record.values.get("merged_into") == first.record.id:
        _decide(batch, second, {"merged_into": None})
        for case in _cases_of(batch, first.record.id):
            if case.record.id in _listed(conflict):
                _decide(batch, case, {"client": second.record.id})
    return []


def _cases_of(batch: Batch, person: RecordId) -> list[Held]:
    """The cases whose client is this person, in hand from now on."""
    centre = batch.actor.centre
    linked = select(LINK.c.case_id).where(LINK.c.centre_id == centre, LINK.c.root == person)
    query = select(RECORD).where(RECORD.c.centre_id == centre, RECORD.c.id.in_(linked))
    take(batch, batch.db.execute(query.order_by(RECORD.c.id).with_for_update()))
    found = (h for h in batch.held.values() if h.record.kind == "case")
    return [case for case in found if case.record.values.get("client") == person]


def _listed(conflict: Held) -> list[Json]:
    done = conflict.record.values.get("done")
    return done if isinstance(done, list) else []


def _same_meeting(batch: Batch, conflict: Held, first: Held, second: Held) -> Json:
    """Unite two notes of one meeting in the first; the second stays as it is, marked."""
    if conflict.record.values.get("settled") == "same":
        sets = united(first.record.values, second.record.values)
        _decide(batch, first, sets)
        _decide(batch, second, {"merged_into": first.record.id})
        return [*sorted(sets)]
    if second.record.values.get("merged_into") == first.record.id:
        _decide(batch, second, {"merged_into": None})
        _decide(batch, first, _taken_back(first, _listed(conflict)))
    return []


def _taken_back(first: Held, added: list[Json]) -> dict[Path, Json]:
    """What the other's notes added and nobody has written since: elements go, fields are empty."""
    ours = [str(path) for path in added if not by_person(first, str(path)) and path != "notes"]
    return {path: False if path.count(SEPARATOR) == 1 else None for path in ours}


def _last_place(batch: Batch, conflict: Held, late: Held, early: Held | None) -> Json:
    """Say who has the place; gives where the earlier one was before anybody decided."""
    values, done = conflict.record.values, conflict.record.values.get("done")
    choice, wanted = values.get("settled"), values.get("other")
    _move(batch, late, WAITING if choice == "wait" else wanted)
    if early is None:
        return None
    was = done.get("early") if isinstance(done, dict) else early.record.values.get("state")
    _move(batch, early, WAITING if choice == "swap" else was)
    return {"early": was}


def _move(batch: Batch, placement: Held, state: Json) -> None:
    if placement.record.values.get("state") != state:
        _decide(batch, placement, {"state": state})
