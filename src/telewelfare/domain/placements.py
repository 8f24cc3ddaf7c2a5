"""How many a partner can still take in, by what it last told and by what was recorded since."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from telewelfare.domain.dates import DateBE, bangkok_date, parse_instant
from telewelfare.domain.fields import Values

TAKING: Final = frozenset({"partner_agreed", "handed_over", "trial", "stable"})
"""States that take a place: from the partner's word on it is kept free."""
WAITING: Final = "waiting"


def takes_place(placement: Values) -> bool:
    """Whether a placement takes one of its partner's places."""
    return placement.get("state") in TAKING


def free_places(partner: Values, placements: Iterable[Values]) -> int | None:
    """How many places are left; `None` when the partner never said how many it has.

    A capacity is a fact with a date: who came up to the day before is in `used`, who came on that
    day or later is not, and who left since has made room.
    """
    total = partner.get("capacity/total")
    if not isinstance(total, int):
        return None
    used, told = partner.get("capacity/used"), DateBE.from_json(partner.get("capacity/as_of"))
    if not isinstance(used, int) or told is None:
        return total - sum(takes_place(one) for one in placements)
    return total - used - sum(_since(one, told.day) for one in placements)


def _since(placement: Values, told: date) -> int:
    """By how many places a placement changed what was told: 1, 0, or -1 for one given back."""
    began = _day(placement, "handover_at", "proposed_at", "recorded_at")
    is_counted = began is not None and began < told
    if takes_place(placement):
        return 0 if is_counted else 1
    ended = _day(placement, "ended_at")
    return -1 if is_counted and ended is not None and ended >= told else 0


def _day(placement: Values, *paths: str) -> date | None:
    moments = (parse_instant(str(placement.get(path))) for path in paths)
    first = next((moment for moment in moments if moment is not None), None)
    return None if first is None else bangkok_date(first)
