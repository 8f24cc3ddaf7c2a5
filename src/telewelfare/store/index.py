"""The lines of all cases, partners and workers, in memory; search and lists read from here."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Final, Generic, TypeVar

from telewelfare.domain.areas import contains
from telewelfare.domain.clock import Millis
from telewelfare.domain.dates import parse_instant
from telewelfare.domain.lifecycle import is_open
from telewelfare.domain.operations import Record
from telewelfare.domain.text import query_keys, sort_key
from telewelfare.store.journal import Changes, Journal
from telewelfare.store.lines import (
    CaseLine,
    PartnerLine,
    WorkerLine,
    case_line,
    partner_line,
    slim,
    worker_line,
)

LISTED: Final = ("case", "person", "incident_report", "partner", "partner_contact_log", "worker")
URGENCY_ORDER: Final = {"critical": 0, "urgent": 2, "": 3, "normal": 3, "watch": 4}
DANGER: Final = 1  # reported and judged by nobody yet: the form promises it is looked at first
FAR: Final = 1 << 62
NEVER: Final = Millis(0)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """Which cases a list shows; empty = no condition."""

    query: str = ""
    states: frozenset[str] = frozenset()
    urgencies: frozenset[str] = frozenset()
    area: str = ""  # province, district or subdistrict
    worker: str = ""  # owner, field worker or who wrote it
    only_open: bool = False
    overdue_at: Millis | None = None  # only what was due before


@dataclass(frozen=True, slots=True)
class PartnerFilter:
    """Which partners the directory shows; empty = no condition."""

    query: str = ""
    kinds: frozenset[str] = frozenset()
    services: frozenset[str] = frozenset()
    area: str = ""
    with_places: bool = False


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows of a list, and how many there are."""

    rows: tuple[T, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Lines:
    """Everything an index holds, to be kept and put back."""

    cases: tuple[CaseLine, ...]
    partners: tuple[PartnerLine, ...]
    workers: tuple[WorkerLine, ...]
    reports: Mapping[str, str]  # report: its case
    logs: Mapping[str, tuple[str, Millis]]  # contact log: its partner, when


SORTS: Final[Mapping[str, Callable[[CaseLine], object]]] = {
    "urgency": lambda line: (
        _rank(line),
        line.due_at or FAR,
        line.opened_at,
    ),
    "due": lambda line: (line.due_at or FAR, line.opened_at),
    "opened": lambda line: line.opened_at,
    "no": lambda line: line.no,
    "name": lambda line: sort_key(line.name),
    "area": lambda line: line.area,
    "state": lambda line: line.state,
}
PARTNER_SORTS: Final[Mapping[str, Callable[[PartnerLine], object]]] = {
    "name": lambda line: line.order,
    "kind": lambda line: (line.kind, line.order),
    "area": lambda line: (line.area, line.order),
    "free": lambda line: (-1 if line.free is None else line.free, line.order),
    "contact": lambda line: (line.last_contact or 0, line.order),
}


def _rank(line: CaseLine) -> int:
    unjudged = bool(line.red_flags) and not line.urgency
    return DANGER if unjudged else URGENCY_ORDER.get(line.urgency, URGENCY_ORDER[""])


class Index:
    """Kept up to date by the journal; safe to read from several threads."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._lock = threading.RLock()
        self._cases: dict[str, CaseLine] = {}
        self._partners: dict[str, PartnerLine] = {}
        self._workers: dict[str, WorkerLine] = {}
        self._cases_of: defaultdict[str, set[str]] = defaultdict(set)  # person: cases
        self._case_of: dict[str, str] = {}  # report: its case
        self._reports_of: dict[str, tuple[str, ...]] = {}  # case: its reports, oldest first
        self._partner_of: dict[str, str] = {}  # contact log: its partner
        self._logs_of: defaultdict[str, dict[str, Millis]] = defaultdict(dict)  # partner: when
        self._case_orders: dict[tuple[str, bool], list[CaseLine]] = {}  # since the last change
        self._partner_orders: dict[tuple[str, bool], list[PartnerLine]] = {}
        journal.listen(self.refresh)

    def load(self) -> None:
        """Open everything that lists show."""
        each = self._journal.each
        with self._lock:
            self._note_contacts(each("partner_contact_log"))
            reports: dict[str, Record] = {r.id: slim(r) for r in each("incident_report")}
            self._note_reports(reports.values())
            people: dict[str, Record] = {r.id: slim(r) for r in each("person")}
            for case in each("case"):
                self._put_case(case, people.get, reports.get)
            for partner in each("partner"):
                self._put_partner(partner)
            self._workers = {record.id: worker_line(record) for record in each("worker")}
            self._forget_orders()

    def lines(self) -> Lines:
        """Everything it holds now."""
        with self._lock:
            logs = {log: (of, self._logs_of[of][log]) for log, of in self._partner_of.items()}
            return Lines(
                tuple(self._cases.values()),
                tuple(self._partners.values()),
                tuple(self._workers.values()),
                dict(self._case_of),
                logs,
            )

    def put_lines(self, kept: Lines) -> None:
        """Hold what was kept, and nothing else."""
        with self._lock:
            self._cases = {line.id: line for line in kept.cases}
            self._partners = {line.id: line for line in kept.partners}
            self._workers = {line.id: line for line in kept.workers}
            self._cases_of.clear()
            for line in kept.cases:
                if line.client:
                    self._cases_of[line.client].add(line.id)
            self._case_of = dict(kept.reports)
            self._reports_of = _by_case(self._case_of)
            self._partner_of = {log: of for log, (of, _) in kept.logs.items()}
            self._logs_of.clear()
            for log, (of, at) in kept.logs.items():
                self._logs_of[of][log] = at
            self._forget_orders()

    def refresh(self, changes: Changes) -> None:
        """Read again what was written."""
        touched: defaultdict[str, set[str]] = defaultdict(set)
        for kind, record in changes.records:
            touched[kind].add(record)
        with self._lock:
            reported = self._refresh_reports(touched["incident_report"])
            named = {case for one in touched["person"] for case in self._cases_of.get(one, ())}
            self._refresh_cases(touched["case"] | named | reported)
            contacted = self._refresh_contacts(touched["partner_contact_log"])
            self._refresh_partners(touched["partner"] | contacted)
            self._refresh_workers(touched["worker"])
            self._forget_orders()

    def _forget_orders(self) -> None:
        self._case_orders.clear()
        self._partner_orders.clear()

    def _refresh_reports(self, ids: Collection[str]) -> set[str]:
        """Note what reports say now; give the cases that had or have one of them."""
        had = {self._case_of.pop(one) for one in ids if one in self._case_of}
        for case in had:
            self._reports_of[case] = tuple(r for r in self._reports_of[case] if r not in ids)
        found = self._journal.some(ids)
        self._note_reports(found)
        return had | {self._case_of[one.id] for one in found if one.id in self._case_of}

    def _refresh_contacts(self, ids: Collection[str]) -> set[str]:
        """Note what contact logs say now; give the partners that had or have one of them."""
        had = {self._partner_of[one] for one in ids if one in self._partner_of}
        for one in ids:
            self._logs_of[self._partner_of.pop(one, "")].pop(one, None)
        found = self._journal.some(ids)
        self._note_contacts(found)
        return had | {self._partner_of[one.id] for one in found}

    def _refresh_workers(self, ids: Collection[str]) -> None:
        for one in ids:
            self._workers.pop(one, None)
        for worker in self._journal.some(ids):
            self._workers[worker.id] = worker_line(worker)

    def _refresh_cases(self, ids: Collection[str]) -> None:
        found: dict[str, Record] = {r.id: r for r in self._journal.some(ids) if r.kind == "case"}
        for gone in set(ids) - found.keys():
            self._cases.pop(gone, None)
        for case in found.values():
            self._put_case(case, self._journal.get, self._journal.get)

    def _refresh_partners(self, ids: Collection[str]) -> None:
        found = {r.id: r for r in self._journal.some(ids) if r.kind == "partner"}
        for gone in set(ids) - found.keys():
            self._partners.pop(gone, None)
        for partner in found.values():
            self._put_partner(partner)

    def _put_case(
        self,
        case: Record,
        person: Callable[[str], Record | None],
        report: Callable[[str], Record | None],
    ) -> None:
        client = str(case.values.get("client") or "")
        if client:
            self._cases_of[client].add(case.id)
        told = self.report_of(case.id)
        self._cases[case.id] = case_line(
            case, person(client) if client else None, report(told) if told else None
        )

    def _put_partner(self, partner: Record) -> None:
        last = max(self._logs_of.get(partner.id, {}).values(), default=NEVER)
        self._partners[partner.id] = partner_line(partner, None if last == NEVER else last)

    def _note_reports(self, reports: Iterable[Record]) -> None:
        for report in reports:
            case = str(report.values.get("case") or "")
            if case:
                self._case_of[report.id] = case
                others = self._reports_of.get(case, ())
                self._reports_of[case] = tuple(sorted({*others, report.id}))

    def _note_contacts(self, logs: Iterable[Record]) -> None:
        for log in logs:
            partner, at = str(log.values.get("partner")), parse_instant(str(log.values.get("date")))
            self._partner_of[log.id] = partner
            self._logs_of[partner][log.id] = NEVER if at is None else at

    # ------------------------------------------------------------------- read

    def case(self, case: str) -> CaseLine | None:
        """The line of one case."""
        return self._cases.get(case)

    def cases_of(self, person: str) -> tuple[CaseLine, ...]:
        """The cases whose client this is, the newest first."""
        with self._lock:
            found = (self._cases[case] for case in self._cases_of.get(person, ()))
            return tuple(sorted(found, key=lambda line: line.opened_at, reverse=True))

    def partner(self, partner: str) -> PartnerLine | None:
        """The line of one partner."""
        return self._partners.get(partner)

    def worker(self, worker: str) -> WorkerLine | None:
        """The line of one worker; `None` when this device was not told of them."""
        return self._workers.get(worker)

    def workers(self, *roles: str) -> tuple[WorkerLine, ...]:
        """Workers in these roles (all when none is named), in Thai order of name."""
        found = [line for line in self._workers.values() if not roles or line.role in roles]
        return tuple(sorted(found, key=lambda line: sort_key(line.name)))

    def report_of(self, case: str) -> str | None:
        """The report that began a case."""
        return next(iter(self._reports_of.get(case, ())), None)

    def logs_of(self, partner: str) -> frozenset[str]:
        """The contact logs of a partner."""
        return frozenset(self._logs_of.get(partner, ()))

    def cases(
        self,
        wanted: CaseFilter,
        *,
        sort: str = "urgency",
        descending: bool = False,
        offset: int = 0,
        limit: int = 100,
    ) -> Page[CaseLine]:
        """A page of the cases that meet the filter."""
        order = (sort, descending)
        with self._lock:
            found = self._case_orders.get(order)
            if found is None:
                found = _ordered(self._cases.values(), SORTS[sort], descending=descending)
                self._case_orders[order] = found
        for word in query_keys(wanted.query):
            found = [line for line in found if word in line.key]
        if replace(wanted, query="") != NO_CASE_FILTER:
            found = [line for line in found if _wanted(line, wanted)]
        return Page(tuple(found[offset : offset + limit]), len(found))

    def partners(
        self,
        wanted: PartnerFilter,
        *,
        sort: str = "name",
        descending: bool = False,
        offset: int = 0,
        limit: int = 100,
    ) -> Page[PartnerLine]:
        """A page of the partners that meet the filter."""
        order = (sort, descending)
        with self._lock:
            found = self._partner_orders.get(order)
            if found is None:
                found = _ordered(
                    self._partners.values(), PARTNER_SORTS[sort], descending=descending
                )
                self._partner_orders[order] = found
        for word in query_keys(wanted.query):
            found = [line for line in found if word in line.key]
        if replace(wanted, query="") != NO_PARTNER_FILTER:
            found = [line for line in found if _offered(line, wanted)]
        return Page(tuple(found[offset : offset + limit]), len(found))


def _by_case(case_of: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Each case's reports, oldest first."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for report, case in case_of.items():
        found[case].append(report)
    return {case: tuple(sorted(reports)) for case, reports in found.items()}


NO_CASE_FILTER: Final = CaseFilter()
NO_PARTNER_FILTER: Final = PartnerFilter()
_id = attrgetter("id")


def _ordered(lines: Iterable[T], key: Callable[[T], object], *, descending: bool) -> list[T]:
    """Lines in order, equals by id, so that no page shows a row of another."""
    found = sorted(lines, key=_id)
    found.sort(key=key, reverse=descending)  # type: ignore[arg-type]  # each sort gives comparable keys
    return found


def _wanted(line: CaseLine, wanted: CaseFilter) -> bool:
    return (
        (not wanted.states or line.state in wanted.states)
        and (not wanted.urgencies or line.urgency in wanted.urgencies)
        and (not wanted.area or contains(wanted.area, line.area))
        and (not wanted.only_open or is_open(line.state))
        and (not wanted.worker or wanted.worker in (line.owner, line.field_worker, line.created_by))
        and (
            wanted.overdue_at is None
            or (line.due_at is not None and line.due_at < wanted.overdue_at)
        )
    )


def _offered(line: PartnerLine, wanted: PartnerFilter) -> bool:
    return (
        (not wanted.kinds or line.kind in wanted.kinds)
        and (not wanted.services or bool(wanted.services & set(line.services)))
        and (not wanted.area or contains(wanted.area, line.area))
        and (not wanted.with_places or bool(line.free))
    )
