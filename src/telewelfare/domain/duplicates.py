"""Whether two records are about the same person or meeting (domain reference P9).

To be asked in vain costs trust: where a fact speaks against it, nothing is asked. Two people are
never joined by a rule; the rule only says whom to ask about.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from telewelfare.domain.dates import DateBE, bangkok_date, parse_instant
from telewelfare.domain.fields import Json, Path, Values, keys
from telewelfare.domain.text import phonetic_key, search_key
from telewelfare.domain.thai_id import is_valid

IDENTITY: Final = frozenset(
    {"id_no", "first_name", "last_name", "birth", "age_estimated", "sex", "area"}
    | {"current_address/area", "registered_address/area", "merged_into"}
)
"""Paths of a person that the rule looks at."""
DISTRICT: Final = 4  # digits of its code
YEARS_OFF: Final = 1  # a year of birth that someone guessed
AGE_OFF: Final = 3  # an age that someone guessed
AREAS: Final = ("area", "current_address/area", "registered_address/area")
NEAR: Final = "at "
FOLDED: Final = ("participants", "resolutions")  # lists of a meeting
SAID_BY: Final = {"participants": ("name", "org"), "resolutions": ("text",)}


def person_keys(person: Values, places: Iterable[str] = ()) -> frozenset[str]:
    """What two records of one person would share; empty when too little is known to ask anyone.

    `places`: where the person's cases are. Keys that begin with `NEAR` say that two live close by.
    """
    number, name = _number(person), _name(person)
    found = {f"id {number}"} if number else set()
    if name:
        found |= {f"{NEAR}{name} {area}" for area in _districts(person, places)}
        born = _birth(person)
        found |= {f"name {name} {born.iso}"} if born is not None and _is_whole(born) else set()
    return frozenset(found)


def same_person(one: Values, other: Values, *, near: bool = False) -> bool:
    """Whether to ask if two records are one person. `near`: their cases lie in one district.

    A different card number, sex, or whole date of birth is an answer already.
    """
    if _differ(_number(one), _number(other)) or _differ(one.get("sex"), other.get("sex")):
        return False
    born, born_too = _birth(one), _birth(other)
    if _is_whole(born) and _is_whole(born_too) and born != born_too:
        return False
    if _number(one) and _number(one) == _number(other):
        return True
    if not _name(one) or _name(one) != _name(other):
        return False
    if _is_whole(born) and born == born_too:
        return True
    return (near or bool(_districts(one) & _districts(other))) and _same_age(one, other)


def _differ(one: Json, other: Json) -> bool:
    return bool(one) and bool(other) and one != other


def _number(person: Values) -> str:
    number = str(person.get("id_no") or "")
    return number if is_valid(number) else ""


def _name(person: Values) -> str:
    """How the whole name sounds; "" without a last name, for half a name is nobody's."""
    first, last = (phonetic_key(str(person.get(p) or "")) for p in ("first_name", "last_name"))
    return f"{first} {last}" if first and last else ""


def _birth(person: Values) -> DateBE | None:
    return DateBE.from_json(person.get("birth"))


def _is_whole(birth: DateBE | None) -> bool:
    return birth is not None and birth.precision == "day"


def _districts(person: Values, places: Iterable[str] = ()) -> frozenset[str]:
    told = (str(person.get(path) or "") for path in AREAS)
    return frozenset(area[:DISTRICT] for area in (*told, *places) if len(area) >= DISTRICT)


def _same_age(one: Values, other: Values) -> bool:
    """Two known ages that fit; an age nobody knows fits none."""
    born, born_too = _birth(one), _birth(other)
    if born is not None and born_too is not None:
        return abs(born.day.year - born_too.day.year) <= YEARS_OFF
    aged, aged_too = one.get("age_estimated"), other.get("age_estimated")
    both = isinstance(aged, int) and isinstance(aged_too, int)
    return both and abs(int(str(aged)) - int(str(aged_too))) <= AGE_OFF


def meeting_day(conference: Values) -> str:
    """The day in Bangkok on which a meeting began, "" if that is not known."""
    began = parse_instant(str(conference.get("started_at")))
    return "" if began is None else bangkok_date(began).isoformat()


def united(first: Values, second: Values) -> dict[Path, Json]:
    """What the first of two notes of one meeting lacks: nothing of it is overwritten.

    A resolution or participant that both have, in whatever spelling, is there once; notes that
    differ stand one below the other.
    """
    sets: dict[Path, Json] = {}
    for name in FOLDED:
        sets |= _elements_lacking(name, first, second)
    for path, value in second.items():
        if path.split("/")[0] in FOLDED or value is None or path in ("merged_into", "recorded_at"):
            continue
        if first.get(path) is None:
            sets[path] = value
    notes, more = first.get("notes"), second.get("notes")
    if (
        isinstance(notes, str)
        and isinstance(more, str)
        and search_key(more) not in search_key(notes)
    ):
        sets["notes"] = f"{notes}\n\n{more}"
    return sets


def _elements_lacking(name: str, first: Values, second: Values) -> dict[Path, Json]:
    there = {_said(name, first, key) for key in keys(first, name)}
    sets: dict[Path, Json] = {}
    for key in keys(second, name):
        if _said(name, second, key) not in there:
            old, new = f"{name}/{key}", f"{name}/{_free_key(name, key, first)}"
            inside = {p: v for p, v in second.items() if p.startswith(f"{old}/")}
            sets |= {new: True} | {new + p.removeprefix(old): v for p, v in inside.items()}
    return sets


def _free_key(name: str, key: str, first: Values) -> str:
    """The element's key, or one made of it where the first list has another element there."""
    taken = {path.split("/")[1] for path in first if path.startswith(f"{name}/")}
    while key in taken:
        key += "x"
    return key


def _said(name: str, values: Values, key: str) -> tuple[str, ...]:
    return tuple(search_key(str(values.get(f"{name}/{key}/{p}") or "")) for p in SAID_BY[name])
