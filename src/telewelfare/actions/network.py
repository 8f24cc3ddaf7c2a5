"""The network of partners: every contact is written down where it happens."""

from __future__ import annotations

from dataclasses import dataclass

from telewelfare.actions.session import Session
from telewelfare.domain.dates import bangkok_date, bangkok_iso, parse_date
from telewelfare.domain.fields import Json, Path
from telewelfare.domain.ids import RecordId
from telewelfare.domain.operations import Edit
from telewelfare.store.lines import PartnerLine


@dataclass(frozen=True, slots=True)
class ContactDraft:
    """A contact with a partner as it is typed."""

    kind: str = ""
    summary: str = ""
    next_step: str = ""
    next_step_due: str = ""  # as typed; empty = no date


@dataclass(frozen=True, slots=True)
class ContactProblem:
    """What is wrong: the field and the code of the sentence."""

    field: str
    code: str


def contact_problems(draft: ContactDraft, session: Session) -> tuple[ContactProblem, ...]:
    """What must be mended before the contact can be saved."""
    found = []
    if not draft.kind:
        found.append(ContactProblem("kind", "required"))
    if not draft.summary.strip():
        found.append(ContactProblem("summary", "required"))
    if draft.next_step_due.strip() and _due(draft, session) is None:
        found.append(ContactProblem("next_step_due", "not_a_date"))
    return tuple(found)


def record_contact(
    session: Session, partner: PartnerLine, draft: ContactDraft, case: str = ""
) -> RecordId | tuple[ContactProblem, ...]:
    """Save a contact with a partner."""
    problems = contact_problems(draft, session)
    if problems:
        return problems
    sets: dict[Path, Json] = {
        "partner": partner.id,
        "area": partner.area,
        "date": bangkok_iso(session.now()),
        "by": session.actor.worker,
        "kind": draft.kind,
        "summary": draft.summary,
        "next_step": draft.next_step.strip() or None,
        "next_step_due": _due(draft, session),
        "case": case or None,
    }
    contact = session.new_id()
    session.journal.commit([Edit("partner_contact_log", contact, sets)], session.now())
    return contact


def _due(draft: ContactDraft, session: Session) -> Json:
    known = parse_date(draft.next_step_due, bangkok_date(session.now()))
    return {**known.to_json()} if known else None
