"""The 13-digit Thai national ID, and being without one."""

import re
from typing import Literal, NewType, TypeAlias

from telewelfare.domain.digits import arabic_digits

ThaiId = NewType("ThaiId", str)
"""Thirteen digits without dashes whose last one is right."""

ID_STATUSES = (
    "has_card",
    "has_number_no_card",
    "lost",
    "expired",
    "never_registered",
    "stateless_0",
    "foreigner_passport",
    "refuses",
    "unknown",
)
"""Having no ID is a state like any other: none of these keeps anyone from being helped."""

Fault: TypeAlias = Literal["letters", "length", "check_digit"]

_LENGTH = 13
_NUMBER = re.compile(r"[0-9]{13}")
_SEPARATORS = re.compile(r"[\s\-\u2010-\u2015.]+")


def check_digit(first_twelve: str) -> int:
    """Return the 13th digit that belongs to twelve others."""
    total = sum(int(digit) * (_LENGTH - at) for at, digit in enumerate(first_twelve))
    return (11 - total % 11) % 10


def is_valid(number: str) -> bool:
    """Whether these are 13 plain digits with the right check digit."""
    return _NUMBER.fullmatch(number) is not None and check_digit(number[:12]) == int(number[12])


def fault(typed: str) -> Fault | None:
    """Say what is wrong with a typed number, the first thing to mend; `None` if nothing is."""
    number = _plain(typed)
    if re.fullmatch("[0-9]*", number) is None:
        return "letters"
    if len(number) != _LENGTH:
        return "length"
    return None if is_valid(number) else "check_digit"


def parse(typed: str) -> ThaiId | None:
    """Read a number typed with or without dashes or spaces, in Thai or Arabic digits."""
    return ThaiId(_plain(typed)) if fault(typed) is None else None


def show(number: ThaiId) -> str:
    """Write it as on the card: "1-2345-67890-12-3"."""
    return "-".join((number[0], number[1:5], number[5:10], number[10:12], number[12]))


def mask(number: ThaiId) -> str:
    """Write it for those who need not know it: "1-XXXX-XXXXX-XX-3"."""
    return f"{number[0]}-XXXX-XXXXX-XX-{number[12]}"


def for_log(number: ThaiId) -> str:
    """Keep the first 3 and last 4 digits, the most any log may hold of it."""
    return f"{number[:3]}XXXXXX{number[9:]}"


def _plain(typed: str) -> str:
    return _SEPARATORS.sub("", arabic_digits(typed))
