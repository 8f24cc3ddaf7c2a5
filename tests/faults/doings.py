"""What workers do on their devices, by what each device knows."""

from __future__ import annotations

import hashlib
from typing import Any, Final

from hypothesis import strategies as st

from telewelfare.domain.dates import bangkok_iso
from telewelfare.domain.fields import Json, Path
from telewelfare.domain.ids import RecordId
from telewelfare.domain.lifecycle import moves_from
from telewelfare.domain.operations import Edit
from telewelfare.domain.settling import CHOICES, settlement, sort_of
from telewelfare.store.errors import StoreError
from tests import eg
from tests.faults.world import Device, World

JPEG: Final = b"\xff\xd8\xff\xe0"  # how one begins
Doing = tuple[Any, ...]

PLACE: Final = st.integers(0, 3)
WORKER: Final = st.integers(0, 3)
CHANGES: Final = st.one_of(
    st.tuples(st.just("urgency"), st.sampled_from(["urgent", "normal", "critical"])),
    st.tuples(st.just("closure_reason"), st.sampled_from(["returned_family", "deceased", None])),
    st.tuples(st.sampled_from(["target_groups/homeless", "target_groups/beggar"]), st.booleans()),
    st.tuples(st.sampled_from(["problems/p1", "problems/p2"]), st.booleans()),
    st.tuples(st.just("problems/p1/severity"), st.integers(1, 4)),
    st.tuples(st.just("confidentiality"), st.sampled_from(["sealed", "normal"])),
    st.tuples(st.just("area"), st.sampled_from(["920213", "920211"])),
)
DOING: Final = st.one_of(
    st.tuples(st.just("report")),
    st.tuples(st.just("word"), PLACE),
    st.tuples(st.just("word"), PLACE),
    st.tuples(st.just("change"), PLACE, CHANGES),
    st.tuples(st.just("change"), PLACE, CHANGES),
    st.tuples(st.just("name"), PLACE),
    st.tuples(st.just("move"), PLACE, st.integers(0, 5)),
    st.tuples(st.just("visit"), PLACE),
    st.tuples(st.just("tell"), PLACE),
    st.tuples(st.just("assign"), PLACE, WORKER | st.none()),
    st.tuples(st.just("watch"), PLACE, WORKER, st.booleans()),
    st.tuples(st.just("settle"), PLACE, st.integers(0, 2)),
    st.tuples(st.just("settle"), PLACE, st.integers(0, 2)),
    st.tuples(st.just("wrong"), PLACE),
    st.tuples(st.just("photo"), PLACE, st.integers(1, 9)),
)
KIND_OF: Final = {"name": "person", "tell": "visit", "settle": "conflict"}


def edits(world: World, device: Device, doing: Doing) -> list[Edit]:
    """What is typed; nothing where the device knows nothing."""
    name, *rest = doing
    if name == "report":
        return _report(world, device)
    known = device.known(KIND_OF.get(name, "case"))
    if not known:
        return []
    record = known[rest[0] % len(known)]
    found: list[Edit] = MADE_BY[name](world, device, record, *rest[1:])
    return found


def _report(world: World, device: Device) -> list[Edit]:
    person, case = device.new_id(), device.new_id()
    alias = world.new_text()
    return [
        eg.edit("person", person, area="920213", alias=alias),
        eg.case(case, client=person, urgency_reason=world.new_text()),
    ]


def _word(world: World, _device: Device, case: RecordId) -> list[Edit]:
    return [Edit("case", case, {"urgency_reason": world.new_text()})]


def _change(_world: World, _device: Device, case: RecordId, change: Doing) -> list[Edit]:
    path, value = change
    return [Edit("case", case, {path: value})]


def _name(world: World, _device: Device, person: RecordId) -> list[Edit]:
    return [Edit("person", person, {"alias": world.new_text()})]


def _visit(world: World, device: Device, case: RecordId) -> list[Edit]:
    told = {"case": case, "kind": "first", "narrative": world.new_text()}
    return [Edit("visit", device.new_id(), told)]


def _tell(world: World, _device: Device, visit: RecordId) -> list[Edit]:
    return [Edit("visit", visit, {"narrative": world.new_text()})]


def _assign(world: World, _device: Device, case: RecordId, to: int | None) -> list[Edit]:
    worker = None if to is None else world.template.staff.actors[to][0].worker
    return [Edit("case", case, {"field_worker": worker})]


def _watch(world: World, _device: Device, case: RecordId, who: int, watches: bool) -> list[Edit]:
    worker = world.template.staff.actors[who][0].worker
    return [Edit("case", case, {f"watchers/{worker}": watches})]


def _move(_world: World, device: Device, case: RecordId, choice: int) -> list[Edit]:
    record = device.journal.get(case)
    state = str(record.values.get("state")) if record else ""
    moves = moves_from(state, device.actor.role)
    if not moves:
        return []
    sets: dict[Path, Json] = {"case": case, "from": state, "to": moves[choice % len(moves)]}
    sets["occurred_at"] = bangkok_iso(device.now())
    return [Edit("status_event", device.new_id(), sets)]


def _settle(world: World, device: Device, conflict: RecordId, choice: int) -> list[Edit]:
    """As `actions.casework.settle` does it."""
    record = device.journal.get(conflict)
    if record is None or record.values.get("settled") or "of" not in record.values:
        return []
    values, choices = record.values, CHOICES[sort_of(record.values)]
    third = _third(world, values.get("kept"))
    target = device.journal.get(str(values["of"]))
    sets: dict[Path, Json] = {
        **settlement(values, choices[choice % len(choices)], third, target),
        "settled_by": device.actor.worker,
        "settled_at": bangkok_iso(device.now()),
    }
    return [Edit("conflict", record.id, sets)]


def _third(world: World, kept: Json) -> Json:
    """Something else where any text will do."""
    return world.new_text() if isinstance(kept, str) and kept.startswith("คำ") else kept


def _photo(world: World, device: Device, case: RecordId, size: int) -> list[Edit]:
    """A picture of some kB, kept before the record that names it."""
    contents = JPEG + world.proxy.chance.randbytes(size * 1_500)
    sha256 = hashlib.sha256(contents).hexdigest()
    try:
        device.files.keep(sha256, contents)
    except StoreError:
        return []
    told: dict[Path, Json] = {"case": case, "kind": "3", "of_kind": "case", "of": case}
    told |= {"media_type": "image/jpeg", "sha256": sha256, "size": len(contents)}
    return [Edit("attachment", device.new_id(), told)]


def _wrong(_world: World, _device: Device, case: RecordId) -> list[Edit]:
    """What the centre refuses: only it numbers cases."""
    return [Edit("case", case, {"case_no": "1"})]


MADE_BY: Final[dict[str, Any]] = {
    "word": _word,
    "change": _change,
    "name": _name,
    "visit": _visit,
    "tell": _tell,
    "assign": _assign,
    "watch": _watch,
    "move": _move,
    "settle": _settle,
    "photo": _photo,
    "wrong": _wrong,
}
