"""The hybrid logical clock."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telewelfare.domain.clock import (
    MAX_COUNTER,
    MAX_DRIFT,
    ClockAhead,
    Millis,
    Stamp,
    observe,
    parse_stamp,
    tick,
)
from telewelfare.domain.ids import DeviceId, new_device_id

devices = st.binary(min_size=5, max_size=5).map(new_device_id)
near = st.integers(1_700_000_000_000, 1_700_000_000_009)  # close together, so that ties happen
moments = st.one_of(near, st.integers(0, 1 << 47)).map(Millis)
counters = st.one_of(st.integers(0, 3), st.integers(MAX_COUNTER - 2, MAX_COUNTER))
stamps = st.builds(Stamp, moments, counters, devices)

ME = DeviceId("daaaaaaa")
OTHER = DeviceId("dbbbbbbb")


@given(stamps, stamps)
def test_text_sorts_as_the_stamps_do(one: Stamp, other: Stamp) -> None:
    assert (one.text < other.text) == (one < other)
    assert (one.text == other.text) == (one == other)


@given(stamps)
def test_a_stamp_survives_its_text_form(stamp: Stamp) -> None:
    assert parse_stamp(stamp.text) == stamp


@given(stamps, moments)
def test_tick_always_grows_and_stays_on_its_device(last: Stamp, now: Millis) -> None:
    ticked = tick(last, now)
    assert ticked > last
    assert ticked.text > last.text
    assert ticked.device == last.device
    assert parse_stamp(ticked.text) == ticked


@given(stamps, stamps, moments)
def test_observe_passes_both_or_says_which_clock_is_ahead(
    last: Stamp, remote: Stamp, now: Millis
) -> None:
    match observe(last, remote, now):
        case ClockAhead(ours, theirs):
            assert (ours, theirs) == (now, remote.millis)
            assert remote.millis - now > MAX_DRIFT
        case Stamp() as ours:
            assert remote.millis - now <= MAX_DRIFT
            assert ours > last
            assert ours > remote
            assert ours.device == last.device


def test_a_clock_exactly_five_minutes_ahead_is_followed() -> None:
    remote = Stamp(Millis(MAX_DRIFT), 7, OTHER)
    assert observe(Stamp(Millis(0), 0, ME), remote, Millis(0)) == Stamp(Millis(MAX_DRIFT), 8, ME)
    later = Stamp(Millis(MAX_DRIFT + 1), 0, OTHER)
    assert observe(Stamp(Millis(0), 0, ME), later, Millis(0)) == ClockAhead(
        Millis(0), Millis(MAX_DRIFT + 1)
    )


def test_a_full_counter_carries_into_the_millis() -> None:
    assert tick(Stamp(Millis(5), MAX_COUNTER, ME), Millis(5)) == Stamp(Millis(6), 0, ME)


def test_a_clock_that_runs_backwards_only_grows_the_counter() -> None:
    assert tick(Stamp(Millis(5), 1, ME), Millis(3)) == Stamp(Millis(5), 2, ME)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0" * 16,
        "0" * 16 + "a-device",
        "G" + "0" * 15 + "daaaaaaa",
        "A" + "0" * 15 + "daaaaaaa",
        "0" * 16 + "daaaaaaa\n",
        " " + "0" * 15 + "daaaaaaa",
    ],
)
def test_what_is_no_stamp_is_refused(text: str) -> None:
    assert parse_stamp(text) is None


def test_a_stamp_of_the_centre_moves_a_slow_clock() -> None:
    seen = parse_stamp(f"{1_000:012x}0003srv")
    assert seen is not None
    moved = observe(Stamp(Millis(5), 0, DeviceId("daaaaaaa")), seen, Millis(900))
    assert isinstance(moved, Stamp)
    assert moved > seen
    assert moved.device == "daaaaaaa"
