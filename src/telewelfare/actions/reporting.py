"""แจ้งเหตุ: a report becomes a case at once, on the device, without a signal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from dataclasses import field as kept_in
from typing import Any, Final

from telewelfare.actions.session import Session
from telewelfare.domain.areas import is_area, level
from telewelfare.domain.dates import BE_AHEAD, bangkok_date, bangkok_iso
from telewelfare.domain.fields import Json, Path
from telewelfare.domain.ids import RecordId
from telewelfare.domain.operations import Edit
from telewelfare.domain.phones import parse_phone
from telewelfare.domain.validation import problem_at

DRAFT: Final = "report_draft"
URGENT_FLAGS: Final = frozenset(
    {"life_threat", "sexual_abuse", "child_alone", "psychiatric_danger"}
)

TYPED: Final = (  # of a draft: where it will stand, and the step that asks for it
    ("situation", "incident_report", "situation_text", 1),
    ("place", "incident_report", "place_text", 2),
    ("alias", "person", "alias", 3),
    ("reporter_name", "incident_report", "reporter_name", 3),
)


@dataclass(frozen=True, slots=True)
class ReportDraft:
    """What was typed so far; kept sealed on the device at each change."""

    step: int = 1
    situation: str = ""
    red_flags: tuple[str, ...] = ()
    persons_count: int = 1
    area: str = ""
    place: str = ""
    geo: Mapping[str, Json] | None = None
    alias: str = ""
    sex: str = ""
    age: str = ""
    reporter_kind: str = "volunteer"
    reporter_name: str = ""
    reporter_phone: str = ""
    confidential: bool = False


@dataclass(frozen=True, slots=True)
class Missing:
    """What a step still needs: the field, and the code of the problem's sentence."""

    field: str
    code: str
    step: int
    detail: Mapping[str, int] = kept_in(default_factory=dict)  # fills the sentence


def report_problems(draft: ReportDraft) -> tuple[Missing, ...]:
    """What must be mended before the report can be saved, in order of the steps."""
    found = []
    if not draft.situation.strip():
        found.append(Missing("situation", "required", 1))
    if not is_area(draft.area) or level(draft.area) not in ("subdistrict", "village"):  # type: ignore[arg-type]
        found.append(Missing("area", "required", 2))
    if draft.age.strip() and _age(draft.age) is None:
        found.append(Missing("age", "out_of_range", 3))
    if draft.reporter_phone and parse_phone(draft.reporter_phone) is None:
        found.append(Missing("reporter_phone", "bad_phone", 3))
    found += [problem for place in TYPED if (problem := _unstorable(draft, *place))]
    return tuple(sorted(found, key=lambda one: one.step))


def _unstorable(draft: ReportDraft, name: str, kind: str, path: Path, step: int) -> Missing | None:
    """What the centre would send back: a text that is too long, or was pasted with odd characters."""
    typed = getattr(draft, name)
    problem = problem_at(kind, path, typed) if typed else None
    return Missing(name, problem.code, step, problem.detail) if problem else None


def _age(typed: str) -> int | None:
    return int(typed) if typed.strip().isdecimal() and int(typed) <= 130 else None  # noqa: PLR2004 - years a person can live


def keep_draft(session: Session, draft: ReportDraft) -> None:
    """Remember what was typed, so that a killed app goes on where it was."""
    session.journal.write_secret(DRAFT, asdict(draft))


def kept_draft(session: Session) -> ReportDraft | None:
    """What was typed and not yet saved, or `None`."""
    kept: dict[str, Any] | None = session.journal.read_secret(DRAFT)
    if not kept:
        return None
    known = {field.name for field in fields(ReportDraft)}
    values = {name: value for name, value in kept.items() if name in known}
    return ReportDraft(**{**values, "red_flags": tuple(values.get("red_flags") or ())})


def forget_draft(session: Session) -> None:
    """The report was saved, or the worker threw it away."""
    session.journal.write_secret(DRAFT, None)


@dataclass(frozen=True, slots=True)
class Reported:
    """A saved report."""

    case: RecordId
    provisional_no: str


def record_report(session: Session, draft: ReportDraft) -> Reported | tuple[Missing, ...]:
    """Save a report with its case and the person it is about, in one transaction."""
    problems = report_problems(draft)
    if problems:
        return problems
    now, moment = session.now(), bangkok_iso(session.now())
    case, report, person = session.new_id(), session.new_id(), session.new_id()
    number = provisional_no(session)
    at_once = bool(URGENT_FLAGS & set(draft.red_flags))
    edits = (
        Edit("person", person, _person(draft)),
        Edit(
            "case",
            case,
            {
                "provisional_no": number,
                "client": person,
                "area": draft.area,
                "opened_at": moment,
                "state": "reported",
                **({"urgency": "urgent", "needs_review": True} if at_once else {}),
                **({"minors_involved": True} if "child_alone" in draft.red_flags else {}),
            },
        ),
        Edit("incident_report", report, {**_report(draft, moment), "case": case}),
    )
    session.journal.commit(edits, now)
    forget_draft(session)
    return Reported(case, number)


def _person(draft: ReportDraft) -> dict[Path, Json]:
    return _said(
        {
            "alias": draft.alias.strip(),
            "sex": draft.sex,
            "age_estimated": _age(draft.age) if draft.age else None,
            "area": draft.area,
        }
    )


def _report(draft: ReportDraft, moment: str) -> dict[Path, Json]:
    phone = parse_phone(draft.reporter_phone)
    return _said(
        {
            "channel": "volunteer",
            "occurred_at": moment,
            "reporter_kind": draft.reporter_kind,
            "reporter_name": draft.reporter_name.strip(),
            "reporter_phone": phone,
            "reporter_confidential": True if draft.confidential else None,
            "area": draft.area,
            "place_text": draft.place.strip(),
            "geo": dict(draft.geo) if draft.geo else None,
            "situation_text": draft.situation,
            "persons_count": draft.persons_count,
            **{f"red_flags/{flag}": True for flag in draft.red_flags},
        }
    )


def _said(values: dict[Path, Json]) -> dict[Path, Json]:
    return {path: value for path, value in values.items() if value not in (None, "")}


def provisional_no(session: Session) -> str:
    """The number printed on paper until the centre gives its own: T4821-691120-3.

    T, four characters that tell devices apart, the day in the Buddhist era, a running number.
    """
    day = bangkok_date(session.now())
    stamp = f"{(day.year + BE_AHEAD) % 100:02d}{day:%m%d}"
    last_day, _, count = (session.journal.read_meta("provisional") or "").partition("-")
    number = int(count or 0) + 1 if last_day == stamp else 1
    session.journal.write_meta("provisional", f"{stamp}-{number}")
    return f"T{session.actor.device[-4:].upper()}-{stamp}-{number}"
