"""Money typed and shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telewelfare.domain.digits import thai_digits
from telewelfare.domain.money import LARGEST_TYPED, Satang, format_baht, parse_baht


@pytest.mark.parametrize(
    ("typed", "satang"),
    [
        ("๑,๒๕๐.๕๐", 125_050),
        ("1,250.50", 125_050),
        ("3000", 300_000),
        (" 3,000 บาท ", 300_000),
        ("฿ 12.5", 1_250),
        ("0", 0),
        ("1,000,000", 100_000_000),
    ],
)
def test_amounts_are_read(typed: str, satang: int) -> None:
    assert parse_baht(typed) == satang


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "-1",
        "nan",
        "inf",
        "1e3",
        "1_000",
        "12,50",
        "1.234",
        "1,000,000.01",
        "สามพัน",
        ".",
        "9" * 999,
    ],
)
def test_what_we_cannot_pay_out_is_refused(typed: str) -> None:
    assert parse_baht(typed) is None


@given(st.integers(0, LARGEST_TYPED).map(Satang))
def test_an_amount_survives_being_shown_and_typed_again(satang: Satang) -> None:
    assert parse_baht(format_baht(satang)) == satang
    assert parse_baht(thai_digits(format_baht(satang))) == satang


def test_amounts_are_shown_with_separators() -> None:
    assert format_baht(Satang(125_050)) == "1,250.50"
    assert format_baht(Satang(5)) == "0.05"
    assert format_baht(Satang(-125_050)) == "-1,250.50"
