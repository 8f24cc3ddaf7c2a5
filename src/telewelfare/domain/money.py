"""Money, in whole satang from the moment it is typed."""

import re
from typing import NewType

from telewelfare.domain.digits import arabic_digits

Satang = NewType("Satang", int)

LARGEST_TYPED = Satang(1_000_000_00)
"""A typing error, not a payment, beyond this. Limits of regulations are data, not this."""

_AMOUNT = re.compile(r"(?:฿\s*)?([0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.([0-9]{1,2}))?(?:\s*บาท)?")


def parse_baht(typed: str) -> Satang | None:
    """Read an amount typed in baht; `None` if it is not one we can pay out.

    Accepts Thai digits, thousands separators in their places and the word or sign for baht:
    "๑,๒๕๐.๕๐" is 125 050 satang. "12,50" is refused rather than guessed.
    """
    found = _AMOUNT.fullmatch(arabic_digits(typed).strip())
    if found is None or len(found[1]) > len("1,000,000") * 2:
        return None
    satang = int(found[1].replace(",", "")) * 100 + int((found[2] or "").ljust(2, "0"))
    return Satang(satang) if satang <= LARGEST_TYPED else None


def format_baht(satang: Satang) -> str:
    """Write an amount in baht: "1,250.50"."""
    sign = "-" if satang < 0 else ""
    baht, rest = divmod(abs(satang), 100)
    return f"{sign}{baht:,}.{rest:02d}"
