"""A stored value in the words of the work, and back: what a card shows, what a worker types."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Final

from telewelfare.domain.areas import AreaCode, full_name
from telewelfare.domain.checks import REQUIRED
from telewelfare.domain.clock import Millis
from telewelfare.domain.dates import (
    DateBE,
    bangkok_date,
    parse_date,
    parse_instant,
    show_known,
    show_short,
    show_time,
)
from telewelfare.domain.digits import arabic_digits
from telewelfare.domain.fields import SEPARATOR, Field, Json, Path, Type, unescape
from telewelfare.domain.kinds import KINDS
from telewelfare.domain.money import Satang, format_baht, parse_baht
from telewelfare.domain.phones import Phone, parse_phone, show_phone
from telewelfare.domain.thai_id import ThaiId, show
from telewelfare.domain.validation import Problem, declared_path, is_soft, problem_of
from telewelfare.views.look import Look

TYPED: Final = frozenset(
    {
        Type.TEXT,
        Type.LONG_TEXT,
        Type.INT,
        Type.DECIMAL,
        Type.MONEY,
        Type.DATE,
        Type.PHONE,
        Type.THAI_ID,
    }
)
"""Types a worker can type in one field; the others are chosen where they belong."""
CHOSEN: Final = frozenset({Type.CODE})

_KEY_CODES: Final = {"dimension": "dimension", "code": "problem"}
"""The enumeration that the keys of a list come from, by the name of the key."""
_ID_DIGITS: Final = 13

NameOf = Callable[[str], str]
"""From the id of a worker or a record to what people call it."""


def is_presence(kind: str, path: Path) -> bool:
    """Whether a path says that an element is in a set or list, not what a field holds."""
    declared = KINDS[kind].field(path) if kind in KINDS else None
    inside = declared is not None and SEPARATOR in path
    return inside and declared is not None and declared.type in {Type.SET, Type.LIST}


def path_words(look: Look, kind: str, path: Path) -> str:
    """Return the label of a path with the element it is about: "ความรุนแรง · ที่อยู่อาศัย"."""
    if kind not in KINDS:
        return path
    label = look.t.field(kind, declared_path(KINDS[kind], path))
    head, *rest = path.split(SEPARATOR)
    outer = KINDS[kind].field(head)
    if outer is None or not rest or outer.type not in {Type.SET, Type.LIST}:
        return label
    element = _element_words(look, outer, unescape(rest[0]))
    return " · ".join(part for part in (label, element) if part)


def _element_words(look: Look, outer: Field, element: str) -> str:
    """Name the element of a set or list; one with a random key has no name."""
    if enumeration := outer.codes or _KEY_CODES.get(outer.key, ""):
        return look.t.code(enumeration, element)
    if outer.of in {Type.PHONE, Type.AREA}:
        return _written(look, Field(name=outer.name, type=outer.of), element, str)
    return ""


def value_words(look: Look, kind: str, path: Path, value: Json, name_of: NameOf = str) -> str:
    """Write a stored value as people say it; an empty one says that it is empty."""
    if value is None or value == "":
        return look.t("conflict.empty")
    if is_presence(kind, path):
        return look.t("conflict.in" if value else "conflict.out")
    declared = KINDS[kind].field(path) if kind in KINDS else None
    return _written(look, declared, value, name_of) if declared else str(value)


def moment_words(look: Look, at: Millis | None) -> str:
    """Write a moment: "20 พ.ย. 69 14.00 น."; "" when it is not known."""
    if at is None:
        return ""
    return f"{show_short(bangkok_date(at), look.t.lang)} {show_time(at, look.t.lang)}"


def _written(look: Look, declared: Field, value: Json, name_of: NameOf) -> str:
    match declared.type, value:
        case Type.CODE, str():
            return look.t.code(declared.codes, value)
        case Type.BOOL, bool():
            return look.t("conflict.yes" if value else "conflict.no")
        case Type.MONEY, int():
            return look.t("conflict.baht", amount=format_baht(Satang(value)).removesuffix(".00"))
        case Type.AREA, str():
            return full_name(AreaCode(value), look.t.lang)
        case ((Type.WORKER | Type.REF), str()):
            return name_of(value)
    return _plain(look, declared, value)


def _plain(look: Look, declared: Field, value: Json) -> str:
    match declared.type, value:
        case Type.INT, int() if declared.name == "severity":
            return look.t.code("severity", value)
        case Type.DATE, _ if known := DateBE.from_json(value):
            return show_known(known, look.t.lang)
        case Type.INSTANT, str():
            return moment_words(look, parse_instant(value)) or value
        case Type.PHONE, str() if phone := parse_phone(value):
            return show_phone(Phone(phone))
        case Type.THAI_ID, str() if len(value) == _ID_DIGITS:
            return show(ThaiId(value))
    return _place(value) or str(value)


def _place(value: Json) -> str:
    match value:
        case {"lat": float() | int() as lat, "lon": float() | int() as lon}:
            return f"{lat:.5f}, {lon:.5f}"
    return ""


def typed_value(kind: str, path: Path, typed: str, today: date) -> Json | Problem:
    """Read what was typed for a path into its stored form, or say what is wrong with it.

    What is only odd (a card number with a wrong digit) is a value all the same.
    """
    declared = KINDS[kind].field(path)
    if declared is None or not typed.strip():
        return Problem(path, REQUIRED)
    value = _read(declared, typed.strip(), today)
    problem = problem_of(declared, value, path)
    return value if problem is None or is_soft(problem.code) else problem


def _read(declared: Field, typed: str, today: date) -> Json:
    """Read text by its type; what cannot be read stays text, which the checks then refuse."""
    match declared.type:
        case Type.INT | Type.DECIMAL if (digits := arabic_digits(typed)).isdecimal():
            return int(digits)
        case Type.MONEY:
            satang = parse_baht(typed)
            return typed if satang is None else satang
        case Type.DATE if known := parse_date(typed, today):
            return {**known.to_json()}
        case Type.PHONE:
            return parse_phone(typed) or typed
        case Type.THAI_ID:
            return "".join(c for c in arabic_digits(typed) if c.isdecimal())
    return typed
