"""Records as paths and as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telewelfare.domain.fields import (
    Json,
    Type,
    WrongShape,
    elements,
    escape,
    flat,
    nested,
    unescape,
)
from telewelfare.domain.kinds import KINDS
from telewelfare.domain.kinds.partner import PARTNER

names = st.text(max_size=20)
services = st.lists(st.sampled_from(["food", "lodging", "work", "อื่น/ๆ", "a%2Fb"]), unique=True)
contacts = st.lists(
    st.fixed_dictionaries({"name": st.text(min_size=1, max_size=10)}), min_size=0, max_size=4
)


@given(names, services, contacts)
def test_what_is_written_flat_reads_back_as_it_was(
    name: str, offered: list[str], people: list[dict[str, Json]]
) -> None:
    plain: dict[str, Json] = {"name": name, "services": [*offered], "contacts": [*people]}
    shown = nested(PARTNER, flat(PARTNER, plain, {}))
    assert shown.get("name", name) == name
    assert shown.get("services", []) == sorted(offered)
    rows = shown.get("contacts", [])
    assert isinstance(rows, list)
    assert [row["name"] for row in rows if isinstance(row, dict)] == [p["name"] for p in people]


@given(services, services)
def test_replacing_a_set_writes_only_what_changed(before: list[str], after: list[str]) -> None:
    had = flat(PARTNER, {"services": [*before]}, {})
    sets = flat(PARTNER, {"services": [*after]}, had)
    assert len(sets) == len(set(before) ^ set(after))
    assert sorted(elements({**had, **sets}, "services")) == sorted(after)


@given(st.text())
def test_any_text_can_be_one_step_of_a_path(text: str) -> None:
    assert "/" not in escape(text)
    assert unescape(escape(text)) == text


def test_saying_the_same_again_is_no_edit() -> None:
    had = flat(PARTNER, {"name": "วัดป่า", "capacity": {"total": 4}}, {})
    assert flat(PARTNER, {"name": "วัดป่า", "capacity": {"total": 4}}, had) == {}


def test_new_elements_of_a_list_get_keys_of_their_own() -> None:
    had = flat(PARTNER, {"contacts": [{"name": "ก"}]}, {})
    one = flat(PARTNER, {"contacts": [{"key": "000"}, {"name": "ข"}]}, had, fresh="dx1-")
    two = flat(PARTNER, {"contacts": [{"key": "000"}, {"name": "ค"}]}, had, fresh="dy1-")
    assert not {path for path in one if "/dx1-" in path} & two.keys()


def test_a_list_left_out_is_taken_away_element_by_element() -> None:
    had = flat(PARTNER, {"contacts": [{"name": "ก"}, {"name": "ข"}]}, {})
    sets = flat(PARTNER, {"contacts": [{"key": "001"}]}, had)
    assert sets == {"contacts/000": False}
    assert nested(PARTNER, {**had, **sets})["contacts"] == [{"key": "001", "name": "ข"}]


def test_fields_and_codes_of_a_newer_app_are_kept_as_they_are() -> None:
    plain: dict[str, Json] = {"name": "วัด", "kind": "space_station", "from_2030": {"x": 1}}
    assert nested(PARTNER, flat(PARTNER, plain, {})) == plain


@pytest.mark.parametrize(
    "plain", [{"services": "food"}, {"contacts": {}}, {"contacts": ["x"]}, {"capacity": 3}]
)
def test_a_value_of_another_shape_is_refused_by_name(plain: dict[str, Json]) -> None:
    with pytest.raises(WrongShape, match=next(iter(plain))):
        flat(PARTNER, plain, {})


def test_every_kind_says_where_it_belongs_by_a_declared_path() -> None:
    for kind in KINDS.values():
        for path in filter(None, (kind.area, kind.case)):
            assert kind.field(path) is not None, (kind.name, path)


def test_every_reference_points_to_a_kind() -> None:
    for kind in KINDS.values():
        for field in kind.fields:
            if field.refers:
                assert field.refers in KINDS
            if field.type is Type.SET:
                assert field.of is not None
