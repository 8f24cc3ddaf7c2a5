"""Rows of a line as columns: each path once, then its values; what repeats is said once.

A compressor finds what stands side by side. So the ids, the moments, and the values of one path of
one kind stand together; a stamp is a difference to the one before; an id that a value names is its
place in the line's table. Rows that do not fit (an id that is no UUIDv7, numbers with a gap) travel
as they are: a list where an object is expected. `docs/protocol.md` describes each column.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final

from telewelfare.domain.clock import Millis, Stamp, parse_stamp
from telewelfare.domain.fields import Json
from telewelfare.domain.ids import DeviceId, is_record_id
from telewelfare.sync.protocol import RecordDelta, WireOperation
from telewelfare.sync.values import (
    Budget,
    Misshapen,
    Scope,
    checked_ints,
    checked_list,
    checked_object,
    checked_text,
    column_of,
    ints,
    values_of,
)

REST: Final = 19  # hex digits of a UUIDv7 that are not its moment, nor its version
NO_STAMP: Final = -1  # where a path overwrote nothing
LEVELS: Final = 2_000  # different stamps in one row
MARK: Final = 24  # bytes that a stamp takes, about


@dataclass(slots=True)
class Row:
    """An operation or a record. `marks`: of its paths, the stamp overwritten, or its own."""

    kind: str
    id: str
    stamp: str
    sets: dict[str, Json]
    marks: dict[str, str]


def pack_operations(ops: Sequence[WireOperation]) -> Any:  # noqa: ANN401 - JSON
    """Operations as columns, or as they are when they do not fit."""
    rows = [Row(op.kind, op.id, op.stamp, op.sets, op.base) for op in ops]
    contiguous = all(op.n == ops[0].n + place for place, op in enumerate(ops))
    if not ops or not contiguous or not all(map(_fits, rows)):
        return [op.model_dump() for op in ops]
    return {"n": ops[0].n, **_pack(rows, own=False)}


def unpack_operations(packed: object, most: int, budget: int) -> list[dict[str, Any]]:
    """Undo `pack_operations`, for at most `most` of them, as they would be without columns.

    `budget`: how many bytes they may take, about, as JSON.

    Raises:
        Misshapen: these are no columns, or too many.
        Oversized: too large.
    """
    if isinstance(packed, list):
        return packed
    told = checked_object(packed)
    (first,) = checked_ints(told.get("n"), 1)
    rows = _unpack(told, most, Budget(budget), own=False)
    return [
        {
            "n": first + place,
            "kind": row.kind,
            "id": row.id,
            "stamp": row.stamp,
            "sets": row.sets,
            "base": row.marks,
        }
        for place, row in enumerate(rows)
    ]


def pack_changes(changes: Sequence[RecordDelta]) -> Any:  # noqa: ANN401 - JSON
    """Records as columns, or as they are when they do not fit."""
    rows = [Row(one.kind, one.id, _usual(one.stamps), one.sets, one.stamps) for one in changes]
    told = all(one.stamps.keys() == one.sets.keys() for one in changes)
    if not changes or not told or not all(map(_fits, rows)):
        return [one.model_dump() for one in changes]
    seqs = [one.seq for one in changes]
    steps = [seqs[0], *(after - before for before, after in pairwise(seqs))]
    whole = [int(one.whole) for one in changes]
    return {"seq": ints(steps), "whole": ints(whole), **_pack(rows, own=True)}


def unpack_changes(packed: object, most: int, budget: int) -> list[dict[str, Any]]:
    """Undo `pack_changes`; as `unpack_operations`.

    Raises:
        Misshapen
    """
    if isinstance(packed, list):
        return packed
    told = checked_object(packed)
    rows = _unpack(told, most, Budget(budget), own=True)
    seqs = _summed(checked_ints(told.get("seq"), len(rows)))
    whole = checked_ints(told.get("whole"), len(rows))
    return [
        {
            "kind": row.kind,
            "id": row.id,
            "sets": row.sets,
            "stamps": row.marks,
            "seq": seq,
            "whole": bool(flag),
        }
        for row, seq, flag in zip(rows, seqs, whole, strict=True)
    ]


def _usual(stamps: Mapping[str, str]) -> str:
    """The stamp that most paths have; of a record without any, the earliest there can be."""
    counted: dict[str, int] = {}
    for stamp in stamps.values():
        counted[stamp] = counted.get(stamp, 0) + 1
    return max(sorted(counted), key=counted.__getitem__, default="0" * 16 + "0")


def _fits(row: Row) -> bool:
    return (
        is_record_id(row.id)
        and parse_stamp(row.stamp) is not None
        and row.marks.keys() <= row.sets.keys()
        and all(parse_stamp(mark) for mark in row.marks.values())
    )


def _parsed(stamp: str) -> Stamp:
    found = parse_stamp(stamp)
    if found is None:
        raise Misshapen(stamp)
    return found


# ------------------------------------------------------------------ packing


@dataclass(slots=True)
class Table:
    """Texts told once; each is its place from then on."""

    places: dict[str, int] = field(default_factory=dict)

    def place(self, text: str) -> int:
        """Where a text stands."""
        return self.places.setdefault(text, len(self.places))


def _pack(rows: Sequence[Row], *, own: bool) -> dict[str, Any]:
    """`own`: the marks are the rows' own stamps, so that the row's stamp is the first of them."""
    kinds, devices, ids = Table(), Table(), Table()
    stamps = [_parsed(row.stamp) for row in rows]
    which = [kinds.place(row.kind) for row in rows]
    place_of_id = [ids.place(row.id) for row in rows]
    groups = [
        _pack_group([row for row in rows if row.kind == kind], ids, devices, own=own)
        for kind in kinds.places
    ]
    told: dict[str, Any] = {
        "rows": len(rows),
        "kinds": list(kinds.places),
        "kind": ints(which),
        "id": None if place_of_id == list(range(len(rows))) else ints(place_of_id),
        **_pack_row_stamps(stamps, devices),
        "ids": _pack_ids(list(ids.places), place_of_id, stamps),
        "groups": groups,
    }
    told["by"] = list(devices.places)
    return {name: value for name, value in told.items() if value is not None}


def _pack_row_stamps(stamps: Sequence[Stamp], devices: Table) -> dict[str, Any]:
    """Moments as differences; counters as what they differ from the one to be expected."""
    millis: list[int] = []
    counters: list[int] = []
    before = Stamp(Millis(0), 0, stamps[0].device)
    for stamp in stamps:
        millis.append(stamp.millis - before.millis)
        counters.append(stamp.counter - _expected(before, stamp.millis))
        before = stamp
    return {
        "ms": ints(millis),
        "count": ints(counters),
        "dev": ints([devices.place(stamp.device) for stamp in stamps]),
    }


def _expected(before: Stamp, millis: int) -> int:
    return before.counter + 1 if millis == before.millis else 0


def _pack_ids(ids: Sequence[str], of_rows: Sequence[int], stamps: Sequence[Stamp]) -> list[Any]:
    """The moments of the ids, by the stamp of the row that has it first, and the rest of them."""
    first = {place: row for row, place in reversed(list(enumerate(of_rows)))}
    moments: list[int] = []
    before = 0
    for place, text in enumerate(ids):
        moment = int(text[:8] + text[9:13], 16)
        moments.append(moment - (stamps[first[place]].millis if place in first else before))
        before = moment
    return [ints(moments), "".join(text[15:18] + text[19:23] + text[24:] for text in ids)]


def _pack_group(rows: Sequence[Row], ids: Table, devices: Table, *, own: bool) -> dict[str, Any]:
    paths = sorted({path for row in rows for path in row.sets})
    scope = Scope([_parsed(row.stamp).millis for row in rows], ids.place, len(rows))
    columns = []
    for path in paths:
        present = [place for place, row in enumerate(rows) if path in row.sets]
        columns.append(column_of(present, [rows[place].sets[path] for place in present], scope))
    told = {"paths": paths, "columns": columns}
    return told | _pack_marks(rows, paths, devices, own=own)


def _pack_marks(
    rows: Sequence[Row], paths: Sequence[str], devices: Table, *, own: bool
) -> dict[str, Any]:
    """Which stamp each path has: the first of its row's, unless the exceptions say another."""
    levels = [_levels(row, own=own) for row in rows]
    further = [found[1:] if own else found for found in levels]
    unusual: list[list[Any]] = []
    for number, path in enumerate(paths):
        coded = [
            (place, found.index(row.marks[path]) if path in row.marks else NO_STAMP)
            for place, (row, found) in enumerate(zip(rows, levels, strict=True))
            if path in row.sets
        ]
        odd = [(place, code) for place, code in coded if code != _default(levels[place])]
        if odd:
            places = [place for place, _ in odd]
            unusual.append([number, len(odd), _steps(places), ints([code for _, code in odd])])
    told: dict[str, Any] = {}
    if any(further):
        told["marks"] = [ints([len(found) for found in further])]
        told["marks"] += _pack_marked(rows, further, devices, own=own)
    if unusual:
        told["unusual"] = unusual
    return told


def _default(levels: Sequence[str]) -> int:
    return 0 if levels else NO_STAMP


def _levels(row: Row, *, own: bool) -> list[str]:
    """The different stamps of a row's marks, in the order of its paths."""
    begun = [row.stamp] if own else []
    return list(dict.fromkeys(begun + [row.marks[path] for path in sorted(row.marks)]))


def _pack_marked(
    rows: Sequence[Row], further: Sequence[Sequence[str]], devices: Table, *, own: bool
) -> list[Any]:
    """Each by its distance to the one before it in its row, the first to `_anchor`."""
    millis: list[int] = []
    counters: list[int] = []
    by: list[int] = []
    for row, found in zip(rows, further, strict=True):
        before = _anchor(row, own=own)
        for stamp in map(_parsed, found):
            millis.append(stamp.millis - before)
            counters.append(stamp.counter)
            by.append(devices.place(stamp.device))
            before = stamp.millis
    return [ints(millis), ints(counters), ints(by)]


def _anchor(row: Row, *, own: bool) -> int:
    """What is overwritten was often written when the record was made: its id says when."""
    return _parsed(row.stamp).millis if own else int(row.id[:8] + row.id[9:13], 16)


def _steps(places: Sequence[int]) -> list[int]:
    return [after - before for before, after in zip((-1, *places), places, strict=False)]


# ------------------------------------------------------------------ unpacking


def _unpack(told: Mapping[str, Any], most: int, budget: Budget, *, own: bool) -> list[Row]:
    (count,) = checked_ints(told.get("rows"), 1)
    if not 0 < count <= most:
        raise Misshapen("rows")
    kinds = [checked_text(kind) for kind in checked_list(told.get("kinds"))]
    devices = [checked_text(device) for device in checked_list(told.get("by"))]
    which = _places(told.get("kind"), count, len(kinds))
    groups = checked_list(told.get("groups"))
    if not len(groups) == len(kinds) == len(set(kinds)) <= count:
        raise Misshapen("groups")
    stamps = _unpack_row_stamps(told, count, devices)
    of_rows = _unpack_id_places(told.get("id"), count)
    ids = _unpack_ids(told.get("ids"), of_rows, stamps)
    rows = [
        Row(kinds[kind], ids[place], stamp.text, {}, {})
        for kind, place, stamp in zip(which, of_rows, stamps, strict=True)
    ]
    budget.spend(count * 150)
    for number, group in enumerate(groups):
        mine = [row for row, kind in zip(rows, which, strict=True) if kind == number]
        _unpack_group(checked_object(group), mine, ids, devices, budget, own=own)
    return rows


def _places(told: object, count: int, of: int) -> list[int]:
    """Numbers of which each is a place among `of`."""
    found = checked_ints(told, count)
    if not all(0 <= place < of for place in found):
        raise Misshapen("place")
    return found


def _unpack_id_places(told: object, count: int) -> list[int]:
    if told is None:
        return list(range(count))
    return _places(told, count, count)


def _stamp(millis: int, counter: int, device: str) -> Stamp:
    if not (0 <= millis < 1 << 48 and 0 <= counter < 1 << 16):
        raise Misshapen("stamp")
    return Stamp(Millis(millis), counter, DeviceId(device))


def _unpack_row_stamps(told: Mapping[str, Any], count: int, devices: Sequence[str]) -> list[Stamp]:
    millis = _summed(checked_ints(told.get("ms"), count))
    counters = checked_ints(told.get("count"), count)
    by = _places(told.get("dev"), count, len(devices))
    found: list[Stamp] = []
    before = _stamp(0, 0, "")
    for moment, counter, device in zip(millis, counters, by, strict=True):
        before = _stamp(moment, counter + _expected(before, moment), devices[device])
        found.append(before)
    return found


def _summed(steps: Sequence[int]) -> list[int]:
    total, found = 0, []
    for step in steps:
        total += step
        found.append(total)
    return found


def _unpack_ids(told: object, of_rows: Sequence[int], stamps: Sequence[Stamp]) -> list[str]:
    pair = checked_list(told)
    if len(pair) != 2:  # noqa: PLR2004 - moments, the rest
        raise Misshapen("ids")
    rests = checked_text(pair[1])
    if len(rests) % REST or not rests.isascii():
        raise Misshapen("ids")
    count = len(rests) // REST
    moments = checked_ints(pair[0], count)
    if of_rows and max(of_rows) >= count:
        raise Misshapen("id")
    first = {place: row for row, place in reversed(list(enumerate(of_rows)))}
    found: list[str] = []
    before = 0
    for place, moment in enumerate(moments):
        before = moment + (stamps[first[place]].millis if place in first else before)
        found.append(_id(before, rests[place * REST : (place + 1) * REST]))
    return found


def _id(moment: int, rest: str) -> str:
    if not 0 <= moment < 1 << 48:
        raise Misshapen("id")
    millis = f"{moment:012x}"
    return f"{millis[:8]}-{millis[8:]}-7{rest[:3]}-{rest[3:7]}-{rest[7:]}"


def _unpack_group(
    told: Mapping[str, Any],
    rows: Sequence[Row],
    ids: Sequence[str],
    devices: Sequence[str],
    budget: Budget,
    *,
    own: bool,
) -> None:
    paths = [checked_text(path) for path in checked_list(told.get("paths"))]
    columns = checked_list(told.get("columns"))
    if len(columns) != len(paths) or len(set(paths)) != len(paths):
        raise Misshapen("columns")
    moments = [_parsed(row.stamp).millis for row in rows]
    levels = _unpack_levels(told.get("marks"), rows, devices, budget, own=own)
    unusual = _unpack_unusual(told.get("unusual"), len(paths), len(rows), budget)
    for number, (path, column) in enumerate(zip(paths, columns, strict=True)):
        present, values = values_of(column, moments, ids, budget)
        odd = unusual.get(number, {})
        budget.spend(len(present) * (len(path) + 30))
        for place, value in zip(present, values, strict=True):
            row = rows[place]
            row.sets[path] = value
            _mark(row, path, levels[place], odd.get(place, _default(levels[place])))


def _mark(row: Row, path: str, levels: Sequence[str], code: int) -> None:
    if code == NO_STAMP:
        return
    if not 0 <= code < len(levels):
        raise Misshapen("marks")
    row.marks[path] = levels[code]


def _unpack_levels(
    told: object, rows: Sequence[Row], devices: Sequence[str], budget: Budget, *, own: bool
) -> list[list[str]]:
    begun = [[row.stamp] if own else [] for row in rows]
    if told is None:
        return begun
    four = checked_list(told)
    if len(four) != 4:  # noqa: PLR2004 - counts, moments, counters, devices
        raise Misshapen("marks")
    counts = checked_ints(four[0], len(rows))
    if not all(0 <= count <= LEVELS for count in counts):
        raise Misshapen("marks")
    total = sum(counts)
    budget.spend(total * MARK)
    found = _stamps_in_turn(
        iter(checked_ints(four[1], total)),
        iter(checked_ints(four[2], total)),
        iter(_places(four[3], total, len(devices))),
        devices,
    )
    for row, levels, count in zip(rows, begun, counts, strict=True):
        before = _anchor(row, own=own)
        for _ in range(count):
            stamp = found(before)
            before = stamp.millis
            levels.append(stamp.text)
    return begun


def _stamps_in_turn(
    millis: Iterator[int], counters: Iterator[int], by: Iterator[int], devices: Sequence[str]
) -> Callable[[int], Stamp]:
    return lambda before: _stamp(before + next(millis), next(counters), devices[next(by)])


def _unpack_unusual(
    told: object, paths: int, rows: int, budget: Budget
) -> dict[int, dict[int, int]]:
    if told is None:
        return {}
    found: dict[int, dict[int, int]] = {}
    for one in checked_list(told):
        parts = checked_list(one)
        if len(parts) != 4:  # noqa: PLR2004 - path, how many, where, which
            raise Misshapen("unusual")
        number, count = checked_ints(parts[:2], 2)
        if not (0 <= number < paths and 0 < count <= rows) or number in found:
            raise Misshapen("unusual")
        budget.spend(count)
        places = [place - 1 for place in _summed(checked_ints(parts[2], count))]
        found[number] = dict(zip(places, checked_ints(parts[3], count), strict=True))
    return found
