"""Ids: canonical, sortable by time, recognised."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telewelfare.domain.clock import Millis
from telewelfare.domain.ids import is_device_id, is_record_id, new_device_id, uuid7

moments = st.integers(0, (1 << 48) - 1).map(Millis)
tens = st.binary(min_size=10, max_size=10)


@given(moments, tens)
def test_an_id_is_a_canonical_version_7_uuid_of_its_moment(now: Millis, randomness: bytes) -> None:
    made = uuid.UUID(uuid7(now, randomness))
    assert (made.version, made.variant, made.int >> 80) == (7, uuid.RFC_4122, now)
    assert is_record_id(str(made))


@given(moments, moments, tens, tens)
def test_ids_sort_by_time(one: Millis, other: Millis, first: bytes, second: bytes) -> None:
    if one != other:
        assert (uuid7(one, first) < uuid7(other, second)) == (one < other)


@given(moments, st.integers(0, (1 << 74) - 1), st.integers(0, (1 << 74) - 1))
def test_different_randomness_gives_different_ids(now: Millis, one: int, other: int) -> None:
    """The top 12 of the 80 bits and the low 62 are used."""

    def made(bits: int) -> str:
        spread = bits >> 62 << 68 | bits & ((1 << 62) - 1)
        return uuid7(now, spread.to_bytes(10, "big"))

    assert (made(one) == made(other)) == (one == other)


def test_the_known_example_of_rfc_9562_comes_out() -> None:
    randomness = (0xCC3 << 68 | 0x18C4DC0C0C07398F).to_bytes(10, "big")
    assert uuid7(Millis(0x017F22E279B0), randomness) == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"


@pytest.mark.parametrize("randomness", [b"", b"123456789", b"12345678901"])
def test_too_little_or_too_much_randomness_is_refused(randomness: bytes) -> None:
    with pytest.raises(ValueError, match="random bytes"):
        uuid7(Millis(0), randomness)
    with pytest.raises(ValueError, match="random bytes"):
        new_device_id(randomness)


@pytest.mark.parametrize("now", [-1, 1 << 48])
def test_a_moment_out_of_range_is_refused(now: int) -> None:
    with pytest.raises(ValueError, match="moment"):
        uuid7(Millis(now), bytes(10))


@given(st.binary(min_size=5, max_size=5))
def test_a_device_id_is_d_and_seven_base32_letters(randomness: bytes) -> None:
    assert is_device_id(new_device_id(randomness))


@pytest.mark.parametrize(
    "text", ["", "d", "dABCDEFG", "daaaaaaa1", "xaaaaaaa", "daaaaaa1", "daaaaaaa\n"]
)
def test_what_is_no_device_id_is_recognised(text: str) -> None:
    assert not is_device_id(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "017F22E2-79B0-7CC3-98C4-DC0C0C07398F",
        "017f22e279b07cc398c4dc0c0c07398f",
        "017f22e2-79b0-4cc3-98c4-dc0c0c07398f",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398f\n",
        "../../etc/passwd",
    ],
)
def test_what_is_no_record_id_is_recognised(text: str) -> None:
    assert not is_record_id(text)
