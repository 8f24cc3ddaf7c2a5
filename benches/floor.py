"""The least a link can take for a job.

Bytes of the best encoding we know of the plain values and ids, in one frame with zstd-19 and a
dictionary, over the link's rate, and two round trips. No headers, no loss.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Final

from link import Profile
from workload import EDIT_DAYS, VISIT_DAYS, Written, cases, edits, plain, visits

from telewelfare.domain.clock import Millis
from telewelfare.domain.dates import parse_instant
from telewelfare.domain.fields import Json

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

LEVEL: Final = 19
DICTIONARY_BYTES: Final = 65_536
OTHER_SEEDS: Final = range(900_001, 900_007)  # none of them is ever measured
SAMPLE: Final = 50  # records
MANY: Final = 500  # records, of which trying every encoding takes long
ROUND_TRIPS: Final = 2

Plain = dict[str, Json]


@dataclass(frozen=True, slots=True)
class Floor:
    """Bytes of the best encoding, and which that is."""

    size: int
    how: str

    def seconds(self, kbits: float, rtt: float) -> float:
        """What a link takes for it at least."""
        return self.size * 8 / (kbits * 1000) + ROUND_TRIPS * rtt


NOTHING: Final = Floor(0, "")


def pushed(floor: Floor, link: Profile) -> float:
    """Seconds towards the centre."""
    return floor.seconds(link.up, link.rtt)


def pulled(floor: Floor, link: Profile) -> float:
    """Seconds towards the device."""
    return floor.seconds(link.down, link.rtt)


def floor_of(records: Sequence[Plain]) -> Floor:
    """The least bytes for these, each with its `id`."""
    tried = (
        Floor(_packed(encode(records), words), f"{name}, {which}")
        for name, encode in (ENCODINGS if len(records) < MANY else LIKELY).items()
        for which, words in _dictionaries()
    )
    return min(tried, key=lambda one: one.size)


def edited(made: Sequence[Written]) -> list[Plain]:
    """Edits as their floor counts them: the id, the time, what changed."""
    return [{"id": one.edit.record, "at": one.at, **one.edit.sets} for one in made]


def _packed(body: bytes, dictionary: zstd.ZstdDict | None) -> int:
    return len(zstd.compress(body, LEVEL, zstd_dict=dictionary))


def _text(found: object) -> bytes:
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode()


def as_rows(records: Sequence[Plain]) -> bytes:
    """One record after another."""
    return _text(records)


def as_lists(records: Sequence[Plain]) -> bytes:
    """One record after another, what is in a set as one list."""
    return _text([_nested(record) for record in records])


def as_columns(records: Sequence[Plain]) -> bytes:
    """Every field's values one after another; sets as lists."""
    return _text(_columns([_nested(record) for record in records]))


def as_lean_columns(records: Sequence[Plain]) -> bytes:
    """The same with moments as distances from the one before, and ids without dashes."""
    columns = _columns([_nested(record) for record in records])
    return _text({name: _lean(values) for name, values in columns.items()})


def _nested(record: Plain) -> Plain:
    found: Plain = {}
    for path, value in record.items():
        head, _, element = path.partition("/")
        kept = found.get(head)
        if element and value is True:
            found[head] = [*kept, element] if isinstance(kept, list) else [element]
        elif isinstance(value, dict):
            found |= {f"{path}/{name}": inner for name, inner in value.items()}
        else:
            found[path] = value
    return found


def _columns(records: Sequence[Plain]) -> dict[str, list[Json]]:
    names = dict.fromkeys(name for record in records for name in record)
    return {name: [record.get(name) for record in records] for name in names}


def _lean(values: list[Json]) -> list[Json]:
    moments = [parse_instant(value) if isinstance(value, str) else None for value in values]
    if all(moment is not None for moment in moments):
        known = [moment for moment in moments if moment is not None]
        return [known[0], *(later - one for one, later in pairwise(known))]
    return [v.replace("-", "") if isinstance(v, str) and v.count("-") == 4 else v for v in values]  # noqa: PLR2004 - dashes of an id


ENCODINGS: Final[dict[str, Callable[[Sequence[Plain]], bytes]]] = {
    "rows": as_rows,
    "rows of lists": as_lists,
    "columns": as_columns,
    "lean columns": as_lean_columns,
}
LIKELY: Final = {"lean columns": as_lean_columns}  # the best of every size we tried


def _dictionaries() -> list[tuple[str, zstd.ZstdDict | None]]:
    found: list[tuple[str, zstd.ZstdDict | None]] = [
        ("no dictionary", None),
        ("dictionary of other seeds", _trained()),
    ]
    shipped = files("telewelfare.sync") / "data" / "lines-1.zdict"
    if shipped.is_file():
        found.append(("shipped dictionary", zstd.ZstdDict(shipped.read_bytes())))
    return found


@cache
def _trained() -> zstd.ZstdDict:
    """What a dictionary learns from the same workload with other seeds."""
    samples = [sample for seed in OTHER_SEEDS for sample in _samples(seed)]
    return zstd.train_dict(samples, DICTIONARY_BYTES)


def _samples(seed: int) -> list[bytes]:
    begin, worker = Millis(1_780_000_000_000), f"00000000-0000-7000-8000-{seed:012d}"
    homes = [str(one.edit.record) for one in cases(seed, begin)]
    made = visits(seed, SAMPLE * 4, begin, homes, worker)
    later = edits(seed, made, Millis(begin + (VISIT_DAYS + EDIT_DAYS) * 86_400_000))
    whole = [plain(one.edit, worker, one.at) for one in made]
    parts = [
        records[at : at + count]
        for records in (whole, edited(later))
        for count in (1, SAMPLE)
        for at in range(0, len(records), count)
    ]
    return [encode(part) for part in parts for encode in ENCODINGS.values()]
