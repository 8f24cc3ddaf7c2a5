"""Columns say what the rows said, whatever it was; and whatever is sent as columns does no harm."""

from __future__ import annotations

import json
import time
from typing import Any, TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telewelfare.domain.clock import Millis
from telewelfare.domain.dates import bangkok_iso
from telewelfare.domain.ids import uuid7
from telewelfare.sync.columns import (
    pack_changes,
    pack_operations,
    unpack_changes,
    unpack_operations,
)
from telewelfare.sync.protocol import MAX_BODY, MAX_OPERATIONS, RecordDelta, WireOperation
from telewelfare.sync.values import Misshapen, Oversized

Told: TypeAlias = Any  # JSON, however broken

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
THAI = st.text("กขงนํ้ำๆ๑๒ \u200b", max_size=12)
MOMENT = st.integers(0, 4_000_000_000_000).map(Millis)
ID = st.builds(uuid7, st.integers(0, 2**48 - 1).map(Millis), st.binary(min_size=10, max_size=10))
NO_ID = st.just("01a1f97b-d22f-4142-9ccd-9dcf30aac44c")  # a UUID of another version
DEVICES = st.sampled_from(["dq5x3k7a", "dx7w2m4c", "srv"])
STAMP = st.builds(
    lambda millis, counter, device: f"{millis:012x}{counter:04x}{device}",
    st.integers(0, 2**48 - 1) | st.just(1_795_150_000_000),
    st.integers(0, 0xFFFF) | st.just(0),
    DEVICES,
)
VALUE: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT
    | THAI
    | ID
    | MOMENT.map(bangkok_iso)
    | st.just("2026-11-20T09:00:00.000+07:00")
    | st.just("2026-02-31T09:00:00.000+07:00"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["iso", "precision", "ก"]), inner, max_size=3)
    ),
    max_leaves=4,
)
PATH = st.sampled_from(["a", "b", "problems/p1", "ที่อยู่", "id", "v"]) | TEXT.filter(bool)
SETS = st.dictionaries(PATH, VALUE, max_size=5)
KIND = st.sampled_from(["case", "person", "visit"])


@st.composite
def operations(draw: st.DrawFn) -> list[WireOperation]:
    ids = draw(st.lists(ID | NO_ID, min_size=1, max_size=4))
    first, made = draw(st.integers(1, 2**50)), []
    for place in range(draw(st.integers(0, 8))):
        sets = draw(SETS)
        based = draw(st.lists(st.sampled_from(sorted(sets)), unique=True)) if sets else []
        stamps = draw(st.lists(STAMP, min_size=1, max_size=2))
        made.append(
            WireOperation(
                n=first + place,
                kind=draw(KIND),
                id=draw(st.sampled_from(ids)),
                stamp=draw(STAMP),
                sets=sets,
                base={path: draw(st.sampled_from(stamps)) for path in based},
            )
        )
    return made


@st.composite
def changes(draw: st.DrawFn) -> list[RecordDelta]:
    made = []
    for _ in range(draw(st.integers(0, 8))):
        sets, stamps = draw(SETS), draw(st.lists(STAMP, min_size=1, max_size=3))
        made.append(
            RecordDelta(
                kind=draw(KIND),
                id=draw(ID),
                sets=sets,
                stamps={path: draw(st.sampled_from(stamps)) for path in sets},
                seq=draw(st.integers(0, 2**53)),
                whole=draw(st.booleans()),
            )
        )
    return made


def _travelled(packed: object) -> Told:
    return json.loads(json.dumps(packed, ensure_ascii=False))


def _exactly(values: object) -> str:
    """Text in which 1, 1.0 and true differ, and the order of keys does not."""
    return json.dumps(values, sort_keys=True)


@given(ops=operations())
def test_operations_come_out_as_they_went_in(ops: list[WireOperation]) -> None:
    packed = _travelled(pack_operations(ops))
    found = unpack_operations(packed, MAX_OPERATIONS, MAX_BODY)
    assert _exactly(found) == _exactly([op.model_dump() for op in ops])


@given(deltas=changes())
def test_records_come_out_as_they_went_in(deltas: list[RecordDelta]) -> None:
    found = unpack_changes(_travelled(pack_changes(deltas)), MAX_OPERATIONS, MAX_BODY)
    assert _exactly(found) == _exactly([delta.model_dump() for delta in deltas])


def _ops(count: int) -> list[WireOperation]:
    return [
        WireOperation(
            n=7 + n,
            kind="case",
            id=uuid7(Millis(1_795_150_000_000 + n), n.to_bytes(10, "big")),
            stamp=f"{1_795_150_000_000 + n:012x}0000dq5x3k7a",
            sets={"urgency": "urgent", "note": f"คนที่ {n}", "recorded_at": bangkok_iso(Millis(n))},
        )
        for n in range(count)
    ]


def test_ordinary_operations_travel_as_columns() -> None:
    assert isinstance(pack_operations(_ops(3)), dict)
    assert isinstance(pack_operations([]), list)


@pytest.mark.parametrize("gap", [0, 2])
def test_numbers_that_do_not_follow_each_other_travel_as_they_are(gap: int) -> None:
    one, two = _ops(2)
    apart = [one, two.model_copy(update={"n": one.n + gap})]
    assert isinstance(pack_operations(apart), list)
    assert [op["n"] for op in unpack_operations(pack_operations(apart), 9, MAX_BODY)] == [
        one.n,
        one.n + gap,
    ]


# ------------------------------------------------------------------ hostile columns

WEIRD: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.sampled_from([2**62, -(2**62), 2**48, 10**40, 1.5, "x", "srv"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=2),
    max_leaves=6,
)


@st.composite
def broken(draw: st.DrawFn, packed: Told) -> Told:
    """Columns of which one part is something else."""
    told = _travelled(packed)
    at: Any = told
    for _ in range(draw(st.integers(0, 5))):
        keys = list(at) if isinstance(at, dict) else list(range(len(at)))
        inner = [key for key in keys if isinstance(at[key], (dict, list)) and at[key]]
        if not inner:
            break
        at = at[draw(st.sampled_from(inner))]
    keys = list(at) if isinstance(at, dict) else list(range(len(at)))
    at[draw(st.sampled_from(keys))] = draw(WEIRD)
    return told


OPERATIONS = pack_operations(_ops(3))
CHANGES = pack_changes(
    [
        RecordDelta(
            kind=op.kind,
            id=op.id,
            sets=op.sets,
            stamps=dict.fromkeys(op.sets, op.stamp) | {"note": "0" * 16 + "srv"},
            seq=op.n,
        )
        for op in _ops(3)
    ]
)


@given(told=broken(OPERATIONS))
def test_broken_operations_are_an_error_of_ours_or_rows(told: Told) -> None:
    try:
        unpack_operations(told, MAX_OPERATIONS, MAX_BODY)
    except Misshapen:
        return


@given(told=broken(CHANGES))
def test_broken_records_are_an_error_of_ours_or_rows(told: Told) -> None:
    try:
        unpack_changes(told, MAX_OPERATIONS, MAX_BODY)
    except Misshapen:
        return


@given(told=WEIRD.filter(lambda one: not isinstance(one, list)))
def test_anything_else_is_no_column(told: Told) -> None:
    with pytest.raises(Misshapen):
        unpack_operations(told, MAX_OPERATIONS, MAX_BODY)


def test_more_rows_than_allowed_are_refused_before_they_are_made() -> None:
    with pytest.raises(Misshapen):
        unpack_operations(OPERATIONS, 2, MAX_BODY)
    with pytest.raises(Misshapen):
        unpack_operations({**OPERATIONS, "rows": 10**9}, MAX_OPERATIONS, MAX_BODY)


def _large() -> Told:
    told = _travelled(pack_operations(_ops(1_000)))
    told["groups"][0]["columns"][0] = {"is": "ก" * 100_000}
    return told


def test_one_long_text_for_every_row_does_not_fill_the_memory() -> None:
    with pytest.raises(Misshapen):
        unpack_operations(_large(), MAX_OPERATIONS, MAX_BODY)


def test_very_many_paths_for_every_row_do_not_fill_the_memory() -> None:
    told = _travelled(pack_operations(_ops(1_000)))
    told["groups"][0]["paths"] = [f"p{n}" for n in range(100_000)]
    told["groups"][0]["columns"] = [{"is": None}] * 100_000
    with pytest.raises(Misshapen):
        unpack_operations(told, MAX_OPERATIONS, MAX_BODY)


def test_a_constant_object_is_refused_for_it_could_stand_for_too_much() -> None:
    told = _travelled(OPERATIONS)
    told["groups"][0]["columns"][0] = {"is": {"a": 1}}
    with pytest.raises(Misshapen):
        unpack_operations(told, MAX_OPERATIONS, MAX_BODY)


def _lying(**group: object) -> Told:
    told = _travelled(pack_operations(_ops(1_000)))
    told["groups"][0].update(group)
    return told


def test_very_many_stamps_for_every_row_are_refused_before_they_are_made() -> None:
    began = time.monotonic()
    with pytest.raises(Oversized):
        unpack_operations(_lying(marks=[2_000, 1, 0, 0]), MAX_OPERATIONS, MAX_BODY)
    assert time.monotonic() - began < 1


def test_a_path_has_its_exceptions_once() -> None:
    told = _lying(unusual=[[0, 1_000, [1] * 1_000, -1]] * 2)
    with pytest.raises(Misshapen):
        unpack_operations(told, MAX_OPERATIONS, MAX_BODY)


def test_there_are_no_more_kinds_than_rows() -> None:
    told = _travelled(OPERATIONS)
    for kinds in (told["kinds"] * 2, [f"k{n}" for n in range(100_000)]):
        groups: list[object] = [{"paths": [], "columns": []}] * len(kinds)
        with pytest.raises(Misshapen):
            unpack_operations(told | {"kinds": kinds, "groups": groups}, MAX_OPERATIONS, MAX_BODY)
