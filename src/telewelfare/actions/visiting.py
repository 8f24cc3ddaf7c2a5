"""ลงพื้นที่: a visit and its assessment, each answer saved as it is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

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
    blank_of,
    dimension_of,
    missing,
    said_blank,
    was_met,
)
from telewelfare.domain.validation import check_value, is_soft
from telewelfare.store.queries import CaseDetail, open_visit

QUESTIONS: Final = (*VISIT_QUESTIONS[:-1], *ASSESSMENT_QUESTIONS, VISIT_QUESTIONS[-1])
"""All questions of a visit; the signature comes last, when there is something to sign."""


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
        Edit("assessment", session.new_id(), _assessment(session, case, visit, first=first)),
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
    edits = [*_record_edits(session, at, question.kind, _sets(at, question, value))]
    if question.path == "problems":
        edits.append(_case_problems(at, value))
    said = said_blank(question, at.known)
    if said:
        edits.append(_said(at, said, question, said=False))
    session.journal.commit(_merged(edits), session.now())
    return None


def answer_blank(session: Session, at: Visiting, question: Question) -> None:
    """Say that nobody knows, or that nothing of the list applies; the question counts as answered."""
    blank = blank_of(question)
    if not blank:
        return
    cleared = _sets(at, question, [] if _is_set(question) else None)
    known = at.known.get(question.kind, {})
    gone = {path: value for path, value in cleared.items() if known.get(path) not in (None, False)}
    edits = [_said(at, blank, question, said=True)]
    if gone and question.kind in at.ids:
        edits.append(Edit(question.kind, at.ids[question.kind], gone))
    session.journal.commit(_merged(edits), session.now())


def _said(at: Visiting, blank: str, question: Question, *, said: bool) -> Edit:
    return Edit("visit", at.ids["visit"], {f"{blank}/{escape(question.name)}": said})


def _merged(edits: list[Edit]) -> list[Edit]:
    """One edit for each record: one operation to send."""
    by_record: dict[tuple[str, RecordId], dict[Path, Json]] = {}
    for edit in edits:
        by_record.setdefault((edit.kind, edit.record), {}).update(edit.sets)
    return [Edit(kind, record, sets) for (kind, record), sets in by_record.items()]


PLACE: Final = "visit_place"


def keep_place(session: Session, visit: str, question: str) -> None:
    """Remember on this device which question (its key) stood open, also when it was skipped."""
    session.journal.write_secret(PLACE, {"visit": visit, "question": question})


def kept_place(session: Session, visit: str) -> str:
    """The key of the question that stood open last in this visit on this device; "" if none."""
    kept = session.journal.read_secret(PLACE) or {}
    return str(kept.get("question") or "") if kept.get("visit") == visit else ""


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
    return sets


def _record_edits(
    session: Session, at: Visiting, kind: str, sets: dict[Path, Json]
) -> tuple[Edit, ...]:
    """The edit of the record; one that the case did not have yet is begun, and the case names it."""
    if kind in at.ids:
        return (Edit(kind, at.ids[kind], sets),)
    record = session.new_id()
    if kind == "assessment":
        return (Edit(kind, record, {**_assessment(session, at.case, at.ids["visit"]), **sets}),)
    role, of_case = {"household": ("household", {"case": at.case}), "person": ("client", {})}[kind]
    return (Edit(kind, record, {**of_case, **sets}), Edit("case", at.case, {role: record}))


def _assessment(
    session: Session, case: RecordId, visit: RecordId, *, first: bool = True
) -> dict[Path, Json]:
    return {
        "case": case,
        "visit": visit,
        "assessor": session.actor.worker,
        "date": bangkok_iso(session.now()),
        "stage": "baseline" if first else "review",
    }


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
        session.journal.commit(_record_edits(session, at, "assessment", sets), session.now())


@dataclass(frozen=True, slots=True)
class NotYet:
    """Needed questions without an answer."""

    questions: tuple[Question, ...]


def finish_visit(session: Session, detail: CaseDetail, visit: str) -> NotYet | None:
    """Close the visit and say that the facts are found; gives what is still needed instead.

    When nobody was met the visit is closed and the case stays where it is: someone goes again.
    """
    at = visiting(session, visit)
    if at is None:
        return None
    left = missing(QUESTIONS, at.known)
    if left:
        return NotYet(left)
    moment = bangkok_iso(session.now())
    edits = [
        Edit("visit", RecordId(visit), {"completed": True, "ended_at": moment}),
        *(_moves(session, detail, "fact_found", moment) if was_met(at.known) else ()),
    ]
    session.journal.commit(edits, session.now())
    return None
