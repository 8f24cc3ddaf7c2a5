"""How urgent a case is, and how long each step of it may take."""

import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from typing import Any, Literal, TypeAlias

from telewelfare.domain.clock import Millis
from telewelfare.domain.dates import BANGKOK, bangkok_date

Urgency: TypeAlias = Literal["critical", "urgent", "normal", "watch"]
Unit: TypeAlias = Literal["h", "d", "wd"]
Light: TypeAlias = Literal["green", "yellow", "orange", "red"]

URGENCIES: tuple[Urgency, ...] = ("critical", "urgent", "normal", "watch")
LIGHTS: tuple[Light, ...] = ("green", "yellow", "orange", "red")

_HOUR = 3_600_000  # milliseconds
_DAY = timedelta(days=1)
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Limit:
    """How long: hours, calendar days in Bangkok, or working days.

    Kept with a running clock, so that a later change of the parameters does not judge it anew.
    """

    amount: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class ClockRule:
    """One clock of a case: from what to what, and where its limits come from.

    `verified` is whether an officer has confirmed them.
    """

    code: str
    starts: str
    stops: str
    source: str
    verified: bool
    effective_from: date


def clock_rules() -> tuple[ClockRule, ...]:
    """Return the clocks K1 to K9 in order."""
    data = _parameters()
    since = date.fromisoformat(data["effective_from"])
    return tuple(
        ClockRule(c["code"], c["starts"], c["stops"], c["source"], c["verified"], since)
        for c in data["clocks"]
    )


def limit_of(clock: str, urgency: str, variant: str = "") -> Limit | None:
    """Return a clock's limit; `None` if it does not run at this urgency, or we know no such clock.

    A variant such as "new_client" replaces some limits and leaves the others.
    """
    for row in _parameters()["clocks"]:
        if row["code"] == clock:
            limits = row["limits"] | row.get("variants", {}).get(variant, {})
            found = limits.get(urgency)
            return None if found is None else Limit(found["amount"], found["unit"])
    return None


def due_at(
    clock: str, urgency: str, start: Millis, holidays: Collection[date], *, variant: str = ""
) -> Millis | None:
    """Return the last moment that is still in time; `None` if the clock does not run."""
    limit = limit_of(clock, urgency, variant)
    return None if limit is None else last_moment(limit, start, holidays)


def last_moment(limit: Limit, start: Millis, holidays: Collection[date]) -> Millis:
    """Return the last millisecond within a limit that begins to run at `start`.

    Days count from the day after the start and are whole: the last one ends at midnight.
    """
    match limit.unit:
        case "h":
            return Millis(start + limit.amount * _HOUR)
        case "d":
            return _end_of(bangkok_date(start) + limit.amount * _DAY)
        case "wd":
            return _end_of(add_working_days(bangkok_date(start), limit.amount, holidays))


def elapsed(unit: Unit, start: Millis, now: Millis, holidays: Collection[date]) -> float:
    """Return how much of the unit has passed: hours and parts of them, or whole days."""
    match unit:
        case "h":
            return (now - start) / _HOUR
        case "d":
            return (bangkok_date(now) - bangkok_date(start)).days
        case "wd":
            return working_days(bangkok_date(start), bangkok_date(now), holidays)


def light(passed: float, limit: Limit) -> Light:
    """Return the colour for what has passed, in the limit's own unit.

    The ministry fixes the days of its 10- and 15-day limits; all others are by proportion.
    """
    for bound, colour in zip(_bounds(limit), LIGHTS, strict=False):
        if passed <= bound:
            return colour
    return "red"


def light_at(limit: Limit, start: Millis, now: Millis, holidays: Collection[date]) -> Light:
    """Return the colour of a clock that is still running; red exactly after its last moment.

    That includes a weekend after the last working day, which `elapsed` does not count.
    """
    if now > last_moment(limit, start, holidays):
        return "red"
    return light(elapsed(limit.unit, start, now, holidays), limit)


def is_working_day(day: date, holidays: Collection[date]) -> bool:
    """Whether offices are open: Monday to Friday, no holiday."""
    return day.weekday() < _SATURDAY and day not in holidays


def add_working_days(day: date, amount: int, holidays: Collection[date]) -> date:
    """Return the `amount`-th working day after `day`; `day` itself for 0."""
    while amount > 0:
        day += _DAY
        amount -= is_working_day(day, holidays)
    return day


def working_days(after: date, until: date, holidays: Collection[date]) -> int:
    """Count the working days after one day up to and with another; 0 if it lies before."""
    days = (until - after).days
    return sum(is_working_day(after + n * _DAY, holidays) for n in range(1, days + 1))


def _bounds(limit: Limit) -> tuple[float, float, float]:
    """Return up to where green, yellow and orange reach."""
    data = _parameters()
    for row in data["cut_offs"]:
        if limit == Limit(row["amount"], "d"):
            green, yellow, orange = row["days"]
            return green, yellow, orange
    parts = data["light"]
    green, yellow, orange = (parts[name] * limit.amount for name in LIGHTS[:3])
    return green, yellow, orange


def _end_of(day: date) -> Millis:
    midnight = datetime.combine(day + _DAY, time(), BANGKOK)
    return Millis(int(midnight.timestamp()) * 1000 - 1)


@cache
def _parameters() -> dict[str, Any]:
    """Read the packaged parameters once."""
    text = (files("telewelfare.domain") / "data" / "clocks.toml").read_text("utf-8")
    return tomllib.loads(text)
