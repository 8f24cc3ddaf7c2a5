"""Many at once: numbers without holes or doubles, and nobody waits in a ring."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, text

from telewelfare.domain.ids import RecordId
from telewelfare.domain.operations import Actor, Operation
from telewelfare.server import admin, ledger
from telewelfare.server.database import writing
from telewelfare.server.numbering import broken
from telewelfare.server.routes import again
from telewelfare.server.tables import RECORD
from tests.server.centre import OPENED, Centre

THREADS, ROUNDS = 4, 10


def actors(centre: Centre) -> list[Actor]:
    with writing(centre.engine) as db:
        terms = {"centre": "92", "role": "social_worker", "areas": ("92",), "name": "ก"}
        made = [admin.add_actor(db, **terms, now=centre.clock.now) for _ in range(THREADS)]  # type: ignore[arg-type]
    return [actor for actor, _ in made]


def operation(centre: Centre, actor: Actor, n: int, record: str, **sets: str) -> Operation:
    stamp = f"{centre.clock.now + n:012x}0000{actor.device}"
    return Operation(actor.device, n, "case", RecordId(record), stamp, dict(sets))


def push(centre: Centre, actor: Actor, ops: list[Operation]) -> int:
    def once() -> int:
        with writing(centre.engine) as db:
            return len(ledger.append(db, actor, ops, centre.clock.now).rejected)

    return again(once)


def test_case_numbers_are_unique_when_four_write_at_once(centre: Centre) -> None:
    ids = {actor: [centre.id() for _ in range(ROUNDS)] for actor in actors(centre)}

    def work(actor: Actor) -> int:
        fields = {"area": "920201", "opened_at": OPENED, "state": "reported"}
        made = [operation(centre, actor, n + 1, ids[actor][n], **fields) for n in range(ROUNDS)]
        return sum(push(centre, actor, [op]) for op in made)

    with ThreadPoolExecutor(THREADS) as pool:
        assert sum(pool.map(work, ids)) == 0
    numbers = sorted(row["current"]["case_no"] for row in centre.rows("record", kind="case"))
    count = THREADS * ROUNDS
    assert numbers == [f"92-2570-{n:06d}" for n in range(1, count + 1)]
    seqs = sorted(row["seq"] for row in centre.rows("ledger"))
    assert seqs == list(range(1, len(seqs) + 1))
    with centre.engine.connect() as db:
        assert broken(db, "92") is None


def test_who_waits_for_a_record_holds_up_nobody_else(centre: Centre) -> None:
    """The centre's number is taken last: before it, writers of other records go past each other."""
    if centre.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer at a time whatever we do")
    slow, quick, *_ = actors(centre)
    case, fields = centre.id(), {"area": "920201", "opened_at": OPENED}
    assert push(centre, slow, [operation(centre, slow, 1, case, **fields)]) == 0
    with ThreadPoolExecutor(2) as pool, writing(centre.engine) as db:
        db.execute(select(RECORD).where(RECORD.c.id == case).with_for_update())
        edit = operation(centre, slow, 2, case, urgency_reason="รอ")
        waits = pool.submit(push, centre, slow, [edit])
        _until_somebody_waits(centre)
        other = operation(centre, quick, 1, centre.id(), **fields)
        assert pool.submit(push, centre, quick, [other]).result(timeout=10) == 0
        assert not waits.done()
        db.rollback()
        assert waits.result(timeout=10) == 0


def _until_somebody_waits(centre: Centre) -> None:
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    for _ in range(200):
        with centre.engine.connect() as db:
            if db.scalar(waiting):
                return
        time.sleep(0.02)
    raise AssertionError("nobody waits for the record")


def test_four_who_edit_the_same_cases_in_opposite_order_all_get_through(centre: Centre) -> None:
    workers = actors(centre)
    cases = [centre.id() for _ in range(6)]
    fields = {"area": "920201", "opened_at": OPENED}
    first = [operation(centre, workers[0], n + 1, case, **fields) for n, case in enumerate(cases)]
    assert push(centre, workers[0], first) == 0

    def work(place: int) -> int:
        actor, start = workers[place], len(first) if place == 0 else 0
        order = cases if place % 2 else cases[::-1]
        refused = 0
        for turn in range(5):
            ops = [
                operation(
                    centre, actor, start + turn * 6 + i + 1, case, urgency_reason=f"{place} {turn}"
                )
                for i, case in enumerate(order)
            ]
            refused += push(centre, actor, ops)
        return refused

    with ThreadPoolExecutor(THREADS) as pool:
        assert sum(pool.map(work, range(THREADS))) == 0
    assert len(centre.rows("ledger", kind="case", device=workers[1].device)) == 30
    conflicts = centre.rows("record", kind="conflict")
    assert 0 < len(conflicts) <= len(cases)
