"""What a case waits for, and until when (clocks of domain reference P6)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from telewelfare.domain.clock import Millis
from telewelfare.domain.dates import parse_instant
from telewelfare.domain.fields import Values
from telewelfare.domain.urgency import due_at

# The clock that runs while a case is in a state. The others are the plan's and the aid's.
CLOCK_OF_STATE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "reported": "K1",
        "reopened": "K1",
        "triaged": "K3",
        "assigned": "K3",
        "fact_finding": "K3",
        "needs_info": "K3",
    }
)
UNTRIAGED: Final = "normal"  # until someone has looked, the clock of an ordinary case runs


def case_due(case: Values) -> Millis | None:
    """When what the case waits for is due; `None` when nothing is, or its start is not known."""
    clock = CLOCK_OF_STATE.get(str(case.get("state")))
    start = parse_instant(str(case.get("opened_at")))
    if clock is None or start is None:
        return None
    return due_at(clock, str(case.get("urgency") or UNTRIAGED), start, ())
