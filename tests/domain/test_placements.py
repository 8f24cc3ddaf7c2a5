"""How many places are left is counted from the day the partner told it."""

from __future__ import annotations

import pytest

from telewelfare.domain.codes import CODES
from telewelfare.domain.fields import Json
from telewelfare.domain.placements import TAKING, WAITING, free_places

TOLD: Json = {"iso": "2026-11-10", "precision": "day"}
BEFORE, ON, AFTER = (f"2026-11-{day}T09:00:00.000+07:00" for day in ("09", "10", "11"))


def placed(state: str, began: str = AFTER, ended: str | None = None) -> dict[str, Json]:
    return {"state": state, "handover_at": began, "ended_at": ended}


def partner(**capacity: Json) -> dict[str, Json]:
    return {f"capacity/{name}": value for name, value in capacity.items()}


@pytest.mark.parametrize(
    ("placements", "free"),
    [
        ([], 2),
        ([placed("handed_over", BEFORE)], 2),  # is among the three
        ([placed("handed_over", ON)], 1),
        ([placed("stable"), placed("partner_agreed")], 0),
        ([placed("proposed"), placed(WAITING)], 2),
        ([placed("ended", BEFORE, ON)], 3),
        ([placed("ended", BEFORE, BEFORE)], 2),
        ([placed("ended", AFTER, AFTER)], 2),
    ],
)
def test_free_places_since_the_partner_told(placements: list[dict[str, Json]], free: int) -> None:
    assert free_places(partner(total=5, used=3, as_of=TOLD), placements) == free


def test_without_a_day_all_that_are_known_count() -> None:
    assert free_places(partner(total=2), [placed("stable", BEFORE), placed("trial")]) == 0


def test_what_was_never_told_is_not_guessed() -> None:
    assert free_places(partner(used=3, as_of=TOLD), []) is None


def test_the_states_are_those_of_the_list() -> None:
    assert {*TAKING, WAITING} <= set(CODES["placement_state"])
