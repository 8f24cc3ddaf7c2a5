"""The states of a case."""

from __future__ import annotations

import pytest

from telewelfare.domain.codes import CODES
from telewelfare.domain.lifecycle import (
    ENDED_STATES,
    MOVES,
    OPEN_STATES,
    Moved,
    NotAllowed,
    is_open,
    may_move,
    move,
    moves_from,
)

STATES = set(CODES["case_state"])


def test_only_declared_states_and_roles_occur() -> None:
    for (start, to), roles in MOVES.items():
        assert {start, to} <= STATES
        assert roles <= set(CODES["role"])


def test_every_state_can_be_reached_and_every_open_one_left() -> None:
    reached = {"draft"}
    while more := {to for (start, to) in MOVES if start in reached} - reached:
        reached |= more
    assert reached == STATES
    assert all(any(start == state for start, _ in MOVES) for state in OPEN_STATES)


def test_states_are_open_or_ended_or_a_draft() -> None:
    assert set(OPEN_STATES) | ENDED_STATES | {"draft"} == STATES
    assert not any(is_open(state) for state in ENDED_STATES)


@pytest.mark.parametrize(
    ("start", "to", "role", "allowed"),
    [
        ("draft", "reported", "volunteer", True),
        ("reported", "triaged", "volunteer", True),
        ("reported", "cancelled", "volunteer", False),
        ("triaged", "assigned", "volunteer", False),
        ("triaged", "assigned", "social_worker", True),
        ("assigned", "fact_finding", "volunteer", True),
        ("fact_finding", "fact_found", "volunteer", True),
        ("following", "closed", "social_worker", False),
        ("following", "closed", "director", True),
        ("closed", "assisting", "director", False),
        ("reported", "closed", "auditor", False),
    ],
)
def test_who_may_move_a_case(start: str, to: str, role: str, *, allowed: bool) -> None:
    assert may_move(start, to, role) is allowed
    assert (to in moves_from(start, role)) is allowed


def test_a_move_writes_the_state_and_why() -> None:
    event = {"to": "triaged", "reason": "ดูแล้ว", "occurred_at": "2026-11-20T09:00:00+07:00"}
    moved = move({"state": "reported"}, event, "social_worker")
    assert moved == Moved({"state": "triaged", "state_reason": "ดูแล้ว"})


def test_closing_notes_the_moment_and_opening_again_forgets_it() -> None:
    event = {"to": "closed", "occurred_at": "2026-11-20T09:00:00+07:00"}
    closed = move({"state": "following"}, event, "director")
    assert isinstance(closed, Moved)
    assert closed.sets["closed_at"] == event["occurred_at"]
    case = {"state": "closed", "closed_at": event["occurred_at"]}
    opened = move(case, {"to": "reopened"}, "social_worker")
    assert isinstance(opened, Moved)
    assert opened.sets["closed_at"] is None


def test_a_case_that_moved_meanwhile_is_judged_by_where_it_is() -> None:
    event = {"from": "reported", "to": "assigned"}
    assert move({"state": "closed"}, event, "social_worker") == NotAllowed("closed", "assigned")
