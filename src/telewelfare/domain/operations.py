"""Edits as data, records as what they leave behind, and the one way to apply the first to the second."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from telewelfare.domain.fields import Json, Path
from telewelfare.domain.ids import DeviceId, RecordId, WorkerId

STAMP_CLOCK: Final = 16  # characters of millis and counter before the device id


@dataclass(frozen=True, slots=True)
class Operation:
    """One edit of one record on one device. `(device, n)` is its id; `n` has no gaps.

    `base` names, for each path that had a value, the stamp it overwrote;
    a path missing there was empty when the worker wrote it.
    """

    device: DeviceId
    n: int
    kind: str
    record: RecordId
    stamp: str
    sets: Mapping[Path, Json]
    base: Mapping[Path, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Record:
    """Current values of a record and, for each, the stamp of the edit that wrote it."""

    kind: str
    id: RecordId
    values: Mapping[Path, Json] = field(default_factory=dict)
    stamps: Mapping[Path, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Concurrent:
    """Two people wrote the same path without knowing of each other. Nothing of it is lost."""

    path: Path
    kept: Json
    kept_stamp: str
    other: Json
    other_stamp: str


@dataclass(frozen=True, slots=True)
class Applied:
    """The record after an operation, the paths whose value or stamp changed, and what collided."""

    record: Record
    changed: tuple[Path, ...]
    concurrent: tuple[Concurrent, ...]


def apply(record: Record, op: Operation) -> Applied:
    """Merge an operation into a record, path by path; the newest stamp wins.

    Applying it twice, or in another order, gives the same record.
    """
    values, stamps = dict(record.values), dict(record.stamps)
    changed: list[Path] = []
    concurrent: list[Concurrent] = []
    for path, value in op.sets.items():
        had = stamps.get(path)
        if had is not None and had != op.stamp and _collides(op, path, had, values.get(path)):
            concurrent.append(_collision(path, values.get(path), had, value, op.stamp))
        if had is None or op.stamp > had:
            values[path], stamps[path] = value, op.stamp
            changed.append(path)
    return Applied(replace(record, values=values, stamps=stamps), tuple(changed), tuple(concurrent))


def _collides(op: Operation, path: Path, had: str, current: Json) -> bool:
    """A device knows its own earlier edits, whatever the centre made of their stamps."""
    unseen = op.base.get(path) != had and author(had) != op.device
    return unseen and current != op.sets[path]


def author(stamp: str) -> str:
    """The device that made an edit, from the text of its stamp."""
    return stamp[STAMP_CLOCK:]


def _collision(path: Path, ours: Json, had: str, theirs: Json, stamp: str) -> Concurrent:
    if stamp > had:
        return Concurrent(path, theirs, stamp, ours, had)
    return Concurrent(path, ours, had, theirs, stamp)


def base_of(record: Record, sets: Mapping[Path, Json]) -> dict[Path, str]:
    """The stamps an edit of these paths overwrites."""
    return {path: record.stamps[path] for path in sets if path in record.stamps}


@dataclass(frozen=True, slots=True)
class Edit:
    """What a worker did to one record, before it has a number and a stamp."""

    kind: str
    record: RecordId
    sets: Mapping[Path, Json]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a worker of a centre, in a role, on a device."""

    centre: str
    worker: WorkerId
    role: str
    areas: tuple[str, ...]
    device: DeviceId
