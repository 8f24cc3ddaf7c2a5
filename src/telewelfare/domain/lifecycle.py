"""The states of a case and who may move it (domain reference P5, T1–T20).

One function decides, on the device and at the centre alike: what a device shows
before the centre has answered is what the centre will say unless someone else moved first.

    draft ─▶ reported ─▶ triaged ─▶ assigned ─▶ fact_finding ─▶ fact_found ─▶ conference ─▶ planned
                                                    ▲  needs_info ◀─┘                         │
    closed ◀─ following ◀─ assisting ◀────────────────────────────────────────────────────────┘
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from telewelfare.domain.fields import Json, Path, Values

FIELD: Final = frozenset({"volunteer", "volunteer_lead"})
OFFICE: Final = frozenset({"social_worker", "case_manager", "director"})
ANYONE: Final = FIELD | OFFICE | {"community_partner"}
MANAGER: Final = frozenset({"case_manager", "director", "social_worker"})
DIRECTOR: Final = frozenset({"director"})
INTAKE: Final = frozenset({"social_worker", "case_manager", "director", "volunteer_lead"})

OPEN_STATES: Final = (
    "reported",
    "triaged",
    "assigned",
    "fact_finding",
    "fact_found",
    "needs_info",
    "conference",
    "planned",
    "assisting",
    "following",
    "referred_out",
    "reopened",
)
WRITTEN_BY_MOVE: Final = ("state", "state_reason", "closed_at")
ENDED_STATES: Final = frozenset({"closed", "ineligible", "cancelled"})

MOVES: Final[Mapping[tuple[str, str], frozenset[str]]] = MappingProxyType(
    {
        ("draft", "reported"): ANYONE,  # T1
        # T2; a volunteer may triage offline what cannot wait, the office reviews it
        ("reported", "triaged"): INTAKE | {"volunteer"},
        ("reported", "cancelled"): OFFICE,  # T3
        ("triaged", "cancelled"): OFFICE,
        ("triaged", "assigned"): OFFICE,  # T4
        ("reported", "assigned"): OFFICE,  # triage and assignment said in one step at the desk
        ("triaged", "fact_finding"): FIELD | OFFICE,  # T5
        ("reported", "fact_finding"): FIELD,  # T5 for a volunteer who reports on site, offline
        ("assigned", "fact_finding"): FIELD | OFFICE,  # T6
        ("fact_finding", "fact_found"): FIELD | OFFICE,  # T7
        ("fact_found", "needs_info"): MANAGER,  # T8
        ("needs_info", "fact_finding"): FIELD | OFFICE,
        ("fact_found", "conference"): MANAGER,  # T9
        ("fact_found", "assisting"): MANAGER,  # T10, critical cases only
        ("fact_found", "ineligible"): MANAGER,  # T11
        ("conference", "planned"): MANAGER,  # T12
        ("planned", "assisting"): MANAGER,  # T13
        ("planned", "referred_out"): MANAGER,  # T14
        ("assisting", "referred_out"): MANAGER,
        ("referred_out", "closed"): MANAGER,  # T15
        ("referred_out", "assisting"): MANAGER,
        ("assisting", "following"): MANAGER,  # T16
        ("following", "closed"): DIRECTOR,  # T17
        ("following", "assisting"): MANAGER,  # T18
        ("closed", "reopened"): OFFICE,  # T19
        ("reopened", "triaged"): INTAKE,
        **{(state, "closed"): DIRECTOR for state in OPEN_STATES if state != "referred_out"},  # T20
    }
)


def may_move(state: str, to: str, role: str) -> bool:
    """Whether a worker in this role may take a case from `state` to `to`."""
    return role in MOVES.get((state, to), frozenset())


def moves_from(state: str, role: str) -> tuple[str, ...]:
    """Where a worker in this role may take a case."""
    return tuple(to for (start, to), roles in MOVES.items() if start == state and role in roles)


@dataclass(frozen=True, slots=True)
class Moved:
    """What the case's own fields become."""

    sets: Mapping[Path, Json]


@dataclass(frozen=True, slots=True)
class NotAllowed:
    """The case is no longer where the worker saw it, or the role may not do this.

    The event is kept in the history, marked as refused; a person looks at it.
    """

    state: str
    to: str


def move(case: Values, event: Values, role: str) -> Moved | NotAllowed:
    """What a `status_event` does to its case."""
    state, to = str(case.get("state") or "draft"), str(event.get("to") or "")
    if not may_move(state, to, role):
        return NotAllowed(state, to)
    sets: dict[Path, Json] = {"state": to, "state_reason": event.get("reason")}
    if to in ENDED_STATES:
        sets["closed_at"] = event.get("occurred_at")
    elif state in ENDED_STATES:
        sets["closed_at"] = None
    return Moved({path: value for path, value in sets.items() if case.get(path) != value})


def is_open(state: str) -> bool:
    """Whether somebody still has to do something."""
    return state not in ENDED_STATES and state != "draft"
