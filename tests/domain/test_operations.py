"""Merging: every order of arrival gives the same record, and nothing written is lost quietly."""

from __future__ import annotations

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from telewelfare.domain.fields import Json
from telewelfare.domain.ids import DeviceId, RecordId
from telewelfare.domain.operations import Operation, Record, apply, base_of

EMPTY = Record("case", RecordId("r"))
PATHS = ("urgency", "state_reason", "target_groups/homeless")


def op(device: str, n: int, millis: int, sets: dict[str, Json], **base: str) -> Operation:
    stamp = f"{millis:012x}0000{device}"
    return Operation(DeviceId(device), n, "case", RecordId("r"), stamp, sets, base)


@st.composite
def histories(draw: st.DrawFn) -> tuple[Operation, ...]:
    """Edits by three devices, no two with the same stamp."""
    moments = draw(st.lists(st.integers(1, 10**6), min_size=1, max_size=5, unique=True))
    return tuple(
        op(
            draw(st.sampled_from(["daaaaaaa", "dbbbbbbb", "dccccccc"])),
            place + 1,
            moment,
            draw(st.dictionaries(st.sampled_from(PATHS), st.integers(0, 3), min_size=1)),
        )
        for place, moment in enumerate(moments)
    )


def fold(ops: tuple[Operation, ...]) -> Record:
    record = EMPTY
    for one in ops:
        record = apply(record, one).record
    return record


@given(histories())
def test_every_order_of_arrival_gives_the_same_record(ops: tuple[Operation, ...]) -> None:
    assert all(fold(order) == fold(ops) for order in permutations(ops))


@given(histories())
def test_applying_again_changes_nothing(ops: tuple[Operation, ...]) -> None:
    record = fold(ops)
    for one in ops:
        again = apply(record, one)
        assert again.record == record
        assert not again.changed


@given(histories())
def test_each_value_is_in_the_record_or_named_as_concurrent_or_was_seen(
    ops: tuple[Operation, ...],
) -> None:
    record, told = EMPTY, []
    for one in ops:
        applied = apply(record, one)
        told += [(met.path, met.other) for met in applied.concurrent]
        told += [(met.path, met.kept) for met in applied.concurrent]
        by_same_hand = {path for path in one.sets if record.stamps.get(path, "")[16:] == one.device}
        for path, value in one.sets.items():
            lost = applied.record.values[path] != value
            assert not lost or (path, value) in told or path in by_same_hand
            before = record.values.get(path)
            gone = path in record.values and applied.record.values[path] != before
            assert not gone or (path, before) in told or path in by_same_hand
        record = applied.record


def test_two_who_did_not_know_of_each_other_are_both_kept() -> None:
    ours = apply(EMPTY, op("daaaaaaa", 1, 10, {"urgency": "urgent"}))
    met = apply(ours.record, op("dbbbbbbb", 1, 20, {"urgency": "watch"}))
    (both,) = met.concurrent
    assert (both.kept, both.other) == ("watch", "urgent")
    late = apply(ours.record, op("dbbbbbbb", 1, 5, {"urgency": "watch"}))
    (both,) = late.concurrent
    assert (both.kept, both.other) == ("urgent", "watch")


def test_an_edit_of_what_one_saw_is_no_conflict() -> None:
    first = op("daaaaaaa", 1, 10, {"urgency": "urgent"})
    record = apply(EMPTY, first).record
    sets: dict[str, Json] = {"urgency": "watch"}
    knowing = op("dbbbbbbb", 1, 20, sets, **base_of(record, sets))
    assert not apply(record, knowing).concurrent


def test_the_same_value_twice_is_no_conflict() -> None:
    record = apply(EMPTY, op("daaaaaaa", 1, 10, {"urgency": "urgent"})).record
    assert not apply(record, op("dbbbbbbb", 1, 20, {"urgency": "urgent"})).concurrent


def test_a_device_does_not_meet_itself() -> None:
    record = apply(EMPTY, op("daaaaaaa", 1, 10, {"urgency": "urgent"})).record
    assert not apply(record, op("daaaaaaa", 2, 20, {"urgency": "watch"})).concurrent


def test_different_elements_of_a_set_never_meet() -> None:
    record = apply(EMPTY, op("daaaaaaa", 1, 10, {"target_groups/homeless": True})).record
    met = apply(record, op("dbbbbbbb", 1, 20, {"target_groups/beggar": True}))
    assert not met.concurrent
    assert met.record.values == {"target_groups/homeless": True, "target_groups/beggar": True}
