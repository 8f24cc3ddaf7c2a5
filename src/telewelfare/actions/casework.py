"""What the office does with a case: open it, triage it, hand it over, move it on, settle what met."""

from __future__ import annotations

from telewelfare.actions.session import Session
from telewelfare.domain import lifecycle
from telewelfare.domain.dates import bangkok_iso
from telewelfare.domain.fields import Json, Path
from telewelfare.domain.ids import RecordId
from telewelfare.domain.operations import Edit
from telewelfare.domain.settling import CHOICES, settlement, sort_of
from telewelfare.store.lines import CaseLine
from telewelfare.store.queries import CaseDetail


class NotAllowed(Exception):
    """The case is not where this can be done, or the role may not. Nothing was changed."""


def mark_opened(session: Session, detail: CaseDetail) -> None:
    """Note once that this worker of the centre has seen the case; its author will be shown it."""
    if detail.receipts.opened_at is not None or detail.line.created_by == session.actor.worker:
        return
    session.journal.commit([_receipt(session, detail, "opened")], session.now())


def _receipt(session: Session, detail: CaseDetail, stage: str) -> Edit:
    moment = bangkok_iso(session.now())
    sets: dict[Path, Json] = {"case": detail.line.id, "stage": stage, "at": moment}
    return Edit("receipt", session.new_id(), sets)


def triage(session: Session, detail: CaseDetail, urgency: str, reason: str) -> None:
    """Say how urgent a case is, and why.

    Raises:
        NotAllowed
    """
    moment = bangkok_iso(session.now())
    sets: dict[Path, Json] = {
        "urgency": urgency,
        "urgency_reason": reason.strip() or None,
        "urgency_by": session.actor.worker,
        "urgency_at": moment,
        "needs_review": False,
    }
    edits = [Edit("case", RecordId(detail.line.id), sets), _receipt(session, detail, "acted")]
    if detail.case.get("state") in ("reported", "reopened"):
        edits.append(_event(session, detail, "triaged", reason))
    session.journal.commit(edits, session.now())


def assign(session: Session, detail: CaseDetail, worker: str, note: str = "") -> None:
    """Hand a case to a field worker.

    Raises:
        NotAllowed
    """
    sets: dict[Path, Json] = {"field_worker": worker}
    if not detail.case.get("owner"):
        sets["owner"] = session.actor.worker
    edits = [Edit("case", RecordId(detail.line.id), sets), _receipt(session, detail, "acted")]
    if detail.case.get("state") in ("reported", "triaged"):
        edits.append(_event(session, detail, "assigned", note))
    session.journal.commit(edits, session.now())


def move(session: Session, detail: CaseDetail, to: str, reason: str) -> None:
    """Take a case to another state.

    Raises:
        NotAllowed
    """
    edits = [_event(session, detail, to, reason), _receipt(session, detail, "acted")]
    session.journal.commit(edits, session.now())


def _event(session: Session, detail: CaseDetail, to: str, reason: str) -> Edit:
    state = str(detail.case.get("state"))
    if not lifecycle.may_move(state, to, session.actor.role):
        raise NotAllowed(to)
    sets: dict[Path, Json] = {
        "case": detail.line.id,
        "from": state,
        "to": to,
        "occurred_at": bangkok_iso(session.now()),
    }
    if reason.strip():
        sets["reason"] = reason.strip()
    return Edit("status_event", session.new_id(), sets)


def may_triage(session: Session, line: CaseLine) -> bool:
    """Whether this worker may say how urgent a case is: while it is open, also again."""
    return session.actor.role in lifecycle.INTAKE and lifecycle.is_open(line.state)


def may_assign(session: Session, line: CaseLine) -> bool:
    """Whether this worker may hand a case to a field worker, also to another one."""
    return session.actor.role in lifecycle.OFFICE and lifecycle.is_open(line.state)


def possible_moves(session: Session, detail: CaseDetail) -> tuple[str, ...]:
    """Where this worker may take the case."""
    return lifecycle.moves_from(str(detail.case.get("state")), session.actor.role)


def settle(session: Session, conflict: str, choice: str, third: Json = None) -> None:
    """Settle a conflict. Of an edit: keep `ours`, take `theirs`, or write a third value (`other`).

    "ours" is the value that stands, "theirs" the one that gave way. Of two records: `same` or
    `different`; of the last place: `wait`, `swap` or `both`. The centre does what this says; the
    record shows it here at once.

    Raises:
        LookupError: there is no such conflict here, or it offers no such choice.
    """
    record = session.journal.get(conflict)
    if record is None or record.kind != "conflict":
        raise LookupError(conflict)
    if choice not in CHOICES.get(sort_of(record.values), ()):
        raise LookupError(choice)
    target = session.journal.get(str(record.values.get("of")))
    sets: dict[Path, Json] = {
        **settlement(record.values, choice, third, target),
        "settled_by": session.actor.worker,
        "settled_at": bangkok_iso(session.now()),
    }
    session.journal.commit([Edit("conflict", record.id, sets)], session.now())
