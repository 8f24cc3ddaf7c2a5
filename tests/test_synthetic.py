"""The invented world: always the same, valid, varied, and about nobody."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from itertools import chain, islice
from typing import Final

import pytest

from telewelfare.domain import thai_id
from telewelfare.domain.areas import is_area
from telewelfare.domain.clock import Millis
from telewelfare.domain.codes import CODES, DIMENSIONS
from telewelfare.domain.fields import Field, Json, Path, Type, Values, elements, unescape
from telewelfare.domain.ids import is_record_id
from telewelfare.domain.kinds import KINDS
from telewelfare.domain.kinds.assessment import dimensions_known
from telewelfare.domain.lifecycle import is_open, may_move
from telewelfare.domain.phones import parse_phone
from telewelfare.synthetic import Entry, World, as_workers, generate, is_issuable, workers
from telewelfare.synthetic.texts import LONGEST
from telewelfare.synthetic.words import vocabulary

WORLD: Final = World(7, today=date(2026, 11, 20))
HOUR = 3_600_000
DAY = 24 * HOUR
EARLY = frozenset({"reported", "triaged", "assigned", "fact_finding"})


@pytest.fixture(scope="module")
def entries() -> tuple[Entry, ...]:
    return tuple(generate(WORLD))


def of(entries: Iterable[Entry], kind: str) -> list[Values]:
    return [entry.edit.sets for entry in entries if entry.edit.kind == kind]


def declared_values(entries: Iterable[Entry]) -> list[tuple[str, Path, Field, Json]]:
    found: list[tuple[str, Path, Field, Json]] = []
    for entry in entries:
        kind = KINDS[entry.edit.kind]
        for path, value in entry.edit.sets.items():
            declared = kind.field(path)
            assert declared is not None, (kind.name, path)
            found.append((kind.name, path, declared, value))
    return found


def test_the_same_seed_gives_the_same_world(entries: tuple[Entry, ...]) -> None:
    assert tuple(generate(WORLD)) == entries


def test_another_seed_gives_another_world(entries: tuple[Entry, ...]) -> None:
    assert next(generate(replace(WORLD, seed=8))) != entries[0]


def test_every_path_is_declared_and_every_code_known(entries: tuple[Entry, ...]) -> None:
    for kind, path, declared, value in declared_values(entries):
        if declared.type is Type.CODE:
            assert value in CODES[declared.codes], (kind, path, value)
        if declared.type is Type.SET and declared.codes:
            assert unescape(path.split("/")[1]) in CODES[declared.codes], (kind, path)
        if declared.type is Type.AREA:
            assert is_area(str(value)), (kind, path, value)


def test_keys_of_lists_are_known_codes(entries: tuple[Entry, ...]) -> None:
    problems = {
        path.split("/")[1] for v in of(entries, "case") for path in v if "problems/" in path
    }
    assert problems <= set(CODES["problem"])


def test_texts_and_numbers_keep_their_limits(entries: tuple[Entry, ...]) -> None:
    for kind, path, declared, value in declared_values(entries):
        if declared.type in {Type.TEXT, Type.LONG_TEXT}:
            assert len(str(value)) <= declared.max_length, (kind, path)
            assert "{" not in str(value), (kind, path, value)
        if declared.highest is not None and isinstance(value, int):
            assert (declared.lowest or 0) <= value <= declared.highest, (kind, path, value)


def test_what_a_kind_requires_is_there(entries: tuple[Entry, ...]) -> None:
    for entry in entries:
        required = {f.name for f in KINDS[entry.edit.kind].fields if f.required}
        assert required <= set(entry.edit.sets), (entry.edit.kind, required)


def test_every_record_is_written_once_and_refers_to_others_that_exist(
    entries: tuple[Entry, ...],
) -> None:
    kinds = {entry.edit.record: entry.edit.kind for entry in entries}
    assert len(kinds) == len(entries)
    assert all(map(is_record_id, kinds))
    for kind, path, declared, value in declared_values(entries):
        if declared.type is Type.REF:
            assert str(value) in kinds, (kind, path)
            assert declared.refers in {"", kinds[str(value)]}, (kind, path)  # type: ignore[index]


def test_no_national_id_can_be_that_of_a_person(entries: tuple[Entry, ...]) -> None:
    numbers = [
        str(value) for _, _, field, value in declared_values(entries) if field.type is Type.THAI_ID
    ]
    assert len(numbers) > 500
    assert all(thai_id.is_valid(number) and not is_issuable(number) for number in numbers)


def test_no_telephone_rings(entries: tuple[Entry, ...]) -> None:
    for _, path, field, value in declared_values(entries):
        if field.type is Type.PHONE or field.of is Type.PHONE:
            number = path.split("/")[1] if field.type is Type.SET else str(value)
            assert parse_phone(number) == number
            assert number[3:6] == "000"


def test_a_case_goes_only_where_the_rules_let_its_workers_take_it(
    entries: tuple[Entry, ...],
) -> None:
    roles = {worker.key: worker.role for worker in workers(WORLD)}
    state: dict[Json, Json] = {}
    for entry in (e for e in entries if e.edit.kind == "status_event"):
        case, start, to = (entry.edit.sets[name] for name in ("case", "from", "to"))
        assert state.get(case, "draft") == start
        assert may_move(str(start), str(to), roles[entry.actor]), (start, to, entry.actor)
        state[case] = to
    assert state == {e.edit.record: e.edit.sets["state"] for e in entries if e.edit.kind == "case"}


def test_time_runs_forward_within_a_case_and_nothing_is_from_the_future(
    entries: tuple[Entry, ...],
) -> None:
    last: dict[Json, Millis] = {}
    for entry in entries:
        case = entry.edit.sets.get("case")
        assert last.get(case, Millis(0)) <= entry.at or case is None
        last[case] = entry.at
    assert WORLD.now - 560 * DAY < min(e.at for e in entries)
    assert max(e.at for e in entries) <= WORLD.now


def test_the_moment_that_the_world_ends_at_can_be_chosen() -> None:
    until = Millis(WORLD.now + 5 * HOUR + 1)
    newest = max(entry.at for entry in generate(replace(WORLD, until=until)))
    assert WORLD.now < newest <= until


def test_the_queue_of_the_office_is_alive(entries: tuple[Entry, ...]) -> None:
    cases = [e for e in entries if e.edit.kind == "case"]
    early = [e for e in cases if e.edit.sets["state"] in EARLY]
    assert 30 <= len(early) <= 60
    assert sum(WORLD.now - e.at < 6 * HOUR for e in early) >= 3
    waiting = [e for e in early if e.edit.sets["state"] == "reported"]
    assert sum(WORLD.now - e.at > 3 * DAY for e in waiting) >= 2


def test_all_kinds_of_people_are_there(entries: tuple[Entry, ...]) -> None:
    people, cases = of(entries, "person"), of(entries, "case")
    status = Counter(person["id_status"] for person in people)
    assert len(status) >= len(CODES["id_status"]) - 2
    assert 0.08 < 1 - status["has_card"] / len(people) < 0.2
    assert sum("first_name" not in p and bool(p["alias"]) for p in people) >= 3
    assert sum("last_name" not in p and "age_estimated" in p for p in people) >= 5
    assert sum(case["minors_involved"] is True for case in cases) >= 60
    assert {str(case["area"])[:2] for case in cases} == {"92", "36"}
    assert len({case["area"] for case in cases}) > 100


def test_red_flags_make_a_case_urgent(entries: tuple[Entry, ...]) -> None:
    flagged = {r["case"] for r in of(entries, "incident_report") if elements(r, "red_flags")}
    urgencies = {
        e.edit.sets["urgency"]
        for e in entries
        if e.edit.kind == "case" and e.edit.record in flagged
    }
    assert len(flagged) >= 40
    assert urgencies == {"critical", "urgent"}


def test_texts_are_short_and_long(entries: tuple[Entry, ...]) -> None:
    lengths = [len(str(r["situation_text"])) for r in of(entries, "incident_report")]
    assert min(lengths) < 60
    assert 800 < max(lengths) <= LONGEST + 20
    assert any("\n" in str(r["situation_text"]).strip() for r in of(entries, "incident_report"))


def test_an_assessment_tells_not_assessed_from_no_problem(entries: tuple[Entry, ...]) -> None:
    found = of(entries, "assessment")
    assert {dimensions_known(values) for values in found} >= {len(DIMENSIONS), len(DIMENSIONS) - 1}
    assert any(values.get("items/safety/severity") == 0 for values in found)


def test_case_numbers_run_without_gaps_in_each_centre_and_year(entries: tuple[Entry, ...]) -> None:
    numbers: dict[str, list[int]] = {}
    for case in of(entries, "case"):
        head, _, number = str(case["case_no"]).rpartition("-")
        numbers.setdefault(head, []).append(int(number))
    assert {"92-2570", "36-2570", "92-2569", "36-2569"} <= set(numbers)
    assert all(found == list(range(1, len(found) + 1)) for found in numbers.values())


def test_provisional_numbers_are_unlike(entries: tuple[Entry, ...]) -> None:
    numbers = [str(case["provisional_no"]) for case in of(entries, "case")]
    assert len(set(numbers)) == len(numbers)
    assert all(number.startswith(("T92", "T36")) for number in numbers)


def test_the_first_volunteer_of_trang_works_on_the_island(entries: tuple[Entry, ...]) -> None:
    first = workers(WORLD)[0]
    assert (first.centre, first.role, first.areas) == ("92", "volunteer", ("920213", "920211"))
    own = [case for case in of(entries, "case") if case["area"] in first.areas]
    assert len(own) >= 15
    assert any(is_open(str(case["state"])) for case in own)


def test_every_subdistrict_has_one_volunteer_and_every_centre_its_office() -> None:
    for centre in WORLD.provinces:
        own = [worker for worker in workers(WORLD) if worker.centre == centre]
        areas = list(chain.from_iterable(w.areas for w in own if w.role == "volunteer"))
        assert len(areas) == len(set(areas))
        roles = Counter(worker.role for worker in own)
        assert roles["volunteer"] >= 12
        assert (roles["volunteer_lead"], roles["social_worker"], roles["case_manager"]) == (2, 3, 2)
        assert roles["finance"] == roles["director"] == roles["admin"] == 1


def test_keys_of_workers_become_ids_wherever_they_stand(entries: tuple[Entry, ...]) -> None:
    ids = {worker.key: f"w{number}" for number, worker in enumerate(workers(WORLD))}
    for entry in entries:
        assert not any(
            key in f"{path} {value}"
            for path, value in as_workers(entry, ids).edit.sets.items()
            if "visitors" in path or path in {"created_by", "owner", "by", "assessor"}
            for key in ids
        )


def test_there_are_names_enough() -> None:
    for pool, least in (("male", 200), ("female", 200)):
        assert len(vocabulary("names", pool)) >= least
    parts = {*vocabulary("names", "surname_first"), *vocabulary("names", "surname_last")}
    assert len(parts) >= 300


def test_partners_are_of_many_kinds(entries: tuple[Entry, ...]) -> None:
    found = of(entries, "partner")
    assert len(found) == 150
    assert len({partner["kind"] for partner in found}) >= 10
    assert len({partner["stage"] for partner in found}) == len(CODES["partner_stage"])
    assert len({partner["name"] for partner in found}) > 120


def test_a_large_world_begins_at_once() -> None:
    large = World(1, today=WORLD.today, cases=100_000, partners=10)
    began = time.perf_counter()
    assert len(list(islice(generate(large), 200))) == 200
    assert time.perf_counter() - began < 5
