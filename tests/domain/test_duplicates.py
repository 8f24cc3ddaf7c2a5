"""Whom to ask about: rather one question too few than one that costs trust."""

from __future__ import annotations

import pytest

from telewelfare.domain.duplicates import meeting_day, person_keys, same_person, united
from telewelfare.domain.fields import Json

BORN: Json = {"iso": "1961-03-05", "precision": "day"}
YEAR: Json = {"iso": "1961-01-01", "precision": "year"}
ID_NO = "1101700230678"
WHO: dict[str, Json] = {"first_name": "ณรงค์", "last_name": "สุขใจ"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"id_no": ID_NO}, {"id_no": ID_NO}),
        (WHO | {"birth": BORN}, {"first_name": "นรงค์", "last_name": "สุขใจ", "birth": BORN}),
        (WHO | {"birth": YEAR, "area": "920201"}, WHO | {"birth": BORN, "area": "920207"}),
        (
            WHO | {"age_estimated": 60, "area": "920201"},
            WHO | {"age_estimated": 63, "current_address/area": "920202"},
        ),
    ],
)
def test_these_are_asked_about_and_share_a_key(
    one: dict[str, Json], other: dict[str, Json]
) -> None:
    assert same_person(one, other)
    assert same_person(other, one)
    assert person_keys(one) & person_keys(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({}, {}),
        (WHO, WHO),
        (WHO | {"area": "920201"}, WHO | {"area": "920201"}),  # an age nobody knows fits none
        (WHO | {"birth": YEAR}, WHO | {"birth": YEAR}),
        (WHO | {"birth": YEAR, "area": "920201"}, WHO | {"birth": YEAR, "area": "930101"}),
        ({"first_name": "ณรงค์", "birth": BORN}, {"first_name": "ณรงค์", "birth": BORN}),
        (WHO | {"birth": BORN, "sex": "male"}, WHO | {"birth": BORN, "sex": "female"}),
        (WHO | {"id_no": ID_NO}, WHO | {"id_no": "3920100457891"}),
        ({"id_no": "1101700230671"}, {"id_no": "1101700230671"}),  # the last digit is wrong
        (
            WHO | {"age_estimated": 60, "area": "920201"},
            WHO | {"age_estimated": 64, "area": "920201"},
        ),
    ],
)
def test_these_are_not(one: dict[str, Json], other: dict[str, Json]) -> None:
    assert not same_person(one, other)


def test_cases_in_one_district_bring_two_near() -> None:
    one, other = WHO | {"birth": YEAR}, WHO | {"birth": YEAR}
    assert person_keys(one, ["920201"]) & person_keys(other, ["920207"])
    assert same_person(one, other, near=True)


def test_the_day_of_a_meeting_is_bangkok_s() -> None:
    assert meeting_day({"started_at": "2026-11-20T23:30:00.000+07:00"}) == "2026-11-20"
    assert meeting_day({}) == ""


def test_uniting_adds_what_is_lacking_and_overwrites_nothing() -> None:
    first: dict[str, Json] = {
        "place": "ห้องประชุม",
        "notes": "ลุงดีมาด้วย",
        "resolutions/a": True,
        "resolutions/a/text": "ทำบัตรประชาชน",
        "participants/a": True,
        "participants/a/name": "สมใจ",
    }
    second: dict[str, Json] = {
        "place": "ไลน์",
        "channel": "line_meeting",
        "notes": "นัดอีกครั้ง",
        "resolutions/b": True,
        "resolutions/b/text": "ทำ บัตรประชาชน",
        "resolutions/c": True,
        "resolutions/c/text": "หาที่พัก",
        "participants/b": False,
        "participants/b/name": "ถูกลบ",
        "participants/c": True,
        "participants/c/name": "วิภา",
    }
    assert united(first, second) == {
        "channel": "line_meeting",
        "notes": "ลุงดีมาด้วย\n\nนัดอีกครั้ง",
        "resolutions/c": True,
        "resolutions/c/text": "หาที่พัก",
        "participants/c": True,
        "participants/c/name": "วิภา",
    }
    assert united(first | united(first, second), second) == {}


def test_elements_with_one_key_on_two_devices_are_two() -> None:
    first: dict[str, Json] = {"resolutions/000": True, "resolutions/000/text": "ทำบัตร"}
    second: dict[str, Json] = {"resolutions/000": True, "resolutions/000/text": "หาที่พัก"}
    added = united(first, second)
    assert added == {"resolutions/000x": True, "resolutions/000x/text": "หาที่พัก"}
    assert united(first | added, second) == {}
