"""What screens read: frozen values shaped for one screen each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from telewelfare.domain.clock import Millis
from telewelfare.domain.dates import parse_instant
from telewelfare.domain.fields import Values
from telewelfare.domain.kinds.assessment import dimensions_known
from telewelfare.domain.lifecycle import is_open
from telewelfare.domain.operations import Record
from telewelfare.domain.settling import is_open as is_waiting
from telewelfare.store.conflicts import about_client
from telewelfare.store.index import CaseFilter, Index
from telewelfare.store.journal import Journal, Waiting
from telewelfare.store.lines import CaseLine, PartnerLine, WorkerLine

FIELD_STATES: Final = frozenset({"assigned", "fact_finding", "needs_info"})
TRIAGE_STATES: Final = frozenset({"reported", "reopened"})
TASKS_SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class Receipts:
    """How far a record has come, by what the centre said and nothing else."""

    at_centre: bool
    opened_at: Millis | None
    opened_by: str
    acted_at: Millis | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a case's timeline."""

    at: Millis  # when it happened
    recorded_at: Millis | None  # when the device wrote it down
    kind: str
    id: str
    by: str  # worker
    sent: bool  # whether the centre has it
    refused: bool
    values: Values


@dataclass(frozen=True, slots=True)
class CaseDetail:
    """A case with everything a worker sees on its page."""

    line: CaseLine
    case: Values
    person: Values
    household: Values
    report: Values
    report_id: str
    visits: tuple[Record, ...]
    assessment: Record | None  # the newest
    attachments: tuple[Record, ...]
    conflicts: tuple[Record, ...]  # not settled
    timeline: tuple[Entry, ...]  # newest first
    receipts: Receipts
    owner: WorkerLine | None
    field_worker: WorkerLine | None


@dataclass(frozen=True, slots=True)
class Task:
    """Something this worker should do."""

    what: str  # code: visit, continue_visit, triage, review
    case: CaseLine
    due_at: Millis | None


@dataclass(frozen=True, slots=True)
class HomeSummary:
    """What the home screen shows."""

    tasks: tuple[Task, ...]
    open_cases: int
    overdue: int
    waiting: Waiting


@dataclass(frozen=True, slots=True)
class PartnerDetail:
    """A partner with its contacts."""

    line: PartnerLine
    values: Values
    contacts: tuple[Record, ...]  # newest first


def home_summary(journal: Journal, index: Index, now: Millis) -> HomeSummary:
    """What a volunteer has to do, most urgent first."""
    mine = index.cases(
        CaseFilter(worker=journal.actor.worker, only_open=True), sort="urgency", limit=10**9
    ).rows
    tasks = tuple(
        Task(_what(line), line, line.due_at) for line in mine if line.state in FIELD_STATES
    )
    overdue = sum(line.due_at is not None and line.due_at < now for line in mine)
    return HomeSummary(tasks[:TASKS_SHOWN], len(mine), overdue, journal.waiting())


def _what(line: CaseLine) -> str:
    return "visit" if line.state == "assigned" else "continue_visit"


def triage_queue(index: Index, wanted: CaseFilter) -> tuple[CaseLine, ...]:
    """What nobody at the centre has judged yet, most urgent first.

    Also what a volunteer triaged alone, or has visited already before the report arrived.
    """
    lines = index.cases(wanted, sort="urgency", limit=10**9).rows
    return tuple(line for line in lines if _to_triage(line))


def _to_triage(line: CaseLine) -> bool:
    unjudged = still_open(line) and not line.urgency
    return line.state in TRIAGE_STATES or line.needs_review or unjudged


def case_detail(journal: Journal, index: Index, case: str) -> CaseDetail | None:
    """Everything of one case; `None` when it is not on this device."""
    record, line = journal.get(case), index.case(case)
    if record is None or line is None:
        return None
    children, unsent = journal.of_case(case), journal.not_there()
    client, household = str(record.values.get("client") or ""), _last(children, "household")
    person = journal.get(client) if client else None
    report = next((child for child in children if child.kind == "incident_report"), None)
    return CaseDetail(
        line=line,
        case=record.values,
        person=person.values if person else {},
        household=household.values if household else {},
        report=report.values if report else {},
        report_id=report.id if report else "",
        visits=tuple(_of(children, "visit")),
        assessment=_last(children, "assessment"),
        attachments=tuple(_of(children, "attachment")),
        conflicts=(
            *(c for c in _of(children, "conflict") if is_waiting(c.values)),
            *about_client(journal, client),
        ),
        timeline=_timeline(children, unsent),
        receipts=_receipts(record, children, unsent),
        owner=index.worker(line.owner),
        field_worker=index.worker(line.field_worker),
    )


_WHEN: Final = {
    "incident_report": "occurred_at",
    "status_event": "occurred_at",
    "visit": "started_at",
    "assessment": "date",
    "consent": "at",
    "attachment": "captured_at",
    "partner_contact_log": "date",
}


def _timeline(children: Iterable[Record], unsent: frozenset[str]) -> tuple[Entry, ...]:
    entries = [_entry(child, unsent) for child in children if child.kind in _WHEN]
    return tuple(sorted(entries, key=lambda entry: (entry.at, entry.id), reverse=True))


def _entry(record: Record, unsent: frozenset[str]) -> Entry:
    recorded = parse_instant(str(record.values.get("recorded_at")))
    happened = parse_instant(str(record.values.get(_WHEN[record.kind])))
    return Entry(
        at=happened or recorded or Millis(0),
        recorded_at=recorded,
        kind=record.kind,
        id=record.id,
        by=str(record.values.get("created_by") or ""),
        sent=record.id not in unsent,
        refused=record.values.get("refused") is True,
        values=record.values,
    )


def _receipts(case: Record, children: tuple[Record, ...], unsent: frozenset[str]) -> Receipts:
    """Receipts of the author's own hand say nothing about the centre."""
    author = case.values.get("created_by")
    given = sorted(
        (
            (str(receipt.values.get("at")), str(receipt.values.get("stage")), receipt)
            for receipt in _of(children, "receipt")
            if receipt.values.get("created_by") != author
        ),
        key=lambda one: one[:2],
    )
    opened = next((receipt for _, stage, receipt in given if stage == "opened"), None)
    acted = next((receipt for _, stage, receipt in given if stage == "acted"), None)
    everything = {case.id, *(child.id for child in children if child.kind != "receipt")}
    return Receipts(
        at_centre=not everything & unsent,
        opened_at=_at(opened),
        opened_by=str(opened.values.get("created_by") or "") if opened else "",
        acted_at=_at(acted),
    )


def _at(receipt: Record | None) -> Millis | None:
    return parse_instant(str(receipt.values.get("at"))) if receipt else None


def partner_detail(journal: Journal, index: Index, partner: str) -> PartnerDetail | None:
    """A partner's page; `None` when it is not on this device."""
    record, line = journal.get(partner), index.partner(partner)
    if record is None or line is None:
        return None
    logs = list(journal.some(index.logs_of(partner)))
    logs.sort(key=lambda log: str(log.values.get("date")), reverse=True)
    return PartnerDetail(line, record.values, tuple(logs))


def open_visit(detail: CaseDetail) -> Record | None:
    """The visit that was begun and not finished."""
    return next((v for v in reversed(detail.visits) if v.values.get("completed") is not True), None)


def dimensions_done(detail: CaseDetail) -> int:
    """How many of the eight dimensions were looked at."""
    return dimensions_known(detail.assessment.values) if detail.assessment else 0


def _of(records: Iterable[Record], kind: str) -> Iterable[Record]:
    return (record for record in records if record.kind == kind)


def _last(records: Iterable[Record], kind: str) -> Record | None:
    return max(_of(records, kind), key=lambda record: record.id, default=None)


def still_open(line: CaseLine) -> bool:
    """Whether somebody still has to do something for this case."""
    return is_open(line.state)
