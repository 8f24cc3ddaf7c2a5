"""Lines and columns as somebody else would read them: from `docs/protocol.md` alone."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

Json = dict[str, Any]
BANGKOK = timezone(timedelta(hours=7))
MARK = ',"sum":"'


def read(line: str) -> Json:
    """A line as the message it stands for, with rows instead of columns."""
    head, found, tail = line.rpartition(MARK)
    if found and len(tail) == 10:
        assert f"{zlib.crc32(head.encode()):08x}" == tail[:8], "the sum is wrong"
    told: Json = json.loads(line)
    told.pop("sum", None)
    if isinstance(told.get("ops"), dict):
        told["ops"] = list(_operations(told["ops"]))
    if isinstance(told.get("changes"), dict):
        told["changes"] = list(_changes(told["changes"]))
    return told


def gzipped(lines: list[Json]) -> bytes:
    """Messages as one body, rows as they are, without sums."""
    packing = zlib.compressobj(wbits=31)
    body = b""
    for line in lines:
        body += packing.compress(json.dumps(line).encode() + b"\n")
        body += packing.flush(zlib.Z_SYNC_FLUSH)
    return body + packing.flush()


def _operations(told: Json) -> Iterator[Json]:
    for place, row in enumerate(_rows(told, own=False)):
        row["base"] = row.pop("marks")
        yield {"n": told["n"] + place, **row}


def _changes(told: Json) -> Iterator[Json]:
    rows, seq = _rows(told, own=True), 0
    whole = _numbers(told["whole"], len(rows))
    for row, step, flag in zip(rows, _numbers(told["seq"], len(rows)), whole, strict=True):
        seq += step
        del row["stamp"]
        row["stamps"] = row.pop("marks")
        yield {**row, "seq": seq, "whole": bool(flag)}


def _numbers(told: int | list[int], count: int) -> list[int]:
    return [told] * count if isinstance(told, int) else told


def _stamp(millis: int, counter: int, by: str) -> str:
    return f"{millis:012x}{counter:04x}{by}"


def _rows(told: Json, *, own: bool) -> list[Json]:
    count, by = told["rows"], told["by"]
    clocks: list[tuple[int, int]] = []
    millis, counter = 0, 0
    steps, odd = _numbers(told["ms"], count), _numbers(told["count"], count)
    for step, less in zip(steps, odd, strict=True):
        counter = (counter + 1 if step == 0 else 0) + less
        millis += step
        clocks.append((millis, counter))
    devices = [by[place] for place in _numbers(told["dev"], count)]
    places = _numbers(told["id"], count) if "id" in told else list(range(count))
    ids = _ids(told["ids"], places, [clock[0] for clock in clocks])
    kinds = _numbers(told["kind"], count)
    rows = [
        {
            "kind": told["kinds"][kinds[row]],
            "id": ids[places[row]],
            "stamp": _stamp(*clocks[row], devices[row]),
            "sets": {},
            "marks": {},
        }
        for row in range(count)
    ]
    for place, group in enumerate(told["groups"]):
        mine = [row for row in range(count) if kinds[row] == place]
        moments = [clocks[row][0] for row in mine]
        _group(group, [rows[row] for row in mine], moments, ids, by, own=own)
    return rows


def _ids(told: list[Any], places: list[int], moments: list[int]) -> list[str]:
    count, found, before = len(told[1]) // 19, [], 0
    for place, step in enumerate(_numbers(told[0], count)):
        before = step + (moments[places.index(place)] if place in places else before)
        text = f"{before:012x}7{told[1][place * 19 : place * 19 + 19]}"
        found.append("-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:])))
    return found


def _group(
    group: Json, rows: list[Json], moments: list[int], ids: list[str], by: list[str], *, own: bool
) -> None:
    stamps = _marks(group.get("marks"), rows, moments, by, own=own)
    unusual: dict[int, dict[int, int]] = {}
    for path, count, steps, which in group.get("unusual", []):
        where = _walk(_numbers(steps, count))
        unusual[path] = dict(zip(where, _numbers(which, count), strict=True))
    for number, path in enumerate(group["paths"]):
        for place, value in _column(group["columns"][number], moments, ids).items():
            rows[place]["sets"][path] = value
            which_one = unusual.get(number, {}).get(place, 0 if stamps[place] else -1)
            if which_one >= 0:
                rows[place]["marks"][path] = stamps[place][which_one]


def _marks(
    told: list[Any] | None, rows: list[Json], moments: list[int], by: list[str], *, own: bool
) -> list[list[str]]:
    found = [[row["stamp"]] if own else [] for row in rows]
    if told is None:
        return found
    counts = _numbers(told[0], len(rows))
    three = zip(*(_numbers(part, sum(counts)) for part in told[1:]), strict=True)
    for place, row in enumerate(rows):
        before = moments[place] if own else int(row["id"].replace("-", "")[:12], 16)
        for _ in range(counts[place]):
            step, counter, device = next(three)
            before += step
            found[place].append(_stamp(before, counter, by[device]))
    return found


def _walk(steps: list[int]) -> list[int]:
    place, found = -1, []
    for step in steps:
        place += step
        found.append(place)
    return found


def _column(told: Any, moments: list[int], ids: list[str]) -> dict[int, Any]:  # noqa: ANN401 - JSON
    column: Json = {"v": told} if isinstance(told, list) else told
    places = list(range(len(moments)))
    if "at" in column:
        places = _walk(column["at"])
    elif "not" in column:
        places = [place for place in places if place not in _walk(column["not"])]
    near = [moments[place] for place in places]
    return dict(zip(places, _values(column, near, ids), strict=True))


def _values(column: Json, moments: list[int], ids: list[str]) -> list[Any]:
    count = len(moments)
    if "keys" in column:
        parts = [_column(part, moments, ids) for part in column["of"]]
        return [
            {key: part[row] for key, part in zip(column["keys"], parts, strict=True)}
            for row in range(count)
        ]
    if "is" in column:
        return [column["is"]] * count
    if "id" in column:
        return [ids[place] for place in _numbers(column["id"], count)]
    if "ms" in column:
        steps = zip(moments, _numbers(column["ms"], count), strict=True)
        return [_moment(moment + step) for moment, step in steps]
    return list(column["v"])


def _moment(millis: int) -> str:
    told = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=millis)
    return told.astimezone(BANGKOK).isoformat(timespec="milliseconds")
