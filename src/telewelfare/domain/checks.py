"""Whether one value is what its field says, and the code of what is wrong with it.

Soft codes are for the worker to see to; the centre stores such a value all the same,
because a wrong digit on an old card must not lose a report.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

from telewelfare.domain import phones, thai_id
from telewelfare.domain.dates import parse_instant
from telewelfare.domain.fields import Field, Json, Type

REQUIRED: Final = "required"
WRONG_TYPE: Final = "wrong_type"
BAD_CHARACTERS: Final = "bad_characters"
TOO_LONG: Final = "too_long"
TOO_LARGE: Final = "too_large"
NOT_A_NUMBER: Final = "not_a_number"
OUT_OF_RANGE: Final = "out_of_range"
BAD_AMOUNT: Final = "bad_amount"
NOT_A_DATE: Final = "not_a_date"
NOT_AN_INSTANT: Final = "not_an_instant"
BAD_POSITION: Final = "bad_position"
BAD_AREA: Final = "bad_area"
BAD_REFERENCE: Final = "bad_reference"
BAD_PATH: Final = "bad_path"
NOT_13_DIGITS: Final = "not_13_digits"
BAD_ID_NUMBER: Final = "bad_id_number"  # soft
BAD_PHONE: Final = "bad_phone"  # soft

SOFT: Final = frozenset({BAD_ID_NUMBER, BAD_PHONE})

LARGEST_VALUE: Final = 20_000
"""Bytes of JSON that a value without a stricter rule may have."""
MOST_SATANG: Final = 100_000_000_000
"""A thousand million baht: beyond it a number is a slip, not an income or a debt."""

_LARGEST_NUMBER = 2**53 - 1  # what every reader of JSON keeps exact
_DEEPEST = 16  # levels of lists and objects in one value
_FIRST_BE_YEAR = 2400  # a stored year from here on was not turned into the Gregorian one
_REFERENCE = re.compile(r"[!-~]{1,64}")
_AREA = re.compile(r"(?:[0-9]{2}){1,4}")
_THIRTEEN = re.compile(r"[0-9]{13}")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # PostgreSQL and UTF-8 have no place for them

Check = Callable[[Field, Json], str | None]


def is_soft(code: str) -> bool:
    """Whether a value with this problem is stored all the same."""
    return code in SOFT


def check_value(field: Field, value: Json) -> str | None:
    """The code of what is wrong with a value in its stored form; `None` if nothing is.

    `null` is a cleared value and always right; what may not stay empty is `missing`'s matter.
    A code that this version does not know is no problem: a newer app may have written it.
    A set, a list and a struct have no value of their own.
    """
    if value is None:
        return None
    code = _unstorable_text(value) if isinstance(value, str) else _unstorable(value)
    return code or _CHECKS.get(field.type, _no_value)(field, value)


def bounds(field: Field) -> tuple[int, int]:
    """Lowest and highest number of a field, satang for money."""
    most = MOST_SATANG if field.type is Type.MONEY else _LARGEST_NUMBER
    lowest = -most if field.lowest is None else field.lowest
    return lowest, most if field.highest is None else field.highest


def _unstorable(value: Json) -> str | None:
    if not isinstance(value, (dict, list)):
        return _unstorable_part(value)
    for depth, part in _parts(value, 0):
        if depth > _DEEPEST:
            return TOO_LARGE
        if code := _unstorable_part(part):
            return code
    return TOO_LARGE if _size(value) > LARGEST_VALUE else None


def _unstorable_text(text: str) -> str | None:
    if text.isascii():
        return BAD_CHARACTERS if "\0" in text else None
    return BAD_CHARACTERS if _UNSTORABLE.search(text) else None


def _unstorable_part(part: Json) -> str | None:
    match part:
        case str():
            return _unstorable_text(part)
        case float() if not math.isfinite(part):
            return NOT_A_NUMBER
        case int() if abs(part) > _LARGEST_NUMBER:
            return OUT_OF_RANGE
    return None


def _parts(value: Json, depth: int) -> Iterator[tuple[int, Json]]:
    """Everything in a value with how deep it lies; not further down than one level too deep."""
    yield depth, value
    if depth > _DEEPEST:
        return
    inner: list[Json] = []
    if isinstance(value, list):
        inner = value
    elif isinstance(value, dict):
        inner = [*value, *value.values()]
    for part in inner:
        yield from _parts(part, depth + 1)


def _size(value: Json) -> int:
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def _no_value(_field: Field, _value: Json) -> str | None:
    return BAD_PATH


def _text(field: Field, value: Json) -> str | None:
    if not isinstance(value, str):
        return WRONG_TYPE
    return TOO_LONG if len(value) > field.max_length else None


def _bool(_field: Field, value: Json) -> str | None:
    return None if isinstance(value, bool) else WRONG_TYPE


def _number(field: Field, value: Json) -> str | None:
    kinds = (int, float) if field.type is Type.DECIMAL else (int,)
    if isinstance(value, bool) or not isinstance(value, kinds):
        return NOT_A_NUMBER
    lowest, highest = bounds(field)
    return None if lowest <= value <= highest else OUT_OF_RANGE


def _money(field: Field, value: Json) -> str | None:
    return None if _number(field, value) is None else BAD_AMOUNT


def _date(_field: Field, value: Json) -> str | None:
    match value:
        case {"iso": str(iso), "precision": str()} if len(iso) == len("2026-11-20"):
            return None if _is_gregorian(iso) else NOT_A_DATE
    return NOT_A_DATE


def _is_gregorian(iso: str) -> bool:
    try:
        return date.fromisoformat(iso).year < _FIRST_BE_YEAR
    except ValueError:
        return False


def _instant(_field: Field, value: Json) -> str | None:
    known = isinstance(value, str) and value.endswith("+07:00") and parse_instant(value) is not None
    return None if known else NOT_AN_INSTANT


def _geo(field: Field, value: Json) -> str | None:
    if not isinstance(value, dict):
        return BAD_POSITION
    accuracy, taken = value.get("accuracy_m"), value.get("taken_at")
    good = (
        _within(value.get("lat"), -90, 90)
        and _within(value.get("lon"), -180, 180)
        and (accuracy is None or _within(accuracy, 0, _LARGEST_NUMBER))
        and (taken is None or _instant(field, taken) is None)
        and isinstance(value.get("source", ""), str)
    )
    return None if good else BAD_POSITION


def _within(value: Json, lowest: int, highest: int) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return lowest <= value <= highest


def _area(_field: Field, value: Json) -> str | None:
    known = isinstance(value, str) and _AREA.fullmatch(value) is not None
    return None if known else BAD_AREA


def _phone(field: Field, value: Json) -> str | None:
    if not isinstance(value, str):
        return WRONG_TYPE
    if len(value) > field.max_length:
        return TOO_LONG
    return None if phones.parse_phone(value) == value else BAD_PHONE


def _thai_id(_field: Field, value: Json) -> str | None:
    if not isinstance(value, str) or _THIRTEEN.fullmatch(value) is None:
        return NOT_13_DIGITS
    return None if thai_id.is_valid(value) else BAD_ID_NUMBER


def _reference(_field: Field, value: Json) -> str | None:
    known = isinstance(value, str) and _REFERENCE.fullmatch(value) is not None
    return None if known else BAD_REFERENCE


def _open(_field: Field, value: Json) -> str | None:
    return TOO_LARGE if _size(value) > LARGEST_VALUE else None


_CHECKS: Final[Mapping[Type, Check]] = MappingProxyType(
    {
        Type.TEXT: _text,
        Type.LONG_TEXT: _text,
        Type.CODE: _text,
        Type.BOOL: _bool,
        Type.INT: _number,
        Type.DECIMAL: _number,
        Type.MONEY: _money,
        Type.DATE: _date,
        Type.INSTANT: _instant,
        Type.GEO: _geo,
        Type.AREA: _area,
        Type.PHONE: _phone,
        Type.THAI_ID: _thai_id,
        Type.REF: _reference,
        Type.WORKER: _reference,
        Type.OPEN: _open,
    }
)
