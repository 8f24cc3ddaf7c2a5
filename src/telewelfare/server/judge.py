"""Whether the centre takes an operation, and if not, why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from telewelfare.domain.fields import Kind, Path
from telewelfare.domain.kinds import KINDS
from telewelfare.domain.operations import Operation
from telewelfare.domain.rights import (
    FIELD_ROLES,
    OFFICE_ROLES,
    Reach,
    case_reach,
    hides,
    in_area,
    may_write,
)
from telewelfare.domain.settling import CHOICES, OF_TWO, STATE, sort_of
from telewelfare.domain.validation import malformed
from telewelfare.server.batch import MEMBERS, Batch, Held
from telewelfare.server.scope import DISTRICT, PARTNER_KINDS

FIRST_STATES: Final = frozenset({"draft", "reported"})  # of a case that a device makes
CENTRE_PATHS: Final = {
    "person": frozenset({"merged_into"}),
    "conference": frozenset({"merged_into"}),
    "case": frozenset({"case_no", "fiscal_year"}),
    "status_event": frozenset({"refused"}),
    "conflict": frozenset(  # which edits met; a person only settles them
        {"case", "sort", "of_kind", "of", "with", "path", "needs_person", "done"}
        | {"kept", "kept_by", "kept_stamp", "other", "other_by", "other_stamp"}
    ),
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """The code a device gets, and the path it is about (empty: the whole operation)."""

    code: str
    path: Path = ""


def refusal(batch: Batch, op: Operation) -> Refusal | None:
    """Why an operation is not taken; `None` = it is."""
    kind = batch.rules.kinds.get(op.kind)
    if kind is None or op.kind not in KINDS:  # what tables and feed know is not a rule
        return Refusal("unknown_kind")
    if found := next(iter(malformed(kind, op.sets)), None):
        return Refusal("malformed", found.path)
    return _misplaced(batch, op, kind) or _forbidden(batch, op, kind) or _settled(batch, op, kind)


def _misplaced(batch: Batch, op: Operation, kind: Kind) -> Refusal | None:
    """An id that is another kind's, or a case that is none."""
    held, case = batch.held.get(op.record), batch.get(op.sets.get(kind.case))
    if held is not None and held.record.kind != op.kind:
        return Refusal("wrong_record")
    if case is not None and case.record.kind != "case":
        return Refusal("wrong_record", kind.case)
    if op.kind == "status_event" and held is None and case is None:
        return Refusal("wrong_record", kind.case)
    return None


def _forbidden(batch: Batch, op: Operation, kind: Kind) -> Refusal | None:
    held = batch.held.get(op.record)
    if own := CENTRE_PATHS.get(op.kind, frozenset()) & op.sets.keys():
        return Refusal("forbidden", min(own))
    if op.kind == "case" and "state" in op.sets:
        begins = held is None and op.sets["state"] in FIRST_STATES
        if not begins:
            return Refusal("forbidden", "state")
    reached = reaches(batch, held) if held else _may_add(batch, op, kind)
    if not may_write(batch.actor, kind, reached=reached, paths=op.sets):
        return Refusal("forbidden")
    if op.kind == "conflict" and held is not None and "settled" in op.sets:
        return _unsettled(batch, held, op)
    return _claimed(batch, op, kind)


def _unsettled(batch: Batch, conflict: Held, op: Operation) -> Refusal | None:
    """Who may settle: whoever may see and write what it is about; of two records, the office."""
    values, choice = conflict.record.values, op.sets["settled"]
    sort = sort_of(values)
    if choice not in CHOICES.get(sort, ()):
        return Refusal("malformed", "settled")
    if sort in OF_TWO:
        return None if batch.actor.role in OFFICE_ROLES else Refusal("forbidden", "settled")
    kind, path = KINDS.get(str(values.get("of_kind"))), str(values.get("path"))
    if kind is None or sort == STATE:
        return None
    declared = kind.field(path)
    if declared is not None and hides(batch.actor.role, declared.sensitivity):
        return Refusal("forbidden", "settled")
    chosen = {path: op.sets.get("chosen")}
    if "chosen" in op.sets and malformed(kind, chosen):
        return Refusal("malformed", "chosen")
    is_mine = may_write(batch.actor, kind, reached=True, paths=chosen)
    return None if is_mine else Refusal("forbidden", "settled")


def _claimed(batch: Batch, op: Operation, kind: Kind) -> Refusal | None:
    """Naming somebody else's person or case in a record of one's own must not open it."""
    paths = MEMBERS if op.kind == "case" else (kind.case,) if op.record in batch.held else ()
    for path in paths:
        named = batch.get(op.sets.get(path))
        if named is not None and not reaches(batch, named):
            return Refusal("forbidden", path)
    return None


def _may_add(batch: Batch, op: Operation, kind: Kind) -> bool:
    """New records are taken from everyone, in a case only from who has it, or had it offline."""
    case = batch.get(op.sets.get(kind.case)) if kind.case else None
    return case is None or reaches(batch, case) or case.record.id in batch.had


def reaches(batch: Batch, held: Held) -> bool:
    """Whether the actor sees a record, by centre, area, or assignment."""
    actor = batch.actor
    if held.sealed and actor.role in FIELD_ROLES:
        return False
    if actor.role in OFFICE_ROLES or held.root in batch.reached:
        return True
    if held.record.kind in PARTNER_KINDS:
        return any((held.area or "").startswith(own[:DISTRICT]) for own in actor.areas)
    case = batch.case_of(held)
    places = {held.area, case.area if case else None, *held.places} - {None}
    if case_reach(actor.role) is Reach.AREA and any(in_area(actor, str(place)) for place in places):
        return True
    return held.created_by == actor.worker and held.record.kind in ("incident_report", "case")


def _settled(batch: Batch, op: Operation, kind: Kind) -> Refusal | None:
    """What stands in a record that is only ever added to."""
    held = batch.held.get(op.record)
    if held is None or not kind.append_only:
        return None
    written = op.sets.keys() & held.record.values.keys()
    return Refusal("append_only", min(written)) if written else None
