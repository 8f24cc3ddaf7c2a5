"""Two records that may be one, or that want one place: the few facts a person decides by."""

from dataclasses import dataclass
from typing import Final

from telewelfare.actions.session import Session
from telewelfare.domain.clock import Millis
from telewelfare.domain.dates import DateBE, parse_instant, show_known
from telewelfare.domain.fields import Path, Values, keys
from telewelfare.domain.ids import RecordId
from telewelfare.domain.kinds import KINDS
from telewelfare.domain.operations import Record
from telewelfare.domain.rights import OFFICE_ROLES, WRITES, hides
from telewelfare.domain.settling import CHOICES, LAST_PLACE, SAME_MEETING, SAME_PERSON, sort_of
from telewelfare.domain.thai_id import ThaiId, mask
from telewelfare.store.lines import person_name
from telewelfare.views.conflict_words import worker_words
from telewelfare.views.look import Look
from telewelfare.views.parts import Fact
from telewelfare.views.value_words import moment_words, path_words, value_words

FACTS: Final = {
    SAME_PERSON: ("birth", "age_estimated", "sex", "id_no", "alias", "area"),
    SAME_MEETING: ("started_at", "channel", "place", "minutes_state"),
    LAST_PLACE: ("kind", "state", "handover_at"),
}
"""What of a record is shown; the name or the resolutions stand above or below."""
FEW: Final = 6
_ID_DIGITS: Final = 13


@dataclass(frozen=True)
class Half:
    """One of the two records in words. `title` is whom or what it is about."""

    title: str
    facts: tuple[Fact, ...]
    who: str
    at: Millis | None
    case: str  # id, "" = none
    is_here: bool


@dataclass(frozen=True)
class Pair:
    """A question about two records. `choices` is empty for who may only look."""

    sort: str
    partner: str  # of a place: its name and how many it takes in
    early: Half
    late: Half
    choices: tuple[str, ...]
    settled: str
    settled_by: str
    settled_at: Millis | None


def pair_words(session: Session, look: Look, conflict: Record) -> Pair:
    """Read both records as far as they are on this device."""
    values, sort = conflict.values, sort_of(conflict.values)
    of, other = (session.journal.get(str(values.get(path))) for path in ("of", "with"))
    early, late = (other, of) if sort == LAST_PLACE else (of, other)
    return Pair(
        sort=sort,
        partner=_partner(session, look, of) if sort == LAST_PLACE else "",
        early=_half(session, look, sort, early),
        late=_half(session, look, sort, late),
        choices=_choices(session, values, sort),
        settled=str(values.get("settled") or ""),
        settled_by=worker_words(session, look, values.get("settled_by")),
        settled_at=parse_instant(str(values.get("settled_at"))),
    )


def _choices(session: Session, values: Values, sort: str) -> tuple[str, ...]:
    """What this worker may say; without an earlier placement nobody can be exchanged."""
    role = session.actor.role
    if role not in OFFICE_ROLES or "conflict" not in WRITES.get(role, frozenset()):
        return ()
    return tuple(c for c in CHOICES[sort] if c != "swap" or values.get("with"))


def _half(session: Session, look: Look, sort: str, record: Record | None) -> Half:
    if record is None:
        return Half(look.t("conflict.not_here"), (), "", None, "", is_here=False)
    values = record.values
    return Half(
        title=_title(session, look, sort, record),
        facts=(*_facts(session, look, sort, record), *_resolutions(session, look, record)),
        who=worker_words(session, look, values.get("created_by")),
        at=parse_instant(str(values.get("recorded_at"))),
        case=_case(session, record),
        is_here=True,
    )


def _case(session: Session, record: Record) -> str:
    if record.kind != "person":
        return str(record.values.get("case") or "")
    cases = session.index.cases_of(record.id)
    return cases[0].id if cases else ""


def _title(session: Session, look: Look, sort: str, record: Record) -> str:
    if sort == SAME_PERSON:
        return person_name(record.values) or look.t("cases.no_name")
    line = session.index.case(str(record.values.get("case")))
    return (line.name or line.no) if line else look.t("conflict.record")


def _facts(session: Session, look: Look, sort: str, record: Record) -> list[Fact]:
    shown = (
        p
        for p in FACTS[sort]
        if record.values.get(p) not in (None, "") and _may(session, record, p)
    )
    return [Fact(path_words(look, record.kind, p), _value(look, record, p)) for p in shown]


def _may(session: Session, record: Record, path: Path) -> bool:
    declared = KINDS[record.kind].field(path)
    return declared is not None and not hides(session.actor.role, declared.sensitivity)


def _value(look: Look, record: Record, path: Path) -> str:
    """The value in words; a card number as for those who need not know it."""
    value = record.values.get(path)
    if path == "id_no":
        number = str(value)
        return mask(ThaiId(number)) if len(number) == _ID_DIGITS else look.t("conflict.odd_number")
    known = DateBE.from_json(value) if path == "birth" else None
    return show_known(known, look.t.lang) if known else value_words(look, record.kind, path, value)


def _resolutions(session: Session, look: Look, record: Record) -> list[Fact]:
    if record.kind != "conference" or not _may(session, record, "resolutions/x/text"):
        return []
    said = [
        str(record.values.get(f"resolutions/{k}/text") or "")
        for k in keys(record.values, "resolutions")
    ]
    known = [one for one in said if one]
    more = [look.t("conflict.more", n=len(known) - FEW)] if len(known) > FEW else []
    lines = "\n".join([*(f"• {one}" for one in known[:FEW]), *more])
    return [Fact(look.t.field("conference", "resolutions"), lines)] if known else []


def _partner(session: Session, look: Look, placement: Record | None) -> str:
    partner = RecordId(str(placement.values.get("partner"))) if placement else RecordId("")
    record = session.journal.get(partner)
    if record is None:
        return ""
    values, name = record.values, str(record.values.get("name") or "")
    told = DateBE.from_json(values.get("capacity/as_of"))
    as_of = show_known(told, look.t.lang) if told else look.t("conflict.place.no_day")
    total, used = values.get("capacity/total"), values.get("capacity/used") or 0
    return look.t("conflict.place.told", name=name, total=total, used=used, as_of=as_of)


def by_words(look: Look, half: Half) -> str:
    """Return who wrote it and when."""
    when = moment_words(look, half.at)
    return look.t("conflict.by_at", who=half.who, when=when) if when else half.who
