"""What the centre refuses in an edit, and what a worker still has to fill in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Final

from telewelfare.domain.checks import (
    BAD_AMOUNT,
    BAD_PATH,
    LARGEST_VALUE,
    OUT_OF_RANGE,
    REQUIRED,
    TOO_LARGE,
    TOO_LONG,
    WRONG_TYPE,
    bounds,
    check_value,
    is_soft,
)
from telewelfare.domain.fields import (
    SEPARATOR,
    Field,
    Json,
    Kind,
    Path,
    Type,
    Values,
    elements,
    keys,
    unescape,
)
from telewelfare.domain.kinds import KINDS

__all__ = [
    "Problem",
    "check_value",
    "declared_path",
    "is_soft",
    "malformed",
    "missing",
    "problem_of",
]

LONGEST_PATH: Final = 200
REMEMBERED: Final = 16_384  # paths whose rules need not be found again

_UNKNOWN = Field(name="", type=Type.OPEN)  # what a newer app writes is kept as it is
_PRESENCE = Field(name="", type=Type.BOOL)  # of an element in a set or list


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong at a path. `detail` fills the sentence of `code` in `strings/*/problems.toml`.

    It never holds the value itself, so that it may be logged.
    """

    path: Path
    code: str
    detail: Mapping[str, int] = field(default_factory=dict)


def problem_of(declared: Field, value: Json, path: Path = "") -> Problem | None:
    """The problem of a value in its stored form, soft ones too; `None` if it has none."""
    code = check_value(declared, value)
    if code is None:
        return None
    return Problem(path or declared.name, code, _detail(declared, value, code))


def problem_at(kind: str, path: Path, value: Json) -> Problem | None:
    """What is wrong with the value of a kind's path; an undeclared path holds anything."""
    declared = KINDS[kind].field(path)
    return problem_of(declared, value) if declared else None


def malformed(kind: Kind, sets: Mapping[Path, Json]) -> tuple[Problem, ...]:
    """Why the centre cannot store these paths; empty if it can.

    Paths that this version does not know pass, unless they are too long or too large.
    """
    found = (_fault(kind, path, value) for path, value in sets.items())
    return tuple(problem for problem in found if problem is not None)


def missing(kind: Kind, values: Values) -> tuple[Problem, ...]:
    """The required fields that are empty, those inside structs and list elements too."""
    return tuple(
        Problem(path, REQUIRED)
        for declared in kind.fields
        for path, required in _places(declared, values)
        if required.required and _is_empty(required, path, values)
    )


def declared_path(kind: Kind, path: Path) -> Path:
    """The path under which a field's label stands: `members/003/birth` is `members/birth`.

    An element of a set or list gives the set or list; an unknown path stays as it is.
    """
    head, *rest = path.split(SEPARATOR)
    declared = kind.field(head)
    match declared.type if declared else None, rest:
        case ((Type.SET | Type.LIST), [_]):
            return head
        case Type.LIST, [_, *inner]:
            return SEPARATOR.join([head, *inner])
    return path


def _fault(kind: Kind, path: Path, value: Json) -> Problem | None:
    place = _place(kind, path)
    if place is None:
        return Problem(_printable(path), BAD_PATH, {"longest": LONGEST_PATH})
    if place is _PRESENCE:
        found = _element_fault(kind, path) if isinstance(value, bool) else Problem(path, WRONG_TYPE)
    elif check_value(place, value) is None:  # what nearly every value is
        return None
    else:
        found = problem_of(place, value, path)
    return None if found is None or is_soft(found.code) else found


def _is_path(path: Path) -> bool:
    if not (0 < len(path) <= LONGEST_PATH and path.isprintable()):
        return False
    return SEPARATOR not in path or "" not in path.split(SEPARATOR)


def _printable(path: Path) -> Path:
    """What of a bad path can be answered with."""
    if _is_path(path):
        return path
    return path[:LONGEST_PATH].encode("ascii", "backslashreplace").decode("ascii")


@lru_cache(REMEMBERED)
def _place(kind: Kind, path: Path) -> Field | None:
    """The field whose rules hold at a path; `None` where no field of this shape has one."""
    if not _is_path(path):
        return None
    head, *rest = path.split(SEPARATOR)
    declared = kind.field(head)
    if declared is None:
        return _UNKNOWN
    match declared.type, rest:
        case ((Type.SET | Type.LIST), [_]):
            return _PRESENCE
        case (Type.STRUCT, [name, *deeper]) | (Type.LIST, [_, name, *deeper]):
            inner = next((sub for sub in declared.fields if sub.name == name), None)
            return _UNKNOWN if inner is None else _at_end(inner, deeper)
        case ((Type.STRUCT | Type.SET | Type.LIST), _):
            return None
    return _at_end(declared, rest)


def _at_end(declared: Field, rest: list[str]) -> Field | None:
    return None if rest else declared


@lru_cache(REMEMBERED)
def _element_fault(kind: Kind, path: Path) -> Problem | None:
    """What is wrong with the text of a set's element, which is a value too."""
    declared = kind.field(path)
    if declared is None or declared.type is not Type.SET:
        return None
    element = unescape(path.partition(SEPARATOR)[2])
    return problem_of(replace(declared, type=declared.of or Type.TEXT), element, path)


def _detail(declared: Field, value: Json, code: str) -> dict[str, int]:
    if code == TOO_LONG and isinstance(value, str):
        return {"longest": declared.max_length, "length": len(value)}
    if code in (OUT_OF_RANGE, BAD_AMOUNT):
        lowest, highest = bounds(declared)
        unit = 100 if declared.type is Type.MONEY else 1  # people read baht
        return {"lowest": lowest // unit, "highest": highest // unit}
    return {"largest": LARGEST_VALUE} if code == TOO_LARGE else {}


def _places(declared: Field, values: Values) -> Iterator[tuple[Path, Field]]:
    """A field's own path and, with what stands inside it, theirs."""
    yield declared.name, declared
    prefixes: list[Path] = []
    if declared.type is Type.STRUCT:
        prefixes = [declared.name]
    elif declared.type is Type.LIST:
        prefixes = [f"{declared.name}/{key}" for key in keys(values, declared.name)]
    for prefix in prefixes:
        yield from ((f"{prefix}/{sub.name}", sub) for sub in declared.fields)


def _is_empty(declared: Field, path: Path, values: Values) -> bool:
    match declared.type:
        case Type.SET:
            return not elements(values, path)
        case Type.LIST:
            return not keys(values, path)
        case Type.STRUCT:
            return all(values.get(f"{path}/{sub.name}") is None for sub in declared.fields)
    value = values.get(path)
    return value is None or (isinstance(value, str) and not value.strip())
