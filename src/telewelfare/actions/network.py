"""The network of partners: every contact is written down where it happens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from dataclasses import field as default_of
from typing import Final

from telewelfare.actions.session import Session
from telewelfare.domain.dates import bangkok_date, bangkok_iso, parse_date
from telewelfare.domain.fields import Json, Path
from telewelfare.domain.ids import RecordId
from telewelfare.domain.operations import Edit
from telewelfare.domain.validation import problem_at
from telewelfare.store.lines import PartnerLine

DRAFT: Final = "contact_draft/"


TYPED: Final = ("summary", "next_step")


@dataclass(frozen=True, slots=True)
class ContactDraft:
    """A contact with a partner as it is typed."""

    kind: str = ""
    summary: str = ""
    next_step: str = ""
    next_step_due: str = ""  # as typed; empty = no date


@dataclass(frozen=True, slots=True)
class ContactProblem:
    """What is wrong: the field, the code of the sentence, and what the sentence names."""

    field: str
    code: str
    detail: Mapping[str, int] = default_of(default_factory=dict)


def keep_contact(session: Session, partner: str, draft: ContactDraft) -> None:
    """Keep what was typed about a partner, so that a call or a dead battery loses nothing."""
    session.journal.write_secret(DRAFT + partner, {**asdict(draft)})


def kept_contact(session: Session, partner: str) -> ContactDraft:
    """What was typed and not saved; an empty draft when there is none."""
    kept = session.journal.read_secret(DRAFT + partner)
    names = {one.name for one in fields(ContactDraft)}
    known = kept.items() if isinstance(kept, dict) else ()
    return ContactDraft(**{name: str(value) for name, value in known if name in names})


def contact_problems(draft: ContactDraft, session: Session) -> tuple[ContactProblem, ...]:
    """What must be mended before the contact can be saved."""
    found = []
    if not draft.kind:
        found.append(ContactProblem("kind", "required"))
    if not draft.summary.strip():
        found.append(ContactProblem("summary", "required"))
    if draft.next_step_due.strip() and _due(draft, session) is None:
        found.append(ContactProblem("next_step_due", "not_a_date"))
    found += [wrong for name in TYPED if (wrong := _unstorable(name, getattr(draft, name)))]
    return tuple(found)


def _unstorable(name: str, typed: str) -> ContactProblem | None:
    """What the centre would send back: a text that is too long, or has odd characters."""
    problem = problem_at("partner_contact_log", name, typed)
    return ContactProblem(name, problem.code, problem.detail) if problem else None


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
    keep_contact(session, partner.id, ContactDraft())
    return contact


def _due(draft: ContactDraft, session: Session) -> Json:
    known = parse_date(draft.next_step_due, bangkok_date(session.now()))
    return {**known.to_json()} if known else None
