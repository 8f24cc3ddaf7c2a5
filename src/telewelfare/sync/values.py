"""One column: the values of a path, where they stand, and the shortest honest way to say so."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from telewelfare.domain.clock import Millis
from telewelfare.domain.dates import bangkok_iso
from telewelfare.domain.fields import Json
from telewelfare.domain.ids import is_record_id

NEAR: Final = 100_000  # ms; a moment so near to the row's stamp is told by its distance
WIDEST: Final = 1 << 62  # no number of a column is larger
DEEPEST: Final = 2  # objects within objects that become columns
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+07:00")


class Misshapen(Exception):
    """These are no columns, or they say more than is allowed."""


class Oversized(Misshapen):
    """They say more than is allowed; fewer rows may say less."""


@dataclass(slots=True)
class Budget:
    """How many bytes may still come out: a short column may stand for very many rows."""

    left: int

    def spend(self, size: int) -> None:
        """Raises Oversized when it was too much."""
        self.left -= size
        if self.left < 0:
            raise Oversized("too large")


@dataclass(frozen=True, slots=True)
class Scope:
    """What a column may lean on: the moments of its rows' stamps, and the line's ids."""

    moments: Sequence[int]
    place_of_id: Callable[[str], int]
    rows: int
    depth: int = DEEPEST


def ints(numbers: Sequence[int]) -> int | list[int]:
    """Numbers; one alone when all are the same."""
    return numbers[0] if numbers and len(set(numbers)) == 1 else list(numbers)


def checked_ints(told: object, count: int) -> list[int]:
    """Undo `ints`.

    Raises:
        Misshapen: they are not `count` numbers.
    """
    if type(told) is int and abs(told) < WIDEST:
        return [told] * count
    if not isinstance(told, list) or len(told) != count:
        raise Misshapen("numbers")
    if not all(type(one) is int and abs(one) < WIDEST for one in told):
        raise Misshapen("number")
    return told


def checked_list(told: object) -> list[Any]:
    """Raises Misshapen unless it is a list."""
    if not isinstance(told, list):
        raise Misshapen("list")
    return told


def checked_object(told: object) -> Mapping[str, Any]:
    """Raises Misshapen unless it is an object."""
    if not isinstance(told, dict):
        raise Misshapen("object")
    return told


def checked_text(told: object) -> str:
    """Raises Misshapen unless it is text."""
    if not isinstance(told, str):
        raise Misshapen("text")
    return told


def column_of(present: Sequence[int], values: Sequence[Json], scope: Scope) -> Any:  # noqa: ANN401 - JSON
    """The values of the rows at `present`, in order."""
    told = _told(present, values, scope)
    if len(present) == scope.rows:
        return told.get("v", told)
    absent = sorted(set(range(scope.rows)).difference(present))
    if len(absent) < len(present):
        return {"not": _steps(absent), **told}
    return {"at": _steps(present), **told}


def _told(present: Sequence[int], values: Sequence[Json], scope: Scope) -> dict[str, Any]:
    if _same(values):
        return {"is": values[0]}
    if all(isinstance(value, str) and is_record_id(value) for value in values):
        return {"id": ints([scope.place_of_id(str(value)) for value in values])}
    if (near := _near(present, values, scope.moments)) is not None:
        return {"ms": ints(near)}
    if keys := _keys(values):
        inner = replace(scope, moments=[scope.moments[place] for place in present])
        every = range(len(values))
        inner = replace(inner, rows=len(values), depth=scope.depth - 1)
        parts = [[_member(value, key) for value in values] for key in keys]
        if scope.depth:
            return {"keys": keys, "of": [column_of(every, part, inner) for part in parts]}
    return {"v": list(values)}


def _keys(values: Sequence[Json]) -> list[str]:
    """The keys, when all values are objects with the same ones; else none."""
    first = values[0]
    if not isinstance(first, dict) or not first:
        return []
    keys = first.keys()
    alike = all(isinstance(value, dict) and value.keys() == keys for value in values)
    return sorted(keys) if alike else []


def _member(value: Json, key: str) -> Json:
    return value[key] if isinstance(value, dict) else None


def _same(values: Sequence[Json]) -> bool:
    """Whether all are one and the same plain value; to Python 1, 1.0 and true are equal."""
    first = values[0]
    if type(first) not in (str, bool, int, type(None)):
        return False
    return all(type(value) is type(first) and value == first for value in values)


def _near(
    present: Sequence[int], values: Sequence[Json], moments: Sequence[int]
) -> list[int] | None:
    """How far each is from its row's stamp, if all are moments near to it, in our own form."""
    if not isinstance(values[0], str) or not INSTANT.fullmatch(values[0]):
        return None
    found: list[int] = []
    for place, value in zip(present, values, strict=True):
        moment = _moment(value)
        if moment is None or abs(moment - moments[place]) > NEAR:
            return None
        found.append(moment - moments[place])
    return found


def _moment(value: Json) -> int | None:
    if not isinstance(value, str) or not INSTANT.fullmatch(value):
        return None
    try:
        since = datetime.fromisoformat(value) - EPOCH
    except ValueError:
        return None
    millis = since.days * 86_400_000 + since.seconds * 1000 + since.microseconds // 1000
    return millis if millis >= 0 and bangkok_iso(Millis(millis)) == value else None


def _steps(places: Sequence[int]) -> list[int]:
    return [after - before for before, after in zip((-1, *places), places, strict=False)]


def values_of(
    told: object,
    moments: Sequence[int],
    ids: Sequence[str],
    budget: Budget,
    depth: int = DEEPEST,
) -> tuple[list[int], list[Json]]:
    """Undo `column_of`: places and values.

    Raises:
        Misshapen
    """
    if isinstance(told, list):
        told = {"v": told}
    column = checked_object(told)
    present = _present(column, len(moments))
    if "keys" in column:
        nearby = [moments[place] for place in present]
        return present, _objects(column, nearby, ids, budget, depth)
    return present, _values(column, present, moments, ids, budget)


def _objects(
    column: Mapping[str, Any],
    moments: Sequence[int],
    ids: Sequence[str],
    budget: Budget,
    depth: int,
) -> list[Json]:
    keys = [checked_text(key) for key in checked_list(column["keys"])]
    parts = checked_list(column.get("of"))
    if not depth or len(parts) != len(keys) or not keys:
        raise Misshapen("keys")
    budget.spend(len(moments) * sum(len(key) + 6 for key in keys))
    made: list[dict[str, Json]] = [{} for _ in moments]
    for key, part in zip(keys, parts, strict=True):
        present, values = values_of(part, moments, ids, budget, depth - 1)
        for place, value in zip(present, values, strict=True):
            made[place][key] = value
    return list(made)


def _present(column: Mapping[str, Any], rows: int) -> list[int]:
    if "at" in column:
        return _walked(column["at"], rows)
    if "not" in column:
        absent = set(_walked(column["not"], rows))
        return [place for place in range(rows) if place not in absent]
    return list(range(rows))


def _walked(told: object, rows: int) -> list[int]:
    steps = checked_list(told)
    place, found = -1, []
    for step in checked_ints(steps, len(steps)):
        place += step
        if step < 1 or place >= rows:
            raise Misshapen("place")
        found.append(place)
    return found


def _values(
    column: Mapping[str, Any],
    present: Sequence[int],
    moments: Sequence[int],
    ids: Sequence[str],
    budget: Budget,
) -> list[Json]:
    count = len(present)
    if "is" in column:
        value = column["is"]
        if isinstance(value, (list, dict)):
            raise Misshapen("is")
        budget.spend(count * (len(value) if isinstance(value, str) else 20))
        return [value] * count
    if "id" in column:
        places = checked_ints(column["id"], count)
        if not all(0 <= place < len(ids) for place in places):
            raise Misshapen("id")
        budget.spend(count * 38)
        return [ids[place] for place in places]
    if "ms" in column:
        budget.spend(count * 31)
        near = zip(checked_ints(column["ms"], count), present, strict=True)
        return [_instant(moments[place] + distance) for distance, place in near]
    values = checked_list(column.get("v"))
    if len(values) != count:
        raise Misshapen("values")
    return values


def _instant(millis: int) -> str:
    try:
        return bangkok_iso(Millis(millis))
    except (ValueError, OverflowError, OSError) as error:
        raise Misshapen("moment") from error
