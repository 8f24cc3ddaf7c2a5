"""Urgency, the clocks of a case and their lights."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telewelfare.domain import urgency
from telewelfare.domain.clock import Millis
from telewelfare.domain.dates import bangkok_date, bangkok_iso, parse_instant
from telewelfare.domain.urgency import LIGHTS, Limit, Unit

HOUR = 3_600_000
moments = st.integers(1_767_225_600_000, 1_830_297_600_000).map(Millis)  # 2026 and 2027
holidays = st.frozensets(st.dates(date(2026, 1, 1), date(2027, 12, 31)), max_size=40)
units: st.SearchStrategy[Unit] = st.sampled_from(["h", "d", "wd"])
limits = st.builds(Limit, st.integers(1, 60), units)


def at(text: str) -> Millis:
    moment = parse_instant(f"{text}+07:00")
    assert moment is not None
    return moment


@pytest.mark.parametrize(
    ("days", "passed", "colour"),
    [
        (10, 4, "green"),
        (10, 5, "yellow"),
        (10, 7, "yellow"),
        (10, 8, "orange"),
        (10, 10, "orange"),
        (10, 11, "red"),
        (15, 5, "green"),
        (15, 6, "yellow"),
        (15, 11, "yellow"),
        (15, 12, "orange"),
        (15, 15, "orange"),
        (15, 16, "red"),
    ],
)
def test_the_ministrys_days_have_the_ministrys_colours(days: int, passed: int, colour: str) -> None:
    assert urgency.light(passed, Limit(days, "d")) == colour


def test_fifteen_working_days_go_by_proportion() -> None:
    assert urgency.light(6, Limit(15, "wd")) == "green"
    assert urgency.light(11, Limit(15, "wd")) == "orange"


@pytest.mark.parametrize(
    ("hours", "colour"),
    [(0, "green"), (9.6, "green"), (9.7, "yellow"), (24, "orange"), (24.01, "red")],
)
def test_hours_go_by_proportion(hours: float, colour: str) -> None:
    assert urgency.light(hours, Limit(24, "h")) == colour


@given(limits, moments, st.integers(0, 100 * 24 * HOUR), holidays)
def test_the_light_is_red_exactly_after_the_last_moment(
    limit: Limit, start: Millis, later: int, closed: frozenset[date]
) -> None:
    now = Millis(start + later)
    late = now > urgency.last_moment(limit, start, closed)
    assert (urgency.light_at(limit, start, now, closed) == "red") == late
    if limit.unit != "wd":
        assert urgency.light(urgency.elapsed(limit.unit, start, now, closed), limit) == (
            urgency.light_at(limit, start, now, closed)
        )


@given(limits, moments, holidays)
def test_the_light_turns_at_the_last_moment_itself(
    limit: Limit, start: Millis, closed: frozenset[date]
) -> None:
    due = urgency.last_moment(limit, start, closed)
    assert urgency.light_at(limit, start, due, closed) != "red"
    assert urgency.light_at(limit, start, Millis(due + 1), closed) == "red"


@given(limits, st.floats(0, 1000), st.floats(0, 1000))
def test_the_light_never_turns_back(limit: Limit, one: float, other: float) -> None:
    before, after = sorted((one, other))
    assert LIGHTS.index(urgency.light(before, limit)) <= LIGHTS.index(urgency.light(after, limit))


@given(st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.integers(0, 60), holidays)
def test_adding_working_days_and_counting_them_agree(
    day: date, amount: int, closed: frozenset[date]
) -> None:
    until = urgency.add_working_days(day, amount, closed)
    assert urgency.working_days(day, until, closed) == amount
    assert amount == 0 or urgency.is_working_day(until, closed)
    assert urgency.working_days(until, day, closed) == 0


@pytest.mark.parametrize(
    ("clock", "level", "variant", "due"),
    [
        ("K1", "critical", "", "2026-11-20T15:00:00.000"),
        ("K1", "urgent", "", "2026-11-20T18:00:00.000"),
        ("K1", "normal", "", "2026-11-23T23:59:59.999"),
        ("K1", "watch", "", "2026-11-25T23:59:59.999"),
        ("K2", "urgent", "", "2026-11-21T14:00:00.000"),
        ("K3", "normal", "", "2026-11-27T23:59:59.999"),
        ("K4", "critical", "", "2026-11-21T14:00:00.000"),
        ("K4", "critical", "emergency_short_cut", "2026-11-23T14:00:00.000"),
        ("K4", "urgent", "emergency_short_cut", "2026-11-25T23:59:59.999"),
        ("K5", "normal", "", "2026-11-30T23:59:59.999"),
        ("K5", "normal", "new_client", "2026-12-05T23:59:59.999"),
        ("K5", "urgent", "new_client", "2026-11-30T23:59:59.999"),
        ("K6", "watch", "", "2026-12-20T23:59:59.999"),
        ("K7", "watch", "", "2027-01-19T23:59:59.999"),
        ("K8", "urgent", "", "2026-11-23T23:59:59.999"),
        ("K9", "critical", "", "2026-11-20T15:00:00.000"),
    ],
)
def test_each_clock_falls_due_as_its_parameters_say(
    clock: str, level: str, variant: str, due: str
) -> None:
    start = at("2026-11-20T14:00:00")  # a Friday
    found = urgency.due_at(clock, level, start, (), variant=variant)
    assert found is not None
    assert bangkok_iso(found) == f"{due}+07:00"


def test_a_holiday_moves_a_working_day_and_no_other() -> None:
    start, monday = at("2026-11-20T14:00:00"), date(2026, 11, 23)
    for clock, days in (("K1", 1), ("K2", 0)):
        free = urgency.due_at(clock, "normal", start, ())
        moved = urgency.due_at(clock, "normal", start, {monday})
        assert free is not None
        assert moved is not None
        assert bangkok_date(moved) - bangkok_date(free) == timedelta(days=days)


@pytest.mark.parametrize(
    ("clock", "level"), [("K9", "urgent"), ("K9", "watch"), ("K0", "urgent"), ("K1", "?")]
)
def test_a_clock_that_does_not_run_has_no_due_time(clock: str, level: str) -> None:
    assert urgency.due_at(clock, level, Millis(0), ()) is None


def test_every_clock_says_where_its_limits_come_from() -> None:
    rules = urgency.clock_rules()
    assert [rule.code for rule in rules] == [f"K{n}" for n in range(1, 10)]
    assert all(rule.source and not rule.verified for rule in rules)
    for rule in rules[:-1]:
        assert all(urgency.limit_of(rule.code, level) for level in urgency.URGENCIES)
