"""What a case waits for, and until when."""

from __future__ import annotations

from telewelfare.domain.dates import bangkok_iso, parse_instant
from telewelfare.domain.tasks import case_due

MONDAY = "2026-11-16T09:00:00+07:00"


def due(state: str, urgency: str | None) -> str | None:
    at = case_due({"state": state, "urgency": urgency, "opened_at": MONDAY})
    return None if at is None else bangkok_iso(at)[:16]


def test_a_critical_report_waits_an_hour_for_triage_and_a_day_for_a_visit() -> None:
    assert due("reported", "critical") == "2026-11-16T10:00"
    assert due("assigned", "critical") == "2026-11-17T09:00"


def test_until_someone_has_looked_the_clock_of_an_ordinary_case_runs() -> None:
    assert due("reported", None) == due("reported", "normal") == "2026-11-17T23:59"


def test_nothing_is_due_where_no_clock_runs() -> None:
    assert due("following", "critical") is None
    assert case_due({"state": "reported"}) is None
    assert parse_instant(MONDAY) is not None
