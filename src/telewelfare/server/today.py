"""What a first sync brings first: the cases a worker needs today, so that the app is of use at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, cast

from sqlalchemy import Connection, Engine, Row, Select, delete, func, insert, select

from telewelfare.domain.clock import Millis
from telewelfare.domain.dates import parse_instant
from telewelfare.domain.fields import Values, elements
from telewelfare.domain.lifecycle import OPEN_STATES
from telewelfare.domain.operations import Actor
from telewelfare.domain.rights import Reach, case_reach
from telewelfare.domain.tasks import case_due
from telewelfare.server.auth import Caller
from telewelfare.server.cursors import parse_cursor
from telewelfare.server.database import reading, writing
from telewelfare.server.scope import in_scope
from telewelfare.server.tables import CENTRE, HEAD_START, LINK, REACH, RECORD

CASES: Final = 200  # at most, that come first
REPORTS: Final = 50  # without a case yet
COLLEAGUES: Final = 100
LOOKED_AT: Final = 1_000  # the newest cases, among which those of today are sought
PRESSING: Final = ("critical", "urgent")
TO_JUDGE: Final = ("reported", "reopened")
SOON: Final = 2 * 86_400_000  # ms until something is due
RECENT: Final = 3 * 86_400_000  # ms since a case was opened
FAR: Final = 2**62

Weight = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Chosen:
    """Roots in their order, and the ledger as it was when they were chosen."""

    ranks: dict[str, int]
    upto: int


def begin(engine: Engine, caller: Caller, text: str, now: Millis) -> None:
    """Choose what matters today when a device without a cursor asks; else do nothing.

    Asked again before anything was written meanwhile, the choice stays.
    """
    if not parse_cursor(text, caller.epoch).is_fresh:
        return
    with reading(engine) as db:
        chosen = choose(db, caller.actor, now)
    with writing(engine) as db:
        _keep(db, caller.actor, chosen)


def end(db: Connection, caller: Caller, text: str) -> None:
    """Forget what was chosen once the first sync is over, as the device's cursor tells."""
    if not parse_cursor(text, caller.epoch).base:
        return
    actor = caller.actor
    mine = HEAD_START.c.centre_id == actor.centre, HEAD_START.c.device == actor.device
    db.execute(delete(HEAD_START).where(*mine))


def choose(db: Connection, actor: Actor, now: Millis) -> Chosen:
    """Cases by urgency, then by what is due; with their people, and the names of colleagues."""
    upto = db.scalar(select(CENTRE.c.seq).where(CENTRE.c.id == actor.centre)) or 0
    ranks: dict[str, int] = {}
    ranks |= dict.fromkeys(list(db.scalars(_of_kind(actor, "worker", COLLEAGUES))), 0)
    loose = _of_kind(actor, "incident_report", REPORTS).where(RECORD.c.root == RECORD.c.id)
    ranks |= dict.fromkeys(list(db.scalars(loose)), 1)
    cases = sorted(_weighed(actor, _candidates(db, actor), now).items(), key=lambda one: one[1])
    ranks |= {case: rank for rank, (case, _) in enumerate(cases[:CASES], start=2)}
    people = _people(db, actor, [case for case, _ in cases[:CASES]])
    for case, person in people:
        ranks.setdefault(person, ranks[case])
    return Chosen(ranks, upto)


def _of_kind(actor: Actor, kind: str, limit: int) -> Select[tuple[str]]:
    query = select(RECORD.c.id).where(in_scope(actor), RECORD.c.kind == kind)
    return query.order_by(RECORD.c.seq.desc()).limit(limit)


def _candidates(db: Connection, actor: Actor) -> dict[str, Row[Any]]:
    """Cases that may matter today: the worker's own, what presses, what was touched last."""
    shown = select(RECORD.c.id, RECORD.c.created_by, RECORD.c.current, RECORD.c.seq)
    case = shown.where(RECORD.c.centre_id == actor.centre, RECORD.c.kind == "case")
    own = case.where(in_scope(actor)).join(REACH, REACH.c.root == RECORD.c.id)
    own = own.where(REACH.c.centre_id == actor.centre, REACH.c.worker_id == actor.worker)
    queries = [own]
    if case_reach(actor.role) is not Reach.ASSIGNED:
        urgency = RECORD.c.current["urgency"].as_string()
        queries += [case.where(in_scope(actor)), case.where(urgency.in_(PRESSING), in_scope(actor))]
    rows: dict[str, Row[Any]] = {}
    for query in queries:
        newest = query.order_by(RECORD.c.seq.desc()).limit(LOOKED_AT)
        rows |= {row.id: cast("Row[Any]", row) for row in db.execute(newest)}
    return rows


def _weighed(actor: Actor, rows: dict[str, Row[Any]], now: Millis) -> dict[str, Weight]:
    weighed = ((case, _weight(actor, row, now)) for case, row in rows.items())
    return {case: weight for case, weight in weighed if weight is not None}


def _weight(actor: Actor, row: Row[Any], now: Millis) -> Weight | None:
    """How much a case matters today, least first; `None` = not more than any other."""
    values: Values = row.current
    if values.get("state") not in OPEN_STATES:
        return None
    due, opened = case_due(values), str(values.get("opened_at") or "")
    level = _level(values)
    if level is None and _is_mine(actor, row):
        level = 3
    began = parse_instant(opened)
    pressing = due is not None and due < now + SOON
    if level is None and (pressing or (began is not None and began > now - RECENT)):
        level = 4
    return None if level is None else (level, due if due is not None else FAR, row.id)


def _level(values: Values) -> int | None:
    """A danger that nobody has judged stands before the urgent."""
    urgency = values.get("urgency")
    if urgency == "critical":
        return 0
    if values.get("needs_review") or not urgency or values.get("state") in TO_JUDGE:
        return 1
    return 2 if urgency == "urgent" else None


def _is_mine(actor: Actor, row: Row[Any]) -> bool:
    values: Values = row.current
    given = (row.created_by, values.get("field_worker"), values.get("owner"))
    return actor.worker in (*given, *elements(values, "watchers"))


def _people(db: Connection, actor: Actor, cases: Iterable[str]) -> Iterator[tuple[str, str]]:
    here = LINK.c.centre_id == actor.centre, LINK.c.case_id.in_(list(cases))
    for row in db.execute(select(LINK.c.case_id, LINK.c.root).where(*here)):
        yield row.case_id, row.root


def _keep(db: Connection, actor: Actor, chosen: Chosen) -> None:
    mine = HEAD_START.c.centre_id == actor.centre, HEAD_START.c.device == actor.device
    same = select(func.count()).where(*mine, HEAD_START.c.upto_seq == chosen.upto)
    if db.scalar(same):
        return
    db.execute(delete(HEAD_START).where(*mine))
    own = {"centre_id": actor.centre, "device": actor.device, "upto_seq": chosen.upto}
    rows = [{**own, "root": root, "rank": rank} for root, rank in chosen.ranks.items()]
    if rows:
        db.execute(insert(HEAD_START), rows)
