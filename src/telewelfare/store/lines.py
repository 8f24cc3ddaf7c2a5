"""What a list shows of a case, a partner, a worker: opened once, kept in memory, searched there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from telewelfare.domain.areas import AreaCode, full_name, is_area
from telewelfare.domain.clock import Millis
from telewelfare.domain.dates import parse_instant
from telewelfare.domain.fields import Values, elements, keys
from telewelfare.domain.operations import Record
from telewelfare.domain.tasks import case_due
from telewelfare.domain.text import search_key, sort_key

NEEDED = ("first_name", "last_name", "alias", "sex", "age_estimated", "case", "situation_text")
EXCERPT = 120  # characters of the situation that a line keeps


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One case as lists show it. Empty texts mean that it is not known."""

    id: str
    no: str  # the centre's number, before that the provisional one
    client: str  # id of the person
    name: str
    sex: str
    age: int | None
    area: str
    state: str
    urgency: str
    opened_at: Millis
    due_at: Millis | None
    owner: str
    field_worker: str
    created_by: str
    needs_review: bool
    minors: bool
    red_flags: int
    situation: str
    key: str  # normalised text to search in


@dataclass(frozen=True, slots=True)
class PartnerLine:
    """One partner as the directory shows it."""

    id: str
    name: str
    kind: str
    area: str
    phone: str
    line_id: str
    services: tuple[str, ...]
    free: int | None  # places; None = not known
    capacity_as_of: str
    stage: str
    status: str
    grade: str
    last_contact: Millis | None
    key: str
    order: tuple[str, str]  # Thai collation of the name


@dataclass(frozen=True, slots=True)
class WorkerLine:
    """One worker of the centre."""

    id: str
    name: str
    role: str
    position: str
    areas: tuple[str, ...]


def person_name(values: Values) -> str:
    """How a person is called: first and last name, else the alias; "" when neither is known."""
    full = f"{_text(values, 'first_name')} {_text(values, 'last_name')}".strip()
    return full or _text(values, "alias")


def slim(record: Record) -> Record:
    """As much of a person or a report as the line of a case is built from."""
    values = record.values
    kept = {path: values[path] for path in NEEDED if path in values}
    kept |= {path: True for path in values if path.startswith("red_flags/") and values[path]}
    if isinstance(told := kept.get("situation_text"), str):
        kept["situation_text"] = told[:EXCERPT]
    return Record(record.kind, record.id, kept)


def case_line(case: Record, person: Record | None, report: Record | None) -> CaseLine:
    """Build the line of a case from what is known of it."""
    values = case.values
    who = person.values if person else {}
    seen = report.values if report else {}
    area, name = _text(values, "area"), person_name(who)
    situation = _text(seen, "situation_text")[:EXCERPT]
    number = _text(values, "case_no") or _text(values, "provisional_no")
    searched = (number, _text(values, "provisional_no"), name, _text(who, "alias"))
    return CaseLine(
        id=case.id,
        no=number,
        client=_text(values, "client"),
        name=name,
        sex=_text(who, "sex"),
        age=_number(who.get("age_estimated")),
        area=area,
        state=_text(values, "state"),
        urgency=_text(values, "urgency"),
        opened_at=parse_instant(_text(values, "opened_at")) or Millis(0),
        due_at=case_due(values),
        owner=_text(values, "owner"),
        field_worker=_text(values, "field_worker"),
        created_by=_text(values, "created_by"),
        needs_review=values.get("needs_review") is True,
        minors=values.get("minors_involved") is True,
        red_flags=len(elements(seen, "red_flags")),
        situation=situation,
        key="\n".join((*map(search_key, searched), _area_key(area), search_key(situation))),
    )


def partner_line(partner: Record, last_contact: Millis | None) -> PartnerLine:
    """Build the line of a partner."""
    values = partner.values
    area, name = _text(values, "area"), _text(values, "name")
    total, used = _number(values.get("capacity/total")), _number(values.get("capacity/used"))
    people = [_text(values, f"contacts/{key}/name") for key in keys(values, "contacts")]
    return PartnerLine(
        id=partner.id,
        name=name,
        kind=_text(values, "kind"),
        area=area,
        phone=_phone(values),
        line_id=_text(values, "line_id"),
        services=tuple(sorted(elements(values, "services"))),
        free=None if total is None else max(0, total - (used or 0)),
        capacity_as_of=str((values.get("capacity/as_of") or {}).get("iso", "")),  # type: ignore[union-attr]  # a date is an object
        stage=_text(values, "stage"),
        status=_text(values, "status"),
        grade=_text(values, "grade"),
        last_contact=last_contact,
        key="\n".join((search_key(name), *map(search_key, people), _area_key(area))),
        order=sort_key(name),
    )


def worker_line(worker: Record) -> WorkerLine:
    """Build the line of a worker."""
    values = worker.values
    return WorkerLine(
        worker.id,
        _text(values, "display_name"),
        _text(values, "role"),
        _text(values, "position"),
        tuple(sorted(elements(values, "areas"))),
    )


def _phone(values: Values) -> str:
    own = _text(values, "phone")
    of_contacts = (_text(values, f"contacts/{key}/phone") for key in keys(values, "contacts"))
    return own or next(filter(None, of_contacts), "")


def _text(values: Values, path: str) -> str:
    found = values.get(path)
    return found if isinstance(found, str) else ""


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


@lru_cache(maxsize=10_000)
def _area_key(area: str) -> str:
    return search_key(full_name(AreaCode(area))) if is_area(area) else ""
