"""Thai telephone numbers: mobile and landline."""

import re
from typing import NewType

from telewelfare.domain.digits import arabic_digits

Phone = NewType("Phone", str)
"""Plain digits with the leading 0: ten for a mobile, nine for a landline."""

_MOBILE = re.compile(r"0[689][0-9]{8}")
_LANDLINE = re.compile(r"0[2-7][0-9]{7}")
_SEPARATORS = re.compile(r"[\s\-\u2010-\u2015.()]+")
_COUNTRY = re.compile(r"(?:\+|00)660?")


def parse_phone(typed: str) -> Phone | None:
    """Read a number as people write it; `None` if it is no Thai mobile or landline.

    Accepts Thai digits, dashes, spaces, brackets and the country code: "+66 (0)81-234-5678".
    """
    plain = _SEPARATORS.sub("", arabic_digits(typed))
    number = _COUNTRY.sub("0", plain, count=1) if plain.startswith(("+", "00")) else plain
    return Phone(number) if _MOBILE.fullmatch(number) or _LANDLINE.fullmatch(number) else None


def is_mobile(phone: Phone) -> bool:
    """Whether it can receive a short message."""
    return _MOBILE.fullmatch(phone) is not None


def show_phone(phone: Phone) -> str:
    """Group the digits: "081-234-5678", "075-218-213", "02-123-4567"."""
    if phone.startswith("02"):
        return f"{phone[:2]}-{phone[2:5]}-{phone[5:]}"
    return f"{phone[:3]}-{phone[3:6]}-{phone[6:]}"


def tel_uri(phone: Phone) -> str:
    """Return what a tap on the number opens, right from abroad too."""
    return f"tel:+66{phone[1:]}"
