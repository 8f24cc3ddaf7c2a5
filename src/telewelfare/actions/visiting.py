"""ลงพื้นที่: a visit and its assessment, each answer saved as it is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from telewelfare.actions.session import Session
from telewelfare.domain import lifecycle
from telewelfare.domain.codes import RED_FLAG_PROBLEMS
from telewelfare.domain.dates import bangkok_iso
from telewelfare.domain.fields import Json, Path, Type, Values, elements, escape
from telewelfare.domain.ids import RecordId
from telewelfare.domain.operations import Edit
from telewelfare.domain.questions import (
    ASSESSMENT_QUESTIONS,
    VISIT_QUESTIONS,
    Question,
    dimension_of,
    missing,
)
from telewelfare.domain.validation import check_value, is_soft
from telewelfare.store.queries import CaseDetail, open_visit

QUESTIONS = VISIT_QUESTIONS + ASSESSMENT_QUESTIONS


@dataclass(frozen=True, slots=True)
class Visiting:
    """A visit under way: the records its answers belong to, and what they hold."""

    case: RecordId
    ids: Mapping[str, RecordId]  # kind: record
    known: Mapping[str, Values]  # kind: values


def start_visit(session: Session, detail: CaseDetail) -> RecordId:
    """Begin a visit, or go on with the one that was not finished; give its id.

    Begins the fact finding if the case was waiting for it, and the assessment of the visit.
    """
    going_on = open_visit(detail)
    if going_on is not None:
        return going_on.id
    now, moment = session.now(), bangkok_iso(session.now())
    case, visit = RecordId(detail.line.id), session.new_id()
    first = not any(v.values.get("kind") == "first" for v in detail.visits)
    edits = [
        Edit(
            "visit",
            visit,
            {
                "case": case,
                "kind": "first" if first else "additional",
                "started_at": moment,
                f"visitors/{session.actor.worker}": True,
            },
        ),
        Edit(
            "assessment",
            session.new_id(),
            {
                "case": case,
                "visit": visit,
                "assessor": session.actor.worker,
                "date": moment,
                "stage": "baseline" if first else "review",
            },
        ),
        *_moves(session, detail, "fact_finding", moment),
    ]
    session.journal.commit(edits, now)
    return visit


def _moves(session: Session, detail: CaseDetail, to: str, moment: str) -> list[Edit]:
    state = str(detail.case.get("state"))
    if not lifecycle.may_move(state, to, session.actor.role):
        return []
    event: dict[Path, Json] = {
        "case": detail.line.id,
        "from": state,
        "to": to,
        "occurred_at": moment,
    }
    return [Edit("status_event", session.new_id(), event)]


def visiting(session: Session, visit: str) -> Visiting | None:
    """The visit's answers so far, with the person, the household and the assessment they belong to."""
    record = session.journal.get(visit)
    case_id = str(record.values.get("case")) if record else ""
    case = session.journal.get(case_id) if case_id else None
    if record is None or case is None:
        return None
    children = session.journal.of_case(case_id)
    assessment = next(
        (c for c in children if c.kind == "assessment" and c.values.get("visit") == visit), None
    )
    household = next((c for c in children if c.kind == "household"), None)
    person = session.journal.get(str(case.values.get("client") or ""))
    found = {
        "visit": record,
        "case": case,
        "person": person,
        "household": household,
        "assessment": assessment,
    }
    ids = {kind: record.id for kind, record in found.items() if record is not None}
    values = {kind: record.values for kind, record in found.items() if record is not None}
    return Visiting(RecordId(case_id), ids, values)


@dataclass(frozen=True, slots=True)
class Wrong:
    """An answer that cannot be kept as it is: code of the sentence, and what the sentence names."""

    code: str
    soft: bool  # may be kept after the worker has confirmed it


def answer(
    session: Session, at: Visiting, question: Question, value: Json, *, confirmed: bool = False
) -> Wrong | None:
    """Save one answer; `None` clears it. For sets, `value` is the list of what is ticked.

    Gives what is wrong with it instead of saving. What is softly wrong, as a number that an old
    card shows with a wrong check digit, is kept once the worker has `confirmed` it.
    """
    problem = None if _is_set(question) or value is None else check_value(question.field, value)
    if problem and not (confirmed and is_soft(problem)):
        return Wrong(problem, is_soft(problem))
    record = at.ids.get(question.kind) or session.new_id()
    edits = [Edit(question.kind, record, _sets(at, question, value))]
    if question.kind not in at.ids:
        edits = _with_new_record(at, question, record, edits)
    if question.path == "problems":
        edits.append(_case_problems(at, value))
    session.journal.commit(edits, session.now())
    return None


def _is_set(question: Question) -> bool:
    return question.field.type is Type.SET


def _sets(at: Visiting, question: Question, value: Json) -> dict[Path, Json]:
    had = at.known.get(question.kind, {})
    sets: dict[Path, Json] = {}
    if _is_set(question):
        wanted = {str(element) for element in value} if isinstance(value, list) else set()
        every = wanted | set(elements(had, question.path))
        sets = {f"{question.path}/{escape(element)}": element in wanted for element in every}
    else:
        sets = {question.path: value}
    dimension = dimension_of(question)
    if dimension:
        sets[f"items/{dimension}/status"] = "assessed" if value is not None else "not_assessed"
    if question.kind == "visit":
        sets["step"] = question.name
    return sets


def _with_new_record(
    at: Visiting, question: Question, record: RecordId, edits: list[Edit]
) -> list[Edit]:
    """A household or person that the case did not have yet, and the case that names it."""
    role = {"household": "household", "person": "client"}[question.kind]
    first = edits[0]
    of_case: dict[Path, Json] = {"case": at.case} if question.kind == "household" else {}
    return [
        Edit(first.kind, record, {**of_case, **first.sets}),
        Edit("case", at.case, {role: record}),
    ]


def _case_problems(at: Visiting, value: Json) -> Edit:
    """What was ticked under 6 stands on the case; a red flag lifts its urgency."""
    ticked = {str(code) for code in value} if isinstance(value, list) else set()
    had = {p.split("/")[1] for p in at.known["case"] if p.startswith("problems/")}
    sets: dict[Path, Json] = {f"problems/{code}": code in ticked for code in ticked | had}
    if ticked & RED_FLAG_PROBLEMS and at.known["case"].get("urgency") not in ("critical", "urgent"):
        sets |= {"urgency": "urgent", "needs_review": True}
    return Edit("case", at.case, sets)


def not_asked(session: Session, at: Visiting, question: Question) -> None:
    """Say that a dimension was not looked at: that is not the same as no problem."""
    dimension = dimension_of(question)
    if dimension:
        sets: dict[Path, Json] = {
            f"items/{dimension}/status": "not_assessed",
            f"items/{dimension}/severity": None,
        }
        session.journal.commit([Edit("assessment", at.ids["assessment"], sets)], session.now())


@dataclass(frozen=True, slots=True)
class NotYet:
    """Needed questions without an answer."""

    questions: tuple[Question, ...]


def finish_visit(session: Session, detail: CaseDetail, visit: str) -> NotYet | None:
    """Close the visit and say that the facts are found; gives what is still needed instead."""
    at = visiting(session, visit)
    if at is None:
        return None
    left = missing(QUESTIONS, at.known)
    if left:
        return NotYet(left)
    moment = bangkok_iso(session.now())
    edits = [
        Edit("visit", RecordId(visit), {"completed": True, "ended_at": moment}),
        *_moves(session, detail, "fact_found", moment),
    ]
    session.journal.commit(edits, session.now())
    return None
