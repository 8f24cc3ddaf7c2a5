"""The national ID."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telewelfare.domain import thai_id
from telewelfare.domain.digits import thai_digits
from telewelfare.domain.thai_id import ThaiId

VALID = ["1234567890121", "3601000000019", "9202001234564", "0099000000017", "1101700203450"]

twelve = st.text("0123456789", min_size=12, max_size=12)
numbers = twelve.map(lambda text: ThaiId(f"{text}{thai_id.check_digit(text)}"))


@pytest.mark.parametrize("number", VALID)
def test_the_reference_numbers_are_valid(number: str) -> None:
    assert thai_id.is_valid(number)
    assert thai_id.parse(number) == number


def test_the_reference_number_with_a_wrong_check_digit_is_not() -> None:
    assert not thai_id.is_valid("1234567890123")
    assert thai_id.fault("1234567890123") == "check_digit"


@given(numbers, st.integers(0, 12), st.integers(1, 9))
def test_one_wrong_digit_is_noticed_or_shares_the_check_digit(
    number: ThaiId, at: int, off: int
) -> None:
    """The rule cannot tell a remainder of 0 from 10 or 1 from 11; every other slip shows."""
    wrong = number[:at] + str((int(number[at]) + off) % 10) + number[at + 1 :]
    if thai_id.is_valid(wrong):
        assert at < 12
        assert wrong[12] in "01"


@given(numbers)
def test_a_number_survives_being_shown_and_typed_again(number: ThaiId) -> None:
    shown = thai_id.show(number)
    for typed in (shown, thai_digits(shown), shown.replace("-", " "), f" {number} "):
        assert thai_id.parse(typed) == number


@given(numbers)
def test_a_mask_depends_on_the_outer_digits_only(number: ThaiId) -> None:
    assert thai_id.mask(number) == f"{number[0]}-XXXX-XXXXX-XX-{number[-1]}"
    middle = thai_id.for_log(number)
    assert middle == number[:3] + "X" * 6 + number[-4:]


@pytest.mark.parametrize(
    ("typed", "fault"),
    [("", "length"), ("123", "length"), ("12345678901234", "length"), ("abc", "letters")],
)
def test_the_first_thing_to_mend_is_named(typed: str, fault: str) -> None:
    assert thai_id.fault(typed) == fault
    assert thai_id.parse(typed) is None


def test_a_number_is_shown_as_on_the_card() -> None:
    assert thai_id.show(ThaiId("1234567890121")) == "1-2345-67890-12-1"


def test_being_without_an_id_has_its_own_states() -> None:
    assert len(set(thai_id.ID_STATUSES)) == 9
    assert {"never_registered", "stateless_0", "lost", "refuses"} <= set(thai_id.ID_STATUSES)
