"""How a kind of record is declared: once, and everything else is derived from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"
Path: TypeAlias = str
Values: TypeAlias = Mapping[Path, Json]

SEPARATOR = "/"


class Type(StrEnum):
    """What a value is, in JSON and for a person."""

    TEXT = "text"  # one line, at most `max_length` characters
    LONG_TEXT = "long_text"
    CODE = "code"  # one of an enumeration; unknown codes of a newer app are kept
    BOOL = "bool"
    INT = "int"
    DECIMAL = "decimal"
    MONEY = "money"  # integer satang
    DATE = "date"  # {"iso": "1969-05-01", "precision": "day|month|year|estimated"}
    INSTANT = "instant"  # ISO 8601 with offset +07:00
    GEO = "geo"  # {"lat", "lon", "accuracy_m", "taken_at", "source"}
    AREA = "area"  # 2, 4, 6 or 8 digits
    PHONE = "phone"
    THAI_ID = "thai_id"  # 13 digits
    REF = "ref"  # id of another record
    WORKER = "worker"  # id of a worker
    OPEN = "open"  # any JSON, written as a whole
    STRUCT = "struct"  # sub-fields, each a path of its own
    SET = "set"  # elements of type `of`, each a path of its own
    LIST = "list"  # structs by key, each sub-field a path of its own


class Sensitivity(StrEnum):
    """Who must be kept from a value; see `rights` (PDPA, domain reference A4 and P8)."""

    NORMAL = "normal"
    PERSONAL = "personal"  # names, addresses, phones
    ID_NUMBER = "id_number"  # masked unless opened, opening is logged
    S26 = "s26"  # PDPA section 26: health, disability, criminal record, religion …
    S26_RESTRICTED = "s26_restricted"  # HIV, criminal record: social workers only
    REPORTER = "reporter"  # identity of someone who asked to stay unknown
    BANK = "bank"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a kind. The label is `strings` → `fields.<kind>.<name>`."""

    name: str
    type: Type
    codes: str = ""  # for CODE and SET of codes: the enumeration in `codes`
    of: Type | None = None  # for SET: type of the elements
    fields: tuple[Field, ...] = ()  # for STRUCT and LIST
    key: str = ""  # for LIST: the sub-field that names the element; "" = a random key
    refers: str = ""  # for REF: the kind it points to
    required: bool = False
    sensitivity: Sensitivity = Sensitivity.NORMAL
    needs_person: bool = False  # a concurrent edit is settled by a person, never quietly
    section: str = ""  # where it stands in form ปสค. ("4.1")
    max_length: int = 200
    lowest: int | None = None
    highest: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)  # each is one of a kind
class Kind:
    """One kind of record. `name` is the name on the wire and in the commands."""

    name: str
    fields: tuple[Field, ...]
    area: Path = ""  # path that says where it belongs; "" = where its case is
    case: Path = ""  # path that names its case; "" = it has none or is one
    append_only: bool = False  # corrections are new records
    server_only: bool = False  # devices may not write it
    _by_name: dict[str, Field] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._by_name.update({declared.name: declared for declared in self.fields})

    def field(self, path: Path) -> Field | None:
        """The declared field a path belongs to (the sub-field for nested ones); `None` = unknown.

        The path of a set's element gives the set, of a list's element itself the list.
        """
        head, *rest = path.split(SEPARATOR)
        found = self._by_name.get(head)
        if found is None or not rest:
            return found
        match found.type:
            case Type.SET if len(rest) == 1:
                return found
            case Type.LIST:
                return found if len(rest) == 1 else _sub(found, rest[1:])
            case Type.STRUCT:
                return _sub(found, rest)
        return None


def _sub(parent: Field, rest: list[str]) -> Field | None:
    if len(rest) != 1:
        return None
    return next((inner for inner in parent.fields if inner.name == rest[0]), None)


def escape(element: str) -> str:
    """An element's text as one step of a path."""
    return element.replace("%", "%25").replace(SEPARATOR, "%2F")


def unescape(step: str) -> str:
    """The element's text of one step of a path."""
    return step.replace("%2F", SEPARATOR).replace("%25", "%")


def nested(kind: Kind, values: Values) -> dict[str, Json]:
    """A record as people and programs write it: sets as lists, structs as objects.

    Empty and cleared fields are left out. Paths this version does not know stay as they are.
    """
    plain: dict[str, Json] = {}
    for declared in kind.fields:
        shown = _nested_field(declared, values)
        if shown not in (None, [], {}):
            plain[declared.name] = shown
    unknown = {path: value for path, value in values.items() if kind.field(path) is None}
    return plain | {path: value for path, value in unknown.items() if value is not None}


def _nested_field(declared: Field, values: Values) -> Json:
    name, prefix = declared.name, declared.name + SEPARATOR
    match declared.type:
        case Type.SET:
            return [*sorted(elements(values, name))]
        case Type.STRUCT:
            return _inner(declared, values, prefix)
        case Type.LIST:
            rows: list[Json] = []
            for key in keys(values, name):
                row = _inner(declared, values, f"{prefix}{key}{SEPARATOR}")
                rows.append({declared.key or "key": unescape(key), **row})
            return rows
    return values.get(name)


def _inner(declared: Field, values: Values, prefix: Path) -> dict[str, Json]:
    found = {sub.name: values.get(prefix + sub.name) for sub in declared.fields}
    return {name: value for name, value in found.items() if value is not None}


def elements(values: Values, name: str) -> list[str]:
    """What is in a set."""
    prefix = name + SEPARATOR
    return [
        unescape(path[len(prefix) :])
        for path, value in values.items()
        if value is True and path.startswith(prefix)
    ]


def keys(values: Values, name: str) -> list[str]:
    """The (escaped) keys of a list's elements that were not removed, in order of key."""
    prefix, found = name + SEPARATOR, set()
    for path in values:
        if path.startswith(prefix):
            found.add(path[len(prefix) :].split(SEPARATOR, 1)[0])
    return sorted(key for key in found if values.get(prefix + key) is not False)


class WrongShape(ValueError):
    """A set or list is not a JSON array, or a struct not an object; the field is named."""


def flat(
    kind: Kind, plain: Mapping[str, Json], current: Values, fresh: str = ""
) -> dict[Path, Json]:
    """The paths to write so that `current` becomes what `plain` says.

    Only fields named in `plain` change; a set or list named there is replaced as a whole,
    element by element. Unknown names are kept as they are. A list's new elements get keys that
    begin with `fresh`: unless the record is new, something no other device would choose.

    Raises:
        WrongShape
    """
    sets: dict[Path, Json] = {}
    for name, value in plain.items():
        declared = kind.field(name)
        if declared is None or SEPARATOR in name:
            sets[name] = value
        else:
            sets |= _flat_field(declared, value, current, fresh)
    return {path: value for path, value in sets.items() if current.get(path) != value}


def _flat_field(declared: Field, value: Json, current: Values, fresh: str) -> dict[Path, Json]:
    name = declared.name
    match declared.type:
        case Type.SET:
            if not isinstance(value, list):
                raise WrongShape(name)
            wanted = {str(element) for element in value}
            gone = set(elements(current, name)) - wanted
            return {f"{name}/{escape(e)}": e in wanted for e in sorted(wanted | gone)}
        case Type.STRUCT:
            if not isinstance(value, dict):
                raise WrongShape(name)
            return {f"{name}/{sub}": inner for sub, inner in value.items()}
        case Type.LIST:
            return _flat_list(declared, value, current, fresh)
    return {name: value}


def _flat_list(declared: Field, value: Json, current: Values, fresh: str) -> dict[Path, Json]:
    if not isinstance(value, list):
        raise WrongShape(declared.name)
    name, named = declared.name, declared.key or "key"
    sets: dict[Path, Json] = {}
    for place, row in enumerate(value):
        if not isinstance(row, dict):
            raise WrongShape(name)
        element = f"{name}/{escape(str(row.get(named) or f'{fresh}{place:03d}'))}"
        sets[element] = True
        sets |= {f"{element}/{sub}": inner for sub, inner in row.items() if sub != named}
    left = (f"{name}/{key}" for key in keys(current, name))
    return {**sets, **{element: False for element in left if element not in sets}}
