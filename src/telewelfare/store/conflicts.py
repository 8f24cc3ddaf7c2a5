"""What waits for a person to decide, the oldest danger first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from telewelfare.domain.clock import Millis
from telewelfare.domain.dates import parse_instant
from telewelfare.domain.fields import Json
from telewelfare.domain.operations import Record
from telewelfare.domain.settling import OF_TWO, is_open, sort_of
from telewelfare.store.index import DANGER, URGENCY_ORDER, Index
from telewelfare.store.journal import Journal
from telewelfare.store.lines import CaseLine

CALM: Final = URGENCY_ORDER[""]


@dataclass(frozen=True, slots=True)
class ConflictLine:
    """A conflict as the inbox shows it. `case` is the one it is about, None where there is none."""

    id: str
    sort: str
    of_kind: str
    of: str
    path: str
    case: CaseLine | None
    by: tuple[str, ...]  # workers
    at: Millis | None
    needs_person: bool


def open_conflicts(journal: Journal, index: Index) -> tuple[ConflictLine, ...]:
    """Those in this worker's scope that nobody has settled."""
    found = (r for r in journal.of_kind("conflict") if is_open(r.values))
    return tuple(sorted((_line(record, journal, index) for record in found), key=_order))


def about_client(journal: Journal, client: str) -> tuple[Record, ...]:
    """Open conflicts about a person alone: they stand in no case, but concern each of theirs."""
    found = journal.of_kind("conflict") if client else ()
    return tuple(
        one
        for one in found
        if one.values.get("of") == client and not one.values.get("case") and is_open(one.values)
    )


def _line(record: Record, journal: Journal, index: Index) -> ConflictLine:
    values = record.values
    case, of = values.get("case"), str(values.get("of") or "")
    cases = index.cases_of(of) if not case and values.get("of_kind") == "person" else ()
    is_pair = sort_of(values) in OF_TWO
    sides = (
        _authors(record, journal) if is_pair else [values.get("kept_by"), values.get("other_by")]
    )
    return ConflictLine(
        id=record.id,
        sort=sort_of(values),
        of_kind=str(values.get("of_kind") or ""),
        of=of,
        path=str(values.get("path") or ""),
        case=index.case(str(case)) if case else next(iter(cases), None),
        by=tuple(str(worker) for worker in dict.fromkeys(sides) if worker),
        at=parse_instant(str(values.get("recorded_at"))),
        needs_person=values.get("needs_person") is True,
    )


def _authors(record: Record, journal: Journal) -> list[Json]:
    """Who recorded the two that are in question, as far as they are here."""
    both = journal.some([str(record.values.get("of")), str(record.values.get("with"))])
    return [one.values.get("created_by") for one in both]


def _order(line: ConflictLine) -> tuple[int, bool, Millis, str]:
    return (_rank(line.case), not line.needs_person, line.at or Millis(0), line.id)


def _rank(case: CaseLine | None) -> int:
    if case is None:
        return CALM
    unjudged = bool(case.red_flags) and not case.urgency
    return DANGER if unjudged else URGENCY_ORDER.get(case.urgency, CALM)
