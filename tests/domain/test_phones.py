"""Telephone numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telewelfare.domain.digits import thai_digits
from telewelfare.domain.phones import Phone, is_mobile, parse_phone, show_phone, tel_uri

phones = st.from_regex(r"0[689][0-9]{8}|0[2-7][0-9]{7}", fullmatch=True).map(Phone)


@given(phones)
def test_a_number_survives_being_shown_and_typed_again(phone: Phone) -> None:
    shown = show_phone(phone)
    typed = (
        shown,
        thai_digits(shown),
        tel_uri(phone)[4:],
        f"0066{phone[1:]}",
        f"+66 (0){phone[1:]}",
    )
    for one in typed:
        assert parse_phone(one) == phone


@pytest.mark.parametrize(
    ("phone", "shown"),
    [("0812345678", "081-234-5678"), ("075218213", "075-218-213"), ("021234567", "02-123-4567")],
)
def test_digits_are_grouped_as_people_say_them(phone: str, shown: str) -> None:
    assert show_phone(Phone(phone)) == shown


def test_a_tap_opens_the_international_number() -> None:
    assert tel_uri(Phone("0812345678")) == "tel:+66812345678"


def test_a_mobile_is_told_from_a_landline() -> None:
    assert is_mobile(Phone("0612345678"))
    assert not is_mobile(Phone("075218213"))


@pytest.mark.parametrize(
    "typed",
    ["", "191", "0112345678", "081234567", "08123456789", "+1 555 123 4567", "โทร", "0812345678x"],
)
def test_what_is_no_thai_number_is_refused(typed: str) -> None:
    assert parse_phone(typed) is None
