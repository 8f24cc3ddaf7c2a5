import json
import tomllib
from pathlib import Path as FilePath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telewelfare.domain import checks
from telewelfare.domain.fields import Field, Json, Kind, Type
from telewelfare.domain.kinds import KINDS
from telewelfare.domain.validation import (
    LONGEST_PATH,
    check_value,
    declared_path,
    is_soft,
    malformed,
    missing,
    problem_of,
)

PERSON, CASE, VISIT, PARTNER = (KINDS[k] for k in ("person", "case", "visit", "partner"))

GOOD: list[tuple[Type, Json]] = [
    (Type.TEXT, "ตาเฒ่า"),
    (Type.TEXT, ""),
    (Type.CODE, "a_code_of_next_year"),
    (Type.BOOL, False),
    (Type.INT, 0),
    (Type.DECIMAL, 1.5),
    (Type.DECIMAL, 2),
    (Type.MONEY, 0),
    (Type.DATE, {"iso": "1969-05-01", "precision": "year"}),
    (Type.DATE, {"iso": "1969-05-01", "precision": "a_word_of_next_year"}),
    (Type.INSTANT, "2026-11-20T14:00:00.000+07:00"),
    (Type.INSTANT, "2026-11-20T14:00:00+07:00"),
    (Type.GEO, {"lat": 7.3, "lon": 99, "accuracy_m": 12.5, "source": "gps"}),
    (Type.GEO, {"lat": 7.3, "lon": 99, "accuracy_m": None, "taken_at": None}),
    (Type.AREA, "92"),
    (Type.AREA, "92020103"),
    (Type.PHONE, "0812345678"),
    (Type.THAI_ID, "1101700203450"),
    (Type.REF, "0199c1f0-0000-7000-8000-000000000001"),
    (Type.WORKER, "somchai"),
    (Type.OPEN, {"2": "บ้านถูกรื้อไปแล้ว"}),
]

BAD: list[tuple[Type, Json, str]] = [
    (Type.TEXT, 5, checks.WRONG_TYPE),
    (Type.TEXT, "x" * 201, checks.TOO_LONG),
    (Type.TEXT, "a\x00b", checks.BAD_CHARACTERS),
    (Type.TEXT, "\ud83d", checks.BAD_CHARACTERS),
    (Type.CODE, ["urgent"], checks.WRONG_TYPE),
    (Type.BOOL, 1, checks.WRONG_TYPE),
    (Type.BOOL, "true", checks.WRONG_TYPE),
    (Type.INT, True, checks.NOT_A_NUMBER),
    (Type.INT, "5", checks.NOT_A_NUMBER),
    (Type.INT, 5.0, checks.NOT_A_NUMBER),
    (Type.INT, 2**60, checks.OUT_OF_RANGE),
    (Type.DECIMAL, float("nan"), checks.NOT_A_NUMBER),
    (Type.MONEY, 12.5, checks.BAD_AMOUNT),
    (Type.MONEY, "1,500", checks.BAD_AMOUNT),
    (Type.MONEY, checks.MOST_SATANG + 1, checks.BAD_AMOUNT),
    (Type.DATE, "1969-05-01", checks.NOT_A_DATE),
    (Type.DATE, {"iso": "1969-02-30", "precision": "day"}, checks.NOT_A_DATE),
    (Type.DATE, {"iso": "2512-05-01", "precision": "day"}, checks.NOT_A_DATE),
    (Type.DATE, {"iso": "1969-05-01"}, checks.NOT_A_DATE),
    (Type.INSTANT, "2026-11-20T14:00:00", checks.NOT_AN_INSTANT),
    (Type.INSTANT, "2026-11-20T07:00:00Z", checks.NOT_AN_INSTANT),
    (Type.INSTANT, 1795158000, checks.NOT_AN_INSTANT),
    (Type.GEO, {"lat": 99, "lon": 7.3}, checks.BAD_POSITION),
    (Type.GEO, {"lat": 7.3}, checks.BAD_POSITION),
    (Type.GEO, {"lat": 7.3, "lon": 99, "accuracy_m": -1}, checks.BAD_POSITION),
    (Type.GEO, {"lat": 7.3, "lon": True}, checks.BAD_POSITION),
    (Type.GEO, {"lat": 7.3, "lon": 99, "note": "x" * 30_000}, checks.TOO_LARGE),
    (Type.AREA, "920", checks.BAD_AREA),
    (Type.AREA, "๙๒", checks.BAD_AREA),
    (Type.PHONE, 812345678, checks.WRONG_TYPE),
    (Type.PHONE, "0" * 201, checks.TOO_LONG),
    (Type.THAI_ID, "110170020345", checks.NOT_13_DIGITS),
    (Type.THAI_ID, "1-1017-00203-45-0", checks.NOT_13_DIGITS),
    (Type.REF, "", checks.BAD_REFERENCE),
    (Type.WORKER, "two words", checks.BAD_REFERENCE),
    (Type.OPEN, "x" * 20_001, checks.TOO_LARGE),
    (Type.OPEN, {"a": ["b\x00"]}, checks.BAD_CHARACTERS),
    (Type.OPEN, {"a\x00": 1}, checks.BAD_CHARACTERS),
    (Type.OPEN, [1e999], checks.NOT_A_NUMBER),
    (Type.SET, [], checks.BAD_PATH),
]


def field(kind: Type, lowest: int | None = None, highest: int | None = None) -> Field:
    return Field(name="it", type=kind, lowest=lowest, highest=highest)


def nest(depth: int) -> Json:
    value: Json = 1
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(("kind", "value"), GOOD)
def test_a_value_of_the_right_form_has_no_problem(kind: Type, value: Json) -> None:
    assert check_value(field(kind), value) is None


@pytest.mark.parametrize(("kind", "value", "code"), BAD)
def test_a_value_of_the_wrong_form_is_told_apart(kind: Type, value: Json, code: str) -> None:
    assert check_value(field(kind), value) == code
    assert not is_soft(code)


@pytest.mark.parametrize("kind", Type)
def test_any_value_may_be_cleared(kind: Type) -> None:
    assert check_value(field(kind), None) is None


@pytest.mark.parametrize(
    ("kind", "value", "code"),
    [
        (Type.THAI_ID, "1234567890123", checks.BAD_ID_NUMBER),
        (Type.PHONE, "081234567", checks.BAD_PHONE),
        (Type.PHONE, "081-234-5678", checks.BAD_PHONE),
    ],
)
def test_a_wrong_digit_is_shown_to_the_worker_but_does_not_lose_the_report(
    kind: Type, value: Json, code: str
) -> None:
    assert check_value(field(kind), value) == code
    assert is_soft(code)
    assert malformed(PERSON, {"id_no": "1234567890123", "contact_via/phone": "12"}) == ()
    assert malformed(PERSON, {"phones/12": True}) == ()


def test_a_number_outside_its_range_is_told_with_the_range() -> None:
    severity = field(Type.INT, lowest=0, highest=4)
    assert check_value(severity, 4) is None
    problem = problem_of(severity, 5, "items/health/severity")
    assert problem is not None
    assert (problem.path, problem.code) == ("items/health/severity", checks.OUT_OF_RANGE)
    assert problem.detail == {"lowest": 0, "highest": 4}


def test_the_limits_of_an_amount_are_told_in_baht() -> None:
    problem = problem_of(field(Type.MONEY, lowest=0), -1)
    assert problem is not None
    assert problem.detail == {"lowest": 0, "highest": 1_000_000_000}


def test_a_story_of_eight_thousand_thai_letters_fits() -> None:
    story = "ก" * 8_000
    assert malformed(VISIT, {"narrative": story}) == ()
    (problem,) = malformed(VISIT, {"narrative": story + "ก"})
    assert problem.detail == {"longest": 8_000, "length": 8_001}


def test_a_problem_never_repeats_the_value() -> None:
    secret = "ความลับ" * 2_000
    (problem,) = malformed(VISIT, {"narrative": secret})
    assert "ความลับ" not in repr(problem)


@pytest.mark.parametrize(
    "sets",
    [
        {"urgency": "a_code_of_next_year"},
        {"registered_address/house_no": "12/3"},
        {"phones/0812345678": True, "phones/0898765432": False},
        {"problems/P61_01": True, "problems/P61_01/severity": 3},
        {"a_field_of_next_year": {"any": ["json", 1, None]}},
        {"registered_address/floor": "2"},
        {"registered_address/floor/side": "left"},
        {"members/003/nickname": "แดง"},
        {"target_groups/a_group_of_next_year": True},
        {"linked_cases/0199c1f0-0000-7000-8000-000000000001": True},
        {},
    ],
)
def test_what_this_version_or_a_newer_one_writes_is_stored(sets: dict[str, Json]) -> None:
    kinds = (PERSON, CASE, KINDS["household"])
    kind = next((k for k in kinds if any(k.field(path) for path in sets)), CASE)
    assert malformed(kind, sets) == ()


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("", 1, checks.BAD_PATH),
        ("/", 1, checks.BAD_PATH),
        ("phones/", True, checks.BAD_PATH),
        ("phones//x", True, checks.BAD_PATH),
        ("new\x00field", 1, checks.BAD_PATH),
        ("x" * (LONGEST_PATH + 1), 1, checks.BAD_PATH),
        ("new_field", "x" * 20_000, checks.TOO_LARGE),
        ("new_field", nest(500), checks.TOO_LARGE),
        ("phones", ["0812345678"], checks.BAD_PATH),
        ("phones/0812345678", "yes", checks.WRONG_TYPE),
        ("phones/0812345678", None, checks.WRONG_TYPE),
        ("phones/0812345678/x", True, checks.BAD_PATH),
        ("registered_address", {"moo": "3"}, checks.BAD_PATH),
        ("registered_address/moo", 3, checks.WRONG_TYPE),
        ("registered_address/moo/x", "3", checks.BAD_PATH),
        ("first_name/x", "สมชาย", checks.BAD_PATH),
        ("birth", "2512", checks.NOT_A_DATE),
    ],
)
def test_what_the_centre_cannot_store_is_refused_with_its_path(
    path: str, value: Json, code: str
) -> None:
    (problem,) = malformed(PERSON, {"first_name": "สมชาย", path: value})
    assert problem.code == code
    assert problem.path == path or code == checks.BAD_PATH


def test_an_element_of_a_list_is_there_or_removed_and_nothing_else() -> None:
    assert malformed(PARTNER, {"contacts/k3f9": False, "contacts/k3f9/name": "พระครู"}) == ()
    (problem,) = malformed(PARTNER, {"contacts/k3f9": None})
    assert problem.code == checks.WRONG_TYPE
    (problem,) = malformed(PARTNER, {"contacts/k3f9/phone": 5})
    assert problem.code == checks.WRONG_TYPE


def test_the_text_of_an_element_is_checked_too() -> None:
    (problem,) = malformed(KINDS["worker"], {"areas/920": True})
    assert (problem.path, problem.code) == ("areas/920", checks.BAD_AREA)


def test_a_bad_path_can_be_answered_with_as_json() -> None:
    (problem,) = malformed(PERSON, {"\ud800" * 5_000: 1})
    assert len(json.dumps(problem.path, ensure_ascii=False).encode()) < 5_000


def test_what_is_required_and_empty_is_missing() -> None:
    values: dict[str, Json] = {"channel": "volunteer", "situation_text": "  ", "area": None}
    problems = missing(KINDS["incident_report"], values)
    assert [p.path for p in problems] == ["occurred_at", "area", "situation_text"]
    assert {p.code for p in problems} == {checks.REQUIRED}


def test_nothing_is_missing_when_all_that_is_required_is_there() -> None:
    values: dict[str, Json] = {
        "channel": "volunteer",
        "occurred_at": "2026-11-20T14:00:00+07:00",
        "area": "920201",
        "situation_text": "ชายชราอยู่คนเดียว",
    }
    assert missing(KINDS["incident_report"], values) == ()


def test_no_and_nought_are_answers() -> None:
    kind = Kind(
        name="k",
        fields=(
            Field(name="yes_no", type=Type.BOOL, required=True),
            Field(name="count", type=Type.INT, required=True),
        ),
    )
    assert missing(kind, {"yes_no": False, "count": 0}) == ()


def test_an_emptied_set_or_list_and_what_lacks_inside_an_element_are_missing() -> None:
    inner = (Field(name="name", type=Type.TEXT, required=True),)
    kind = Kind(
        name="k",
        fields=(
            Field(name="groups", type=Type.SET, of=Type.CODE, required=True),
            Field(name="rows", type=Type.LIST, fields=inner, required=True),
            Field(name="place", type=Type.STRUCT, fields=inner),
        ),
    )
    empty: dict[str, Json] = {"groups/a": False, "rows/1": False}
    assert [p.path for p in missing(kind, empty)] == ["groups", "rows", "place/name"]
    filled: dict[str, Json] = {"groups/a": True, "rows/1": True, "place/name": "วัด"}
    assert [p.path for p in missing(kind, filled)] == ["rows/1/name"]


@pytest.mark.parametrize(
    ("kind", "path", "label"),
    [
        ("household", "members/003/birth", "members/birth"),
        ("household", "members/003", "members"),
        ("person", "phones/0812345678", "phones"),
        ("person", "registered_address/moo", "registered_address/moo"),
        ("person", "first_name", "first_name"),
        ("person", "unknown/thing", "unknown/thing"),
    ],
)
def test_a_path_leads_to_its_label(kind: str, path: str, label: str) -> None:
    assert declared_path(KINDS[kind], path) == label


@pytest.mark.parametrize("lang", ["th", "en"])
@pytest.mark.parametrize(("kind", "value", "_code"), BAD)
def test_the_sentence_of_a_problem_can_be_filled_in(
    lang: str, kind: Type, value: Json, _code: str
) -> None:
    file = FilePath(checks.__file__).parents[1] / "strings" / lang / "problems.toml"
    sentences = tomllib.loads(file.read_text(encoding="utf-8"))
    problem = problem_of(field(kind), value)
    assert problem is not None
    assert "{" not in sentences[problem.code].format(**problem.detail)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
PATHS = st.sampled_from(
    [f"{f.name}{tail}" for kind in (PERSON, PARTNER) for f in kind.fields for tail in ("", "/x")]
) | st.text(max_size=30)


@given(st.dictionaries(PATHS, JSON, max_size=5))
def test_whatever_comes_is_judged_and_what_passes_can_be_kept(sets: dict[str, Json]) -> None:
    for kind in (PERSON, PARTNER):
        refused = malformed(kind, sets)
        json.dumps([p.path for p in refused], ensure_ascii=False).encode()
        if not refused:
            kept = json.dumps(sets, ensure_ascii=False, allow_nan=False)
            assert "\\u0000" not in kept
            assert json.loads(kept.encode()) == sets
