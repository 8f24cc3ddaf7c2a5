"""Who may do and see what (domain reference P8)."""

from __future__ import annotations

import pytest

from telewelfare.domain.codes import CODES
from telewelfare.domain.fields import Json, Sensitivity
from telewelfare.domain.ids import DeviceId, WorkerId
from telewelfare.domain.kinds import KINDS
from telewelfare.domain.operations import Actor
from telewelfare.domain.rights import (
    FIELD_ROLES,
    OFFICE_FIELDS,
    Reach,
    case_reach,
    hides,
    in_area,
    may_write,
    sees_kind,
    visible,
)

ROLES = CODES["role"]


def actor(role: str, *areas: str) -> Actor:
    return Actor("92", WorkerId("w"), role, areas, DeviceId("daaaaaaa"))


@pytest.mark.parametrize("role", ["volunteer", "volunteer_lead", "community_partner", "mdt_guest"])
@pytest.mark.parametrize(
    "sensitivity", [Sensitivity.S26, Sensitivity.S26_RESTRICTED, Sensitivity.REPORTER]
)
def test_health_crime_and_informants_stay_away_from_the_field(
    role: str, sensitivity: Sensitivity
) -> None:
    assert hides(role, sensitivity)


def test_hiv_and_crime_are_for_social_workers() -> None:
    who = {role for role in ROLES if not hides(role, Sensitivity.S26_RESTRICTED)}
    assert who == {"social_worker", "case_manager"}


def test_a_role_nobody_declared_sees_nothing_and_writes_nothing() -> None:
    assert case_reach("emperor") is Reach.NONE
    assert all(hides("emperor", one) for one in Sensitivity if one is not Sensitivity.NORMAL)
    for kind in KINDS.values():
        assert not may_write(actor("emperor"), kind, reached=True, paths={})
    assert [name for name in KINDS if sees_kind("emperor", name)] == ["worker"]


@pytest.mark.parametrize("role", ROLES)
def test_nobody_writes_what_they_do_not_reach_or_what_only_the_centre_writes(role: str) -> None:
    for kind in KINDS.values():
        assert not may_write(actor(role), kind, reached=False, paths={})
    assert not may_write(actor(role), KINDS["worker"], reached=True, paths={})


@pytest.mark.parametrize("role", sorted(FIELD_ROLES))
@pytest.mark.parametrize("path", sorted(OFFICE_FIELDS))
def test_the_field_does_not_hand_out_cases(role: str, path: str) -> None:
    assert not may_write(actor(role), KINDS["case"], reached=True, paths={path: "x"})


def test_an_area_of_responsibility_holds_what_lies_in_it() -> None:
    lead = actor("volunteer_lead", "9202", "920101")
    assert in_area(lead, "920213")
    assert in_area(lead, "92021305")
    assert not in_area(lead, "9201")
    assert not in_area(lead, "920104")


def test_what_is_hidden_is_left_out_and_the_unknown_stays() -> None:
    values: dict[str, Json] = {
        "first_name": "สมชาย",
        "hiv": True,
        "health": "เบาหวาน",
        "from_2030": 1,
    }
    shown = visible("volunteer", KINDS["person"], values)
    assert shown == {"first_name": "สมชาย", "from_2030": 1}
    assert visible("social_worker", KINDS["person"], values) == values
