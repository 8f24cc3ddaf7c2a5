"""What a person's word about a conflict does to the record, the same on the device and at the centre."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Final

from telewelfare.domain.fields import Json, Path, Values
from telewelfare.domain.operations import Record

EDIT, STATE = "edit", "state"
SAME_MEETING, LAST_PLACE, SAME_PERSON = "same_meeting", "last_place", "same_person"
OF_TWO: Final = frozenset({SAME_MEETING, LAST_PLACE, SAME_PERSON})  # two records are in question

CHOICES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        EDIT: ("ours", "theirs", "other"),
        STATE: ("ours",),
        SAME_MEETING: ("same", "different"),
        LAST_PLACE: ("wait", "swap", "both"),
        SAME_PERSON: ("same", "different"),
    }
)


def sort_of(conflict: Values) -> str:
    """What is in question; the first version wrote no sort."""
    if sort := conflict.get("sort"):
        return str(sort)
    moved = conflict.get("of_kind") == "case" and conflict.get("path") == "state"
    return STATE if moved else EDIT


def is_open(conflict: Values) -> bool:
    """Whether it still waits for a person."""
    return not conflict.get("settled")


def sides_known(conflict: Values) -> Collection[str]:
    """The stamps of the two values that met, as far as whoever settled had seen them."""
    stood = conflict.get("seen") or conflict.get("kept_stamp")
    return {str(stood), str(conflict.get("other_stamp"))}


def decided(conflict: Values) -> tuple[Path, Json] | None:
    """The path and the value that a settled edit asks for; `None` when it asks for none."""
    if sort_of(conflict) != EDIT:
        return None
    path, choice = str(conflict.get("path")), conflict.get("settled")
    if choice and "chosen" in conflict:
        return path, conflict.get("chosen")
    side = {"ours": "kept", "theirs": "other"}.get(str(choice))  # an older app names no value
    return (path, conflict.get(side)) if side else None


def settlement(conflict: Values, choice: str, third: Json, target: Record | None) -> Values:
    """What a person's word writes into the conflict.

    The value and what stood are told too, for the sides are renewed when somebody writes the path
    again. `target` is the record as it is on this device, `None` when it is not here.
    """
    sets: dict[Path, Json] = {"settled": choice}
    if sort_of(conflict) != EDIT:
        return sets
    path = str(conflict.get("path"))
    is_here = target is not None and path in target.stamps
    stands = target.values.get(path) if target and is_here else conflict.get("kept")
    stood = target.stamps[path] if target and is_here else conflict.get("kept_stamp")
    values = {"ours": stands, "theirs": conflict.get("other")}
    return sets | {"chosen": values.get(choice, third), "seen": stood}


def follows(conflict: Values, earlier: str, target: Record) -> dict[Path, Json]:
    """What of the record changes by a settlement.

    `earlier` is the stamp of the settlement before ("" = none). When somebody has written the
    path again meanwhile, nothing: whoever settled had not seen that.
    """
    found = decided(conflict)
    if found is None or is_newer(conflict, earlier, target):
        return {}
    path, value = found
    return {} if target.values.get(path) == value else {path: value}


def is_newer(conflict: Values, earlier: str, target: Record) -> bool:
    """Whether what stands in the record is neither side's, nor an earlier settlement's."""
    stamp = target.stamps.get(str(conflict.get("path")), "")
    return stamp not in {*sides_known(conflict), earlier, ""}
