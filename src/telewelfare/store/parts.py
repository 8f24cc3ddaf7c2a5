"""An edit that is too much for one operation becomes several, for what no message carries never arrives."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from telewelfare.domain.fields import Json, Path
from telewelfare.domain.operations import Edit

MOST: Final = 1_000  # paths of an operation; the protocol has room for twice as many
LARGEST: Final = 1_000_000  # bytes of its values, with every letter that is not ASCII as an escape


def parts(edits: Iterable[Edit]) -> Iterator[Edit]:
    """Each of the edits, in parts where it has to be."""
    for edit in edits:
        yield from _parts_of(edit)


def _parts_of(edit: Edit) -> Iterator[Edit]:
    """The edit itself, or where it is too large several of the same record, the short values first.

    A single value is never divided. The first part has what places the record: its case, its area.
    """
    if len(edit.sets) <= MOST and len(json.dumps(dict(edit.sets))) <= LARGEST:
        yield edit
        return
    part: dict[Path, Json] = {}
    room = LARGEST
    for path, value in sorted(edit.sets.items(), key=_size):
        size = _size((path, value))
        if part and (len(part) == MOST or size > room):
            yield replace(edit, sets=part)
            part, room = {}, LARGEST
        part[path] = value
        room -= size
    yield replace(edit, sets=part)


def _size(item: tuple[Path, Json]) -> int:
    return len(json.dumps(item))
